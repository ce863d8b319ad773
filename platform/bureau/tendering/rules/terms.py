"""Terms in days and in working days (Order 87, Art. 85, 86): the first day is not counted, the last one is; a last day
that is free moves to the next working day. Days are calendar days in Shanghai."""

import math
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from kernel.workdays.rules import Calendar, Reckoned, add_workdays

SHANGHAI = ZoneInfo("Asia/Shanghai")
ONE_DAY = timedelta(days=1)


def day_of(instant: datetime) -> date:
    return instant.astimezone(SHANGHAI).date()


def end_of_day(day: date) -> datetime:
    """The last second of a day: a term in days runs until its last day is over."""
    return datetime.combine(day + ONE_DAY, datetime.min.time(), SHANGHAI) - timedelta(seconds=1)


def add_days(day: date, count: int, calendar: Calendar) -> Reckoned[date]:
    """The last day of a term of `count` days that begins after `day`."""
    return add_workdays(day + timedelta(days=count), 0, calendar)


def add_years(day: date, count: int) -> date:
    """The last day of a term of years that begins on `day`: 2027-01-01, 1 → 2027-12-31."""
    try:
        return day.replace(year=day.year + count) - ONE_DAY
    except ValueError:  # 29 February
        return date(day.year + count, 2, 28)


def at_time_of(day: date, instant: datetime) -> datetime:
    """`day` at the wall clock time of `instant`."""
    return datetime.combine(day, instant.astimezone(SHANGHAI).timetz())


def not_before(instant: datetime, day: date) -> datetime:
    """`instant`, or the same time of day on `day` where that is later. Never earlier than `instant`."""
    return instant if day_of(instant) >= day else at_time_of(day, instant)


def extended_for_change(deadline: datetime, changed_on: date, days: int, calendar: Calendar) -> datetime:
    """A deadline after a change that bidders must take in: at least `days` days from the change (Art. 27)."""
    return not_before(deadline, add_days(changed_on, days, calendar).value)


def shifted(instant: datetime, paused_from: datetime, resumed_at: datetime, calendar: Calendar) -> datetime:
    """A deadline after a suspension: later by as many whole days as were lost, begun ones included, on a working day.

    What had passed when the suspension began stays where it was.
    """
    if instant <= paused_from:
        return instant
    lost = max(0, math.ceil((resumed_at - paused_from) / ONE_DAY))
    if lost == 0:
        return instant
    moved = instant + lost * ONE_DAY
    return at_time_of(add_workdays(day_of(moved), 0, calendar).value, moved)


def unknown_years(days: Iterable[date], calendar: Calendar) -> tuple[int, ...]:
    """Years whose arrangement of holidays is not loaded: a term that touches one is counted by weekends alone."""
    return tuple(sorted({day.year for day in days} - calendar.years))
