"""Who checks, who lays down what is checked when, and who looks on from the bureau."""

from enum import StrEnum

from bureau.roles import OFFICERS, Role, bureau_role, school_role, zone_role
from kernel.access import Rule, any_of


class Permission(StrEnum):
    READ = "school:self_check:read"
    FILL = "school:self_check:fill"
    SCHEDULE = "school:self_check:schedule"
    OVERSEE = "bureau:self_check:read"


SCHEDULERS = (Role.PRINCIPAL, Role.LOGISTICS_DIRECTOR)
FILLERS = (
    *SCHEDULERS,
    Role.CANTEEN_MANAGER,
    Role.FOOD_SAFETY_OFFICER,
    Role.DORMITORY_SUPERVISOR,
    Role.STOREKEEPER,
    Role.GUARD,
)

RULES: dict[str, Rule] = {
    Permission.READ: any_of(school_role(*FILLERS)),
    Permission.FILL: any_of(school_role(*FILLERS)),
    Permission.SCHEDULE: any_of(school_role(*SCHEDULERS)),
    Permission.OVERSEE: any_of(bureau_role(*OFFICERS), zone_role(Role.ZONE_SUPERVISOR)),
}
