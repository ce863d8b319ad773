from collections.abc import Mapping
from enum import StrEnum

from bureau.roles import OFFICERS, Role, bureau_role
from kernel.access import Rule, any_of, has_role, is_supplier


class Permission(StrEnum):
    READ = "bureau:supplier:read"
    REVIEW = "bureau:supplier:review"
    MEASURE = "bureau:supplier:measure"
    APPEAL = "bureau:supplier:appeal"
    READ_COMPANY = "supplier:company:read"
    KEEP_COMPANY = "supplier:company:manage"


BUYERS = (Role.BUREAU_ADMIN, Role.PROCUREMENT_OFFICER)
COMPANY = (is_supplier, has_role(Role.SUPPLIER_USER))

RULES: Mapping[str, Rule] = {
    Permission.READ: any_of(bureau_role(*OFFICERS)),
    Permission.REVIEW: any_of(bureau_role(*BUYERS)),
    Permission.MEASURE: any_of(bureau_role(*BUYERS)),
    # Among three offices there is always somebody who did not impose the measure.
    Permission.APPEAL: any_of(bureau_role(*BUYERS, Role.DISCIPLINE_SUPERVISOR)),
    Permission.READ_COMPANY: any_of(COMPANY),
    Permission.KEEP_COMPANY: any_of(COMPANY),
}
