"""Puts together what a menu is judged by, from the school, its pupils, the figures and the prices of a day."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select

from bureau.schools.service import get_school
from kernel.actor import Actor
from kernel.database import db
from kernel.web.dates import SHANGHAI, today
from school.canteen.checks import check_week
from school.canteen.checks.facts import Planned, SchoolFacts
from school.canteen.checks.results import Check
from school.canteen.costs import ItemPrice
from school.canteen.figures import Diners, DishFigures, Recipe, reckon
from school.canteen.limits import Limits
from school.canteen.models import Menu
from school.canteen.nutrients import Nutrient
from school.canteen.service import menus
from school.canteen.service.dishes import all_dishes
from school.canteen.service.limits import limits_on
from school.canteen.service.prices import prices_for
from school.canteen.service.reading import mix_of
from school.canteen.service.recipes import recipe_of, units_of
from school.canteen.standards import standard_on
from school.diners.models import Pupil


@dataclass(frozen=True)
class Ground:
    """What every menu of a school is judged on, on one day."""

    school: SchoolFacts
    limits: Limits
    diners: Diners
    day: date
    standard: str


@dataclass(frozen=True)
class Judged:
    """A menu with its dishes reckoned and its checks. `prices`: item → where its price is from."""

    ground: Ground
    week: Mapping[tuple[date, str], Sequence[DishFigures]]
    checks: Sequence[Check]
    prices: Mapping[object, ItemPrice]


def ground_of(actor: Actor, school_id: int, day: date) -> Ground:
    """`day`: whose standard and figures hold; of a menu its Monday."""
    school = get_school(actor, school_id)
    mix = mix_of(actor, school_id)
    standard = standard_on(day)
    facts = SchoolFacts(
        school.stage, {nutrient: standard.mean_need(mix, nutrient) for nutrient in Nutrient},
        allergic_pupils(actor, school_id),
    )  # fmt: skip
    limits = limits_on(actor.bureau_id, school_id, day)
    return Ground(facts, limits, Diners(mix, standard.factors()), day, standard.version)


def allergic_pupils(actor: Actor, school_id: int) -> dict[str, int]:
    """Allergen → how many pupils. Numbers only, and to the school alone: pupils are nobody else's to count."""
    if actor.level != "school":
        return {}
    allergen = func.unnest(Pupil.allergens).label("allergen")
    listed = (
        select(allergen)
        .where(Pupil.bureau_id == actor.bureau_id, Pupil.school_id == school_id, Pupil.is_active)
        .subquery()
    )
    rows = db.session.execute(select(listed.c.allergen, func.count()).group_by(listed.c.allergen))
    return {name: int(count) for name, count in rows}


def figures_of(
    actor: Actor,
    school_id: int,
    ground: Ground,
    recipes: Mapping[Any, Recipe],
    prices: Mapping[object, ItemPrice] | None = None,
) -> tuple[dict[Any, DishFigures], Mapping[object, ItemPrice]]:
    """Dish → its figures, with the prices of the ground's day where none are given."""
    items = [line.item_id for recipe in recipes.values() for line in recipe.lines]
    if prices is None:
        prices = prices_for(actor, school_id, items, ground.day)
    units = units_of(actor, items)
    return {key: reckon(recipe, ground.diners, prices, units) for key, recipe in recipes.items()}, prices


def judge(actor: Actor, menu: Menu, *, published_on: date | None = None) -> Judged:
    """A menu as it stands now. A published one is judged by what was published of its dishes."""
    ground = ground_of(actor, menu.school_id, menu.monday)
    grid = menus.grid_of(actor, menu)
    rows = [dish for dishes in grid.dishes.values() for dish in dishes]
    current = {dish.dish_id for dish in rows if dish.snapshot is None}
    recipes: dict[Any, Recipe] = {
        view.dish.id: recipe_of(view.dish, view.lines) for view in all_dishes(actor, menu.school_id, current)
    }
    for dish in rows:
        if dish.snapshot is not None:
            recipes[dish.dish_id] = menus.recipe_of_snapshot(dish.dish_id, dish.snapshot)
    figures, prices = figures_of(actor, menu.school_id, ground, recipes)
    week = {(meal.on_day, meal.meal): [figures[dish.dish_id] for dish in grid.dishes[meal.id]] for meal in grid.meals}
    planned = Planned(week, ground.school, ground.limits, published_on or _published_on(menu))
    return Judged(ground, week, check_week(planned), prices)


def _published_on(menu: Menu) -> date:
    return menu.published_at.astimezone(SHANGHAI).date() if menu.published_at else today()
