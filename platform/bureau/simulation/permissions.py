from collections.abc import Mapping
from enum import StrEnum

from bureau.roles import Role, bureau_role
from kernel.access import Rule, any_of


class Permission(StrEnum):
    READ = "bureau:simulation:read"
    RUN = "bureau:simulation:run"


# Who passes a draft reads what was tried; who drafts it tries.
RULES: Mapping[str, Rule] = {
    Permission.READ: any_of(bureau_role(Role.PROCUREMENT_OFFICER, Role.BUREAU_ADMIN, Role.DISCIPLINE_SUPERVISOR)),
    Permission.RUN: any_of(bureau_role(Role.PROCUREMENT_OFFICER)),
}
