"""Lists of orders and shipments, newest first; what waits for whom."""

from collections.abc import Collection, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from kernel.actor import Actor
from kernel.database import db
from kernel.database.paging import Page, paginate
from kernel.web.dates import today
from school.orders.models import Shipment, SupplyOrder, SupplyOrderLine
from school.orders.service.finding import own

ROW = (
    SupplyOrder.id, SupplyOrder.school_id, SupplyOrder.number, SupplyOrder.state, SupplyOrder.deliver_on,
    SupplyOrder.supplier_id, SupplyOrder.supplier_name, SupplyOrder.school_name, SupplyOrder.agreement_number,
    SupplyOrder.line_count, SupplyOrder.amount_fen, SupplyOrder.proposed_on, SupplyOrder.created_by_name,
    SupplyOrder.created_at, SupplyOrder.version,
)  # fmt: skip


def list_orders(
    actor: Actor, *, school_id: int | None = None, state: str | None = None, day: date | None = None,
    supplier_id: UUID | None = None, cursor: str | None = None, limit: int = 50,
) -> Page[Any]:  # fmt: skip
    """Rows of ROW, newest first: a school's own, what was sent to a supplier, or those of a bureau's schools."""
    query = own(actor, select(*ROW))
    if actor.level == "supplier":
        query = query.where(SupplyOrder.is_sent)
    if school_id is not None:
        query = query.where(SupplyOrder.school_id == school_id)
    if state:
        query = query.where(SupplyOrder.state == state)
    if day:
        query = query.where(SupplyOrder.deliver_on == day)
    if supplier_id is not None:
        query = query.where(SupplyOrder.supplier_id == supplier_id)
    return paginate(db.session(), query, [SupplyOrder.id], cursor, limit, scalars=False)


def waiting(actor: Actor, states: Collection[str], *, since: date | None = None, most: int = 20) -> Sequence[Any]:
    """Rows of ROW in these states, the next delivery first; `since`: of deliveries from that day on."""
    query = own(actor, select(*ROW)).where(SupplyOrder.state.in_(states))
    if since is not None:
        query = query.where(SupplyOrder.deliver_on >= since)
    if actor.level == "supplier":
        query = query.where(SupplyOrder.is_sent)
    return db.session.execute(query.order_by(SupplyOrder.deliver_on, SupplyOrder.id).limit(most)).all()


def asked_for_another_day(actor: Actor, most: int = 20) -> Sequence[Any]:
    """Rows of ROW whose supplier waits for the school's word."""
    query = own(actor, select(*ROW)).where(SupplyOrder.state == "sent", SupplyOrder.proposed_on.is_not(None))
    return db.session.execute(query.order_by(SupplyOrder.deliver_on, SupplyOrder.id).limit(most)).all()


def to_approve(actor: Actor, most: int = 20) -> Sequence[Any]:
    """Submitted orders of the actor's school that others made."""
    query = own(actor, select(*ROW, SupplyOrder.created_by, SupplyOrder.submitted_by)).where(
        SupplyOrder.state == "submitted", SupplyOrder.created_by != actor.account_id,
        SupplyOrder.submitted_by != actor.account_id,
    )  # fmt: skip
    return db.session.execute(query.order_by(SupplyOrder.deliver_on, SupplyOrder.id).limit(most)).all()


def expected_shipments(actor: Actor, until: date | None = None, most: int = 20) -> Sequence[Any]:
    """(Shipment, supplier's name, order's number) on their way to the school, the first to come first."""
    same = (
        (SupplyOrder.bureau_id == Shipment.bureau_id)
        & (SupplyOrder.school_id == Shipment.school_id)
        & (SupplyOrder.id == Shipment.order_id)
    )
    query = (
        select(Shipment, SupplyOrder.supplier_name, SupplyOrder.number)
        .join(SupplyOrder, same)
        .where(
            Shipment.bureau_id == actor.bureau_id, Shipment.school_id == actor.own_school_id(),
            Shipment.state == "sent", Shipment.expected_on <= (until or today() + timedelta(days=1)),
        )
        .order_by(Shipment.expected_on, Shipment.id)
        .limit(most)
    )  # fmt: skip
    return db.session.execute(query).all()


def list_lines(actor: Actor, *, day: date | None = None, since: date | None = None, most: int = 5000) -> Sequence[Any]:
    """(SupplyOrder, SupplyOrderLine) for the sheet, newest first."""
    same = (
        (SupplyOrder.bureau_id == SupplyOrderLine.bureau_id)
        & (SupplyOrder.school_id == SupplyOrderLine.school_id)
        & (SupplyOrder.id == SupplyOrderLine.order_id)
    )
    query = own(actor, select(SupplyOrder, SupplyOrderLine).join(SupplyOrderLine, same))
    if actor.level == "supplier":
        query = query.where(SupplyOrder.is_sent)
    if day:
        query = query.where(SupplyOrder.deliver_on == day)
    if since:
        query = query.where(SupplyOrder.deliver_on >= since)
    return db.session.execute(query.order_by(SupplyOrder.id.desc(), SupplyOrderLine.position).limit(most)).all()


def search_orders(actor: Actor, text: str, most: int = 8) -> Sequence[Any]:
    query = own(actor, select(*ROW)).where(SupplyOrder.number.op("^@")(text.upper()))
    if actor.level == "supplier":
        query = query.where(SupplyOrder.is_sent)
    return db.session.execute(query.order_by(SupplyOrder.number.desc()).limit(most)).all()
