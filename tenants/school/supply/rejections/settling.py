"""What becomes of refused goods: sent again, or given up against the money."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from flask_babel import gettext as _

from kernel.actor import Actor
from kernel.database import db, new_id, now
from kernel.database.writing import flush, require_version
from kernel.errors import Invalid, RuleBroken
from kernel.numbering.service import next_number
from kernel.web.dates import SHANGHAI
from school.orders.models import Shipment
from school.orders.service import receiving, shipping, telling
from school.orders.service.finding import get_order, shipments_of
from school.orders.service.shipping import Shipped, Source
from school.supply import delivery_rules
from school.supply.models import GoodsReceipt, GoodsReceiptLine
from school.supply.rejections.finding import balance_of, get_rejection, lines_of, move, record
from school.supply.rejections.models import GoodsRejection, GoodsRejectionLine, GoodsRejectionPhoto
from school.supply.rules import amount_fen

NUMBER_KIND = "JS"  # 拒收
SOURCE = "rejection"
OWN = "/goods-rejections/own/{id}"


def make(
    actor: Actor, receipt: GoodsReceipt, rows: Sequence[tuple[GoodsReceiptLine, Mapping[str, Any]]], wanted: str,
    school_name: str,
) -> GoodsRejection:  # fmt: skip
    """The rejection of a receipt that enters the books. `rows`: its lines with {"reason", "note", "photos"}."""
    assert receipt.order_id is not None
    assert receipt.shipment_id is not None
    assert receipt.supplier_id is not None
    reasons = [str(why["reason"]) for _line, why in rows]
    prices = [(line.rejected_quantity, line.unit_price_fen or 0) for line, _why in rows]
    rejection = GoodsRejection(
        bureau_id=receipt.bureau_id, school_id=receipt.school_id, id=new_id(), receipt_id=receipt.id,
        order_id=receipt.order_id, shipment_id=receipt.shipment_id, supplier_id=receipt.supplier_id,
        supplier_name=receipt.supplier_name, school_name=school_name, rejected_at=receipt.received_at, wanted=wanted,
        number=next_number(
            db.session(), receipt.bureau_id, receipt.school_id, NUMBER_KIND, now().astimezone(SHANGHAI).year
        ),
        is_safety=delivery_rules.is_safety(reasons), amount_fen=sum(amount_fen(*one) for one in prices),
        created_by=actor.account_id,
    )  # fmt: skip
    db.session.add(rejection)
    flush(db.session())
    for line, why in rows:
        assert line.order_line_id is not None
        made = GoodsRejectionLine(
            bureau_id=receipt.bureau_id, school_id=receipt.school_id, id=new_id(), rejection_id=rejection.id,
            supplier_id=rejection.supplier_id, receipt_line_id=line.id, order_line_id=line.order_line_id,
            item_id=line.item_id, item_name=line.item_name, batch_no=line.batch_no, unit=line.unit,
            unit_price_fen=line.unit_price_fen or 0, quantity=line.rejected_quantity, reason=why["reason"],
            note=why.get("note", ""),
        )  # fmt: skip
        db.session.add(made)
        flush(db.session())
        for photo in why.get("photos", ()):
            db.session.add(
                GoodsRejectionPhoto(
                    bureau_id=receipt.bureau_id, school_id=receipt.school_id, id=new_id(), rejection_id=rejection.id,
                    line_id=made.id, supplier_id=rejection.supplier_id, attachment_id=UUID(str(photo)),
                )
            )  # fmt: skip
    record(actor, rejection, "make", "", "")
    flush(db.session())
    order = get_order(actor, rejection.order_id)
    title = _("学校拒收：%(number)s", number=rejection.number)
    telling.tell_supplier(
        actor, order, "goods_rejected", title, "；".join(line.item_name for line, _why in rows),
        OWN.format(id=rejection.id),
    )  # fmt: skip
    if wanted == "credit":
        _credit(actor, rejection, _("学校要求扣款，不补货"))
    return rejection


def answer(
    actor: Actor, rejection_id: UUID, seen_version: int | None, *, answer: str, note: str, promised_on: date | None
) -> GoodsRejection:
    """The supplier says whether it sends goods again (and when) or takes the money off."""
    actor.own_supplier_id()
    rejection = get_rejection(actor, rejection_id, lock=True)
    require_version(rejection, seen_version)
    if answer == "replace" and promised_on is None:
        raise Invalid({"promised_on": [_("请填写补货日期。")]})
    move(actor, rejection, "answer", note)
    rejection.answer, rejection.answer_note, rejection.promised_on = answer, note, promised_on
    rejection.answered_at, rejection.answered_by_name = now(), actor.display_name
    flush(db.session())
    order = get_order(actor, rejection.order_id)
    title = _("供应商答复拒收单 %(number)s", number=rejection.number)
    telling.tell_school(actor, order, "goods_rejection_answered", title, note)
    return rejection


def ship_again(
    actor: Actor, rejection_id: UUID, shipment_id: UUID, *, lines: Sequence[Shipped], **values: Any
) -> Shipment:
    """A shipment that makes good what was refused; at most what is open of it and not under way."""
    rejection = get_rejection(actor, rejection_id, lock=True)
    shipment_known = db.session.get(Shipment, (rejection.bureau_id, rejection.school_id, shipment_id))
    source = Source(SOURCE, rejection.id, replaceable(actor, rejection))
    shipment = shipping.ship(actor, rejection.order_id, shipment_id, lines=lines, source=source, **values)
    if shipment_known is None:
        move(actor, rejection, "ship", shipment.number)
        flush(db.session())
    return shipment


def replaceable(actor: Actor, rejection: GoodsRejection) -> dict[UUID, Decimal]:
    """Order line → how much may be sent again: what is open of the rejection and not under way."""
    most: dict[UUID, Decimal] = {}
    for part in lines_of(rejection):
        most[part.order_line_id] = most.get(part.order_line_id, Decimal(0)) + balance_of(part).open
    for line_id, quantity in _under_way(actor, rejection).items():
        most[line_id] = most.get(line_id, Decimal(0)) - quantity
    return most


def _under_way(actor: Actor, rejection: GoodsRejection) -> dict[UUID, Decimal]:
    order = get_order(actor, rejection.order_id)
    found: dict[UUID, Decimal] = {}
    for shipment in shipments_of(order):
        if shipment.source_id == rejection.id and shipment.state == "sent":
            for lot in shipping.lots_of(shipment):
                found[lot.order_line_id] = found.get(lot.order_line_id, Decimal(0)) + lot.quantity
    return found


def credit(actor: Actor, rejection_id: UUID, seen_version: int | None, reason: str) -> GoodsRejection:
    """The school awaits nothing more for it: the money is taken off."""
    actor.own_school_id()
    rejection = get_rejection(actor, rejection_id, lock=True)
    require_version(rejection, seen_version)
    if not reason.strip():
        raise Invalid({"reason": [_("请写明原因。")]})
    if _under_way(actor, rejection):
        raise RuleBroken("replacement_under_way", _("补货已在途，收货后再处理余下部分。"))
    _credit(actor, rejection, reason)
    return rejection


def _credit(actor: Actor, rejection: GoodsRejection, reason: str) -> None:
    parts = lines_of(rejection, lock=True)
    for part in parts:
        part.credited_quantity += balance_of(part).open
    move(actor, rejection, delivery_rules.settled_event([balance_of(part) for part in parts]), reason)
    flush(db.session())
    receiving.release_settled(actor, rejection.order_id, [part.order_line_id for part in parts], reason)


def replaced(actor: Actor, rejection_id: UUID, came: Mapping[UUID, Decimal]) -> None:
    """Goods came for it. `came`: order line → quantity at the door, accepted or refused anew."""
    rejection = get_rejection(actor, rejection_id, lock=True)
    parts = lines_of(rejection, lock=True)
    for line_id, quantity in came.items():
        mine = {str(part.id): balance_of(part).open for part in parts if part.order_line_id == line_id}
        for key, taken in delivery_rules.shared_out(quantity, mine).items():
            part = next(one for one in parts if str(one.id) == key)
            part.replaced_quantity += taken
    move(actor, rejection, delivery_rules.settled_event([balance_of(part) for part in parts]))
    flush(db.session())


def unreplaced(actor: Actor, rejection_id: UUID, came: Mapping[UUID, Decimal], reason: str) -> None:
    """The receipt of the goods that came for it was voided."""
    rejection = get_rejection(actor, rejection_id, lock=True)
    parts = lines_of(rejection, lock=True)
    for line_id, quantity in came.items():
        left = quantity
        for part in parts:
            if part.order_line_id == line_id:
                taken = min(left, part.replaced_quantity)
                part.replaced_quantity -= taken
                left -= taken
    if rejection.state != "open":
        move(actor, rejection, "reopen", reason)
    flush(db.session())


def void(actor: Actor, rejection: GoodsRejection, reason: str) -> None:
    """Its receipt is voided: only while nothing was done about it. Raises RuleBroken rejection_settled."""
    parts = lines_of(rejection, lock=True)
    untouched = rejection.wanted == "credit" or not any(part.credited_quantity for part in parts)
    if any(part.replaced_quantity for part in parts) or not untouched or _under_way(actor, rejection):
        raise RuleBroken(
            "rejection_settled", _("这张收货单的拒收已在处理（%(number)s），不能作废。", number=rejection.number)
        )
    move(actor, rejection, "void", reason)
    flush(db.session())
