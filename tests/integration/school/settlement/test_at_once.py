"""Two at the same moment, each on a connection of its own, committed for real."""

import pytest

from kernel.database import clock_at, db
from kernel.database.scope import use_scope
from kernel.errors import Conflict, RuleBroken
from school.settlement.service import checking, finding, making, months, sending
from school.settlement.service.claims import of_month
from school.supply.service import confirming
from school.supply.service.voiding import void_receipt
from tests.support import at_once as together
from tests.support import settlement as told
from tests.support.deliveries import accept, on_its_way
from tests.support.orders import market

MONTH = told.MONTH


@pytest.fixture(scope="module")
def city(admin_url, worker_id, tmp_path_factory):
    with together.city(admin_url, f"settlement_{worker_id}", tmp_path_factory.mktemp("settlement")) as found:
        yield found


@pytest.fixture
def shop(city):
    return market(city[1], fixed=True)


def at(call):
    """The clock is a thread's own."""

    def run():
        with clock_at(told.settled_on()):
            return call()

    return run


def test_two_clicks_make_one_statement(city, shop):
    told.delivered(shop)
    accountant, director = shop.world.actor("accountant"), shop.world.actor("logistics_director")
    outcomes = together.at_once(
        city[0],
        *((actor, at(lambda actor=actor: len(making.make_all(actor, MONTH).made))) for actor in (accountant, director)),
    )
    assert sorted(outcomes) == [0, 1], outcomes
    assert told.current(shop).state == "draft"


def test_a_receipt_confirmed_while_it_is_sent_is_in_it_or_in_the_next(city, shop):
    told.delivered(shop, school="a2")
    statement = told.drafted(shop, "a2")
    with told.within_month(day=19):
        _order, shipment = on_its_way(shop, "a2", batch="L2")
    with told.within_month(day=20):
        receipt = accept(shop, shipment, school="a2")
    seen, waiting = (statement.id, statement.version), (receipt.id, receipt.version)
    accountant, cook = shop.world.actor("accountant", "a2"), shop.world.actor("canteen_manager", "a2")
    outcomes = together.at_once(
        city[0],
        (accountant, at(lambda: sending.send(accountant, *seen).amount_fen)),
        (cook, at(lambda: confirming.confirm(cook, *waiting).state)),
    )
    assert outcomes[1] == "recorded", outcomes
    after = of_month(shop.actor("accountant", "a2"), statement.school_id, told.rules.next_month(MONTH))
    late = after[statement.supplier_id].amount_fen if after else 0
    assert outcomes[0] + late == 188000, (outcomes, late)


def test_voided_while_it_is_sent_it_is_gone_or_it_stands(city, shop):
    kept, gone = told.delivered(shop, school="a3"), told.delivered(shop, school="a3", day=12, batch="L2")
    statement = told.drafted(shop, "a3")
    seen, voided = (statement.id, statement.version), (gone.id, gone.version)
    accountant, keeper = shop.world.actor("accountant", "a3"), shop.world.actor("storekeeper", "a3")
    outcomes = together.at_once(
        city[0],
        (accountant, at(lambda: sending.send(accountant, *seen).amount_fen)),
        (keeper, at(lambda: void_receipt(keeper, *voided, "录错").state)),
    )
    assert outcomes[0] in (94000, 188000), outcomes
    if outcomes[0] == 94000:
        assert outcomes[1] == "voided"
    else:
        assert isinstance(outcomes[1], RuleBroken), outcomes
        assert outcomes[1].rule == "receipt_held"
    use_scope(db.session(), accountant.scope)
    assert {line.receipt_id for line in finding.lines_of(told.again(shop, statement, "a3"))} >= {kept.id}
    assert checking.reconcile(statement.bureau_id) == []


def test_the_last_two_suppliers_agree_at_once_and_the_month_is_settled(city):
    world = city[1]
    shops = [market(world, place, fixed=True) for place in ("a", "a-2")]
    later = told.rules.next_month(told.rules.next_month(MONTH))
    seen = []
    for shop in shops:
        told.delivered(shop, month=later, batch=f"L{shop.place}")
    for shop in shops:
        statement = told.sent(shop, month=later)
        seen.append((statement.id, statement.version, statement.digest))

    def agree(shop, one):
        def run():
            with clock_at(told.settled_on(later)):
                return sending.agree(actor, *one).state

        actor = world.actor("supplier_user", shop.place)
        return actor, run

    outcomes = together.at_once(city[0], *map(agree, shops, seen))
    assert outcomes == ["agreed", "agreed"], outcomes
    accountant = shops[0].actor("accountant")
    assert months.month_of(accountant, accountant.school_id, later).statement_count == 2


def test_agreed_and_withdrawn_at_once_only_one_happens(city, shop):
    told.delivered(shop, school="a2", month=told.rules.next_month(MONTH), batch="L7")
    statement = told.sent(shop, "a2", told.rules.next_month(MONTH))
    seen = (statement.id, statement.version)
    accountant, company = shop.world.actor("accountant", "a2"), shop.world.actor("supplier_user", "a")
    digest = statement.digest
    outcomes = together.at_once(
        city[0],
        (company, at(lambda: sending.agree(company, *seen, digest).state)),
        (accountant, at(lambda: making.withdraw(accountant, *seen, "重做").state)),
    )
    assert sum(isinstance(one, Conflict) for one in outcomes) == 1, outcomes
    assert told.again(shop, statement, "a2").state in ("agreed", "withdrawn")
