"""What a supplier sends on an order: lots, papers, vehicle. Partly, several times, and again for what was refused."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import func, select

from kernel.actor import Actor, system_actor
from kernel.database import db, new_id, now
from kernel.database.scope import within
from kernel.database.writing import flush, require_version
from kernel.digests import digest
from kernel.errors import Conflict, Invalid, RuleBroken
from kernel.numbering.service import next_number
from kernel.states import NoTransition
from kernel.web.dates import SHANGHAI
from school.orders import labels, rules
from school.orders.hooks import Lot, refused_lots
from school.orders.models import Shipment, ShipmentLine, SupplyOrder, SupplyOrderLine
from school.orders.service import certificates, telling
from school.orders.service.finding import (
    counts_of,
    get_order,
    get_shipment,
    lines_of,
    move,
    shipment_lines,
    shipments_of,
)

NUMBER_KIND = "FH"  # 发货
ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Shipped:
    """One lot of one order line. `certificates` None: every current paper of the lot, and those of its item."""

    order_line_id: UUID
    quantity: Decimal
    batch_no: str = ""
    production_date: date | None = None
    expiry_date: date | None = None
    certificates: Sequence[UUID] | None = None

    def plain(self) -> list[Any]:
        papers = None if self.certificates is None else sorted(map(str, self.certificates))
        days = [day.isoformat() if day else None for day in (self.production_date, self.expiry_date)]
        return [str(self.order_line_id), format(self.quantity.normalize(), "f"), self.batch_no, *days, papers]


@dataclass(frozen=True, slots=True)
class Source:
    """What a shipment makes good: `kind` e.g. "rejection"; `most`: order line → how much of it at most."""

    kind: str
    id: UUID
    most: Mapping[UUID, Decimal]


def ship(
    actor: Actor, order_id: UUID, shipment_id: UUID, *, lines: Sequence[Shipped], shipped_at: datetime | None = None,
    expected_on: date | None = None, vehicle: str = "", plate: str = "", driver: str = "",
    temperature_celsius: Decimal | None = None, note: str = "", source: Source | None = None,
) -> Shipment:  # fmt: skip
    """Write down what is on its way, under the client's id. Sent again with the same content it is the same shipment.
    A school's actor writes it at the door for a supplier that did not.

    Raises Invalid, Conflict (state, other content), NotFound.
    """
    content = digest(
        [
            str(order_id), [line.plain() for line in lines], str(shipped_at), str(expected_on), vehicle, plate, driver,
            str(temperature_celsius), note, str(source.id) if source else "",
        ]
    )  # fmt: skip
    order = get_order(actor, order_id, lock=True)
    existing = db.session.get(Shipment, (order.bureau_id, order.school_id, shipment_id))
    if existing is not None:
        if existing.content_digest != content:
            raise Conflict(_("这个编号已用于另一张送货单。"), {"version": existing.version})
        return existing
    known = {line.id: line for line in lines_of(order)}
    arrives = expected_on or order.deliver_on
    made = [_named(line) for line in lines]
    _check(order, known, made, arrives, source)
    _require_unwarned(actor, order, known, made)
    shipment = Shipment(
        bureau_id=order.bureau_id, school_id=order.school_id, id=shipment_id, order_id=order.id,
        supplier_id=order.supplier_id, number=_number(order), code=_code(), shipped_at=shipped_at or now(),
        expected_on=arrives, vehicle=vehicle, plate=plate.upper(), driver=driver,
        temperature_celsius=temperature_celsius, note=note, source_kind=source.kind if source else "",
        source_id=source.id if source else None, is_by_school=actor.level == "school", line_count=len(made),
        content_digest=content, created_by=actor.account_id, created_by_name=actor.display_name,
    )  # fmt: skip
    db.session.add(shipment)
    flush(db.session(), {"pk_shipments": Conflict(_("这个编号已用于另一张送货单。"))})
    rows = _rows(shipment, known, made)
    db.session.add_all(rows)
    move(actor, order, "ship", details={"shipment": shipment.number, "lines": len(made)})
    if order.answered_at is None and actor.level == "supplier":
        order.answered_at = now()
    flush(db.session())
    certificates.attach(actor, shipment, [(row, line.certificates) for row, line in zip(rows, made, strict=True)])
    if actor.level == "supplier":
        title = _("已发货：%(number)s", number=order.number)
        body = _("送货单 %(number)s，预计 %(day)s 送达。", number=shipment.number, day=arrives.isoformat())
        telling.tell_school(actor, order, "supply_order_shipped", title, body)
    return shipment


def _named(line: Shipped) -> Shipped:
    """Where no lot number is printed, the day of production names the lot."""
    if line.batch_no or line.production_date is None:
        return line
    name = f"{line.production_date:%Y%m%d}"
    return Shipped(line.order_line_id, line.quantity, name, line.production_date, line.expiry_date, line.certificates)


def _check(
    order: SupplyOrder, known: Mapping[UUID, SupplyOrderLine], lines: Sequence[Shipped], arrives: date,
    source: Source | None,
) -> None:  # fmt: skip
    problems: dict[str, list[str]] = {}
    if not lines:
        problems["lines"] = [_("请至少填写一种物品。")]
    asked: dict[UUID, Decimal] = {}
    most = source.most if source else shippable(order, known.values())
    for position, line in enumerate(lines):
        place = f"lines.{position}"
        if line.order_line_id not in known:
            problems[f"{place}.order_line_id"] = [_("订单中没有这一行。")]
            continue
        if line.quantity <= 0:
            problems[f"{place}.quantity"] = [_("数量应大于零。")]
        asked[line.order_line_id] = asked.get(line.order_line_id, ZERO) + line.quantity
        left = most.get(line.order_line_id, ZERO)
        if asked[line.order_line_id] > left:
            good = known[line.order_line_id]
            problems[f"{place}.quantity"] = [
                _("超过可发货的数量，最多 %(left)s %(unit)s。", left=format(left.normalize(), "f"), unit=good.unit)
            ]
        found = rules.lot_problems(line.production_date, line.expiry_date, line.batch_no, arrives)
        for field, code in found.items():
            problems[f"{place}.{field}"] = [str(labels.PROBLEMS[code])]
    if problems:
        raise Invalid(problems)


def _require_unwarned(
    actor: Actor, order: SupplyOrder, known: Mapping[UUID, SupplyOrderLine], lines: Sequence[Shipped]
) -> None:
    lots = [Lot(order.supplier_id, known[line.order_line_id].item_id, line.batch_no) for line in lines]
    refused = refused_lots(actor, lots)
    if refused:
        raise Invalid({f"lines.{position}.batch_no": [reason] for position, reason in refused.items()})


def shippable(order: SupplyOrder, lines: Any) -> dict[UUID, Decimal]:
    """Order line → how much of it may still be sent as a first delivery, its tolerance included."""
    moving = in_transit(order)
    return {line.id: rules.most_shipped(counts_of(line), line.tolerance, moving.get(line.id, ZERO)) for line in lines}


def in_transit(order: SupplyOrder) -> dict[UUID, Decimal]:
    """Order line → what is on its way as a first delivery."""
    same = (
        (Shipment.bureau_id == ShipmentLine.bureau_id)
        & (Shipment.school_id == ShipmentLine.school_id)
        & (Shipment.id == ShipmentLine.shipment_id)
    )
    query = (
        select(ShipmentLine.order_line_id, func.sum(ShipmentLine.quantity))
        .join(Shipment, same)
        .where(
            Shipment.bureau_id == order.bureau_id, Shipment.school_id == order.school_id,
            Shipment.order_id == order.id, Shipment.state == "sent", Shipment.source_id.is_(None),
        )
        .group_by(ShipmentLine.order_line_id)
    )  # fmt: skip
    return dict(db.session.execute(query).all())


def _number(order: SupplyOrder) -> str:
    """Numbers run per school, whose counter a supplier's role does not reach."""
    year = now().astimezone(SHANGHAI).year
    with within(db.session(), system_actor(order.bureau_id).scope):
        return next_number(db.session(), order.bureau_id, order.school_id, NUMBER_KIND, year)


def _code() -> str:
    """Short enough to be typed in; unguessable enough that a wrong one is a slip. Unique in the bureau by constraint."""
    return "".join(secrets.choice(rules.CODE_LETTERS) for _place in range(rules.CODE_LENGTH))


def _rows(
    shipment: Shipment, known: Mapping[UUID, SupplyOrderLine], lines: Sequence[Shipped]
) -> list[ShipmentLine]:  # fmt: skip
    return [
        ShipmentLine(
            bureau_id=shipment.bureau_id, school_id=shipment.school_id, id=new_id(), shipment_id=shipment.id,
            order_line_id=line.order_line_id, supplier_id=shipment.supplier_id,
            item_id=known[line.order_line_id].item_id, position=position, batch_no=line.batch_no,
            production_date=line.production_date, expiry_date=line.expiry_date, quantity=line.quantity,
            unit_factor=known[line.order_line_id].unit_factor,
        )
        for position, line in enumerate(lines)
    ]  # fmt: skip


def take_back(actor: Actor, shipment_id: UUID, seen_version: int | None, reason: str) -> Shipment:
    """A shipment that was entered by mistake or turned round, before it was taken over."""
    found = get_shipment(actor, shipment_id)
    order = get_order(actor, found.order_id, lock=True)
    shipment = get_shipment(actor, shipment_id, lock=True)
    require_version(shipment, seen_version)
    if not reason.strip():
        raise Invalid({"reason": [_("请写明原因。")]})
    if actor.level == "school" and not shipment.is_by_school:
        raise RuleBroken("shipment_of_supplier", _("供应商开出的送货单由供应商撤回；未到的物品收货时填 0。"))
    move_shipment(shipment, "cancel")
    shipment.state_reason = reason
    flush(db.session())
    others = [one for one in shipments_of(order) if one.state != "cancelled"]
    move(actor, order, "unship_one" if others else "unship", reason=reason, details={"shipment": shipment.number})
    flush(db.session())
    if actor.level == "supplier":
        title = _("送货单已撤回：%(number)s", number=shipment.number)
        telling.tell_school(actor, order, "supply_order_shipped", title, reason)
    return shipment


def move_shipment(shipment: Shipment, event: str) -> None:
    """Raises Conflict."""
    try:
        shipment.state = rules.next_state(shipment.state, event, rules.SHIPMENT_TRANSITIONS)
    except NoTransition:
        text = _("送货单当前为“%(state)s”，不能这样操作。", state=labels.SHIPMENT_STATES[shipment.state])
        raise Conflict(text, {"state": shipment.state, "version": shipment.version}) from None


def lots_of(shipment: Shipment) -> list[ShipmentLine]:
    return shipment_lines(shipment.bureau_id, shipment.school_id, [shipment.id])
