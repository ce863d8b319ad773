"""Who orders, who approves, who sets the budget; the supplier answers, the bureau looks on."""

from collections.abc import Mapping
from enum import StrEnum

from bureau.roles import OFFICERS, Role, bureau_role, school_role, zone_role
from kernel.access import Rule, any_of, has_role, is_supplier


class Permission(StrEnum):
    READ = "school:supply_orders:read"
    PREPARE = "school:supply_orders:prepare"
    APPROVE = "school:supply_orders:approve"
    BUDGET = "school:food_budgets:write"
    READ_OWN = "supplier:supply_orders:read"
    ANSWER = "supplier:supply_orders:write"
    OVERSEE = "bureau:supply_orders:read"
    SETTLE_FINDINGS = "bureau:certificate_findings:settle"


PREPARERS = (Role.CANTEEN_MANAGER, Role.STOREKEEPER, Role.LOGISTICS_DIRECTOR)
# By amount, see rules.approving_roles; never the own order.
APPROVERS = (Role.CANTEEN_MANAGER, Role.LOGISTICS_DIRECTOR, Role.PRINCIPAL)
READERS = (*PREPARERS, Role.PRINCIPAL, Role.FOOD_SAFETY_OFFICER, Role.ACCOUNTANT)

RULES: Mapping[str, Rule] = {
    Permission.READ: any_of(school_role(*READERS)),
    Permission.PREPARE: any_of(school_role(*PREPARERS)),
    Permission.APPROVE: any_of(school_role(*APPROVERS)),
    Permission.BUDGET: any_of(school_role(Role.ACCOUNTANT, Role.LOGISTICS_DIRECTOR, Role.PRINCIPAL)),
    Permission.READ_OWN: any_of((is_supplier, has_role(Role.SUPPLIER_USER))),
    Permission.ANSWER: any_of((is_supplier, has_role(Role.SUPPLIER_USER))),
    Permission.OVERSEE: any_of(bureau_role(*OFFICERS), zone_role(Role.ZONE_SUPERVISOR)),
    Permission.SETTLE_FINDINGS: any_of(bureau_role(Role.BUREAU_ADMIN, Role.CANTEEN_OFFICER, Role.PROCUREMENT_OFFICER)),
}
