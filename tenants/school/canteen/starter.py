"""Common dishes with their recipes, for a bureau that begins its list: read from data/dishes.txt. Pure but for the file."""

from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path

from school.canteen.foods import named
from school.canteen.rules import DishKind, Line, Portion
from school.diners.rules import Meal

SOURCE = Path(__file__).with_name("data") / "dishes.txt"
LETTERS = {
    "b": Meal.BREAKFAST, "m": Meal.MORNING_SNACK, "l": Meal.LUNCH, "a": Meal.AFTERNOON_SNACK, "d": Meal.DINNER,
    "n": Meal.NIGHT_SNACK,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class StarterDish:
    name: str
    kind: DishKind
    meals: tuple[Meal, ...]
    portion: Portion
    lines: tuple[Line, ...]


@cache
def starter_dishes() -> tuple[StarterDish, ...]:
    rows = (line.strip() for line in SOURCE.read_text(encoding="utf-8").splitlines())
    return tuple(_dish(row) for row in rows if row and not row.startswith("#"))


def _dish(row: str) -> StarterDish:
    name, kind, meals, how, recipe = (part.strip() for part in row.split("|"))
    return StarterDish(
        name=name, kind=DishKind(kind), meals=tuple(LETTERS[letter] for letter in meals.split()),
        portion=Portion(how or Portion.SCALED), lines=tuple(_line(part) for part in recipe.split(",")),
    )  # fmt: skip


def _line(text: str) -> Line:
    name, _space, grams = text.strip().rpartition(" ")
    food = named(name)
    if food is None:
        return Line(name, Decimal(grams))
    return Line(name, Decimal(grams), food_code=food.code, edible_percent=food.edible_percent, is_meat=food.is_meat)
