"""Who hands in from a phone, and who sees what was handed in late or by a wrong clock.

A phone's token is good for this and nothing else; what its holder may record is asked of the rules of the package that
keeps the record.
"""

from enum import StrEnum

from bureau.roles import OFFICERS, Role, bureau_role, school_role, zone_role
from kernel.access import Rule, any_of
from kernel.actor import Actor
from school.canteen_day import permissions as canteen_day
from school.supply import permissions as supply


class Permission(StrEnum):
    FILL = "school:offline_records:fill"
    CONFIRM = "school:offline_records:confirm"
    READ = "school:offline_records:read"
    OVERSEE = "bureau:offline_records:read"


READERS = canteen_day.MANAGERS
RULES: dict[str, Rule] = {
    Permission.FILL: any_of(school_role(*dict.fromkeys((*canteen_day.COMPANIONS, *supply.READERS)))),
    # A narrow token of its own: the second person's, which lies on the first one's phone.
    Permission.CONFIRM: any_of(school_role(*supply.CONFIRMERS)),
    Permission.READ: any_of(school_role(*READERS)),
    Permission.OVERSEE: any_of(bureau_role(*OFFICERS), zone_role(Role.ZONE_SUPERVISOR)),
}
_ASKED = {**canteen_day.RULES, **supply.RULES}


def holds(actor: Actor, permission: str) -> bool:
    """Whether the person may record it, whatever their phone's token is narrowed to."""
    rule = _ASKED[permission]
    return not actor.read_only and any(all(predicate(actor) for predicate in part) for part in rule)
