"""Two at the same moment, each on a connection of its own, committed for real."""

from datetime import timedelta
from decimal import Decimal

import pytest

from bureau.agreements.balance_models import AgreementBalance
from bureau.agreements.models import AgreementChange
from bureau.agreements.service import balances, changes, reading
from bureau.agreements.service.balances import Take
from kernel.database import db, new_id
from kernel.database.scope import use_scope
from kernel.errors import Conflict, RuleBroken
from tests.support import at_once as together
from tests.support.agreements import fixed_lot, rice, signed, terms
from tests.support.catalogue import stock


@pytest.fixture(scope="module")
def city(admin_url, worker_id, tmp_path_factory):
    with together.city(admin_url, f"agreements_{worker_id}", tmp_path_factory.mktemp("agreements")) as found:
        yield found


@pytest.fixture
def one(city):
    _app, world = city
    officer = world.actor("procurement_officer")
    use_scope(db.session(), officer.scope)
    stocked = stock(officer, prefix=str(new_id()))
    items = [
        rice(stocked, quantity=Decimal(10)),
        rice(stocked, item_id=stocked.salt, name="食盐", quantity=Decimal(10)),
    ]
    made = signed(officer, terms(world.supplier_id(), fixed_lot(stocked, items=items, amount_fen=50_000)))
    db.session.commit()
    return made


def at_once(city, *calls):
    return together.at_once(city[0], *calls)


def test_two_schools_take_the_last_of_a_balance_and_one_is_told(city, one):
    _app, world = city
    schools = [world.actor("canteen_manager", code) for code in ("a1", "a2")]

    def take(actor):
        return lambda: balances.reserve(actor, [Take(new_id(), one.items[0].id, Decimal(6), 3120)])

    outcomes = at_once(city, *((actor, take(actor)) for actor in schools))
    told = [outcome for outcome in outcomes if outcome is not None]
    assert outcomes.count(None) == 1
    assert isinstance(told[0], RuleBroken)
    assert told[0].members["free"] == "4.000"
    officer = world.actor("procurement_officer")
    use_scope(db.session(), officer.scope)
    row = db.session.query(AgreementBalance).filter_by(agreement_item_id=one.items[0].id).one()
    assert (row.reserved, row.used) == (6, 0)
    assert reading.reconcile(officer.bureau_id) == []


def test_orders_that_take_lines_in_opposite_order_do_not_wait_for_each_other(city, one):
    _app, world = city

    def take(actor, lines):
        takes = [Take(new_id(), line.id, Decimal(1), 520) for line in lines]
        return lambda: balances.reserve(actor, takes)

    calls = []
    for place in range(8):
        actor = world.actor("canteen_manager", ("a1", "a2", "a3")[place % 3])
        calls.append((actor, take(actor, one.items if place % 2 else one.items[::-1])))
    assert at_once(city, *calls) == [None] * 8


def test_of_two_changes_proposed_at_once_one_is_pending(city, one):
    _app, world = city
    officers = [world.actor(role) for role in ("procurement_officer", "bureau_admin")]
    last_day = one.agreement.last_day + timedelta(days=9)

    def propose(actor):
        return lambda: changes.propose(
            actor, one.agreement.id, new_id(), kind="term_extension", reason="演示", details={"last_day": last_day}
        )

    outcomes = at_once(city, *((actor, propose(actor)) for actor in officers))
    assert sorted(type(outcome) is Conflict for outcome in outcomes) == [False, True]
    use_scope(db.session(), officers[0].scope)
    assert db.session.query(AgreementChange).filter_by(agreement_id=one.agreement.id).count() == 1


def test_a_stop_and_an_order_at_once_leave_no_order_after_the_stop(city, one):
    _app, world = city
    officer, school = world.actor("procurement_officer"), world.actor("canteen_manager", "a1")
    order = Take(new_id(), one.items[0].id, Decimal(1), 520)
    outcomes = at_once(
        city,
        (officer, lambda: changes.stop(officer, one.agreement.id, new_id(), reason="演示")),
        (school, lambda: balances.reserve(school, [order])),
    )
    assert not isinstance(outcomes[0], Exception)
    assert outcomes[1] is None or outcomes[1].rule == "agreement_not_active"
    use_scope(db.session(), school.scope)
    with pytest.raises(RuleBroken):
        balances.reserve(school, [Take(new_id(), one.items[0].id, Decimal(1), 520)])
    db.session.rollback()
