"""What kind of day each day of a term is: weekends, holidays, weekend days worked instead."""

from collections.abc import Callable
from datetime import date

from bureau.schools.term_calendar import DayKind, plain_kind
from kernel.actor import Actor
from kernel.workdays import service as workdays


def kinds_between(actor: Actor, first: date, last: date) -> Callable[[date], tuple[DayKind, str]]:
    """One read for the whole term; the answer gives (kind, name of the holiday) of a day in it."""
    special = {found.day: found for found in workdays.special_days(actor, first, last)}

    def kind_of(day: date) -> tuple[DayKind, str]:
        found = special.get(day)
        if found is None:
            return plain_kind(day)
        if not found.is_workday:
            return "holiday", found.name
        return ("made_up" if day.weekday() >= 5 else "school"), found.name

    return kind_of


def years_without_arrangement(actor: Actor, first: date, last: date) -> list[int]:
    """The years of which only weekends are known: their holidays are not published or not entered yet."""
    return [year for year in range(first.year, last.year + 1) if not workdays.has_arrangement(actor, year)]
