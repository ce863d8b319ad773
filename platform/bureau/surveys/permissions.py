from collections.abc import Mapping
from enum import StrEnum

from bureau.roles import OFFICERS, Role, bureau_role, school_role, zone_role
from kernel.access import Rule, any_of


class Permission(StrEnum):
    READ = "district:survey:read"
    OPEN = "district:survey:open"


OPENERS = (Role.BUREAU_ADMIN, Role.CANTEEN_OFFICER, Role.SAFETY_OFFICER, Role.ASSET_OFFICER)
AT_SCHOOL = (Role.PRINCIPAL, Role.LOGISTICS_DIRECTOR, Role.CANTEEN_MANAGER)

RULES: Mapping[str, Rule] = {
    Permission.READ: any_of(bureau_role(*OFFICERS), zone_role(Role.ZONE_SUPERVISOR), school_role(*AT_SCHOOL)),
    Permission.OPEN: any_of(bureau_role(*OPENERS), school_role(Role.PRINCIPAL, Role.LOGISTICS_DIRECTOR)),
}
