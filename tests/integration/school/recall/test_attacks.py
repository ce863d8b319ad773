"""What a supplier or a school would try so that a recall finds nothing, or too little."""

from decimal import Decimal

import pytest

from bureau.roles import Role
from kernel.database import db, new_id, now
from kernel.web.dates import today
from school.canteen.models import Dish, DishIngredient, Menu, MenuDish, MenuPublication
from school.recall.service import lots
from school.recall.service.asking import ask
from school.recall.service.tracing import trace
from school.stores.models import StoreGood
from school.stores.service import receiving
from school.stores.service.receiving import ByHand
from tests.support.recall import LOT, cook, deliver, keeper, put_on_menu, take


def parts(actor, school_id, number=LOT):
    found = trace(actor, [one.lot for one in lots.of_batch_no(actor, number)])
    return [part for part in found.schools if part.school_id == school_id]


def snapshot(item_id):
    line = {
        "item_id": str(item_id), "food_code": "", "name": "大米", "net_grams": "80", "edible_percent": "100",
        "is_meat": False, "band_grams": {}, "unit_grams": None,
    }  # fmt: skip
    return {
        "name": "演示米饭",
        "kind": "staple",
        "style": "cooked",
        "portion": "scaled",
        "allergens": [],
        "ingredients": [line],
    }


def recipe_changed(actor, dish_id, published):
    """The menu was published with the item; afterwards it was struck out of the recipe."""
    key = {"school_id": actor.school_id, "dish_id": dish_id}
    db.session.query(MenuDish).filter_by(**key).update({"snapshot": published})
    db.session.query(DishIngredient).filter_by(**key).delete()
    db.session.flush()


def test_a_recipe_that_was_changed_after_publication_hides_no_dish(world, rice, acting):
    batch_id = deliver(world, rice, "a3")
    actor = keeper(world, "a3")
    dish_id = put_on_menu(actor, rice)
    take(actor, batch_id, "30", None)
    recipe_changed(actor, dish_id, snapshot(rice))
    [part] = parts(acting(world.actor(Role.CANTEEN_OFFICER)), actor.school_id)
    assert [meal.dishes for meal in part.meals] == [["演示米饭"]]


def test_another_items_snapshot_is_not_suspected(world, rice, acting):
    batch_id = deliver(world, rice, "a3")
    actor = keeper(world, "a3")
    dish_id = put_on_menu(actor, rice)
    take(actor, batch_id, "30", None)
    recipe_changed(actor, dish_id, snapshot(new_id()))
    [part] = parts(acting(world.actor(Role.CANTEEN_OFFICER)), actor.school_id)
    assert [meal.dishes for meal in part.meals] == [[]]


def test_backwards_the_published_recipe_counts_too(world, rice, acting):
    deliver(world, rice, "a3")
    actor = keeper(world, "a3")
    dish_id = put_on_menu(actor, rice)
    recipe_changed(actor, dish_id, snapshot(rice))
    officer = acting(world.actor(Role.CANTEEN_OFFICER))
    meal = {"kind": "meal", "school_id": actor.school_id, "on_day": today(), "meal": "lunch"}
    dish = {"kind": "dish", "school_id": actor.school_id, "on_day": today(), "dish_id": dish_id}
    for asked in (meal, dish):
        assert [one.suspect.lot.batch_no for one in ask(officer, asked).options] == [LOT]


def test_a_dish_taken_off_the_menu_after_its_meal_is_still_asked_for(world, rice, acting):
    deliver(world, rice, "a3")
    actor = keeper(world, "a3")
    dish_id = put_on_menu(actor, rice)
    menu = db.session.query(Menu).filter_by(school_id=actor.school_id).one()
    db.session.query(MenuDish).filter_by(school_id=actor.school_id, dish_id=dish_id).delete()
    db.session.add(
        MenuPublication(
            bureau_id=menu.bureau_id, school_id=menu.school_id, menu_id=menu.id, monday=menu.monday, number=2,
            event="amend", from_state="published", to_state="published", at=now(), by=actor.account_id, by_name="演示",
            reason="换菜", is_public=True,
            changes=[{"day": today().isoformat(), "meal": "lunch", "removed": ["演示米饭"], "added": []}],
        )
    )  # fmt: skip
    db.session.flush()
    officer = acting(world.actor(Role.CANTEEN_OFFICER))
    asked = {"kind": "meal", "school_id": actor.school_id, "on_day": today(), "meal": "lunch"}
    assert [one.suspect.lot.batch_no for one in ask(officer, asked).options] == [LOT]


def test_a_dish_renamed_since_is_called_as_families_knew_it(world, rice, acting):
    made = cook(world, rice, "a3")
    db.session.query(Dish).filter_by(school_id=made.school_id, id=made.dish_id).update({"name": "演示新名"})
    db.session.flush()
    [part] = parts(acting(world.actor(Role.CANTEEN_OFFICER)), made.school_id)
    assert part.meals[0].dishes == ["演示米饭"]


@pytest.mark.parametrize("typed", ["l-77", "Ｌ－７７", " L- 77 ", "L—77", "Ｌ\u200b-77"])
def test_a_lot_is_found_however_its_number_is_typed(world, rice, acting, typed):
    deliver(world, rice, "a3")
    officer = acting(world.actor(Role.CANTEEN_OFFICER))
    assert [one.lot.batch_no for one in lots.of_batch_no(officer, typed)] == [LOT]


def test_a_lot_written_down_before_numbers_had_one_spelling_is_found_as_it_stands(world, rice, acting):
    deliver(world, rice, "a3", batch_no="l 77")
    officer = acting(world.actor(Role.CANTEEN_OFFICER))
    assert [one.lot.batch_no for one in lots.of_batch_no(officer, "l 77")] == ["l 77"]


def test_a_lot_that_came_into_a_store_without_a_receipt_is_found(world, rice, acting):
    deliver(world, rice, "a3", batch_no="OTHER")
    actor = keeper(world, "a3")
    good = db.session.query(StoreGood).filter_by(school_id=actor.school_id, item_id=rice).one()
    receiving.receive_by_hand(actor, new_id(), [ByHand(good.id, Decimal(7), batch_no=LOT)])
    officer = acting(world.actor(Role.CANTEEN_OFFICER))
    [part] = parts(officer, actor.school_id)
    assert sum(part.left.values()) == 7
    assert parts(acting(world.actor(Role.CANTEEN_OFFICER, "b")), actor.school_id) == []
