"""The same moment: a phone that sends twice, two people who correct one record, two who clear one cupboard."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from bureau.roles import Role
from duties.models import DutyMark
from kernel.database import clock_at, db
from kernel.database.scope import use_scope
from kernel.errors import Conflict
from school.canteen_day import kinds
from school.canteen_day.rules import Dish
from school.canteen_day.service import keeping, reading, samples
from school.canteen_day.service.menu import MealMenu
from school.diners.rules import Meal
from tests.support import at_once as together
from tests.support.canteen_day import SAMPLE, TASTED, add_person, entry, keep


@pytest.fixture(scope="module")
def city(admin_url, worker_id, tmp_path_factory):
    with together.city(admin_url, f"canteen_{worker_id}", tmp_path_factory.mktemp("canteen")) as found:
        yield found


@pytest.fixture
def cooks(city):
    """Two of the same school; the session is in its scope."""
    first, second = (city[1].actor(role) for role in (Role.CANTEEN_MANAGER, Role.FOOD_SAFETY_OFFICER))
    use_scope(db.session(), first.scope)
    return first, second


def test_a_record_sent_twice_at_once_is_one(city, cooks):
    actor = cooks[0]
    one = entry(**TASTED)
    send = (actor, lambda: keeping.keep_one(actor, kinds.TASTING, one)[1])
    outcomes = together.at_once(city[0], send, send, send)
    assert sorted(outcomes) == [False, False, True]
    use_scope(db.session(), actor.scope)
    found = reading.list_records(actor, kinds.TASTING, actor.school_id).items
    assert [record.id for record in found].count(one.id) == 1


def test_one_of_two_corrections_wins(city, cooks):
    wrong = keep(cooks[0], kinds.TASTING, **TASTED)

    def correct(actor):
        said = entry(**TASTED, corrects_id=wrong.id, correction_reason=actor.display_name)
        return (actor, lambda: keeping.keep_one(actor, kinds.TASTING, said)[0].id)

    outcomes = together.at_once(city[0], correct(cooks[0]), correct(cooks[1]))
    assert sum(isinstance(one, Conflict) for one in outcomes) == 1
    use_scope(db.session(), cooks[0].scope)
    assert len(reading.history(cooks[0], kinds.TASTING, cooks[0].school_id, wrong.id)) == 2


def test_a_person_is_checked_once_by_two_who_check_at_once(city, cooks):
    staff = add_person(cooks[0], "演示同时")

    def check(actor):
        return (actor, lambda: keep(actor, kinds.STAFF_CHECK, staff_id=staff.id).id)

    outcomes = together.at_once(city[0], check(cooks[0]), check(cooks[1]))
    assert sum(isinstance(one, Conflict) for one in outcomes) == 1


def test_the_last_two_dishes_at_once_complete_the_meal(city, cooks, monkeypatch):
    names = ("丁菜", "戊菜")
    menu = MealMenu(Meal.DINNER, 400, tuple(Dish(None, name, "meat") for name in names), True)
    monkeypatch.setattr("school.canteen_day.service.completing.menus_on", lambda *_args: {Meal.DINNER: menu})

    def sample(actor, name):
        return (actor, lambda: keep(actor, kinds.SAMPLE, **{**SAMPLE, "meal": "dinner", "dish_name": name}).id)

    together.at_once(city[0], sample(cooks[0], names[0]), sample(cooks[1], names[1]))
    use_scope(db.session(), cooks[0].scope)
    query = select(DutyMark).where(DutyMark.kind == "sample_retention", DutyMark.meal == "dinner")
    assert len(db.session.scalars(query).all()) == 1


def test_two_who_clear_the_cupboard_throw_each_sample_away_once(city, cooks):
    kept = [keep(cooks[0], kinds.SAMPLE, **{**SAMPLE, "dish_name": name}) for name in ("甲菜", "乙菜", "丙菜")]
    ids = [one.id for one in kept]
    after = max(one.dispose_not_before for one in kept) + timedelta(minutes=1)

    def clear(actor, order):
        def run():
            with clock_at(after):
                return samples.dispose_due(actor, order)

        return (actor, run)

    outcomes = together.at_once(city[0], clear(cooks[0], ids), clear(cooks[1], ids[::-1]))
    assert sorted(outcomes) == [0, 3]
