"""Working days as a bureau counts them: the nation's arrangement with the bureau's own days on top."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from kernel.actor import Actor
from kernel.audit import capture
from kernel.database import db
from kernel.errors import NotFound
from kernel.sheets import Column, Parsed, Problem, SheetSpec, read_xlsx
from kernel.workdays import rules
from kernel.workdays.models import BureauDay, NationalDay
from kernel.workdays.rules import Calendar, Reckoned

ONE_DAY = timedelta(days=1)
SPEC = SheetSpec(
    _l("工作日安排"),
    (
        Column("day", _l("日期"), required=True, kind="date", example="2027-01-01"),
        Column(
            "kind",
            _l("安排"),
            required=True,
            kind="choice",
            choices={"free": _l("放假"), "worked": _l("上班")},
            help=_l("放假，或周末调休上班。"),
            example="放假",
        ),
        Column("name", _l("名称"), required=True, most=60, help=_l("节日或事由。"), example="元旦", width=24),
    ),
    most_rows=400,
)


@dataclass(frozen=True, slots=True)
class SpecialDay:
    """A day that is not what its weekday says. `is_own`: the bureau's; else the nation's, with its citation."""

    day: date
    is_workday: bool
    name: str
    citation: str = ""
    is_own: bool = False


def calendar(bureau_id: int) -> Calendar:
    """The calendar of a bureau. Two small queries; ask once for many days."""
    nation = {row.day: row.is_workday for row in db.session.scalars(select(NationalDay))}
    own = {
        row.day: row.is_workday for row in db.session.scalars(select(BureauDay).where(BureauDay.bureau_id == bureau_id))
    }
    years = {day.year for day in nation}
    # A bureau that entered a year's New Year and National Day itself has entered the year's arrangement.
    years |= {day.year for day in own if {date(day.year, 1, 1), date(day.year, 10, 1)} <= own.keys()}
    return Calendar(nation, frozenset(years)).with_days(own)


def is_workday(actor: Actor, day: date) -> bool:
    return rules.is_workday(day, calendar(actor.bureau_id))


def add_workdays(actor: Actor, day: date, count: int) -> Reckoned[date]:
    """The last day of a term of `count` working days that begins after `day`; see rules.add_workdays."""
    return rules.add_workdays(day, count, calendar(actor.bureau_id))


def workdays_between(actor: Actor, start: date, end: date) -> Reckoned[int]:
    return rules.workdays_between(start, end, calendar(actor.bureau_id))


def special_days(actor: Actor, first: date, last: date) -> list[SpecialDay]:
    """The arranged days from `first` to `last`, in order; the bureau's own word on a day replaces the nation's."""
    found = {
        row.day: SpecialDay(row.day, row.is_workday, row.name, row.citation)
        for row in db.session.scalars(select(NationalDay).where(NationalDay.day.between(first, last)))
    }
    own = select(BureauDay).where(BureauDay.bureau_id == actor.bureau_id, BureauDay.day.between(first, last))
    for row in db.session.scalars(own):
        found[row.day] = SpecialDay(row.day, row.is_workday, row.name, is_own=True)
    return [found[day] for day in sorted(found)]


@dataclass(frozen=True, slots=True)
class Span:
    """Days in a row of one arrangement, both ends included."""

    first: SpecialDay
    last: SpecialDay

    @property
    def length(self) -> int:
        return (self.last.day - self.first.day).days + 1


def spans(days: Sequence[SpecialDay]) -> list[Span]:
    """Days in order → a holiday as one line. The bureau's own days stay apart: each can be taken back."""
    found: list[Span] = []
    for day in days:
        last = found[-1].last if found else None
        follows = last is not None and not day.is_own and replace(last, day=day.day) == day
        if follows and last is not None and day.day - last.day == ONE_DAY:
            found[-1] = Span(found[-1].first, day)
        else:
            found.append(Span(day, day))
    return found


def has_arrangement(actor: Actor, year: int) -> bool:
    return year in calendar(actor.bureau_id).years


def set_day(actor: Actor, day: date, *, is_workday: bool, name: str) -> BureauDay:
    """Say what a day is in this bureau. Said twice it is said once."""
    row = db.session.get(BureauDay, (actor.bureau_id, day))
    if row is None:
        row = BureauDay(bureau_id=actor.bureau_id, day=day)
        db.session.add(row)
    row.is_workday, row.name = is_workday, name
    db.session.flush()
    return row


def remove_day(actor: Actor, day: date) -> None:
    """Take the bureau's own word back; the nation's arrangement holds again."""
    row = db.session.get(BureauDay, (actor.bureau_id, day))
    if row is None:
        raise NotFound(_("本区没有另行安排这一天。"))
    db.session.delete(row)
    db.session.flush()


def read_days(data: bytes) -> Parsed:
    """An uploaded sheet, checked; a day named twice is a problem of the later row."""
    parsed = read_xlsx(SPEC, data)
    seen: dict[date, int] = {}
    problems = list(parsed.problems)
    for row in parsed.rows:
        day = row.values["day"]
        if day is not None and day in seen:
            problems.append(Problem("duplicate", row.number, "day", {"other": seen[day]}))
        elif day is not None:
            seen[day] = row.number
    return Parsed(parsed.rows, problems, parsed.grid)


def import_days(actor: Actor, parsed: Parsed) -> int:
    """Write a whole sheet (see read_days): days in it are set, others stay. Gives the number of days."""
    if not parsed.is_whole:
        raise ValueError("a sheet with problems is not imported")
    rows = [
        {
            "bureau_id": actor.bureau_id,
            "day": row.values["day"],
            "is_workday": row.values["kind"] == "worked",
            "name": row.values["name"],
        }
        for row in parsed.rows
    ]
    statement = insert(BureauDay).values(rows)
    said = {"is_workday": statement.excluded.is_workday, "name": statement.excluded.name}
    db.session.execute(statement.on_conflict_do_update(index_elements=["bureau_id", "day"], set_=said))
    db.session.expire_all()
    changes = [{"table": "bureau_days", "key": {"day": row["day"]}, "kind": "import", "new": row} for row in rows]
    capture.record(db.session(), actor.bureau_id, "bureau:workdays:import", changes)
    return len(rows)


def export_rows(days: Sequence[SpecialDay]) -> list[dict[str, object]]:
    """Days in the shape of SPEC, so that a downloaded year can be changed and uploaded."""
    return [{"day": day.day, "kind": "worked" if day.is_workday else "free", "name": day.name} for day in days]
