"""Forwards: from suspect lots to every delivery, stock, meal, dish, sample and diner that they touch.

A constant number of queries, however many schools: each asks one table for all of the district (or, for a school's
actor, for its own rows), and the parts are put together here.
"""

import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Date, Integer, Text, Uuid, and_, cast, column, func, literal, select
from sqlalchemy.sql.selectable import TableValuedAlias

from bureau.schools.service.schools import school_names
from kernel.actor import Actor
from kernel.database import db
from school.canteen.models import DishIngredient, MenuDish, MenuMeal
from school.canteen_day.models import FoodSample
from school.diners.models import DinerCount
from school.recall.service.lots import Lot, under_way
from school.recall.service.scope import same_tenant, visible
from school.stores.models import StoreBalance, StoreBatch, StoreDocument, StoreGood, StoreMove
from school.supply.models import GoodsReceipt, GoodsReceiptLine

ZERO = Decimal(0)
Place = tuple[int, date, str]  # school, day, meal


@dataclass(slots=True)
class Delivery:
    """`quantity` in the item's base unit."""

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
    """One batch in a school's stores: what came, what lies there now, what went to the kitchen."""

    batch_id: UUID
    item_name: str
    batch_no: str
    unit: str
    came: Decimal
    left: Decimal
    used: Decimal
    is_frozen: bool


@dataclass(slots=True)
class Served:
    """A meal that something of the lots went into. `dishes`: those it was taken for, or, where no record says, all whose
    recipe holds the item (`is_recorded` False). `diners` None: nobody counted."""

    on_day: date
    meal: str
    dishes: list[str]
    dish_ids: list[UUID]
    is_recorded: bool
    diners: int | None = None
    classes: int = 0
    samples: int = 0


@dataclass(slots=True)
class Transit:
    shipment_id: UUID
    number: str
    expected_on: date
    batch_no: str
    quantity: Decimal


@dataclass(slots=True)
class SchoolPart:
    """What the lots touch in one school."""

    school_id: int
    school_name: str
    deliveries: list[Delivery] = field(default_factory=list)
    stocks: list[Stock] = field(default_factory=list)
    meals: list[Served] = field(default_factory=list)
    transits: list[Transit] = field(default_factory=list)

    @property
    def left(self) -> dict[str, Decimal]:
        return _by_unit((stock.unit, stock.left) for stock in self.stocks)

    @property
    def came(self) -> dict[str, Decimal]:
        return _by_unit((row.unit, row.quantity) for row in self.deliveries)

    @property
    def used(self) -> dict[str, Decimal]:
        return _by_unit((stock.unit, stock.used) for stock in self.stocks)

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
            "deliveries": sum(len(part.deliveries) for part in self.schools),
            "transits": sum(len(part.transits) for part in self.schools),
            "came": _words(_by_unit(pair for part in self.schools for pair in part.came.items())),
            "left": _words(_by_unit(pair for part in self.schools for pair in part.left.items())),
            "used": _words(_by_unit(pair for part in self.schools for pair in part.used.items())),
            "meals": sum(len(part.meals) for part in self.schools),
            "diners": sum(part.diners for part in self.schools),
            "samples": sum(part.samples for part in self.schools),
        }


def trace(actor: Actor, lots: Sequence[Lot]) -> Trace:
    """Within the actor's scope: the bureau's answer covers the district, a school's its own part only."""
    begun = time.monotonic()
    parts: dict[int, SchoolPart] = {}

    def part(school_id: int) -> SchoolPart:
        return parts.setdefault(school_id, SchoolPart(school_id, ""))

    if lots:
        for school_id, delivery in _deliveries(actor, lots):
            part(school_id).deliveries.append(delivery)
        for row in under_way(actor, lots):
            part(row.school_id).transits.append(
                Transit(row.shipment_id, row.number, row.expected_on, row.batch_no, row.quantity)
            )
        stocks = _stocks(actor, lots)
        for school_id, stock, _item_id in stocks:
            part(school_id).stocks.append(stock)
        for place, served in _meals(actor, stocks).items():
            part(place[0]).meals.append(served)
    names = school_names(actor, parts)
    for school_id, one in parts.items():
        one.school_name = names.get(school_id, str(school_id))
        one.meals.sort(key=lambda meal: (meal.on_day, meal.meal))
    ordered = sorted(parts.values(), key=lambda one: (one.school_name, one.school_id))
    return Trace(list(lots), ordered, int((time.monotonic() - begun) * 1000))


def _deliveries(actor: Actor, lots: Sequence[Lot]) -> Iterable[tuple[int, Delivery]]:
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
            yield row.school_id, Delivery(
                row.receipt_id, row.number, row.received_at, row.item_name, row.batch_no, row.base_quantity,
                row.base_unit, row.supplier_name,
            )  # fmt: skip


def _stocks(actor: Actor, lots: Sequence[Lot]) -> list[tuple[int, Stock, UUID]]:
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
    found = []
    for row in db.session.execute(query):
        assert row.item_id is not None
        if any(lot.matches(row.item_id, row.batch_no, row.supplier_id, row.supplier_name) for lot in lots):
            stock = Stock(
                row.id, row.name, row.batch_no, row.base_unit, row.cost_quantity, row.lies, ZERO, row.state == "frozen"
            )
            found.append((row.school_id, stock, row.item_id))
    return found


def _table(**columns: tuple[Any, Sequence[Any]]) -> TableValuedAlias:
    """Rows of ours as a table for a join: unnest() of one array per column."""
    arrays = [cast(literal(list(values)), ARRAY(kind)) for kind, values in columns.values()]
    return (
        func.unnest(*arrays)
        .table_valued(*(column(name, kind) for name, (kind, _values) in columns.items()))
        .render_derived(name="asked")
    )


def _meals(actor: Actor, stocks: Sequence[tuple[int, Stock, UUID]]) -> dict[Place, Served]:
    """What went to the kitchen, for which meals; a return to the store is taken off what was used."""
    if not stocks:
        return {}
    batches = {stock.batch_id: (stock, item_id) for _school, stock, item_id in stocks}
    asked = _table(
        school_id=(Integer, [school_id for school_id, _stock, _item in stocks]),
        batch_id=(Uuid, [stock.batch_id for _school, stock, _item in stocks]),
    )
    query = (
        select(
            StoreMove.school_id, StoreMove.batch_id, StoreDocument.kind, StoreDocument.use_day, StoreDocument.use_meal,
            StoreDocument.dish_id, func.sum(StoreMove.quantity).label("quantity"),
        )
        .select_from(asked)
        .join(
            StoreMove,
            and_(
                StoreMove.bureau_id == actor.bureau_id, StoreMove.school_id == asked.c.school_id,
                StoreMove.batch_id == asked.c.batch_id,
            ),
        )
        .join(StoreDocument, and_(same_tenant(StoreDocument, StoreMove), StoreDocument.id == StoreMove.document_id))
        .where(StoreDocument.bureau_id == actor.bureau_id, StoreDocument.kind.in_(("issue", "return")))
        .group_by(
            StoreMove.school_id, StoreMove.batch_id, StoreDocument.kind, StoreDocument.use_day, StoreDocument.use_meal,
            StoreDocument.dish_id,
        )
    )  # fmt: skip
    taken: dict[Place, set[tuple[UUID, UUID | None]]] = defaultdict(set)
    for row in db.session.execute(query):
        stock, item_id = batches[row.batch_id]
        if row.kind == "return":
            stock.used -= row.quantity
            continue
        stock.used += row.quantity
        if row.use_day is not None:
            taken[row.school_id, row.use_day, row.use_meal].add((item_id, row.dish_id))
    return _served(actor, taken)


def _served(actor: Actor, taken: dict[Place, set[tuple[UUID, UUID | None]]]) -> dict[Place, Served]:
    if not taken:
        return {}
    places = list(taken)
    asked = _table(
        school_id=(Integer, [place[0] for place in places]), on_day=(Date, [place[1] for place in places]),
        meal=(Text, [place[2] for place in places]),
    )  # fmt: skip
    # Dishes of those meals, with which of the items each holds.
    dishes = (
        select(
            MenuMeal.school_id, MenuMeal.on_day, MenuMeal.meal, MenuDish.dish_id, MenuDish.dish_name,
            DishIngredient.item_id,
        )
        .select_from(asked)
        .join(MenuMeal, _at(actor, MenuMeal, asked))
        .join(MenuDish, and_(same_tenant(MenuDish, MenuMeal), MenuDish.menu_meal_id == MenuMeal.id))
        .outerjoin(
            DishIngredient, and_(same_tenant(DishIngredient, MenuDish), DishIngredient.dish_id == MenuDish.dish_id)
        )
        .order_by(MenuDish.position)
    )  # fmt: skip
    on_menu: dict[Place, dict[UUID, tuple[str, set[UUID]]]] = defaultdict(dict)
    for row in db.session.execute(dishes):
        _name, items = on_menu[row.school_id, row.on_day, row.meal].setdefault(row.dish_id, (row.dish_name, set()))
        if row.item_id is not None:
            items.add(row.item_id)
    found = {place: _of_place(place, takes, on_menu[place]) for place, takes in taken.items()}
    _count_diners(actor, asked, found)
    _count_samples(actor, asked, found)
    return found


def _of_place(
    place: Place, takes: set[tuple[UUID, UUID | None]], menu: dict[UUID, tuple[str, set[UUID]]]
) -> Served:  # fmt: skip
    named = {dish_id for _item, dish_id in takes if dish_id is not None}
    loose = {item for item, dish_id in takes if dish_id is None}
    ids = [dish_id for dish_id, (_name, items) in menu.items() if dish_id in named or items & loose]
    return Served(place[1], place[2], [menu[dish_id][0] for dish_id in ids], ids, not loose)


def _at(actor: Actor, model: Any, asked: Any) -> Any:
    return and_(
        model.bureau_id == actor.bureau_id, model.school_id == asked.c.school_id, model.on_day == asked.c.on_day,
        model.meal == asked.c.meal,
    )  # fmt: skip


def _count_diners(actor: Actor, asked: Any, found: dict[Place, Served]) -> None:
    query = (
        select(
            DinerCount.school_id, DinerCount.on_day, DinerCount.meal, func.count(DinerCount.class_id).label("classes"),
            func.sum(func.coalesce(DinerCount.actual, DinerCount.planned)).label("diners"),
        )
        .select_from(asked)
        .join(DinerCount, _at(actor, DinerCount, asked))
        .group_by(DinerCount.school_id, DinerCount.on_day, DinerCount.meal)
    )  # fmt: skip
    for row in db.session.execute(query):
        served = found[row.school_id, row.on_day, row.meal]
        served.diners, served.classes = int(row.diners), row.classes


def _count_samples(actor: Actor, asked: Any, found: dict[Place, Served]) -> None:
    """Samples of the touched dishes that are still kept: they can be examined."""
    query = (
        select(FoodSample.school_id, FoodSample.on_day, FoodSample.meal, FoodSample.dish_id)
        .select_from(asked)
        .join(FoodSample, _at(actor, FoodSample, asked))
        .where(FoodSample.superseded_at.is_(None), FoodSample.disposed_at.is_(None))
    )
    for row in db.session.execute(query):
        served = found[row.school_id, row.on_day, row.meal]
        if row.dish_id in served.dish_ids:
            served.samples += 1


def _by_unit(pairs: Iterable[tuple[str, Decimal]]) -> dict[str, Decimal]:
    sums: dict[str, Decimal] = defaultdict(lambda: ZERO)
    for unit, quantity in pairs:
        sums[unit] += quantity
    return dict(sorted(sums.items()))


def _words(quantities: dict[str, Decimal]) -> list[dict[str, str]]:
    return [{"unit": unit, "quantity": format(quantity.normalize(), "f")} for unit, quantity in quantities.items()]


def part_as_json(part: SchoolPart) -> dict[str, Any]:
    """As RecallPart.part keeps it: what the school was told, whatever its stores say later."""
    return {
        "came": _words(part.came),
        "left": _words(part.left),
        "used": _words(part.used),
        "diners": part.diners,
        "samples": part.samples,
        "deliveries": [
            {
                "receipt_id": str(row.receipt_id), "number": row.number, "received_at": row.received_at.isoformat(),
                "item_name": row.item_name, "batch_no": row.batch_no, "unit": row.unit,
                "quantity": format(row.quantity.normalize(), "f"), "supplier_name": row.supplier_name,
            }
            for row in part.deliveries
        ],
        "stocks": [
            {
                "batch_id": str(row.batch_id), "item_name": row.item_name, "batch_no": row.batch_no, "unit": row.unit,
                "came": format(row.came.normalize(), "f"), "left": format(row.left.normalize(), "f"),
                "used": format(row.used.normalize(), "f"),
            }
            for row in part.stocks
        ],
        "meals": [
            {
                "on_day": row.on_day.isoformat(), "meal": row.meal, "dishes": row.dishes, "diners": row.diners,
                "classes": row.classes, "samples": row.samples, "is_recorded": row.is_recorded,
            }
            for row in part.meals
        ],
        "transits": [
            {
                "shipment_id": str(row.shipment_id), "number": row.number, "expected_on": row.expected_on.isoformat(),
                "batch_no": row.batch_no, "quantity": format(row.quantity.normalize(), "f"),
            }
            for row in part.transits
        ],
    }  # fmt: skip
