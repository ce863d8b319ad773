"""Who writes, reviews and reads tenders."""

from collections.abc import Mapping
from enum import StrEnum

from bureau.roles import LEVELS, OFFICERS, Role, bureau_role, school_role, zone_role
from kernel.access import Rule, any_of, has_role, is_supplier


class Permission(StrEnum):
    READ = "bureau:tender:read"
    DRAFT = "bureau:tender:write"
    # Review, publication, and what only a second person or the bureau's head decides. A drafter is refused by name.
    REVIEW = "bureau:tender:review"
    STOP = "bureau:tender:stop"
    LOOK = "district:tender:read"
    TAKE_PART = "supplier:tender:take_part"
    READ_OPEN = "supplier:tender:read"


RULES: Mapping[str, Rule] = {
    Permission.READ: any_of(bureau_role(*OFFICERS)),
    Permission.DRAFT: any_of(bureau_role(Role.BUREAU_ADMIN, Role.PROCUREMENT_OFFICER)),
    Permission.REVIEW: any_of(bureau_role(Role.BUREAU_ADMIN, Role.PROCUREMENT_OFFICER)),
    Permission.STOP: any_of(bureau_role(Role.BUREAU_ADMIN, Role.PROCUREMENT_OFFICER)),
    # Schools and zones see what their district buys, as the world does.
    Permission.LOOK: any_of(zone_role(Role.ZONE_SUPERVISOR), school_role(*LEVELS["school"])),
    Permission.TAKE_PART: any_of((is_supplier, has_role(Role.SUPPLIER_USER))),
    Permission.READ_OPEN: any_of((is_supplier, has_role(Role.SUPPLIER_USER))),
}
