"""Dishes and menus over REST: a school its own, the bureau and zone supervisors what was published."""

from datetime import date
from typing import Any
from uuid import UUID

from bureau.schools.service import get_school
from kernel.access.edge import access, current_actor
from kernel.actor import Actor
from kernel.api import ApiBlueprint, seen_version
from kernel.errors import NotFound
from kernel.jobs.api import JobRunOut
from school.canteen import labels, out_schemas, schemas
from school.canteen.checks.results import Check
from school.canteen.figures import mean_day_cost
from school.canteen.foods import CITATION, foods, search
from school.canteen.models import Menu
from school.canteen.permissions import Permission
from school.canteen.rules import MenuState, monday_of
from school.canteen.service import dishes, menus, overview, proposals, publishing, reading, recommended
from school.canteen.service.judging import judge

blueprint = ApiBlueprint("menus", __name__, description="Dishes and menus")


# --- foods and dishes -------------------------------------------------------------------------------------------------


@blueprint.route("/foods", methods=["GET"])
@access(Permission.READ_RECOMMENDED)
@blueprint.arguments(schemas.FoodQuery, location="query")
@blueprint.response(200, out_schemas.FoodsOut)
def list_foods(query: dict[str, Any]) -> dict[str, Any]:
    """Common ingredients with their composition; `q` is part of a name."""
    found = search(query["q"], 50) if query["q"] else list(foods().values())
    items = [
        {
            "code": food.code, "name": food.name, "aliases": list(food.aliases), "group": food.group.value,
            "edible_percent": food.edible_percent, "is_meat": food.is_meat, "is_dark": food.is_dark,
            "allergens": sorted(food.allergens), "ndb": food.ndb, "note": food.note,
            "per_100": {one.value: None if value is None else str(value) for one, value in food.per_100.items()},
        }
        for food in found
    ]  # fmt: skip
    return {"source": CITATION, "items": items}


def _dish(view: dishes.DishView | recommended.RecommendedView) -> dict[str, Any]:
    dish = view.dish
    names = ("id", "code", "name", "kind", "style", "portion", "meals", "allergens", "note", "is_active", "version")
    lines = [
        {
            "name": line.name, "net_grams": line.net_grams, "item_id": line.item_id, "food_code": line.food_code,
            "edible_percent": line.edible_percent, "is_meat": line.is_meat, "unit_grams": line.unit_grams,
            "band_grams": {f"age_{band}" if band[0].isdigit() else band: grams for band, grams in line.band_grams.items()},
        }
        for line in view.lines
    ]  # fmt: skip
    return {**{name: getattr(dish, name) for name in names}, "ingredients": lines}


@blueprint.route("/dishes", methods=["GET"])
@access(Permission.READ)
@blueprint.arguments(schemas.DishQuery, location="query")
@blueprint.response(200, out_schemas.DishPage)
def list_dishes(query: dict[str, Any]) -> Any:
    """The school's dishes, newest first."""
    actor = current_actor()
    return dishes.list_dishes(actor, actor.own_school_id(), **query)


@blueprint.route("/dishes/<uuid:dish_id>", methods=["GET"])
@access(Permission.READ)
@blueprint.response(200, out_schemas.DishOut)
def get_dish(dish_id: UUID) -> dict[str, Any]:
    actor = current_actor()
    return _dish(dishes.get_dish(actor, actor.own_school_id(), dish_id))


@blueprint.route("/dishes/<uuid:dish_id>", methods=["PUT"])
@access(Permission.EDIT)
@blueprint.arguments(schemas.DishSchema)
@blueprint.response(200, out_schemas.DishOut)
def put_dish(data: dict[str, Any], dish_id: UUID) -> dict[str, Any]:
    """Make a dish under an id of the client's making, or change it; a change needs If-Match with the version seen."""
    actor = current_actor()
    dish = dishes.save_dish(actor, dish_id, seen_version(), **data)
    return _dish(dishes.get_dish(actor, actor.own_school_id(), dish.id))


@blueprint.route("/recommended-dishes", methods=["GET"])
@access(Permission.READ_RECOMMENDED)
@blueprint.arguments(schemas.DishQuery, location="query")
@blueprint.response(200, out_schemas.RecommendedDishPage)
def list_recommended(query: dict[str, Any]) -> Any:
    """The bureau's recommended dishes, newest first."""
    return recommended.list_recommended(current_actor(), **query)


@blueprint.route("/recommended-dishes/<uuid:recommended_dish_id>", methods=["GET"])
@access(Permission.READ_RECOMMENDED)
@blueprint.response(200, out_schemas.DishOut)
def get_recommended(recommended_dish_id: UUID) -> dict[str, Any]:
    return _dish(recommended.get_recommended(current_actor(), recommended_dish_id))


@blueprint.route("/recommended-dishes/<uuid:recommended_dish_id>", methods=["PUT"])
@access(Permission.KEEP_RECOMMENDED)
@blueprint.arguments(schemas.DishSchema)
@blueprint.response(200, out_schemas.DishOut)
def put_recommended(data: dict[str, Any], recommended_dish_id: UUID) -> dict[str, Any]:
    """As PUT of a school's dish."""
    actor = current_actor()
    dish = recommended.save_recommended(actor, recommended_dish_id, seen_version(), **data)
    return _dish(recommended.get_recommended(actor, dish.id))


@blueprint.route("/dishes/copies", methods=["POST"])
@access(Permission.EDIT)
@blueprint.arguments(schemas.CopyDishesSchema)
@blueprint.response(200, out_schemas.DishPage)
def copy_dishes(data: dict[str, Any]) -> dict[str, Any]:
    """Copy recommended dishes to the school; one that was copied before is that copy."""
    copied = recommended.copy_recommended(current_actor(), data["dish_ids"])
    return {"items": copied.dishes, "next_cursor": None}


# --- menus ------------------------------------------------------------------------------------------------------------


def _checks(found: list[Check]) -> list[dict[str, Any]]:
    return [
        {
            "code": check.code, "label": str(labels.CHECKS[check.code]), "verdict": check.verdict.value,
            "citation": check.citation, "certain": check.certain,
            "findings": [
                {
                    "code": one.code, "day": one.day, "meal": one.meal, "text": labels.finding_text(one),
                    "is_unclear": one.is_unclear,
                }
                for one in check.findings
            ],
            "measures": [
                {
                    "code": one.code, "unit": one.unit, "amount": _rounded(one.amount), "least": _rounded(one.least),
                    "most": _rounded(one.most), "unknown_percent": _rounded(one.unknown_percent),
                    "verdict": one.verdict.value, "day": one.day,
                }
                for one in check.measures
            ],
        }
        for check in found
    ]  # fmt: skip


def _rounded(value: Any) -> Any:
    """Exact sums have more places than anybody reads."""
    return None if value is None else round(value, 6)


def _menu(actor: Actor, menu: Menu) -> dict[str, Any]:
    grid = menus.grid_of(actor, menu)
    judged = judge(actor, menu)
    cost = mean_day_cost(judged.week)
    names = (
        "id", "monday", "state", "edition", "published_at", "days_ahead", "failed", "warned", "version", "proposal",
    )  # fmt: skip
    return {
        **{name: getattr(menu, name) for name in names},
        "meals": [
            {
                "id": meal.id, "on_day": meal.on_day, "meal": meal.meal, "planned_diners": meal.planned_diners,
                "dishes": grid.dishes[meal.id],
            }
            for meal in grid.meals
        ],
        "checks": _checks(list(judged.checks)),
        "cost": {"fen": cost.rounded_fen, "unpriced": list(cost.unknown)},
    }  # fmt: skip


@blueprint.route("/menus", methods=["GET"])
@access(Permission.READ)
@blueprint.arguments(schemas.MenuQuery, location="query")
@blueprint.response(200, out_schemas.MenuPage)
def list_menus(query: dict[str, Any]) -> Any:
    """The school's menus, the latest week first."""
    actor = current_actor()
    return menus.list_menus(actor, actor.own_school_id(), **query)


@blueprint.route("/menus/<uuid:menu_id>", methods=["GET"])
@access(Permission.READ)
@blueprint.response(200, out_schemas.MenuOut)
def get_menu(menu_id: UUID) -> dict[str, Any]:
    """With its checks as they stand now."""
    actor = current_actor()
    return _menu(actor, menus.get_menu(actor, actor.own_school_id(), menu_id))


@blueprint.route("/menus/<uuid:menu_id>", methods=["PUT"])
@access(Permission.EDIT)
@blueprint.arguments(schemas.MondaySchema)
@blueprint.response(200, out_schemas.MenuOut)
def put_menu(data: dict[str, Any], menu_id: UUID) -> dict[str, Any]:
    """Begin a week's draft under an id of the client's making. A week has one menu: another one is a conflict."""
    actor = current_actor()
    return _menu(actor, menus.begin(actor, menu_id, data["monday"]))


@blueprint.route("/menus/<uuid:menu_id>/meals", methods=["PUT"])
@access(Permission.EDIT)
@blueprint.arguments(schemas.MealSchema)
@blueprint.response(200, out_schemas.MenuOut)
def put_meal(data: dict[str, Any], menu_id: UUID) -> dict[str, Any]:
    """One meal of a draft in one go; needs If-Match with the version seen."""
    actor = current_actor()
    menu = menus.set_meal(
        actor, menu_id, seen_version(), data["on_day"], data["meal"], data["dish_ids"], data["planned_diners"]
    )
    return _menu(actor, menu)


@blueprint.route("/menus/<uuid:menu_id>/proposal", methods=["POST"])
@access(Permission.EDIT)
@blueprint.arguments(schemas.ProposeSchema)
@blueprint.response(202, JobRunOut)
def propose(data: dict[str, Any], menu_id: UUID) -> Any:
    """Let the proposer fill a draft, as a job; needs If-Match with the version seen."""
    wish = proposals.Wish(data["keep"], data["budget_fen"])
    return proposals.start_proposal(current_actor(), menu_id, seen_version(), wish)


@blueprint.route("/menus/<uuid:menu_id>/publication", methods=["POST"])
@access(Permission.PUBLISH)
@blueprint.response(200, out_schemas.MenuOut)
def publish(menu_id: UUID) -> dict[str, Any]:
    """Make a draft public; needs If-Match with the version seen."""
    actor = current_actor()
    return _menu(actor, publishing.publish(actor, menu_id, seen_version()))


@blueprint.route("/menus/<uuid:menu_id>/amendments", methods=["POST"])
@access(Permission.PUBLISH)
@blueprint.arguments(schemas.AmendSchema)
@blueprint.response(200, out_schemas.MenuOut)
def amend(data: dict[str, Any], menu_id: UUID) -> dict[str, Any]:
    """Change one meal of a published menu; the reason is public. Needs If-Match with the version seen."""
    actor = current_actor()
    menu = publishing.amend(
        actor, menu_id, seen_version(), data["on_day"], data["meal"], data["dish_ids"], data["reason"]
    )
    return _menu(actor, menu)


@blueprint.route("/menus/<uuid:menu_id>/withdrawal", methods=["POST"])
@access(Permission.PUBLISH)
@blueprint.arguments(schemas.MenuReasonSchema)
@blueprint.response(200, out_schemas.MenuOut)
def withdraw(data: dict[str, Any], menu_id: UUID) -> dict[str, Any]:
    """Take a published menu back; the reason is public. Needs If-Match with the version seen."""
    actor = current_actor()
    return _menu(actor, publishing.withdraw(actor, menu_id, seen_version(), data["reason"]))


@blueprint.route("/meals/<menu_day>", methods=["GET"])
@access(Permission.READ)
@blueprint.response(200, out_schemas.MealsOfDayOut)
def meals_of_day(menu_day: str) -> dict[str, Any]:
    """What is cooked on a day, and for how many."""
    try:
        on_day = date.fromisoformat(menu_day)
    except ValueError:
        raise NotFound from None
    actor = current_actor()
    return {"items": reading.meals_on(actor, actor.own_school_id(), on_day)}


@blueprint.route("/menu-needs", methods=["GET"])
@access(Permission.READ)
@blueprint.arguments(schemas.DateRangeQuery, location="query")
@blueprint.response(200, out_schemas.MenuNeedsOut)
def menu_needs(query: dict[str, Any]) -> dict[str, Any]:
    """How much of every item the menus of some days take."""
    actor = current_actor()
    found = reading.needs_in_full(actor, actor.own_school_id(), query["first"], query["last"])
    items = [
        {"item_id": item_id, "on_day": day, "quantity": _rounded(quantity)}
        for (item_id, day), quantity in sorted(found.quantities.items(), key=lambda pair: (pair[0][1], str(pair[0][0])))
    ]
    return {"items": items, "unweighed": found.unweighed}


# --- for the bureau ---------------------------------------------------------------------------------------------------


@blueprint.route("/menus/overview", methods=["GET"])
@access(Permission.OVERSEE)
@blueprint.arguments(schemas.MondaySchema, location="query")
@blueprint.response(200, out_schemas.MenuOverviewOut)
def menu_overview(query: dict[str, Any]) -> dict[str, Any]:
    """Which schools have published a week's menu, and what its checks said."""
    actor = current_actor()
    monday = monday_of(query["monday"])
    failing = overview.failing_checks(actor, monday)
    rows = overview.week_of_schools(actor, monday)
    names = ("school_id", "code", "name", "menu_id", "published_at", "days_ahead", "failed", "warned", "changed")
    items = [
        {**{name: getattr(row, name) for name in names}, "failing": failing.get(row.school_id, [])} for row in rows
    ]
    return {"monday": monday, "items": items}


@blueprint.route("/schools/<int:school_id>/menus/<uuid:menu_id>", methods=["GET"])
@access(Permission.OVERSEE)
@blueprint.response(200, out_schemas.MenuOut)
def get_menu_of_school(school_id: int, menu_id: UUID) -> dict[str, Any]:
    """A published or withdrawn one: a draft is the school's own."""
    actor = current_actor()
    get_school(actor, school_id)
    menu = menus.get_menu(actor, school_id, menu_id)
    if menu.state == MenuState.DRAFT:
        raise NotFound
    return _menu(actor, menu)
