"""How punctually schools did what they owed, by month; from the tallies."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import func, select

from duties.models import DutyTally
from duties.rules import add_months
from duties.service.board import schools_of
from duties.service.plans import every_kind
from duties.sources import SchoolFacts, schools_source
from kernel.actor import Actor
from kernel.database import db

LEAST = 5  # duties; a share of fewer says nothing of a school


@dataclass(slots=True)
class Share:
    """Duties whose time is over. What was excused is no part of the share."""

    due: int = 0
    on_time: int = 0
    late: int = 0
    missed: int = 0
    excused: int = 0

    def add(self, row: Any) -> None:
        for name in ("due", "on_time", "late", "missed", "excused"):
            setattr(self, name, getattr(self, name) + getattr(row, name))

    @property
    def counted(self) -> int:
        return self.due - self.excused

    @property
    def percent(self) -> int | None:
        """Done on time, of those counted, rounded down; None: too few to say."""
        return None if self.counted < LEAST else self.on_time * 100 // self.counted

    @property
    def done_percent(self) -> int | None:
        return None if self.counted < LEAST else (self.on_time + self.late) * 100 // self.counted


@dataclass(slots=True)
class History:
    """`by_school` in the order of the schools, `by_kind` in that of the kinds; `by_month` of the last twelve."""

    month: date
    total: Share
    schools: Sequence[tuple[SchoolFacts, Share]]
    kinds: Sequence[tuple[str, str, Share]]
    months: Sequence[tuple[date, Share]]
    cells: Mapping[tuple[int, str], Share] = field(default_factory=dict)


def history(
    actor: Actor, month: date, *, zone_id: int | None = None, kind: str | None = None, school_id: int | None = None
) -> History:
    """One month, and beside it the eleven before. A school's own actor sees its own."""
    month = month.replace(day=1)
    facts = [school for school in _facts(actor, zone_id) if school_id is None or school.id == school_id]
    query = select(DutyTally).where(
        DutyTally.bureau_id == actor.bureau_id,
        DutyTally.month == month,
        DutyTally.school_id.in_([school.id for school in facts]),
    )
    if kind is not None:
        query = query.where(DutyTally.kind == kind)
    total = Share()
    by_school: dict[int, Share] = defaultdict(Share)
    by_kind: dict[str, Share] = defaultdict(Share)
    cells: dict[tuple[int, str], Share] = defaultdict(Share)
    for row in db.session.execute(query.with_only_columns(*_COLUMNS)):
        total.add(row)
        by_school[row.school_id].add(row)
        by_kind[row.kind].add(row)
        cells[row.school_id, row.kind].add(row)
    kinds = every_kind(actor.bureau_id, [school.id for school in facts], figures=False)
    order = {code: position for position, code in enumerate(kinds)}
    return History(
        month, total, [(school, by_school[school.id]) for school in facts if school.id in by_school],
        [
            (code, str(kinds[code].title) if code in kinds else code, by_kind[code])
            for code in sorted(by_kind, key=lambda code: order.get(code, len(order)))
        ],
        _months(actor, month, [school.id for school in facts], kind), cells,
    )  # fmt: skip


_COLUMNS = (
    DutyTally.school_id, DutyTally.kind, DutyTally.due, DutyTally.on_time, DutyTally.late, DutyTally.missed,
    DutyTally.excused,
)  # fmt: skip


def _facts(actor: Actor, zone_id: int | None) -> list[SchoolFacts]:
    if actor.level == "school":
        return list(schools_source().schools(actor.bureau_id, [actor.own_school_id()]))
    return schools_of(actor, zone_id)


def _months(actor: Actor, month: date, school_ids: Sequence[int], kind: str | None) -> list[tuple[date, Share]]:
    first = add_months(month, -11)
    query = (
        select(
            DutyTally.month,
            *(func.sum(getattr(DutyTally, name)).label(name) for name in ("due", "on_time", "late", "missed", "excused")),
        )
        .where(
            DutyTally.bureau_id == actor.bureau_id, DutyTally.month.between(first, month),
            DutyTally.school_id.in_(school_ids),
        )
        .group_by(DutyTally.month)
    )  # fmt: skip
    if kind is not None:
        query = query.where(DutyTally.kind == kind)
    found: dict[date, Share] = {}
    for row in db.session.execute(query):
        found.setdefault(row.month, Share()).add(row)
    return [(add_months(first, number), found.get(add_months(first, number), Share())) for number in range(12)]
