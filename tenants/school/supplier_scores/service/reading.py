"""Scores as they stand: the published one that holds, beside the provisional one of the facts as last gathered.

Everything is read from counts by month and school; no page adds up facts.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import func, select

from bureau.suppliers.service.finding import names_of
from kernel.actor import Actor
from kernel.database import db
from kernel.errors import NotFound
from school.orders.service.finding import own
from school.supplier_scores import rules
from school.supplier_scores.models import SupplierFactCount, SupplierFactRun, SupplierScore, SupplierScorePublication
from school.supplier_scores.rules import Counts, Score
from school.supplier_scores.service.figures import figures_of
from school.supplier_scores.service.gathering import newest_run
from school.supplier_scores.service.publishing import newest_scores, publications, score_of

CountsOf = Mapping[str, Counts]


@dataclass(frozen=True, slots=True)
class Published:
    """One supplier in one publication; `before`: its score in the publication before."""

    publication: SupplierScorePublication
    row: SupplierScore
    score: Score
    before: SupplierScore | None = None

    @property
    def failed(self) -> int:
        return sum(part.counts.failed for part in self.score.parts)

    @property
    def change(self) -> str:
        """up, down, same; "" where one of the two is no number."""
        if self.before is None or self.before.score is None or self.row.score is None:
            return ""
        if self.row.score == self.before.score:
            return "same"
        return "up" if self.row.score > self.before.score else "down"


@dataclass(frozen=True, slots=True)
class Standing:
    supplier_id: UUID
    name: str
    counts: CountsOf
    provisional: Score
    published: Published | None


def counts_by_supplier(actor: Actor, first_day: date, supplier_id: UUID | None = None) -> dict[UUID, dict[str, Counts]]:
    """Within what the actor may see: a school's own deliveries, a zone's, a supplier's, the district's."""
    columns = (
        SupplierFactCount.supplier_id, SupplierFactCount.criterion, func.sum(SupplierFactCount.kept).label("kept"),
        func.sum(SupplierFactCount.total).label("total"),
    )  # fmt: skip
    query = own(actor, select(*columns), SupplierFactCount).where(SupplierFactCount.month >= first_day)
    if supplier_id is not None:
        query = query.where(SupplierFactCount.supplier_id == supplier_id)
    found: dict[UUID, dict[str, Counts]] = defaultdict(dict)
    for row in db.session.execute(query.group_by(SupplierFactCount.supplier_id, SupplierFactCount.criterion)):
        found[row.supplier_id][row.criterion] = Counts(int(row.kept), int(row.total))
    return dict(found)


def monthly(actor: Actor, supplier_id: UUID) -> list[tuple[date, dict[str, Counts]]]:
    """Month by month, newest first."""
    columns = (
        SupplierFactCount.month, SupplierFactCount.criterion, func.sum(SupplierFactCount.kept).label("kept"),
        func.sum(SupplierFactCount.total).label("total"),
    )  # fmt: skip
    query = own(actor, select(*columns), SupplierFactCount).where(SupplierFactCount.supplier_id == supplier_id)
    found: dict[date, dict[str, Counts]] = defaultdict(dict)
    for row in db.session.execute(query.group_by(SupplierFactCount.month, SupplierFactCount.criterion)):
        found[row.month][row.criterion] = Counts(int(row.kept), int(row.total))
    return sorted(found.items(), reverse=True)


def latest_published(actor: Actor, supplier_id: UUID | None = None) -> dict[UUID, Published]:
    """Supplier → its score in the newest publication that there is."""
    last = publications(actor, 2)
    if not last:
        return {}
    before = newest_scores(actor, last[1].id, supplier_id) if len(last) > 1 else {}
    return {
        one: Published(last[0], row, score_of(last[0], row), before.get(one))
        for one, row in newest_scores(actor, last[0].id, supplier_id).items()
    }


def standings(actor: Actor) -> tuple[SupplierFactRun | None, list[Standing]]:
    """Every supplier with a fact in the running window or a score in the newest publication; by name, never by score."""
    run = newest_run(actor)
    if run is None:
        return None, []
    figures, totals = figures_of(actor.bureau_id), rules.counts_from_json(run.totals)
    by_supplier = counts_by_supplier(actor, run.first_day)
    published = latest_published(actor)
    names = names_of(actor, by_supplier.keys() | published.keys())
    found = [
        Standing(one, names.get(one, ""), counts, rules.score(counts, totals, figures), published.get(one))
        for one in by_supplier.keys() | published.keys()
        for counts in [by_supplier.get(one, {})]
    ]
    return run, sorted(found, key=lambda one: (one.name, one.supplier_id))


def standing(actor: Actor, supplier_id: UUID, name: str) -> tuple[SupplierFactRun | None, Standing]:
    """One supplier, for the bureau and for itself."""
    run = newest_run(actor)
    counts: CountsOf = {}
    totals: CountsOf = {}
    if run is not None:
        counts = counts_by_supplier(actor, run.first_day, supplier_id).get(supplier_id, {})
        totals = rules.counts_from_json(run.totals)
    score = rules.score(counts, totals, figures_of(actor.bureau_id))
    return run, Standing(supplier_id, name, counts, score, latest_published(actor, supplier_id).get(supplier_id))


@dataclass(frozen=True, slots=True)
class AtSchool:
    """A supplier that delivers to a school: what the district's schools together saw, and this school's own counts."""

    supplier_id: UUID
    name: str
    counts: CountsOf
    published: Published | None


def at_school(actor: Actor) -> list[AtSchool]:
    """By name."""
    run = newest_run(actor)
    if run is None:
        return []
    mine = counts_by_supplier(actor, run.first_day)
    published, names = latest_published(actor), names_of(actor, mine.keys())
    found = [AtSchool(one, names.get(one, ""), counts, published.get(one)) for one, counts in mine.items()]
    return sorted(found, key=lambda one: (one.name, one.supplier_id))


def one_at_school(actor: Actor, supplier_id: UUID) -> AtSchool:
    """Raises NotFound for a company that never delivered here."""
    found = next((one for one in at_school(actor) if one.supplier_id == supplier_id), None)
    if found is None:
        raise NotFound(_("没有这家供应商。"))
    return found
