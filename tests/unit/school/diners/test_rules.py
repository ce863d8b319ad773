from datetime import date, datetime, time

import pytest

from kernel.web.dates import SHANGHAI
from school.diners import rules
from school.diners.rules import Meal


@pytest.mark.parametrize(
    ("stage", "boards", "meals"),
    [
        ("kindergarten", False, ["morning_snack", "lunch", "afternoon_snack"]),
        ("primary", False, ["lunch"]),
        ("junior", True, ["breakfast", "lunch", "dinner"]),
    ],
)
def test_what_a_school_of_a_kind_serves(stage, boards, meals):
    assert rules.usual_meals(stage, boards) == meals


def test_meals_stand_in_the_order_of_the_day():
    assert rules.in_order(["dinner", "breakfast", "dinner", "lunch"]) == [Meal.BREAKFAST, Meal.LUNCH, Meal.DINNER]


def test_a_deadline_is_an_instant_of_shanghai():
    found = rules.report_deadline(date(2026, 9, 7), 1, time(18, 0))
    assert found == datetime(2026, 9, 6, 18, tzinfo=SHANGHAI)


GROUPS = {"one": 40, "two": 38, None: 0}


@pytest.mark.parametrize(
    ("told", "before", "is_meal_day", "expected"),
    [
        ({}, {}, True, 520),
        ({"one": 39}, {}, True, 39 + 38),
        ({}, {"one": 37, "two": 36, None: 20}, True, 93),
        ({"one": 39}, {"one": 37, "two": 36, None: 20}, True, 39 + 36 + 20),
        ({}, {"one": 37}, False, 0),
        ({"one": 12}, {"one": 37}, False, 12),
        # A class that has left since still said how many it was then; it is not asked for any more.
        ({}, {"gone": 30, "one": 37}, True, 37 + 38),
    ],
)
def test_how_many_to_cook_for(told, before, is_meal_day, expected):
    assert rules.expected_of_day(GROUPS, told, before, 520, is_meal_day) == expected


def test_what_was_counted_comes_before_what_was_planned():
    assert (rules.Counted(40).known, rules.Counted(40, 37).known, rules.Counted(40, 0).known) == (40, 37, 0)


@pytest.mark.parametrize(
    ("stage", "grade", "number", "name"),
    [
        ("primary", 3, 2, "三年级2班"), ("kindergarten", 2, 1, "中班1班"), ("senior", 1, 12, "高一12班"),
        ("nine_year", 9, 1, "九年级1班"), ("primary", 12, 1, "12年级1班"),
    ],
)  # fmt: skip
def test_what_people_call_a_class(stage, grade, number, name):
    assert rules.class_name(stage, grade, number) == name


def test_a_pupils_row():
    today = date(2026, 11, 20)
    assert rules.pupil_problems(rules.PupilFacts(date(2018, 5, 4), None, ["milk"]), today) == {}
    wrong = rules.PupilFacts(date(2026, 11, 20), date(2030, 1, 1), ["milk", "stones"])
    assert set(rules.pupil_problems(wrong, today)) == {"birth_date", "left_on", "allergens"}
