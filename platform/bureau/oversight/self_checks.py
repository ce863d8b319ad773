"""From the schools' feed of self-checks to the bureau's pages."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from sqlalchemy import select

from bureau.inspections.models import InspectionResult
from bureau.oversight.feeds import Span, published
from bureau.oversight.self_check_feed import Punctuality, SelfCheckFeed, SelfScore
from bureau.schools import service as schools
from kernel.actor import Actor
from kernel.database import db
from kernel.errors import NotFound
from kernel.web.dates import today


def feed() -> SelfCheckFeed:
    """The deployment's one feed; NotFound where no module publishes it."""
    found = published(SelfCheckFeed)
    if not found:
        raise NotFound
    return found[0]


@dataclass(frozen=True, slots=True)
class ScoreRow:
    """One school of a plan. `difference`: self − official, None where either is missing."""

    school_id: int
    name: str
    own_check: SelfScore | None
    official: Decimal | None
    is_inspected: bool

    @property
    def own(self) -> Decimal | None:
        return None if self.own_check is None else self.own_check.score

    @property
    def check_id(self) -> UUID | None:
        return None if self.own_check is None else self.own_check.check_id

    @property
    def difference(self) -> Decimal | None:
        return None if self.own is None or self.official is None else self.own - self.official


def scores(actor: Actor, plan_id: UUID) -> list[ScoreRow]:
    """Those who overrate themselves most first; then those with one of the two scores only."""
    own = feed().scores(actor, plan_id)
    query = select(InspectionResult.school_id, InspectionResult.score).where(
        InspectionResult.bureau_id == actor.bureau_id, InspectionResult.plan_id == plan_id
    )
    if actor.level == "zone":
        query = query.where(InspectionResult.school_id.in_(actor.school_ids))
    official = {row[0]: row[1] for row in db.session.execute(query)}
    names = schools.school_names(actor, {*own, *official})
    rows = [
        ScoreRow(
            school_id, names.get(school_id, ""), own.get(school_id), official.get(school_id), school_id in official
        )
        for school_id in {*own, *official}
    ]
    return sorted(rows, key=lambda row: (row.difference is None, -(row.difference or 0), row.name))


@dataclass(frozen=True, slots=True)
class ScoreSummary:
    compared: int
    over: int  # schools that gave themselves more
    mean: Decimal | None  # difference


def summary(rows: Sequence[ScoreRow]) -> ScoreSummary:
    differences = [row.difference for row in rows if row.difference is not None]
    mean = (sum(differences, Decimal(0)) / len(differences)).quantize(Decimal("0.01")) if differences else None
    return ScoreSummary(len(differences), sum(one > 0 for one in differences), mean)


@dataclass(frozen=True, slots=True)
class PunctualRow:
    name: str
    row: Punctuality

    school_id = property(lambda self: self.row.school_id)
    expected = property(lambda self: self.row.expected)
    on_time = property(lambda self: self.row.on_time)
    late = property(lambda self: self.row.late)
    undone = property(lambda self: self.row.undone)
    percent = property(lambda self: self.row.percent)


def punctual_rows(actor: Actor, first: date, last: date) -> list[PunctualRow]:
    """The worst first; schools whose checks are all still to come at the end."""
    found = feed().punctuality(actor, Span(first, last))
    names = schools.school_names(actor, {row.school_id for row in found})
    rows = [PunctualRow(names.get(row.school_id, ""), row) for row in found]
    return sorted(rows, key=lambda row: (row.percent is None, row.percent or 0, row.name))


def month_of(text: str) -> date:
    """The first day of "2026-11"; of this month for anything else."""
    try:
        found = date.fromisoformat(f"{text}-01")
    except ValueError:
        found = today()
    if not 2000 <= found.year <= 2199:
        found = today()
    return found.replace(day=1)


def end_of(first: date) -> date:
    return (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
