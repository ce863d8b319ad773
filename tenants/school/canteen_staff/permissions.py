"""Who keeps the canteen's people and papers, who reads them in the school, and who looks on from the bureau."""

from enum import StrEnum

from bureau.roles import OFFICERS, Role, bureau_role, school_role, zone_role
from kernel.access import Rule, any_of


class Permission(StrEnum):
    READ = "school:canteen_staff:read"
    KEEP = "school:canteen_staff:keep"
    OVERSEE = "bureau:canteen_staff:read"


KEEPERS = (Role.LOGISTICS_DIRECTOR, Role.CANTEEN_MANAGER, Role.FOOD_SAFETY_OFFICER)
READERS = (*KEEPERS, Role.PRINCIPAL, Role.STOREKEEPER)

RULES: dict[str, Rule] = {
    Permission.READ: any_of(school_role(*READERS)),
    Permission.KEEP: any_of(school_role(*KEEPERS)),
    Permission.OVERSEE: any_of(bureau_role(*OFFICERS), zone_role(Role.ZONE_SUPERVISOR)),
}
