"""Who files, who handles, who reads."""

from collections.abc import Mapping
from enum import StrEnum

from bureau.awards.permissions import BIDDERS, PURCHASERS
from bureau.roles import Role, bureau_role
from kernel.access import Rule, any_of


class Permission(StrEnum):
    FILE = "supplier:challenge:write"
    READ_OWN = "supplier:challenge:read"
    HANDLE = "bureau:challenge:handle"
    READ = "bureau:challenge:read"


RULES: Mapping[str, Rule] = {
    Permission.FILE: any_of(BIDDERS),
    Permission.READ_OWN: any_of(BIDDERS),
    Permission.HANDLE: any_of(bureau_role(*PURCHASERS)),
    Permission.READ: any_of(bureau_role(*PURCHASERS, Role.DISCIPLINE_SUPERVISOR)),
}
