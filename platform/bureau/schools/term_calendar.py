"""A term laid out in months and numbered school weeks. Pure; weeks begin on Monday."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

DayKind = Literal["school", "weekend", "holiday", "made_up"]  # made_up: a weekend day worked instead (调休)
LONGEST_TERM = timedelta(days=300)
SHORTEST_TERM = timedelta(days=28)


@dataclass(frozen=True, slots=True)
class CalendarDay:
    day: date
    in_month: bool
    in_term: bool
    kind: DayKind
    name: str = ""  # of the holiday


@dataclass(frozen=True, slots=True)
class CalendarWeek:
    number: int | None  # school week, 1 is the week in which the term starts; None outside the term
    days: tuple[CalendarDay, ...]


@dataclass(frozen=True, slots=True)
class CalendarMonth:
    year: int
    month: int
    weeks: tuple[CalendarWeek, ...]


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


def week_number(day: date, starts_on: date, ends_on: date) -> int | None:
    """The school week in which `day` falls, None outside the term's weeks."""
    if not monday_of(starts_on) <= day <= monday_of(ends_on) + timedelta(days=6):
        return None
    return (monday_of(day) - monday_of(starts_on)).days // 7 + 1


def plain_kind(day: date) -> tuple[DayKind, str]:
    """Weekends only; the calendar of holidays knows better where there is one."""
    return ("weekend" if day.weekday() >= 5 else "school", "")


def months(
    starts_on: date, ends_on: date, kind_of: Callable[[date], tuple[DayKind, str]] = plain_kind
) -> list[CalendarMonth]:
    """Every month that the term touches, whole weeks each."""
    laid_out = []
    first = starts_on.replace(day=1)
    while first <= ends_on:
        following = (first + timedelta(days=31)).replace(day=1)
        weeks = []
        monday = monday_of(first)
        while monday < following:
            days = tuple(_day(monday + timedelta(days=n), first, starts_on, ends_on, kind_of) for n in range(7))
            number = week_number(monday, starts_on, ends_on)
            weeks.append(CalendarWeek(number, days))
            monday += timedelta(days=7)
        laid_out.append(CalendarMonth(first.year, first.month, tuple(weeks)))
        first = following
    return laid_out


def _day(
    day: date, first: date, starts_on: date, ends_on: date, kind_of: Callable[[date], tuple[DayKind, str]]
) -> CalendarDay:
    kind, name = kind_of(day)
    return CalendarDay(day, (day.year, day.month) == (first.year, first.month), starts_on <= day <= ends_on, kind, name)


def school_days(laid_out: Iterable[CalendarMonth]) -> int:
    """Days of the term on which there is school, each counted once."""
    return sum(
        1
        for month in laid_out
        for week in month.weeks
        for day in week.days
        if day.in_month and day.in_term and day.kind in ("school", "made_up")
    )


def overlapping(spans: Sequence[tuple[date, date]], starts_on: date, ends_on: date) -> int | None:
    """The position of the first span that shares a day with [starts_on, ends_on], None when there is none."""
    for position, (other_start, other_end) in enumerate(spans):
        if starts_on <= other_end and other_start <= ends_on:
            return position
    return None
