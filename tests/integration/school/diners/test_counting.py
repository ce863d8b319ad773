from datetime import date, datetime, timedelta

import pytest

from kernel.database import clock_at, new_id
from kernel.errors import NotFound, RuleBroken
from kernel.web.dates import SHANGHAI
from school.diners.rules import Meal
from school.diners.service import classes, counting, meals

MONDAY = date(2026, 11, 16)


def at(day: date, hour: int = 8) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=SHANGHAI)


@pytest.fixture
def manager(acting, world):
    return acting(world.actor("canteen_manager", "a2"))


def open_class(actor, grade, number, pupils=0):
    row = classes.open_class(
        actor, new_id(), {"name": "", "stage": "primary", "grade": grade, "number": number, "teacher_id": None}
    )
    row.pupil_count = pupils
    return row


def test_a_school_that_never_reported_is_expected_by_its_profile(manager, world):
    school = world.schools["a2"]
    assert counting.expected(manager, school, [MONDAY]) == {(MONDAY, Meal.LUNCH): 520}
    assert meals.meals_served(manager, school) == [Meal.LUNCH]


def test_a_boarding_school_serves_three_meals(acting, world):
    actor = acting(world.actor("canteen_manager", "a1"))
    assert meals.meals_served(actor, world.schools["a1"]) == [Meal.BREAKFAST, Meal.LUNCH, Meal.DINNER]


def test_planned_then_last_week_then_the_class(manager, world):
    school = world.schools["a2"]
    first, second, third = (open_class(manager, 3, number, 40) for number in (1, 2, 3))
    with clock_at(at(MONDAY)):
        counting.report(manager, MONDAY, {(Meal.LUNCH, first.id): 38, (Meal.LUNCH, second.id): 39})
        counting.count_served(manager, MONDAY, {(Meal.LUNCH, second.id): 37, (Meal.LUNCH, None): 21})
    following = MONDAY + timedelta(days=7)
    with clock_at(at(following)):
        counting.report(manager, following, {(Meal.LUNCH, first.id): 36})
    # The first said so, the second as it was counted a week before, the third has all of its pupils, the staff too.
    assert counting.expected(manager, school, [following]) == {(following, Meal.LUNCH): 36 + 37 + 40 + 21}
    saturday = MONDAY + timedelta(days=5)
    assert counting.expected(manager, school, [saturday]) == {(saturday, Meal.LUNCH): 0}
    rows = counting.class_counts(manager, school, following, Meal.LUNCH)
    assert [(row.class_id, row.planned, row.proposed) for row in rows] == [
        (first.id, 36, 36), (second.id, None, 37), (third.id, None, 40), (None, None, 21),
    ]  # fmt: skip
    assert counting.served(manager, school, MONDAY, following) == {
        (MONDAY, Meal.LUNCH): (38 + 37, 21),
        (following, Meal.LUNCH): (36, 0),
    }


def test_after_the_deadline_only_the_canteen_may_change_a_count(acting, manager, world):
    row = open_class(manager, 1, 1, 40)
    teacher = acting(world.actor("teacher", "a2"))
    place = {(Meal.LUNCH, row.id): 40}
    with clock_at(at(MONDAY, 8)):
        counting.report(teacher, MONDAY, place)
    with clock_at(at(MONDAY, 10)):
        with pytest.raises(RuleBroken, match="截止"):
            counting.report(teacher, MONDAY, place)
        counting.report(acting(world.actor("canteen_manager", "a2")), MONDAY, place)


def test_another_schools_class_is_not_found(acting, manager, world):
    row = open_class(manager, 1, 1, 40)
    other = acting(world.actor("canteen_manager", "a1"))
    with clock_at(at(MONDAY)), pytest.raises(NotFound):
        counting.report(other, MONDAY, {(Meal.LUNCH, row.id): 40})
