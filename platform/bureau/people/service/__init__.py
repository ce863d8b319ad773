"""Use cases of people, one file each."""

from bureau.people.service.finding import (
    PeopleFilters,
    PersonView,
    RoleView,
    get_person,
    holds_any_role,
    list_people,
    people_with_role,
)
from bureau.people.service.importing import ImportResult, import_people, problems_of, sheet_for
from bureau.people.service.joining import Added, add_person
from bureau.people.service.roles import end_role, give_role
from bureau.people.service.second_factor import second_factor_roles, set_second_factor_roles
from bureau.people.service.standing import edit_person, reopen_person, reset_password, suspend_person

__all__ = [
    "Added",
    "ImportResult",
    "PeopleFilters",
    "PersonView",
    "RoleView",
    "add_person",
    "edit_person",
    "end_role",
    "get_person",
    "give_role",
    "holds_any_role",
    "import_people",
    "list_people",
    "people_with_role",
    "problems_of",
    "reopen_person",
    "reset_password",
    "second_factor_roles",
    "set_second_factor_roles",
    "sheet_for",
    "suspend_person",
]
