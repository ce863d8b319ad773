"""Menus: begun, filled, copied, published, changed with a reason, withdrawn."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, text

from kernel.database import clock_at, new_id
from kernel.errors import Conflict, Invalid, NotFound, RuleBroken
from kernel.web.dates import SHANGHAI
from school.canteen.models import MenuDish, MenuPublication
from school.canteen.service import dishes, menus, publishing, reading
from school.canteen.service.judging import judge
from tests.support import weeks
from tests.support.weeks import NEXT


def names(actor, menu, day=NEXT, meal="lunch"):
    grid = menus.grid_of(actor, menu)
    return [one.dish_name for one in grid.dishes[grid.meal_at(day, meal).id]]


def test_a_week_begins_with_the_meals_that_the_school_serves(cook):
    menu = weeks.draft(cook)
    grid = menus.grid_of(cook, menu)
    assert len(grid.days) == 5
    assert [str(meal) for meal in grid.kinds_of_meals] == ["breakfast", "lunch", "dinner"]  # a1 has boarders


def test_begun_twice_it_is_one_and_a_second_for_the_week_is_a_conflict(cook):
    menu = weeks.draft(cook)
    assert menus.begin(cook, menu.id, NEXT + timedelta(days=3)).id == menu.id
    with pytest.raises(Conflict) as refusal:
        menus.begin(cook, new_id(), NEXT)
    assert refusal.value.current["id"] == str(menu.id)


def test_a_dish_is_added_at_the_end_once_and_removed(cook):
    menu = weeks.draft(cook)
    rice, pork = weeks.dish(cook, weeks.RICE), weeks.dish(cook)
    for found in (rice, pork, rice):
        menu = menus.add_dish(cook, menu.id, menu.version, NEXT, "lunch", found.id)
    assert names(cook, menu) == ["米饭", "青椒肉片"]
    grid = menus.grid_of(cook, menu)
    first = grid.dishes[grid.meal_at(NEXT, "lunch").id][0]
    menu = menus.remove_dish(cook, menu.id, menu.version, first.id)
    assert names(cook, menu) == ["青椒肉片"]


def test_an_edit_on_an_older_state_is_refused(cook):
    menu = weeks.draft(cook)
    pork = weeks.dish(cook)
    seen = menu.version
    menus.add_dish(cook, menu.id, seen, NEXT, "lunch", pork.id)
    with pytest.raises(Conflict):
        menus.add_dish(cook, menu.id, seen, NEXT, "dinner", pork.id)


def test_another_schools_dish_is_none(cook, world, acting):
    acting(world.actor("canteen_manager", "a2"))
    foreign = weeks.dish(world.actor("canteen_manager", "a2"))
    acting(cook)
    menu = weeks.draft(cook)
    with pytest.raises(Invalid):
        menus.add_dish(cook, menu.id, menu.version, NEXT, "lunch", foreign.id)


def test_days_are_copied_and_change_places(cook, menu):
    tuesday = NEXT + timedelta(days=1)
    one = weeks.dish(cook, ("蒸南瓜", "snack", [("南瓜", "70")]))
    menu = menus.set_meal(cook, menu.id, menu.version, tuesday, "lunch", [one.id])
    menu = menus.copy_day(cook, menu.id, menu.version, tuesday, NEXT, move=True)
    assert names(cook, menu) == ["蒸南瓜"]
    assert len(names(cook, menu, tuesday)) == 6
    menu = menus.copy_day(cook, menu.id, menu.version, tuesday, NEXT)
    assert names(cook, menu) == names(cook, menu, tuesday)
    menu = menus.drop_day(cook, menu.id, menu.version, tuesday)
    assert tuesday not in menus.grid_of(cook, menu).days


def test_last_weeks_menu_is_copied_without_dishes_set_aside(cook, menu):
    later = weeks.draft(cook, NEXT + timedelta(weeks=1))
    gone = next(one for one in dishes.search_dishes(cook, cook.school_id, "青椒") if one.name == "青椒肉片")
    dishes.set_active(cook, gone.id, gone.version, False)
    later = menus.copy_week(cook, later.id, later.version, NEXT)
    assert names(cook, later, NEXT + timedelta(weeks=1)) == [
        name for name in names(cook, menu) if name != "青椒肉片"
    ]  # fmt: skip
    with pytest.raises(NotFound):
        menus.copy_week(cook, later.id, later.version, NEXT + timedelta(weeks=8))


def test_a_published_menu_keeps_what_it_showed(cook, menu, session):
    menu = publishing.publish(cook, menu.id, menu.version)
    assert (menu.state, menu.edition, menu.is_public) == ("published", 1, True)
    edition = publishing.publications_of(cook, menu)[0]
    assert edition.content["days"][0]["meals"][1]["dishes"][1]["name"] == "青椒肉片"
    before = judge(cook, menu).checks
    pork = next(one for one in dishes.search_dishes(cook, cook.school_id, "青椒肉片"))
    dishes.save_dish(
        cook, pork.id, pork.version, **weeks.values("青椒肉片", "meat", [("猪五花肉", "90")], code="青椒肉片")
    )
    assert judge(cook, menu).checks == before
    assert publishing.publications_of(cook, menu)[0].content == edition.content


def test_a_published_menu_is_not_edited_and_its_editions_cannot_be_altered(cook, menu, session):
    pork = weeks.dish(cook, ("另一道", "meat", [("猪肉丝", "30")]))
    menu = publishing.publish(cook, menu.id, menu.version)
    with pytest.raises(Conflict):
        menus.add_dish(cook, menu.id, menu.version, NEXT, "dinner", pork.id)
    with pytest.raises(Conflict):
        publishing.publish(cook, menu.id, menu.version)
    session.flush()
    with pytest.raises(Exception, match="permission denied"):
        session.execute(text("UPDATE menu_publications SET reason = 'x'"))


def test_a_change_after_publication_leaves_its_reason_and_what_changed(cook, menu):
    menu = publishing.publish(cook, menu.id, menu.version)
    fish = weeks.dish(cook, ("红烧鱼块", "meat", [("草鱼", "40")]))
    lunch = menus.grid_of(cook, menu)
    kept = [one.dish_id for one in lunch.dishes[lunch.meal_at(NEXT, "lunch").id] if one.dish_name != "宫保鸡丁"]
    with pytest.raises(Invalid):
        publishing.amend(cook, menu.id, menu.version, NEXT, "lunch", [*kept, fish.id], "  ")
    menu = publishing.amend(cook, menu.id, menu.version, NEXT, "lunch", [*kept, fish.id], "鸡肉没有到货")
    newest, first = publishing.publications_of(cook, menu)
    assert (newest.number, newest.event, newest.reason, menu.edition) == (2, "amend", "鸡肉没有到货", 2)
    assert newest.changes == [
        {"day": NEXT.isoformat(), "meal": "lunch", "removed": ["宫保鸡丁"], "added": ["红烧鱼块"]}
    ]
    assert "宫保鸡丁" in str(first.content)
    assert "红烧鱼块" in [one.name for one in reading.meals_on(cook, cook.school_id, NEXT)[1].dishes]
    with pytest.raises(Invalid):
        publishing.amend(cook, menu.id, menu.version, NEXT, "lunch", [*kept, fish.id], "没有变化")


def test_forbidden_food_is_refused_with_its_article(cook):
    menu, _known = weeks.filled(cook, of=(weeks.RICE, weeks.GREEN_BEANS))
    with pytest.raises(RuleBroken) as refusal:
        publishing.publish(cook, menu.id, menu.version)
    assert refusal.value.rule == "menu_forbidden_food"
    assert "四季豆" in refusal.value.message
    assert "第45号令" in refusal.value.citation


def test_forbidden_food_cannot_come_in_by_a_change_either(cook, menu):
    beans = weeks.dish(cook, weeks.GREEN_BEANS)
    menu = publishing.publish(cook, menu.id, menu.version)
    with pytest.raises(RuleBroken):
        publishing.amend(cook, menu.id, menu.version, NEXT, "lunch", [beans.id], "换菜")


def test_an_empty_week_is_not_published(cook):
    menu = weeks.draft(cook)
    with pytest.raises(Invalid):
        publishing.publish(cook, menu.id, menu.version)


def test_a_late_publication_is_possible_and_says_so(cook, menu):
    on = datetime.combine(NEXT - timedelta(days=2), datetime.min.time(), SHANGHAI) + timedelta(hours=9)
    with clock_at(on):
        menu = publishing.publish(cook, menu.id, menu.version)
    assert menu.days_ahead == 2
    late = next(one for one in judge(cook, menu).checks if one.code == "published_ahead")
    assert (late.verdict, late.findings[0].values["days"]) == ("failed", 2)


def test_a_withdrawn_week_is_free_again_and_the_reason_stays(cook, menu):
    menu = publishing.publish(cook, menu.id, menu.version)
    menu = publishing.withdraw(cook, menu.id, menu.version, "停课")
    assert (menu.state, menu.is_public) == ("withdrawn", False)
    assert publishing.publications_of(cook, menu)[0].reason == "停课"
    assert reading.meals_on(cook, cook.school_id, NEXT) == []
    assert menus.begin(cook, new_id(), NEXT).state == "draft"
    with pytest.raises(Conflict):
        publishing.withdraw(cook, menu.id, menu.version, "再撤一次")


def test_publication_fulfils_the_duty_and_withdrawal_owes_it_again(cook, menu, session):
    def marks():
        return session.execute(
            text("SELECT count(*) FROM duty_marks WHERE kind = 'menu_published' AND withdrawn_at IS NULL")
        ).scalar_one()

    menu = publishing.publish(cook, menu.id, menu.version)
    assert marks() == 1
    publishing.withdraw(cook, menu.id, menu.version, "停课")
    assert marks() == 0


def test_a_discarded_draft_leaves_a_row_that_nobody_else_sees(cook, menu, session):
    menu = publishing.discard(cook, menu.id, menu.version, "")
    row = session.scalar(select(MenuPublication).where(MenuPublication.menu_id == menu.id))
    assert (row.event, row.is_public, row.content) == ("discard", False, {})


def test_dishes_of_a_menu_stand_in_their_order(cook, menu, session):
    grid = menus.grid_of(cook, menu)
    positions = [one.position for one in grid.dishes[grid.meal_at(NEXT, "lunch").id]]
    assert positions == list(range(6))
    assert session.scalar(select(MenuDish.snapshot).limit(1)) is None
