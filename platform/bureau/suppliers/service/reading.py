"""Lists and pages of suppliers, for the bureau and for the world."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select

from bureau.suppliers.credit_code import normalise
from bureau.suppliers.models import (
    BureauSupplier,
    SupplierAppeal,
    SupplierCategory,
    SupplierLicence,
    SupplierMeasure,
    SupplierRequest,
)
from bureau.suppliers.service import standing
from bureau.suppliers.service.own import licences_of
from kernel.actor import Actor, system_actor
from kernel.database import db
from kernel.database.paging import Page, paginate
from kernel.database.scope import within
from kernel.errors import NotFound
from kernel.identity.models import Bureau
from kernel.web.dates import today


@dataclass(frozen=True, slots=True)
class Filters:
    """None: not filtered by. `text`: part of the name, or the whole credit code. `watch`: "expiring" (a licence ends
    within 30 days or has ended), "waiting" (a licence, category or appeal to be decided), "suspended"."""

    text: str | None = None
    state: str | None = None
    size: str | None = None
    category_id: UUID | None = None
    watch: str | None = None


def list_suppliers(
    actor: Actor, filters: Filters | None = None, cursor: str | None = None, limit: int = 50
) -> Page[standing.Standing]:
    """By name."""
    query = select(BureauSupplier).where(*_conditions(actor, filters or Filters()))
    order: list[Any] = [BureauSupplier.search_name, BureauSupplier.id]
    page = paginate(db.session(), query, order, cursor, limit, ascending=True)
    found = standing.standings(actor, page.items)
    return Page([found[supplier.id] for supplier in page.items], page.next_cursor)


def all_suppliers(actor: Actor, filters: Filters | None = None, most: int = 5000) -> list[standing.Standing]:
    """For the sheet, by name."""
    query = select(BureauSupplier).where(*_conditions(actor, filters or Filters()))
    rows = db.session.scalars(query.order_by(BureauSupplier.search_name, BureauSupplier.id).limit(most)).all()
    found = standing.standings(actor, rows)
    return [found[supplier.id] for supplier in rows]


def _conditions(actor: Actor, filters: Filters) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [BureauSupplier.bureau_id == actor.bureau_id]
    if filters.text:
        part = func.strpos(BureauSupplier.search_name, filters.text.lower()) > 0
        conditions.append(or_(part, BureauSupplier.credit_code == normalise(filters.text)))
    if filters.state:
        conditions.append(BureauSupplier.state == filters.state)
    if filters.size:
        conditions.append(BureauSupplier.size == filters.size)
    if filters.category_id:
        conditions.append(
            BureauSupplier.id.in_(
                select(SupplierCategory.supplier_id).where(
                    SupplierCategory.bureau_id == actor.bureau_id,
                    SupplierCategory.category_id == filters.category_id,
                    SupplierCategory.state.in_(("asked", "approved")),
                )
            )
        )
    if filters.watch:
        conditions.append(_watched(actor, filters.watch))
    return conditions


def _watched(actor: Actor, watch: str) -> ColumnElement[bool]:
    day = today()
    if watch == "expiring":
        ending = select(SupplierLicence.supplier_id).where(
            SupplierLicence.bureau_id == actor.bureau_id, SupplierLicence.state == "approved",
            SupplierLicence.valid_until <= day + timedelta(days=30),
        )  # fmt: skip
        return BureauSupplier.id.in_(ending) & (BureauSupplier.state == "active")
    if watch == "suspended":
        bound = select(SupplierMeasure.supplier_id).where(
            SupplierMeasure.bureau_id == actor.bureau_id, SupplierMeasure.state == "in_force",
            SupplierMeasure.kind == "suspension", SupplierMeasure.from_day <= day,
            or_(SupplierMeasure.until_day.is_(None), SupplierMeasure.until_day >= day),
        )  # fmt: skip
        return BureauSupplier.id.in_(bound)
    return or_(
        BureauSupplier.state == "applied",
        *(BureauSupplier.id.in_(query) & (BureauSupplier.state == "active") for query in _to_decide(actor)),
        BureauSupplier.id.in_(_open_appeals(actor)),
    )


def _to_decide(actor: Actor) -> tuple[Any, Any]:
    return (
        select(SupplierLicence.supplier_id).where(
            SupplierLicence.bureau_id == actor.bureau_id, SupplierLicence.state == "submitted"
        ),
        select(SupplierCategory.supplier_id).where(
            SupplierCategory.bureau_id == actor.bureau_id, SupplierCategory.state == "asked"
        ),
    )


def _open_appeals(actor: Actor) -> Any:
    return select(SupplierAppeal.supplier_id).where(
        SupplierAppeal.bureau_id == actor.bureau_id, SupplierAppeal.state == "open"
    )


def counts(actor: Actor) -> dict[str, int]:
    """State → number of companies; and "requests": people who wait for consent."""
    query = select(BureauSupplier.state, func.count()).where(BureauSupplier.bureau_id == actor.bureau_id)
    found: dict[str, int] = {row[0]: row[1] for row in db.session.execute(query.group_by(BureauSupplier.state))}
    asked = select(func.count()).select_from(SupplierRequest)
    found["requests"] = (
        db.session.scalar(asked.where(SupplierRequest.bureau_id == actor.bureau_id, SupplierRequest.state == "asked"))
        or 0
    )
    return found


def waiting_for_bureau(actor: Actor) -> Sequence[BureauSupplier]:
    """Companies with something to be reviewed or decided, by name."""
    query = select(BureauSupplier).where(*_conditions(actor, Filters(watch="waiting")))
    return db.session.scalars(query.order_by(BureauSupplier.submitted_at, BureauSupplier.id).limit(50)).all()


@dataclass(frozen=True, slots=True)
class PublicSupplier:
    """What everybody may know of a registered company: no phone, no address of a person."""

    supplier_id: UUID
    name: str
    credit_code: str
    licences: Sequence[tuple[str, date | None]]  # kind, valid until; only those that hold today


def public_supplier(bureau: Bureau, supplier_id: UUID) -> PublicSupplier:
    """Raises NotFound for a company that is not registered, was removed or is suspended altogether."""
    actor = system_actor(bureau.id)
    with within(db.session(), actor.scope):
        supplier = db.session.get(BureauSupplier, (bureau.id, supplier_id))
        if supplier is None or supplier.state != "active":
            raise NotFound
        if standing.standing_of(actor, supplier_id).is_suspended:
            raise NotFound
        day = today()
        held = [
            (one.kind, one.valid_until)
            for one in licences_of(actor, supplier_id)
            if one.state == "approved"
            and (one.valid_from is None or one.valid_from <= day)
            and (one.valid_until is None or one.valid_until >= day)
        ]
        return PublicSupplier(supplier.id, supplier.name, supplier.credit_code, held)
