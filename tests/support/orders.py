"""Orders for tests: one company with rice (fixed price) and pork (a discount on the price book), and every step of an order."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from bureau.agreements.models import Agreement, AgreementItem
from kernel.actor import Actor
from kernel.database import db, new_id
from kernel.database.scope import use_scope
from kernel.web.dates import today
from school.orders.models import BatchCertificate, Shipment, SupplyOrder
from school.orders.service import answering, approving, certificates, drafting, shipping
from school.orders.service.drafting import Wanted
from school.orders.service.finding import get_order, lines_of
from school.orders.service.shipping import Shipped
from tests.support.agreements import book, discount_lot, fixed_lot, pork, rice, signed, terms
from tests.support.catalogue import Stocked, stock
from tests.support.pictures import jpeg


@dataclass
class Market:
    """What schools of bureau a (or b) may order from the company at `place`."""

    world: Any
    stocked: Stocked
    agreement: Agreement
    rice: AgreementItem
    pork: AgreementItem
    place: str = "a"

    def actor(self, role: str, place: str | None = None) -> Actor:
        """In that person's scope from here on."""
        actor: Actor = self.world.actor(role, place)
        use_scope(db.session(), actor.scope)
        return actor

    @property
    def supplier(self) -> Actor:
        return self.actor("supplier_user", self.place)

    def cook(self, school: str = "a1") -> Actor:
        return self.actor("canteen_manager", school)


def market(
    world: Any,
    place: str = "a",
    *,
    quantity: int = 1000,
    stocked: Stocked | None = None,
    fixed: bool = False,
    **changes: Any,
) -> Market:
    """`fixed`: pork at 21.00 without a price book, where several markets stand in one bureau."""
    officer = world.actor("procurement_officer", place[0])
    use_scope(db.session(), officer.scope)
    stocked = stocked or stock(officer, prefix=str(new_id()))
    grain = rice(stocked, quantity=Decimal(quantity), tolerance=Decimal(5))
    meat = pork(stocked, tolerance=Decimal(5), price_fen=2100 if fixed else None)
    if fixed:
        lots = (fixed_lot(stocked, items=[grain]), fixed_lot(stocked, number=2, category_id=stocked.meat, items=[meat]))
    else:
        book(officer, {stocked.pork: 2400}, today() - timedelta(days=5))
        lots = (fixed_lot(stocked, items=[grain]), discount_lot(stocked, items=[meat]))
    made = signed(officer, terms(world.supplier_id(place), *lots, **changes))
    return Market(world, stocked, made.agreement, made.item(stocked.rice), made.item(stocked.pork), place)


def tomorrow() -> date:
    return today() + timedelta(days=1)


def draft(
    of: Market, school: str = "a1", *, rice: str = "100", pork: str = "20", order_id: UUID | None = None, **changes: Any
) -> SupplyOrder:
    actor = of.cook(school)
    lines = [
        Wanted(item.id, Decimal(quantity)) for item, quantity in ((of.rice, rice), (of.pork, pork)) if Decimal(quantity)
    ]
    values = {"agreement_id": of.agreement.id, "deliver_on": tomorrow(), "lines": lines, **changes}
    return drafting.save_order(actor, order_id or new_id(), None, **values)


def submitted(of: Market, school: str = "a1", **changes: Any) -> SupplyOrder:
    order = draft(of, school, **changes)
    return drafting.submit(of.cook(school), order.id, order.version)


def sent(of: Market, school: str = "a1", **changes: Any) -> SupplyOrder:
    order = submitted(of, school, **changes)
    return approving.approve(of.actor("principal", school), order.id, order.version)


def confirmed(of: Market, school: str = "a1", **changes: Any) -> SupplyOrder:
    order = sent(of, school, **changes)
    return answering.confirm(of.supplier, order.id, order.version)


def lots(order: SupplyOrder, *quantities: str, batch: str = "L1", **changes: Any) -> list[Shipped]:
    """One lot per line, all that was ordered where no quantity is given."""
    values = {"production_date": today() - timedelta(days=2), "expiry_date": today() + timedelta(days=90), **changes}
    lines = lines_of(order)
    amounts = [Decimal(one) for one in quantities] or [line.quantity for line in lines]
    return [Shipped(line.id, amount, batch, **values) for line, amount in zip(lines, amounts, strict=False) if amount]


def shipped(
    of: Market, order: SupplyOrder, *quantities: str, shipment_id: UUID | None = None, batch: str = "L1", **changes: Any
) -> Shipment:
    actor = of.supplier
    order = get_order(actor, order.id)
    values = {"temperature_celsius": Decimal(3), "plate": "演A12345", **changes}
    return shipping.ship(
        actor, order.id, shipment_id or new_id(), lines=lots(order, *quantities, batch=batch), **values
    )


def paper(
    of: Market, item_id: UUID, kind: str = "batch_report", *, text: str = "报告", **changes: Any
) -> BatchCertificate:
    """A current paper of lot L1, its scan drawn from `text`."""
    values = {
        "number": f"{text}-1", "batch_no": "L1", "issued_on": today() - timedelta(days=3),
        "valid_until": today() + timedelta(days=60), "covers_quantity": Decimal(1000), **changes,
    }  # fmt: skip
    certificate_id = values.pop("certificate_id", None) or new_id()
    return certificates.upload(
        of.supplier, certificate_id, jpeg(text), f"{text}.jpg", item_id=item_id, kind=kind, **values
    )
