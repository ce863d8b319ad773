"""Who plans, who fills, who reads."""

from collections.abc import Mapping
from enum import StrEnum

from bureau.roles import OFFICERS, Role, bureau_role, school_role, zone_role
from kernel.access import Rule, any_of


class Permission(StrEnum):
    PLAN = "bureau:inspection:plan"
    FILL = "bureau:inspection:fill"
    READ = "bureau:inspection:read"
    COMPARE = "bureau:inspection:compare"
    READ_OWN_RESULT = "school:inspection_result:read"
    ACKNOWLEDGE = "school:inspection_result:acknowledge"
    REVIEW = "bureau:inspection:review"
    PUBLISH = "bureau:inspection:publish"


PLANNERS = (Role.BUREAU_ADMIN, Role.CANTEEN_OFFICER, Role.SAFETY_OFFICER, Role.ASSET_OFFICER)

RULES: Mapping[str, Rule] = {
    Permission.PLAN: any_of(bureau_role(*PLANNERS)),
    Permission.FILL: any_of(bureau_role(Role.INSPECTOR)),
    Permission.READ: any_of(bureau_role(*OFFICERS, Role.INSPECTOR), zone_role(Role.ZONE_SUPERVISOR)),
    Permission.COMPARE: any_of(bureau_role(*OFFICERS), zone_role(Role.ZONE_SUPERVISOR)),
    Permission.ACKNOWLEDGE: any_of(school_role(Role.PRINCIPAL, Role.LOGISTICS_DIRECTOR)),
    Permission.REVIEW: any_of(bureau_role(*PLANNERS)),
    Permission.PUBLISH: any_of(bureau_role(*PLANNERS)),
    Permission.READ_OWN_RESULT: any_of(
        school_role(
            Role.PRINCIPAL,
            Role.LOGISTICS_DIRECTOR,
            Role.CANTEEN_MANAGER,
            Role.FOOD_SAFETY_OFFICER,
            Role.DORMITORY_SUPERVISOR,
        )
    ),
}
