"""Who says how many eat, who keeps the classes, and who may know a pupil by name."""

from enum import StrEnum

from bureau.roles import OFFICERS, Role, bureau_role, school_role, zone_role
from kernel.access import Rule, any_of


class Permission(StrEnum):
    READ = "school:diners:read"
    REPORT = "school:diners:report"
    MANAGE = "school:diners:manage"
    READ_PUPILS = "school:pupils:read"
    MANAGE_PUPILS = "school:pupils:manage"
    OVERSEE = "bureau:diners:read"


KEEPERS = (Role.CANTEEN_MANAGER, Role.LOGISTICS_DIRECTOR)
CANTEEN = (*KEEPERS, Role.FOOD_SAFETY_OFFICER, Role.PRINCIPAL)

RULES: dict[str, Rule] = {
    Permission.READ: any_of(school_role(*CANTEEN, Role.TEACHER, Role.ACCOUNTANT, Role.STOREKEEPER)),
    Permission.REPORT: any_of(school_role(*KEEPERS, Role.TEACHER)),
    Permission.MANAGE: any_of(school_role(*KEEPERS)),
    # What a child may not eat is known to those who teach it and who cook for it. The bureau knows how many they are.
    Permission.READ_PUPILS: any_of(school_role(*CANTEEN, Role.TEACHER)),
    Permission.MANAGE_PUPILS: any_of(school_role(*KEEPERS)),
    Permission.OVERSEE: any_of(bureau_role(*OFFICERS), zone_role(Role.ZONE_SUPERVISOR)),
}
