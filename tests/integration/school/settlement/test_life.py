"""A statement from the books to the last payment, by each side."""

from decimal import Decimal

import pytest

from duties.models import DutyMark
from kernel.database import clock_at, db, new_id
from kernel.errors import Conflict, Invalid, NotFound, RuleBroken
from school.settlement.service import finding, making, months, paying, sending
from school.settlement.service.claims import of_month
from school.supply.service.voiding import void_receipt
from tests.support import settlement as told
from tests.support.deliveries import refusing

MONTH = told.MONTH


def test_one_click_makes_a_draft_for_every_supplier_and_a_second_makes_none(shop):
    receipt = told.delivered(shop)
    statement = told.drafted(shop)
    assert (statement.state, statement.amount_fen, statement.line_count) == ("draft", 94000, 2)
    assert statement.amount_fen == receipt.amount_fen
    with clock_at(told.settled_on()):
        made = making.make_all(shop.actor("accountant"), MONTH)
    assert (made.made, made.known) == ([], 1)


def test_a_draft_follows_the_books_and_what_is_sent_stands(shop):
    told.delivered(shop)
    statement = told.drafted(shop)
    told.delivered(shop, day=20, batch="L2")
    statement = told.resent(shop, statement)
    assert (statement.amount_fen, statement.line_count, statement.revision) == (188000, 4, 1)
    told.delivered(shop, day=25, batch="L3")
    assert told.again(shop, statement).amount_fen == 188000
    after = of_month(shop.actor("accountant"), statement.school_id, told.rules.next_month(MONTH))
    late = after[statement.supplier_id]
    assert late.amount_fen == 94000
    assert {line["month"] for line in late.lines} == {MONTH}
    assert all({"code": "late", "quantity": "0", "note": ""} in line["reasons"] for line in late.lines)


def test_every_difference_has_its_reason(shop):
    refused = refusing(shop, "6", "bad_quality", arrived=Decimal("98"), net=Decimal("97"))
    told.delivered(shop, refused)
    statement = told.sent(shop)
    rice = finding.lines_of(statement)[0]
    assert (rice.ordered_quantity, rice.shipped_quantity, rice.arrived_quantity) == (100, 100, 98)
    assert (rice.net_quantity, rice.rejected_quantity, rice.quantity) == (97, 6, 91)
    assert [(one["code"], one["quantity"], one["note"]) for one in rice.reasons] == [
        ("short_arrived", "2", ""), ("tare", "1", ""), ("rejected", "6", "bad_quality"),
    ]  # fmt: skip
    assert rice.amount_fen == 91 * 520


def test_the_whole_way_to_the_last_payment(shop):
    told.delivered(shop)
    statement = told.paid(shop)
    assert (statement.state, statement.paid_fen, statement.amount_fen) == ("paid", 94000, 94000)
    events = [one.event for one in finding.events_of(shop.actor("accountant"), statement)]
    assert events == ["make", "send", "agree", "invoice", "check", "match", "approve", "pay"]
    month = months.month_of(shop.actor("accountant"), statement.school_id, MONTH)
    assert month.confirmed_at is not None
    assert month.statement_count == 1
    marks = db.session.query(DutyMark).filter_by(kind="statement_confirmed", record_id=month.id).all()
    assert [(one.on_day, one.record_kind) for one in marks] == [(told.rules.last_day(MONTH), "settlement_month")]


def test_a_supplier_agrees_to_what_it_saw_and_to_nothing_else(shop):
    told.delivered(shop)
    statement = told.disputed(shop)
    old = statement.digest
    objection = finding.objections_of(statement)[0]
    with pytest.raises(RuleBroken) as refused:
        told.resent(shop, told.again(shop, statement))
    assert refused.value.rule == "objections_open"
    sending.answer(shop.actor("accountant"), statement.id, objection.id, objection.version, "已补上")
    told.delivered(shop, day=12, batch="L2")
    statement = told.resent(shop, told.again(shop, statement))
    assert (statement.revision, statement.amount_fen, statement.state) == (2, 188000, "sent")
    with pytest.raises(Conflict):
        sending.agree(shop.supplier, statement.id, statement.version, old)
    told.agreeing(shop, statement)
    assert len(finding.lines_of(statement, 1)) == 2  # what was disputed stays to be read
    with pytest.raises(Conflict):
        sending.agree(shop.supplier, statement.id, statement.version, statement.digest)


def test_what_a_statement_says_is_not_voided_while_it_stands(shop):
    receipt = told.delivered(shop)
    statement = told.sent(shop)
    with pytest.raises(RuleBroken) as refused:
        void_receipt(shop.actor("storekeeper"), receipt.id, receipt.version, "录错")
    assert refused.value.rule == "receipt_held"
    assert statement.number in refused.value.message


def test_a_draft_follows_a_voided_receipt(shop):
    receipt = told.delivered(shop)
    told.delivered(shop, day=12, batch="L2")
    statement = told.drafted(shop)
    void_receipt(shop.actor("storekeeper"), receipt.id, receipt.version, "录错")
    assert told.resent(shop, statement).amount_fen == 94000


def test_who_made_it_does_not_let_the_money_go(shop):
    told.delivered(shop)
    with clock_at(told.settled_on()):
        making.make_all(shop.actor("logistics_director"), MONTH)
    statement = told.resent(shop, told.current(shop))
    told.agreeing(shop, statement)
    told.invoice(shop, statement, by="school")
    statement = told.again(shop, statement)
    with pytest.raises(RuleBroken) as refused:
        paying.approve(shop.actor("logistics_director"), statement.id, statement.version)
    assert refused.value.rule == "own_statement"
    assert paying.approve(shop.actor("principal"), statement.id, statement.version).state == "approved"


def test_no_invoice_no_payment(shop):
    told.delivered(shop)
    statement = told.agreed(shop)
    with pytest.raises(Conflict):
        paying.approve(shop.actor("principal"), statement.id, statement.version)


def test_a_month_that_is_not_over_is_not_sent(shop):
    told.delivered(shop)
    with told.within_month(day=20):
        making.make_all(shop.actor("accountant"), MONTH)
        statement = told.current(shop)
        with pytest.raises(RuleBroken) as refused:
            sending.send(shop.actor("accountant"), statement.id, statement.version)
    assert refused.value.rule == "month_not_over"


def test_a_month_without_deliveries_is_settled_with_a_click(shop):
    with clock_at(told.settled_on()):
        made = making.make_all(shop.actor("accountant", "a2"), MONTH)
    assert (made.made, made.is_settled) == ([], True)


def test_others_see_nothing_of_it(shop, world):
    told.delivered(shop)
    draft = told.drafted(shop)
    with pytest.raises(NotFound):
        finding.get_statement(shop.supplier, draft.id)
    statement = told.resent(shop, draft)
    assert finding.get_statement(shop.supplier, statement.id).number == statement.number
    for role, place in (("supplier_user", "a-2"), ("accountant", "a2"), ("accountant", "b1"), ("supplier_user", "b")):
        with pytest.raises(NotFound):
            finding.get_statement(shop.actor(role, place), statement.id)


def test_the_same_id_is_the_same_statement(shop):
    told.delivered(shop)
    statement_id = new_id()
    actor = shop.actor("accountant")
    asked = {"supplier_id": shop.agreement.supplier_id, "month": MONTH}
    with clock_at(told.settled_on()):
        first = making.make_one(actor, statement_id, **asked)
        assert making.make_one(actor, statement_id, **asked) is first
        with pytest.raises(Conflict):
            making.make_one(actor, new_id(), **asked)
        with pytest.raises(NotFound):
            making.make_one(actor, new_id(), supplier_id=new_id(), month=MONTH)
        with pytest.raises(Invalid):
            making.make_one(actor, new_id(), supplier_id=asked["supplier_id"], month=told.rules.previous_month(MONTH))
    assert db.session.query(type(first)).count() == 1
