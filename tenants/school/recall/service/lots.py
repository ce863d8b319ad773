"""Backwards: from what is known (a number on a sack, a paper, a dish, a meal) to the suspect lots."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import and_, func, or_, select, true

from bureau.catalogue.models import CatalogueItem
from kernel.actor import Actor
from kernel.database import db
from kernel.printed import printed
from school.canteen.models import DishIngredient, MenuDish, MenuMeal
from school.canteen.service.reading import lines_of_snapshot, taken_off
from school.orders.models import (
    BatchCertificate,
    Shipment,
    ShipmentCertificate,
    ShipmentLine,
    SupplyOrder,
    SupplyOrderLine,
)
from school.recall.service.scope import same_tenant, visible
from school.stores.models import StoreBalance, StoreBatch, StoreDocument, StoreGood, StoreMove
from school.stores.service.receiving import RECEIPT_LINE
from school.supply.models import GoodsReceipt, GoodsReceiptCertificate, GoodsReceiptLine

MOST_LOTS = 200


@dataclass(frozen=True, slots=True)
class Lot:
    """One lot of one supplier. `supplier_id` None: the papers name a supplier that is not in the register."""

    item_id: UUID
    item_name: str
    batch_no: str
    supplier_id: UUID | None = None
    supplier_name: str = ""

    def matches(self, item_id: UUID, batch_no: str, supplier_id: UUID | None, supplier_name: str) -> bool:
        """By the register where both sides name it, else by name; a lot without a supplier is anybody's."""
        if item_id != self.item_id or batch_no != self.batch_no:
            return False
        if self.supplier_id is not None and supplier_id is not None:
            return self.supplier_id == supplier_id
        return not self.supplier_name or not supplier_name or self.supplier_name == supplier_name

    def as_json(self) -> dict[str, Any]:
        return {name: str(value) if isinstance(value, UUID) else value for name, value in asdict(self).items()}

    @staticmethod
    def from_json(row: dict[str, Any]) -> "Lot":
        supplier = row.get("supplier_id")
        return Lot(
            UUID(row["item_id"]), row["item_name"], row["batch_no"], UUID(supplier) if supplier else None,
            row.get("supplier_name", ""),
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Suspect:
    """`is_recorded`: a record names the dish or the meal it was taken for; else it was there and may have been used."""

    lot: Lot
    is_recorded: bool


def merged(suspects: Iterable[Suspect]) -> list[Suspect]:
    """Each lot once; recorded, if any record says so. A lot known by its supplier's name only is that of the register."""
    named = {
        (one.lot.item_id, one.lot.batch_no, one.lot.supplier_name): one.lot.supplier_id
        for one in suspects
        if one.lot.supplier_id
    }
    found: dict[Lot, bool] = {}
    for one in suspects:
        lot = one.lot
        known = named.get((lot.item_id, lot.batch_no, lot.supplier_name))
        if lot.supplier_id is None and known is not None:
            lot = Lot(lot.item_id, lot.item_name, lot.batch_no, known, lot.supplier_name)
        found[lot] = found.get(lot, False) or one.is_recorded
    order = sorted(found, key=lambda lot: (lot.item_name, lot.batch_no, lot.supplier_name))
    return [Suspect(lot, found[lot]) for lot in order]


def _lots(rows: Iterable[Any], *, is_recorded: bool = True) -> list[Suspect]:
    return [
        Suspect(Lot(row.item_id, row.item_name, row.batch_no, row.supplier_id, row.supplier_name), is_recorded)
        for row in rows
        if row.batch_no
    ]


_LINE = (
    GoodsReceiptLine.item_id, GoodsReceiptLine.item_name, GoodsReceiptLine.batch_no, GoodsReceipt.supplier_id,
    GoodsReceipt.supplier_name,
)  # fmt: skip
_BATCH = (
    StoreBatch.item_id, StoreGood.name.label("item_name"), StoreBatch.batch_no, StoreBatch.supplier_id,
    StoreBatch.supplier_name,
)  # fmt: skip


def _received(actor: Actor, *conditions: Any) -> list[Suspect]:
    query = (
        select(*_LINE)
        .join(GoodsReceipt, same_tenant(GoodsReceipt, GoodsReceiptLine) & (GoodsReceipt.id == GoodsReceiptLine.receipt_id))
        .where(visible(actor, GoodsReceiptLine), GoodsReceipt.state != "voided", *conditions)
        .distinct()
        .limit(MOST_LOTS)
    )  # fmt: skip
    return _lots(db.session.execute(query))


def _shipped(actor: Actor, *conditions: Any) -> list[Suspect]:
    """Named as the order had them."""
    query = (
        select(
            ShipmentLine.item_id, SupplyOrderLine.item_name, ShipmentLine.batch_no, ShipmentLine.supplier_id,
            SupplyOrder.supplier_name,
        )
        .select_from(ShipmentLine)
        .join(SupplyOrderLine, same_tenant(SupplyOrderLine, ShipmentLine) & (SupplyOrderLine.id == ShipmentLine.order_line_id))
        .join(SupplyOrder, same_tenant(SupplyOrder, SupplyOrderLine) & (SupplyOrder.id == SupplyOrderLine.order_id))
        .where(visible(actor, ShipmentLine), *conditions)
        .distinct()
        .limit(MOST_LOTS)
    )  # fmt: skip
    return _lots(db.session.execute(query))


def of_batch_no(
    actor: Actor, batch_no: str, *, item_id: UUID | None = None, supplier_id: UUID | None = None
) -> list[Suspect]:
    """Every lot of this number that any school received or is about to, or that lies in its stores without a receipt."""
    numbers = spellings(batch_no)
    received: list[Any] = [GoodsReceiptLine.batch_no.in_(numbers)]
    shipped: list[Any] = [ShipmentLine.batch_no.in_(numbers)]
    if item_id is not None:
        received.append(GoodsReceiptLine.item_id == item_id)
        shipped.append(ShipmentLine.item_id == item_id)
    found = merged(
        [
            *_received(actor, *received), *_shipped(actor, *shipped), *_renamed(actor, received),
            *_renamed(actor, shipped), *_by_hand(actor, numbers, item_id),
        ]
    )  # fmt: skip
    return [one for one in found if supplier_id is None or one.lot.supplier_id in (supplier_id, None)]


def spellings(number: str) -> list[str]:
    """As it is kept, and as it was typed: what was written down before numbers were kept in one spelling."""
    return sorted({number, printed(number)})


def _renamed(actor: Actor, conditions: Sequence[Any]) -> list[Suspect]:
    """A lot that was shipped under one number and taken over under another is the same goods: both numbers count, at
    whichever of the two ends the number that is asked for stands."""
    columns = (
        GoodsReceiptLine.item_id,
        GoodsReceiptLine.item_name,
        GoodsReceipt.supplier_id,
        GoodsReceipt.supplier_name,
    )
    query = (
        select(*columns, GoodsReceiptLine.batch_no.label("taken"), ShipmentLine.batch_no.label("sent"))
        .join(GoodsReceipt, same_tenant(GoodsReceipt, GoodsReceiptLine) & (GoodsReceipt.id == GoodsReceiptLine.receipt_id))
        .join(
            ShipmentLine,
            same_tenant(ShipmentLine, GoodsReceiptLine) & (ShipmentLine.id == GoodsReceiptLine.shipment_line_id),
        )
        .where(
            visible(actor, GoodsReceiptLine), GoodsReceipt.state != "voided",
            GoodsReceiptLine.batch_no != ShipmentLine.batch_no, *conditions,
        )
        .distinct()
        .limit(MOST_LOTS)
    )  # fmt: skip
    return [
        Suspect(Lot(row.item_id, row.item_name, number, row.supplier_id, row.supplier_name), is_recorded=True)
        for row in db.session.execute(query)
        for number in (row.taken, row.sent)
        if number
    ]


def _by_hand(actor: Actor, numbers: Sequence[str], item_id: UUID | None) -> list[Suspect]:
    """What was written into the stores without a receipt. Asked item by item: that is how the lots are indexed."""
    batches = (
        select(
            StoreBatch.item_id, StoreBatch.batch_no, StoreBatch.supplier_id, StoreBatch.supplier_name,
        )
        .where(
            visible(actor, StoreBatch), StoreBatch.item_id == CatalogueItem.id, StoreBatch.batch_no.in_(numbers),
            StoreBatch.source_kind != RECEIPT_LINE,
        )
        .offset(0)
        .lateral()
    )  # fmt: skip
    found = batches.c
    query = (
        select(
            found.item_id, CatalogueItem.name.label("item_name"), found.batch_no, found.supplier_id, found.supplier_name
        )
        .select_from(CatalogueItem)
        .join(batches, true())
        .where(CatalogueItem.bureau_id == actor.bureau_id)
        .distinct()
        .limit(MOST_LOTS)
    )
    if item_id is not None:
        query = query.where(CatalogueItem.id == item_id)
    return _lots(db.session.execute(query))


def of_certificate(actor: Actor, number: str) -> list[Suspect]:
    """Every lot that a paper of this number was shown for."""
    papers = select(BatchCertificate.id).where(
        BatchCertificate.bureau_id == actor.bureau_id, BatchCertificate.number.in_(spellings(number))
    )
    lines = select(ShipmentCertificate.shipment_line_id).where(
        visible(actor, ShipmentCertificate), ShipmentCertificate.certificate_id.in_(papers)
    )
    shipped = _shipped(actor, ShipmentLine.id.in_(lines))
    shown = (
        select(*_LINE)
        .select_from(GoodsReceiptCertificate)
        .join(GoodsReceipt, same_tenant(GoodsReceipt, GoodsReceiptCertificate) & (GoodsReceipt.id == GoodsReceiptCertificate.receipt_id))
        .join(
            GoodsReceiptLine,
            same_tenant(GoodsReceiptLine, GoodsReceiptCertificate)
            & (GoodsReceiptLine.receipt_id == GoodsReceiptCertificate.receipt_id)
            & or_(GoodsReceiptCertificate.line_id.is_(None), GoodsReceiptLine.id == GoodsReceiptCertificate.line_id),
        )
        .where(
            visible(actor, GoodsReceiptCertificate), GoodsReceiptCertificate.number.in_(spellings(number)),
            GoodsReceipt.state != "voided",
        )
        .distinct()
        .limit(MOST_LOTS)
    )  # fmt: skip
    return merged([*shipped, *_lots(db.session.execute(shown))])


def of_meal(
    actor: Actor, school_id: int, first: date, last: date, *, meal: str | None = None, dish_id: UUID | None = None
) -> list[Suspect]:
    """What a school took from its stores for a meal, or for a dish on these days; where no issue names the meal, what
    was there of its dishes' ingredients."""
    recorded = [
        StoreDocument.bureau_id == actor.bureau_id, StoreDocument.school_id == school_id,
        StoreDocument.kind == "issue", StoreDocument.use_day.between(first, last),
    ]  # fmt: skip
    if meal is not None:
        recorded.append(StoreDocument.use_meal == meal)
    taken = (
        select(*_BATCH, StoreDocument.dish_id)
        .select_from(StoreDocument)
        .join(StoreMove, same_tenant(StoreMove, StoreDocument) & (StoreMove.document_id == StoreDocument.id))
        .join(StoreBatch, same_tenant(StoreBatch, StoreMove) & (StoreBatch.id == StoreMove.batch_id))
        .join(StoreGood, same_tenant(StoreGood, StoreBatch) & (StoreGood.id == StoreBatch.good_id))
        .where(*recorded, StoreBatch.item_id.is_not(None))
        .distinct()
        .limit(MOST_LOTS * 5)
    )
    rows = db.session.execute(taken).all()
    items = _items_of_dishes(actor, school_id, first, last, meal=meal, dish_id=dish_id)
    if dish_id is None:
        sure = _lots(rows)
        unsure = _lots(
            _was_there(actor, school_id, items - {row.item_id for row in rows}, first, last), is_recorded=False
        )
        return merged([*sure, *unsure])
    sure = _lots([row for row in rows if row.dish_id == dish_id])
    known = {one.lot.item_id for one in sure}
    # Taken for the meal without saying for which dish: of an ingredient of this one.
    shared = [row for row in rows if row.dish_id is None and row.item_id in items - known]
    rest = items - known - {row.item_id for row in shared}
    unsure = [
        *_lots(shared, is_recorded=False),
        *_lots(_was_there(actor, school_id, rest, first, last), is_recorded=False),
    ]
    return merged([*sure, *unsure])


def _items_of_dishes(
    actor: Actor, school_id: int, first: date, last: date, *, meal: str | None, dish_id: UUID | None
) -> set[UUID]:
    """By the recipes as they were published and as they are today: either may be what was cooked. A dish that was taken
    off the menu once its day had come counts as well."""
    query = (
        select(MenuDish.dish_id, MenuDish.snapshot)
        .select_from(MenuMeal)
        .join(MenuDish, same_tenant(MenuDish, MenuMeal) & (MenuDish.menu_meal_id == MenuMeal.id))
        .where(
            MenuMeal.bureau_id == actor.bureau_id, MenuMeal.school_id == school_id,
            MenuMeal.on_day.between(first, last),
        )
    )  # fmt: skip
    if meal is not None:
        query = query.where(MenuMeal.meal == meal)
    if dish_id is not None:
        query = query.where(MenuDish.dish_id == dish_id)
    rows = db.session.execute(query).all()
    dishes: set[UUID] = {row.dish_id for row in rows}
    dishes |= {dish_id} if dish_id is not None else taken_off(actor, school_id, first, last, meal)
    published: set[Any] = {
        line.item_id
        for row in rows
        if row.snapshot is not None
        for line in lines_of_snapshot(row.snapshot)
        if line.item_id
    }
    of_today = select(DishIngredient.item_id).where(
        DishIngredient.bureau_id == actor.bureau_id, DishIngredient.school_id == school_id,
        DishIngredient.dish_id.in_(dishes), DishIngredient.item_id.is_not(None),
    )  # fmt: skip
    return published | set(db.session.scalars(of_today))


def _was_there(actor: Actor, school_id: int, item_ids: set[UUID], first: date, last: date) -> Sequence[Any]:
    """Batches of these items that had come by then, and lay there still or went out from that day on."""
    if not item_ids:
        return ()
    lies = (
        select(func.count())
        .where(
            same_tenant(StoreBalance, StoreBatch), StoreBalance.batch_id == StoreBatch.id, StoreBalance.is_live.is_(True)
        )
        .correlate(StoreBatch)
        .scalar_subquery()
    )  # fmt: skip
    went = (
        select(func.max(StoreDocument.on_day))
        .select_from(StoreMove)
        .join(StoreDocument, same_tenant(StoreDocument, StoreMove) & (StoreDocument.id == StoreMove.document_id))
        .where(same_tenant(StoreMove, StoreBatch), StoreMove.batch_id == StoreBatch.id, StoreDocument.kind != "receipt")
        .correlate(StoreBatch)
        .scalar_subquery()
    )
    query = (
        select(*_BATCH)
        .join(StoreGood, same_tenant(StoreGood, StoreBatch) & (StoreGood.id == StoreBatch.good_id))
        .where(
            StoreBatch.bureau_id == actor.bureau_id, StoreBatch.school_id == school_id,
            StoreBatch.item_id.in_(item_ids), StoreBatch.received_on <= last, or_(lies > 0, went >= first),
        )
        .distinct()
        .limit(MOST_LOTS)
    )  # fmt: skip
    return db.session.execute(query).all()


def under_way(actor: Actor, lots: Sequence[Lot]) -> Sequence[Any]:
    """Shipments with these lots that no school has taken over yet."""
    query = (
        select(
            ShipmentLine.school_id, ShipmentLine.item_id, ShipmentLine.batch_no, ShipmentLine.supplier_id,
            (ShipmentLine.quantity * ShipmentLine.unit_factor).label("quantity"), Shipment.number,
            Shipment.expected_on, Shipment.id.label("shipment_id"),
        )
        .join(Shipment, and_(same_tenant(Shipment, ShipmentLine), Shipment.id == ShipmentLine.shipment_id))
        .where(
            visible(actor, ShipmentLine), Shipment.state == "sent",
            ShipmentLine.batch_no.in_({lot.batch_no for lot in lots}),
            ShipmentLine.item_id.in_({lot.item_id for lot in lots}),
        )
        .order_by(ShipmentLine.school_id, Shipment.number, ShipmentLine.id)
    )  # fmt: skip
    return [
        row for row in db.session.execute(query)
        if any(lot.matches(row.item_id, row.batch_no, row.supplier_id, "") for lot in lots)
    ]  # fmt: skip
