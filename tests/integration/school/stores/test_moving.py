"""Goods of the school's own: in by hand, out first expired first, back, across, away."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import text

from kernel.database import db, new_id
from kernel.errors import Conflict, Invalid, NotFound, RuleBroken
from kernel.web.dates import today
from school.stores.rules import DocumentKind
from school.stores.service import confirming, goods, issuing, places, reading, receiving, signing, worklists
from school.stores.service.checking import reconcile
from school.stores.service.issuing import Asked, Use
from tests.support.pictures import jpeg
from tests.support.stores import at, own_good, put_in, takes_of


@pytest.fixture
def good(acting, keeper):
    acting(keeper)
    return own_good(keeper, "演示牛奶", "food", "盒")


def lunch():
    return Use(day=today(), meal="lunch")


def test_first_expired_goes_first_across_batches(acting, keeper, good):
    late, soon = put_in(keeper, good, "10", days=9), put_in(keeper, good, "4", days=2)
    issuing.issue_goods(keeper, new_id(), [Asked(good.id, Decimal(6))], lunch())
    assert [sum(at(keeper, batch_id).values()) for batch_id in (soon, late)] == [0, 8]


def test_sent_again_it_is_the_same_though_other_batches_would_be_proposed(acting, keeper, good):
    put_in(keeper, good, "4", days=2)
    put_in(keeper, good, "10", days=9)
    document_id, asked = new_id(), [Asked(good.id, Decimal(4))]
    first = issuing.issue_goods(keeper, document_id, asked, lunch())
    assert issuing.issue_goods(keeper, document_id, asked, lunch()).number == first.number
    assert reading.get_stock(keeper, keeper.school_id, good.id).quantity == 10
    with pytest.raises(Conflict):
        issuing.issue_goods(keeper, document_id, [Asked(good.id, Decimal(5))], lunch())


def test_too_much_says_what_there_is_of_each(acting, keeper, good):
    put_in(keeper, good, "4", days=2)
    put_in(keeper, good, "9", days=-1)
    with pytest.raises(RuleBroken) as told:
        issuing.issue_goods(keeper, new_id(), [Asked(good.id, Decimal(5))], lunch())
    assert (told.value.rule, "演示牛奶可用 4 盒" in told.value.message) == ("store_short", True)


def test_expired_goods_are_not_issued_whoever_picks_the_batch(acting, keeper, good):
    batch_id = put_in(keeper, good, "9", days=-1)
    with pytest.raises(RuleBroken) as told:
        issuing.issue_goods(keeper, new_id(), [Asked(good.id, Decimal(1), batch_id, good.location_id)], lunch())
    assert told.value.rule == "store_batch_expired"
    assert "食品安全法" in told.value.citation
    issuing.dispose(keeper, new_id(), [(batch_id, good.location_id, Decimal(9))], reason="已过保质期")
    assert worklists.waiting(keeper, keeper.school_id).expired == 0


def test_expired_goods_do_not_come_in_but_may_have_lain_there(acting, keeper, good):
    line = receiving.ByHand(good.id, Decimal(1), expiry_date=today() - timedelta(days=1))
    with pytest.raises(Invalid) as refused:
        receiving.receive_by_hand(keeper, new_id(), [line])
    assert "lines.0.expiry_date" in refused.value.fields
    receiving.receive_by_hand(keeper, new_id(), [line], is_opening=True)


def test_what_comes_back_was_issued_before(acting, keeper, good):
    batch_id = put_in(keeper, good, "3", 100)
    issuing.issue(keeper, new_id(), takes_of(keeper, good.id, "2"), taker_name="王演示")
    back = [(batch_id, good.location_id, Decimal(2))]
    document_id = new_id()
    issuing.give_back(keeper, document_id, back, taker_name="王演示")
    issuing.give_back(keeper, document_id, back, taker_name="王演示")
    row = reading.get_stock(keeper, keeper.school_id, good.id)
    assert (row.quantity, row.amount_fen) == (3, 100)
    with pytest.raises(RuleBroken) as told:
        issuing.give_back(keeper, new_id(), back, taker_name="王演示")
    assert told.value.rule == "store_not_issued"


def test_moved_across_it_is_worth_the_same(acting, keeper, good):
    batch_id = put_in(keeper, good, "3", 100)
    fridge = places.own_places(keeper).by_code["02"].id
    issuing.transfer(keeper, new_id(), [(batch_id, good.location_id, fridge, Decimal(1))])
    assert at(keeper, batch_id) == {good.location_id: 2, fridge: 1}
    row = reading.get_stock(keeper, keeper.school_id, good.id)
    assert (row.quantity, row.amount_fen) == (3, 100)
    with pytest.raises(RuleBroken) as told:
        issuing.transfer(keeper, new_id(), [(batch_id, fridge, fridge, Decimal(1))])
    assert told.value.rule == "store_way"
    quarantine = places.own_places(keeper).by_code["06"].id
    issuing.transfer(keeper, new_id(), [(batch_id, good.location_id, quarantine, Decimal(2))])
    with pytest.raises(RuleBroken):
        issuing.issue_goods(keeper, new_id(), [Asked(good.id, Decimal(2))], lunch())


def test_another_schools_batch_and_place_do_not_exist(acting, world, keeper, good):
    batch_id = put_in(keeper, good)
    other = acting(world.actor("storekeeper", "a2"))
    own = places.own_places(other).by_code["01"].id
    with pytest.raises(NotFound):
        issuing.dispose(other, new_id(), [(batch_id, own, Decimal(1))], reason="演示")
    acting(keeper)
    with pytest.raises(NotFound):
        issuing.dispose(keeper, new_id(), [(batch_id, own, Decimal(1))], reason="演示")


def test_hazardous_goods_are_not_issued_or_disposed_of_by_one(acting, keeper, director):
    acting(keeper)
    alcohol = own_good(keeper, "演示酒精", "hazardous", "瓶")
    batch_id = put_in(keeper, alcohol)
    takes = takes_of(keeper, alcohol.id, "1")
    for alone in (
        lambda: issuing.issue(keeper, new_id(), takes, taker_name="王演示"),
        lambda: issuing.dispose(keeper, new_id(), takes, reason="泄漏"),
        lambda: issuing.issue_goods(keeper, new_id(), [Asked(alcohol.id, Decimal(1))], Use(taker_name="王演示")),
    ):
        with pytest.raises(RuleBroken) as told:
            alone()
        assert told.value.rule == "store_two_keepers"
    with pytest.raises(Invalid) as refused:
        confirming.propose(keeper, new_id(), kind=DocumentKind.DISPOSAL, takes=takes, reason="泄漏")
    assert "photo" in refused.value.fields
    from kernel.files.service import store

    photo = store(keeper, jpeg("泄漏"), name="a.jpg", purpose="disposal").id
    document_id = new_id()
    confirming.propose(keeper, document_id, kind=DocumentKind.DISPOSAL, takes=takes, reason="泄漏", attachment_id=photo)
    acting(director)
    signing.decide(director, document_id, 1, is_confirmed=True)
    assert sum(at(keeper, batch_id).values()) == 9


def test_levels_are_told(acting, keeper):
    acting(keeper)
    paper = own_good(keeper, "演示纸", least_quantity=Decimal(5), most_quantity=Decimal(20))
    put_in(keeper, paper, "4")
    assert reading.get_stock(keeper, keeper.school_id, paper.id).level == "low"
    assert worklists.waiting(keeper, keeper.school_id).low == 1
    put_in(keeper, paper, "17")
    assert reading.get_stock(keeper, keeper.school_id, paper.id).level == "high"


def test_goods_keep_their_unit_once_anything_moved(acting, keeper):
    acting(keeper)
    paper = own_good(keeper, "演示纸")
    goods.edit_good(keeper, paper.id, paper.version, base_unit="包")
    put_in(keeper, paper)
    with pytest.raises(Invalid):
        goods.edit_good(keeper, paper.id, paper.version, base_unit="箱")
    goods.edit_good(keeper, paper.id, paper.version, kind="hazardous")
    with pytest.raises(Invalid):
        goods.edit_good(keeper, paper.id, paper.version, kind="consumable")
    with pytest.raises(Conflict):
        goods.edit_good(keeper, paper.id, 1, name="演示")
    with pytest.raises(Invalid):
        own_good(keeper, "演示纸", unit="包")


def test_a_place_with_something_in_it_stays_in_use(acting, keeper):
    acting(keeper)
    paper = own_good(keeper, "演示纸")
    put_in(keeper, paper)
    row = places.own_places(keeper).by_id[paper.location_id]
    with pytest.raises(Conflict):
        places.save_place(
            keeper, row.id, code=row.code, name=row.name, kind=row.kind, is_active=False, version=row.version
        )
    fridge = places.own_places(keeper).by_code["02"]
    places.save_place(
        keeper, fridge.id, code="02", name="大冷柜", kind="fridge", is_active=False, version=fridge.version
    )
    with pytest.raises(Invalid):
        issuing.transfer(keeper, new_id(), [(takes_of(keeper, paper.id, "1")[0][0], row.id, fridge.id, Decimal(1))])


def test_what_was_tampered_with_is_named(acting, keeper, good, owner_url):
    """As whoever owns the database could: each kind of falsehood is found, by name."""
    put_in(keeper, good, "3", 100)
    issuing.issue(keeper, new_id(), takes_of(keeper, good.id, "1"), taker_name="王演示")
    db.session.flush()
    assert reconcile(keeper.bureau_id) == []
    for statement, what in (
        ("UPDATE store_balances SET quantity = quantity + 1", "balance"),
        ("UPDATE store_balances SET amount_fen = amount_fen + 1", "balance"),
        ("UPDATE store_stocks SET quantity = quantity + 1", "stock"),
        ("UPDATE store_stocks SET last_seq = last_seq + 1", "card"),
    ):
        with db.session.begin_nested() as savepoint:
            db.session.execute(text(statement))
            found = reconcile(keeper.bureau_id)
            assert what in {one.what for one in found}, statement
            assert all("演示牛奶" in one.name for one in found)
            savepoint.rollback()
