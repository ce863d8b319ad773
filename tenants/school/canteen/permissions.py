"""Who cooks and plans, who reads, and who keeps the recommended dishes."""

from enum import StrEnum

from bureau.roles import OFFICERS, Role, bureau_role, school_role, zone_role
from kernel.access import Rule, any_of


class Permission(StrEnum):
    READ = "school:menus:read"
    EDIT = "school:menus:edit"
    PUBLISH = "school:menus:publish"
    OVERSEE = "bureau:menus:read"
    READ_RECOMMENDED = "all:recommended_dishes:read"
    KEEP_RECOMMENDED = "bureau:recommended_dishes:edit"


PLANNERS = (Role.CANTEEN_MANAGER, Role.LOGISTICS_DIRECTOR)
READERS = (
    *PLANNERS, Role.PRINCIPAL, Role.FOOD_SAFETY_OFFICER, Role.STOREKEEPER, Role.ACCOUNTANT, Role.TEACHER,
)  # fmt: skip
KEEPERS = (Role.BUREAU_ADMIN, Role.CANTEEN_OFFICER)

RULES: dict[str, Rule] = {
    Permission.READ: any_of(school_role(*READERS)),
    Permission.EDIT: any_of(school_role(*PLANNERS)),
    Permission.PUBLISH: any_of(school_role(*PLANNERS, Role.PRINCIPAL)),
    Permission.OVERSEE: any_of(bureau_role(*OFFICERS), zone_role(Role.ZONE_SUPERVISOR)),
    Permission.READ_RECOMMENDED: any_of(bureau_role(*OFFICERS), zone_role(Role.ZONE_SUPERVISOR), school_role(*READERS)),
    Permission.KEEP_RECOMMENDED: any_of(bureau_role(*KEEPERS)),
}
