"""The page of the day costs as many questions to the database for a full day as for a thin one."""

from decimal import Decimal

import pytest
from sqlalchemy import event

from bureau.roles import Role
from kernel.database import db
from school.canteen_day import kinds
from tests.support.canteen_day import ATE, COOKED, SAMPLE, TASTED, add_person, add_refrigerator, cook, keep

NOT_COUNTED = ("SET LOCAL", "SAVEPOINT", "RELEASE", "ROLLBACK")
MOST = 60  # one page of some thirty tasks, with menus, people, duties and findings


@pytest.fixture
def asked(session, client_as):
    sent = []

    def note(connection, cursor, statement, parameters, context, executemany):
        if not statement.startswith(NOT_COUNTED):
            sent.append(statement)

    def measure(role, path):
        client = client_as(role)
        client.get(path)  # what is loaded once per process
        sent.clear()
        assert client.get(path).status_code == 200
        return len(sent)

    event.listen(db.engine, "before_cursor_execute", note)
    yield measure
    event.remove(db.engine, "before_cursor_execute", note)


def fill(actor, number):
    staff = add_person(actor, f"演示{number}")
    keep(actor, kinds.STAFF_CHECK, staff_id=staff.id)
    cold = add_refrigerator(actor, f"{number} 号冰箱")
    keep(actor, kinds.REFRIGERATOR, refrigerator_id=cold.id, celsius=Decimal(4))
    keep(actor, kinds.TASTING, **TASTED)
    keep(actor, kinds.ACCOMPANYING, **{**ATE, "dishes": "poor", "comment": "凉了"})
    keep(actor, kinds.COOKING, **{**COOKED, "dish_name": f"菜{number}"})
    keep(actor, kinds.SAMPLE, **{**SAMPLE, "dish_name": f"菜{number}"})


def test_the_day_and_its_lists_do_not_ask_more_for_more_rows(session, world, asked):
    paths = ["/canteen-day", "/canteen-day/records/food_sample", "/canteen-day/food-samples", "/canteen-staff"]
    fill(cook(world), 1)
    session.commit()
    thin = {path: asked(Role.CANTEEN_MANAGER, path) for path in paths}
    actor = cook(world)
    for number in range(2, 8):
        fill(actor, number)
    session.commit()
    assert {path: asked(Role.CANTEEN_MANAGER, path) for path in paths} == thin
    assert thin["/canteen-day"] <= MOST


def test_the_bureaus_page_asks_once_for_all_schools(session, world, asked):
    fill(cook(world), 1)
    session.commit()
    thin = asked(Role.CANTEEN_OFFICER, "/oversight/canteen-day")
    fill(cook(world, "a2"), 1)
    fill(cook(world, "a3"), 1)
    session.commit()
    assert asked(Role.CANTEEN_OFFICER, "/oversight/canteen-day") == thin
