"""Dishes, limits and whole weeks for tests of menus, without a database."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import cache

from kernel.policy.national import national_figures
from kernel.policy.rules import resolve
from school.canteen.checks.facts import SchoolFacts
from school.canteen.costs import ItemPrice, PriceSource
from school.canteen.figures import Diners, DishFigures, Recipe, reckon
from school.canteen.foods import foods, named
from school.canteen.limits import KEYS, Limits
from school.canteen.nutrients import Nutrient
from school.canteen.proposing.request import USUAL, Candidate, Pattern, Request, Slot
from school.canteen.rules import Band, Line, Mix, counts_as_meat
from school.canteen.service.limits import limits_from
from school.canteen.standards import standard_on
from school.canteen.starter import starter_dishes

MONDAY = date(2026, 9, 7)
PRIMARY = Mix({Band.AGE_6_8: 300, Band.AGE_9_11: 280})
JUNIOR = Mix({Band.AGE_12_14: 500})


@cache
def national_limits(on: date = MONDAY) -> Limits:
    rows = [figure for figure in national_figures() if figure.key in KEYS]
    found = {key: resolve([row for row in rows if row.key == key], on) for key in KEYS}
    return limits_from({key: one for key, one in found.items() if one is not None})


def diners(mix: Mix = PRIMARY) -> Diners:
    return Diners(mix, standard_on(MONDAY).factors())


def school_facts(mix: Mix = PRIMARY, stage: str = "primary", allergic: Mapping[str, int] | None = None) -> SchoolFacts:
    standard = standard_on(MONDAY)
    return SchoolFacts(stage, {one: standard.mean_need(mix, one) for one in Nutrient}, allergic or {})


def line(text: str, is_meat: bool | None = None) -> Line:
    """`line("猪五花肉 30")`, by the names of foods.csv."""
    name, grams = text.rsplit(" ", 1)
    food = named(name)
    if food is None:
        return Line(name, Decimal(grams), is_meat=bool(is_meat))
    meat = food.is_meat if is_meat is None else is_meat
    # The food's code stands for an item of the catalogue, so that it can have a price.
    return Line(name, Decimal(grams), food.code, food.code, food.edible_percent, meat)


def dish(name: str, kind: str, *lines: str, mix: Mix = PRIMARY, style: str = "cooked", portion: str = "scaled",
         prices: Mapping[object, ItemPrice] | None = None, allergens: Sequence[str] = ()) -> DishFigures:  # fmt: skip
    recipe = Recipe(name, name, kind, tuple(line(one) for one in lines), style, portion, frozenset(allergens))
    return reckon(recipe, diners(mix), prices, kilograms())


@cache
def kilograms() -> Mapping[object, str]:
    """Every food is sold by the kilogram."""
    return dict.fromkeys(foods(), "kg")


def invented_price(code: str) -> ItemPrice:
    """Dear meat, cheap rice: by the food's group, a little different for each."""
    by_group = {"grain": 5, "tuber": 4, "pulse": 9, "vegetable": 6, "mushroom": 12, "algae": 10, "fruit": 8,
                "livestock": 34, "poultry": 20, "aquatic": 32, "egg": 10, "dairy": 11, "soy": 7, "nut": 20, "oil": 12,
                "seasoning": 8}  # fmt: skip
    food = foods()[code]
    yuan = by_group[food.group] + (sum(map(ord, code)) % 7) / 2
    return ItemPrice(Fraction(int(yuan * 100)), PriceSource.BOOK, MONDAY)


def starter_figures(mix: Mix | None = None) -> tuple[tuple[DishFigures, frozenset[str]], ...]:
    who = diners(mix or PRIMARY)
    found = []
    for one in starter_dishes():
        lines = tuple(
            Line(row.name, row.net_grams, row.food_code, row.food_code or None, row.edible_percent, row.is_meat)
            for row in one.lines
        )
        prices = {row.food_code: invented_price(row.food_code) for row in one.lines if row.food_code}
        recipe = Recipe(one.name, one.name, one.kind, lines, portion=one.portion)
        found.append((reckon(recipe, who, prices, kilograms()), frozenset(one.meals)))
    return tuple(found)


def candidates_of(rows: Sequence[tuple[DishFigures, frozenset[str]]], limits: Limits) -> list[Candidate]:
    from school.canteen.proposing.solving import dear_price

    share = limits.limit("menu.meat.share_of_meat_dish").at_least
    kinds = ["meat" if counts_as_meat(one.kind, one.meat_share, share) else one.kind for one, _meals in rows]
    price = dear_price([(kind, one) for kind, (one, _meals) in zip(kinds, rows, strict=True)])
    return [Candidate(one, kind, meals, price(kind, one)) for kind, (one, meals) in zip(kinds, rows, strict=True)]


def week_slots(meals: Sequence[str], days: int = 5, patterns: Mapping[str, Pattern] = USUAL) -> list[Slot]:
    return [Slot(MONDAY + timedelta(days=number), meal, patterns[meal]) for number in range(days) for meal in meals]


def request(meals: Sequence[str] = ("breakfast", "lunch", "dinner"), days: int = 5, mix: Mix = PRIMARY,
            stage: str = "primary", **values: object) -> Request:  # fmt: skip
    limits = national_limits()
    return Request(
        slots=week_slots(meals, days), candidates=candidates_of(starter_figures(mix), limits),
        school=school_facts(mix, stage), limits=limits, published_on=MONDAY - timedelta(days=10), **values,  # type: ignore[arg-type]
    )  # fmt: skip
