"""What kind of day each day of a term is, from the calendar of working days."""

from collections.abc import Callable
from datetime import date

from bureau.schools.term_calendar import DayKind, plain_kind
from kernel.actor import Actor


def kinds_between(actor: Actor, first: date, last: date) -> Callable[[date], tuple[DayKind, str]]:
    return plain_kind
