"""Prices that came to be known after a statement was agreed, corrections by hand, refused goods, receipts by hand."""

from decimal import Decimal

import pytest

from bureau.agreements.service import pricing
from kernel.database import clock_at, db, new_id
from kernel.errors import Conflict, Invalid, NotFound
from school.settlement.service import adjusting, finding, making, months, sending
from school.settlement.service.claims import of_month, unknown_suppliers
from school.supply.rejections import settling
from school.supply.rejections.finding import of_receipt
from tests.support import settlement as told
from tests.support.agreements import book
from tests.support.deliveries import refusing
from tests.support.orders import market
from tests.support.receipts import line, record

MONTH = told.MONTH
NEXT = told.rules.next_month(MONTH)


@pytest.fixture
def by_book(session, world):
    """Pork at 24.00 − 12.5 % by the price book."""
    return market(world)


def later_book(of, price):
    """One that holds for the days of the month, and came after they were settled."""
    with clock_at(told.settled_on(MONTH, 6)):
        book(of.actor("procurement_officer"), {of.stocked.pork: price}, MONTH)


def test_a_late_price_is_settled_by_a_note_in_the_next_statement(by_book):
    told.delivered(by_book)
    statement = told.agreed(by_book)
    assert statement.amount_fen == 52000 + 42000
    with clock_at(told.settled_on(MONTH, 7)):
        assert adjusting.note_differences(by_book.actor("accountant"), statement.id) is None
    later_book(by_book, 2600)
    with clock_at(told.settled_on(MONTH, 7)):
        note = adjusting.note_differences(by_book.actor("accountant"), statement.id)
        assert note.amount_fen == 20 * (2275 - 2100)
        _note, lines = adjusting.get_note(by_book.actor("accountant"), note.id)
        assert [(one.old_price_fen, one.new_price_fen, one.settled_fen, one.due_fen) for one in lines] == [
            (2100, 2275, 42000, 45500)
        ]
        # Asked again it finds nothing: what the note says is settled.
        assert adjusting.note_differences(by_book.actor("accountant"), statement.id) is None
    assert told.again(by_book, statement).amount_fen == 94000
    told.delivered(by_book, month=NEXT, batch="L2")
    after = told.sent(by_book, month=NEXT)
    carried = [one for one in finding.lines_of(after) if one.kind == "note"]
    assert [(one.name, one.amount_fen, one.month) for one in carried] == [(note.number, 3500, MONTH)]
    with pytest.raises(NotFound):
        adjusting.get_note(by_book.actor("supplier_user", "a-2"), note.id)
    assert adjusting.get_note(by_book.supplier, note.id)[0].number == note.number
    pin = pricing.Pin(by_book.pork.id, lines[0].new_book_id, lines[0].new_term_id)
    with clock_at(told.settled_on(MONTH, 7)):
        again = pricing.recompute(statement.bureau_id, [pricing.PinnedLine(pin, Decimal(20))])
    assert again[0].amount_fen == 45500


def test_the_clock_writes_notes_and_statements(by_book):
    told.delivered(by_book)
    statement = told.agreed(by_book)
    later_book(by_book, 2200)
    officer = by_book.actor("procurement_officer")
    with clock_at(told.settled_on(MONTH, 8)):
        assert adjusting.note_due(officer.bureau_id) == 1
        assert adjusting.note_due(officer.bureau_id) == 0
    told.delivered(by_book, month=NEXT, batch="L2")
    officer = by_book.actor("procurement_officer")
    with clock_at(told.settled_on(NEXT, 2)):
        assert making.make_due(officer.bureau_id) == 0  # before the bureau's day
    with clock_at(told.settled_on(NEXT, 3)):
        assert making.make_due(officer.bureau_id) == 1
        assert making.make_due(officer.bureau_id) == 0
    made = told.current(by_book, month=NEXT)
    assert (made.created_by_name, made.state) == ("系统", "draft")
    found = of_month(by_book.actor("accountant"), statement.school_id, NEXT)[statement.supplier_id]
    assert found.amount_fen == 52000 + 20 * 1925 + 20 * (1925 - 2100)


def test_only_what_was_agreed_is_noted(by_book):
    told.delivered(by_book)
    statement = told.sent(by_book)
    with pytest.raises(Conflict):
        adjusting.note_differences(by_book.actor("accountant"), statement.id)


def test_a_correction_by_hand_enters_what_is_open_or_the_next(shop):
    told.delivered(shop)
    statement = told.agreed(shop)
    rice = finding.lines_of(statement)[0]
    adjustment_id = new_id()
    asked = {"statement_id": statement.id, "amount_fen": -520, "reason": "复称少 1 公斤", "line_id": rice.id}
    made = adjusting.adjust(shop.actor("accountant"), adjustment_id, **asked)
    assert adjusting.adjust(shop.actor("accountant"), adjustment_id, **asked) is made
    with pytest.raises(Conflict):
        adjusting.adjust(shop.actor("accountant"), adjustment_id, **{**asked, "amount_fen": -521})
    with pytest.raises(Invalid):
        adjusting.adjust(shop.actor("accountant"), new_id(), **{**asked, "line_id": new_id()})
    with pytest.raises(NotFound):
        adjusting.adjust(shop.actor("accountant", "a2"), new_id(), **asked)
    told.delivered(shop, month=NEXT, batch="L2")
    after = told.sent(shop, month=NEXT)
    assert after.amount_fen == 94000 - 520
    with pytest.raises(Conflict):
        adjusting.withdraw_adjustment(shop.actor("accountant"), made.id, made.version)
    assert told.again(shop, statement).amount_fen == 94000


def test_refused_goods_were_never_charged_and_are_told(shop):
    receipt = told.delivered(shop, refusing(shop, "10"))
    rejection = of_receipt(shop.actor("accountant"), receipt.school_id, receipt.id)
    statement = told.sent(shop)
    assert statement.amount_fen == 90 * 520 + 42000
    with told.within_month(NEXT, 2):
        settling.credit(shop.cook(), rejection.id, rejection.version, "不要了")
    told.agreeing(shop, told.again(shop, statement))
    told.delivered(shop, month=NEXT, batch="L2")
    after = told.sent(shop, month=NEXT)
    told_of = [one for one in finding.lines_of(after) if one.kind == "credit"]
    assert [(one.amount_fen, one.memo_fen, one.month) for one in told_of] == [(0, 5200, MONTH)]
    assert after.amount_fen == 94000


def test_receipts_by_hand_count_when_their_supplier_is_known(shop):
    at = told.settled_on(told.rules.previous_month(MONTH), 12)
    with clock_at(at):
        rice = line(shop.stocked.rice, production_date=None, quantity=Decimal(3))
        known = record(shop.world.actor("storekeeper"), rice, received_at=at)
        known.supplier_id = shop.agreement.supplier_id
        record(shop.world.actor("storekeeper"), rice, received_at=at, supplier_name="路边菜摊")
        db.session.flush()
    statement = told.sent(shop)
    only = finding.lines_of(statement)[0]
    assert (only.receipt_id, only.amount_fen, only.ordered_quantity) == (known.id, 1560, None)
    assert only.reasons[0]["code"] == "no_order"
    apart = unknown_suppliers(shop.actor("accountant"), statement.school_id, MONTH)
    assert [(row.supplier_name, row.amount_fen) for row in apart] == [("路边菜摊", 1560)]


def test_a_statement_over_nothing_is_settled_when_agreed(shop):
    told.delivered(shop)
    statement = told.drafted(shop)
    adjusting.adjust(
        shop.actor("accountant"), new_id(), statement_id=statement.id, amount_fen=-94000, reason="全部退回"
    )
    statement = told.agreeing(shop, told.resent(shop, statement))
    assert (statement.amount_fen, statement.state, statement.paid_fen) == (0, "paid", 0)
    assert months.month_of(shop.actor("accountant"), statement.school_id, MONTH).confirmed_at is not None


def test_withdrawn_everything_is_open_again(shop):
    told.delivered(shop)
    statement = told.sent(shop)
    making.withdraw(shop.actor("accountant"), statement.id, statement.version, "重做")
    again = told.sent(shop)
    assert again.id != statement.id
    assert again.amount_fen == 94000
    with pytest.raises(Conflict):
        sending.agree(shop.supplier, statement.id, statement.version, statement.digest)


def test_what_is_found_late_gets_a_draft_where_nobody_would_look(shop):
    told.delivered(shop)
    statement = told.agreed(shop)
    with clock_at(told.settled_on(told.rules.next_month(NEXT))):  # nothing came from this supplier for two months
        adjusting.adjust(shop.actor("accountant"), new_id(), statement_id=statement.id, amount_fen=-500, reason="多收")
        draft = told.current(shop, month=NEXT)
        assert (draft.state, draft.amount_fen) == ("draft", -500)
        draft = sending.send(shop.actor("accountant"), draft.id, draft.version)
        sending.agree(shop.supplier, draft.id, draft.version, draft.digest)
        told.invoice(shop, draft, by="school", number="55555555", issued_on=NEXT)
        assert told.again(shop, draft).state == "invoiced"  # a red invoice
