"""Who keeps stock, who asks for goods, who decides, and who looks on from the bureau."""

from enum import StrEnum

from bureau.roles import OFFICERS, Role, bureau_role, school_role, zone_role
from kernel.access import Rule, any_of


class Permission(StrEnum):
    READ = "school:stores:read"
    KEEP = "school:stores:keep"
    MANAGE = "school:stores:manage"
    CONFIRM = "school:stores:confirm"
    CLOSE = "school:stores:close"
    REOPEN = "school:stores:reopen"
    REQUEST = "school:store_requisitions:request"
    READ_REQUESTS = "school:store_requisitions:read"
    DECIDE = "school:store_requisitions:decide"
    OVERSEE = "bureau:stores:read"


KEEPERS = (Role.STOREKEEPER, Role.CANTEEN_MANAGER, Role.LOGISTICS_DIRECTOR)
HEADS = (Role.PRINCIPAL, Role.LOGISTICS_DIRECTOR)
READERS = (*KEEPERS, Role.PRINCIPAL, Role.FOOD_SAFETY_OFFICER, Role.ACCOUNTANT)
STAFF = (*READERS, Role.DORMITORY_SUPERVISOR, Role.GUARD, Role.TEACHER)

RULES: dict[str, Rule] = {
    Permission.READ: any_of(school_role(*READERS)),
    Permission.KEEP: any_of(school_role(*KEEPERS)),
    # Places, own goods, levels, who may ask for what.
    Permission.MANAGE: any_of(school_role(Role.STOREKEEPER, Role.LOGISTICS_DIRECTOR)),
    # The second keeper of hazardous goods.
    Permission.CONFIRM: any_of(school_role(Role.STOREKEEPER, *HEADS)),
    Permission.CLOSE: any_of(school_role(Role.STOREKEEPER, Role.LOGISTICS_DIRECTOR, Role.ACCOUNTANT)),
    Permission.REOPEN: any_of(school_role(Role.LOGISTICS_DIRECTOR)),
    Permission.REQUEST: any_of(school_role(*STAFF)),
    Permission.READ_REQUESTS: any_of(school_role(*STAFF)),
    # Requests of others, differences of a count that others made.
    Permission.DECIDE: any_of(school_role(*HEADS)),
    Permission.OVERSEE: any_of(bureau_role(*OFFICERS), zone_role(Role.ZONE_SUPERVISOR)),
}
