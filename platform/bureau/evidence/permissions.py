from collections.abc import Mapping
from enum import StrEnum

from bureau.roles import OFFICERS, Role, bureau_role
from kernel.access import Rule, any_of


class Permission(StrEnum):
    READ = "bureau:photo_match:read"
    LOOK = "bureau:photo_match:look"


LOOKERS = (Role.BUREAU_ADMIN, Role.CANTEEN_OFFICER, Role.SAFETY_OFFICER, Role.ASSET_OFFICER)

RULES: Mapping[str, Rule] = {
    Permission.READ: any_of(bureau_role(*OFFICERS)),
    Permission.LOOK: any_of(bureau_role(*LOOKERS)),
}
