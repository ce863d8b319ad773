"""What an order and its shipment become when goods are taken over at the door; called by school.supply, in its transaction.

Locks: the order, then the shipment, then the lines.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from flask_babel import gettext as _

from bureau.agreements.service import balances
from kernel.actor import Actor
from kernel.database import db, now
from kernel.database.writing import flush, require_version
from kernel.errors import Conflict
from school.orders import rules
from school.orders.models import Shipment, SupplyOrder, SupplyOrderLine
from school.orders.service.finding import counts_of, get_order, get_shipment, lines_of, move, record
from school.orders.service.shipping import in_transit, lots_of, move_shipment

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Counted:
    """Of one shipment line, in its unit: taken over, and refused."""

    shipment_line_id: UUID
    accepted: Decimal
    refused: Decimal


@dataclass(frozen=True, slots=True)
class TakenOver:
    """`is_last`: shipment line → whether nothing more of its order line is awaited (one of several lots of a line says
    so). `replaces`: it made good what had been refused before."""

    order: SupplyOrder
    shipment: Shipment
    lines: Mapping[UUID, SupplyOrderLine]  # by id
    is_last: Mapping[UUID, bool]
    replaces: bool


def locked(actor: Actor, shipment_id: UUID) -> tuple[SupplyOrder, Shipment]:
    """Raises NotFound."""
    found = get_shipment(actor, shipment_id)
    order = get_order(actor, found.order_id, lock=True)
    return order, get_shipment(actor, shipment_id, lock=True)


def take_over(
    actor: Actor, shipment_id: UUID, counted: Sequence[Counted], *, details: Mapping[str, Any] | None = None
) -> TakenOver:
    """Count what came into the order's lines and move its state. Raises Conflict when it was taken over before."""
    order, shipment = locked(actor, shipment_id)
    move_shipment(shipment, "receive")
    lots = {lot.id: lot for lot in lots_of(shipment)}
    lines = {line.id: line for line in lines_of(order, lock=True)}
    replaces = shipment.source_id is not None
    flush(db.session())
    for lot in lots.values():
        lot.arrived_quantity = ZERO  # what nobody counted did not come
    last_of: dict[UUID, UUID] = {}
    for one in counted:
        lot = lots[one.shipment_line_id]
        lot.arrived_quantity = one.accepted + one.refused
        line = lines[lot.order_line_id]
        _set(line, rules.arrived(counts_of(line), one.accepted, one.refused, replaces=replaces))
        last_of[line.id] = lot.id
    moving = in_transit(order)
    is_last = {lot.id: False for lot in lots.values()}
    for line_id, lot_id in last_of.items():
        counts = counts_of(lines[line_id])
        is_last[lot_id] = counts.open == 0 and counts.rejected == 0 and not moving.get(line_id)
    event = rules.state_event([counts_of(line) for line in lines.values()], in_transit=bool(moving))
    move(actor, order, event, details={"shipment": shipment.number, **(details or {})})
    order.received_at = now() if order.state == "received" else None
    flush(db.session())
    return TakenOver(order, shipment, lines, is_last, replaces)


def put_back(actor: Actor, shipment_id: UUID, counted: Sequence[Counted], *, reason: str) -> SupplyOrder:
    """The receipt was voided: the shipment stands at the door again."""
    order, shipment = locked(actor, shipment_id)
    move_shipment(shipment, "unreceive")
    lots = {lot.id: lot for lot in lots_of(shipment)}
    lines = {line.id: line for line in lines_of(order, lock=True)}
    replaced = shipment.source_id is not None
    for lot in lots.values():
        lot.arrived_quantity = None
    for one in counted:
        lot = lots[one.shipment_line_id]
        line = lines[lot.order_line_id]
        # What was given up when the order was closed is awaited again.
        line.waived_quantity = ZERO
        _set(line, rules.taken_back(counts_of(line), one.accepted, one.refused, replaced=replaced))
    move(actor, order, "unreceive", reason=reason, details={"shipment": shipment.number})
    order.received_at = None
    flush(db.session())
    return order


def _set(line: SupplyOrderLine, counts: rules.Counts) -> None:
    line.received_quantity, line.rejected_quantity = counts.received, counts.rejected


def close(actor: Actor, order_id: UUID, seen_version: int | None, reason: str = "") -> SupplyOrder:
    """Nothing more is awaited: what is missing is given up and its balance is free again. Raises Conflict while goods are
    on their way."""
    order = get_order(actor, order_id, lock=True)
    require_version(order, seen_version)
    if in_transit(order):
        raise Conflict(_("还有送货单在途，请先收货或由供应商撤回。"), {"version": order.version})
    lines = lines_of(order, lock=True)
    missing = {}
    for line in lines:
        counts = counts_of(line)
        if counts.open:
            line.waived_quantity += counts.open
            missing[str(line.id)] = format(counts.open.normalize(), "f")
    move(actor, order, "close", reason=reason, details={"missing": missing})
    balances.release(actor, [line.id for line in lines], reason=reason or "closed", school_id=order.school_id)
    flush(db.session())
    return order


def release_settled(actor: Actor, order_id: UUID, line_ids: Sequence[UUID], reason: str) -> None:
    """What was refused will not come again: its part of the balance is free for others, unless more is awaited."""
    order = get_order(actor, order_id, lock=True)
    moving = in_transit(order)
    done = [
        line.id for line in lines_of(order) if line.id in set(line_ids) and not counts_of(line).open and not moving.get(line.id)
    ]  # fmt: skip
    balances.release(actor, done, reason=reason, school_id=order.school_id)
    record(actor, order, "credit", reason=reason)
    flush(db.session())
