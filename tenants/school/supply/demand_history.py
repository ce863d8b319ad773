"""What came in by item and month, for the proposals of demand; published through bureau.demand.history."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import Date, cast, func, select

from bureau.demand.history import ReceiptHistory
from bureau.demand.rules import months_of
from kernel.actor import Actor
from kernel.database import db
from school.supply.models import GoodsReceipt, GoodsReceiptLine
from school.supply.rules import State, begin_of


def monthly(
    actor: Actor, school_id: int, item_ids: Sequence[UUID], first: date, count: int
) -> Mapping[tuple[UUID, date], Decimal]:
    """Base quantities of the receipts that were not voided, by the Shanghai month in which they came."""
    after = months_of(first, count + 1)[-1]
    month = cast(func.date_trunc("month", GoodsReceipt.received_on), Date)
    of_receipt = (
        (GoodsReceipt.bureau_id == GoodsReceiptLine.bureau_id)
        & (GoodsReceipt.school_id == GoodsReceiptLine.school_id)
        & (GoodsReceipt.id == GoodsReceiptLine.receipt_id)
    )
    query = (
        select(GoodsReceiptLine.item_id, month, func.sum(GoodsReceiptLine.base_quantity))
        .join(GoodsReceipt, of_receipt)
        .where(
            GoodsReceipt.bureau_id == actor.bureau_id, GoodsReceipt.school_id == school_id,
            GoodsReceipt.received_at >= begin_of(first), GoodsReceipt.received_at < begin_of(after),
            GoodsReceipt.state == State.RECORDED.value, GoodsReceiptLine.item_id.in_(list(item_ids)),
        )
        .group_by(GoodsReceiptLine.item_id, month)
    )  # fmt: skip
    return {(item_id, day): quantity for item_id, day, quantity in db.session.execute(query)}


HISTORY = ReceiptHistory(monthly=monthly)
