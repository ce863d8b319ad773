"""When an obligation is due, and how it stands by the clock. Pure: no Flask, no database.

A week begins on Monday. Instants are of Asia/Shanghai; a clock time of a pattern is a wall clock there.
"""

import calendar as months_of
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Literal, TypeAlias
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
Cadence: TypeAlias = Literal[
    "daily", "per_meal", "weekly", "biweekly", "monthly", "quarterly", "term", "yearly", "months", "once", "asked"
]
CADENCES: tuple[Cadence, ...] = (
    "daily", "per_meal", "weekly", "biweekly", "monthly", "quarterly", "term", "yearly", "months", "once", "asked",
)  # fmt: skip
# Which days count: days with school; every day of a term, weekends too; every day of the year.
DAYS = ("school", "term", "every")
MEALS = ("breakfast", "morning_snack", "lunch", "afternoon_snack", "dinner", "night_snack")
STAGES = ("kindergarten", "primary", "junior", "nine_year", "senior", "vocational", "special")
CANTEEN_MODES = ("self_run", "contracted", "delivered", "none")
REASONS = ("power_cut", "water_cut", "closed", "weather", "no_meal", "outing", "system", "other")
ExcuseState: TypeAlias = Literal["asked", "confirmed", "refused", "withdrawn"]
EXCUSE_STATES: tuple[ExcuseState, ...] = ("asked", "confirmed", "refused", "withdrawn")
EXCUSES: dict[tuple[str, str], ExcuseState] = {
    ("asked", "confirm"): "confirmed",
    ("asked", "refuse"): "refused",
    ("asked", "withdraw"): "withdrawn",
    ("confirmed", "refuse"): "refused",  # confirmed by mistake: what was excused is owed again
}

MEAL_TIMES = {
    "breakfast": time(7, 30),
    "morning_snack": time(9, 45),
    "lunch": time(12, 0),
    "afternoon_snack": time(15, 15),
    "dinner": time(18, 0),
    "night_snack": time(21, 0),
}
OPENS_BEFORE_MEAL = timedelta(hours=3)
# For how long something that is late can still be made up for, where nobody said otherwise: until about the next one.
USUAL_GRACE: dict[str, timedelta] = {
    "daily": timedelta(hours=24),
    "per_meal": timedelta(hours=24),
    "weekly": timedelta(days=3),
    "biweekly": timedelta(days=5),
    "monthly": timedelta(days=7),
    "quarterly": timedelta(days=14),
    "term": timedelta(days=14),
    "yearly": timedelta(days=30),
    "months": timedelta(days=14),
    "once": timedelta(days=30),
    "asked": timedelta(days=7),
}
MOST_GRACE = timedelta(days=90)
LONG_GRACE = timedelta(hours=48)
LEAST_FORTNIGHT = 5  # school days; the shorter rest of a term asks for nothing every two weeks
MOST_BACK = 6  # days that a deadline before its period moves back for a school day
# How long before its due day something may have opened; lead and shift come on top.
LONGEST_OPEN = {"daily": 0, "per_meal": 0, "weekly": 7, "biweekly": 14, "monthly": 31, "quarterly": 93, "months": 31}
ONE_DAY = timedelta(days=1)
EPOCH_MONDAY = date(2000, 1, 3)  # fortnights are counted from it where no term is known

Standing: TypeAlias = Literal["ahead", "open", "late", "missed", "on_time", "done_late", "excused"]


class TransitionRefused(Exception):
    """An event that the table does not have from this state."""

    def __init__(self, state: str, event: str) -> None:
        super().__init__(f"{event} is not possible from {state}")
        self.state, self.event = state, event


def next_state(state: str, event: str) -> ExcuseState:
    following = EXCUSES.get((state, event))
    if following is None:
        raise TransitionRefused(state, event)
    return following


@dataclass(frozen=True, slots=True)
class Pattern:
    """What decides the occurrences of a kind at a school; equal patterns have equal occurrences.

    weekday     0 Monday … 6 Sunday, of weekly and biweekly ones (of the second week)
    month_day   1 … 31, the last day where a month is shorter; of a quarterly one in the quarter's last month
    months      of "months" all of them, of "yearly" the first
    month_lag   a monthly one is due that many months after the month that it is about (a statement by the 15th)
    anchor      a term's day that shift_days counts from
    shift_days  the due day is that many days after (negative: before) the day found otherwise
    lead_days   it may be done that many days before its period begins, or before its due day (term by its start,
                yearly, once)
    minutes_after  of per_meal ones: due that long after the meal begins
    needed      records that it takes
    """

    cadence: Cadence
    due_time: time = time(17, 0)
    opens_time: time = time(0, 0)
    days: str = "school"
    weekday: int = 4
    month_day: int = 31
    months: tuple[int, ...] = ()
    month_lag: int = 0
    anchor: Literal["start", "end"] = "end"
    shift_days: int = 0
    lead_days: int = 0
    minutes_after: int = 0
    once_on: date | None = None
    grace: timedelta | None = None
    needed: int = 1
    starts_on: date | None = None
    ends_on: date | None = None

    @property
    def longest_open(self) -> timedelta:
        """No occurrence opens earlier than that before it is due."""
        days = LONGEST_OPEN.get(self.cadence, 400) + 31 * self.month_lag
        return timedelta(days=days + abs(self.shift_days) + self.lead_days)

    @property
    def usual_grace(self) -> timedelta:
        return USUAL_GRACE[self.cadence] if self.grace is None else self.grace


@dataclass(frozen=True, slots=True)
class Occurrence:
    """A record about any day in first_day..last_day fulfils it."""

    period: str
    meal: str
    first_day: date
    last_day: date
    opens_at: datetime
    due_at: datetime
    closes_at: datetime
    needed: int = 1

    @property
    def on_day(self) -> date:
        return self.due_at.date()


@dataclass(frozen=True, slots=True)
class SchoolCalendar:
    """`terms`: spans of days, both ends included, in order. Where none is known, every working day counts."""

    is_workday: Callable[[date], bool]
    terms: tuple[tuple[date, date], ...] = ()
    _counts: dict[tuple[date, str], bool] = field(default_factory=dict, compare=False, repr=False)

    def in_term(self, day: date) -> bool:
        return not self.terms or any(first <= day <= last for first, last in self.terms)

    def counts(self, day: date, days: str) -> bool:
        found = self._counts.get((day, days))
        if found is None:
            found = days == "every" or (self.in_term(day) and (days == "term" or self.is_workday(day)))
            self._counts[day, days] = found
        return found

    def counting(self, first: date, last: date, days: str) -> list[date]:
        return [day for day in span(first, last) if self.counts(day, days)]


@dataclass(frozen=True, slots=True)
class _Found:
    period: str
    first_day: date
    last_day: date
    due_day: date
    opens_day: date


def span(first: date, last: date) -> Iterator[date]:
    for offset in range((last - first).days + 1):
        yield first + timedelta(days=offset)


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


def month_end(day: date) -> date:
    return day.replace(day=months_of.monthrange(day.year, day.month)[1])


def add_months(first: date, count: int) -> date:
    """The first day of the month `count` months after the one of `first`."""
    index = first.year * 12 + first.month - 1 + count
    return date(index // 12, index % 12 + 1, 1)


def occurrences(
    pattern: Pattern, calendar: SchoolCalendar, meals: Sequence[str], first: date, last: date, *, by: str = "due"
) -> list[Occurrence]:
    """Those due on first..last (`by` "opens": that may be begun from a day in it on), in order of their due time."""
    if pattern.cadence == "asked" or last < first:
        return []
    found: list[Occurrence] = []
    for one in _candidates(pattern, calendar, first, last):
        day = one.due_day if by == "due" else one.opens_day
        within = (pattern.starts_on is None or pattern.starts_on <= one.due_day) and (
            pattern.ends_on is None or one.due_day <= pattern.ends_on
        )
        if within and first <= day <= last:
            found += _timed(pattern, one, meals)
    return sorted(found, key=lambda occurrence: (occurrence.due_at, occurrence.period))


def _timed(pattern: Pattern, found: _Found, meals: Sequence[str]) -> Iterator[Occurrence]:
    grace = min(pattern.usual_grace, MOST_GRACE)
    if pattern.cadence == "per_meal":
        for meal in sorted(meals, key=MEALS.index):
            served = datetime.combine(found.due_day, MEAL_TIMES[meal], SHANGHAI)
            due = served + timedelta(minutes=pattern.minutes_after)
            due = min(due, datetime.combine(found.due_day, time(23, 59), SHANGHAI))
            opens = min(served - OPENS_BEFORE_MEAL, due)
            yield Occurrence(
                f"{found.period}:{meal}", meal, found.first_day, found.last_day, opens, due, due + grace, pattern.needed
            )
        return
    due = datetime.combine(found.due_day, pattern.due_time, SHANGHAI)
    opens = min(datetime.combine(found.opens_day, pattern.opens_time, SHANGHAI), due)
    yield Occurrence(found.period, "", found.first_day, found.last_day, opens, due, due + grace, pattern.needed)


def _candidates(pattern: Pattern, calendar: SchoolCalendar, first: date, last: date) -> Iterator[_Found]:
    """Every occurrence that may be due or open in first..last, and some around them."""
    around = timedelta(days=abs(pattern.shift_days) + pattern.lead_days)
    first, last = first - around, last + around
    match pattern.cadence:
        case "daily" | "per_meal":
            for day in calendar.counting(first, last, pattern.days):
                yield _Found(day.isoformat(), day, day, day, day)
        case "weekly":
            yield from _weeks(pattern, calendar, first, last)
        case "biweekly":
            yield from _fortnights(pattern, calendar, first, last)
        case "monthly" | "quarterly" | "months":
            yield from _months(pattern, calendar, first, last)
        case "term":
            yield from _terms(pattern, calendar)
        case "yearly":
            yield from _years(pattern, calendar, first, last)
        case "once":
            if pattern.once_on is not None:
                opens = pattern.once_on - timedelta(days=pattern.lead_days)
                yield _Found("once", opens, pattern.once_on, pattern.once_on, opens)


def _nearest(days: Sequence[date], wanted: date) -> date:
    """The last of `days` at or before `wanted`, else the first after it, else `wanted` itself."""
    before = [day for day in days if day <= wanted]
    return before[-1] if before else days[0] if days else wanted


def _shifted(pattern: Pattern, calendar: SchoolCalendar, due: date) -> date:
    """A deadline before its period begins; it moves back for a school day, never nearer to the period."""
    if not pattern.shift_days:
        return due
    wanted = due + timedelta(days=pattern.shift_days)
    back = calendar.counting(wanted - timedelta(days=MOST_BACK), wanted, pattern.days)
    return back[-1] if back else wanted


def _weeks(pattern: Pattern, calendar: SchoolCalendar, first: date, last: date) -> Iterator[_Found]:
    monday = monday_of(first)
    while monday <= last:
        sunday = monday + timedelta(days=6)
        days = calendar.counting(monday, sunday, pattern.days)
        if days:
            wanted = monday + timedelta(days=pattern.weekday)
            due = _shifted(pattern, calendar, wanted if pattern.shift_days else _nearest(days, wanted))
            year, week, _ = monday.isocalendar()
            opens = min(monday - timedelta(days=pattern.lead_days), due)
            yield _Found(f"{year}-W{week:02}", monday, sunday, due, opens)
        monday += timedelta(days=7)


def _fortnights(pattern: Pattern, calendar: SchoolCalendar, first: date, last: date) -> Iterator[_Found]:
    """Counted from the Monday of each term's first week; by a fixed Monday where terms do not matter."""
    spans = calendar.terms if calendar.terms and pattern.days != "every" else ((first, last),)
    for term_first, term_last in spans:
        origin = monday_of(term_first) if spans is calendar.terms else EPOCH_MONDAY
        monday = origin + timedelta(days=14 * ((max(first, term_first) - origin).days // 14))
        while monday <= min(last, term_last):
            end = monday + timedelta(days=13)
            low, high = (monday, end) if spans is not calendar.terms else (max(monday, term_first), min(end, term_last))
            days = calendar.counting(low, high, pattern.days)
            if len(days) >= LEAST_FORTNIGHT:
                due = _shifted(pattern, calendar, _nearest(days, monday + timedelta(days=7 + pattern.weekday)))
                opens = min(monday - timedelta(days=pattern.lead_days), due)
                yield _Found(f"{monday.isoformat()}+14", monday, end, due, opens)
            monday += timedelta(days=14)


def _months(pattern: Pattern, calendar: SchoolCalendar, first: date, last: date) -> Iterator[_Found]:
    """A month or quarter without a day that counts asks for nothing; a month of the calendar (学校月历) always does."""
    length = 3 if pattern.cadence == "quarterly" else 1
    lag = pattern.month_lag if pattern.cadence == "monthly" else 0
    begin = add_months(first, -lag - 1)
    if length == 3:
        begin = begin.replace(month=(begin.month - 1) // 3 * 3 + 1)
    while begin <= last:
        final = add_months(begin, length - 1)
        end = month_end(final)
        due_month = add_months(final, lag)
        if pattern.cadence != "months" or begin.month in pattern.months:
            counted = calendar.counting(begin, end, pattern.days)
            window = counted if not lag else calendar.counting(due_month, month_end(due_month), pattern.days)
            if counted or pattern.cadence == "months":
                wanted = due_month.replace(day=min(pattern.month_day, month_end(due_month).day))
                due = _shifted(pattern, calendar, _nearest(window, wanted))
                opens = min((due_month if lag else begin) - timedelta(days=pattern.lead_days), due)
                name = f"{begin.year}-Q{final.month // 3}" if length == 3 else f"{begin:%Y-%m}"
                yield _Found(name, begin, end, due, opens)
        begin = add_months(begin, length)


def _terms(pattern: Pattern, calendar: SchoolCalendar) -> Iterator[_Found]:
    for starts_on, ends_on in calendar.terms:
        anchor = starts_on if pattern.anchor == "start" else ends_on
        due = anchor + timedelta(days=pattern.shift_days)
        if starts_on <= due <= ends_on:
            due = _nearest(calendar.counting(starts_on, ends_on, pattern.days), due)
        opens = starts_on if not pattern.lead_days else due - timedelta(days=pattern.lead_days)
        opens = min(opens, due)
        yield _Found(f"T{starts_on.isoformat()}", min(starts_on, opens), max(ends_on, due), due, opens)


def _years(pattern: Pattern, calendar: SchoolCalendar, first: date, last: date) -> Iterator[_Found]:
    month = pattern.months[0] if pattern.months else 12
    for year in range(first.year - 1, last.year + 2):
        begin = date(year, month, 1)
        end = month_end(begin)
        wanted = begin.replace(day=min(pattern.month_day, end.day))
        due = _nearest(calendar.counting(begin, end, pattern.days), wanted)
        opens = due - timedelta(days=pattern.lead_days) if pattern.lead_days else begin
        yield _Found(str(year), date(year, 1, 1), date(year, 12, 31), due, opens)


def standing(
    opens_at: datetime,
    due_at: datetime,
    closes_at: datetime,
    fulfilled_at: datetime | None,
    is_excused: bool,
    at: datetime,
) -> Standing:
    """By the clock alone. What was done counts as done, excused or not."""
    if fulfilled_at is not None:
        return "on_time" if fulfilled_at <= due_at else "done_late"
    if is_excused:
        return "excused"
    if at < opens_at:
        return "ahead"
    if at <= due_at:
        return "open"
    return "late" if at <= closes_at else "missed"
