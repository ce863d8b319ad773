"""A month of the greengrocer's deliveries to the show schools: most as agreed, some late, one short, one partly refused. Told
before the stores of the demo close their months."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from bureau.catalogue.labels import certificate_label
from bureau.catalogue.service.categories import requirements_of
from bureau.catalogue.service.items import receivable_items
from bureau.demo import MARK
from bureau.demo.pictures import demo_certificate, demo_photo
from kernel.database import clock_at, db, new_id
from kernel.files.service import store
from school.orders.demo import GREENS, Cast, confirmed
from school.orders.models import SupplyOrder
from school.orders.service import certificates, receiving, shipping
from school.orders.service.finding import get_order, lines_of
from school.orders.service.shipping import Shipped
from school.supply.service import accepting, confirming
from school.supply.service.accepting import CountedLot

COLD = Decimal("2.5")


@dataclass(frozen=True, slots=True)
class Delivery:
    """`school`: which of the show schools; the agreed time ends at half past seven. `missing`, `refused`: kilograms."""

    days: int
    school: int
    at: tuple[int, int] = (6, 50)
    missing: int = 0
    refused: int = 0


STORY = (
    Delivery(-24, 0), Delivery(-24, 1, at=(8, 20)), Delivery(-24, 2),
    Delivery(-18, 0), Delivery(-18, 1, refused=4), Delivery(-18, 2),
    Delivery(-13, 0, missing=5), Delivery(-13, 1), Delivery(-13, 2, at=(9, 5)),
    Delivery(-11, 0), Delivery(-11, 2),
)  # fmt: skip


def tell(cast: Cast) -> None:
    certified: set[int] = set()
    for delivery in STORY:
        _delivered(cast, delivery, is_certified=delivery.days in certified)
        certified.add(delivery.days)
    db.session.commit()


def _delivered(cast: Cast, one: Delivery, *, is_certified: bool) -> None:
    school = cast.schools[one.school]
    order = confirmed(cast, school, GREENS, one.days, made=one.days - 2, most=1)
    batch, made_on = f"{MARK}Y{cast.day(one.days):%m%d}", cast.day(one.days - 1)
    with clock_at(cast.at(one.days, 5)):
        if not is_certified:
            _papers(cast, order, batch, one.days - 1)
        company = cast.company(GREENS)
        line = lines_of(order)[0]
        lot = Shipped(line.id, line.quantity - one.missing, batch, made_on, made_on + timedelta(days=6))
        shipment = shipping.ship(
            company, order.id, new_id(), lines=[lot], plate="演A12345", driver=f"{MARK}司机 000-10001234",
            temperature_celsius=COLD,
        )  # fmt: skip
    with clock_at(cast.at(one.days, *one.at)):
        storekeeper = cast.person("storekeeper", school)
        lots = [
            CountedLot(came.id, came.quantity, temperature_celsius=COLD, **_refusal(cast, school, one))
            for came in shipping.lots_of(shipment)
        ]
        view, _is_new = accepting.accept(storekeeper, new_id(), shipment_id=shipment.id, lots=lots)
        confirming.confirm(cast.person("canteen_manager", school), view.receipt.id, view.receipt.version)
    with clock_at(cast.at(one.days, 16)):
        manager = cast.person("canteen_manager", school)
        receiving.close(manager, order.id, get_order(manager, order.id).version, f"{MARK}：当日送货已结束")


def _refusal(cast: Cast, school: str, one: Delivery) -> dict[str, Any]:
    if not one.refused:
        return {}
    note = f"{MARK}：叶片腐烂"
    photo = store(
        cast.person("storekeeper", school), demo_photo(note, cast.demo.rng), name="拒收.jpg", purpose="rejection"
    )
    return {"rejected": Decimal(one.refused), "reason": "bad_quality", "note": note, "photos": (photo.id,)}


def _papers(cast: Cast, order: SupplyOrder, batch_no: str, days: int) -> None:
    """What the goods must come with, once per lot, good for every school that the lot goes to."""
    actor = cast.company(GREENS)
    (line,) = lines_of(order)
    item = receivable_items(actor, [line.item_id])[line.item_id]
    for one in requirements_of(actor, [item.category_id]).get(item.category_id, ()):
        label = certificate_label(one.kind)
        number = f"{batch_no}-{one.kind[:4].upper()}"
        scan = demo_certificate(label, [order.supplier_name, line.item_name, number], cast.demo.rng)
        certificates.upload(
            actor, new_id(), scan, f"{label}.jpg", item_id=line.item_id, kind=one.kind, number=number, batch_no=batch_no,
            issued_by=f"{MARK}检测站", issued_on=cast.day(days), valid_until=cast.day(days + 30),
            covers_quantity=Decimal(500),
        )  # fmt: skip
