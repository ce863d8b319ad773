"""Two at the same moment, each on a connection of its own, committed for real."""

import pytest

from bureau.agreements.balance_models import AgreementBalance
from bureau.agreements.service import reading
from kernel.database import db, new_id
from kernel.database.scope import use_scope
from kernel.errors import Conflict, RuleBroken
from school.orders.service import budgets, drafting, finding
from school.stores.service.balances import on_hand
from school.supply.models import GoodsReceipt
from school.supply.service import accepting, confirming
from tests.support import at_once as together
from tests.support.deliveries import accept, counted, on_its_way
from tests.support.orders import draft, market, tomorrow


@pytest.fixture(scope="module")
def city(admin_url, worker_id, tmp_path_factory):
    with together.city(admin_url, f"deliveries_{worker_id}", tmp_path_factory.mktemp("deliveries")) as found:
        yield found


@pytest.fixture
def shop(city):
    return market(city[1], quantity=100, fixed=True)


def rice_of(shop):
    use_scope(db.session(), shop.world.actor("procurement_officer").scope)
    return db.session.query(AgreementBalance).filter_by(agreement_item_id=shop.rice.id).one()


def test_two_schools_order_the_last_of_a_balance_and_one_is_told(city, shop):
    orders = {school: draft(shop, school, rice="60", pork="0") for school in ("a1", "a2")}
    seen = {school: (order.id, order.version) for school, order in orders.items()}

    def submit(school):
        actor = shop.world.actor("canteen_manager", school)
        return actor, lambda: drafting.submit(actor, *seen[school]).state

    outcomes = together.at_once(city[0], submit("a1"), submit("a2"))
    told = [one for one in outcomes if isinstance(one, Exception)]
    assert (outcomes.count("submitted"), len(told)) == (1, 1)
    assert isinstance(told[0], RuleBroken)
    assert told[0].members["free"] == "40.000"
    assert rice_of(shop).reserved == 60


def test_two_orders_do_not_both_take_the_months_last_yuan(city, shop):
    month = tomorrow().replace(day=1)
    budgets.save_budget(shop.actor("accountant", "a3"), new_id(), None, month=month, amount_fen=30_000)
    drafts = [draft(shop, "a3", rice="40", pork="0") for _ in range(2)]
    seen = [(one.id, one.version) for one in drafts]
    cook = shop.world.actor("canteen_manager", "a3")
    calls = [(cook, lambda one=one: drafting.submit(cook, *one).state) for one in seen]
    outcomes = together.at_once(city[0], *calls)
    told = [one for one in outcomes if isinstance(one, Exception)]
    assert (outcomes.count("submitted"), [one.rule for one in told]) == (1, ["budget_exceeded"])


def test_two_storekeepers_count_one_delivery_and_one_receipt_stands(city, shop):
    _order, shipment = on_its_way(shop)
    lots = counted(shipment)
    shipment_id = shipment.id

    def count(role):
        actor = shop.world.actor(role, "a1")
        return actor, lambda: accepting.accept(actor, new_id(), shipment_id=shipment_id, lots=lots)[1]

    outcomes = together.at_once(city[0], count("storekeeper"), count("logistics_director"))
    assert sorted(type(one) is Conflict for one in outcomes) == [False, True], outcomes
    shop.cook()
    assert db.session.query(GoodsReceipt).filter_by(shipment_id=shipment_id).count() == 1


def test_confirmed_by_three_at_once_it_is_in_stock_once(city, shop):
    order, shipment = on_its_way(shop, "a2")
    receipt = accept(shop, shipment, school="a2")
    seen = (receipt.id, receipt.version)
    before = on_hand(shop.cook("a2"), shop.world.schools["a2"], [shop.stocked.rice]).get(shop.stocked.rice, 0)

    def confirm(role):
        actor = shop.world.actor(role, "a2")
        return actor, lambda: confirming.confirm(actor, *seen).state

    outcomes = together.at_once(city[0], *map(confirm, ("canteen_manager", "principal", "canteen_manager")))
    assert "recorded" in outcomes
    assert all(one == "recorded" or isinstance(one, Conflict) for one in outcomes), outcomes
    assert on_hand(shop.cook("a2"), shop.world.schools["a2"], [shop.stocked.rice])[shop.stocked.rice] == before + 100
    rice = rice_of(shop)
    assert (rice.reserved, rice.used) == (0, 100)
    assert reading.reconcile(shop.agreement.bureau_id) == []
    order = finding.get_order(shop.cook("a2"), order.id)
    assert order.state == "received"
