"""Recommended dishes of the bureau, and this and next week's menus of the show schools, through the services."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from uuid import UUID

from flask import Flask
from flask_babel import force_locale
from sqlalchemy import select

from bureau.demo.context import DemoContext
from bureau.demo.people import SHOW_SCHOOLS, build_people, holder
from kernel.actor import Actor
from kernel.database import clock_at, db, new_id
from kernel.database.scope import use_scope
from kernel.web.dates import SHANGHAI
from school.canteen.models import Menu, RecommendedDish
from school.canteen.proposing.request import Pattern
from school.canteen.rules import monday_of
from school.canteen.service import menus, publishing, recommended
from school.canteen.service.dishes import all_dishes
from school.canteen.service.judging import ground_of
from school.canteen.service.proposals import Wish, meals_of, pattern_of, propose_into

OTHER_SCHOOLS = 6  # that plan by hand
SECONDS = 1.2  # for the proposer: the demo should not wait for the last fen
AT = time(15, 20)
EARLY, LATE = 9, 4  # days before the week


def demo(app: Flask, demo: DemoContext) -> None:
    bureau = demo.officer("bureau-canteen", "canteen_officer")
    recommended.start_list(bureau)
    db.session.commit()
    wanted = list(db.session.scalars(select(RecommendedDish.id).where(RecommendedDish.bureau_id == bureau.bureau_id)))
    this = monday_of(demo.today)
    with force_locale("zh_CN"):
        for index, school in enumerate(demo.district.schools[: SHOW_SCHOOLS + OTHER_SCHOOLS]):
            actor = _manager(demo, school.code)
            use_scope(db.session(), actor.scope)
            is_shown = index < SHOW_SCHOOLS
            with clock_at(_at(this - timedelta(days=30))):
                recommended.copy_recommended(actor, wanted)
            # One school of a few is late with it.
            _publish(actor, this, EARLY if is_shown or index % 3 else LATE, index, by_proposer=is_shown)
            if is_shown:
                _next_week(actor, this, demo.today)
            db.session.commit()
            db.session.expunge_all()


def _at(day: date) -> datetime:
    return datetime.combine(day, AT, SHANGHAI)


def _publish(actor: Actor, monday: date, days_before: int, number: int, *, by_proposer: bool) -> None:
    with clock_at(_at(monday - timedelta(days=days_before))):
        menu = menus.begin(actor, new_id(), monday)
        if by_proposer:
            menu, _proposal = propose_into(actor, menu.id, menu.version, Wish(), seconds=SECONDS)
        else:
            menu = _by_hand(actor, menu, number)
        menu = publishing.publish(actor, menu.id, menu.version)
    if by_proposer:
        _amend(actor, menu, monday)


def _amend(actor: Actor, menu: Menu, monday: date) -> None:
    """One meal was changed after it was public: the fish did not come."""
    grid = menus.grid_of(actor, menu)
    lunch = next((row for row in grid.meals if row.meal == "lunch" and len(grid.dishes[row.id]) > 2), None)
    if lunch is None:
        return
    served = [one.dish_id for one in grid.dishes[lunch.id]]
    all_week = {one.dish_id for dishes in grid.dishes.values() for one in dishes}
    meats = [view.dish for view in all_dishes(actor, menu.school_id) if view.dish.kind == "meat"]
    # Not the week's liver: there is only one.
    meats = [dish for dish in meats if "肝" not in dish.name]
    old = next((dish.id for dish in meats if dish.id in served), None)
    other = next((dish.id for dish in meats if dish.id not in all_week), None)
    if old is None or other is None:
        return
    with clock_at(_at(monday - timedelta(days=1))):
        changed = [other if dish_id == old else dish_id for dish_id in served]
        publishing.amend(
            actor, menu.id, menu.version, lunch.on_day, "lunch", changed, "供货商通知当日到货不足，改用同类菜品。"
        )


def _next_week(actor: Actor, this: date, today: date) -> None:
    """This week's dishes on other days."""
    monday = this + timedelta(weeks=1)
    with clock_at(min(_at(this - timedelta(days=2)), _at(today - timedelta(days=1)))):
        menu = menus.begin(actor, new_id(), monday)
        menu = menus.copy_week(actor, menu.id, menu.version, this)
        days = menus.grid_of(actor, menu).days
        for first, second in zip(days[::2], days[1::2], strict=False):
            menu = menus.copy_day(actor, menu.id, menu.version, first, second, move=True)
        publishing.publish(actor, menu.id, menu.version)


def _by_hand(actor: Actor, menu: Menu, number: int) -> Menu:
    """As a canteen manager without the proposer would: the next dishes of each kind, day by day."""
    ground = ground_of(actor, menu.school_id, menu.monday)
    dishes = all_dishes(actor, menu.school_id)
    by_place: dict[tuple[str, str], list[UUID]] = {}
    for view in dishes:
        for meal in meals_of(view.dish):
            by_place.setdefault((meal, view.dish.kind), []).append(view.dish.id)
    grid = menus.grid_of(actor, menu)
    for row in grid.meals:
        offset = (
            number * 7 + (row.on_day - menu.monday).days * 3 + sorted({one.meal for one in grid.meals}).index(row.meal)
        )
        pattern = pattern_of(row.meal, ground.school.stage, ground.limits)
        menus.write_dishes(actor, menu, row, _next(by_place, row.meal, pattern, offset))
    menus.touch(menu)
    return menu


def _next(by_place: dict[tuple[str, str], list[UUID]], meal: str, pattern: Pattern, offset: int) -> Sequence[UUID]:
    chosen: list[UUID] = []
    for kind, (least, _most) in pattern.items():
        offered = by_place.get((meal, kind), [])
        chosen += [offered[(offset * least + place) % len(offered)] for place in range(least)] if offered else []
    if not chosen:
        offered = by_place.get((meal, "fruit"), []) or by_place.get((meal, "snack"), [])
        chosen = [offered[offset % len(offered)]] if offered else []
    return list(dict.fromkeys(chosen))


def _manager(demo: DemoContext, code: str) -> Actor:
    people = build_people(demo.district)
    person = holder(people, "canteen_manager", code)
    return Actor(
        account_id=demo.accounts[person.username], display_name=person.name, level="school", bureau_id=demo.bureau_id,
        school_id=demo.schools[code], roles=frozenset({"canteen_manager"}),
    )  # fmt: skip
