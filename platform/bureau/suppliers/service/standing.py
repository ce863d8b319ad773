"""What a company on record may bid for today. Nothing of it is stored: it follows from states and dates at the moment
of asking, so it is right although no job ran."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import or_, select

from bureau.catalogue.models import CatalogueCategory
from bureau.suppliers import labels, rules
from bureau.suppliers.models import BureauSupplier, LicenceRule, SupplierCategory, SupplierLicence, SupplierMeasure
from bureau.suppliers.service.finding import get_supplier
from kernel.actor import Actor
from kernel.database import db
from kernel.errors import RuleBroken
from kernel.web.dates import today

# What keeps a supplier with a signed agreement from new orders.
STOPS_ORDERS = frozenset({"removed", "suspended", "licence_expired"})


@dataclass(frozen=True, slots=True)
class Standing:
    """Of one company on one day. `open_to`: categories in which it may bid; `closed`: those it is registered for, or
    asked for, with what stands against them. `is_suspended`: altogether."""

    supplier: BureauSupplier
    open_to: Sequence[UUID]
    closed: Mapping[UUID, Sequence[rules.Problem]]
    is_suspended: bool
    warnings: int
    next_expiry: date | None  # of an approved licence that holds today


def category_names(actor: Actor) -> dict[UUID, str]:
    query = select(CatalogueCategory.id, CatalogueCategory.name).where(CatalogueCategory.bureau_id == actor.bureau_id)
    return {row.id: row.name for row in db.session.execute(query.order_by(CatalogueCategory.code))}


def require_may_bid(actor: Actor, supplier_id: UUID, category_ids: Iterable[UUID], *, on: date | None = None) -> None:
    """Raises RuleBroken with the first reason against it (expired licence, suspension, not registered for a category),
    NotFound for a company that is not the actor's to ask for. Without categories: whether it may bid at all."""
    facts = facts_of(actor, [get_supplier(actor, supplier_id)])[supplier_id]
    for category_id, found in _problems(facts, category_ids, on or today()):
        if found:
            raise _refusal(actor, found[0], category_id)


def require_may_supply(
    actor: Actor, wanted: Mapping[UUID, Iterable[UUID]], *, on: date | None = None
) -> None:  # fmt: skip
    """Before a new order on an agreement; `wanted`: supplier → categories of what is ordered. Raises RuleBroken where a
    supplier was removed, is suspended, or a licence that the category needs has run out on the day. What an agreement
    was signed for needs no registration anew."""
    query = select(BureauSupplier).where(BureauSupplier.bureau_id == actor.bureau_id, BureauSupplier.id.in_(wanted))
    loaded = facts_of(actor, db.session.scalars(query.order_by(BureauSupplier.id)).all())
    for supplier_id, facts in loaded.items():
        for category_id, found in _problems(facts, wanted[supplier_id], on or today()):
            stops = next((one for one in found if one.code in STOPS_ORDERS), None)
            if stops is not None:
                raise _refusal(actor, stops, category_id)


def _problems(
    facts: rules.Facts, category_ids: Iterable[UUID], day: date
) -> list[tuple[UUID | None, list[rules.Problem]]]:  # fmt: skip
    """Of the company as a whole first, then of each category."""
    wanted = dict.fromkeys(category_ids)
    return [(None, rules.company_problems(facts, day)), *((one, rules.problems(facts, one, day)) for one in wanted)]


def _refusal(actor: Actor, problem: rules.Problem, category_id: UUID | None) -> RuleBroken:
    concerned = problem.category_id or category_id
    name = category_names(actor).get(concerned, "") if concerned else ""
    return RuleBroken(f"supplier_{problem.code}", labels.problem(problem, name), labels.citation(problem))


def suppliers_open_to(actor: Actor, category_id: UUID, *, on: date | None = None) -> list[BureauSupplier]:
    """The companies that may bid in a category, by name. For notices of a tender; for the bureau only."""
    query = select(BureauSupplier).where(BureauSupplier.bureau_id == actor.bureau_id, BureauSupplier.state == "active")
    active = db.session.scalars(query.order_by(BureauSupplier.search_name, BureauSupplier.id)).all()
    facts = facts_of(actor, active)
    day = on or today()
    return [supplier for supplier in active if not rules.problems(facts[supplier.id], category_id, day)]


def standing_of(actor: Actor, supplier_id: UUID, *, on: date | None = None) -> Standing:
    return standings(actor, [get_supplier(actor, supplier_id)], on=on)[supplier_id]


def standings(actor: Actor, suppliers: Collection[BureauSupplier], *, on: date | None = None) -> dict[UUID, Standing]:
    """Of several companies, in five queries."""
    day = on or today()
    found = {}
    loaded = facts_of(actor, suppliers)
    for supplier in suppliers:
        facts = loaded[supplier.id]
        asked = [one for one, state in facts.choices.items() if state in ("asked", "approved")]
        against = {one: rules.problems(facts, one, day) for one in asked}
        ends = [one.valid_until for one in facts.licences if one.holds(day) and one.valid_until is not None]
        whole = [one for one in facts.restraints if one.kind == "suspension" and one.category_id is None]
        found[supplier.id] = Standing(
            supplier,
            [one for one in asked if not against[one]],
            {one: reasons for one, reasons in against.items() if reasons},
            any(one.binds(day) for one in whole),
            sum(one.kind == "warning" and one.state == "in_force" for one in facts.restraints),
            min(ends, default=None),
        )
    return found


def facts_of(actor: Actor, suppliers: Collection[BureauSupplier]) -> dict[UUID, rules.Facts]:
    ids = [supplier.id for supplier in suppliers]
    session = db.session
    choices: dict[UUID, dict[UUID, str]] = {one: {} for one in ids}
    licences: dict[UUID, list[rules.Held]] = {one: [] for one in ids}
    restraints: dict[UUID, list[rules.Restraint]] = {one: [] for one in ids}
    for choice in session.execute(
        select(SupplierCategory.supplier_id, SupplierCategory.category_id, SupplierCategory.state).where(
            SupplierCategory.bureau_id == actor.bureau_id, SupplierCategory.supplier_id.in_(ids)
        )
    ):
        choices[choice.supplier_id][choice.category_id] = choice.state
    for one in session.execute(
        select(
            SupplierLicence.supplier_id, SupplierLicence.kind, SupplierLicence.state, SupplierLicence.valid_from,
            SupplierLicence.valid_until,
        ).where(SupplierLicence.bureau_id == actor.bureau_id, SupplierLicence.supplier_id.in_(ids))
    ):  # fmt: skip
        licences[one.supplier_id].append(rules.Held(one.kind, one.state, one.valid_from, one.valid_until))
    for measure in session.scalars(
        select(SupplierMeasure).where(
            SupplierMeasure.bureau_id == actor.bureau_id, SupplierMeasure.supplier_id.in_(ids),
            or_(SupplierMeasure.state == "in_force", SupplierMeasure.state == "lifted"),
        )
    ):  # fmt: skip
        restraints[measure.supplier_id].append(
            rules.Restraint(
                measure.id, measure.kind, measure.state, measure.category_id, measure.from_day, measure.until_day
            )
        )
    required, parents = required_by_category(actor), _parents(actor)
    return {
        supplier.id: rules.Facts(
            supplier.state, choices[supplier.id], licences[supplier.id], restraints[supplier.id], required, parents
        )
        for supplier in suppliers
    }


def required_by_category(actor: Actor) -> dict[UUID, list[str]]:
    """The bureau's own table; what it inherits from the category above is not in it."""
    found: dict[UUID, list[str]] = {}
    query = select(LicenceRule.category_id, LicenceRule.kind).where(LicenceRule.bureau_id == actor.bureau_id)
    for row in db.session.execute(query.order_by(LicenceRule.kind)):
        found.setdefault(row.category_id, []).append(row.kind)
    return found


def _parents(actor: Actor) -> dict[UUID, UUID]:
    query = select(CatalogueCategory.id, CatalogueCategory.parent_id).where(
        CatalogueCategory.bureau_id == actor.bureau_id, CatalogueCategory.parent_id.is_not(None)
    )
    return {row.id: row.parent_id for row in db.session.execute(query)}
