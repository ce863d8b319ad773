"""Procurement and discipline look and decide; nobody else reads: no school, no supplier, no expert."""

from collections.abc import Mapping
from enum import StrEnum

from bureau.roles import Role, bureau_role
from kernel.access import Rule, any_of


class Permission(StrEnum):
    READ = "bureau:collusion:read"
    LOOK = "bureau:collusion:look"
    DECIDE = "bureau:collusion:decide"


WATCHERS = (Role.PROCUREMENT_OFFICER, Role.DISCIPLINE_SUPERVISOR)

RULES: Mapping[str, Rule] = {
    Permission.READ: any_of(bureau_role(*WATCHERS)),
    Permission.LOOK: any_of(bureau_role(*WATCHERS)),
    Permission.DECIDE: any_of(bureau_role(*WATCHERS)),
}
