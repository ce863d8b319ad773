"""Who keeps the catalogue and who reads it. The resource is the bureau's; schools read what is published to them."""

from enum import StrEnum

from bureau.roles import OFFICERS, Role, bureau_role, school_role, zone_role
from kernel.access import Rule, any_of


class Permission(StrEnum):
    READ = "bureau:catalogue:read"
    MANAGE = "bureau:catalogue:manage"
    ORDERABLE = "school:catalogue:read"
    FAVOUR = "school:catalogue:favour"


# Everybody in a school whose work touches food or its money.
SCHOOL_READERS = (
    Role.PRINCIPAL,
    Role.LOGISTICS_DIRECTOR,
    Role.STOREKEEPER,
    Role.CANTEEN_MANAGER,
    Role.FOOD_SAFETY_OFFICER,
    Role.ACCOUNTANT,
)

RULES: dict[str, Rule] = {
    Permission.READ: any_of(
        bureau_role(*OFFICERS, Role.INSPECTOR), zone_role(Role.ZONE_SUPERVISOR), school_role(*SCHOOL_READERS)
    ),
    Permission.ORDERABLE: any_of(school_role(*SCHOOL_READERS)),
    Permission.FAVOUR: any_of(school_role(*SCHOOL_READERS)),
    Permission.MANAGE: any_of(bureau_role(Role.BUREAU_ADMIN, Role.PROCUREMENT_OFFICER, Role.CANTEEN_OFFICER)),
}
