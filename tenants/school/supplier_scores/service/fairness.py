"""Whether a supplier is late or short more often at some schools than at its others."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
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
KEPT = func.sum(SupplierFactCount.kept).label("kept")
TOTAL = func.sum(SupplierFactCount.total).label("total")


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


@dataclass(frozen=True, slots=True)
class Report:
    run: SupplierFactRun | None
    thresholds: Thresholds
    suppliers: list[Fairness]
    zones: Mapping[int, str]


def report(actor: Actor) -> Report:
    """All suppliers, by name. A zone's supervisor compares within the zone. Schools of one kind in one zone are added up in
    the database: twenty suppliers and a thousand schools come back as some hundred rows."""
    run, limits = newest_run(actor), thresholds_of(actor.bureau_id)
    if run is None:
        return Report(None, limits, [], {})
    is_small = (School.diners < limits.small_diners).label("is_small")
    same = (School.bureau_id == SupplierFactCount.bureau_id) & (School.id == SupplierFactCount.school_id)
    columns = (
        SupplierFactCount.supplier_id, SupplierFactCount.criterion, School.setting, is_small, School.zone_id,
    )  # fmt: skip
    counts: dict[UUID, dict[str, dict[Place, Counts]]] = defaultdict(lambda: {name: {} for name in COMPARED})
    query = _window(actor, select(*columns, KEPT, TOTAL).join(School, same), run).group_by(*columns)
    for row in db.session.execute(query):
        place = Place(row.setting, 0 if row.is_small else limits.small_diners, row.zone_id)
        counts[row.supplier_id][row.criterion][place] = Counts(int(row.kept), int(row.total))
    names = names_of(actor, counts.keys())
    found = [Fairness(one, names.get(one, ""), _differences(by, limits)) for one, by in counts.items()]
    return Report(run, limits, sorted(found, key=lambda one: (one.name, one.supplier_id)), _zones(actor))


def of_supplier(actor: Actor, supplier_id: UUID) -> tuple[Report, list[SchoolShare]]:
    """One supplier with its schools, the least on time first. Raises NotFound where it delivers to none of the actor's."""
    run, limits = newest_run(actor), thresholds_of(actor.bureau_id)
    schools = _by_school(actor, run, supplier_id) if run is not None else {}
    if not schools:
        raise NotFound(_("没有这家供应商的送货。"))
    places = _places(actor)
    shares = [SchoolShare(one, *places[one], counts) for one, counts in schools.items() if one in places]
    by: dict[str, dict[Place, Counts]] = {name: {} for name in COMPARED}
    for share in shares:
        for name, counts in share.counts.items():
            by[name][share.place] = by[name].get(share.place, NONE) + counts
    shares.sort(key=lambda share: (share.counts.get("on_time", NONE).rate or 0, share.name))
    one = Fairness(supplier_id, names_of(actor, [supplier_id]).get(supplier_id, ""), _differences(by, limits))
    return Report(run, limits, [one], _zones(actor)), shares


def _window(actor: Actor, query: Any, run: SupplierFactRun) -> Any:
    return own(actor, query, SupplierFactCount).where(
        SupplierFactCount.month >= run.first_day, SupplierFactCount.criterion.in_(COMPARED),
        SupplierFactCount.school_id.is_not(None),
    )  # fmt: skip


def _by_school(actor: Actor, run: SupplierFactRun, supplier_id: UUID) -> dict[int, dict[str, Counts]]:
    columns = (SupplierFactCount.school_id, SupplierFactCount.criterion)
    query = _window(actor, select(*columns, KEPT, TOTAL), run).where(SupplierFactCount.supplier_id == supplier_id)
    found: dict[int, dict[str, Counts]] = defaultdict(dict)
    for row in db.session.execute(query.group_by(*columns)):
        found[row.school_id][row.criterion] = Counts(int(row.kept), int(row.total))
    return dict(found)


def _differences(by: Mapping[str, Mapping[Place, Counts]], limits: Thresholds) -> dict[str, dict[str, Difference]]:
    """What matters of a school is its place: schools of one place may stand together."""
    return {
        name: compared(counts, {place: groups_of(place, limits.small_diners) for place in counts}, limits)
        for name, counts in by.items()
    }


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
