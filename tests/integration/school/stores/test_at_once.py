"""Several at the same moment, each on a connection of its own, committed for real."""

import random
from decimal import Decimal

import pytest

from kernel.database import db, new_id
from kernel.database.scope import use_scope
from kernel.errors import Conflict, RuleBroken
from kernel.web.dates import today
from school.stores.models import StoreDocument, StoreMove, StoreStock
from school.stores.rules import LocationKind
from school.stores.service import closing, freezing, issuing, receiving
from school.stores.service.checking import reconcile
from school.stores.service.places import own_places
from tests.support import at_once as together
from tests.support.catalogue import stock
from tests.support.stores import own_good, put_in, received, takes_of


@pytest.fixture(scope="module")
def city(admin_url, worker_id, tmp_path_factory):
    with together.city(admin_url, f"stores_{worker_id}", tmp_path_factory.mktemp("stores")) as found:
        yield found


@pytest.fixture
def keeper(city):
    return city[1].actor("storekeeper")


def stocked(keeper, *batches):
    good = own_good(keeper, f"演示物品 {new_id()}")
    for quantity, fen in batches:
        put_in(keeper, good, quantity, fen)
    db.session.commit()
    return good


def left(keeper, good):
    use_scope(db.session(), keeper.scope)
    row = db.session.get(StoreStock, (keeper.bureau_id, keeper.school_id, good.id), populate_existing=True)
    return row.quantity, row.amount_fen


def issue(keeper, takes):
    return lambda: issuing.issue(keeper, new_id(), takes, taker_name="王演示")


def test_two_take_the_last_of_a_batch_and_one_is_told(city, keeper):
    good = stocked(keeper, ("10", 1000))
    takes = takes_of(keeper, good.id, "6")
    outcomes = together.at_once(city[0], (keeper, issue(keeper, takes)), (keeper, issue(keeper, takes)))
    told = [one for one in outcomes if isinstance(one, Exception)]
    assert len(told) == 1
    assert isinstance(told[0], RuleBroken)
    assert (told[0].rule, told[0].members["held"]) == ("store_short", "4")
    assert left(keeper, good) == (4, 400)
    assert reconcile(keeper.bureau_id) == []


def test_many_parts_at_once_add_up_to_the_fen(city, keeper):
    good = stocked(keeper, ("7", 1001))
    takes = takes_of(keeper, good.id, "1")
    outcomes = together.at_once(city[0], *((keeper, issue(keeper, takes)) for _ in range(9)))
    posted = [one for one in outcomes if isinstance(one, StoreDocument)]
    assert sum(one.amount_fen for one in posted) == 1001
    assert (len(posted), left(keeper, good)) == (7, (0, 0))
    assert [one.rule for one in outcomes if isinstance(one, RuleBroken)] == ["store_short"] * 2


def test_goods_taken_in_opposite_order_do_not_wait_for_each_other(city, keeper):
    one, other = stocked(keeper, ("20", 100)), stocked(keeper, ("20", 100))
    takes = takes_of(keeper, one.id, "1") + takes_of(keeper, other.id, "1")
    calls = [(keeper, issue(keeper, takes if place % 2 else takes[::-1])) for place in range(8)]
    assert all(isinstance(outcome, StoreDocument) for outcome in together.at_once(city[0], *calls))
    assert left(keeper, one) == left(keeper, other) == (12, 60)


def test_the_same_document_sent_twice_at_once_is_posted_once(city, keeper):
    good = stocked(keeper, ("10", 1000))
    takes, document_id = takes_of(keeper, good.id, "3"), new_id()

    def send(quantity):
        taken = [(batch, place, Decimal(quantity)) for batch, place, _quantity in takes]
        return lambda: issuing.issue(keeper, document_id, taken, taker_name="王演示")

    outcomes = together.at_once(city[0], (keeper, send(3)), (keeper, send(3)), (keeper, send(3)))
    assert len({one.number for one in outcomes}) == 1
    assert left(keeper, good) == (7, 700)
    (other,) = together.at_once(city[0], (keeper, send(4)))
    assert isinstance(other, Conflict)


def test_two_receipts_bring_in_the_same_new_item_at_once(city, keeper):
    officer = city[1].actor("procurement_officer")
    items = stock(officer, prefix=f"n{new_id()}")
    db.session.commit()
    wanted = [received(items.rice), received(items.salt, name="食盐")]

    def receive(lines):
        lines = [received(line.item_id, name=line.name) for line in lines]
        return lambda: receiving.receive(keeper, new_id(), lines, receipt_id=new_id())

    outcomes = together.at_once(
        city[0], (keeper, receive(wanted)), (keeper, receive(wanted[::-1])), (keeper, receive(wanted))
    )
    assert all(isinstance(one, StoreDocument) for one in outcomes), outcomes
    assert reconcile(keeper.bureau_id) == []


def test_a_recall_and_an_issue_at_once_one_of_them_comes_first(city, keeper):
    """Whichever it is: nothing is issued of a batch that was frozen before, and both never wait for each other."""
    officer = city[1].actor("canteen_officer")
    good = stocked(keeper, ("10", 1000))
    takes = takes_of(keeper, good.id, "4")
    pair = [(keeper.school_id, takes[0][0])]
    outcomes = together.at_once(
        city[0], (keeper, issue(keeper, takes)),
        (officer, lambda: freezing.freeze(officer, pair, ("recall", new_id()), "演示召回")),
    )  # fmt: skip
    assert outcomes[1] == 1
    issued = isinstance(outcomes[0], StoreDocument)
    assert left(keeper, good) == ((6, 600) if issued else (10, 1000))
    assert issued or outcomes[0].rule == "store_batch_frozen"
    (after,) = together.at_once(city[0], (keeper, issue(keeper, takes)))
    assert after.rule == "store_batch_frozen"


def test_nothing_slips_into_a_month_that_is_being_closed(city):
    """Posting and closing at once: a document is either in the statement, or refused."""
    keeper = city[1].actor("storekeeper", "a2")
    director = city[1].actor("logistics_director", "a2")
    good = stocked(keeper, ("10", 1000))
    takes = takes_of(keeper, good.id, "1")
    last_month = today().replace(day=1).replace(year=today().year - 1)
    calls = [
        (keeper, lambda: issuing.issue(keeper, new_id(), takes, taker_name="王演示", on=last_month)) for _ in range(3)
    ]
    outcomes = together.at_once(city[0], *calls, (director, lambda: closing.close(director, last_month)))
    posted = [one for one in outcomes[:3] if isinstance(one, StoreDocument)]
    assert all(one.rule == "store_month_closed" for one in outcomes[:3] if isinstance(one, Exception))
    use_scope(db.session(), director.scope)
    month = outcomes[3]
    (line,) = closing.statement(director, director.school_id, month) or [None]
    assert (line["issued_quantity"] if line else 0) == len(posted)


def test_random_documents_from_six_at_once_conserve_everything(city):
    """Issues, returns, transfers and disposals of the same batches, many of them refused: the books still agree."""
    keeper = city[1].actor("storekeeper", "a3")
    use_scope(db.session(), keeper.scope)
    goods = [stocked(keeper, ("10", 333), ("5.5", 1000)) for _ in range(2)]
    places = own_places(keeper)
    physical = [places.by_code[code].id for code in ("01", "04")]
    batches = sorted({takes[0] for good in goods for takes in takes_of(keeper, good.id, "15.5")})
    db.session.commit()

    def worker(seed):
        chance = random.Random(seed)

        def work():
            done = 0
            for _ in range(10):
                batch, quantity = chance.choice(batches), Decimal(chance.randint(1, 4000)) / 1000
                source, target = chance.sample(physical, 2)
                kind = chance.choice(("issue", "return", "transfer", "dispose"))
                try:
                    if kind == "issue":
                        issuing.issue(keeper, new_id(), [(batch, source, quantity)], taker_name="甲演示")
                    elif kind == "return":
                        issuing.give_back(keeper, new_id(), [(batch, target, quantity)], taker_name="甲演示")
                    elif kind == "transfer":
                        issuing.transfer(keeper, new_id(), [(batch, source, target, quantity)])
                    else:
                        issuing.dispose(keeper, new_id(), [(batch, source, quantity)], reason="演示")
                    db.session.commit()
                    done += 1
                except RuleBroken:
                    db.session.rollback()
            return done

        return work

    outcomes = together.at_once(city[0], *((keeper, worker(seed)) for seed in range(6)))
    assert all(isinstance(one, int) for one in outcomes), outcomes
    assert sum(outcomes) > 15
    assert reconcile(keeper.bureau_id) == []
    use_scope(db.session(), keeper.scope)
    virtual = {places.virtual(kind) for kind in (LocationKind.CONSUMED, LocationKind.DISPOSED)}
    for good in goods:
        moves = db.session.query(StoreMove).filter_by(good_id=good.id).all()
        out = [
            (1 if one.to_location_id in virtual else -1, one)
            for one in moves
            if {one.to_location_id, one.from_location_id} & virtual
        ]
        quantity, fen = left(keeper, good)
        assert quantity + sum(sign * one.quantity for sign, one in out) == Decimal("15.5")
        assert fen + sum(sign * one.amount_fen for sign, one in out) == 1333
        assert sorted(one.seq for one in moves) == list(range(1, len(moves) + 1))
