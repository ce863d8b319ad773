"""Balances under real rows: what each role may do, all or nothing, said twice, transfers, reconciliation."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from bureau.agreements.balance_models import AgreementBalance, BalanceMove
from bureau.agreements.service import balances, changes, reading
from bureau.agreements.service.balances import Delivery, Take
from kernel.database import db, new_id
from kernel.database.scope import use_scope
from kernel.errors import Conflict, Invalid, NotFound, RuleBroken
from kernel.web.dates import today
from tests.support.agreements import fixed_lot, rice, signed, terms


@pytest.fixture
def pooled(world, officer, stocked):
    return signed(officer, terms(world.supplier_id(), fixed_lot(stocked, amount_fen=400_000)))


@pytest.fixture
def shared(world, officer, stocked):
    parts = {world.schools["a1"]: Decimal(300), world.schools["a2"]: Decimal(200)}
    items = [rice(stocked, quantity=Decimal(500), by_school=parts)]
    return signed(officer, terms(world.supplier_id(), fixed_lot(stocked, items=items, balance_form="per_school")))


def take(one, quantity, line=None, fen=520):
    item = one.items[0]
    return Take(line or new_id(), item.id, Decimal(quantity), int(Decimal(quantity) * fen))


def stands(one, school_id=None):
    """(quantity, reserved, used, free fen of the lot) as the database has it now."""
    db.session.expire_all()
    rows = db.session.query(AgreementBalance).filter_by(agreement_id=one.agreement.id).all()
    line = next(row for row in rows if row.agreement_item_id and row.school_id == school_id)
    money = next((row for row in rows if row.agreement_item_id is None), None)
    return line.quantity, line.reserved, line.used, money and money.amount_fen - money.reserved_fen - money.used_fen


def as_school(world, code="a1"):
    actor = world.actor("canteen_manager", code)
    use_scope(db.session(), actor.scope)
    return actor


def as_bureau(officer):
    use_scope(db.session(), officer.scope)
    return officer


def refusal(call):
    with pytest.raises(RuleBroken) as refused:
        call()
    return refused.value.rule


def test_an_order_reserves_and_a_delivery_uses(world, officer, pooled):
    school = as_school(world)
    order = take(pooled, 100)
    balances.reserve(school, [order])
    assert stands(pooled) == (1000, 100, 0, 400_000 - 52_000)
    item = pooled.items[0].id
    balances.consume(school, [Delivery(order.order_line_id, new_id(), item, Decimal(60), 31_200, is_last=False)])
    assert stands(pooled) == (1000, 40, 60, 348_000)
    balances.consume(school, [Delivery(order.order_line_id, new_id(), item, Decimal(30), 15_600)])
    assert stands(pooled) == (1000, 0, 90, 353_200)  # ten did not come: free again
    as_bureau(officer)
    assert reading.reconcile(officer.bureau_id, pooled.agreement.id) == []


def test_said_twice_it_is_done_once(world, officer, pooled):
    school = as_school(world)
    order, receipt = take(pooled, 100), new_id()
    for _again in range(2):
        balances.reserve(school, [order])
    delivery = Delivery(order.order_line_id, receipt, pooled.items[0].id, Decimal(50), 26_000, is_last=False)
    for _again in range(2):
        balances.consume(school, [delivery])
    assert stands(pooled)[:3] == (1000, 50, 50)
    for _again in range(2):
        balances.release(school, [order.order_line_id], reason="演示")
    assert stands(pooled)[:3] == (1000, 0, 50)
    back = new_id()
    for _again in range(2):
        balances.give_back(school, order.order_line_id, back, Decimal(5), 2600, reason="演示")
    assert stands(pooled)[:3] == (1000, 0, 45)
    with pytest.raises(Conflict):
        balances.reserve(school, [replace(order, quantity=Decimal(7))])
    with pytest.raises(Conflict):
        balances.consume(school, [replace(delivery, quantity=Decimal(51))])


def test_what_was_released_is_not_held_by_saying_it_again(world, officer, pooled):
    """An order sent again after it was released would otherwise go out with nothing reserved for it."""
    school = as_school(world)
    order = take(pooled, 100)
    balances.reserve(school, [order])
    balances.release(school, [order.order_line_id], reason="演示")
    with pytest.raises(Conflict, match="已经释放"):
        balances.reserve(school, [order])
    balances.reserve(school, [take(pooled, 100)])
    assert stands(pooled)[:3] == (1000, 100, 0)


def test_all_lines_of_an_order_or_none(world, officer, pooled):
    school = as_school(world)
    with pytest.raises(RuleBroken), db.session.begin_nested():
        balances.reserve(school, [take(pooled, 600), take(pooled, 600, fen=1)])
    assert stands(pooled)[:3] == (1000, 0, 0)


def test_quantity_and_money_each_set_a_limit(world, officer, pooled):
    school = as_school(world)
    with pytest.raises(RuleBroken) as refused:
        balances.reserve(school, [take(pooled, "1000.001", fen=1)])
    assert (refused.value.rule, refused.value.members["free"], refused.value.members["measure"]) == (
        "agreement_balance", "1000.000", "quantity",
    )  # fmt: skip
    with pytest.raises(RuleBroken) as refused:
        balances.reserve(school, [take(pooled, 800)])  # 416,000 fen of 400,000
    assert refused.value.members["measure"] == "amount"


def test_weighed_goods_may_come_over_by_the_tolerance_only(world, officer, stocked):
    items = [rice(stocked, quantity=Decimal(1000), tolerance=Decimal(5))]
    one = signed(officer, terms(world.supplier_id(), fixed_lot(stocked, items=items)))
    school = as_school(world)
    order = take(one, 100)
    balances.reserve(school, [order])

    def deliver(quantity):
        balances.consume(school, [Delivery(order.order_line_id, new_id(), one.items[0].id, Decimal(quantity), 1)])

    assert refusal(lambda: deliver("105.001")) == "agreement_tolerance"
    deliver("105")
    assert stands(one)[:3] == (1000, 0, 105)
    assert refusal(lambda: deliver("0.001")) == "agreement_tolerance"


def test_nothing_more_goes_back_than_came(world, officer, pooled):
    school = as_school(world)
    order = take(pooled, 10)
    balances.reserve(school, [order])
    balances.consume(school, [Delivery(order.order_line_id, new_id(), pooled.items[0].id, Decimal(10), 5200)])
    assert refusal(lambda: balances.give_back(school, order.order_line_id, new_id(), Decimal(11), 1, reason="x")) == (
        "agreement_balance"
    )


def test_a_school_has_its_own_part_and_not_its_sibling_s(world, officer, shared):
    school = as_school(world, "a2")
    assert refusal(lambda: balances.reserve(school, [take(shared, 201)])) == "agreement_balance"
    balances.reserve(school, [take(shared, 200)])
    assert stands(shared, world.schools["a2"])[:3] == (200, 200, 0)
    as_bureau(officer)
    assert stands(shared, world.schools["a1"])[:3] == (300, 0, 0)


def test_a_school_that_is_not_covered_takes_nothing(world, officer, shared):
    school = as_school(world, "a3")
    assert refusal(lambda: balances.reserve(school, [take(shared, 1)])) == "agreement_not_covered"


def test_another_school_s_order_line_cannot_be_touched(world, officer, pooled):
    order = take(pooled, 10)
    balances.reserve(as_school(world), [order])
    other = as_school(world, "a2")
    balances.release(other, [order.order_line_id], reason="x")
    assert stands(pooled)[:3] == (1000, 10, 0)
    with pytest.raises(NotFound):
        balances.consume(other, [Delivery(order.order_line_id, new_id(), pooled.items[0].id, Decimal(1), 1)])


def test_schools_read_pools_and_their_own_and_write_nothing(world, officer, shared, pooled):
    as_school(world)
    seen = {row.school_id for row in db.session.query(AgreementBalance)}
    assert seen == {None, world.schools["a1"]}
    for statement in (
        "UPDATE agreement_balances SET used = 0",
        "INSERT INTO balance_moves SELECT * FROM balance_moves",
        "DELETE FROM agreement_balances",
    ):
        with pytest.raises(ProgrammingError), db.session.begin_nested():
            db.session.execute(text(statement))


def test_suppliers_read_their_own_only(world, officer, shared, acting):
    acting(world.actor("supplier_user", "a-2"))
    for model in (AgreementBalance, BalanceMove):
        assert db.session.query(model).count() == 0
    acting(world.actor("supplier_user", "a"))
    assert db.session.query(AgreementBalance).count() == 3


def test_a_transfer_is_logged_on_both_sides(world, officer, shared):
    a1, a2 = world.schools["a1"], world.schools["a2"]
    transfer = new_id()
    for _again in range(2):
        balances.transfer(
            officer, transfer, shared.items[0].id, from_school=a1, to_school=a2, quantity=Decimal(50), reason="演示"
        )
    assert (stands(shared, a1)[0], stands(shared, a2)[0]) == (250, 250)
    sides = db.session.query(BalanceMove).filter_by(reference_id=transfer).order_by(BalanceMove.kind).all()
    assert [(one.kind, one.quantity_change, one.reason) for one in sides] == [
        ("transfer_in", 50, "演示"), ("transfer_out", -50, "演示"),
    ]  # fmt: skip
    assert {one.by_id for one in sides} == {officer.account_id}
    assert reading.reconcile(officer.bureau_id) == []


def test_only_what_is_free_is_transferred(world, officer, shared, pooled):
    a1, a2 = world.schools["a1"], world.schools["a2"]
    balances.reserve(officer, [take(shared, 280)], school_id=a1)

    def move(quantity, to=a2, one=shared):
        balances.transfer(
            officer, new_id(), one.items[0].id, from_school=a1, to_school=to, quantity=Decimal(quantity), reason="x"
        )

    assert refusal(lambda: move("20.001")) == "agreement_balance"
    move(20)
    with pytest.raises(Invalid):
        move(1, to=world.schools["a3"])
    assert refusal(lambda: move(1, one=pooled)) == "agreement_pooled"


def test_no_order_outside_the_days_nor_under_suspension(world, officer, approver, stocked):
    ended = signed(officer, terms(world.supplier_id(), fixed_lot(stocked), last_day=today() - timedelta(days=1)))
    early = signed(officer, terms(world.supplier_id(), fixed_lot(stocked), first_day=today() + timedelta(days=1)))
    running = signed(officer, terms(world.supplier_id(), fixed_lot(stocked), last_day=today()))
    school = world.schools["a1"]
    for one in (ended, early):
        assert (
            refusal(lambda one=one: balances.reserve(officer, [take(one, 1)], school_id=school))
            == "agreement_not_active"
        )
    order = take(running, 10)
    balances.reserve(officer, [order], school_id=school)
    changes.stop(officer, running.agreement.id, new_id(), reason="演示：检测不合格", lot_id=running.lots[0].id)
    assert refusal(lambda: balances.reserve(officer, [take(running, 1)], school_id=school)) == "agreement_not_active"
    # What was sent before is delivered and settled.
    balances.consume(
        officer, [Delivery(order.order_line_id, new_id(), running.items[0].id, Decimal(10), 5200)], school_id=school
    )
    assert stands(running)[:3] == (1000, 0, 10)


def test_a_balance_that_was_tampered_with_is_named(officer, pooled):
    line = db.session.query(AgreementBalance).filter(AgreementBalance.agreement_item_id.is_not(None)).one()
    db.session.execute(text("UPDATE agreement_balances SET used = 7 WHERE agreement_item_id IS NOT NULL"))
    (found,) = reading.reconcile(officer.bureau_id, pooled.agreement.id)
    assert (found.balance_id, found.column, found.stored, found.moved) == (line.id, "used", 7, 0)


def test_the_database_itself_holds_the_limit(officer, pooled):
    from sqlalchemy.exc import IntegrityError

    for change in ("reserved = 1000.001", "used = -1", "reserved = 600, used = 401", "used_fen = -1"):
        with pytest.raises(IntegrityError), db.session.begin_nested():
            db.session.execute(text(f"UPDATE agreement_balances SET {change} WHERE agreement_item_id IS NOT NULL"))
    with pytest.raises(IntegrityError), db.session.begin_nested():
        db.session.execute(text("UPDATE agreement_balances SET used_fen = 400001 WHERE agreement_item_id IS NULL"))
