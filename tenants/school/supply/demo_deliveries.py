"""Deliveries on the demo's orders: received and closed, refused and sent again, waiting for a second person, on the road,
one of them of a lot that another school found spoiled, and papers that do not add up."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from bureau.catalogue.labels import certificate_label
from bureau.catalogue.service.categories import requirements_of
from bureau.catalogue.service.items import receivable_items
from bureau.demo import MARK
from bureau.demo.context import DemoContext
from bureau.demo.pictures import demo_certificate, demo_photo
from kernel.database import clock_at, db, new_id
from kernel.files.service import store
from school.orders.demo import GREENS, MEAT, Cast, cast_of, confirmed
from school.orders.models import Shipment, SupplyOrder
from school.orders.service import certificates, receiving, shipping
from school.orders.service.finding import get_order, lines_of
from school.orders.service.shipping import Shipped
from school.supply import demo_history
from school.supply.models import GoodsReceipt
from school.supply.rejections import settling
from school.supply.rejections.finding import of_receipt
from school.supply.service import accepting, confirming
from school.supply.service.accepting import CountedLot

COLD = Decimal("2.5")
OLDEST = 27  # days: the demo's agreements and price books begin a little before


def tell(demo: DemoContext) -> None:
    cast = cast_of(demo)
    demo_history.tell(cast)
    first, second, third = cast.schools
    _last_month(cast)
    for school in cast.schools:
        _closed(cast, school)
    _refused_and_sent_again(cast, first)
    db.session.commit()
    _on_the_road(cast, second, GREENS, f"{MARK}P0", 0)
    _spoiled(cast, third)
    _awaiting(cast, first)
    _on_the_road(cast, first, MEAT, None, 0)
    _odd_papers(cast)
    db.session.commit()


def _lot(cast: Cast, days: int) -> str:
    return f"{MARK}{cast.day(days):%Y%m%d}"


def _papers(cast: Cast, order: SupplyOrder, batch_no: str, days: int) -> None:
    """What the categories of an order's goods must come with, once per lot."""
    actor = cast.company(_code(cast, order))
    goods = lines_of(order)
    items = receivable_items(actor, [line.item_id for line in goods])
    required = requirements_of(actor, [item.category_id for item in items.values()])
    for line in goods:
        for one in required.get(items[line.item_id].category_id, ()):
            label = certificate_label(one.kind)
            number = f"{MARK}{batch_no}-{line.item_name}-{one.kind[:4].upper()}"
            scan = demo_certificate(label, [order.supplier_name, line.item_name, number], cast.demo.rng)
            certificates.upload(
                actor, new_id(), scan, f"{label}.jpg", item_id=line.item_id, kind=one.kind, number=number,
                batch_no=batch_no, issued_by=f"{MARK}检测站", issued_on=cast.day(days),
                valid_until=cast.day(days + 30), covers_quantity=Decimal(500),
            )  # fmt: skip


def _code(cast: Cast, order: SupplyOrder) -> str:
    return next(code for code, agreement in cast.agreements.items() if agreement.id == order.agreement_id)


def _shipped(cast: Cast, order: SupplyOrder, batch_no: str, days: int, **more: Any) -> Shipment:
    """Loaded at five in the morning of the day of delivery."""
    made = cast.day(days - 1)
    with clock_at(cast.at(days, 5)):
        _papers(cast, order, batch_no, days - 1)
        lines = [Shipped(line.id, line.quantity, batch_no, made, made + timedelta(days=6)) for line in lines_of(order)]
        return shipping.ship(
            cast.company(_code(cast, order)), order.id, new_id(), lines=more.pop("lines", lines), plate="演A12345",
            driver=f"{MARK}司机 000-10001234", temperature_celsius=COLD, **more,
        )  # fmt: skip


def _counted(cast: Cast, school: str, shipment: Shipment, days: int, **refusal: Any) -> GoodsReceipt:
    """By the storekeeper at six; `refusal` is of the first lot."""
    actor = cast.person("storekeeper", school)
    lots = []
    for place, lot in enumerate(shipping.lots_of(shipment)):
        more: dict[str, Any] = refusal if place == 0 else {}
        lots.append(CountedLot(lot.id, lot.quantity, temperature_celsius=COLD, **more))
    with clock_at(cast.at(days, 6, 20)):
        view, _is_new = accepting.accept(actor, new_id(), shipment_id=shipment.id, lots=lots)
    receipt = db.session.get(GoodsReceipt, (cast.demo.bureau_id, actor.own_school_id(), view.receipt.id))
    assert receipt is not None
    return receipt


def _received(cast: Cast, school: str, shipment: Shipment, days: int, **refusal: Any) -> GoodsReceipt:
    receipt = _counted(cast, school, shipment, days, **refusal)
    with clock_at(cast.at(days, 6, 35)):
        return confirming.confirm(cast.person("canteen_manager", school), receipt.id, receipt.version)


def _refusal(cast: Cast, school: str, quantity: Decimal, reason: str, note: str) -> dict[str, Any]:
    actor = cast.person("storekeeper", school)
    photo = store(actor, demo_photo(note, cast.demo.rng), name="拒收.jpg", purpose="rejection")
    return {"rejected": quantity, "reason": reason, "note": note, "photos": (photo.id,)}


def _last_month(cast: Cast) -> None:
    """What the statements of last month are about; nothing late in a month, when the demo's agreements do not reach it."""
    for number, school in enumerate(cast.schools):
        days = -min(cast.demo.today.day + number, OLDEST)
        if cast.day(days) < cast.demo.today.replace(day=1):
            for code in (GREENS, MEAT):
                order = confirmed(cast, school, code, days, made=days - 1, most=2)
                _received(cast, school, _shipped(cast, order, f"{_lot(cast, days)}{number}", days), days)


def _closed(cast: Cast, school: str) -> None:
    for days, code in ((-9, GREENS), (-8, MEAT)):
        order = confirmed(cast, school, code, days, made=days - 2)
        _received(cast, school, _shipped(cast, order, _lot(cast, days), days), days)
        with clock_at(cast.at(days + 3, 16)):
            done = get_order(cast.person("canteen_manager", school), order.id)
            receiving.close(cast.person("canteen_manager", school), done.id, done.version)


def _refused_and_sent_again(cast: Cast, school: str) -> None:
    """One refusal made good the day after, one still open."""
    for days, is_made_good in ((-5, True), (-2, False)):
        order = confirmed(cast, school, GREENS, days, made=days - 2)
        shipment = _shipped(cast, order, _lot(cast, days), days)
        why = _refusal(cast, school, Decimal(6), "bad_quality", f"{MARK}：叶片发黄")
        receipt = _received(cast, school, shipment, days, **why)
        rejection = of_receipt(cast.person("storekeeper", school), receipt.school_id, receipt.id)
        assert rejection is not None
        if not is_made_good:
            continue
        with clock_at(cast.at(days, 11)):
            rejection = settling.answer(
                cast.company(GREENS), rejection.id, rejection.version, answer="replace", note=f"{MARK}：次日补送",
                promised_on=cast.day(days + 1),
            )  # fmt: skip
        with clock_at(cast.at(days + 1, 5)):
            batch = _lot(cast, days)
            lines = [Shipped(lines_of(order)[0].id, Decimal(6), batch, cast.day(days - 1), cast.day(days + 5))]
            again = settling.ship_again(cast.company(GREENS), rejection.id, new_id(), lines=lines, plate="演A12345")
        _received(cast, school, again, days + 1)


def _on_the_road(cast: Cast, school: str, code: str, batch_no: str | None, days: int) -> Shipment:
    order = confirmed(cast, school, code, days, made=days - 2)
    return _shipped(cast, order, batch_no or _lot(cast, days), days)


def _spoiled(cast: Cast, school: str) -> None:
    """A lot that stands at another school's door as well."""
    shipment = _on_the_road(cast, school, GREENS, f"{MARK}P0", 0)
    quantity = shipping.lots_of(shipment)[0].quantity
    why = _refusal(cast, school, quantity, "spoiled", f"{MARK}：整批有腐烂、异味")
    _received(cast, school, shipment, 0, **why)


def _awaiting(cast: Cast, school: str) -> None:
    _counted(cast, school, _on_the_road(cast, school, GREENS, f"{_lot(cast, 0)}A", 0), 0)


def _odd_papers(cast: Cast) -> None:
    """One report with two lots' numbers on it, one scan for both."""
    actor = cast.company(GREENS)
    item = cast.items[GREENS][0]
    scan = demo_certificate("农残检测报告", [item.name, f"{MARK}-NC-0099"], cast.demo.rng)
    with clock_at(cast.at(-1, 8)):
        for batch_no in (f"{MARK}X1", f"{MARK}X2"):
            certificates.upload(
                actor, new_id(), scan, "农残.jpg", item_id=item.item_id, kind="pesticide_test", number=f"{MARK}-NC-0099",
                batch_no=batch_no, issued_by=f"{MARK}检测站", issued_on=cast.day(-1), covers_quantity=Decimal(80),
            )  # fmt: skip
