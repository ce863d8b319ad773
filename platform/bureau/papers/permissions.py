from collections.abc import Mapping
from enum import StrEnum

from bureau.roles import OFFICERS, Role, bureau_role, school_role, zone_role
from kernel.access import Rule, any_of


class Permission(StrEnum):
    READ = "district:paper:read"
    ISSUE = "bureau:paper:issue"
    RECORD = "bureau:site_record:issue"


ISSUERS = (Role.BUREAU_ADMIN, Role.CANTEEN_OFFICER, Role.SAFETY_OFFICER, Role.ASSET_OFFICER)

RULES: Mapping[str, Rule] = {
    Permission.READ: any_of(
        bureau_role(*OFFICERS, Role.INSPECTOR),
        zone_role(Role.ZONE_SUPERVISOR),
        school_role(
            Role.PRINCIPAL,
            Role.LOGISTICS_DIRECTOR,
            Role.CANTEEN_MANAGER,
            Role.FOOD_SAFETY_OFFICER,
            Role.DORMITORY_SUPERVISOR,
        ),
    ),
    Permission.ISSUE: any_of(bureau_role(*ISSUERS)),
    Permission.RECORD: any_of(bureau_role(*ISSUERS, Role.INSPECTOR)),
}
