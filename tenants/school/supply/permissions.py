"""Who records what came in, who reads it in the school, and who looks on from the bureau."""

from enum import StrEnum

from bureau.roles import OFFICERS, Role, bureau_role, school_role, zone_role
from kernel.access import Rule, any_of, has_role, is_supplier


class Permission(StrEnum):
    READ = "school:goods_receipts:read"
    RECORD = "school:goods_receipts:record"
    VOID = "school:goods_receipts:void"
    CONFIRM = "school:goods_receipts:confirm"
    OVERSEE = "bureau:goods_receipts:read"
    READ_REJECTIONS = "supplier:goods_rejections:read"
    ANSWER_REJECTIONS = "supplier:goods_rejections:write"
    LIFT = "bureau:lot_warnings:lift"


RECORDERS = (Role.STOREKEEPER, Role.CANTEEN_MANAGER, Role.LOGISTICS_DIRECTOR)
READERS = (*RECORDERS, Role.PRINCIPAL, Role.FOOD_SAFETY_OFFICER, Role.ACCOUNTANT)
# Who may be the second person at the door: whoever reads receipts, and never who counted.
CONFIRMERS = READERS

RULES: dict[str, Rule] = {
    Permission.READ: any_of(school_role(*READERS)),
    Permission.RECORD: any_of(school_role(*RECORDERS)),
    Permission.VOID: any_of(school_role(*RECORDERS)),
    Permission.CONFIRM: any_of(school_role(*CONFIRMERS)),
    Permission.READ_REJECTIONS: any_of((is_supplier, has_role(Role.SUPPLIER_USER))),
    Permission.ANSWER_REJECTIONS: any_of((is_supplier, has_role(Role.SUPPLIER_USER))),
    Permission.LIFT: any_of(bureau_role(Role.BUREAU_ADMIN, Role.CANTEEN_OFFICER, Role.PROCUREMENT_OFFICER)),
    Permission.OVERSEE: any_of(bureau_role(*OFFICERS), zone_role(Role.ZONE_SUPERVISOR)),
}
