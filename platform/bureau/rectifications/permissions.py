"""Who rectifies, who checks, who looks again."""

from collections.abc import Mapping
from enum import StrEnum

from bureau.inspections.permissions import PLANNERS
from bureau.roles import OFFICERS, Role, bureau_role, school_role, zone_role
from kernel.access import Rule, any_of


class Permission(StrEnum):
    RECTIFY = "school:rectification:write"
    READ_OWN = "school:rectification:read"
    CHECK = "bureau:rectification:check"
    RECHECK = "bureau:rectification:recheck"
    READ = "bureau:rectification:read"


RECTIFIERS = (
    Role.PRINCIPAL,
    Role.LOGISTICS_DIRECTOR,
    Role.CANTEEN_MANAGER,
    Role.FOOD_SAFETY_OFFICER,
    Role.DORMITORY_SUPERVISOR,
)

RULES: Mapping[str, Rule] = {
    Permission.RECTIFY: any_of(school_role(*RECTIFIERS)),
    Permission.READ_OWN: any_of(school_role(*RECTIFIERS)),
    Permission.CHECK: any_of(bureau_role(*PLANNERS)),
    Permission.RECHECK: any_of(bureau_role(Role.INSPECTOR, *PLANNERS)),
    Permission.READ: any_of(bureau_role(*OFFICERS, Role.INSPECTOR), zone_role(Role.ZONE_SUPERVISOR)),
}
