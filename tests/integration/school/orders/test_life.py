"""An order from its draft to its shipment: who may do what, what is held and what is free again."""

from datetime import timedelta
from decimal import Decimal

import pytest

from bureau.agreements.balance_models import AgreementBalance
from bureau.agreements.service import changes, reading
from bureau.suppliers.models import SupplierMeasure
from kernel.database import db, new_id
from kernel.database.scope import use_scope
from kernel.errors import Conflict, Denied, Invalid, NotFound, RuleBroken
from kernel.notices.models import Notice
from kernel.web.dates import today
from school.orders.models import SupplyOrder
from school.orders.service import answering, approving, budgets, drafting, finding, receiving, shipping
from school.orders.service.drafting import Wanted
from tests.support.orders import confirmed, draft, lots, sent, shipped, submitted, tomorrow


def balance_of(shop, item):
    use_scope(db.session(), shop.world.actor("procurement_officer").scope)
    query = db.select(AgreementBalance).where(AgreementBalance.agreement_item_id == item.id)
    return db.session.scalar(query.execution_options(populate_existing=True))


def test_prices_are_the_agreements_and_keep_their_pin(shop):
    order = draft(shop)
    rice, pork = finding.lines_of(order)
    assert (rice.unit_price_fen, rice.amount_fen, rice.book_id) == (520, 52000, None)
    assert (pork.unit_price_fen, pork.amount_fen) == (2100, 42000)
    assert pork.book_id is not None
    assert pork.price_account["discount"] == "12.5000"
    assert (order.amount_fen, order.state, order.number[:2]) == (94000, "draft", "DD")
    assert balance_of(shop, shop.rice).reserved == 0


def test_the_same_order_sent_twice_is_one_and_another_under_its_id_a_conflict(shop):
    order_id = new_id()
    first = draft(shop, order_id=order_id)
    assert draft(shop, order_id=order_id).id == first.id
    with pytest.raises(Conflict):
        draft(shop, order_id=order_id, rice="7")
    assert db.session.query(SupplyOrder).count() == 1


def test_an_edit_needs_the_version_that_was_seen(shop):
    order = draft(shop)
    edited = drafting.save_order(
        shop.cook(), order.id, order.version, agreement_id=shop.agreement.id, deliver_on=tomorrow(),
        lines=[Wanted(shop.rice.id, Decimal(3))],
    )  # fmt: skip
    assert (edited.amount_fen, edited.line_count) == (1560, 1)
    with pytest.raises(Conflict):
        drafting.save_order(
            shop.cook(), order.id, 1, agreement_id=shop.agreement.id, deliver_on=tomorrow(),
            lines=[Wanted(shop.rice.id, Decimal(4))],
        )  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"deliver_on": today() - timedelta(days=1)}, "deliver_on"),
        ({"deliver_on": today() + timedelta(days=60)}, "deliver_on"),
        ({"lines": []}, "lines"),
    ],
)
def test_what_cannot_be_ordered_is_named_at_its_field(shop, changes, field):
    with pytest.raises(Invalid) as refused:
        draft(shop, **changes)
    assert field in refused.value.fields


def test_submitting_holds_the_balance_and_withdrawing_frees_it(shop):
    order = submitted(shop)
    assert balance_of(shop, shop.rice).reserved == 100
    shop.cook()
    order = drafting.withdraw(shop.cook(), order.id, order.version)
    assert (order.state, balance_of(shop, shop.rice).reserved) == ("draft", 0)
    again = drafting.submit(shop.cook(), order.id, order.version)
    assert (again.state, balance_of(shop, shop.rice).reserved) == ("submitted", 100)
    assert reading.reconcile(shop.agreement.bureau_id) == []


def test_more_than_the_balance_has_is_refused_and_nothing_is_held(shop):
    order = draft(shop, rice="1001")
    db.session.commit()
    with pytest.raises(RuleBroken) as refused:
        drafting.submit(shop.cook(), order.id, order.version)
    assert refused.value.rule == "agreement_balance"
    db.session.rollback()
    assert balance_of(shop, shop.pork).reserved == 0


def test_the_months_budget_is_counted_with_all_its_orders(shop):
    month = tomorrow().replace(day=1)
    budgets.save_budget(shop.actor("accountant", "a1"), new_id(), None, month=month, amount_fen=100_000)
    submitted(shop)
    order = draft(shop, rice="20", pork="0")
    db.session.commit()
    with pytest.raises(RuleBroken) as refused:
        drafting.submit(shop.cook(), order.id, order.version)
    assert (refused.value.rule, refused.value.members["left_fen"]) == ("budget_exceeded", 6000)
    db.session.rollback()
    assert budgets.month_of(shop.cook(), order.school_id, month).left_fen == 6000


def test_nobody_approves_the_own_order_and_amounts_ask_for_higher_roles(shop):
    order = submitted(shop)
    with pytest.raises(RuleBroken, match="自己"):
        approving.approve(shop.cook(), order.id, order.version)
    order = submitted(shop, rice="700", pork="0")  # 3,640 yuan: over the first tier
    other_cook = shop.actor("storekeeper", "a1")
    with pytest.raises(Denied):
        approving.approve(other_cook, order.id, order.version)
    order = approving.approve(shop.actor("logistics_director", "a1"), order.id, order.version)
    assert (order.state, order.is_sent) == ("sent", True)
    dear = submitted(shop, rice="0", pork="480")  # 10,080 yuan
    assert approving.approve(shop.actor("logistics_director", "a1"), dear.id, dear.version).state == "sent"


def test_a_refused_order_is_mended_and_handed_in_again(shop):
    order = submitted(shop)
    with pytest.raises(Invalid):
        approving.refuse(shop.actor("principal", "a1"), order.id, order.version, " ")
    order = approving.refuse(shop.actor("principal", "a1"), order.id, order.version, "数量太多")
    assert (order.state, balance_of(shop, shop.rice).reserved) == ("refused", 0)
    order = drafting.revise(shop.cook(), order.id, order.version)
    order = drafting.submit(shop.cook(), order.id, order.version)
    assert balance_of(shop, shop.rice).reserved == 100


def test_the_supplier_sees_an_order_once_it_was_sent_and_only_its_own(shop):
    waiting = submitted(shop)
    with pytest.raises(NotFound):
        finding.get_order(shop.supplier, waiting.id)
    order = sent(shop)
    assert finding.get_order(shop.supplier, order.id).id == order.id
    with pytest.raises(NotFound):
        finding.get_order(shop.actor("supplier_user", "a-2"), order.id)
    shop.actor("supplier_user", "a-2")
    assert db.session.query(SupplyOrder).count() == 0
    assert shop.supplier.supplier_id
    assert {row.id for row in db.session.query(SupplyOrder)} == {order.id}
    with pytest.raises(NotFound):
        finding.get_order(shop.cook("a2"), order.id)


def test_both_sides_are_told(shop):
    order = confirmed(shop)
    use_scope(db.session(), shop.world.actor("procurement_officer").scope)
    told = {(row.kind, row.person_id) for row in db.session.query(Notice)}
    assert ("supply_order_sent", shop.world.person("supplier_user", "a").account_id) in told
    assert ("supply_order_confirmed", shop.world.person("canteen_manager", "a1").account_id) in told
    assert ("supply_order_submitted", shop.world.person("principal", "a1").account_id) in told
    assert ("supply_order_submitted", shop.world.person("canteen_manager", "a1").account_id) not in told
    assert order.state == "confirmed"


def test_a_supplier_asks_for_another_day(shop):
    order = sent(shop)
    day = tomorrow() + timedelta(days=1)
    order = answering.propose(shop.supplier, order.id, order.version, day, "车辆检修")
    assert (order.state, order.proposed_on) == ("sent", day)
    order = answering.keep_day(shop.cook(), order.id, order.version, "当天要用")
    order = answering.propose(shop.supplier, order.id, order.version, day, "车辆检修")
    order = answering.accept_day(shop.cook(), order.id, order.version)
    assert (order.state, order.deliver_on) == ("confirmed", day)


def test_declined_and_cancelled_orders_free_their_balance(shop):
    order = sent(shop)
    order = answering.decline(shop.supplier, order.id, order.version, "缺货")
    assert (order.state, balance_of(shop, shop.rice).reserved) == ("declined", 0)
    order = confirmed(shop)
    assert balance_of(shop, shop.rice).reserved == 100
    order = drafting.cancel(shop.cook(), order.id, order.version, "停课")
    assert (order.state, balance_of(shop, shop.rice).reserved) == ("cancelled", 0)
    with pytest.raises(Conflict):
        answering.confirm(shop.supplier, order.id, order.version)


def test_of_a_suspended_agreement_or_company_nothing_is_ordered(shop):
    order = draft(shop)
    officer = shop.actor("procurement_officer")
    db.session.add(
        SupplierMeasure(
            bureau_id=officer.bureau_id, id=new_id(), supplier_id=shop.agreement.supplier_id, kind="suspension",
            state="in_force", reason="演示抽检不合格", from_day=today(), until_day=None, created_by=officer.account_id,
        )
    )  # fmt: skip
    db.session.flush()
    with pytest.raises(RuleBroken) as refused:
        drafting.submit(shop.cook(), order.id, order.version)
    assert refused.value.rule == "supplier_suspended"
    assert "暂停" in refused.value.message
    db.session.rollback()


def test_of_an_agreement_stopped_between_handing_in_and_approval_nothing_is_sent(shop):
    order = submitted(shop)
    changes.stop(shop.actor("procurement_officer"), shop.agreement.id, new_id(), reason="演示")
    with pytest.raises(RuleBroken) as refused:
        approving.approve(shop.actor("principal", "a1"), order.id, order.version)
    assert refused.value.rule == "agreement_not_active"


def test_goods_come_in_parts_and_no_more_than_the_tolerance_bears(shop):
    order = confirmed(shop)
    first = shipped(shop, order, "60", "0")
    assert first.state == "sent"
    order = finding.get_order(shop.supplier, order.id)
    assert order.state == "shipped"
    with pytest.raises(Invalid) as refused:
        shipped(shop, order, "46", "0")  # 100 + 5 % − 60 = 45
    assert "45" in refused.value.fields["lines.0.quantity"][0]
    shipped(shop, order, "45", "20")
    assert len(finding.shipments_of(order)) == 2


def test_the_same_shipment_sent_twice_is_one(shop):
    order = confirmed(shop)
    shipment_id = new_id()
    one = shipped(shop, order, "60", "0", shipment_id=shipment_id)
    assert shipped(shop, order, "60", "0", shipment_id=shipment_id).id == one.id
    with pytest.raises(Conflict):
        shipped(shop, order, "61", "0", shipment_id=shipment_id)
    assert len(finding.shipments_of(order)) == 1


def test_what_is_shipped_has_a_lot_that_is_not_over(shop):
    order = confirmed(shop)
    for label, field in (
        ({"batch": "", "production_date": None}, "batch_no"),
        ({"expiry_date": today()}, "expiry_date"),
        ({"production_date": today() + timedelta(days=5)}, "production_date"),
    ):
        lines = lots(order, "1", **{"batch": "L1", **label})
        with pytest.raises(Invalid) as refused:
            shipping.ship(shop.supplier, order.id, new_id(), lines=lines)
        assert list(refused.value.fields) == [f"lines.0.{field}"]


def test_a_shipment_is_taken_back_before_it_arrives(shop):
    order = confirmed(shop)
    shipment = shipped(shop, order)
    shipment = shipping.take_back(shop.supplier, shipment.id, shipment.version, "录错批号")
    assert (shipment.state, finding.get_order(shop.supplier, order.id).state) == ("cancelled", "confirmed")
    assert shipping.shippable(order, finding.lines_of(order))[finding.lines_of(order)[0].id] == 105


def test_a_code_finds_the_shipment_in_its_school_only(shop):
    shipment = shipped(shop, confirmed(shop))
    assert finding.find_by_code(shop.cook(), f" {shipment.code.lower()} ").id == shipment.id
    with pytest.raises(NotFound):
        finding.find_by_code(shop.cook("a2"), shipment.code)


def test_closing_gives_up_what_is_missing(shop):
    order = confirmed(shop)
    shipment = shipped(shop, order, "60", "0")
    line = shipping.lots_of(shipment)[0]
    receiving.take_over(shop.cook(), shipment.id, [receiving.Counted(line.id, Decimal(60), Decimal(0))])
    order = finding.get_order(shop.cook(), order.id)
    assert order.state == "shipped"
    order = receiving.close(shop.cook(), order.id, order.version, "余下不再要")
    rice, pork = map(finding.counts_of, finding.lines_of(order))
    assert (order.state, rice.received, rice.waived, rice.open, pork.waived) == ("closed", 60, 40, 0, 20)
    assert balance_of(shop, shop.pork).reserved == 0


def test_last_weeks_order_is_repeated(shop):
    order = sent(shop)
    again = drafting.repeat(shop.cook(), order.id, new_id())
    assert (again.deliver_on, again.state, again.source) == (tomorrow() + timedelta(days=7), "draft", "repeat")
    assert [line.quantity for line in finding.lines_of(again)] == [100, 20]
