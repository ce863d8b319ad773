"""Who records what came in, who reads it in the school, and who looks on from the bureau."""

from enum import StrEnum

from bureau.roles import OFFICERS, Role, bureau_role, school_role, zone_role
from kernel.access import Rule, any_of


class Permission(StrEnum):
    READ = "school:goods_receipts:read"
    RECORD = "school:goods_receipts:record"
    VOID = "school:goods_receipts:void"
    OVERSEE = "bureau:goods_receipts:read"


RECORDERS = (Role.STOREKEEPER, Role.CANTEEN_MANAGER, Role.LOGISTICS_DIRECTOR)
READERS = (*RECORDERS, Role.PRINCIPAL, Role.FOOD_SAFETY_OFFICER, Role.ACCOUNTANT)

RULES: dict[str, Rule] = {
    Permission.READ: any_of(school_role(*READERS)),
    Permission.RECORD: any_of(school_role(*RECORDERS)),
    Permission.VOID: any_of(school_role(*RECORDERS)),
    Permission.OVERSEE: any_of(bureau_role(*OFFICERS), zone_role(Role.ZONE_SUPERVISOR)),
}
