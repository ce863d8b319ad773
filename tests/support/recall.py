"""A lot of rice in two schools: received, in the stores, cooked for lunch, counted, sampled."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from bureau.roles import Role
from kernel.actor import Actor
from kernel.database import db, new_id, now
from kernel.database.scope import use_scope
from kernel.web.dates import today
from school.canteen.models import Dish, DishIngredient, Menu, MenuDish, MenuMeal
from school.canteen_day.kinds import SAMPLE
from school.diners.models import DinerCount
from school.stores.models import StoreBalance, StoreBatch
from school.stores.service import issuing, receiving
from school.supply.models import GoodsReceiptLine
from tests.support import canteen_day
from tests.support.receipts import line, record
from tests.support.stores import received

LOT = "L-77"
SUPPLIER = "演示米业"


@dataclass(frozen=True, slots=True)
class Cooked:
    """What one school did with the lot: `came` and `used` kilograms, `diners` at lunch today."""

    school_id: int
    batch_id: UUID
    dish_id: UUID
    came: Decimal
    used: Decimal
    diners: int


def keeper(world: Any, place: str) -> Actor:
    actor = world.actor(Role.STOREKEEPER, place)
    use_scope(db.session(), actor.scope)
    return actor


def deliver(world: Any, item_id: UUID, place: str, quantity: str = "100", batch_no: str = LOT) -> UUID:
    """Receipt and stock; gives the batch."""
    actor = keeper(world, place)
    receipt = record(actor, line(item_id, quantity=Decimal(quantity), batch_no=batch_no), supplier_name=SUPPLIER)
    line_id = db.session.query(GoodsReceiptLine).filter_by(receipt_id=receipt.id, school_id=actor.school_id).one().id
    known = db.session.query(StoreBatch).filter_by(source_id=line_id, school_id=actor.school_id).one_or_none()
    if known is not None:
        return known.id
    row = received(item_id, quantity, batch_no=batch_no, source_id=line_id, supplier_name=SUPPLIER)
    receiving.receive(actor, new_id(), [row], receipt_id=receipt.id)
    return db.session.query(StoreBatch).filter_by(source_id=line_id, school_id=actor.school_id).one().id


def take(actor: Actor, batch_id: UUID, quantity: str, dish_id: UUID | None, day: date | None = None) -> None:
    place = db.session.query(StoreBalance).filter_by(batch_id=batch_id, school_id=actor.school_id, is_live=True).one()
    issuing.issue_for_meal(
        actor, new_id(), day=day or today(), meal="lunch", dish_id=dish_id,
        takes=[(batch_id, place.location_id, Decimal(quantity))],
    )  # fmt: skip


def put_on_menu(actor: Actor, item_id: UUID, name: str = "演示米饭", day: date | None = None) -> UUID:
    """A dish of the item on the day's lunch; a published menu of that week."""
    day = day or today()
    key = {"bureau_id": actor.bureau_id, "school_id": actor.own_school_id()}
    monday = day - timedelta(days=day.weekday())
    dish = Dish(**key, id=new_id(), code=name, name=name, search_name=name, kind="staple", created_by=actor.account_id)
    db.session.add(dish)
    db.session.flush()
    db.session.add(
        DishIngredient(
            **key, id=new_id(), dish_id=dish.id, item_id=item_id, position=1, name="大米", net_grams=Decimal(80)
        )
    )
    menu = db.session.query(Menu).filter_by(**key, monday=monday, state="published").one_or_none()
    if menu is None:
        menu = Menu(
            **key, id=new_id(), monday=monday, state="published", is_public=True, edition=1, published_at=now(),
            published_by=actor.account_id, created_by=actor.account_id,
        )  # fmt: skip
        db.session.add(menu)
        db.session.flush()
    meal = db.session.query(MenuMeal).filter_by(**key, menu_id=menu.id, on_day=day, meal="lunch").one_or_none()
    if meal is None:
        meal = MenuMeal(**key, id=new_id(), menu_id=menu.id, on_day=day, meal="lunch")
        db.session.add(meal)
        db.session.flush()
    db.session.add(
        MenuDish(
            **key, id=new_id(), menu_meal_id=meal.id, dish_id=dish.id, position=1, dish_name=name, dish_kind="staple"
        )
    )
    db.session.flush()
    return dish.id


def cook(
    world: Any, item_id: UUID, place: str, *, came: str = "100", used: str = "30", diners: int = 320, named: bool = True,
    batch_no: str = LOT,
) -> Cooked:  # fmt: skip
    """The lot arrives, some of it is cooked for today's lunch, with a sample of the dish. `named`: the issue says for
    which dish."""
    batch_id = deliver(world, item_id, place, came, batch_no)
    actor = keeper(world, place)
    dish_id = put_on_menu(actor, item_id)
    take(actor, batch_id, used, dish_id if named else None)
    db.session.add(
        DinerCount(
            bureau_id=actor.bureau_id, school_id=actor.own_school_id(), id=new_id(), on_day=today(), meal="lunch",
            planned=diners, reported_at=now(), reported_by=actor.account_id, created_by=actor.account_id,
        )
    )  # fmt: skip
    db.session.flush()
    chef = canteen_day.cook(world, place)
    canteen_day.keep(chef, SAMPLE, **{**canteen_day.SAMPLE, "dish_id": dish_id, "dish_name": "演示米饭"})
    use_scope(db.session(), actor.scope)
    return Cooked(actor.own_school_id(), batch_id, dish_id, Decimal(came), Decimal(used), diners)
