from collections.abc import Mapping
from enum import StrEnum

from bureau.roles import OFFICERS, Role, bureau_role, zone_role
from kernel.access import Rule, any_of


class Permission(StrEnum):
    READ = "bureau:composite:read"
    MANAGE = "bureau:composite:manage"


KEEPERS = (Role.BUREAU_ADMIN, Role.CANTEEN_OFFICER, Role.SAFETY_OFFICER, Role.ASSET_OFFICER)

RULES: Mapping[str, Rule] = {
    Permission.READ: any_of(bureau_role(*OFFICERS), zone_role(Role.ZONE_SUPERVISOR)),
    Permission.MANAGE: any_of(bureau_role(*KEEPERS)),
}
