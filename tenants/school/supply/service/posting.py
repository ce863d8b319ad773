"""What a receipt changes beyond itself, in its transaction: stock, the order, the agreement's balance, the duty of the day."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from uuid import UUID

from bureau.agreements.service import balances
from bureau.agreements.service.balances import Delivery
from duties.service import fulfilling
from kernel.actor import Actor
from kernel.database import new_id
from school.orders.service.receiving import Counted, TakenOver
from school.stores.service import receiving as stores
from school.stores.service.receiving import Received
from school.supply.models import GoodsReceipt, GoodsReceiptLine

DUTY = "receiving"
RECORD = "goods_receipt"


def into_stock(actor: Actor, receipt: GoodsReceipt, lines: Iterable[GoodsReceiptLine]) -> None:
    """What was accepted lies in the store from here on, and the day's receiving is done."""
    received = [
        Received(
            item_id=line.item_id, name=line.item_name, base_unit=line.base_unit, quantity=line.base_quantity,
            amount_fen=line.amount_fen, batch_no=line.batch_no, production_date=line.production_date,
            expiry_date=line.expiry_date, supplier_id=receipt.supplier_id, supplier_name=receipt.supplier_name,
            source_id=line.id,
        )
        for line in lines
        if line.quantity > 0
    ]  # fmt: skip
    if received:
        stores.receive(actor, new_id(), received, receipt_id=receipt.id, on=receipt.received_on)
    fulfilling.fulfil(
        actor, receipt.school_id, DUTY, receipt.received_on, record=(RECORD, receipt.id), at=receipt.received_at
    )


def out_of_stock(actor: Actor, receipt: GoodsReceipt, reason: str) -> None:
    """Raises RuleBroken store_already_issued."""
    stores.take_back(actor, receipt.id, reason)
    fulfilling.unfulfil(actor, (RECORD, receipt.id))


def counted(lines: Sequence[GoodsReceiptLine]) -> list[Counted]:
    return [
        Counted(line.shipment_line_id, line.quantity, line.rejected_quantity)
        for line in lines
        if line.shipment_line_id is not None
    ]


def consume(actor: Actor, taken: TakenOver, lines: Sequence[GoodsReceiptLine]) -> None:
    deliveries: list[Delivery] = []
    for line in lines:
        if line.order_line_id is None or line.shipment_line_id is None:
            continue
        is_last = taken.is_last[line.shipment_line_id]
        if line.quantity or is_last:
            deliveries.append(
                Delivery(
                    line.order_line_id, line.id, taken.lines[line.order_line_id].agreement_item_id, line.quantity,
                    line.amount_fen or 0, is_last,
                )
            )  # fmt: skip
    balances.consume(actor, deliveries)


def give_back(actor: Actor, lines: Sequence[GoodsReceiptLine], reason: str) -> None:
    """The goods stand at the door again: their order line holds them again."""
    for line in lines:
        if line.order_line_id is not None and line.quantity:
            balances.give_back(
                actor, line.order_line_id, line.id, line.quantity, line.amount_fen or 0, reason=reason, awaited=True
            )


def came_by_line(lines: Sequence[GoodsReceiptLine]) -> dict[UUID, Decimal]:
    """Order line → what was at the door."""
    found: dict[UUID, Decimal] = {}
    for line in lines:
        if line.order_line_id is not None:
            came = line.quantity + line.rejected_quantity
            found[line.order_line_id] = found.get(line.order_line_id, Decimal(0)) + came
    return found
