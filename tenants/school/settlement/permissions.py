"""Who settles with suppliers, who lets money go, who pays; the supplier answers for itself, the bureau looks on."""

from collections.abc import Mapping
from enum import StrEnum

from bureau.roles import OFFICERS, Role, bureau_role, school_role, zone_role
from kernel.access import Rule, any_of, has_role, is_supplier


class Permission(StrEnum):
    READ = "school:supplier_statements:read"
    PREPARE = "school:supplier_statements:prepare"
    APPROVE = "school:supplier_payments:approve"
    PAY = "school:supplier_payments:record"
    READ_OWN = "supplier:supplier_statements:read"
    ANSWER = "supplier:supplier_statements:write"
    OVERSEE = "bureau:supplier_statements:read"


PREPARERS = (Role.ACCOUNTANT, Role.LOGISTICS_DIRECTOR)
# Never who made or sent the statement: see service.paying.
APPROVERS = (Role.PRINCIPAL, Role.LOGISTICS_DIRECTOR)
PAYERS = (Role.ACCOUNTANT, Role.CASHIER)
READERS = (Role.ACCOUNTANT, Role.CASHIER, Role.LOGISTICS_DIRECTOR, Role.PRINCIPAL)

RULES: Mapping[str, Rule] = {
    Permission.READ: any_of(school_role(*READERS)),
    Permission.PREPARE: any_of(school_role(*PREPARERS)),
    Permission.APPROVE: any_of(school_role(*APPROVERS)),
    Permission.PAY: any_of(school_role(*PAYERS)),
    Permission.READ_OWN: any_of((is_supplier, has_role(Role.SUPPLIER_USER))),
    Permission.ANSWER: any_of((is_supplier, has_role(Role.SUPPLIER_USER))),
    Permission.OVERSEE: any_of(bureau_role(*OFFICERS), zone_role(Role.ZONE_SUPERVISOR)),
}
