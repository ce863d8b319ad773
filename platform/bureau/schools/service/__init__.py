"""The registry's use cases. Other modules look schools up here."""

from bureau.schools.service.bureau_profile import all_bureaus, edit_bureau, get_bureau, open_bureau
from bureau.schools.service.importing import apply_import, check_import, get_import, recent_imports
from bureau.schools.service.merging import (
    holder_of,
    merge_school,
    merge_targets,
    merged_schools,
)
from bureau.schools.service.schools import (
    SchoolFilters,
    all_schools,
    create_school,
    current_of,
    edit_school,
    editable_fields,
    get_school,
    list_schools,
    profile_of,
    school_names,
    warnings_of,
)
from bureau.schools.service.terms import (
    create_term,
    current_term,
    delete_term,
    edit_term,
    get_term,
    list_terms,
    nearest_term,
)
from bureau.schools.service.transitions import person_names, reopen_school, state_changes, suspend_school
from bureau.schools.service.zones import create_zone, edit_zone, get_zone, zone_names, zones, zones_with_counts

__all__ = [
    "SchoolFilters",
    "all_bureaus",
    "all_schools",
    "apply_import",
    "check_import",
    "create_school",
    "create_term",
    "create_zone",
    "current_of",
    "current_term",
    "delete_term",
    "edit_bureau",
    "edit_school",
    "edit_term",
    "edit_zone",
    "editable_fields",
    "get_bureau",
    "get_import",
    "get_school",
    "get_term",
    "get_zone",
    "holder_of",
    "list_schools",
    "list_terms",
    "merge_school",
    "merge_targets",
    "merged_schools",
    "nearest_term",
    "open_bureau",
    "person_names",
    "profile_of",
    "recent_imports",
    "reopen_school",
    "school_names",
    "state_changes",
    "suspend_school",
    "warnings_of",
    "zone_names",
    "zones",
    "zones_with_counts",
]
