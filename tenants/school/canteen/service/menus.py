"""Weekly menus: begin one, put dishes into its meals, move and copy days, copy the last week. Only a draft is edited here;
what changes after publication is service/publishing.py's."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import delete, select
from sqlalchemy.orm.attributes import flag_modified

from kernel.actor import Actor
from kernel.database import db, new_id
from kernel.database.paging import Page, paginate
from kernel.database.writing import flush, require_version
from kernel.errors import Conflict, Invalid, NotFound
from kernel.web.dates import today
from kernel.workdays import service as workdays
from kernel.workdays.rules import is_workday
from school.canteen import rules
from school.canteen.figures import Recipe
from school.canteen.models import Dish, Menu, MenuDish, MenuMeal
from school.canteen.rules import MenuState
from school.canteen.service.reading import LIVE, lines_of_snapshot, week_of
from school.diners.rules import MEAL_ORDER, Meal
from school.diners.service.meals import meals_served

LIVE_ONE = "uq_menus_live"
KEY = "pk_menus"
FURTHEST = timedelta(days=120)  # ahead of today
MOST_DISHES = 20  # of one meal


@dataclass(frozen=True, slots=True)
class Grid:
    """The meals of a menu in the order of days and meals, and each meal's dishes in theirs."""

    menu: Menu
    meals: Sequence[MenuMeal]
    dishes: Mapping[UUID, Sequence[MenuDish]]
    days: Sequence[date] = field(default_factory=list)

    def meal_at(self, day: date, meal: str) -> MenuMeal | None:
        return next((one for one in self.meals if one.on_day == day and one.meal == meal), None)

    @property
    def kinds_of_meals(self) -> list[Meal]:
        return sorted({Meal(one.meal) for one in self.meals}, key=MEAL_ORDER.__getitem__)


def list_menus(
    actor: Actor, school_id: int, *, state: str | None = None, cursor: str | None = None, limit: int = 20
) -> Page[Menu]:
    """The latest week first; withdrawn ones where they are asked for."""
    query = select(Menu).where(Menu.bureau_id == actor.bureau_id, Menu.school_id == school_id)
    query = query.where(Menu.state == state) if state else query.where(Menu.state.in_(LIVE))
    return paginate(db.session(), query, [Menu.monday, Menu.id], cursor, limit)


def get_menu(actor: Actor, school_id: int, menu_id: UUID, *, for_update: bool = False) -> Menu:
    query = select(Menu).where(Menu.bureau_id == actor.bureau_id, Menu.school_id == school_id, Menu.id == menu_id)
    if for_update:
        query = query.with_for_update().execution_options(populate_existing=True)
    menu = db.session.scalars(query).one_or_none()
    if menu is None:
        raise NotFound(_("没有这份菜谱。"))
    return menu


def live_menu(actor: Actor, school_id: int, monday: date) -> Menu | None:
    return db.session.scalars(
        select(Menu).where(
            Menu.bureau_id == actor.bureau_id, Menu.school_id == school_id, Menu.monday == monday, Menu.state.in_(LIVE)
        )
    ).one_or_none()


def grid_of(actor: Actor, menu: Menu) -> Grid:
    own = (MenuMeal.bureau_id == actor.bureau_id, MenuMeal.school_id == menu.school_id, MenuMeal.menu_id == menu.id)
    meals = sorted(db.session.scalars(select(MenuMeal).where(*own)), key=_in_order)
    rows = db.session.scalars(
        select(MenuDish)
        .join(
            MenuMeal,
            (MenuMeal.bureau_id == MenuDish.bureau_id)
            & (MenuMeal.school_id == MenuDish.school_id)
            & (MenuMeal.id == MenuDish.menu_meal_id),
        )
        .where(*own)
        .order_by(MenuDish.position, MenuDish.id)
    )
    dishes: dict[UUID, list[MenuDish]] = {meal.id: [] for meal in meals}
    for row in rows:
        dishes[row.menu_meal_id].append(row)
    return Grid(menu, meals, dishes, sorted({meal.on_day for meal in meals}))


def _in_order(meal: MenuMeal) -> tuple[date, int]:
    return (meal.on_day, MEAL_ORDER[Meal(meal.meal)])


def recipe_of_snapshot(dish_id: UUID, snapshot: Mapping[str, Any]) -> Recipe:
    return Recipe(
        key=str(dish_id), name=snapshot["name"], kind=snapshot["kind"], lines=tuple(lines_of_snapshot(snapshot)),
        style=snapshot["style"], portion=snapshot["portion"], allergens=frozenset(snapshot["allergens"]),
    )  # fmt: skip


def school_days(actor: Actor, monday: date) -> list[date]:
    """The days of a week on which there is school by the calendar; a week of holidays has none."""
    calendar = workdays.calendar(actor.bureau_id)
    return [day for day in week_of(monday) if is_workday(day, calendar)]


def begin(actor: Actor, menu_id: UUID, monday: date, *, days: Sequence[date] | None = None) -> Menu:
    """A draft under the client's id, with the meals that the school serves on its school days. Begun again it is the
    same; another one for the same week is a Conflict that names it."""
    school_id = actor.own_school_id()
    monday = rules.monday_of(monday)
    existing = db.session.get(Menu, (actor.bureau_id, school_id, menu_id))
    if existing is not None:
        if existing.monday != monday:
            raise Conflict(_("同一编号的菜谱已存在且内容不同。"), {"version": existing.version})
        return existing
    if not today() - timedelta(days=31) <= monday <= today() + FURTHEST:
        raise Invalid({"monday": [_("只能编制近一个月和今后四个月内的菜谱。")]})
    live = live_menu(actor, school_id, monday)
    if live is not None:
        raise Conflict(_("这一周已有菜谱。"), {"id": str(live.id), "version": live.version, "state": live.state})
    menu = Menu(
        bureau_id=actor.bureau_id, school_id=school_id, id=menu_id, monday=monday, created_by=actor.account_id,
        proposal={}, edition=0,
    )  # fmt: skip
    db.session.add(menu)
    flush(
        db.session(), {LIVE_ONE: Conflict(_("这一周已有菜谱。")), KEY: Conflict(_("同一编号的菜谱已存在且内容不同。"))}
    )
    wanted = list(days) if days is not None else school_days(actor, monday)
    served = meals_served(actor, school_id)
    for day in wanted or week_of(monday)[:5]:
        for meal in served:
            db.session.add(_meal(menu, day, meal.value))
    flush(db.session())
    return menu


def _meal(menu: Menu, day: date, meal: str) -> MenuMeal:
    return MenuMeal(
        bureau_id=menu.bureau_id, school_id=menu.school_id, id=new_id(), menu_id=menu.id, on_day=day, meal=meal
    )


def draft_for_edit(actor: Actor, menu_id: UUID, seen_version: int | None) -> Menu:
    """The actor's own draft, locked; its version goes up with every edit of its meals."""
    menu = get_menu(actor, actor.own_school_id(), menu_id, for_update=True)
    require_version(menu, seen_version)
    if menu.state != MenuState.DRAFT:
        raise Conflict(
            _("菜谱已公布或撤回；公布后的调整请使用“调整已公布的菜谱”。"),
            {"version": menu.version, "state": menu.state},
        )
    return menu


def touch(menu: Menu) -> None:
    flag_modified(menu, "note")
    flush(db.session())


def _meal_row(grid: Grid, day: date, meal: str) -> MenuMeal:
    found = grid.meal_at(day, meal)
    if found is None:
        raise NotFound(_("菜谱中没有这一餐。"))
    return found


def add_dish(actor: Actor, menu_id: UUID, seen_version: int | None, day: date, meal: str, dish_id: UUID) -> Menu:
    """At the end of the meal; a dish that is there already stays once."""
    menu = draft_for_edit(actor, menu_id, seen_version)
    grid = grid_of(actor, menu)
    row = _meal_row(grid, day, meal)
    present = [one.dish_id for one in grid.dishes[row.id]]
    if dish_id in present:
        return menu
    if len(present) >= MOST_DISHES:
        raise Invalid({"dish_id": [_("一餐最多 %(most)s 道菜。", most=MOST_DISHES)]})
    write_dishes(actor, menu, row, [*present, dish_id])
    touch(menu)
    return menu


def remove_dish(actor: Actor, menu_id: UUID, seen_version: int | None, menu_dish_id: UUID) -> Menu:
    menu = draft_for_edit(actor, menu_id, seen_version)
    grid = grid_of(actor, menu)
    for meal in grid.meals:
        kept = [one.dish_id for one in grid.dishes[meal.id] if one.id != menu_dish_id]
        if len(kept) < len(grid.dishes[meal.id]):
            write_dishes(actor, menu, meal, kept)
            touch(menu)
            return menu
    raise NotFound(_("菜谱中没有这道菜。"))


def set_meal(
    actor: Actor, menu_id: UUID, seen_version: int | None, day: date, meal: str, dish_ids: Sequence[UUID],
    planned_diners: int | None = None,
) -> Menu:  # fmt: skip
    """The whole meal in one go, in this order; a meal that the menu does not have yet is added to it."""
    menu = draft_for_edit(actor, menu_id, seen_version)
    row = grid_of(actor, menu).meal_at(day, meal) or add_meal(menu, day, meal)
    row.planned_diners = planned_diners
    write_dishes(actor, menu, row, dish_ids)
    touch(menu)
    return menu


def add_meal(menu: Menu, day: date, meal: str) -> MenuMeal:
    if rules.monday_of(day) != menu.monday or meal not in set(Meal):
        raise Invalid({"on_day": [_("日期不在这一周内，或没有这种餐次。")]})
    row = _meal(menu, day, meal)
    db.session.add(row)
    flush(db.session())
    return row


def drop_day(actor: Actor, menu_id: UUID, seen_version: int | None, day: date) -> Menu:
    """A day without school: its meals go."""
    menu = draft_for_edit(actor, menu_id, seen_version)
    for row in grid_of(actor, menu).meals:
        if row.on_day == day:
            db.session.delete(row)
    touch(menu)
    return menu


def copy_day(
    actor: Actor, menu_id: UUID, seen_version: int | None, source: date, target: date, *, move: bool = False
) -> Menu:
    """Every meal of one day over another's; `move`: the two change places."""
    menu = draft_for_edit(actor, menu_id, seen_version)
    grid = grid_of(actor, menu)
    first = {one.meal: [dish.dish_id for dish in grid.dishes[one.id]] for one in grid.meals if one.on_day == source}
    second = {one.meal: [dish.dish_id for dish in grid.dishes[one.id]] for one in grid.meals if one.on_day == target}
    if not first:
        raise NotFound(_("菜谱中没有这一天。"))
    _write_day(actor, menu, grid, target, first)
    if move:
        _write_day(actor, menu, grid, source, {meal: second.get(meal, []) for meal in first})
    touch(menu)
    return menu


def copy_week(actor: Actor, menu_id: UUID, seen_version: int | None, source_monday: date) -> Menu:
    """Another week's dishes by weekday and meal, those that are still served; meals that neither week has stay away."""
    menu = draft_for_edit(actor, menu_id, seen_version)
    source = live_menu(actor, menu.school_id, rules.monday_of(source_monday))
    if source is None or source.id == menu.id:
        raise NotFound(_("那一周没有菜谱。"))
    grid, other = grid_of(actor, menu), grid_of(actor, source)
    shift = menu.monday - source.monday
    active = active_ids(actor, menu.school_id, [dish.dish_id for rows in other.dishes.values() for dish in rows])
    for meal in other.meals:
        row = grid.meal_at(meal.on_day + shift, meal.meal)
        if row is not None:
            write_dishes(actor, menu, row, [dish.dish_id for dish in other.dishes[meal.id] if dish.dish_id in active])
    touch(menu)
    return menu


def _write_day(actor: Actor, menu: Menu, grid: Grid, day: date, meals: Mapping[str, Sequence[UUID]]) -> None:
    for meal, dish_ids in meals.items():
        row = grid.meal_at(day, meal) or add_meal(menu, day, meal)
        write_dishes(actor, menu, row, dish_ids)


def write_dishes(actor: Actor, menu: Menu, row: MenuMeal, dish_ids: Sequence[UUID]) -> list[MenuDish]:
    """The meal's dishes in this order; one that stays keeps its row, and with it its snapshot."""
    wanted = list(dict.fromkeys(dish_ids))
    if len(wanted) > MOST_DISHES:
        raise Invalid({"dishes": [_("一餐最多 %(most)s 道菜。", most=MOST_DISHES)]})
    own = (
        MenuDish.bureau_id == menu.bureau_id, MenuDish.school_id == menu.school_id, MenuDish.menu_meal_id == row.id,
    )  # fmt: skip
    present = {one.dish_id: one for one in db.session.scalars(select(MenuDish).where(*own))}
    dishes = {
        dish.id: dish
        for dish in db.session.scalars(
            select(Dish).where(Dish.bureau_id == actor.bureau_id, Dish.school_id == menu.school_id, Dish.id.in_(wanted))
        )
    }
    unknown = [dish_id for dish_id in wanted if dish_id not in dishes]
    if unknown:
        raise Invalid({"dishes": [_("没有这道菜。")]})
    gone = [one.id for dish_id, one in present.items() if dish_id not in dishes]
    if gone:
        db.session.execute(
            delete(MenuDish).where(*own, MenuDish.id.in_(gone)), execution_options={"synchronize_session": "fetch"}
        )
    found = []
    for position, dish_id in enumerate(wanted):
        line = present.get(dish_id)
        if line is None:
            dish = dishes[dish_id]
            line = MenuDish(
                bureau_id=menu.bureau_id, school_id=menu.school_id, id=new_id(), menu_meal_id=row.id, dish_id=dish_id,
                dish_name=dish.name, dish_kind=dish.kind, position=position,
            )  # fmt: skip
            db.session.add(line)
        line.position = position
        found.append(line)
    flush(db.session())
    return found


def active_ids(actor: Actor, school_id: int, dish_ids: Sequence[UUID]) -> set[UUID]:
    return set(
        db.session.scalars(
            select(Dish.id).where(
                Dish.bureau_id == actor.bureau_id, Dish.school_id == school_id, Dish.id.in_(dish_ids), Dish.is_active
            )
        )
    )


def recent_dish_ids(actor: Actor, school_id: int, monday: date, weeks: int = 2) -> set[UUID]:
    """Dishes on the menus of the weeks just before."""
    return set(
        db.session.scalars(
            select(MenuDish.dish_id)
            .join(
                MenuMeal,
                (MenuMeal.bureau_id == MenuDish.bureau_id)
                & (MenuMeal.school_id == MenuDish.school_id)
                & (MenuMeal.id == MenuDish.menu_meal_id),
            )
            .where(
                MenuDish.bureau_id == actor.bureau_id, MenuDish.school_id == school_id,
                MenuMeal.on_day >= monday - timedelta(weeks=weeks), MenuMeal.on_day < monday,
            )
        )
    )  # fmt: skip
