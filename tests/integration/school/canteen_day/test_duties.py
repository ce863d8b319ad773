"""Records fulfil what is due: all that is asked for, when it happened, and no longer once corrected away."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from bureau.roles import Role
from duties.models import DutyMark
from kernel.database import new_id, now
from school.canteen_day import kinds
from school.canteen_day.rules import Dish
from school.canteen_day.service import day as days
from school.canteen_day.service import keeping, menu
from school.canteen_day.service.menu import MealMenu
from school.diners.rules import Meal
from tests.support.canteen_day import ATE, COOKED, SAMPLE, TASTED, add_person, add_refrigerator, cook, entry, keep


def marks(session, actor) -> list[tuple[str, str]]:
    """(kind, meal) of what counts."""
    query = select(DutyMark).where(DutyMark.school_id == actor.school_id, DutyMark.withdrawn_at.is_(None))
    return sorted((mark.kind, mark.meal) for mark in session.scalars(query))


@pytest.fixture
def lunch(monkeypatch):
    """A menu of three dishes, one of which is not cooked."""
    dishes = (Dish(None, "红烧肉", "meat"), Dish(None, "青菜", "vegetable"), Dish(None, "牛奶", "dairy"))
    menus = {Meal.LUNCH: MealMenu(Meal.LUNCH, 400, dishes, True)}
    monkeypatch.setattr("school.canteen_day.service.completing.menus_on", lambda *_args: menus)
    return menus


def test_the_morning_check_is_done_when_everybody_was_seen(session, world):
    actor = cook(world)
    first, second = add_person(actor, "演示甲"), add_person(actor, "演示乙")
    keep(actor, kinds.STAFF_CHECK, staff_id=first.id)
    assert marks(session, actor) == []
    keep(actor, kinds.STAFF_CHECK, staff_id=second.id, is_absent=True)
    assert marks(session, actor) == [("morning_check", "")]


def test_samples_are_done_when_every_dish_has_enough(session, world, lunch):
    actor = cook(world)
    keep(actor, kinds.SAMPLE, **SAMPLE)
    short = keep(actor, kinds.SAMPLE, **{**SAMPLE, "dish_name": "青菜", "grams": 90})
    keep(actor, kinds.SAMPLE, **{**SAMPLE, "dish_name": "牛奶"})
    assert marks(session, actor) == []
    page = days.day_of_school(actor, actor.school_id, short.on_day)
    task = next(task for task in page.meals[0].tasks if task.kind is kinds.SAMPLE)
    assert (task.state, task.missing) == ("problem", ["青菜"])
    keep(actor, kinds.SAMPLE, **{**SAMPLE, "dish_name": "青菜"}, corrects_id=short.id, correction_reason="补足")
    assert marks(session, actor) == [("sample_retention", "lunch")]


def test_temperatures_are_done_when_what_is_cooked_is_hot_enough(session, world, lunch):
    actor = cook(world)
    low, _fine = (
        record
        for record, _new in keeping.keep(
            actor, kinds.COOKING,
            [entry(**{**COOKED, "celsius": Decimal(60)}), entry(**{**COOKED, "dish_name": "青菜"})],
        )
    )  # fmt: skip
    assert marks(session, actor) == []
    keep(actor, kinds.COOKING, **COOKED, again_of=low.id)
    assert marks(session, actor) == [("cooking_temperature", "lunch")]


def test_without_a_menu_one_record_does(session, world):
    actor = cook(world)
    keep(actor, kinds.SAMPLE, **{**SAMPLE, "meal": "night_snack"})
    assert marks(session, actor) == [("sample_retention", "night_snack")]


def test_refrigerators_are_done_when_each_was_read(session, world):
    actor = cook(world)
    first, second = add_refrigerator(actor), add_refrigerator(actor, "2 号冰箱")
    keep(actor, kinds.REFRIGERATOR, refrigerator_id=first.id, celsius=Decimal(4))
    assert marks(session, actor) == []
    keep(actor, kinds.REFRIGERATOR, refrigerator_id=second.id, celsius=Decimal(4))
    assert marks(session, actor) == [("refrigerator_temperature", "")]


def test_a_disinfection_that_lacks_something_fulfils_nothing(session, world):
    actor = cook(world)
    weak = {"meal": "lunch", "object": "餐具", "method": "steam", "seconds": 60}
    keep(actor, kinds.DISINFECTION, **weak)
    assert marks(session, actor) == []
    keep(actor, kinds.DISINFECTION, **{**weak, "seconds": 600})
    assert marks(session, actor) == [("disinfection", "lunch")]


def test_the_others_are_done_by_their_record(session, world, acting):
    actor = cook(world)
    keep(actor, kinds.TASTING, **TASTED)
    keep(actor, kinds.ACCOMPANYING, **ATE)
    keep(actor, kinds.WASTE, meal="lunch", kind="leftovers", grams=100, diners=1)
    keep(actor, kinds.CLEANING, areas=["操作间"])
    keep(acting(world.actor(Role.FOOD_SAFETY_OFFICER)), kinds.CONTROL, kind="daily", summary="", attendees="")
    head = acting(world.actor(Role.PRINCIPAL))
    keep(head, kinds.CONTROL, kind="weekly", summary="排查", attendees="")
    keep(head, kinds.CONTROL, kind="monthly", summary="纪要", attendees="校长")
    assert [kind for kind, _meal in marks(session, head)] == [
        "accompanying_meal", "cleaning", "daily_control", "monthly_meeting", "tasting", "waste", "weekly_check",
    ]  # fmt: skip


def test_done_when_it_happened_if_written_down_soon_else_when_written_down(session, world):
    actor = cook(world)
    soon, late = now() - timedelta(minutes=90), now() - timedelta(minutes=200)
    keep(actor, kinds.TASTING, soon, **TASTED)
    keep(actor, kinds.TASTING, late, **{**TASTED, "meal": "breakfast"})
    found = {mark.meal: mark.at for mark in session.scalars(select(DutyMark).where(DutyMark.kind == "tasting"))}
    assert found["lunch"] == soon
    assert now() - found["breakfast"] < timedelta(minutes=1)


def test_a_correction_to_another_meal_takes_the_mark_along(session, world):
    actor = cook(world)
    wrong = keep(actor, kinds.TASTING, **TASTED)
    keep(actor, kinds.TASTING, **{**TASTED, "meal": "dinner"}, corrects_id=wrong.id, correction_reason="餐次选错")
    assert marks(session, actor) == [("tasting", "dinner")]


def test_the_day_counts_what_is_done(session, world, lunch):
    actor = cook(world)
    kept = keep(actor, kinds.TASTING, **TASTED)
    page = days.day_of_school(actor, actor.school_id, kept.on_day)
    assert page.done == 1
    assert [meal.meal for meal in page.meals] == [Meal.LUNCH]
    states = {task.kind.code: task.state for task in page.meals[0].tasks}
    assert states["tasting"] == "done"
    assert {state for code, state in states.items() if code != "tasting"} == {"open"}


def test_meals_without_a_menu_are_those_that_the_school_serves(session, world):
    actor = cook(world)
    found = menu.menus_on(actor, actor.school_id, now().date())
    assert all(one.dishes == () for one in found.values())


def test_the_page_of_another_day_stands_by_itself(session, world):
    actor = cook(world)
    keep(actor, kinds.TASTING, **TASTED)
    page = days.day_of_school(actor, actor.school_id, now().date() - timedelta(days=40))
    assert page.done == 0


def test_a_survey_and_a_training_are_marked_too(session, world):
    from school.canteen_staff.service import training

    actor = cook(world)
    staff = add_person(actor, "演示甲")
    held, _new = training.record_session(
        actor, new_id(), held_on=now().date(), topic="演示", hours=Decimal(2), attendances=[{"staff_id": staff.id}]
    )
    assert marks(session, actor) == [("staff_training", "")]
    training.void_session(actor, held.id, held.version, "登错")
    assert marks(session, actor) == []
