"""Who may do what in the registry. Which schools and which fields is for the services to hold."""

from enum import StrEnum

from bureau.roles import OFFICERS, Role, bureau_role, school_role, zone_role
from kernel.access import Rule, any_of, at_bureau, in_school, in_zone


class Permission(StrEnum):
    BUREAU_PROFILE_READ = "bureau:profile:read"
    BUREAU_PROFILE_EDIT = "bureau:profile:edit"
    ZONES_READ = "bureau:zones:read"
    ZONES_MANAGE = "bureau:zones:manage"
    SCHOOLS_LIST = "bureau:schools:read"  # many schools at once
    SCHOOLS_MANAGE = "bureau:schools:manage"  # create, identity fields, suspend, reopen, merge, import
    SCHOOL_READ = "school:profile:read"  # one school that the actor belongs to or looks after
    SCHOOL_EDIT = "school:profile:edit"  # numbers and contacts; the bureau's administrator all of it
    OWN_SCHOOL_READ = "school:own:read"  # the page of the school one works in
    TERMS_READ = "bureau:terms:read"
    TERMS_MANAGE = "bureau:terms:manage"


_ADMIN = bureau_role(Role.BUREAU_ADMIN)
_READERS = (bureau_role(*OFFICERS, Role.INSPECTOR), zone_role(Role.ZONE_SUPERVISOR))

RULES: dict[str, Rule] = {
    Permission.BUREAU_PROFILE_READ: any_of(at_bureau),
    Permission.BUREAU_PROFILE_EDIT: any_of(_ADMIN),
    Permission.ZONES_READ: any_of(bureau_role(*OFFICERS)),
    Permission.ZONES_MANAGE: any_of(_ADMIN),
    Permission.SCHOOLS_LIST: any_of(*_READERS),
    Permission.SCHOOLS_MANAGE: any_of(_ADMIN),
    Permission.SCHOOL_READ: any_of(*_READERS, in_school),
    Permission.SCHOOL_EDIT: any_of(_ADMIN, school_role(Role.PRINCIPAL, Role.LOGISTICS_DIRECTOR)),
    Permission.OWN_SCHOOL_READ: any_of(in_school),
    Permission.TERMS_READ: any_of(at_bureau, in_zone, in_school),
    Permission.TERMS_MANAGE: any_of(_ADMIN),
}
