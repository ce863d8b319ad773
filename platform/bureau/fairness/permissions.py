"""Strictness is for the bureau's leads, and each inspector's own for that inspector; comparison for whoever compares."""

from collections.abc import Mapping
from enum import StrEnum

from bureau.roles import OFFICERS, Role, bureau_role, zone_role
from kernel.access import Rule, any_of


class Permission(StrEnum):
    COMPARE = "bureau:comparison:read"
    LEAD = "bureau:strictness:read"
    ESTIMATE = "bureau:strictness:estimate"
    OWN = "bureau:own_strictness:read"
    FLAGS = "bureau:data_flag:read"
    LOOK = "bureau:data_flag:look"
    DOUBLE = "bureau:double_visit:plan"


LEADS = (Role.BUREAU_ADMIN, Role.CANTEEN_OFFICER, Role.SAFETY_OFFICER, Role.ASSET_OFFICER)

RULES: Mapping[str, Rule] = {
    Permission.COMPARE: any_of(bureau_role(*OFFICERS), zone_role(Role.ZONE_SUPERVISOR)),
    Permission.LEAD: any_of(bureau_role(*LEADS)),
    Permission.ESTIMATE: any_of(bureau_role(*LEADS)),
    Permission.OWN: any_of(bureau_role(Role.INSPECTOR)),
    Permission.FLAGS: any_of(bureau_role(*LEADS, Role.DISCIPLINE_SUPERVISOR)),
    Permission.LOOK: any_of(bureau_role(*LEADS)),
    Permission.DOUBLE: any_of(bureau_role(*LEADS)),
}
