"""Counted blind, differences approved by another."""

from decimal import Decimal

import pytest

from kernel.database import new_id
from kernel.errors import Conflict, Invalid, RuleBroken
from school.stores.models import StoreDocument
from school.stores.service import counting, issuing
from school.stores.service.checking import reconcile
from tests.support.stores import at, own_good, put_in, takes_of


@pytest.fixture
def stocked(acting, keeper):
    """Two goods, 10 for 10.00 and 4 for 1.00."""
    acting(keeper)
    goods = [own_good(keeper, "演示A纸"), own_good(keeper, "演示B纸")]
    return goods, [put_in(keeper, goods[0]), put_in(keeper, goods[1], "4", 100)]


def begin(keeper):
    row = counting.start(keeper, new_id(), kind="monthly", good_kind="consumable")
    return row, counting.lines_of(keeper, keeper.school_id, row.id)


def counts(lines, *quantities):
    return {line.id: Decimal(quantity) for line, quantity in zip(lines, quantities, strict=True)}


def test_differences_are_posted_when_another_approves(acting, keeper, director, stocked):
    row, lines = begin(keeper)
    assert counting.count(keeper, row.id, counts(lines[:1], "9")) == 1
    with pytest.raises(RuleBroken) as told:
        counting.finish(keeper, row.id, row.version)
    assert told.value.rule == "store_not_counted"
    assert counting.count(keeper, row.id, counts(lines[1:], "6")) == 0
    counting.finish(keeper, row.id, row.version)
    assert (row.state, row.difference_count, row.difference_fen) == ("counted", 2, -100 + 50)
    with pytest.raises(RuleBroken) as told:
        counting.approve(keeper, row.id, row.version, "属实")
    assert told.value.rule == "store_own_count"
    acting(director)
    with pytest.raises(Invalid):
        counting.approve(director, row.id, row.version)
    counting.approve(director, row.id, row.version, "属实")
    assert row.state == "posted"
    _goods, batches = stocked
    assert [sum(at(keeper, batch_id).values()) for batch_id in batches] == [9, 6]
    assert reconcile(keeper.bureau_id) == []
    assert counting.approve(director, row.id, None).document_id == row.document_id


def test_goods_may_move_while_others_are_being_counted(acting, keeper, director, stocked):
    (good, _other), (batch_id, _other_batch) = stocked
    row, lines = begin(keeper)
    counting.count(keeper, row.id, counts(lines, "9", "4"))
    issuing.issue(keeper, new_id(), takes_of(keeper, good.id, "3"), taker_name="王演示")
    counting.finish(keeper, row.id, row.version)
    acting(director)
    counting.approve(director, row.id, row.version, "属实")
    assert sum(at(keeper, batch_id).values()) == 6  # 10 in the books, 9 found, 3 issued since


def test_what_is_no_longer_there_to_take_off_is_told(acting, keeper, director, stocked):
    (good, _other), _batches = stocked
    row, lines = begin(keeper)
    counting.count(keeper, row.id, counts(lines, "1", "4"))
    issuing.issue(keeper, new_id(), takes_of(keeper, good.id, "8"), taker_name="王演示")
    counting.finish(keeper, row.id, row.version)
    acting(director)
    with pytest.raises(RuleBroken) as told:
        counting.approve(director, row.id, row.version, "属实")
    assert told.value.rule == "store_short"


def test_the_book_figure_shows_only_when_all_is_counted(acting, keeper, stocked):
    row, lines = begin(keeper)
    counting.count(keeper, row.id, counts(lines, "9", "4"))
    assert all(line.book_quantity is None for line in counting.shown_lines(keeper, row))
    counting.finish(keeper, row.id, row.version)
    assert [line.book_quantity for line in counting.shown_lines(keeper, row)] == [10, 4]
    with pytest.raises(Conflict):
        counting.count(keeper, row.id, counts(lines, "10", "4"))


def test_sent_back_the_second_count_is_as_blind_as_the_first(acting, keeper, director, stocked):
    row, lines = begin(keeper)
    counting.count(keeper, row.id, counts(lines, "9", "4"))
    counting.finish(keeper, row.id, row.version)
    acting(director)
    counting.send_back(director, row.id, row.version, "请复盘")
    assert row.state == "counting"
    assert [line.counted_quantity for line in counting.lines_of(keeper, keeper.school_id, row.id)] == [None, 4]
    acting(keeper)
    counting.count(keeper, row.id, counts(lines[:1], "10"))
    assert counting.finish(keeper, row.id, row.version).difference_count == 0
    acting(director)
    counting.approve(director, row.id, row.version)
    assert (row.state, row.document_id) == ("posted", None)


def test_what_the_books_know_nothing_of_comes_in_without_a_cost(acting, keeper, director, stocked):
    (good, _other), _batches = stocked
    row, lines = begin(keeper)
    counting.count(keeper, row.id, counts(lines, "10", "4"))
    line_id = new_id()
    found = counting.Found(good.id, good.location_id, Decimal(2), batch_no="X9")
    counting.add_found(keeper, row.id, line_id, found)
    assert counting.add_found(keeper, row.id, line_id, found).id == line_id
    counting.finish(keeper, row.id, row.version)
    acting(director)
    counting.approve(director, row.id, row.version, "账外物品入账")
    from kernel.database import db

    document = db.session.get(StoreDocument, (keeper.bureau_id, keeper.school_id, row.document_id))
    assert (document.line_count, document.amount_fen) == (1, 0)
    assert sum(quantity for _batch, _place, quantity in takes_of(keeper, good.id, "12")) == 12
    assert reconcile(keeper.bureau_id) == []


def test_cancelled_nothing_is_posted(acting, keeper, stocked):
    row, lines = begin(keeper)
    counting.count(keeper, row.id, counts(lines, "0", "0"))
    assert counting.cancel(keeper, row.id, row.version, "误开").state == "cancelled"
    assert sum(at(keeper, stocked[1][0]).values()) == 10
