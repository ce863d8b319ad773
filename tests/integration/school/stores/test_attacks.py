"""What somebody who wants goods to vanish, or a recall to find nothing, would try with the stock."""

from datetime import timedelta
from decimal import Decimal

import pytest

from kernel.database import clock_at, db, new_id, now
from kernel.errors import Invalid, RuleBroken
from kernel.web.dates import today
from school.stores.models import StoreMove
from school.stores.rules import LocationKind
from school.stores.service import closing, counting, freezing, issuing, places, receiving
from school.stores.service.issuing import Asked, Use
from school.stores.service.receiving import ByHand
from tests.support.stores import at, own_good, put_in, received

HELD = ("recall", new_id())


def place_of(actor, kind):
    return next(place.id for place in places.own_places(actor).physical if place.kind == kind)


def flour(actor, quantity="10", **values):
    good = own_good(actor, "演示面粉", "food", "kg")
    batch_id = put_in(actor, good, quantity, **values)
    [place] = at(actor, batch_id)
    return good, batch_id, place


def delivered(actor, item_id, receipt_id, **values):
    row = received(item_id, **values)
    receiving.receive(actor, new_id(), [row], receipt_id=receipt_id)
    return db.session.query(StoreMove).order_by(StoreMove.id.desc()).first().batch_id


@pytest.fixture
def rice(world, acting):
    from tests.support.catalogue import stock

    return stock(acting(world.actor("procurement_officer"))).rice


def test_a_receipt_that_a_recall_holds_is_not_voided_away(keeper, acting, rice):
    """Taken back, it would have come nowhere: no trace would find it."""
    acting(keeper)
    receipt_id = new_id()
    batch_id = delivered(keeper, rice, receipt_id)
    freezing.freeze(keeper, [(keeper.school_id, batch_id)], HELD, "召回")
    with pytest.raises(RuleBroken) as refused:
        receiving.take_back(keeper, receipt_id, "录错")
    assert refused.value.rule == "store_batch_frozen"
    freezing.unfreeze(keeper, [(keeper.school_id, batch_id)], HELD, "误报")
    assert receiving.take_back(keeper, receipt_id, "录错") is not None


def test_a_batch_without_its_place_is_not_left_out_of_an_issue(keeper, acting):
    acting(keeper)
    good, batch_id, _place = flour(keeper)
    other = own_good(keeper, "演示盐", "food", "kg")
    put_in(keeper, other)
    asked = [Asked(other.id, Decimal(1)), Asked(good.id, Decimal(2), batch_id)]
    with pytest.raises(Invalid) as refused:
        issuing.issue_goods(keeper, new_id(), asked, Use(taker_name="演示厨师"))
    assert "lines.1.batch_id" in refused.value.fields


def test_a_batch_of_another_good_is_not_issued_in_its_name(keeper, acting):
    acting(keeper)
    good, _batch, _place = flour(keeper)
    other = own_good(keeper, "演示盐", "food", "kg")
    salt = put_in(keeper, other)
    [place] = at(keeper, salt)
    with pytest.raises(Invalid) as refused:
        issuing.issue_goods(keeper, new_id(), [Asked(good.id, Decimal(2), salt, place)], Use(taker_name="演示厨师"))
    assert "lines.0.batch_id" in refused.value.fields


def test_what_is_set_apart_is_not_issued_from_there(keeper, acting):
    """Not frozen, only put aside: the proposal leaves it out, and so must a batch that is named."""
    acting(keeper)
    _good, batch_id, place = flour(keeper)
    apart = place_of(keeper, LocationKind.QUARANTINE)
    issuing.transfer(keeper, new_id(), [(batch_id, place, apart, Decimal(4))])
    with pytest.raises(RuleBroken) as refused:
        issuing.issue(keeper, new_id(), [(batch_id, apart, Decimal(1))], taker_name="演示厨师")
    assert refused.value.rule == "store_quarantine"
    issuing.transfer(keeper, new_id(), [(batch_id, apart, place, Decimal(4))])
    issuing.issue(keeper, new_id(), [(batch_id, place, Decimal(10))], taker_name="演示厨师")


@pytest.mark.parametrize("days", [-400, -32, 32, 4000])
def test_an_issue_names_no_meal_of_another_age(keeper, acting, days):
    """A trace goes by the meal: food of today booked on last year's lunch would be looked for in vain."""
    acting(keeper)
    _good, batch_id, place = flour(keeper)
    with pytest.raises(Invalid) as refused:
        issuing.issue_for_meal(
            keeper, new_id(), day=today() + timedelta(days=days), meal="lunch", takes=[(batch_id, place, Decimal(1))]
        )
    assert "day" in refused.value.fields
    with pytest.raises(Invalid):
        issuing.issue_goods(
            keeper, new_id(), [Asked(_good.id, Decimal(1))], Use(day=today() + timedelta(days=days), meal="lunch")
        )


def test_a_loss_is_not_filled_up_with_an_opening_after_a_closed_month(keeper, acting):
    """What lay there when the books began is said once; later it would hide what is missing."""
    acting(keeper)
    good, _batch, _place = flour(keeper)
    first = today().replace(day=1)
    with clock_at(now() - timedelta(days=today().day)):
        closing.close(keeper, today())
    assert today() >= first
    with pytest.raises(RuleBroken) as refused:
        receiving.receive_by_hand(keeper, new_id(), [ByHand(good.id, Decimal(5))], is_opening=True)
    assert refused.value.rule == "store_opening_over"
    receiving.receive_by_hand(keeper, new_id(), [ByHand(good.id, Decimal(5))])


def counted_sheet(keeper, counts, found=None):
    sheet = counting.start(keeper, new_id(), kind="monthly")
    lines = counting.lines_of(keeper, keeper.school_id, sheet.id)
    counting.count(keeper, sheet.id, {line.id: counts.get(line.batch_id, Decimal(10)) for line in lines})
    if found:
        counting.add_found(keeper, sheet.id, new_id(), found)
    return counting.finish(keeper, sheet.id, sheet.version)


def test_a_count_does_not_make_frozen_goods_vanish(keeper, director, acting):
    """Counted as missing and found again under another number, recalled goods would be free."""
    acting(keeper)
    good, batch_id, place = flour(keeper, batch_no="L1")
    freezing.freeze(keeper, [(keeper.school_id, batch_id)], HELD, "召回")
    found = counting.Found(good.id, place, Decimal(10), batch_no="L2", reason="盘盈")
    sheet = counted_sheet(keeper, {batch_id: Decimal(0)}, found)
    with pytest.raises(RuleBroken) as refused:
        counting.approve(acting(director), sheet.id, sheet.version, "同意")
    assert refused.value.rule == "store_batch_frozen"


def test_frozen_goods_that_are_all_there_stop_no_count(keeper, director, acting):
    acting(keeper)
    _good, batch_id, _place = flour(keeper)
    freezing.freeze(keeper, [(keeper.school_id, batch_id)], HELD, "召回")
    sheet = counted_sheet(keeper, {batch_id: Decimal(10)})
    assert counting.approve(acting(director), sheet.id, sheet.version).state == "posted"


def test_whoever_counted_first_does_not_approve_after_another_counted_again(keeper, director, acting):
    acting(keeper)
    flour(keeper)
    sheet = counting.start(keeper, new_id(), kind="monthly")
    [line] = counting.lines_of(keeper, keeper.school_id, sheet.id)
    counting.count(acting(director), sheet.id, {line.id: Decimal(7)})
    counting.count(acting(keeper), sheet.id, {line.id: Decimal(7)})
    sheet = counting.finish(keeper, sheet.id, sheet.version)
    with pytest.raises(RuleBroken):
        counting.approve(acting(director), sheet.id, sheet.version, "同意")


@pytest.mark.parametrize("quantity", ["-1", "0", "0.0000001", "NaN", "Infinity", "1E+30"])
def test_no_odd_quantity_moves(keeper, acting, quantity):
    acting(keeper)
    _good, batch_id, place = flour(keeper)
    before = at(keeper, batch_id)
    with pytest.raises((Invalid, RuleBroken)):
        issuing.issue(keeper, new_id(), [(batch_id, place, Decimal(quantity))], taker_name="演示厨师")
    assert at(keeper, batch_id) == before


def test_frozen_goods_come_back_to_stock_frozen(keeper, acting):
    acting(keeper)
    _good, batch_id, place = flour(keeper)
    issuing.issue(keeper, new_id(), [(batch_id, place, Decimal(4))], taker_name="演示厨师")
    freezing.freeze(keeper, [(keeper.school_id, batch_id)], HELD, "召回")
    issuing.give_back(keeper, new_id(), takes=[(batch_id, place, Decimal(4))], taker_name="演示厨师")
    with pytest.raises(RuleBroken):
        issuing.issue(keeper, new_id(), [(batch_id, place, Decimal(1))], taker_name="演示厨师")
    with pytest.raises(RuleBroken):
        issuing.transfer(keeper, new_id(), [(batch_id, place, place_of(keeper, LocationKind.KITCHEN), Decimal(1))])
    freezing.unfreeze(keeper, [(keeper.school_id, batch_id)], (freezing.SCHOOL, batch_id), "我要用")
    with pytest.raises(RuleBroken):
        issuing.issue(keeper, new_id(), [(batch_id, place, Decimal(1))], taker_name="演示厨师")


def test_near_its_end_is_what_the_school_says_it_is(keeper, acting, world):
    """A figure of the bureau; a school may want to be told earlier."""
    from kernel.policy import service as policy
    from school.stores.service import reading, worklists

    acting(keeper)
    _good, _batch, _place = flour(keeper, days=10)
    [lot] = reading.list_expiring(keeper, keeper.school_id).items
    assert (lot.freshness, worklists.waiting(keeper, keeper.school_id).soon) == ("good", 0)
    principal = acting(world.actor("principal"))
    policy.save_override(
        principal, new_id(), None, key=reading.SOON, value=Decimal(12), valid_from=today(), valid_to=None,
        citation="本校规定",
    )  # fmt: skip
    acting(keeper)
    [lot] = reading.list_expiring(keeper, keeper.school_id).items
    assert (lot.freshness, worklists.waiting(keeper, keeper.school_id).soon) == ("soon", 1)


def test_nothing_is_dated_back_to_before_a_closed_month(keeper, acting):
    """A month in which nothing was, before one that is closed: what comes into it now stands in no statement."""
    acting(keeper)
    good, _batch, _place = flour(keeper)
    first = today().replace(day=1)
    with clock_at(now() - timedelta(days=today().day)):
        closing.close(keeper, today())
    for days in (40, 400, 4000):
        with pytest.raises(RuleBroken) as refused:
            receiving.receive_by_hand(keeper, new_id(), [ByHand(good.id, Decimal(5))], on=first - timedelta(days=days))
        assert refused.value.rule == "store_month_closed"
    receiving.receive_by_hand(keeper, new_id(), [ByHand(good.id, Decimal(5))], on=first)
