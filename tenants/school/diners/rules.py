"""Meals and diners: pure rules."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
MOST_DINERS = 99_999


class Meal(StrEnum):
    """A meal of a canteen's day, in the order in which they are served."""

    BREAKFAST = "breakfast"
    MORNING_SNACK = "morning_snack"
    LUNCH = "lunch"
    AFTERNOON_SNACK = "afternoon_snack"
    DINNER = "dinner"
    NIGHT_SNACK = "night_snack"


class Allergen(StrEnum):
    """The eight kinds of allergens that GB 7718-2011 4.4.3 names; recipes and pupils use the same words."""

    GLUTEN = "gluten"
    CRUSTACEANS = "crustaceans"
    FISH = "fish"
    EGGS = "eggs"
    PEANUTS = "peanuts"
    SOY = "soy"
    MILK = "milk"
    NUTS = "nuts"


class Sex(StrEnum):
    MALE = "male"
    FEMALE = "female"


MEAL_ORDER = {meal: position for position, meal in enumerate(Meal)}


def in_order(meals: Iterable[str]) -> list[Meal]:
    """Each once, as the day goes."""
    return sorted({Meal(meal) for meal in meals}, key=MEAL_ORDER.__getitem__)


def usual_meals(stage: str, is_boarding: bool) -> list[Meal]:
    """What a school of this kind serves before anybody has said so: a kindergarten one meal and two snacks (一餐两点),
    a boarding school three meals, any other lunch."""
    if stage == "kindergarten":
        return [Meal.MORNING_SNACK, Meal.LUNCH, Meal.AFTERNOON_SNACK]
    if is_boarding:
        return [Meal.BREAKFAST, Meal.LUNCH, Meal.DINNER]
    return [Meal.LUNCH]


def report_deadline(day: date, days_before: int, until: time) -> datetime:
    """The instant until which classes may say how many of them eat."""
    return datetime.combine(day - timedelta(days=days_before), until, SHANGHAI)


@dataclass(frozen=True, slots=True)
class Counted:
    """How many of a group eat a meal: said beforehand, counted when it was served."""

    planned: int
    actual: int | None = None

    @property
    def known(self) -> int:
        return self.planned if self.actual is None else self.actual


def expected_of_day(
    groups: Mapping[Any, int],
    told: Mapping[Any, int],
    week_before: Mapping[Any, int],
    profile_diners: int,
    is_meal_day: bool = True,
) -> int:
    """How many to cook for at one meal. `groups`: class (None: staff) → how many it has; `told`: what was said for
    this meal; `week_before`: what held when this meal was last counted on such a weekday.

    Where nobody has ever told anything, it is the school's profile; where some have, the others eat as they did a week
    before, or all of them. On a day without school only those eat who said so.
    """
    if not is_meal_day:
        return sum(told.values())
    if not told and not week_before:
        return profile_diners
    silent = [group for group in groups if group not in told]
    return sum(told.values()) + sum(week_before.get(group, groups[group]) for group in silent)


@dataclass(frozen=True, slots=True)
class ClassName:
    grade: int
    number: int


NUMERALS = "零一二三四五六七八九十"
KINDERGARTEN_GRADES = {0: "托班", 1: "小班", 2: "中班", 3: "大班"}
GRADE_WORDS: dict[str, Mapping[int, str]] = {
    "kindergarten": KINDERGARTEN_GRADES,
    "senior": {1: "高一", 2: "高二", 3: "高三"},
    "vocational": {1: "职一", 2: "职二", 3: "职三"},
}


def class_name(stage: str, grade: int, number: int) -> str:
    """三年级2班, 中班1班, 高一3班: what people call a class of this stage."""
    words = GRADE_WORDS.get(stage, {})
    if grade in words:
        return f"{words[grade]}{number}班"
    numeral = NUMERALS[grade] if 0 <= grade < len(NUMERALS) else str(grade)
    return f"{numeral}年级{number}班"


@dataclass(frozen=True, slots=True)
class PupilFacts:
    """One row of the pupils' table as far as it can be judged alone."""

    birth_date: date | None
    left_on: date | None
    allergens: Sequence[str]


def pupil_problems(pupil: PupilFacts, today: date) -> dict[str, str]:
    """Field → code."""
    problems: dict[str, str] = {}
    if pupil.birth_date is not None and not today - timedelta(days=366 * 25) <= pupil.birth_date < today:
        problems["birth_date"] = "implausible_birth"
    if pupil.left_on is not None and pupil.left_on > today + timedelta(days=366):
        problems["left_on"] = "left_too_late"
    if any(allergen not in set(Allergen) for allergen in pupil.allergens):
        problems["allergens"] = "unknown_allergen"
    return problems
