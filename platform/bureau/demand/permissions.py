"""Who opens rounds and gathers them, who approves, and who fills and hands in at a school."""

from collections.abc import Mapping
from enum import StrEnum

from bureau.roles import OFFICERS, Role, bureau_role, school_role, zone_role
from kernel.access import Rule, any_of


class Permission(StrEnum):
    READ = "bureau:demand:read"
    MANAGE = "bureau:demand:manage"
    APPROVE = "bureau:demand:approve"
    OWN_READ = "school:demand:read"
    FILL = "school:demand:fill"
    SUBMIT = "school:demand:submit"


FILLERS = (Role.LOGISTICS_DIRECTOR, Role.STOREKEEPER, Role.CANTEEN_MANAGER)
SUBMITTERS = (Role.PRINCIPAL,)

RULES: Mapping[str, Rule] = {
    Permission.READ: any_of(bureau_role(*OFFICERS), zone_role(Role.ZONE_SUPERVISOR)),
    Permission.MANAGE: any_of(bureau_role(Role.PROCUREMENT_OFFICER)),
    Permission.APPROVE: any_of(bureau_role(Role.PROCUREMENT_OFFICER, Role.CANTEEN_OFFICER)),
    Permission.OWN_READ: any_of(school_role(*FILLERS, *SUBMITTERS, Role.ACCOUNTANT)),
    Permission.FILL: any_of(school_role(*FILLERS)),
    # Two pairs of eyes: who fills the sheet does not hand it in for the school.
    Permission.SUBMIT: any_of(school_role(*SUBMITTERS)),
}
