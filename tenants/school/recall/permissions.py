"""Who traces and recalls for the district, who secures goods at a school, who reports that pupils fell ill."""

from enum import StrEnum

from bureau.roles import OFFICERS, Role, bureau_role, school_role, zone_role
from kernel.access import Rule, any_of


class Permission(StrEnum):
    TRACE = "district:trace:read"
    READ = "bureau:recall:read"
    MANAGE = "bureau:recall:manage"
    READ_PART = "district:recall_part:read"
    READ_OWN = "school:recall_part:read"
    SECURE = "school:recall_part:secure"
    REPORT = "school:incident:report"
    READ_INCIDENT = "district:incident:read"


AT_SCHOOL = (
    Role.PRINCIPAL, Role.LOGISTICS_DIRECTOR, Role.CANTEEN_MANAGER, Role.FOOD_SAFETY_OFFICER, Role.STOREKEEPER,
)  # fmt: skip
MANAGERS = (Role.BUREAU_ADMIN, Role.CANTEEN_OFFICER, Role.PROCUREMENT_OFFICER)
READERS_AT_SCHOOL = (*AT_SCHOOL, Role.ACCOUNTANT)

RULES: dict[str, Rule] = {
    Permission.TRACE: any_of(bureau_role(*OFFICERS), school_role(*AT_SCHOOL)),
    Permission.READ: any_of(bureau_role(*OFFICERS)),
    Permission.MANAGE: any_of(bureau_role(*MANAGERS)),
    Permission.READ_PART: any_of(school_role(*READERS_AT_SCHOOL), zone_role(Role.ZONE_SUPERVISOR)),
    Permission.READ_OWN: any_of(school_role(*READERS_AT_SCHOOL)),
    Permission.SECURE: any_of(school_role(*AT_SCHOOL)),
    Permission.REPORT: any_of(school_role(*AT_SCHOOL, Role.TEACHER)),
    Permission.READ_INCIDENT: any_of(bureau_role(*OFFICERS), zone_role(Role.ZONE_SUPERVISOR), school_role(*AT_SCHOOL)),
}
