"""Who records what happens in the canteen, who reads it in the school, and who looks on from the bureau."""

from collections.abc import Mapping
from enum import StrEnum

from bureau.roles import OFFICERS, Role, bureau_role, school_role, zone_role
from kernel.access import Rule, any_of
from school.canteen_day.rules import ControlKind


class Permission(StrEnum):
    READ = "school:canteen_day:read"
    RECORD = "school:canteen_day:record"
    ACCOMPANY = "school:canteen_day:accompany"
    MANAGE = "school:canteen_day:manage"
    OVERSEE = "bureau:canteen_day:read"


MANAGERS = (Role.PRINCIPAL, Role.LOGISTICS_DIRECTOR, Role.CANTEEN_MANAGER, Role.FOOD_SAFETY_OFFICER)
RECORDERS = (*MANAGERS, Role.STOREKEEPER)
COMPANIONS = (*RECORDERS, Role.TEACHER, Role.DORMITORY_SUPERVISOR, Role.ACCOUNTANT)

RULES: dict[str, Rule] = {
    Permission.READ: any_of(school_role(*COMPANIONS)),
    Permission.RECORD: any_of(school_role(*RECORDERS)),
    # Whoever eats with the pupils says how it was: teachers take their turns.
    Permission.ACCOMPANY: any_of(school_role(*COMPANIONS)),
    Permission.MANAGE: any_of(school_role(*MANAGERS)),
    Permission.OVERSEE: any_of(bureau_role(*OFFICERS), zone_role(Role.ZONE_SUPERVISOR)),
}
# 日管控 by the food-safety officer, 周排查 by the director of food safety, 月调度 by the principal. Where a school has no
# such officer, its heads do it themselves.
FILERS: Mapping[str, frozenset[str]] = {
    ControlKind.DAILY: frozenset(map(str, MANAGERS)),
    ControlKind.WEEKLY: frozenset(
        {Role.PRINCIPAL.value, Role.LOGISTICS_DIRECTOR.value, Role.FOOD_SAFETY_OFFICER.value}
    ),
    ControlKind.MONTHLY: frozenset({Role.PRINCIPAL.value, Role.LOGISTICS_DIRECTOR.value}),
}
