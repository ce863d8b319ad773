"""The proposal: menus × diners − stock − what is under way, from whom it can be had, in units that can be bought."""

from datetime import timedelta
from decimal import Decimal

import pytest

from kernel.database import db, new_id
from kernel.errors import Invalid
from kernel.web.dates import today
from school.orders.models import SupplyOrder
from school.orders.service import proposing
from tests.support.orders import sent, tomorrow


@pytest.fixture
def needs(shop, monkeypatch):
    """What menus ask for, said outright."""

    def say(wanted, stock=None):
        monkeypatch.setattr(proposing, "needs", lambda actor, school_id, first, last: wanted)
        monkeypatch.setattr(proposing, "on_hand", lambda actor, school_id, item_ids: stock or {})

    return say


def propose(shop, **changes):
    values = {"first": tomorrow(), "last": tomorrow() + timedelta(days=4), **changes}
    return proposing.propose(shop.cook(), values["first"], values["last"], lead_days=values.get("lead_days", 0))


def test_stock_and_orders_under_way_are_used_up_before_anything_is_ordered(shop, needs):
    sent(shop, rice="30", pork="0")
    days = [tomorrow() + timedelta(days=place) for place in range(3)]
    rice, pork = shop.stocked.rice, shop.stocked.pork
    needs(
        {(rice, days[0]): Decimal(50), (rice, days[1]): Decimal("20.04"), (pork, days[2]): Decimal(8)},
        {rice: Decimal(25)},
    )
    proposal = propose(shop)
    lines = {(order.deliver_on, line.name): line for order in proposal.orders for line in order.lines}
    assert {key: line.quantity for key, line in lines.items()} == {
        (days[1], "粳米"): Decimal("15.1"), (days[2], "猪前腿肉"): Decimal(8),
    }  # fmt: skip
    assert (lines[days[1], "粳米"].on_hand, lines[days[1], "粳米"].on_order) == (25, 30)
    assert proposal.unordered == []


def test_what_no_agreement_offers_is_told(shop, needs):
    needs({(shop.stocked.salt, tomorrow()): Decimal(3)})
    proposal = propose(shop)
    assert ([one.name for one in proposal.unordered], proposal.orders) == (["食盐"], [])


def test_more_than_the_balance_has_left_is_marked(shop, needs):
    needs({(shop.stocked.rice, tomorrow()): Decimal(1001)})
    assert propose(shop).orders[0].lines[0].is_short


def test_goods_may_come_some_days_before(shop, needs):
    needs({(shop.stocked.rice, tomorrow() + timedelta(days=2)): Decimal(5)})
    assert propose(shop, lead_days=1).orders[0].deliver_on == tomorrow() + timedelta(days=1)


def test_a_span_that_is_upside_down_or_too_long_is_refused(shop, needs):
    needs({})
    for last in (today(), tomorrow() + timedelta(days=40)):
        with pytest.raises(Invalid):
            propose(shop, last=last)


def test_the_page_makes_drafts_and_a_second_click_none(shop, needs, client_as):
    needs(
        {(shop.stocked.rice, tomorrow()): Decimal(5), (shop.stocked.pork, tomorrow() + timedelta(days=1)): Decimal(2)}
    )
    db.session.commit()
    cook = client_as("canteen_manager")
    page = cook.get("/supply-orders/propose").get_data(as_text=True)
    assert "生成 2 份草稿" in page
    data = {"id": new_id(), "first": tomorrow(), "last": tomorrow() + timedelta(days=4), "lead_days": "0"}
    for _ in range(2):
        assert cook.post("/supply-orders/propose", data=data).status_code == 302
    shop.cook()
    made = db.session.query(SupplyOrder).order_by(SupplyOrder.deliver_on).all()
    assert [(one.source, one.state, one.line_count) for one in made] == [("proposal", "draft", 1)] * 2
