"""A closed month refuses, its statement adds up, opening it again leaves a trace."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from kernel.database import clock_at, db, new_id
from kernel.errors import Conflict, Invalid, RuleBroken
from school.stores.service import closing, issuing, receiving
from school.stores.service.checking import reconcile
from school.stores.service.steps import steps_of
from school.stores.work_models import StoreMonthLine
from tests.support.stores import own_good, takes_of

SEPTEMBER, OCTOBER = date(2026, 9, 1), date(2026, 10, 1)


def noon(day):
    return clock_at(datetime(day.year, day.month, day.day, 12, tzinfo=ZoneInfo("Asia/Shanghai")))


@pytest.fixture
def good(acting, keeper):
    acting(keeper)
    return own_good(keeper, "演示纸")


def receive(keeper, good, day, quantity="10", fen=1000):
    receiving.receive_by_hand(keeper, new_id(), [receiving.ByHand(good.id, Decimal(quantity), fen)], on=day)


def issue(keeper, good, day, quantity):
    issuing.issue(keeper, new_id(), takes_of(keeper, good.id, quantity), taker_name="王演示", on=day)


def line_of(actor, month):
    (line,) = closing.statement(actor, actor.school_id, month)
    return line


@pytest.fixture
def november(acting):
    with noon(date(2026, 11, 2)):
        yield


def test_statements_follow_from_one_another(acting, keeper, good, november):
    receive(keeper, good, date(2026, 9, 3))
    issue(keeper, good, date(2026, 9, 30), "4")
    issue(keeper, good, date(2026, 10, 1), "1")
    first = line_of(keeper, closing.close(keeper, SEPTEMBER))
    second = line_of(keeper, closing.close(keeper, date(2026, 10, 17)))
    assert (first["opening_quantity"], first["received_quantity"], first["issued_quantity"]) == (0, 10, 4)
    assert (first["closing_quantity"], first["closing_fen"]) == (6, 600)
    assert (second["opening_quantity"], second["opening_fen"]) == (6, 600)
    assert (second["issued_quantity"], second["issued_fen"], second["closing_quantity"]) == (1, 100, 5)
    assert reconcile(keeper.bureau_id) == []


def test_a_closed_month_refuses_and_says_so(acting, keeper, good, november):
    receive(keeper, good, date(2026, 9, 3))
    closing.close(keeper, SEPTEMBER)
    with pytest.raises(RuleBroken) as told:
        issue(keeper, good, date(2026, 9, 30), "1")
    assert told.value.rule == "store_month_closed"
    assert "2026 年 9 月" in told.value.message
    issue(keeper, good, date(2026, 10, 1), "1")


def test_months_are_closed_in_their_order_when_they_are_over(acting, keeper, good, november):
    receive(keeper, good, date(2026, 9, 3))
    receive(keeper, good, date(2026, 10, 3))
    with pytest.raises(RuleBroken) as told:
        closing.close(keeper, OCTOBER)
    assert told.value.rule == "store_month_earlier_open"
    with pytest.raises(RuleBroken) as told:
        closing.close(keeper, date(2026, 11, 1))
    assert told.value.rule == "store_month_running"
    closing.close(keeper, SEPTEMBER)
    with pytest.raises(Conflict):
        closing.close(keeper, SEPTEMBER)
    with noon(date(2026, 10, 31)):
        closing.close(keeper, OCTOBER)


def test_opened_again_by_the_director_with_a_reason_that_stays(acting, keeper, director, good, november):
    receive(keeper, good, date(2026, 9, 3))
    month = closing.close(keeper, SEPTEMBER)
    acting(director)
    with pytest.raises(Invalid):
        closing.reopen(director, month.id, month.version, " ")
    closing.reopen(director, month.id, month.version, "漏记一张出库单")
    acting(keeper)
    issue(keeper, good, date(2026, 9, 30), "4")
    month = closing.close(keeper, SEPTEMBER)
    assert (month.revision, line_of(keeper, month)["closing_quantity"]) == (2, 6)
    steps = steps_of(keeper, keeper.school_id, month.id)
    assert [(step.event, step.reason) for step in steps] == [
        ("close", ""), ("reopen", "漏记一张出库单"), ("close", ""),
    ]  # fmt: skip
    kept = db.session.query(StoreMonthLine).filter_by(month_id=month.id, revision=1).one()
    assert kept.closing_quantity == 10


def test_only_the_newest_closed_month_opens_again(acting, keeper, director, good, november):
    receive(keeper, good, date(2026, 9, 3))
    month = closing.close(keeper, SEPTEMBER)
    closing.close(keeper, OCTOBER)
    acting(director)
    with pytest.raises(RuleBroken) as told:
        closing.reopen(director, month.id, month.version, "演示")
    assert told.value.rule == "store_month_later_closed"


def test_a_month_with_an_unfinished_count_stays_open(acting, keeper, good):
    from school.stores.service import counting

    with noon(date(2026, 9, 30)):
        receive(keeper, good, date(2026, 9, 3))
        row = counting.start(keeper, new_id(), kind="monthly")
        with pytest.raises(RuleBroken) as told:
            closing.close(keeper, SEPTEMBER)
        assert told.value.rule == "store_month_stocktake"
        counting.cancel(keeper, row.id, row.version)
        closing.close(keeper, SEPTEMBER)


def test_disposed_and_counted_differences_stand_in_their_columns(acting, keeper, director, good):
    from school.stores.service import counting

    with noon(date(2026, 9, 29)):
        receive(keeper, good, date(2026, 9, 3))
        issuing.dispose(keeper, new_id(), takes_of(keeper, good.id, "2"), reason="受潮")
        row = counting.start(keeper, new_id(), kind="monthly")
        (line,) = counting.lines_of(keeper, keeper.school_id, row.id)
        counting.count(keeper, row.id, {line.id: Decimal(7)})
        counting.finish(keeper, row.id, row.version)
        acting(director)
        counting.approve(director, row.id, row.version, "属实")
    with noon(date(2026, 9, 30)):
        statement = line_of(director, closing.close(director, SEPTEMBER))
    assert (statement["disposed_quantity"], statement["difference_quantity"]) == (2, -1)
    assert (statement["closing_quantity"], statement["closing_fen"]) == (7, 700)


def test_tomorrow_takes_no_document(acting, keeper, good):
    with noon(date(2026, 9, 3)), pytest.raises(Invalid):
        receive(keeper, good, date(2026, 9, 3) + timedelta(days=1))
