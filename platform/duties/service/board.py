"""The bureau's board: who is late with what, where, since when. Four statements, however many schools and duties."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import text

from duties import rules
from duties.rules import SHANGHAI
from duties.service.plans import Kind, every_kind
from duties.sources import SchoolFacts, schools_source
from kernel.actor import Actor
from kernel.database import db, now
from kernel.errors import NotFound

# Two ranges of one index: what can be made up for two days at most, and what can be for longer.
_OPEN = """
SELECT d.school_id, d.kind, d.due_at FROM duties d
WHERE d.bureau_id = :bureau_id AND d.is_long = {is_long} AND d.due_at > :since_{range} AND d.due_at < :now
  AND d.closes_at >= :now AND d.fulfilled_at IS NULL AND d.excuse_id IS NULL{which}
"""
_LATE = """
SELECT l.school_id, l.kind, count(*)::int AS late, min(l.due_at) AS since
FROM ({brief} UNION ALL {long}) l GROUP BY l.school_id, l.kind
"""
_TODAY = """
SELECT z.zone_id, d.kind, count(*)::int AS due,
       count(*) FILTER (WHERE d.fulfilled_at IS NOT NULL)::int AS done,
       count(*) FILTER (WHERE d.fulfilled_at > d.due_at)::int AS done_late,
       count(*) FILTER (WHERE d.fulfilled_at IS NULL AND d.excuse_id IS NOT NULL)::int AS excused,
       count(*) FILTER (WHERE d.fulfilled_at IS NULL AND d.excuse_id IS NULL AND d.due_at < :now)::int AS undone
FROM duties d JOIN unnest(cast(:school_ids AS int[]), cast(:zone_ids AS int[])) AS z (school_id, zone_id)
     ON z.school_id = d.school_id
WHERE d.bureau_id = :bureau_id AND d.on_day = :day{which}
GROUP BY z.zone_id, d.kind
"""
NO_ZONE = 0


@dataclass(slots=True)
class Counts:
    """Of duties due today. `undone`: past their time and not done, whether it can still be made up for or not."""

    due: int = 0
    done: int = 0
    done_late: int = 0
    excused: int = 0
    undone: int = 0
    late: int = 0  # right now, of any day

    def add(self, other: "Counts") -> None:
        for name in ("due", "done", "done_late", "excused", "undone", "late"):
            setattr(self, name, getattr(self, name) + getattr(other, name))

    @property
    def to_come(self) -> int:
        return self.due - self.done - self.excused - self.undone


@dataclass(frozen=True, slots=True)
class LateKind:
    code: str
    title: str
    count: int
    since: datetime


@dataclass(slots=True)
class LateSchool:
    school: SchoolFacts
    zone: str
    kinds: list[LateKind]
    count: int
    since: datetime


@dataclass(slots=True)
class Board:
    """`zones` and `kinds` in their order; `cells`: (zone id or 0, kind) → counts. `late`: the longest first."""

    at: datetime
    day: date
    total: Counts
    zones: Mapping[int, str]
    kinds: Mapping[str, Kind]
    titles: Mapping[str, str]
    cells: Mapping[tuple[int, str], Counts]
    by_zone: Mapping[int, Counts]
    by_kind: Mapping[str, Counts]
    late: Sequence[LateSchool]
    schools: int
    excuses_waiting: int = 0


def board(actor: Actor, *, zone_id: int | None = None, kind: str | None = None, at: datetime | None = None) -> Board:
    """Of the actor's bureau or zone; `zone_id`, `kind`: only these."""
    at = at or now()
    day = at.astimezone(SHANGHAI).date()
    facts = schools_of(actor, zone_id)
    zones = zones_of(actor, facts)
    kinds = every_kind(actor.bureau_id, figures=False)
    if kind is not None and kind not in kinds:
        raise NotFound
    by_id = {school.id: school for school in facts}
    place = {
        "bureau_id": actor.bureau_id, "now": at, "day": day, "kind": kind, "school_ids": list(by_id),
        "zone_ids": [school.zone_id or NO_ZONE for school in facts],
        "since_brief": at - rules.LONG_GRACE, "since_long": at - rules.MOST_GRACE,
    }  # fmt: skip
    which = ("" if kind is None else " AND d.kind = :kind") + _scoped(actor, zone_id)
    cells: dict[tuple[int, str], Counts] = {}
    for row in db.session.execute(text(_TODAY.format(which=which)), place):
        cells[row.zone_id, row.kind] = Counts(row.due, row.done, row.done_late, row.excused, row.undone)
    titles = _Titles(kinds)
    by_school: dict[int, list[LateKind]] = defaultdict(list)
    for row in db.session.execute(text(_late(which)), place):
        school = by_id.get(row.school_id)
        if school is None:
            continue
        by_school[school.id].append(LateKind(row.kind, titles[row.kind], row.late, row.since))
        cells.setdefault((school.zone_id or NO_ZONE, row.kind), Counts()).late += row.late
    return _board(actor, at, day, by_id, zones, kinds, titles, cells, by_school)


def _scoped(actor: Actor, zone_id: int | None) -> str:
    """A zone's few schools by name; a bureau's are all that the scope shows."""
    return " AND d.school_id = ANY (:school_ids)" if actor.level == "zone" or zone_id is not None else ""


def _late(which: str) -> str:
    return _LATE.format(
        brief=_OPEN.format(is_long="false", range="brief", which=which),
        long=_OPEN.format(is_long="true", range="long", which=which),
    )


class _Titles(dict[str, str]):
    """Each lazy title put into words once, not once per school."""

    def __init__(self, kinds: Mapping[str, Kind]) -> None:
        super().__init__((code, str(kind.title)) for code, kind in kinds.items())

    def __missing__(self, code: str) -> str:
        return code


def _board(
    actor: Actor, at: datetime, day: date, by_id: Mapping[int, SchoolFacts], zones: Mapping[int, str],
    kinds: Mapping[str, Kind], titles: Mapping[str, str], cells: Mapping[tuple[int, str], Counts],
    by_school: Mapping[int, list[LateKind]],
) -> Board:  # fmt: skip
    total = Counts()
    by_zone: dict[int, Counts] = defaultdict(Counts)
    by_kind: dict[str, Counts] = defaultdict(Counts)
    for (zone_id, code), counts in cells.items():
        total.add(counts)
        by_zone[zone_id].add(counts)
        by_kind[code].add(counts)
    late = [
        LateSchool(
            by_id[school_id], zones.get(by_id[school_id].zone_id or NO_ZONE, ""),
            sorted(found, key=lambda one: one.since), sum(one.count for one in found),
            min(one.since for one in found),
        )
        for school_id, found in by_school.items()
    ]  # fmt: skip
    late.sort(key=lambda one: (one.since, -one.count, one.school.id))
    order = {code: position for position, code in enumerate(kinds)}
    shown = sorted(by_kind, key=lambda code: order.get(code, len(order)))
    return Board(
        at, day, total, {zone: name for zone, name in zones.items() if zone in by_zone},
        {code: kinds[code] for code in shown if code in kinds}, titles, cells, by_zone, by_kind, late,
        sum(school.in_service(day) for school in by_id.values()),
    )  # fmt: skip


def schools_of(actor: Actor, zone_id: int | None = None) -> list[SchoolFacts]:
    """Those that the actor looks after, in service or not, of one zone where it is given."""
    wanted = actor.school_ids if actor.level == "zone" else None
    found = list(schools_source().schools(actor.bureau_id, wanted))
    if zone_id is None:
        return found
    of_zone = [school for school in found if (school.zone_id or NO_ZONE) == zone_id]
    if zone_id not in schools_source().zones(actor.bureau_id) or (actor.level == "zone" and not of_zone):
        raise NotFound
    return of_zone


def zones_of(actor: Actor, facts: Sequence[SchoolFacts]) -> dict[int, str]:
    held = {school.zone_id or NO_ZONE for school in facts}
    known = schools_source().zones(actor.bureau_id)
    found = {zone_id: name for zone_id, name in known.items() if zone_id in held}
    return found | ({NO_ZONE: ""} if NO_ZONE in held else {})


@dataclass(slots=True)
class Cell:
    """What one school owes of one kind today."""

    due: int = 0
    done: int = 0
    late: int = 0
    missed: int = 0
    excused: int = 0
    since: datetime | None = None

    @property
    def tone(self) -> str:
        if self.late or self.missed:
            return "danger"
        if self.done == self.due - self.excused:
            return "success" if self.done else "neutral"
        return "info"


_MATRIX = """
SELECT d.school_id, d.kind, count(*)::int AS due, count(*) FILTER (WHERE d.fulfilled_at IS NOT NULL)::int AS done,
       count(*) FILTER (WHERE d.fulfilled_at IS NULL AND d.excuse_id IS NULL AND d.due_at < :now
                        AND d.closes_at >= :now)::int AS late,
       count(*) FILTER (WHERE d.fulfilled_at IS NULL AND d.excuse_id IS NULL AND d.closes_at < :now)::int AS missed,
       count(*) FILTER (WHERE d.fulfilled_at IS NULL AND d.excuse_id IS NOT NULL)::int AS excused,
       min(d.due_at) FILTER (WHERE d.fulfilled_at IS NULL AND d.excuse_id IS NULL AND d.due_at < :now) AS since
FROM duties d
WHERE d.bureau_id = :bureau_id AND d.on_day = :day AND d.school_id = ANY (:school_ids)
GROUP BY d.school_id, d.kind
"""


@dataclass(slots=True)
class Matrix:
    day: date
    schools: Sequence[SchoolFacts]
    titles: Mapping[str, str]
    cells: Mapping[tuple[int, str], Cell]
    codes: Sequence[str] = field(default_factory=list)


def matrix(actor: Actor, zone_id: int, *, day: date | None = None) -> Matrix:
    """Schools of one zone × kinds, of one day (today)."""
    at = now()
    day = day or at.astimezone(SHANGHAI).date()
    schools = [school for school in schools_of(actor, zone_id) if school.in_service(day)]
    rows: Any = db.session.execute(
        text(_MATRIX),
        {"bureau_id": actor.bureau_id, "day": day, "now": at, "school_ids": [school.id for school in schools]},
    )
    cells = {
        (row.school_id, row.kind): Cell(row.due, row.done, row.late, row.missed, row.excused, row.since) for row in rows
    }
    kinds = every_kind(actor.bureau_id, [school.id for school in schools], figures=False)
    order = {code: position for position, code in enumerate(kinds)}
    codes = sorted({code for _school, code in cells}, key=lambda code: order.get(code, len(order)))
    return Matrix(day, schools, _Titles(kinds), cells, codes)


def school_facts(actor: Actor, school_id: int) -> SchoolFacts:
    """One that the actor looks after."""
    allowed = {"school": (actor.school_id,), "zone": actor.school_ids}.get(actor.level, (school_id,))
    found = schools_source().schools(actor.bureau_id, [school_id]) if school_id in allowed else ()
    if not found:
        raise NotFound
    return found[0]
