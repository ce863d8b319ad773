"""What a closed month points out, and the stores' moves in the books."""

from datetime import date

import pytest
from sqlalchemy import select

from kernel.actor import system_actor
from kernel.database import clock_at, new_id
from kernel.errors import Conflict
from school.canteen_books import chart
from school.canteen_books.models import BookFinding
from school.canteen_books.service import ledger, limits, months, payees, plans, stock_costs
from tests.integration.school.canteen_books.conftest import SEPTEMBER, at
from tests.support.canteen_books import book, close_month, monthly_plan, pay, through

LAST = date(2026, 9, 30)


@pytest.fixture
def served(books):
    with clock_at(at(LAST)):
        accountant = books.act("accountant")
        month = months.get_month(accountant, books.school_id, SEPTEMBER)
        months.set_meal_days(accountant, SEPTEMBER, month.version, [date(2026, 9, 7), date(2026, 9, 8)])
        plan = monthly_plan(books, 20_000, SEPTEMBER)
        plans.enrol(books.act("accountant"), [pupil.id for pupil in books.pupils], plan.id, SEPTEMBER)
        pay(books, books.pupils, 20_000, SEPTEMBER)
        yield books


def payee(books, kind):
    return payees.save_payee(books.act("accountant"), new_id(), None, name=f"演示{kind}", kind=kind, note="").id


def codes(books, session):
    close_month(books, SEPTEMBER)
    books.act("accountant")
    return {row.code: row.params for row in session.scalars(select(BookFinding))}


@pytest.mark.parametrize(
    ("template", "kind", "code"),
    [("wages", "teacher", "teacher_wages"), ("repairs", "other", "payee_outside")],
)
def test_money_that_leaves_the_canteen_is_pointed_out(served, session, template, kind, code):
    book(served, template, 12_300, LAST, payee_id=payee(served, kind))
    assert codes(served, session)[code] == {"payee": f"演示{kind}", "fen": 12_300}


@pytest.mark.parametrize(("template", "kind"), [("wages", "canteen_staff"), ("overtime", "teacher")])
def test_what_belongs_to_the_canteen_is_not(served, session, template, kind):
    """Overtime for organising meals is one of the eight classes, teachers' too."""
    book(served, template, 12_300, LAST, payee_id=payee(served, kind))
    assert not {"teacher_wages", "payee_outside"} & set(codes(served, session))


def test_a_limit_that_came_later_points_out_the_price(served, acting, world, session):
    bureau = acting(system_actor(world.bureaus["a"]))
    limits.save_limit(
        bureau, new_id(), None,
        {
            "setting": None, "stage": "primary", "unit": "month", "meal": None, "limit_fen": 19_999,
            "valid_from": SEPTEMBER, "valid_to": None, "citation": "演示限额",
        },
    )  # fmt: skip
    assert codes(served, session)["above_limit"] == {"plan": "包餐", "fen": 20_000, "limit_fen": 19_999}


def test_the_stores_moves_are_booked_once_and_the_difference_later(served, monkeypatch):
    values = {("food", "supplier"): -50_000, ("food", "consumed"): 30_000, ("consumable", "consumed"): 700}
    monkeypatch.setattr(stock_costs, "month_values", lambda *_: dict(values))
    through(served, stock_costs.book_stores(served.act("accountant"), new_id(), SEPTEMBER))
    stand = ledger.balances(served.act("accountant"), served.school_id, SEPTEMBER)
    assert (stand[chart.STOCK], stand[chart.PAYABLE], stand["5001"], stand["5005"]) == (19_300, 50_000, 30_000, 700)
    with pytest.raises(Conflict):
        stock_costs.book_stores(served.act("accountant"), new_id(), SEPTEMBER)
    values["food", "consumed"] = 29_000  # some came back
    through(served, stock_costs.book_stores(served.act("accountant"), new_id(), SEPTEMBER))
    stand = ledger.balances(served.act("accountant"), served.school_id, SEPTEMBER)
    assert (stand[chart.STOCK], stand["5001"]) == (20_300, 29_000)
