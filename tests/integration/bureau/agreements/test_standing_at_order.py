"""A new order asks the supplier's standing on its day; what was sent before is delivered."""

from datetime import timedelta
from decimal import Decimal

import pytest

from bureau.agreements.service import balances
from bureau.agreements.service.balances import Delivery, Take
from bureau.suppliers.models import BureauSupplier, LicenceRule, SupplierLicence, SupplierMeasure
from kernel.database import db, new_id, now
from kernel.database.scope import use_scope
from kernel.errors import RuleBroken
from kernel.web.dates import today
from tests.support.agreements import both, signed

DAY = timedelta(days=1)


@pytest.fixture
def agreed(world, officer, stocked):
    """Rice (grain) and pork (meat) of one supplier."""
    return signed(officer, both(world, stocked))


@pytest.fixture
def school(world, agreed):
    return lambda: scoped(world.actor("canteen_manager", "a1"))


def scoped(actor):
    use_scope(db.session(), actor.scope)
    return actor


def take(agreed, item_id, line=None):
    return Take(line or new_id(), agreed.item(item_id).id, Decimal(1), 520)


def add(officer, world, model, **values):
    scoped(officer)
    db.session.add(
        model(
            bureau_id=officer.bureau_id, id=new_id(), supplier_id=world.supplier_id(), created_by=officer.account_id,
            **values,
        )
    )  # fmt: skip
    db.session.flush()


def suspended(officer, world, category_id=None, from_day=None, until_day=None):
    add(
        officer, world, SupplierMeasure, kind="suspension", state="in_force", reason="演示：抽检不合格",
        category_id=category_id, from_day=from_day or today(), until_day=until_day,
    )  # fmt: skip


def expired(officer, world, category_id, days_ago=1):
    scoped(officer)
    db.session.add(
        LicenceRule(
            bureau_id=officer.bureau_id, id=new_id(), category_id=category_id, kind="food_operation",
            created_by=officer.account_id,
        )
    )  # fmt: skip
    add(
        officer, world, SupplierLicence, kind="food_operation", number="演示", state="approved", decided_at=now(),
        decided_by=officer.account_id, valid_until=today() - days_ago * DAY,
    )  # fmt: skip


def refusal(call):
    with pytest.raises(RuleBroken) as refused:
        call()
    return refused.value


def test_an_expired_licence_stops_new_orders_of_its_category_alone(world, officer, stocked, agreed, school):
    before = take(agreed, stocked.rice)
    balances.reserve(school(), [before])
    expired(officer, world, stocked.grain)
    found = refusal(lambda: balances.reserve(school(), [take(agreed, stocked.rice)]))
    assert found.rule == "supplier_licence_expired"
    assert "到期" in found.message
    balances.reserve(school(), [take(agreed, stocked.pork)])
    balances.reserve(school(), [before])  # said again it is the order of before
    delivery = Delivery(before.order_line_id, new_id(), before.agreement_item_id, Decimal(1), 520)
    balances.consume(school(), [delivery])


def test_on_its_last_day_a_licence_still_holds(world, officer, stocked, agreed, school):
    expired(officer, world, stocked.grain, days_ago=0)
    balances.reserve(school(), [take(agreed, stocked.rice)])


def test_a_suspension_stops_its_category_and_all_or_nothing(world, officer, stocked, agreed, school):
    suspended(officer, world, stocked.meat)
    orders = [take(agreed, stocked.rice), take(agreed, stocked.pork)]
    assert refusal(lambda: balances.reserve(school(), orders)).rule == "supplier_suspended"
    balances.reserve(school(), orders[:1])


@pytest.mark.parametrize(("from_day", "until_day", "stops"), [(1, None, False), (-9, -1, False), (-9, 0, True)])
def test_a_suspension_binds_on_its_days(world, officer, stocked, agreed, school, from_day, until_day, stops):
    suspended(
        officer, world, from_day=today() + from_day * DAY,
        until_day=None if until_day is None else today() + until_day * DAY,
    )  # fmt: skip
    order = take(agreed, stocked.rice)
    if stops:
        assert refusal(lambda: balances.reserve(school(), [order])).rule == "supplier_suspended"
    else:
        balances.reserve(school(), [order])


def test_who_was_removed_gets_no_order(world, officer, stocked, agreed, school):
    scoped(officer)
    db.session.get(BureauSupplier, (officer.bureau_id, world.supplier_id())).state = "removed"
    db.session.flush()
    assert refusal(lambda: balances.reserve(school(), [take(agreed, stocked.rice)])).rule == "supplier_removed"


def test_an_agreement_needs_no_registration_anew(stocked, agreed, school):
    """An older contract of a company that never asked for the category."""
    balances.reserve(school(), [take(agreed, stocked.rice), take(agreed, stocked.pork)])
