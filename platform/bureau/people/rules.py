"""Who may give which role, and when a role holds. Pure."""

from collections.abc import Iterable
from datetime import date
from enum import StrEnum

from bureau.roles import LEVEL_OF, LEVELS, Role

# Nobody gives the role above their own: principals are appointed by the bureau, the logistics director by the principal.
_BY_PRINCIPAL = frozenset(LEVELS["school"]) - {Role.PRINCIPAL}
_BY_LOGISTICS_DIRECTOR = _BY_PRINCIPAL - {Role.LOGISTICS_DIRECTOR}
GIVEN_AT_SCHOOL = {Role.PRINCIPAL: _BY_PRINCIPAL, Role.LOGISTICS_DIRECTOR: _BY_LOGISTICS_DIRECTOR}


def grantable_roles(level: str, roles: Iterable[str]) -> list[Role]:
    """The roles that one who holds `roles` at `level` may give and end, in the order of the roles' list."""
    if level == "bureau" and set(roles) & {Role.BUREAU_ADMIN, "system"}:
        return list(Role)
    if level == "school":
        given: set[Role] = set().union(*(GIVEN_AT_SCHOOL.get(Role(role), frozenset()) for role in roles))
        return [role for role in Role if role in given]
    return []


def level_of(role: str) -> str:
    return LEVEL_OF[Role(role)]


class Standing(StrEnum):
    """What a role that was given is worth on a day."""

    COMING = "coming"
    HELD = "held"
    EXPIRED = "expired"
    ENDED = "ended"


def standing(valid_from: date, valid_until: date | None, is_ended: bool, day: date) -> Standing:
    if is_ended:
        return Standing.ENDED
    if valid_until is not None and valid_until < day:
        return Standing.EXPIRED
    return Standing.COMING if valid_from > day else Standing.HELD


def same_name(one: str, other: str) -> bool:
    """Whether two people wrote the same name: blanks do not count."""
    return "".join(one.split()).casefold() == "".join(other.split()).casefold()
