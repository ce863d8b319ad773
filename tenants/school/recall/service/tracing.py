"""Forwards: from suspect lots to every delivery, stock, meal, dish, sample and diner that they touch.

`trace` answers for the whole district in a constant number of queries, one row per school and one per meal; `details`
adds what a single school has to lock away.
"""

import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import and_, func, select

from bureau.schools.service.schools import school_names
from kernel.actor import Actor
from kernel.database import db
from school.recall.service.lots import Lot, under_way
from school.recall.service.scope import same_tenant, visible
from school.recall.service.statements import DELIVERIES, STOCKS, USES, parameters, statement
from school.stores.models import StoreBalance, StoreBatch, StoreGood
from school.supply.models import GoodsReceipt, GoodsReceiptLine

ZERO = Decimal(0)


@dataclass(slots=True)
class Delivery:
    """`quantity` in the item's base unit."""

    school_id: int
    receipt_id: UUID
    number: str
    received_at: datetime
    item_name: str
    batch_no: str
    quantity: Decimal
    unit: str
    supplier_name: str


@dataclass(slots=True)
class Stock:
    """One batch in a school's stores: what came, and what lies there now."""

    school_id: int
    batch_id: UUID
    item_name: str
    batch_no: str
    unit: str
    came: Decimal
    left: Decimal


@dataclass(slots=True)
class Served:
    """A meal that something of the lots went into. `dishes`: those it was taken for, or, where no record says, all whose
    recipe holds the item (`is_recorded` False). `diners` None: nobody counted. `samples`: still kept, of these dishes
    and of those that may hold it too."""

    on_day: date
    meal: str
    dishes: list[str]
    is_recorded: bool
    diners: int | None
    classes: int
    samples: int


@dataclass(slots=True)
class Transit:
    shipment_id: UUID
    number: str
    expected_on: date
    batch_no: str
    quantity: Decimal


@dataclass(slots=True)
class SchoolPart:
    """What the lots touch in one school. Quantities by base unit; `deliveries` counts lines, `batches` those in stock."""

    school_id: int
    school_name: str = ""
    deliveries: int = 0
    batches: int = 0
    came: dict[str, Decimal] = field(default_factory=dict)
    left: dict[str, Decimal] = field(default_factory=dict)
    used: dict[str, Decimal] = field(default_factory=dict)
    is_frozen: bool = False
    meals: list[Served] = field(default_factory=list)
    transits: list[Transit] = field(default_factory=list)

    @property
    def diners(self) -> int:
        """Helpings, not heads: who ate twice counts twice."""
        return sum(meal.diners or 0 for meal in self.meals)

    @property
    def samples(self) -> int:
        return sum(meal.samples for meal in self.meals)


@dataclass(slots=True)
class Trace:
    """`milliseconds`: how long the database and this service took for it."""

    lots: list[Lot]
    schools: list[SchoolPart]
    milliseconds: int

    def totals(self) -> dict[str, Any]:
        return {
            "schools": len(self.schools),
            "deliveries": sum(part.deliveries for part in self.schools),
            "transits": sum(len(part.transits) for part in self.schools),
            "came": words(_sums(part.came for part in self.schools)),
            "left": words(_sums(part.left for part in self.schools)),
            "used": words(_sums(part.used for part in self.schools)),
            "meals": sum(len(part.meals) for part in self.schools),
            "diners": sum(part.diners for part in self.schools),
            "samples": sum(part.samples for part in self.schools),
        }


def trace(actor: Actor, lots: Sequence[Lot]) -> Trace:
    """Within the actor's scope: the bureau's answer covers the district, a school's its own part only."""
    begun = time.monotonic()
    parts: dict[int, SchoolPart] = {}

    def part(school_id: int) -> SchoolPart:
        return parts.setdefault(school_id, SchoolPart(school_id))

    if lots:
        values = parameters(actor, list(lots))
        for row in db.session.execute(statement(DELIVERIES, actor), values):
            one = part(row.school_id)
            one.deliveries += row.lines
            one.came[row.unit] = row.quantity
        for row in under_way(actor, lots):
            part(row.school_id).transits.append(
                Transit(row.shipment_id, row.number, row.expected_on, row.batch_no, row.quantity)
            )
        for row in db.session.execute(statement(STOCKS, actor), values):
            one = part(row.school_id)
            one.batches += row.batches
            one.left[row.unit] = row.lies
            one.is_frozen = one.is_frozen or row.is_frozen
        for row in db.session.execute(statement(USES, actor), values):
            _add_use(part(row.school_id), row)
    names = school_names(actor, parts)
    for school_id, one in parts.items():
        one.school_name = names.get(school_id, str(school_id))
        one.meals.sort(key=lambda meal: (meal.on_day, meal.meal))
    ordered = sorted(parts.values(), key=lambda one: (one.school_name, one.school_id))
    return Trace(list(lots), ordered, int((time.monotonic() - begun) * 1000))


def _add_use(part: SchoolPart, row: Any) -> None:
    if row.use_day is None:
        signed = row.quantity if row.kind == "issue" else -row.quantity
        part.used[row.unit] = part.used.get(row.unit, ZERO) + signed
        return
    diners = None if row.diners is None else int(row.diners)
    part.meals.append(
        Served(row.use_day, row.use_meal, row.names or [], row.is_recorded, diners, row.classes or 0, row.samples or 0)
    )


@dataclass(frozen=True, slots=True)
class Details:
    """Line by line, in the order of the schools."""

    deliveries: list[Delivery]
    stocks: list[Stock]


def details(actor: Actor, lots: Sequence[Lot]) -> Details:
    return Details(list(_deliveries(actor, lots)), list(_stocks(actor, lots)))


def _deliveries(actor: Actor, lots: Sequence[Lot]) -> Iterable[Delivery]:
    query = (
        select(
            GoodsReceiptLine.school_id, GoodsReceiptLine.receipt_id, GoodsReceiptLine.item_id, GoodsReceiptLine.item_name,
            GoodsReceiptLine.batch_no, GoodsReceiptLine.base_quantity, GoodsReceiptLine.base_unit, GoodsReceipt.number,
            GoodsReceipt.received_at, GoodsReceipt.supplier_id, GoodsReceipt.supplier_name,
        )
        .join(GoodsReceipt, and_(same_tenant(GoodsReceipt, GoodsReceiptLine), GoodsReceipt.id == GoodsReceiptLine.receipt_id))
        .where(
            visible(actor, GoodsReceiptLine), GoodsReceipt.state != "voided",
            GoodsReceiptLine.batch_no.in_({lot.batch_no for lot in lots}),
            GoodsReceiptLine.item_id.in_({lot.item_id for lot in lots}),
        )
        .order_by(GoodsReceiptLine.school_id, GoodsReceipt.received_at, GoodsReceiptLine.position)
    )  # fmt: skip
    for row in db.session.execute(query):
        if any(lot.matches(row.item_id, row.batch_no, row.supplier_id, row.supplier_name) for lot in lots):
            yield Delivery(
                row.school_id, row.receipt_id, row.number, row.received_at, row.item_name, row.batch_no, row.base_quantity,
                row.base_unit, row.supplier_name,
            )  # fmt: skip


def _stocks(actor: Actor, lots: Sequence[Lot]) -> Iterable[Stock]:
    lies = (
        select(func.coalesce(func.sum(StoreBalance.quantity), 0))
        .where(
            same_tenant(StoreBalance, StoreBatch),
            StoreBalance.batch_id == StoreBatch.id,
            StoreBalance.is_live.is_(True),
        )
        .correlate(StoreBatch)
        .scalar_subquery()
    )
    query = (
        select(
            StoreBatch.school_id, StoreBatch.id, StoreBatch.item_id, StoreBatch.batch_no, StoreBatch.supplier_id,
            StoreBatch.supplier_name, StoreBatch.cost_quantity, StoreBatch.state, StoreGood.name, StoreGood.base_unit,
            lies.label("lies"),
        )
        .join(StoreGood, and_(same_tenant(StoreGood, StoreBatch), StoreGood.id == StoreBatch.good_id))
        # What a voided receipt brought never came.
        .outerjoin(
            GoodsReceiptLine,
            and_(same_tenant(GoodsReceiptLine, StoreBatch), GoodsReceiptLine.id == StoreBatch.source_id),
        )
        .outerjoin(
            GoodsReceipt,
            and_(same_tenant(GoodsReceipt, GoodsReceiptLine), GoodsReceipt.id == GoodsReceiptLine.receipt_id),
        )
        .where(
            func.coalesce(GoodsReceipt.state, "") != "voided", visible(actor, StoreBatch), StoreBatch.batch_no.in_({lot.batch_no for lot in lots}),
            StoreBatch.item_id.in_({lot.item_id for lot in lots}),
        )
        .order_by(StoreBatch.school_id, StoreBatch.id)
    )  # fmt: skip
    for row in db.session.execute(query):
        if any(lot.matches(row.item_id, row.batch_no, row.supplier_id, row.supplier_name) for lot in lots):
            yield Stock(row.school_id, row.id, row.name, row.batch_no, row.base_unit, row.cost_quantity, row.lies)


def _sums(found: Iterable[dict[str, Decimal]]) -> dict[str, Decimal]:
    sums: dict[str, Decimal] = defaultdict(lambda: ZERO)
    for quantities in found:
        for unit, quantity in quantities.items():
            sums[unit] += quantity
    return dict(sorted(sums.items()))


def plain(quantity: Decimal) -> str:
    return format(quantity.normalize(), "f")


def words(quantities: dict[str, Decimal]) -> list[dict[str, str]]:
    return [{"unit": unit, "quantity": plain(quantity)} for unit, quantity in quantities.items()]


def parts_as_json(found: Trace, more: Details) -> dict[int, dict[str, Any]]:
    """School → as RecallPart.part keeps it: what the school was told, whatever its stores say later."""
    deliveries: dict[int, list[dict[str, str]]] = defaultdict(list)
    for row in more.deliveries:
        deliveries[row.school_id].append(
            {
                "receipt_id": str(row.receipt_id), "number": row.number, "received_at": row.received_at.isoformat(),
                "item_name": row.item_name, "batch_no": row.batch_no, "unit": row.unit, "quantity": plain(row.quantity),
                "supplier_name": row.supplier_name,
            }
        )  # fmt: skip
    stocks: dict[int, list[dict[str, str]]] = defaultdict(list)
    for stock in more.stocks:
        stocks[stock.school_id].append(
            {
                "batch_id": str(stock.batch_id), "item_name": stock.item_name, "batch_no": stock.batch_no,
                "unit": stock.unit, "came": plain(stock.came), "left": plain(stock.left),
            }
        )  # fmt: skip
    return {
        part.school_id: {
            "came": words(part.came), "left": words(part.left), "used": words(part.used), "diners": part.diners,
            "samples": part.samples, "deliveries": deliveries[part.school_id], "stocks": stocks[part.school_id],
            "meals": [
                {
                    "on_day": meal.on_day.isoformat(), "meal": meal.meal, "dishes": meal.dishes, "diners": meal.diners,
                    "classes": meal.classes, "samples": meal.samples, "is_recorded": meal.is_recorded,
                }
                for meal in part.meals
            ],
            "transits": [
                {
                    "shipment_id": str(row.shipment_id), "number": row.number, "batch_no": row.batch_no,
                    "expected_on": row.expected_on.isoformat(), "quantity": plain(row.quantity),
                }
                for row in part.transits
            ],
        }
        for part in found.schools
    }  # fmt: skip
