"""Who may see and change people. `unit` is the bureau or the school that one works in; which people and which roles
exactly is for rules.py and the services to hold."""

from enum import StrEnum

from bureau.roles import OFFICERS, Role, bureau_role, school_role
from kernel.access import Rule, any_of


class Permission(StrEnum):
    READ = "unit:people:read"
    MANAGE = "unit:people:manage"
    SUSPEND = "bureau:people:suspend"
    SECOND_FACTOR = "bureau:second_factor:manage"


_ADMIN = bureau_role(Role.BUREAU_ADMIN)
_HEADS = school_role(Role.PRINCIPAL, Role.LOGISTICS_DIRECTOR)

RULES: dict[str, Rule] = {
    Permission.READ: any_of(bureau_role(*OFFICERS), _HEADS),
    Permission.MANAGE: any_of(_ADMIN, _HEADS),
    Permission.SUSPEND: any_of(_ADMIN),
    Permission.SECOND_FACTOR: any_of(_ADMIN),
}
