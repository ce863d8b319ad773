"""What the kitchen cooks, and how much of everything that takes."""

from datetime import timedelta
from decimal import Decimal

import pytest

from kernel.database import new_id
from kernel.database.scope import use_scope
from kernel.errors import Invalid
from school.canteen.service import dishes, menus, publishing, reading
from tests.support import weeks
from tests.support.catalogue import RICE as RICE_ITEM
from tests.support.catalogue import category, item
from tests.support.weeks import NEXT


@pytest.fixture
def rice_item(world, session):
    officer = world.actor("procurement_officer")
    use_scope(session(), officer.scope)
    return item(officer, category(officer, "n-grain", "演示谷物", []), RICE_ITEM, "n-")


@pytest.fixture
def milk_item(world, session):
    officer = world.actor("procurement_officer")
    use_scope(session(), officer.scope)
    values = {
        "code": "MI01", "name": "纯牛奶", "specification": "", "standard": "", "base_unit": "盒", "shelf_life_days": 30,
        "storage": "ambient", "conversions": [],
    }  # fmt: skip
    return item(officer, category(officer, "n-dairy", "演示乳", []), values, "n-")


def lunch(cook, *found, diners=None):
    menu = weeks.draft(cook)
    return menus.set_meal(cook, menu.id, menu.version, NEXT, "lunch", [one.id for one in found], diners)


def test_needs_are_net_by_age_over_edible_share_times_diners(world, acting, rice_item):
    """By hand: a1 has 300 pupils of 6 to 8 and 280 of 9 to 11. WS/T 554 energy: (1700 + 1550) / 2 = 1625 against
    (2100 + 1900) / 2 = 2000, so the younger get 0.8125 of the portion. Mean: (300 × 0.8125 + 280) / 580 of 100 g."""
    cook = acting(world.actor("canteen_manager"))
    rice = weeks.dish(cook, ("米饭", "staple", [("粳米", "100")]), items={"粳米": rice_item})
    lunch(cook, rice, diners=200)
    mean = (Decimal(300) * Decimal("0.8125") + 280) / 580 * 100
    found = reading.needs(cook, cook.school_id, NEXT, NEXT + timedelta(days=6))
    assert set(found) == {(rice_item, NEXT)}
    assert abs(found[rice_item, NEXT] - mean * 200 / 1000) < Decimal("1e-20")
    assert round(found[rice_item, NEXT], 6) == Decimal("18.060345")


def test_the_edible_share_makes_gross_of_net(world, acting, rice_item):
    cook = acting(world.actor("canteen_manager"))
    content = weeks.values("米饭", "staple", [("粳米", "100")], items={"粳米": rice_item}, portion="fixed")
    content["ingredients"][0]["edible_percent"] = Decimal(80)
    found = dishes.save_dish(cook, new_id(), None, **content)
    lunch(cook, found, diners=80)
    assert reading.needs(cook, cook.school_id, NEXT, NEXT)[rice_item, NEXT] == Decimal(10)


def test_what_a_carton_weighs_is_told_by_the_recipe(world, acting, milk_item):
    cook = acting(world.actor("canteen_manager"))
    content = weeks.values("纯牛奶", "dairy", [("纯牛奶", "206")], items={"纯牛奶": milk_item}, portion="fixed")
    with pytest.raises(Invalid) as refusal:
        dishes.save_dish(cook, new_id(), None, **content)
    assert "ingredients.0.unit_grams" in refusal.value.fields
    content["ingredients"][0]["unit_grams"] = Decimal(206)
    found = dishes.save_dish(cook, new_id(), None, **content)
    lunch(cook, found, diners=123)
    assert reading.needs(cook, cook.school_id, NEXT, NEXT)[milk_item, NEXT] == Decimal(123)


def test_what_cannot_be_reckoned_is_named(world, acting):
    cook = acting(world.actor("canteen_manager"))
    lunch(cook, weeks.dish(cook), diners=10)
    found = reading.needs_in_full(cook, cook.school_id, NEXT, NEXT)
    assert found.quantities == {}
    assert {(one.ingredient, one.reason) for one in found.unweighed} == {
        ("猪肉丝", "no_item"), ("青椒", "no_item"), ("大豆油", "no_item"),
    }  # fmt: skip


def test_without_a_plan_the_schools_expected_diners_count(world, acting, rice_item):
    cook = acting(world.actor("canteen_manager"))
    rice = weeks.dish(cook, ("米饭", "staple", [("粳米", "100")]), items={"粳米": rice_item}, portion="fixed")
    lunch(cook, rice)
    day = reading.meals_on(cook, cook.school_id, NEXT)
    diners = next(one.diners for one in day if one.meal == "lunch")
    assert reading.needs(cook, cook.school_id, NEXT, NEXT)[rice_item, NEXT] == Decimal(diners) / 10


def test_a_published_menu_is_reckoned_as_published(world, acting, rice_item):
    cook = acting(world.actor("canteen_manager"))
    rice = weeks.dish(cook, ("米饭", "staple", [("粳米", "100")]), items={"粳米": rice_item}, portion="fixed")
    menu = lunch(cook, rice, diners=100)
    publishing.publish(cook, menu.id, menu.version)
    content = weeks.values("米饭", "staple", [("粳米", "500")], items={"粳米": rice_item}, portion="fixed")
    dishes.save_dish(cook, rice.id, rice.version, **content)
    assert reading.needs(cook, cook.school_id, NEXT, NEXT)[rice_item, NEXT] == Decimal(10)


def test_meals_come_in_the_days_order_with_their_dishes(world, acting):
    cook = acting(world.actor("canteen_manager"))
    menu, _known = weeks.filled(cook)
    day = reading.meals_on(cook, cook.school_id, NEXT)
    assert [one.meal for one in day] == ["breakfast", "lunch", "dinner"]
    assert day[1].dishes[0].name == "米饭"
    assert not day[1].is_published
    publishing.publish(cook, menu.id, menu.version)
    assert all(one.is_published for one in reading.meals_on(cook, cook.school_id, NEXT))
    assert reading.meals_on(cook, cook.school_id, NEXT - timedelta(days=1)) == []


def test_another_schools_menu_is_not_read(world, acting):
    weeks.filled(acting(world.actor("canteen_manager")))
    other = acting(world.actor("canteen_manager", "a2"))
    assert reading.meals_on(other, world.schools["a1"], NEXT) == []
