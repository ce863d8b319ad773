"""Working days as China counts them: weekends are free unless the yearly notice says otherwise, and the other way round.

A year whose arrangement is not loaded is counted by weekends alone, and the result says so: silence would be a wrong
deadline.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Generic, TypeVar

T = TypeVar("T")
SATURDAY = 5
MOST_DAYS = 3660  # no deadline of this service is further away; beyond it is a slip


@dataclass(frozen=True, slots=True)
class Calendar:
    """`overrides`: day → is it worked. `years`: those whose official arrangement is in `overrides`."""

    overrides: Mapping[date, bool] = field(default_factory=dict)
    years: frozenset[int] = frozenset()

    def with_days(self, days: Mapping[date, bool]) -> "Calendar":
        """With a bureau's own days on top; they do not make a year's arrangement known."""
        return Calendar({**self.overrides, **days}, self.years)


@dataclass(frozen=True, slots=True)
class Reckoned(Generic[T]):
    """A result, and the years it touched whose arrangement is not loaded."""

    value: T
    unknown_years: tuple[int, ...] = ()

    @property
    def is_sure(self) -> bool:
        return not self.unknown_years


def is_workday(day: date, calendar: Calendar) -> bool:
    known = calendar.overrides.get(day)
    return day.weekday() < SATURDAY if known is None else known


def add_workdays(day: date, count: int, calendar: Calendar) -> Reckoned[date]:
    """The day on which a term of `count` working days ends that begins on the day after `day`; negative: backwards.

    0: the day itself, or the next working day if it is free.
    """
    if abs(count) > MOST_DAYS:
        raise ValueError(f"more than {MOST_DAYS} working days")
    step = timedelta(days=-1 if count < 0 else 1)
    found, left, touched = day, abs(count), {day.year}
    if count == 0:
        while not is_workday(found, calendar):
            found += step
            touched.add(found.year)
    while left:
        found += step
        touched.add(found.year)
        left -= is_workday(found, calendar)
    return Reckoned(found, _unknown(touched, calendar))


def workdays_between(start: date, end: date, calendar: Calendar) -> Reckoned[int]:
    """Working days after `start` up to and including `end`; negative when `end` lies before `start`.

    `workdays_between(day, add_workdays(day, n).value) == n`.
    """
    if end < start:
        # Backwards the days before `start` down to and including `end` are counted, as add_workdays does.
        days = (end + timedelta(days=offset) for offset in range((start - end).days))
        return Reckoned(-sum(is_workday(day, calendar) for day in days), _unknown({start.year, end.year}, calendar))
    count = sum(is_workday(start + timedelta(days=offset), calendar) for offset in range(1, (end - start).days + 1))
    return Reckoned(count, _unknown(range(start.year, end.year + 1), calendar))


def _unknown(years: Iterable[int], calendar: Calendar) -> tuple[int, ...]:
    return tuple(sorted(set(years) - calendar.years))
