"""Who makes agreements, who approves changes, who reads them."""

from collections.abc import Mapping
from enum import StrEnum

from bureau.roles import OFFICERS, Role, bureau_role, school_role, zone_role
from kernel.access import Rule, any_of, has_role, is_supplier


class Permission(StrEnum):
    READ = "bureau:agreement:read"
    MANAGE = "bureau:agreement:write"
    APPROVE = "bureau:agreement_change:approve"
    READ_COVERED = "school:agreement:read"
    CHOOSE = "school:agreement:choose"
    READ_OWN = "supplier:agreement:read"
    ANSWER = "supplier:agreement:write"


SCHOOL_READERS = (
    Role.PRINCIPAL, Role.LOGISTICS_DIRECTOR, Role.STOREKEEPER, Role.CANTEEN_MANAGER, Role.FOOD_SAFETY_OFFICER,
    Role.ACCOUNTANT,
)  # fmt: skip
CHOOSERS = (Role.PRINCIPAL, Role.LOGISTICS_DIRECTOR, Role.CANTEEN_MANAGER)

RULES: Mapping[str, Rule] = {
    Permission.READ: any_of(bureau_role(*OFFICERS), zone_role(Role.ZONE_SUPERVISOR)),
    Permission.MANAGE: any_of(bureau_role(Role.PROCUREMENT_OFFICER, Role.BUREAU_ADMIN)),
    # Whoever approves is never who proposed: the rows themselves refuse it.
    Permission.APPROVE: any_of(bureau_role(Role.PROCUREMENT_OFFICER, Role.BUREAU_ADMIN)),
    Permission.READ_COVERED: any_of(school_role(*SCHOOL_READERS)),
    Permission.CHOOSE: any_of(school_role(*CHOOSERS)),
    Permission.READ_OWN: any_of((is_supplier, has_role(Role.SUPPLIER_USER))),
    Permission.ANSWER: any_of((is_supplier, has_role(Role.SUPPLIER_USER))),
}
