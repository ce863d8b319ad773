from collections.abc import Mapping
from enum import StrEnum

from bureau.roles import OFFICERS, Role, bureau_role
from kernel.access import Rule, any_of, has_role, is_supplier


class Permission(StrEnum):
    BID = "supplier:bid:submit"
    READ_OWN = "supplier:bid:read"
    HOLD_KEY = "bureau:opening_key:hold"
    SEE_OPENING = "bureau:opening:read"
    ARRANGE = "bureau:opening:arrange"
    OPEN = "bureau:opening:attend"
    WITNESS = "bureau:opening_absence:confirm"
    EXPORT = "bureau:opened_bid:export"


# Who may sit at the opening. The committee may not (Order 87, Art. 40): an expert is no officer.
HOLDERS = (
    Role.BUREAU_ADMIN,
    Role.PROCUREMENT_OFFICER,
    Role.CANTEEN_OFFICER,
    Role.SAFETY_OFFICER,
    Role.ASSET_OFFICER,
    Role.DISCIPLINE_SUPERVISOR,
)
# Seat → the roles that may take it. The escrow is whoever holds none of the other two offices.
SEAT_ROLES: Mapping[str, tuple[Role, ...]] = {
    "procurement": (Role.PROCUREMENT_OFFICER,),
    "supervision": (Role.DISCIPLINE_SUPERVISOR,),
    "escrow": (Role.BUREAU_ADMIN, Role.CANTEEN_OFFICER, Role.SAFETY_OFFICER, Role.ASSET_OFFICER),
}
# Who may confirm that an officer is absent, besides the other officers of the opening.
WITNESSES = (Role.BUREAU_ADMIN, Role.PROCUREMENT_OFFICER, Role.DISCIPLINE_SUPERVISOR)
_SUPPLIER = (is_supplier, has_role(Role.SUPPLIER_USER))

RULES: Mapping[str, Rule] = {
    Permission.BID: any_of(_SUPPLIER),
    Permission.READ_OWN: any_of(_SUPPLIER),
    Permission.HOLD_KEY: any_of(bureau_role(*HOLDERS)),
    Permission.SEE_OPENING: any_of(bureau_role(*OFFICERS)),
    Permission.ARRANGE: any_of(bureau_role(Role.PROCUREMENT_OFFICER, Role.BUREAU_ADMIN)),
    Permission.OPEN: any_of(bureau_role(*HOLDERS)),
    Permission.WITNESS: any_of(bureau_role(*HOLDERS)),
    Permission.EXPORT: any_of(bureau_role(Role.PROCUREMENT_OFFICER, Role.DISCIPLINE_SUPERVISOR)),
}
