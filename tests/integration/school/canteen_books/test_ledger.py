from datetime import date

import pytest
from sqlalchemy import insert, text
from sqlalchemy.exc import DBAPIError, IntegrityError, ProgrammingError

from kernel.database import new_id
from kernel.errors import Conflict, Invalid, NotFound, RuleBroken
from school.canteen_books import chart, rules
from school.canteen_books.models import BookLine
from school.canteen_books.rules import EntryKind, Move
from school.canteen_books.service import ledger, payees, vouchers

DAY = date(2026, 9, 20)


def enter(actor, template="other_income", amount=10_000, **values):
    given = {"on_day": DAY, "summary": "", "in_cash": False, "payee_id": None} | values
    return vouchers.enter(actor, new_id(), template=template, amount_fen=amount, **given)


def book(books, template="other_income", amount=10_000, **values):
    """Entered, signed, approved."""
    found = enter(books.act("accountant"), template, amount, **values)
    if found.needs_signature:
        vouchers.sign(books.act("cashier"), found.id, found.version)
    return vouchers.approve(books.act("principal"), found.id, found.version)


def test_three_people_bring_a_voucher_into_the_books(books, september):
    accountant = books.act("accountant")
    found = enter(accountant, "other_income", 12_345)
    assert ledger.trial_balance(accountant, books.school_id, september)[1].closing_fen == 0
    with pytest.raises(RuleBroken, match="制单人不能审核"):
        vouchers.approve(accountant, found.id, found.version)
    principal = books.act("principal")
    with pytest.raises(RuleBroken, match="出纳签字"):
        vouchers.approve(principal, found.id, found.version)
    vouchers.sign(books.act("cashier"), found.id, found.version)
    vouchers.approve(books.act("principal"), found.id, found.version)
    sums = {one.code: one for one in ledger.trial_balance(principal, books.school_id, september)}
    assert sums[chart.BANK].closing_fen == sums[chart.OTHER_INCOME].closing_fen == 12_345
    assert all(rules.fund_is_balanced(sums.values(), fund) for fund in chart.Fund)
    entry = ledger.get_entry(principal, books.school_id, found.entry_id)
    assert entry.number.startswith("JZ2026-")
    assert len({entry.entered_by, entry.signed_by, entry.approved_by}) == 3
    events = [event.event for event in vouchers_events(principal, books, found)]
    assert events == ["enter", "sign", "approve"]


def vouchers_events(actor, books, found):
    from school.canteen_books.service.months import events_of

    return events_of(actor, books.school_id, found.id)


def test_sent_twice_it_is_one_voucher(books, september):
    accountant = books.act("accountant")
    key = new_id()
    given = {"template": "other_income", "on_day": DAY, "summary": "利息", "in_cash": False, "payee_id": None}
    first = vouchers.enter(accountant, key, amount_fen=500, **given)
    assert vouchers.enter(accountant, key, amount_fen=500, **given) is first
    with pytest.raises(Conflict):
        vouchers.enter(accountant, key, amount_fen=600, **given)


def test_what_stands_is_reversed_once_and_never_edited(books, session, september):
    found = book(books)
    accountant = books.act("accountant")
    back = vouchers.propose_reversal(accountant, new_id(), found.entry_id, "金额有误")
    vouchers.sign(books.act("cashier"), back.id, back.version)
    vouchers.approve(books.act("principal"), back.id, back.version)
    assert not any(one.closing_fen for one in ledger.trial_balance(accountant, books.school_id, september))
    again = vouchers.propose_reversal(books.act("accountant"), new_id(), found.entry_id, "再次")
    vouchers.sign(books.act("cashier"), again.id, again.version)
    principal = books.act("principal")
    with pytest.raises(Conflict, match="已经冲销过"):
        vouchers.approve(principal, again.id, again.version)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE book_lines SET amount_fen = 1",
        "DELETE FROM book_lines",
        "UPDATE book_entries SET summary = ''",
        "DELETE FROM book_entries",
        "DELETE FROM book_events",
    ],
)
def test_nobody_may_change_what_stands_in_the_books(books, session, september, statement):
    book(books)
    books.act("accountant")
    with pytest.raises((ProgrammingError, DBAPIError)):
        session.execute(text(statement))


@pytest.mark.parametrize(
    ("debit", "credit", "pupil", "kind", "constraint"),
    [
        (chart.BANK, chart.BANK, False, "voucher", "ck_book_lines_accounts"),
        (chart.BANK, chart.PREPAID, False, "voucher", "ck_book_lines_pupil"),
        (chart.BANK, chart.OTHER_INCOME, True, "voucher", "ck_book_lines_pupil"),
        (chart.BANK, chart.IMPROVEMENT_FUND, False, "voucher", "ck_book_lines_funds"),
        (chart.BANK, chart.OTHER_INCOME, False, "charges", "fk_book_lines_entry"),
    ],
)
def test_the_database_refuses_what_no_ledger_may_hold(
    books, session, september, debit, credit, pupil, kind, constraint
):
    """Past the service: whatever the code does, such a row cannot be written."""
    found = book(books)
    books.act("accountant")
    row = {
        "bureau_id": found.bureau_id, "school_id": found.school_id, "id": new_id(), "entry_id": found.entry_id,
        "position": 99, "month": found.month, "kind": kind, "debit_code": debit,
        "debit_fund": chart.BY_CODE[debit].fund, "credit_code": credit, "credit_fund": chart.BY_CODE[credit].fund,
        "amount_fen": 1, "pupil_id": books.pupils[0].id if pupil else None, "text": "",
    }  # fmt: skip
    with pytest.raises(IntegrityError) as refusal:
        session.execute(insert(BookLine.__table__), [row])
    assert refusal.value.orig.diag.constraint_name == constraint


def test_a_fund_cannot_be_called_by_another_name(books, session, september):
    found = book(books)
    books.act("accountant")
    row = {
        "bureau_id": found.bureau_id, "school_id": found.school_id, "id": new_id(), "entry_id": found.entry_id,
        "position": 99, "month": found.month, "kind": "voucher", "debit_code": chart.BANK, "debit_fund": "improvement",
        "credit_code": chart.IMPROVEMENT_FUND, "credit_fund": "improvement", "amount_fen": 1, "pupil_id": None,
        "text": "",
    }  # fmt: skip
    with pytest.raises(IntegrityError, match="fk_book_lines_debit_code"):
        session.execute(insert(BookLine.__table__), [row])


def test_moves_are_judged_before_they_are_written(books, september):
    accountant = books.act("accountant")
    with pytest.raises(RuleBroken, match="不同资金"):
        vouchers.keep(accountant, new_id(), EntryKind.VOUCHER, DAY, "x", [Move(chart.BANK, chart.IMPROVEMENT_FUND, 5)])


def test_a_payment_names_whom_it_goes_to(books, september):
    accountant = books.act("accountant")
    with pytest.raises(Invalid) as refusal:
        enter(accountant, "wages")
    assert "payee_id" in refusal.value.fields
    payee = payees.save_payee(accountant, new_id(), None, name="演示厨师", kind="canteen_staff", note="")
    found = book(books, "wages", 300_000, payee_id=payee.id)
    sums = ledger.balances(books.act("principal"), books.school_id, september)
    assert sums["5003"] == 300_000
    assert sums[chart.BANK] == -300_000
    assert found.state == "approved"


def test_another_schools_voucher_is_not_found(books, world, september):
    found = enter(books.act("accountant"))
    stranger = books.acting(world.actor("principal", "a1"))
    with pytest.raises(NotFound):
        vouchers.approve(stranger, found.id, found.version)
