"""Goods come in, go out, come back; what the books say afterwards."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import text

from kernel.database import db, new_id
from kernel.errors import Conflict, NotFound, RuleBroken
from kernel.web.dates import today
from school.stores.models import StoreBalance, StoreMove
from school.stores.service import balances, freezing, issuing, receiving
from tests.support.catalogue import stock


@pytest.fixture
def keeper(world, session, acting):
    return world.actor("storekeeper")


@pytest.fixture
def items(world, acting):
    return stock(acting(world.actor("procurement_officer")), prefix="st-")


def received(item_id, quantity="10", fen=1000, *, days=10, batch="A1"):
    return receiving.Received(
        item_id=item_id, name="粳米", base_unit="kg", quantity=Decimal(quantity), amount_fen=fen, batch_no=batch,
        production_date=today() - timedelta(days=1), expiry_date=today() + timedelta(days=days), supplier_id=None,
        supplier_name="演示供货商", source_id=new_id(),
    )  # fmt: skip


def test_a_receipt_makes_batches_and_stock(acting, keeper, items):
    acting(keeper)
    lines = [received(items.rice), received(items.rice, "3", 100, batch="A2")]
    document_id = new_id()
    document = receiving.receive(keeper, document_id, lines, receipt_id=new_id())
    assert (document.line_count, document.amount_fen) == (2, 1100)
    assert balances.on_hand(keeper, keeper.school_id) == {items.rice: Decimal(13)}
    near = balances.near_expiry(keeper, keeper.school_id, 10)
    assert [one.quantity for one in near] == [10, 3]


def test_sent_again_it_is_the_same_and_other_content_a_conflict(acting, keeper, items):
    acting(keeper)
    lines, receipt_id, document_id = [received(items.rice)], new_id(), new_id()
    first = receiving.receive(keeper, document_id, lines, receipt_id=receipt_id)
    db.session.expunge_all()
    again = receiving.receive(keeper, document_id, lines, receipt_id=receipt_id)
    assert again.number == first.number
    assert db.session.query(StoreMove).count() == 1
    with pytest.raises(Conflict):
        receiving.receive(keeper, document_id, [received(items.rice, "11")], receipt_id=receipt_id)


def takes_of(keeper, item_id, quantity):
    takes, missing = balances.item_takes(keeper, [(item_id, Decimal(quantity))])[item_id]
    assert missing == 0
    return [(take.batch_id, take.location_id, take.quantity) for take in takes]


def test_the_last_of_a_batch_takes_the_last_fen(acting, keeper, items):
    acting(keeper)
    receiving.receive(keeper, new_id(), [received(items.rice, "3", 100)], receipt_id=new_id())
    amounts = [
        issuing.issue_for_meal(
            keeper, new_id(), day=today(), meal="lunch", takes=takes_of(keeper, items.rice, "1")
        ).amount_fen
        for _ in range(3)
    ]
    assert amounts == [33, 34, 33]
    assert balances.on_hand(keeper, keeper.school_id) == {}
    row = db.session.query(StoreBalance).one()
    assert (row.quantity, row.amount_fen, row.is_live) == (0, 0, False)


def test_more_than_there_is_stays_where_it_is(acting, keeper, items):
    acting(keeper)
    receiving.receive(keeper, new_id(), [received(items.rice, "3", 100)], receipt_id=new_id())
    (batch_id, location_id, _quantity) = takes_of(keeper, items.rice, "3")[0]
    with pytest.raises(RuleBroken) as told:
        issuing.issue_for_meal(keeper, new_id(), day=today(), meal="lunch", takes=[(batch_id, location_id, Decimal(4))])
    assert told.value.rule == "store_short"
    assert balances.on_hand(keeper, keeper.school_id) == {items.rice: Decimal(3)}


def test_frozen_by_two_is_free_only_when_both_let_go(acting, world, keeper, items):
    acting(keeper)
    receiving.receive(keeper, new_id(), [received(items.rice)], receipt_id=new_id())
    takes = takes_of(keeper, items.rice, "1")
    officer = acting(world.actor("canteen_officer"))
    pair = [(keeper.school_id, takes[0][0])]
    recall, drill = ("recall", new_id()), ("recall", new_id())
    assert freezing.freeze(officer, pair, recall, "演示召回") == 1
    assert freezing.freeze(officer, pair, recall, "演示召回") == 0
    assert freezing.freeze(officer, pair, drill, "演练") == 1
    acting(keeper)
    with pytest.raises(RuleBroken) as told:
        issuing.issue_for_meal(keeper, new_id(), day=today(), meal="lunch", takes=takes)
    assert told.value.rule == "store_batch_frozen"
    assert balances.on_hand(keeper, keeper.school_id) == {}
    acting(officer)
    freezing.unfreeze(officer, pair, recall, "排除")
    assert balances.on_hand(officer, keeper.school_id) == {}
    freezing.unfreeze(officer, pair, drill, "演练结束")
    assert balances.on_hand(officer, keeper.school_id) == {items.rice: Decimal(10)}
    acting(world.actor("storekeeper", "a2"))
    with pytest.raises(NotFound):
        freezing.freeze(world.actor("storekeeper", "a2"), pair, recall, "别校")


def test_a_voided_receipt_is_taken_back_once_and_never_after_use(acting, keeper, items):
    acting(keeper)
    receipts = [new_id(), new_id()]
    for receipt_id in receipts:
        receiving.receive(keeper, new_id(), [received(items.rice)], receipt_id=receipt_id)
    undone = receiving.take_back(keeper, receipts[0], "录入有误")
    assert receiving.take_back(keeper, receipts[0], "录入有误").id == undone.id
    assert balances.on_hand(keeper, keeper.school_id) == {items.rice: Decimal(10)}
    issuing.issue_for_meal(keeper, new_id(), day=today(), meal="lunch", takes=takes_of(keeper, items.rice, "1"))
    with pytest.raises(RuleBroken) as told:
        receiving.take_back(keeper, receipts[1], "录入有误")
    assert told.value.rule == "store_already_issued"
    assert receiving.take_back(keeper, new_id(), "没有入库") is None


def test_what_was_posted_cannot_be_changed_or_removed(acting, keeper, items):
    acting(keeper)
    receiving.receive(keeper, new_id(), [received(items.rice)], receipt_id=new_id())
    db.session.commit()
    for statement in (
        "UPDATE store_moves SET quantity = 1",
        "DELETE FROM store_moves",
        "DELETE FROM store_documents",
        "UPDATE store_documents SET reason = ''",
        "DELETE FROM store_balances",
    ):
        with pytest.raises(Exception, match="permission denied"), db.session.begin_nested():
            db.session.execute(text(statement))
