"""Who draws, who looks on, who declares an interest."""

from collections.abc import Mapping
from enum import StrEnum

from bureau.inspections.permissions import PLANNERS
from bureau.roles import OFFICERS, Role, bureau_role
from kernel.access import Rule, any_of


class Permission(StrEnum):
    READ = "bureau:draw:read"
    RUN = "bureau:draw:run"
    DECLARE = "bureau:interest:declare"
    MANAGE_INTERESTS = "bureau:interest:manage"


RULES: Mapping[str, Rule] = {
    Permission.READ: any_of(bureau_role(*OFFICERS)),
    Permission.RUN: any_of(bureau_role(*PLANNERS)),
    Permission.DECLARE: any_of(bureau_role(Role.INSPECTOR)),
    Permission.MANAGE_INTERESTS: any_of(bureau_role(*PLANNERS)),
}
