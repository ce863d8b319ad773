"""A menu goes public, is changed with a reason after that, or is withdrawn. What was public once stays as it was."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select

from bureau.schools.service import get_school
from duties.service.fulfilling import fulfil, unfulfil
from kernel.actor import Actor
from kernel.database import db, now
from kernel.database.writing import flush, require_version
from kernel.digests import digest
from kernel.errors import Conflict, Invalid, RuleBroken
from kernel.states import NoTransition
from kernel.web.dates import today
from school.canteen import labels, rules
from school.canteen.checks import refusals
from school.canteen.checks.facts import Planned
from school.canteen.checks.results import Check, Measure, Verdict
from school.canteen.figures import DishFigures, nutrition_of
from school.canteen.models import Menu, MenuPublication
from school.canteen.nutrients import Nutrient
from school.canteen.rules import MenuEvent
from school.canteen.service import menus
from school.canteen.service.judging import Judged, judge

DUTY = "menu_published"
RECORD = "menu"
LATEST_CHANGE = timedelta(days=7)  # after the meal


def publish(actor: Actor, menu_id: UUID, seen_version: int | None) -> Menu:
    """For everybody to see, checked anew. Published again it is a Conflict; what the figures refuse is a RuleBroken."""
    menu = menus.get_menu(actor, actor.own_school_id(), menu_id, for_update=True)
    require_version(menu, seen_version)
    before = menu.state
    _move(menu, MenuEvent.PUBLISH)
    judged = judge(actor, menu, published_on=today())
    if not any(judged.week.values()):
        raise Invalid({"_form": [_("菜谱中还没有菜，不能公布。")]})
    _refuse(judged)
    menu.published_at, menu.published_by, menu.published_by_name = now(), actor.account_id, actor.display_name
    menu.edition = 1
    first = min(day for (day, _meal), dishes in judged.week.items() if dishes)
    menu.days_ahead = rules.days_ahead(today(), first)
    _write(actor, menu, judged, MenuEvent.PUBLISH, before)
    fulfil(actor, menu.school_id, DUTY, menu.monday, record=(RECORD, menu.id))
    return menu


def amend(
    actor: Actor, menu_id: UUID, seen_version: int | None, day: date, meal: str, dish_ids: Sequence[UUID], reason: str
) -> Menu:
    """Other dishes at one meal of a published menu. The reason is shown to everybody beside what changed."""
    menu = menus.get_menu(actor, actor.own_school_id(), menu_id, for_update=True)
    require_version(menu, seen_version)
    if not reason.strip():
        raise Invalid({"reason": [_("请说明调整的原因，家长会看到。")]})
    if day < today() - LATEST_CHANGE:
        raise Invalid({"on_day": [_("只能调整近七天和今后的菜谱。")]})
    before_state = menu.state
    _move(menu, MenuEvent.AMEND)
    grid = menus.grid_of(actor, menu)
    row = grid.meal_at(day, meal) or menus.add_meal(menu, day, meal)
    before = _names(grid)
    menus.write_dishes(actor, menu, row, dish_ids)
    changes = rules.changes_between(before, _names(menus.grid_of(actor, menu)))
    if not changes:
        raise Invalid({"dishes": [_("菜品没有变化。")]})
    judged = judge(actor, menu)
    _refuse(judged)
    _write(actor, menu, judged, MenuEvent.AMEND, before_state, reason.strip(), changes)
    return menu


def withdraw(actor: Actor, menu_id: UUID, seen_version: int | None, reason: str) -> Menu:
    """No longer what the school offers; that it was and why not any more stays public."""
    menu = menus.get_menu(actor, actor.own_school_id(), menu_id, for_update=True)
    require_version(menu, seen_version)
    if not reason.strip():
        raise Invalid({"reason": [_("请说明撤回的原因，家长会看到。")]})
    before = menu.state
    _move(menu, MenuEvent.WITHDRAW)
    _record(actor, menu, MenuEvent.WITHDRAW, before, reason.strip(), [], {}, is_public=True)
    unfulfil(actor, (RECORD, menu.id))
    return menu


def discard(actor: Actor, menu_id: UUID, seen_version: int | None, reason: str) -> Menu:
    """A draft that nobody will publish; the week is free for another."""
    menu = menus.get_menu(actor, actor.own_school_id(), menu_id, for_update=True)
    require_version(menu, seen_version)
    before = menu.state
    _move(menu, MenuEvent.DISCARD)
    _record(actor, menu, MenuEvent.DISCARD, before, reason.strip() or _("不再使用"), [], {}, is_public=False)
    return menu


def publications_of(actor: Actor, menu: Menu) -> Sequence[MenuPublication]:
    """Newest first."""
    return db.session.scalars(
        select(MenuPublication)
        .where(
            MenuPublication.bureau_id == actor.bureau_id, MenuPublication.school_id == menu.school_id,
            MenuPublication.menu_id == menu.id,
        )
        .order_by(MenuPublication.number.desc())
    ).all()  # fmt: skip


def _move(menu: Menu, event: MenuEvent) -> None:
    try:
        state = rules.next_state(menu.state, event)
    except NoTransition:
        raise Conflict(_("菜谱的当前状态不允许这样操作。"), {"version": menu.version, "state": menu.state}) from None
    menu.state = state.value
    menu.is_public = state == rules.MenuState.PUBLISHED


def _refuse(judged: Judged) -> None:
    planned = Planned(judged.week, judged.ground.school, judged.ground.limits, today())
    refused = refusals(planned, judged.checks)
    if refused:
        raise RuleBroken(f"menu_{refused[0].code}", labels.first_refusal(refused[0]), refused[0].citation)


def _names(grid: menus.Grid) -> dict[tuple[date, str], list[str]]:
    return {(meal.on_day, meal.meal): [dish.dish_name for dish in grid.dishes[meal.id]] for meal in grid.meals}


def _write(
    actor: Actor, menu: Menu, judged: Judged, event: MenuEvent, before: str, reason: str = "",
    changes: Sequence[rules.Change] = (),
) -> None:  # fmt: skip
    """Snapshots of the dishes that have none yet, the numbers of the checks, and the edition for everybody."""
    grid = menus.grid_of(actor, menu)
    by_key = {dish.key: dish for dishes in judged.week.values() for dish in dishes}
    for rows in grid.dishes.values():
        for row in rows:
            if row.snapshot is None:
                figures = by_key[str(row.dish_id)]
                row.snapshot = snapshot_of(figures)
                row.dish_name, row.dish_kind = figures.name, figures.kind
    menu.failed = sum(check.verdict == Verdict.FAILED for check in judged.checks)
    menu.warned = sum(check.verdict == Verdict.UNCLEAR for check in judged.checks)
    content = content_of(actor, menu, grid, judged)
    told = [
        {"day": one.day.isoformat(), "meal": one.meal, "removed": list(one.removed), "added": list(one.added)}
        for one in changes
    ]
    _record(actor, menu, event, before, reason, told, content, is_public=True)


def _record(
    actor: Actor, menu: Menu, event: MenuEvent, before: str, reason: str, changes: list[Any],
    content: dict[str, Any], *, is_public: bool,
) -> None:  # fmt: skip
    number = 1 if event == MenuEvent.PUBLISH else menu.edition + 1
    if event == MenuEvent.AMEND:
        menu.edition = number
    flush(db.session())
    db.session.add(
        MenuPublication(
            bureau_id=menu.bureau_id, school_id=menu.school_id, menu_id=menu.id, monday=menu.monday, number=number,
            event=event.value, from_state=before, to_state=menu.state, by=actor.account_id,
            by_name=actor.display_name, reason=reason, changes=changes, content=content,
            digest=digest(content) if content else "", is_public=is_public,
        )
    )  # fmt: skip
    flush(db.session())


def snapshot_of(dish: DishFigures) -> dict[str, Any]:
    """A dish as it was published, plain JSON; amounts are of the school's mean diner, decimals as text."""
    recipe = dish.recipe
    return {
        "name": recipe.name, "kind": recipe.kind, "style": recipe.style, "portion": recipe.portion,
        "allergens": sorted(dish.allergens),
        "ingredients": [
            {
                "item_id": str(line.item_id) if line.item_id else None, "food_code": line.food_code, "name": line.name,
                "net_grams": str(line.net_grams), "edible_percent": str(line.edible_percent), "is_meat": line.is_meat,
                "band_grams": dict(line.band_grams), "unit_grams": str(line.unit_grams) if line.unit_grams else None,
            }
            for line in recipe.lines
        ],
        "cost_fen": dish.cost.rounded_fen, "cost_unknown": list(dish.cost.unknown),
    }  # fmt: skip


def content_of(actor: Actor, menu: Menu, grid: menus.Grid, judged: Judged) -> dict[str, Any]:
    """The week for everybody: dishes, allergens, nutrition. No prices: they are the suppliers'."""
    school = get_school(actor, menu.school_id)
    figures = {dish.key: dish for dishes in judged.week.values() for dish in dishes}
    days: dict[str, list[dict[str, Any]]] = {}
    for meal in grid.meals:
        dishes = [figures[str(row.dish_id)] for row in grid.dishes[meal.id]]
        amounts = nutrition_of(dishes)
        days.setdefault(meal.on_day.isoformat(), []).append(
            {
                "meal": meal.meal,
                "dishes": [{"name": dish.name, "kind": dish.kind, "allergens": sorted(dish.allergens)} for dish in dishes],
                "nutrition": {
                    nutrient.value: [
                        labels.number(amounts.of(nutrient)), labels.number(amounts.unknown_percent(nutrient)),
                    ]
                    for nutrient in (Nutrient.ENERGY, Nutrient.PROTEIN, Nutrient.FAT, Nutrient.CARBOHYDRATE)
                },
            }
        )  # fmt: skip
    return {
        "school": school.name, "monday": menu.monday.isoformat(), "standard": judged.ground.standard,
        "days": [{"day": day, "meals": meals} for day, meals in days.items()],
        "nutrition": [_told(measure) for measure in _micro(judged.checks)],
        "checks": [{"code": check.code, "verdict": check.verdict.value} for check in judged.checks],
        "note": menu.note,
    }  # fmt: skip


def _micro(checks: Sequence[Check]) -> list[Measure]:
    return [one for check in checks if check.code == "micronutrients" for one in check.measures]


def _told(measure: Measure) -> Mapping[str, Any]:
    """Of the mean day: the known part, what it should be, how much of the weight is not known."""
    return {
        "code": measure.code, "unit": measure.unit, "amount": labels.number(measure.amount),
        "least": labels.number(measure.least) if measure.least is not None else None,
        "unknown_percent": labels.number(measure.unknown_percent), "verdict": measure.verdict.value,
    }  # fmt: skip
