from collections.abc import Mapping
from enum import StrEnum

from bureau.roles import OFFICERS, Role, bureau_role, school_role, zone_role
from kernel.access import Rule, any_of


class Permission(StrEnum):
    READ = "district:hazard:read"
    REPORT = "district:hazard:report"
    DECIDE = "bureau:hazard:decide"
    ACT = "school:hazard:act"


DECIDERS = (Role.BUREAU_ADMIN, Role.CANTEEN_OFFICER, Role.SAFETY_OFFICER, Role.ASSET_OFFICER)
AT_SCHOOL = (
    Role.PRINCIPAL,
    Role.LOGISTICS_DIRECTOR,
    Role.CANTEEN_MANAGER,
    Role.FOOD_SAFETY_OFFICER,
    Role.DORMITORY_SUPERVISOR,
)

RULES: Mapping[str, Rule] = {
    Permission.READ: any_of(
        bureau_role(*OFFICERS, Role.INSPECTOR), zone_role(Role.ZONE_SUPERVISOR), school_role(*AT_SCHOOL)
    ),
    Permission.REPORT: any_of(bureau_role(*DECIDERS, Role.INSPECTOR), school_role(*AT_SCHOOL)),
    Permission.DECIDE: any_of(bureau_role(*DECIDERS)),
    Permission.ACT: any_of(school_role(Role.PRINCIPAL, Role.LOGISTICS_DIRECTOR)),
}
