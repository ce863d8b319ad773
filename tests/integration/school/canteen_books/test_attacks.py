"""How money could be made to come twice, go twice, or lie in no month."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from bureau.roles import Role
from kernel.database import clock_at, db, new_id
from kernel.errors import Conflict, Invalid, RuleBroken
from kernel.sheets import export_xlsx
from school.canteen_books.meal_models import Attendance, MealRefund, PupilMonth
from school.canteen_books.service import (
    attending,
    closing,
    collecting,
    importing,
    ledger,
    months,
    plans,
    stock_costs,
    vouchers,
)
from school.canteen_books.service.collecting import Paid
from school.canteen_books.sheets import ATTENDANCE
from school.diners.service import pupils
from tests.integration.school.canteen_books.conftest import OCTOBER, SEPTEMBER, at
from tests.support.canteen_books import book, close_month, enter, monthly_plan, pay

LAST = date(2026, 9, 30)
DAYS = [date(2026, 9, day) for day in (7, 8, 9, 10, 11, 14, 15)]


@pytest.fixture
def served(books):
    with clock_at(at(LAST)):
        accountant = books.act("accountant")
        month = months.get_month(accountant, books.school_id, SEPTEMBER)
        months.set_meal_days(accountant, SEPTEMBER, month.version, DAYS)
        yield books


def month_of(books, month=SEPTEMBER):
    return months.get_month(books.act("accountant"), books.school_id, month)


def test_nobody_is_on_two_plans_on_one_day(served):
    """Taken off a plan with the month's end, and put on another before that: both would be charged."""
    books = served
    first = monthly_plan(books, 14_000, SEPTEMBER)
    second = monthly_plan(books, 7_000, SEPTEMBER, name="包餐乙")
    pupil = books.pupils[0].id
    plans.enrol(books.act("accountant"), [pupil], first.id, SEPTEMBER)
    plans.leave(books.act("accountant"), [pupil], LAST)
    plans.enrol(books.act("accountant"), [pupil], second.id, date(2026, 9, 14))
    spans = [
        (row.plan_id, row.from_day, row.until_day) for row in plans.enrolments(books.act("accountant"), SEPTEMBER, LAST)
    ]
    assert spans == [(first.id, SEPTEMBER, date(2026, 9, 13)), (second.id, date(2026, 9, 14), None)]


def test_nor_twice_on_the_same(served):
    books = served
    plan = monthly_plan(books, 14_000, SEPTEMBER)
    pupil = books.pupils[0].id
    plans.enrol(books.act("accountant"), [pupil], plan.id, SEPTEMBER)
    plans.leave(books.act("accountant"), [pupil], LAST)
    plans.enrol(books.act("accountant"), [pupil], plan.id, date(2026, 9, 14))
    pay(books, books.pupils[:1], 14_000, SEPTEMBER)
    close_month(books, SEPTEMBER)
    books.act("accountant")
    assert [row.charge_fen for row in db.session.scalars(select(PupilMonth))] == [14_000]


def test_a_later_span_is_not_swallowed(served):
    books = served
    first, second = monthly_plan(books, 14_000, SEPTEMBER), monthly_plan(books, 7_000, SEPTEMBER, name="包餐乙")
    pupil = books.pupils[0].id
    plans.enrol(books.act("accountant"), [pupil], first.id, date(2026, 9, 14))
    plans.leave(books.act("accountant"), [pupil], LAST)
    with pytest.raises(Invalid) as refused:
        plans.enrol(books.act("accountant"), [pupil], second.id, date(2026, 9, 10))
    assert "from_day" in refused.value.fields


def test_no_money_is_taken_into_a_closed_month(served):
    """It could never be booked, and everything that came after would wait behind it."""
    books = served
    plan = monthly_plan(books, 14_000, SEPTEMBER)
    plans.enrol(books.act("accountant"), [books.pupils[0].id], plan.id, SEPTEMBER)
    pay(books, books.pupils[:1], 14_000, SEPTEMBER)
    close_month(books, SEPTEMBER)
    with clock_at(at(date(2026, 10, 8))):
        for day in (LAST, date(2026, 8, 31), date(1990, 1, 1)):
            with pytest.raises(Invalid) as refused:
                collecting.take(books.act("cashier"), [Paid(new_id(), books.pupils[0].id, 100, day, "cash")])
            assert "payments.0.paid_on" in refused.value.fields
        pay(books, books.pupils[:1], 100, date(2026, 10, 8))


def test_a_payment_taken_before_the_closing_is_known_by_its_id_after_it(served):
    """Sent again after the month was closed it is the same payment, not a refusal."""
    books = served
    paid = Paid(new_id(), books.pupils[0].id, 14_000, SEPTEMBER, "cash")
    assert collecting.take(books.act("cashier"), [paid]) == 1
    from tests.support.canteen_books import through

    through(books, collecting.book_payments(books.act("accountant"), new_id(), LAST))
    close_month(books, SEPTEMBER)
    assert collecting.take(books.act("cashier"), [paid]) == 0


def test_money_taken_after_the_month_was_prepared_keeps_it_open(served):
    books = served
    row = month_of(books)
    closing.prepare(books.act("accountant"), SEPTEMBER, row.version)
    collecting.take(books.act("cashier"), [Paid(new_id(), books.pupils[0].id, 100, LAST, "cash")])
    with pytest.raises(Conflict):
        closing.close(books.act("principal"), SEPTEMBER, row.version)


def test_one_payment_twice_in_one_list_is_refused(served):
    books = served
    paid = Paid(new_id(), books.pupils[0].id, 100, SEPTEMBER, "cash")
    with pytest.raises(Invalid):
        collecting.take(books.act("cashier"), [paid, paid])


def due(books, pupil, fen, reason):
    """A refund that is due, as a closing makes it."""
    actor = books.act("accountant")
    row = MealRefund(
        bureau_id=actor.bureau_id, school_id=actor.own_school_id(), id=new_id(), month=SEPTEMBER, pupil_id=pupil.id,
        reason=reason, amount_fen=fen, state="due", created_by=actor.account_id,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    return row.id


def test_a_refund_is_paid_once_and_never_beyond_the_account(served):
    books = served
    pupil = books.pupils[0]
    pay(books, [pupil], 1_000, SEPTEMBER)
    first, second = due(books, pupil, 700, "month"), due(books, pupil, 700, "term")
    cashier = books.act("cashier")
    assert collecting.pay_refunds(cashier, [first], "cash", {}) == 1
    assert collecting.pay_refunds(cashier, [first], "cash", {}) == 0
    with pytest.raises(RuleBroken):
        collecting.pay_refunds(cashier, [second], "cash", {})
    with pytest.raises(RuleBroken):
        collecting.pay_refunds(cashier, [first, second], "cash", {})


def test_an_opening_balance_is_said_in_the_first_month_only(served):
    """Later it would fill up what is missing."""
    books = served
    book(books, "opening_bank", 100_000, SEPTEMBER)
    with clock_at(at(date(2026, 10, 8))), pytest.raises(Invalid) as refused:
        enter(books.act("accountant"), "opening_bank", 100_000, OCTOBER)
    assert "on_day" in refused.value.fields


def test_who_entered_a_voucher_neither_signs_nor_approves_it(served):
    books = served
    voucher = enter(books.act("accountant"), "opening_bank", 100_000, SEPTEMBER)
    for act in (vouchers.sign, vouchers.approve):
        with pytest.raises(RuleBroken):
            act(books.act("accountant"), voucher.id, voucher.version)


def sheet(rows):
    return export_xlsx(ATTENDANCE, rows)


def absent(number, day=DAYS[0], **values):
    return {
        "number": number, "name": None, "first": day, "last": day, "meal": None, "state": "absent", "reason": "", **values
    }  # fmt: skip


def test_a_pupil_listed_twice_is_away_once(served):
    books = served
    plan = monthly_plan(books, 14_000, SEPTEMBER)
    plans.enrol(books.act("accountant"), [pupil.id for pupil in books.pupils], plan.id, SEPTEMBER)
    number = books.pupils[0].number
    data = sheet([absent(number), absent(number), absent(number, last=DAYS[2])])
    record = importing.check_attendance(books.act("accountant"), filename="缺勤.xlsx", data=data)
    assert record.state == "checked"
    for _again in range(2):
        importing.apply_attendance(books.act("accountant"), record.id)
    marks = db.session.scalars(select(Attendance.on_day).order_by(Attendance.on_day)).all()
    assert marks == DAYS[:3]


@pytest.mark.parametrize(
    "data", [b"", b"PK\x03\x04", b"\xff\xfe\x00", "学号,姓名\n1,2".encode("gb18030"), b"<html>", b"\x00" * 1000]
)
def test_what_is_no_table_is_refused_with_words(served, data):
    books = served
    for check in (importing.check_attendance, importing.check_payments):
        record = check(books.act("accountant"), filename="x.xlsx", data=data)
        assert record.state == "refused"
        assert record.rows[0]["text"]


def test_a_formula_is_text_and_marks_nobody(served):
    books = served
    record = importing.check_attendance(
        books.act("accountant"),
        filename="x.xlsx",
        data=sheet([absent('=HYPERLINK("http://x","y")'), absent("@SUM(1)")]),
    )
    assert record.state == "refused"


def test_the_same_mark_twice_in_one_request_is_one(served):
    books = served
    plan = monthly_plan(books, 14_000, SEPTEMBER)
    plans.enrol(books.act("accountant"), [books.pupils[0].id], plan.id, SEPTEMBER)
    row = (books.pupils[0].id, DAYS[0], "lunch", "absent", "")
    attending.mark(books.act("accountant"), [row, row], source="class")
    assert len(db.session.scalars(select(Attendance)).all()) == 1


def test_a_month_reopened_and_closed_again_gives_back_once(served):
    books = served
    plan = monthly_plan(books, 14_000, SEPTEMBER, refund_mode="pay_out")
    pupil = books.pupils[0]
    plans.enrol(books.act("accountant"), [pupil.id], plan.id, SEPTEMBER)
    pay(books, [pupil], 14_000, SEPTEMBER)
    attending.mark(books.act("accountant"), [(pupil.id, DAYS[0], "lunch", "absent", "")], source="class")
    close_month(books, SEPTEMBER)
    refund = db.session.scalars(select(MealRefund)).one()
    assert refund.amount_fen == 2_000
    with clock_at(at(date(2026, 10, 8))):
        collecting.pay_refunds(books.act("cashier"), [refund.id], "cash", {})
        row = month_of(books)
        closing.ask_reopening(books.act("accountant"), SEPTEMBER, row.version, "少记一餐")
        closing.reopen(books.act("principal"), SEPTEMBER, row.version, "同意")
        attending.mark(books.act("accountant"), [(pupil.id, DAYS[1], "lunch", "absent", "")], source="class")
        close_month(books, SEPTEMBER)
        states = {row.state: row.amount_fen for row in db.session.scalars(select(MealRefund))}
        assert states == {"paid": 2_000, "due": 2_000}
        assert ledger.pupil_balances(books.act("accountant"), [pupil.id])[pupil.id] == 4_000


ODD = ("\x00", "1e30", "NaN", "-1", "Infinity", "x" * 4000, "' OR 1=1", "[]", "0.001", "99999999999999999999", "２")


@pytest.mark.parametrize("odd", ODD, ids=range(len(ODD)))
def test_odd_input_is_answered(served, client_as, app, odd):
    """Every form of the books that takes something, by whoever may send it."""
    books = served
    books.act("accountant")
    db.session.commit()
    rules = [
        rule for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith(("canteen_books.", "diners.")) and "POST" in rule.methods
    ]  # fmt: skip
    assert len(rules) > 20
    ids = {"uuid": str(new_id()), "integer": "1"}
    names = (
        "id", "version", "amount", "amount_fen", "on_day", "month", "from_day", "until_day", "last_day", "pupil_ids",
        "template", "kind", "name", "meals", "price", "reason", "refund_ids", "method", "class_id", "number", "limit",
        "valid_from", "payee_id", "plan_id", "meal", "until", "days", "paid_on", "pupil", "planned", "actual", "summary",
    )  # fmt: skip
    data = dict.fromkeys(names, odd)
    for role in (Role.ACCOUNTANT, Role.CASHIER, Role.PRINCIPAL, Role.LOGISTICS_DIRECTOR):
        client = client_as(role, books.place)
        for rule in rules:
            values = {
                name: ids.get(type(converter).__name__.removesuffix("Converter").lower(), "2026-09-01")
                for name, converter in rule._converters.items()
            }
            path = app.url_map.bind("localhost").build(rule.endpoint, values)
            for body in (data, {}):
                answer = client.post(path, data=body)
                assert answer.status_code < 500, (role, path, answer.get_data(as_text=True)[:300])


def test_a_leave_of_tomorrow_may_be_marked_but_none_of_next_year(served):
    books = served
    with pytest.raises(Invalid):
        attending.mark(
            books.act("accountant"), [(books.pupils[0].id, LAST + timedelta(days=400), "lunch", "absent", "")],
            source="class",
        )  # fmt: skip


def test_the_stores_moves_are_not_brought_in_by_two_vouchers_at_once(served, monkeypatch):
    """Two tabs: both would stand in the books, each for all of it."""
    books = served
    monkeypatch.setattr(stock_costs, "month_values", lambda *_: {("food", "consumed"): 30_000})
    waiting = stock_costs.book_stores(books.act("accountant"), new_id(), SEPTEMBER)
    assert stock_costs.book_stores(books.act("accountant"), waiting.id, SEPTEMBER) is waiting
    with pytest.raises(Conflict):
        stock_costs.book_stores(books.act("accountant"), new_id(), SEPTEMBER)


def test_a_pupil_who_left_is_charged_no_further(served):
    books = served
    plan = monthly_plan(books, 14_000, SEPTEMBER)
    pupil = books.pupils[0]
    plans.enrol(books.act("accountant"), [pupil.id], plan.id, SEPTEMBER)
    pay(books, [pupil], 14_000, SEPTEMBER)
    values = {
        "class_id": pupil.class_id, "number": pupil.number, "name": pupil.name, "sex": "female", "birth_date": None,
        "is_boarder": False, "allergens": [], "allergy_note": "", "left_on": date(2026, 9, 9),
    }  # fmt: skip
    books.act("logistics_director")
    db.session.refresh(pupil)
    pupils.edit_pupil(books.act("logistics_director"), pupil.id, pupil.version, values)
    close_month(books, SEPTEMBER)
    books.act("accountant")
    assert [row.charge_fen for row in db.session.scalars(select(PupilMonth))] == [6_000]
