"""Who looks on over all schools, or over those of a zone."""

from enum import StrEnum

from bureau.roles import OFFICERS, Role, bureau_role, zone_role
from kernel.access import Rule, any_of


class Permission(StrEnum):
    READ = "bureau:oversight:read"
    ASK = "bureau:self_check:ask"


ASKERS = (Role.BUREAU_ADMIN, Role.CANTEEN_OFFICER, Role.SAFETY_OFFICER, Role.ASSET_OFFICER)

RULES: dict[str, Rule] = {
    Permission.READ: any_of(bureau_role(*OFFICERS), zone_role(Role.ZONE_SUPERVISOR)),
    Permission.ASK: any_of(bureau_role(*ASKERS)),
}
