"""Whether a supplier is late or short more often at some schools than at its others."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import func, select

from bureau.schools.models import School, Zone
from bureau.suppliers.service.finding import names_of
from kernel.actor import Actor
from kernel.database import db
from kernel.errors import NotFound
from school.orders.service.finding import own
from school.supplier_scores.fairness_rules import Difference, Place, Thresholds, compared, groups_of
from school.supplier_scores.models import SupplierFactCount, SupplierFactRun
from school.supplier_scores.rules import NONE, Counts
from school.supplier_scores.service.figures import thresholds_of
from school.supplier_scores.service.gathering import newest_run

COMPARED = ("on_time", "short")


@dataclass(frozen=True, slots=True)
class SchoolShare:
    school_id: int
    name: str
    place: Place
    counts: Mapping[str, Counts]


@dataclass(frozen=True, slots=True)
class Fairness:
    """Of one supplier: criterion → group → against its other schools."""

    supplier_id: UUID
    name: str
    differences: Mapping[str, Mapping[str, Difference]]

    @property
    def is_flagged(self) -> bool:
        return any(one.state == "worse" for by in self.differences.values() for one in by.values())


@dataclass(frozen=True, slots=True)
class Report:
    run: SupplierFactRun | None
    thresholds: Thresholds
    suppliers: list[Fairness]
    zones: Mapping[int, str]


def report(actor: Actor) -> Report:
    """All suppliers, by name. A zone's supervisor compares within the zone."""
    run, limits = newest_run(actor), thresholds_of(actor.bureau_id)
    if run is None:
        return Report(None, limits, [], {})
    counts = _counts(actor, run)
    places = _places(actor)
    names = names_of(actor, counts.keys())
    found = [Fairness(one, names.get(one, ""), _differences(by, places, limits)) for one, by in counts.items()]
    return Report(run, limits, sorted(found, key=lambda one: (one.name, one.supplier_id)), _zones(actor))


def of_supplier(actor: Actor, supplier_id: UUID) -> tuple[Report, list[SchoolShare]]:
    """One supplier with its schools, the least on time first. Raises NotFound where it delivers to none of the actor's."""
    run, limits = newest_run(actor), thresholds_of(actor.bureau_id)
    by = _counts(actor, run, supplier_id).get(supplier_id) if run is not None else None
    if not by:
        raise NotFound(_("没有这家供应商的送货。"))
    places = _places(actor)
    name = names_of(actor, [supplier_id]).get(supplier_id, "")
    one = Fairness(supplier_id, name, _differences(by, places, limits))
    schools: dict[int, dict[str, Counts]] = defaultdict(dict)
    for criterion, counts_of in by.items():
        for school_id, counts in counts_of.items():
            schools[school_id][criterion] = counts
    shares = [
        SchoolShare(school_id, places[school_id][0], places[school_id][1], counts)
        for school_id, counts in schools.items()
        if school_id in places
    ]
    shares.sort(key=lambda share: (share.counts.get("on_time", NONE).rate or 0, share.name))
    return Report(run, limits, [one], _zones(actor)), shares


def _counts(
    actor: Actor, run: SupplierFactRun, supplier_id: UUID | None = None
) -> dict[UUID, dict[str, dict[int, Counts]]]:
    """Supplier → criterion → school → counts."""
    columns = (
        SupplierFactCount.supplier_id, SupplierFactCount.school_id, SupplierFactCount.criterion,
        func.sum(SupplierFactCount.kept).label("kept"), func.sum(SupplierFactCount.total).label("total"),
    )  # fmt: skip
    query = own(actor, select(*columns), SupplierFactCount).where(
        SupplierFactCount.month >= run.first_day, SupplierFactCount.criterion.in_(COMPARED),
        SupplierFactCount.school_id.is_not(None),
    )  # fmt: skip
    if supplier_id is not None:
        query = query.where(SupplierFactCount.supplier_id == supplier_id)
    found: dict[UUID, dict[str, dict[int, Counts]]] = defaultdict(lambda: {name: {} for name in COMPARED})
    for row in db.session.execute(query.group_by(*columns[:3])):
        found[row.supplier_id][row.criterion][row.school_id] = Counts(int(row.kept), int(row.total))
    return dict(found)


def _differences(
    by: Mapping[str, Mapping[int, Counts]], places: Mapping[int, tuple[str, Place]], limits: Thresholds
) -> dict[str, dict[str, Difference]]:
    groups = {school_id: groups_of(place, limits.small_diners) for school_id, (_name, place) in places.items()}
    return {name: compared(by[name], groups, limits) for name in COMPARED}


def _places(actor: Actor) -> dict[int, tuple[str, Place]]:
    query = select(School.id, School.name, School.setting, School.diners, School.zone_id).where(
        School.bureau_id == actor.bureau_id
    )
    if actor.level == "zone":
        query = query.where(School.id.in_(actor.school_ids))
    return {row.id: (row.name, Place(row.setting, row.diners, row.zone_id)) for row in db.session.execute(query)}


def _zones(actor: Actor) -> dict[int, str]:
    return {
        row.id: row.name
        for row in db.session.execute(select(Zone.id, Zone.name).where(Zone.bureau_id == actor.bureau_id))
    }
