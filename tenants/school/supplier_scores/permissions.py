"""Who sees scores and facts, who publishes, who objects, who decides."""

from collections.abc import Mapping
from enum import StrEnum

from bureau.roles import OFFICERS, Role, bureau_role, school_role, zone_role
from kernel.access import Rule, any_of, has_role, is_supplier


class Permission(StrEnum):
    READ = "bureau:supplier_scores:read"
    PUBLISH = "bureau:supplier_scores:publish"
    DECIDE = "bureau:fact_objections:decide"
    READ_AT_SCHOOL = "school:supplier_scores:read"
    READ_OWN = "supplier:supplier_scores:read"
    OBJECT = "supplier:fact_objections:write"
    READ_FAIRNESS = "district:delivery_fairness:read"


READERS_AT_SCHOOL = (
    Role.PRINCIPAL, Role.LOGISTICS_DIRECTOR, Role.CANTEEN_MANAGER, Role.STOREKEEPER, Role.FOOD_SAFETY_OFFICER,
    Role.ACCOUNTANT,
)  # fmt: skip
DECIDERS = (Role.PROCUREMENT_OFFICER, Role.BUREAU_ADMIN)

RULES: Mapping[str, Rule] = {
    Permission.READ: any_of(bureau_role(*OFFICERS)),
    Permission.PUBLISH: any_of(bureau_role(*DECIDERS)),
    Permission.DECIDE: any_of(bureau_role(*DECIDERS)),
    Permission.READ_AT_SCHOOL: any_of(school_role(*READERS_AT_SCHOOL)),
    Permission.READ_OWN: any_of((is_supplier, has_role(Role.SUPPLIER_USER))),
    Permission.OBJECT: any_of((is_supplier, has_role(Role.SUPPLIER_USER))),
    Permission.READ_FAIRNESS: any_of(bureau_role(*OFFICERS), zone_role(Role.ZONE_SUPERVISOR)),
}
