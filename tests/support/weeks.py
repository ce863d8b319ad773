"""Dishes and menus of the test world's schools, through the services."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from kernel.actor import Actor
from kernel.database import db, new_id
from kernel.database.scope import use_scope
from kernel.web.dates import today
from school.canteen.models import Dish, Menu, RecommendedDish
from school.canteen.rules import monday_of
from school.canteen.service import dishes, menus, publishing, recommended
from tests.support.world import World

NEXT = monday_of(today()) + timedelta(weeks=2)

RICE = ("米饭", "staple", [("粳米", "100")])
PORK = ("青椒肉片", "meat", [("猪肉丝", "30"), ("青椒", "25"), ("大豆油", "4")])
CHICKEN = ("宫保鸡丁", "meat", [("鸡胸肉", "30"), ("黄瓜", "15"), ("花生仁", "5"), ("大豆油", "4")])
SPINACH = ("蒜蓉菠菜", "vegetable", [("菠菜", "80"), ("大豆油", "4")])
CABBAGE = ("手撕包菜", "vegetable", [("结球甘蓝", "80"), ("大豆油", "4")])
SOUP = ("番茄蛋花汤", "soup", [("番茄", "25"), ("鸡蛋", "8")])
GREEN_BEANS = ("干煸四季豆", "vegetable", [("四季豆", "80"), ("大豆油", "4")])
LUNCH = (RICE, PORK, CHICKEN, SPINACH, CABBAGE, SOUP)


def manager(world: World, place: str = "a1") -> Actor:
    actor = world.actor("canteen_manager", place)
    use_scope(db.session(), actor.scope)
    return actor


def values(name: str, kind: str, lines: Sequence[tuple[str, str]], **changes: Any) -> dict[str, Any]:
    """What save_dish takes; the items of the catalogue by `items={food name: id}`."""
    items = changes.pop("items", {})
    return {
        "code": changes.pop("code", name), "name": name, "kind": kind, "style": "cooked", "portion": "scaled",
        "meals": [], "allergens": [], "note": "", "is_active": True,
        "ingredients": [
            {
                "name": food, "net_grams": Decimal(grams), "item_id": items.get(food), "food_code": "",
                "edible_percent": None, "is_meat": None, "band_grams": {}, "unit_grams": None,
            }
            for food, grams in lines
        ],
        **changes,
    }  # fmt: skip


def dish(actor: Actor, of: tuple[str, str, list[tuple[str, str]]] = PORK, **changes: Any) -> Dish:
    return dishes.save_dish(actor, new_id(), None, **values(*of, **changes))


def lunch_dishes(
    actor: Actor, of: Sequence[tuple[str, str, list[tuple[str, str]]]] = LUNCH, **changes: Any
) -> dict[str, UUID]:
    return {one[0]: dish(actor, one, **changes).id for one in of}


def draft(actor: Actor, monday: date = NEXT, days: int = 5) -> Menu:
    return menus.begin(actor, new_id(), monday, days=[monday + timedelta(days=number) for number in range(days)])


def filled(actor: Actor, monday: date = NEXT, of: Sequence[Any] = LUNCH, days: int = 5) -> tuple[Menu, dict[str, UUID]]:
    """A draft whose every lunch is the same."""
    known = lunch_dishes(actor, of)
    menu = draft(actor, monday, days)
    for number in range(days):
        menu = menus.set_meal(
            actor, menu.id, menu.version, monday + timedelta(days=number), "lunch", list(known.values())
        )
    return menu, known


def published(actor: Actor, monday: date = NEXT) -> Menu:
    menu, _known = filled(actor, monday)
    return publishing.publish(actor, menu.id, menu.version)


def recommended_dish(
    actor: Actor, of: tuple[str, str, list[tuple[str, str]]] = PORK, **changes: Any
) -> RecommendedDish:
    use_scope(db.session(), actor.scope)
    return recommended.save_recommended(actor, new_id(), None, **values(*of, **changes))
