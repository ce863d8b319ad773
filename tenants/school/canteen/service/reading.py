"""What others ask of menus: what is cooked on a day, and how much of everything that takes."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import select

from bureau.schools.service import get_school
from kernel.actor import Actor
from kernel.database import db
from kernel.web.dates import SHANGHAI
from school.canteen import rules
from school.canteen.foods import food_of
from school.canteen.models import Dish, DishIngredient, Menu, MenuDish, MenuMeal, MenuPublication
from school.canteen.rules import Band, Line, MenuState, Mix
from school.canteen.service.recipes import plain, units_of
from school.canteen.standards import standard_on
from school.diners.rules import MEAL_ORDER, Meal
from school.diners.service import counting

LIVE = (MenuState.DRAFT.value, MenuState.PUBLISHED.value)


@dataclass(frozen=True, slots=True)
class DishOfMeal:
    dish_id: UUID
    name: str
    kind: str


@dataclass(frozen=True, slots=True)
class MealOfDay:
    """`diners`: as the menu says, else as many as the school expects. `is_published`: families have been told so."""

    menu_meal_id: UUID
    meal: Meal
    diners: int
    dishes: list[DishOfMeal] = field(default_factory=list)
    is_published: bool = False


def mix_of(actor: Actor, school_id: int) -> Mix:
    """The school's pupils by age, as its profile counts them."""
    school = get_school(actor, school_id)
    return Mix({band: int(getattr(school, f"enrolment_{band}")) for band in Band})


def meals_on(actor: Actor, school_id: int, day: date) -> list[MealOfDay]:
    """The meals of the menu of that day, published or still a draft, in the day's order; [] where there is none."""
    rows = db.session.execute(
        select(MenuMeal.id, MenuMeal.meal, MenuMeal.planned_diners, Menu.state, MenuDish)
        .join(Menu, _same(Menu, MenuMeal, "menu_id"))
        .outerjoin(MenuDish, _same_child(MenuDish, MenuMeal, "menu_meal_id"))
        .where(
            MenuMeal.bureau_id == actor.bureau_id, MenuMeal.school_id == school_id, MenuMeal.on_day == day,
            Menu.state.in_(LIVE),
        )
        .order_by(MenuDish.position, MenuDish.id)
    ).all()  # fmt: skip
    unsaid = any(planned is None for _id, _meal, planned, _state, _dish in rows)
    expected = counting.expected(actor, school_id, [day]) if unsaid else {}
    found: dict[UUID, MealOfDay] = {}
    for meal_id, meal, planned, state, dish in rows:
        if meal_id not in found:
            diners = planned if planned is not None else expected.get((day, Meal(meal)), 0)
            found[meal_id] = MealOfDay(meal_id, Meal(meal), diners, [], state == MenuState.PUBLISHED)
        if dish is not None:
            found[meal_id].dishes.append(DishOfMeal(dish.dish_id, dish.dish_name, dish.dish_kind))
    return sorted(found.values(), key=lambda one: MEAL_ORDER[one.meal])


@dataclass(frozen=True, slots=True)
class Unweighed:
    """An ingredient of which it cannot be said how much to order: no item of the catalogue, or one whose unit has no
    known weight."""

    dish_name: str
    ingredient: str
    on_day: date
    reason: str  # "no_item", "no_weight"


@dataclass(frozen=True, slots=True)
class Needs:
    """`quantities`: (item, day) → gross, in the item's base unit, not rounded."""

    quantities: dict[tuple[UUID, date], Decimal]
    unweighed: list[Unweighed]


def needs(actor: Actor, school_id: int, first: date, last: date) -> dict[tuple[UUID, date], Decimal]:
    """How much of each item the menus of the days take, both days included: gross, in base units, for the diners that
    are planned or expected."""
    return needs_in_full(actor, school_id, first, last).quantities


def needs_in_full(actor: Actor, school_id: int, first: date, last: date) -> Needs:
    """As needs(), with what could not be reckoned."""
    rows = db.session.execute(
        select(MenuMeal.on_day, MenuMeal.meal, MenuMeal.planned_diners, MenuDish)
        .join(Menu, _same(Menu, MenuMeal, "menu_id"))
        .join(MenuDish, _same_child(MenuDish, MenuMeal, "menu_meal_id"))
        .where(
            MenuMeal.bureau_id == actor.bureau_id, MenuMeal.school_id == school_id,
            MenuMeal.on_day.between(first, last), Menu.state.in_(LIVE),
        )
        .order_by(MenuMeal.on_day, MenuMeal.id, MenuDish.position)
    ).all()  # fmt: skip
    days = sorted({row.on_day for row in rows if row.planned_diners is None})
    expected = counting.expected(actor, school_id, days)
    recipes = recipes_of(actor, school_id, {row.MenuDish.dish_id for row in rows if row.MenuDish.snapshot is None})
    served: list[tuple[date, str, int, str, Sequence[Line]]] = []
    for on_day, meal, planned, dish in rows:
        diners = planned if planned is not None else expected.get((on_day, Meal(meal)), 0)
        if dish.snapshot is not None:
            portion, lines = dish.snapshot["portion"], lines_of_snapshot(dish.snapshot)
        else:
            portion, lines = recipes.get(dish.dish_id, (rules.Portion.SCALED.value, []))
        served.append((on_day, dish.dish_name, diners, portion, lines))
    return _needs_of(actor, mix_of(actor, school_id) if rows else Mix({}), served)


def _needs_of(actor: Actor, mix: Mix, served: Iterable[tuple[date, str, int, str, Sequence[Line]]]) -> Needs:
    rows = list(served)
    units = units_of(actor, [line.item_id for *_rest, lines in rows for line in lines])
    quantities: dict[tuple[UUID, date], Decimal] = {}
    unweighed: list[Unweighed] = []
    for on_day, name, diners, portion, lines in rows:
        factors = standard_on(on_day).factors()
        for line in lines:
            unit = units.get(line.item_id)
            if not isinstance(line.item_id, UUID) or unit is None:
                unweighed.append(Unweighed(name, line.name, on_day, "no_item"))
                continue
            food = food_of(line.food_code)
            grams_of_unit = rules.grams_of_unit(unit, line.unit_grams, food.density if food else None)
            if grams_of_unit is None:
                unweighed.append(Unweighed(name, line.name, on_day, "no_weight"))
                continue
            net = rules.mean_net_grams(line, portion, mix, factors)
            gross = rules.gross_grams(net, line.edible_percent) * diners / grams_of_unit
            quantities[line.item_id, on_day] = quantities.get((line.item_id, on_day), Decimal(0)) + gross
    return Needs(quantities, unweighed)


def recipes_of(actor: Actor, school_id: int, dish_ids: Iterable[UUID]) -> dict[UUID, tuple[str, list[Line]]]:
    """Dish → (portion, its recipe), two queries however many there are."""
    ids = list(dish_ids)
    if not ids:
        return {}
    portions = db.session.execute(
        select(Dish.id, Dish.portion).where(
            Dish.bureau_id == actor.bureau_id, Dish.school_id == school_id, Dish.id.in_(ids)
        )
    )
    found: dict[UUID, tuple[str, list[Line]]] = {dish_id: (portion, []) for dish_id, portion in portions}
    rows = db.session.scalars(
        select(DishIngredient)
        .where(
            DishIngredient.bureau_id == actor.bureau_id, DishIngredient.school_id == school_id,
            DishIngredient.dish_id.in_(ids),
        )
        .order_by(DishIngredient.position)
    )  # fmt: skip
    for row in rows:
        found[row.dish_id][1].append(plain(row))
    return found


def lines_of_snapshot(snapshot: Mapping[str, Any]) -> list[Line]:
    return [
        Line(
            name=row["name"], net_grams=Decimal(row["net_grams"]), food_code=row["food_code"],
            item_id=UUID(row["item_id"]) if row["item_id"] else None, edible_percent=Decimal(row["edible_percent"]),
            is_meat=row["is_meat"], band_grams=row["band_grams"],
            unit_grams=Decimal(row["unit_grams"]) if row["unit_grams"] else None,
        )
        for row in snapshot["ingredients"]
    ]  # fmt: skip


def taken_off(actor: Actor, school_id: int, first: date, last: date, meal: str | None = None) -> set[UUID]:
    """Dishes that were on a published menu when their day had come and were taken off it then or later, by the names that
    the publications tell of. Whoever looks for what was eaten does not go by a menu that was changed afterwards."""
    changed = select(MenuPublication.changes, MenuPublication.at).where(
        MenuPublication.bureau_id == actor.bureau_id, MenuPublication.school_id == school_id,
        MenuPublication.event == "amend", MenuPublication.monday.between(rules.monday_of(first), last),
    )  # fmt: skip
    names = {
        name
        for changes, at in db.session.execute(changed)
        for change in changes
        if meal in (None, change["meal"])
        and first <= (day := date.fromisoformat(change["day"])) <= last
        and at.astimezone(SHANGHAI).date() >= day
        for name in change["removed"]
    }
    named = select(Dish.id).where(Dish.bureau_id == actor.bureau_id, Dish.school_id == school_id, Dish.name.in_(names))
    return set(db.session.scalars(named)) if names else set()


def week_of(monday: date) -> list[date]:
    return [monday + timedelta(days=number) for number in range(rules.WEEK)]


def _same(parent: Any, child: Any, column: str) -> Any:
    """The parent's row that a child's `column` names, in the same school."""
    return (
        (parent.bureau_id == child.bureau_id)
        & (parent.school_id == child.school_id)
        & (parent.id == getattr(child, column))
    )


def _same_child(child: Any, parent: Any, column: str) -> Any:
    return _same(parent, child, column)
