"""Two desks at the same moment, each on a connection of its own, committed for real."""

import pytest
from sqlalchemy import select

from kernel.database import db, new_id
from kernel.database.scope import use_scope
from kernel.errors import Conflict, Invalid, RuleBroken
from kernel.web.dates import today
from school.canteen_books.meal_models import MealEnrolment, MealRefund
from school.canteen_books.service import collecting, months, plans
from school.diners.service import classes, pupils
from tests.integration.school.canteen_books.conftest import Books
from tests.support import at_once as together
from tests.support.canteen_books import monthly_plan, pay

MONTH = today().replace(day=1)


@pytest.fixture(scope="module")
def city(admin_url, worker_id, tmp_path_factory):
    with together.city(admin_url, f"books_{worker_id}", tmp_path_factory.mktemp("books")) as found:
        yield found


@pytest.fixture(scope="module")
def books(city):
    def acting(actor):
        use_scope(db.session(), actor.scope)
        return actor

    world = city[1]
    found = Books(world, acting, "a2", world.schools["a2"])
    manager = found.act("logistics_director")
    room = classes.open_class(
        manager, new_id(), {"name": "", "stage": "primary", "grade": 1, "number": 1, "teacher_id": None}
    )
    for number in range(1, 4):
        content = {
            "class_id": room.id, "number": f"2026{number:03d}", "name": f"演示学生{number}", "sex": "female",
            "birth_date": None, "is_boarder": False, "allergens": [], "allergy_note": "", "left_on": None,
        }  # fmt: skip
        found.pupils.append(pupils.add_pupil(manager, new_id(), content))
    months.open_books(found.act("accountant"), MONTH)
    db.session.commit()
    return found


def test_two_refunds_of_one_pupil_take_no_more_than_there_is(city, books):
    """Each alone is covered; paid out at two desks at once, both must not see the same money."""
    pupil = books.pupils[0]
    use_scope(db.session(), books.world.actor("accountant", "a2").scope)
    db.session.refresh(pupil)
    pupil_id = pupil.id
    pay(books, [pupil], 1_000, MONTH)
    refunds = []
    for reason in ("month", "term"):
        actor = books.act("accountant")
        row = MealRefund(
            bureau_id=actor.bureau_id, school_id=actor.own_school_id(), id=new_id(), month=MONTH, pupil_id=pupil_id,
            reason=reason, amount_fen=700, state="due", created_by=actor.account_id,
        )  # fmt: skip
        db.session.add(row)
        db.session.flush()
        refunds.append(row.id)
    cashier = books.act("cashier")
    outcomes = together.at_once(
        city[0],
        *((cashier, lambda one=one: collecting.pay_refunds(cashier, [one], "cash", {})) for one in refunds),
    )
    assert sorted(type(one).__name__ for one in outcomes) == ["RuleBroken", "int"], outcomes
    assert [one.rule for one in outcomes if isinstance(one, RuleBroken)] == ["refund_uncovered"]


def test_a_double_click_enrols_once(city, books):
    accountant = books.act("accountant")
    plan_id = monthly_plan(books, 14_000, MONTH, name=f"包餐{new_id()}").id
    pupil_id = db.session.scalars(select(MealRefund.pupil_id)).first()
    outcomes = together.at_once(
        city[0], *((accountant, lambda: plans.enrol(accountant, [pupil_id], plan_id, MONTH)) for _ in range(3))
    )
    assert all(isinstance(one, int | Conflict | Invalid) for one in outcomes), outcomes
    books.act("accountant")
    assert len(db.session.scalars(select(MealEnrolment).where(MealEnrolment.plan_id == plan_id)).all()) == 1
