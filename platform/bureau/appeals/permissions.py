"""Who appeals, who decides, who reads the statistics."""

from collections.abc import Mapping
from enum import StrEnum

from bureau.inspections.permissions import PLANNERS
from bureau.roles import OFFICERS, Role, bureau_role, school_role, zone_role
from kernel.access import Rule, any_of


class Permission(StrEnum):
    APPEAL = "school:appeal:write"
    READ_OWN = "school:appeal:read"
    DECIDE = "bureau:appeal:decide"
    READ = "bureau:appeal:read"
    READ_STATISTICS = "bureau:appeal_statistics:read"


# An appeal speaks for the school: its head or who runs its logistics.
APPELLANTS = (Role.PRINCIPAL, Role.LOGISTICS_DIRECTOR)
READERS = (*APPELLANTS, Role.CANTEEN_MANAGER, Role.FOOD_SAFETY_OFFICER, Role.DORMITORY_SUPERVISOR)

RULES: Mapping[str, Rule] = {
    Permission.APPEAL: any_of(school_role(*APPELLANTS)),
    Permission.READ_OWN: any_of(school_role(*READERS)),
    Permission.DECIDE: any_of(bureau_role(*PLANNERS)),
    Permission.READ: any_of(bureau_role(*OFFICERS), zone_role(Role.ZONE_SUPERVISOR)),
    Permission.READ_STATISTICS: any_of(bureau_role(Role.BUREAU_ADMIN, Role.DISCIPLINE_SUPERVISOR)),
}
