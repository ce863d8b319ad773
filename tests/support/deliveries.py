"""Deliveries at a school's door, for tests: counted by the storekeeper, confirmed by the canteen manager."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from kernel.database import db, new_id
from kernel.files.service import store
from school.orders.models import Shipment, SupplyOrder
from school.orders.service.finding import get_order
from school.orders.service.shipping import lots_of
from school.supply.models import GoodsReceipt
from school.supply.service import accepting, confirming
from school.supply.service.accepting import CountedLot
from tests.support.orders import Market, confirmed, paper, shipped
from tests.support.pictures import jpeg

COLD = Decimal(3)


def papers(of: Market, batch: str = "L1") -> None:
    """Every paper that rice and pork must come with, of one lot."""
    for item, kind in (
        (of.stocked.rice, "batch_report"), (of.stocked.pork, "animal_quarantine"), (of.stocked.pork, "meat_inspection"),
    ):  # fmt: skip
        paper(of, item, kind, text=f"{kind}{batch}{item}", batch_no=batch)


def on_its_way(
    of: Market, school: str = "a1", *quantities: str, batch: str = "L1", certified: bool = True, **changes: Any
) -> tuple[SupplyOrder, Shipment]:
    """100 kg rice and 20 kg pork of one lot, or what is said; with all papers."""
    if certified:
        papers(of, batch)
    order = confirmed(of, school, **changes)
    return order, shipped(of, order, *quantities, batch=batch)


def photo(of: Market, school: str = "a1", text: str = "拒收") -> UUID:
    return store(of.actor("storekeeper", school), jpeg(text), name=f"{text}.jpg", purpose="rejection").id


def counted(shipment: Shipment, *changes: dict[str, Any]) -> list[CountedLot]:
    """Each lot as the delivery note says, cold enough, with changes in the order of the lots."""
    lots = lots_of(shipment)
    more = [*changes, *({} for _ in lots)]
    return [
        CountedLot(lot.id, **{"arrived": lot.quantity, "temperature_celsius": COLD, **change})
        for lot, change in zip(lots, more, strict=False)
    ]


def refusing(of: Market, quantity: str, reason: str = "bad_quality", school: str = "a1", **more: Any) -> dict[str, Any]:
    return {"rejected": Decimal(quantity), "reason": reason, "photos": (photo(of, school),), **more}


def accept(
    of: Market, shipment: Shipment, *changes: dict[str, Any], school: str = "a1", receipt_id: UUID | None = None,
    **more: Any,
) -> GoodsReceipt:  # fmt: skip
    of.actor("storekeeper", school)
    lots = counted(shipment, *changes)
    view, _is_new = accepting.accept(
        of.actor("storekeeper", school), receipt_id or new_id(), shipment_id=shipment.id, lots=lots, **more
    )
    receipt = db.session.get(GoodsReceipt, (of.agreement.bureau_id, shipment.school_id, view.receipt.id))
    assert receipt is not None
    return receipt


def received(of: Market, shipment: Shipment, *changes: dict[str, Any], school: str = "a1", **more: Any) -> GoodsReceipt:
    receipt = accept(of, shipment, *changes, school=school, **more)
    return confirming.confirm(of.cook(school), receipt.id, receipt.version)


def order_now(of: Market, order: SupplyOrder, school: str = "a1") -> SupplyOrder:
    return get_order(of.cook(school), order.id)
