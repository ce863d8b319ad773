"""When a check is due, how an occurrence stands, and how a self score differs from the official one. Pure."""

import calendar
import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Literal, TypeAlias

Rhythm: TypeAlias = Literal["daily", "weekly", "monthly", "term", "once"]
RHYTHMS: tuple[Rhythm, ...] = ("daily", "weekly", "monthly", "term", "once")
Standing: TypeAlias = Literal["ahead", "open", "late", "missed", "on_time", "done_late"]
# How long an occurrence may be made up for where nobody said otherwise: until about the next one.
USUAL_GRACE: Mapping[str, int] = {"daily": 1, "weekly": 3, "monthly": 7, "term": 14, "once": 30}
LONGEST_SPAN = timedelta(days=400)  # of days that are laid out at once
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Occurrence:
    """May be begun on `occurs_on`, is due by the end of `due_on`."""

    occurs_on: date
    due_on: date


@dataclass(frozen=True, slots=True)
class Pattern:
    """What of a schedule decides its days; equal patterns have equal occurrences, whichever school's they are."""

    rhythm: str
    starts_on: date
    ends_on: date | None = None
    weekdays: tuple[int, ...] = ()
    month_day: int | None = None
    workdays_only: bool = False


def occurrences(
    pattern: Pattern,
    first: date,
    last: date,
    is_school_day: Callable[[date], bool] = lambda _day: True,
    terms: Sequence[tuple[date, date]] = (),
) -> list[Occurrence]:
    """Those that can be begun or are due in first..last, in order.

    With `workdays_only` a daily or weekly check falls away on a free day; a monthly one moves to the next school day
    (the one before, where the month ends first): a month without its check would be a gap that nobody sees.
    """
    end = last if pattern.ends_on is None else min(last, pattern.ends_on)
    if pattern.rhythm == "once":
        due_on = pattern.ends_on or pattern.starts_on
        fits = pattern.starts_on <= last and first <= due_on
        return [Occurrence(pattern.starts_on, due_on)] if fits else []
    if pattern.rhythm == "term":
        return [found for found in _by_term(pattern, terms) if found.occurs_on <= last and first <= found.due_on]
    days = _monthly_days(pattern, first, end, is_school_day) if pattern.rhythm == "monthly" else _days(first, end)
    found = []
    for day in days:
        if not max(first, pattern.starts_on) <= day <= end:
            continue
        if pattern.rhythm == "weekly" and day.weekday() not in pattern.weekdays:
            continue
        if pattern.workdays_only and not is_school_day(day):
            continue
        found.append(Occurrence(day, day))
    return found


def _days(first: date, last: date) -> Iterator[date]:
    for offset in range((last - first).days + 1):
        yield first + timedelta(days=offset)


def _by_term(pattern: Pattern, terms: Sequence[tuple[date, date]]) -> list[Occurrence]:
    found = []
    for starts_on, ends_on in sorted(terms):
        begin = max(starts_on, pattern.starts_on)
        end = ends_on if pattern.ends_on is None else min(ends_on, pattern.ends_on)
        if begin <= end:
            found.append(Occurrence(begin, end))
    return found


def _monthly_days(
    pattern: Pattern, first: date, last: date, is_school_day: Callable[[date], bool]
) -> Iterator[date]:  # fmt: skip
    month = first.replace(day=1)
    while month <= last:
        length = calendar.monthrange(month.year, month.month)[1]
        wanted = month.replace(day=min(pattern.month_day or 1, length))
        if pattern.workdays_only:
            later = [*_days(wanted, month.replace(day=length))]
            earlier = [*_days(month, wanted)][::-1]
            wanted = next((day for day in (*later, *earlier) if is_school_day(day)), wanted)
        yield wanted
        month = (month + timedelta(days=31)).replace(day=1)


def school_days(
    is_workday: Callable[[date], bool], terms: Sequence[tuple[date, date]]
) -> Callable[[date], bool]:  # fmt: skip
    """Working days, without the holidays between two terms that are known. Days beyond the last known term count: a
    term that nobody entered yet must not switch the checks off in silence."""
    ordered = sorted(terms)
    gaps = [(before[1], after[0]) for before, after in itertools.pairwise(ordered)]

    def is_school_day(day: date) -> bool:
        return is_workday(day) and not any(end < day < start for end, start in gaps)

    return is_school_day


def standing(
    occurrence: Occurrence, submitted_on: date | None, today: date, grace_days: int, rhythm: str = ""
) -> Standing:  # fmt: skip
    """By the clock alone. What was asked for once stays owed until it is done."""
    if submitted_on is not None:
        return "on_time" if submitted_on <= occurrence.due_on else "done_late"
    if today < occurrence.occurs_on:
        return "ahead"
    if today <= occurrence.due_on:
        return "open"
    if rhythm == "once" or today <= occurrence.due_on + timedelta(days=grace_days):
        return "late"
    return "missed"


STARTABLE: frozenset[Standing] = frozenset({"open", "late"})


@dataclass(frozen=True, slots=True)
class Punctual:
    """One school's occurrences whose day has passed (or which are done already) in a span."""

    expected: int
    on_time: int
    late: int
    missed: int

    @property
    def percent(self) -> int | None:
        return None if not self.expected else self.on_time * 100 // self.expected


def punctual(expected: int, on_time: int, late: int) -> Punctual:
    """`expected`: occurrences that were due by yesterday or done by today; what is not done of them is missed or late
    still, which for the bureau is the same: not done."""
    return Punctual(expected, on_time, late, max(expected - on_time - late, 0))


@dataclass(frozen=True, slots=True)
class Pair:
    """One item as the school and as the bureau scored it; a side without the item is None (points as text, "" without
    points). `difference`: self − official, None where one side has no points. `differs`: worth a look."""

    key: str
    no: str
    text: str
    section: str
    unit: str
    own: Mapping[str, Any] | None
    official: Mapping[str, Any] | None
    difference: Decimal | None
    differs: bool


def compare_accounts(own: Mapping[str, Any], official: Mapping[str, Any]) -> list[Pair]:
    """Two accounts as results keep them (`sections_account`), in the official one's order; what only the school has
    comes after it. Items meet by their key: where a form version changed, some stand alone."""
    mine, theirs = _lines(own), _lines(official)
    return [
        _pair(key, (theirs.get(key) or mine[key])[0], mine.get(key, ("", None))[1], theirs.get(key, ("", None))[1])
        for key in [*theirs, *(key for key in mine if key not in theirs)]
    ]


def _lines(document: Mapping[str, Any]) -> dict[str, tuple[str, Mapping[str, Any]]]:
    found = {}
    for section in document["sections_account"]:
        for line in section["lines"]:
            unit = line.get("unit", "")
            found[f"{line['code']}@{unit}" if unit else line["code"]] = (section["title"], line)
    return found


def _pair(key: str, section: str, own: Mapping[str, Any] | None, official: Mapping[str, Any] | None) -> Pair:
    shown = official or own or {}
    difference = None
    if own is not None and official is not None and own.get("awarded") and official.get("awarded"):
        difference = Decimal(own["awarded"]) - Decimal(official["awarded"])
    differs = own is not None and official is not None and (bool(difference) or _outcome(own) != _outcome(official))
    return Pair(
        key, shown.get("no", ""), shown.get("text", ""), section, shown.get("unit", ""), own, official, difference,
        differs,
    )  # fmt: skip


def _outcome(line: Mapping[str, Any]) -> tuple[bool, bool]:
    """(failed or lost, left out): what differs between lines of equal points."""
    failed = line["reason"] in ("failed", "found") or Decimal(line.get("lost") or 0) > 0
    return failed, line["reason"] in ("not_applicable", "tag_absent", "section_absent")
