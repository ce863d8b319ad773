"""Who decides, who confirms that an award is taken back, who reads."""

from collections.abc import Mapping
from enum import StrEnum

from bureau.roles import Role, bureau_role
from kernel.access import Rule, any_of, has_role, is_supplier


class Permission(StrEnum):
    DECIDE = "bureau:award:decide"
    PUBLISH = "bureau:award:publish"
    CANCEL = "bureau:award:cancel"
    READ = "bureau:award:read"
    READ_LETTER = "supplier:award_letter:read"
    CONFIRM_LETTER = "supplier:award_letter:confirm"


PURCHASERS = (Role.PROCUREMENT_OFFICER, Role.BUREAU_ADMIN)
BIDDERS = (is_supplier, has_role(Role.SUPPLIER_USER))

RULES: Mapping[str, Rule] = {
    Permission.DECIDE: any_of(bureau_role(*PURCHASERS)),
    Permission.PUBLISH: any_of(bureau_role(*PURCHASERS)),
    Permission.CANCEL: any_of(bureau_role(*PURCHASERS)),
    Permission.READ: any_of(bureau_role(*PURCHASERS, Role.DISCIPLINE_SUPERVISOR)),
    Permission.READ_LETTER: any_of(BIDDERS),
    Permission.CONFIRM_LETTER: any_of(BIDDERS),
}
