"""Let the proposer fill a draft: from the school's dishes, today's prices, stock that expires soon, and a budget."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import Any
from uuid import UUID

from flask_babel import gettext as _

from kernel.actor import Actor
from kernel.database import now
from kernel.errors import Invalid
from kernel.jobs.models import JobRun
from kernel.jobs.service import start
from kernel.web.dates import today
from school.canteen import rules
from school.canteen.checks import KINDERGARTEN
from school.canteen.costs import ItemPrice
from school.canteen.figures import DishFigures
from school.canteen.forbidden import NITRITE, screen
from school.canteen.limits import Limits
from school.canteen.models import Dish, Menu
from school.canteen.proposing.request import (
    KINDERGARTEN_LUNCH,
    MOST_DISHES,
    USUAL,
    Candidate,
    Leftover,
    Pattern,
    Proposal,
    Request,
    Slot,
)
from school.canteen.rules import DishKind
from school.canteen.service import menus
from school.canteen.service.dishes import all_dishes
from school.canteen.service.judging import figures_of, ground_of
from school.canteen.service.recipes import recipe_of, units_of
from school.diners.rules import Meal
from school.diners.service import counting
from school.stores.service.balances import near_expiry

TASK = "canteen.propose"
FEWEST = 8  # dishes without which there is nothing to choose from
EXPIRES_WITHIN = 21  # days from today: what the week may still use
COOKED_KINDS = (DishKind.MEAT, DishKind.HALF_MEAT, DishKind.VEGETABLE, DishKind.SOUP)
COOKED_MEALS = (Meal.LUNCH.value, Meal.DINNER.value)


@dataclass(frozen=True, slots=True)
class Wish:
    """`keep`: dishes that stand in the draft stay, and only what is missing is added."""

    keep: bool = False
    budget_fen: int | None = None


def start_proposal(actor: Actor, menu_id: UUID, seen_version: int | None, wish: Wish) -> JobRun:
    """As a job with a progress bar: it may take ten seconds."""
    menu = menus.draft_for_edit(actor, menu_id, seen_version)
    _require_dishes(actor)
    arguments = {
        "account_id": str(actor.account_id), "display_name": actor.display_name, "roles": sorted(actor.roles),
        "school_id": actor.own_school_id(), "menu_id": str(menu_id), "version": menu.version, "keep": wish.keep,
        "budget_fen": wish.budget_fen,
    }  # fmt: skip
    return start(actor, TASK, _("智能排菜：%(monday)s 起一周", monday=menu.monday.isoformat()), arguments)


def _require_dishes(actor: Actor) -> None:
    school_id = actor.own_school_id()
    if len(all_dishes(actor, school_id)) < FEWEST:
        raise Invalid({"_form": [_("菜品太少，请先添加或从推荐菜品中复制，至少 %(least)s 道。", least=FEWEST)]})


def propose_into(
    actor: Actor, menu_id: UUID, seen_version: int | None, wish: Wish, *, seconds: float = 9.0,
    progress: Callable[[int], None] | None = None,
) -> tuple[Menu, Proposal]:  # fmt: skip
    """Fill a draft. What it had stays where `wish.keep` says so; the answer is kept beside the menu, and the checks say
    the rest."""
    # Loaded here: the solver takes a second to load, and memory in every worker.
    from school.canteen.proposing.solving import propose

    menu = menus.draft_for_edit(actor, menu_id, seen_version)
    request = request_of(actor, menu, wish, seconds)
    proposal = propose(request, progress)
    grid = menus.grid_of(actor, menu)
    for (day, meal), keys in proposal.dishes.items():
        row = grid.meal_at(day, meal)
        if row is not None:
            menus.write_dishes(actor, menu, row, [UUID(key) for key in keys])
    menu.proposal = told(proposal, wish)
    menus.touch(menu)
    return menu, proposal


def told(proposal: Proposal, wish: Wish) -> dict[str, Any]:
    """Plain JSON, beside the menu."""
    return {
        "at": now().isoformat(), "seconds": round(proposal.seconds, 1), "is_finished": proposal.is_finished,
        "budget_fen": wish.budget_fen, "leftover_fen": round(proposal.leftover_fen),
        "shortfalls": [
            {
                "code": one.code, "amount": round(one.amount, 3), "unit": one.unit.rpartition("_")[2],
                "day": one.day.isoformat() if one.day else None, "meal": one.meal, "at_best": round(one.at_best, 3),
            }
            for one in proposal.shortfalls
        ],
    }  # fmt: skip


def request_of(actor: Actor, menu: Menu, wish: Wish, seconds: float) -> Request:
    # Loaded here for the same reason.
    from school.canteen.proposing.solving import dear_price

    ground = ground_of(actor, menu.school_id, menu.monday)
    grid = menus.grid_of(actor, menu)
    kept = {
        (meal.on_day, meal.meal): tuple(str(dish.dish_id) for dish in grid.dishes[meal.id]) if wish.keep else ()
        for meal in grid.meals
    }
    standing = {UUID(key) for keys in kept.values() for key in keys}
    views = {view.dish.id: view for view in all_dishes(actor, menu.school_id)}
    views |= {view.dish.id: view for view in all_dishes(actor, menu.school_id, standing - set(views))}
    recipes = {dish_id: recipe_of(view.dish, view.lines) for dish_id, view in views.items()}
    figures, prices = figures_of(actor, menu.school_id, ground, recipes)
    share = ground.limits.limit("menu.meat.share_of_meat_dish").at_least
    kinds = {
        dish_id: DishKind.MEAT.value if rules.counts_as_meat(one.kind, one.meat_share, share) else one.kind
        for dish_id, one in figures.items()
    }
    price = dear_price([(kinds[dish_id], one) for dish_id, one in figures.items()])
    recent = menus.recent_dish_ids(actor, menu.school_id, menu.monday)
    candidates = [
        Candidate(
            one, kinds[dish_id], meals_of(views[dish_id].dish) if _may(ground.limits, one) else frozenset(),
            price(kinds[dish_id], one), dish_id in recent,
        )
        for dish_id, one in sorted(figures.items(), key=lambda pair: str(pair[0]))
    ]  # fmt: skip
    slots = [
        Slot(
            meal.on_day,
            meal.meal,
            pattern_of(meal.meal, ground.school.stage, ground.limits),
            kept[meal.on_day, meal.meal],
        )
        for meal in grid.meals
    ]
    return Request(
        slots=slots, candidates=candidates, school=ground.school, limits=ground.limits, published_on=today(),
        budget_fen=wish.budget_fen, leftovers=_leftovers(actor, menu, figures, prices), seconds=seconds,
    )  # fmt: skip


def meals_of(dish: Dish) -> frozenset[str]:
    """Where a dish may be proposed: as it says, else where its kind belongs."""
    if dish.meals:
        return frozenset(dish.meals)
    return frozenset(COOKED_MEALS) if dish.kind in COOKED_KINDS else frozenset(Meal)


def _may(limits: Limits, dish: DishFigures) -> bool:
    """Nothing that is forbidden, may be, or is no meat dish although it says so, is ever proposed."""
    recipe = dish.recipe
    words = (*limits.words["canteen.forbidden_foods"].values, *limits.words["canteen.forbidden_dishes"].values, NITRITE)
    has_meat = any(line.is_meat for line in recipe.lines)
    if screen(words, recipe.name, recipe.style, has_meat, [(line.name, line.food_code) for line in recipe.lines]):
        return False
    least = limits.limit("menu.meat.share_of_meat_dish").at_least
    return dish.kind != DishKind.MEAT or (dish.meat_share is not None and dish.meat_share >= least)


def pattern_of(meal: str, stage: str, limits: Limits) -> Pattern:
    """How many dishes of which kind, by the figures where they say so."""
    if stage == KINDERGARTEN:
        return KINDERGARTEN_LUNCH if meal in COOKED_MEALS else USUAL[meal]
    usual = USUAL[meal]
    if meal not in COOKED_MEALS:
        return usual
    asked = {
        "meat": limits.limit("menu.meat_dishes.per_meal"), "vegetable": limits.limit("menu.vegetable_dishes.per_meal"),
        "soup": limits.limit("menu.soups.per_meal"),
    }  # fmt: skip
    found = dict(usual)
    for kind, limit in asked.items():
        least = min(int(limit.at_least), MOST_DISHES)
        found[kind] = (least, max(least, usual[kind][1]))
    return found


def _leftovers(
    actor: Actor, menu: Menu, figures: Mapping[UUID, DishFigures], prices: Mapping[object, ItemPrice]
) -> list[Leftover]:
    """Stock that would expire, for each diner of a usual meal. Only what some dish is made of and what has a price."""
    batches = near_expiry(actor, menu.school_id, EXPIRES_WITHIN)
    wanted = {item for one in figures.values() for item in one.gross_grams}
    batches = [batch for batch in batches if batch.item_id in wanted and batch.item_id in prices]
    if not batches:
        return []
    diners = max(_diners(actor, menu).values(), default=0)
    units = units_of(actor, [batch.item_id for batch in batches])
    found = []
    for batch in batches:
        weight = rules.grams_of_unit(units[batch.item_id], None, None)
        if weight is None or not diners or batch.expiry_date < menu.monday:
            continue
        grams = float(batch.quantity * weight / diners)
        worth = float(prices[batch.item_id].fen / Fraction(weight))
        found.append(Leftover(batch.item_id, grams, batch.expiry_date, worth))
    return found


def _diners(actor: Actor, menu: Menu) -> Mapping[tuple[date, Meal], int]:
    days: Sequence[date] = [menu.monday + timedelta(days=number) for number in range(rules.WEEK)]
    return counting.expected(actor, menu.school_id, days)
