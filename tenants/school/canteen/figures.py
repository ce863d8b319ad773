"""What the checks and the proposer need to know of a dish, reckoned once: its nutrition for the mean diner of a school,
its share of meat, its kinds of food, its vegetables, its cost. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction

from school.canteen import costs, nutrients, rules
from school.canteen.costs import Cost, ItemPrice
from school.canteen.foods import Food, Group, food_of
from school.canteen.nutrients import Amounts, Nutrient
from school.canteen.rules import ZERO, Line, Mix

WATER = "水"  # from the tap: nobody buys it
QUALITY = frozenset({Group.LIVESTOCK, Group.POULTRY, Group.AQUATIC, Group.EGG, Group.DAIRY, Group.SOY})


@dataclass(frozen=True, slots=True)
class Recipe:
    """A dish as it is judged: of a school, of the bureau's list, or of a published snapshot. `key` tells dishes apart."""

    key: str
    name: str
    kind: str
    lines: tuple[Line, ...]
    style: str = "cooked"
    portion: str = "scaled"
    allergens: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Diners:
    """Who eats: ages, and how much of the base portion each age gets."""

    mix: Mix
    factors: Mapping[str, Decimal]


@dataclass(frozen=True, slots=True)
class Weighed:
    """One ingredient of the mean diner."""

    line: Line
    food: Food | None
    net: Decimal
    gross: Decimal

    @property
    def is_flavour(self) -> bool:
        return self.food is not None and self.food.is_flavour


@dataclass(frozen=True, slots=True)
class DishFigures:
    """Grams and amounts are of the mean diner. `uncoded`: ingredients whose composition is not known at all."""

    recipe: Recipe
    nutrition: Amounts
    quality_protein: Decimal
    meat_share: Decimal | None
    varieties: frozenset[str]
    fresh_vegetables: frozenset[str]
    vegetable_grams: Decimal
    dark_grams: Decimal
    liver_grams: Decimal
    allergens: frozenset[str]
    uncoded: tuple[str, ...]
    cost: Cost
    gross_grams: Mapping[object, Decimal] = field(default_factory=dict)  # by item

    @property
    def key(self) -> str:
        return self.recipe.key

    @property
    def name(self) -> str:
        return self.recipe.name

    @property
    def kind(self) -> str:
        return self.recipe.kind


def weigh(recipe: Recipe, diners: Diners) -> list[Weighed]:
    found = []
    for line in recipe.lines:
        net = rules.mean_net_grams(line, recipe.portion, diners.mix, diners.factors)
        found.append(Weighed(line, food_of(line.food_code), net, rules.gross_grams(net, line.edible_percent)))
    return found


def reckon(
    recipe: Recipe,
    diners: Diners,
    prices: Mapping[object, ItemPrice] | None = None,
    units: Mapping[object, str] | None = None,
) -> DishFigures:
    """`prices`: item → price of a base unit; `units`: item → its base unit."""
    rows = weigh(recipe, diners)
    parts = [nutrients.amounts_of(row.net, row.food.per_100 if row.food else None) for row in rows]
    solid = [row for row in rows if not row.is_flavour]
    known = [row for row in rows if row.food is not None]
    vegetables = [row for row in known if row.food is not None and row.food.is_vegetable]
    gross: dict[object, Decimal] = {}
    for row in rows:
        if row.line.item_id is not None:
            gross[row.line.item_id] = gross.get(row.line.item_id, ZERO) + row.gross
    return DishFigures(
        recipe=recipe,
        nutrition=nutrients.total(parts),
        quality_protein=sum(
            (
                part.of(Nutrient.PROTEIN)
                for row, part in zip(rows, parts, strict=True)
                if row.food is not None and row.food.group in QUALITY
            ),
            start=ZERO,
        ),
        meat_share=rules.meat_share((row.line.is_meat, row.net) for row in solid),
        varieties=frozenset(row.food.variety for row in known if row.food is not None and not row.is_flavour),
        fresh_vegetables=frozenset(
            row.food.variety for row in vegetables if row.food is not None and row.food.is_fresh
        ),
        vegetable_grams=sum((row.net for row in vegetables), start=ZERO),
        dark_grams=sum((row.net for row in vegetables if row.food is not None and row.food.is_dark), start=ZERO),
        liver_grams=sum((row.net for row in known if row.food is not None and row.food.is_liver), start=ZERO),
        allergens=recipe.allergens.union(*(row.food.allergens for row in known if row.food is not None)),
        uncoded=tuple(dict.fromkeys(row.line.name for row in rows if row.food is None)),
        cost=costs.total(_cost(row, prices or {}, units or {}) for row in rows),
        gross_grams=gross,
    )


def _cost(row: Weighed, prices: Mapping[object, ItemPrice], units: Mapping[object, str]) -> Cost:
    if row.food is not None and row.food.variety == WATER:
        return costs.NOTHING
    item = row.line.item_id
    density = row.food.density if row.food else None
    weight = rules.grams_of_unit(units[item], row.line.unit_grams, density) if item in units else None
    return costs.cost_of(row.line.name, row.gross, weight, prices.get(item))


Week = Mapping[tuple[date, str], Sequence[DishFigures]]


def by_day(week: Week) -> dict[date, list[DishFigures]]:
    """Every dish of each day, one that is served twice twice."""
    found: dict[date, list[DishFigures]] = {}
    for (day, _meal), dishes in sorted(week.items()):
        found.setdefault(day, []).extend(dishes)
    return found


def nutrition_of(dishes: Iterable[DishFigures]) -> Amounts:
    return nutrients.total(dish.nutrition for dish in dishes)


def cost_of(dishes: Iterable[DishFigures]) -> Cost:
    return costs.total(dish.cost for dish in dishes)


def mean_day_cost(week: Week) -> Cost:
    """Of one diner who eats every meal, on the mean of the days."""
    days = by_day(week)
    whole = cost_of(dish for dishes in days.values() for dish in dishes)
    return whole.times(Fraction(1, len(days))) if days else whole
