"""An order and its parts, by id, within what the actor may see; how its state moves."""

from collections.abc import Collection
from decimal import Decimal
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import func, select

from bureau.schools.service import get_school
from kernel.actor import Actor
from kernel.database import db, now
from kernel.errors import Conflict, NotFound
from kernel.states import NoTransition
from school.orders import labels, rules
from school.orders.models import Shipment, ShipmentLine, SupplyOrder, SupplyOrderEvent, SupplyOrderLine


def own(actor: Actor, query: Any, model: Any = SupplyOrder) -> Any:
    """Narrowed to the actor's tenancy: a school's own, a supplier's own, a zone's schools, a bureau's district."""
    query = query.where(model.bureau_id == actor.bureau_id)
    if actor.level == "school":
        return query.where(model.school_id == actor.own_school_id())
    if actor.level == "supplier":
        return query.where(model.supplier_id == actor.own_supplier_id())
    if actor.level == "zone":
        return query.where(model.school_id.in_(actor.school_ids))
    return query


def get_order(actor: Actor, order_id: UUID, *, school_id: int | None = None, lock: bool = False) -> SupplyOrder:
    """A supplier finds its own once they were sent; `school_id`: for the bureau and zones. Raises NotFound."""
    query = own(actor, select(SupplyOrder).where(SupplyOrder.id == order_id))
    if actor.level == "supplier":
        query = query.where(SupplyOrder.is_sent)
    if school_id is not None:
        query = query.where(SupplyOrder.school_id == school_id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    order: SupplyOrder | None = db.session.scalar(query)
    if order is None:
        raise NotFound(_("没有这份订单。"))
    return order


def lines_of(order: SupplyOrder, *, lock: bool = False) -> list[SupplyOrderLine]:
    query = (
        select(SupplyOrderLine)
        .where(
            SupplyOrderLine.bureau_id == order.bureau_id, SupplyOrderLine.school_id == order.school_id,
            SupplyOrderLine.order_id == order.id,
        )
        .order_by(SupplyOrderLine.position)
    )  # fmt: skip
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return list(db.session.scalars(query))


def counts_of(line: SupplyOrderLine) -> rules.Counts:
    return rules.Counts(line.quantity, line.received_quantity, line.rejected_quantity, line.waived_quantity)


def events_of(actor: Actor, order: SupplyOrder) -> list[SupplyOrderEvent]:
    query = select(SupplyOrderEvent).where(
        SupplyOrderEvent.bureau_id == order.bureau_id, SupplyOrderEvent.school_id == order.school_id,
        SupplyOrderEvent.order_id == order.id,
    )  # fmt: skip
    if actor.level == "supplier":
        query = query.where(SupplyOrderEvent.is_shown)
    return list(db.session.scalars(query.order_by(SupplyOrderEvent.id)))


def shipments_of(order: SupplyOrder) -> list[Shipment]:
    query = select(Shipment).where(
        Shipment.bureau_id == order.bureau_id, Shipment.school_id == order.school_id, Shipment.order_id == order.id
    )
    return list(db.session.scalars(query.order_by(Shipment.id)))


def get_shipment(actor: Actor, shipment_id: UUID, *, lock: bool = False) -> Shipment:
    """Raises NotFound."""
    query = own(actor, select(Shipment).where(Shipment.id == shipment_id), Shipment)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    shipment: Shipment | None = db.session.scalar(query)
    if shipment is None:
        raise NotFound(_("没有这张送货单。"))
    return shipment


def find_by_code(actor: Actor, code: str) -> Shipment:
    """What a scanned or hand-typed code of a delivery note stands for. Raises NotFound."""
    query = own(actor, select(Shipment).where(Shipment.code == code.strip().upper()), Shipment)
    shipment: Shipment | None = db.session.scalar(query)
    if shipment is None:
        raise NotFound(_("没有这张送货单。"))
    return shipment


def shipment_lines(bureau_id: int, school_id: int, shipment_ids: Collection[UUID]) -> list[ShipmentLine]:
    query = select(ShipmentLine).where(
        ShipmentLine.bureau_id == bureau_id, ShipmentLine.school_id == school_id,
        ShipmentLine.shipment_id.in_(shipment_ids),
    )  # fmt: skip
    return list(db.session.scalars(query.order_by(ShipmentLine.shipment_id, ShipmentLine.position)))


def refuse_state(order: SupplyOrder) -> Conflict:
    text = _("订单当前为“%(state)s”，不能这样操作。", state=labels.STATES[order.state])
    return Conflict(text, {"state": order.state, "version": order.version})


def require_event(order: SupplyOrder, event: str) -> str:
    """The state that follows. Raises Conflict."""
    try:
        return rules.next_state(order.state, event)
    except NoTransition:
        raise refuse_state(order) from None


def move(
    actor: Actor, order: SupplyOrder, event: str, *, reason: str = "", details: dict[str, Any] | None = None
) -> None:
    """Carry out a transition of a locked order and leave its row. Raises Conflict."""
    before, order.state = order.state, require_event(order, event)
    if order.state != before or reason:
        order.state_reason = reason
    record(actor, order, event, reason=reason, details=details, before=before)


def record(
    actor: Actor, order: SupplyOrder, event: str, *, reason: str = "", details: dict[str, Any] | None = None,
    before: str | None = None,
) -> None:  # fmt: skip
    """A step beside the states, or, with `before`, a transition that was just made."""
    side = {"school": "school", "supplier": "supplier"}.get(actor.level, "system")
    db.session.add(
        SupplyOrderEvent(
            bureau_id=order.bureau_id, school_id=order.school_id, order_id=order.id, supplier_id=order.supplier_id,
            event=event, from_state=order.state if before is None else before, to_state=order.state, reason=reason,
            details=details or {}, side=side, is_shown=order.is_sent, at=now(), by_id=actor.account_id,
            by_name=actor.display_name,
        )
    )  # fmt: skip


def on_order(actor: Actor, school_id: int, item_ids: Collection[UUID] | None = None) -> dict[UUID, Decimal]:
    """Catalogue item → base units that are ordered and not here yet, drafts left out."""
    open_units = func.greatest(
        SupplyOrderLine.quantity
        - SupplyOrderLine.received_quantity
        - SupplyOrderLine.rejected_quantity
        - SupplyOrderLine.waived_quantity,
        0,
    )
    same = (
        (SupplyOrder.bureau_id == SupplyOrderLine.bureau_id)
        & (SupplyOrder.school_id == SupplyOrderLine.school_id)
        & (SupplyOrder.id == SupplyOrderLine.order_id)
    )
    query = (
        select(SupplyOrderLine.item_id, func.sum(open_units * SupplyOrderLine.unit_factor))
        .join(SupplyOrder, same)
        .where(
            SupplyOrder.bureau_id == actor.bureau_id, SupplyOrder.school_id == school_id,
            SupplyOrder.state.in_(("submitted", "approved", *rules.OPEN_STATES)),
        )
        .group_by(SupplyOrderLine.item_id)
    )  # fmt: skip
    if item_ids is not None:
        query = query.where(SupplyOrderLine.item_id.in_(item_ids))
    return dict(db.session.execute(query).all())


def school_name(actor: Actor, school_id: int) -> str:
    return get_school(actor, school_id).name


def last_order(actor: Actor) -> SupplyOrder | None:
    """The newest of the actor's school."""
    query = select(SupplyOrder).where(
        SupplyOrder.bureau_id == actor.bureau_id, SupplyOrder.school_id == actor.own_school_id()
    )
    order: SupplyOrder | None = db.session.scalar(query.order_by(SupplyOrder.id.desc()).limit(1))
    return order
