from datetime import date

import pytest
from sqlalchemy import select

from bureau.schools.models import Term
from kernel.actor import system_actor
from kernel.database import clock_at, new_id
from kernel.errors import Conflict, Invalid, RuleBroken
from school.canteen_books import chart, rules
from school.canteen_books.meal_models import MealRefund, PupilMonth
from school.canteen_books.models import BookFinding
from school.canteen_books.service import (
    attending,
    closing,
    collecting,
    ledger,
    months,
    payees,
    plans,
    settling,
)
from school.diners.rules import Meal
from school.diners.service import counting
from tests.integration.school.canteen_books.conftest import NOVEMBER, OCTOBER, SEPTEMBER, at
from tests.support.canteen_books import book, close_month, enter, meal_plan, monthly_plan, pay, through

LAST = date(2026, 9, 30)
DAYS = [date(2026, 9, day) for day in (1, 2, 3, 4, 7, 8, 9, 10)]


@pytest.fixture
def served(books):
    """A plan of 240.01 yuan for eight days of September; five pupils on it, who paid 300 yuan each."""
    with clock_at(at(LAST)):
        accountant = books.act("accountant")
        month = months.get_month(accountant, books.school_id, SEPTEMBER)
        months.set_meal_days(accountant, SEPTEMBER, month.version, DAYS)
        plan = monthly_plan(books, 24_001, SEPTEMBER)
        plans.enrol(books.act("accountant"), [pupil.id for pupil in books.pupils], plan.id, SEPTEMBER)
        pay(books, books.pupils, 30_000, SEPTEMBER)
        yield books


def absent(books, pupil, *days, meal="lunch", state="absent"):
    attending.mark(books.act("accountant"), [(pupil.id, day, meal, state, "病假") for day in days], source="office")


def conserved(books, month=SEPTEMBER):
    """What must hold after any sequence of acts."""
    actor = books.act("accountant")
    sums = ledger.trial_balance(actor, books.school_id, month)
    for fund in chart.Fund:
        assert rules.fund_is_balanced(sums, fund)
    left = ledger.pupil_balances(actor)
    assert sum(left.values()) == {one.code: one.closing_fen for one in sums}[chart.PREPAID]
    assert sum(one.debit_fen for one in sums) == sum(one.credit_fen for one in sums)
    return {one.code: one for one in sums}, left


def test_a_month_closes_and_every_pupils_account_adds_up(served, session):
    books = served
    absent(books, books.pupils[0], DAYS[0], DAYS[3])
    month = close_month(books, SEPTEMBER)
    assert month.state == "closed"
    sums, left = conserved(books)
    rows = {row.pupil_id: row for row in session.scalars(select(PupilMonth))}
    assert sum(row.used_fen for row in rows.values()) == sums[chart.MEAL_INCOME].credit_fen
    first = rows[books.pupils[0].id]
    # 24001 fen over eight days: the first day carries the odd fen.
    assert (first.charge_fen, first.refund_fen, first.meals_missed) == (24_001, 3_001 + 3_000, 2)
    assert first.closing_fen == left[books.pupils[0].id] == 30_000 - 18_000
    assert month.figures["income"]["meals"] == 4 * 24_001 + 18_000 == month.income_fen
    assert month.figures["balances"]["prepaid"] == sum(left.values())
    assert sums[chart.SURPLUS].closing_fen == month.figures["result"]
    assert not any(sums[code].closing_fen for code in (chart.MEAL_INCOME, *chart.COST.values()))


def test_every_figure_of_the_month_is_the_ledgers(served):
    books = served
    payee = book_payee(books)
    book(books, "wages", 40_000, LAST, payee_id=payee.id)
    book(books, "utilities", 7_777, LAST, payee_id=payee.id)
    book(books, "other_income", 333, LAST)
    month = close_month(books, SEPTEMBER)
    actor = books.act("principal")
    earned = ledger.turnover(actor, books.school_id, SEPTEMBER, SEPTEMBER, without=["result"])
    stand = ledger.balances(actor, books.school_id, SEPTEMBER)
    for cost, code in chart.COST.items():
        debit, credit = earned.get(code, (0, 0))
        assert month.figures["costs"][cost] == debit - credit
    assert month.figures["income"]["other"] == 333
    assert month.figures["result"] == month.income_fen - 47_777
    for name, code in (("bank", chart.BANK), ("cash", chart.CASH), ("surplus", chart.SURPLUS), ("stock", chart.STOCK)):
        assert month.figures["balances"][name] == stand[code]


def book_payee(books, kind="canteen_staff", name="演示食堂员工"):
    return payees.save_payee(books.act("accountant"), new_id(), None, name=name, kind=kind, note="")


def test_a_closed_month_takes_nothing_more(served):
    books = served
    close_month(books, SEPTEMBER)
    with pytest.raises(RuleBroken, match="已结账"):
        book(books, "other_income", 1, LAST)
    with pytest.raises(RuleBroken, match="已结账"):
        absent(books, books.pupils[0], DAYS[0])
    other = monthly_plan(books, 5, OCTOBER, name="另一方案")
    with pytest.raises(Invalid) as refusal:
        plans.enrol(books.act("accountant"), [books.pupils[0].id], other.id, DAYS[3])
    assert "已结账" in refusal.value.fields["from_day"][0]


def test_nobody_closes_what_they_prepared_and_nothing_changes_in_between(served):
    books = served
    accountant = books.act("accountant")
    month = months.get_month(accountant, books.school_id, SEPTEMBER)
    closing.prepare(accountant, SEPTEMBER, month.version)
    with pytest.raises(RuleBroken, match="制单人"):
        closing.close(accountant, SEPTEMBER, month.version)
    with pytest.raises(RuleBroken, match="已提交结账"):
        absent(books, books.pupils[0], DAYS[0])
    closing.send_back(books.act("principal"), SEPTEMBER, month.version, "请补记水电费")
    absent(books, books.pupils[0], DAYS[0])
    assert month.state == "open"
    events = months.events_of(books.act("principal"), books.school_id, month.id)
    assert [(event.event, event.reason) for event in events] == [("prepare", ""), ("send_back", "请补记水电费")]


def test_what_was_prepared_is_what_is_closed(served, session):
    books = served
    accountant = books.act("accountant")
    month = months.get_month(accountant, books.school_id, SEPTEMBER)
    closing.prepare(accountant, SEPTEMBER, month.version)
    month.content_digest = "0" * 64  # as if something had slipped in past the service
    session.flush()
    with pytest.raises(Conflict, match="数据有变化"):
        closing.close(books.act("principal"), SEPTEMBER, month.version)


@pytest.mark.parametrize("what", ["voucher", "payment", "price"])
def test_what_is_missing_is_named(served, what):
    books = served
    if what == "voucher":
        enter(books.act("accountant"), "other_income", 5, LAST)
    elif what == "payment":
        collecting.take(books.act("cashier"), [collecting.Paid(new_id(), books.pupils[0].id, 5, LAST, "cash")])
    else:
        plan = monthly_plan(books, 5, OCTOBER, name="十月方案")
        plans.leave(books.act("accountant"), [books.pupils[0].id], DAYS[1])
        plans.enrol(books.act("accountant"), [books.pupils[0].id], plan.id, DAYS[2])
    accountant = books.act("accountant")
    month = months.get_month(accountant, books.school_id, SEPTEMBER)
    ahead = closing.outlook(accountant, month)
    code = {"voucher": "vouchers", "payment": "payments", "price": "prices"}[what]
    assert [check.code for check in ahead.checks if check.is_blocking and not check.is_settled] == [code]
    with pytest.raises(RuleBroken, match="还不能结账"):
        closing.prepare(accountant, SEPTEMBER, month.version)


def test_opening_again_takes_two_and_leaves_everything_as_before(served, session):
    books = served
    absent(books, books.pupils[1], DAYS[2])
    before, _left = conserved(books)
    month = close_month(books, SEPTEMBER)
    principal = books.act("principal")
    with pytest.raises(RuleBroken, match="请由会计申请"):
        closing.ask_reopening(principal, SEPTEMBER, month.version, "自己申请")
    session.refresh(month)
    accountant = books.act("accountant")
    closing.ask_reopening(accountant, SEPTEMBER, month.version, "漏记水费")
    with pytest.raises(RuleBroken):
        closing.reopen(accountant, SEPTEMBER, month.version, "自己同意")
    closing.reopen(books.act("principal"), SEPTEMBER, month.version, "同意更正")
    after, left = conserved(books)
    assert {code: one.closing_fen for code, one in after.items()} == {
        code: one.closing_fen for code, one in before.items()
    }
    assert set(left.values()) == {30_000}
    assert session.scalars(select(PupilMonth)).all() == []
    events = months.events_of(books.act("principal"), books.school_id, month.id)
    assert [event.event for event in events] == ["prepare", "close", "ask_reopening", "reopen"]
    again = close_month(books, SEPTEMBER)
    assert again.income_fen == 5 * 24_001 - 3_000
    conserved(books)


def test_months_are_closed_in_their_order_and_opened_from_the_end(served):
    books = served
    with clock_at(at(date(2026, 10, 31))):
        pay(books, books.pupils, 1, date(2026, 10, 8))
        accountant = books.act("accountant")
        october = months.get_month(accountant, books.school_id, OCTOBER)
        with pytest.raises(RuleBroken, match="以前各月已结账"):
            closing.prepare(accountant, OCTOBER, october.version)
        september = close_month(books, SEPTEMBER)
        close_month(books, OCTOBER)
        with pytest.raises(RuleBroken, match="2026-10"):
            closing.ask_reopening(books.act("accountant"), SEPTEMBER, september.version, "更正")


def test_the_staff_pays_its_share_to_the_fen_and_by_itself(served):
    books = served
    for day in (DAYS[0], DAYS[1]):
        with clock_at(at(day, 14)):
            counting.count_served(books.act("canteen_manager"), day, {(Meal.LUNCH, None): 7})
    with clock_at(at(LAST)):
        payee = book_payee(books)
        book(books, "utilities", 10_001, LAST, payee_id=payee.id)
        book(books, "wages", 20_003, LAST, payee_id=payee.id)
        book(books, "staff_income", 5_000, LAST)
        month = close_month(books, SEPTEMBER)
        staff = month.figures["staff"]
        # 14 of 54 meals: 30004 × 14 / 54 = 7778.8
        assert staff["cost_total"] == 7_779 == sum(staff["costs"].values())
        assert month.figures["cost_total"] == 30_004 - 7_779
        assert staff["result"] == 5_000 - 7_779
        sums, _left = conserved(books)
        assert sums[chart.DUE_FROM_STAFF].closing_fen == sums[chart.DUE_TO_PUPILS].closing_fen == 7_779
        book_next_month_settlement(books)


def book_next_month_settlement(books):
    with clock_at(at(date(2026, 10, 5))):
        book(books, "staff_settles", 7_779, date(2026, 10, 5))
        sums, _left = conserved(books, OCTOBER)
        assert sums[chart.DUE_FROM_STAFF].closing_fen == sums[chart.DUE_TO_PUPILS].closing_fen == 0


def test_a_subsidy_is_spent_on_its_list_only_and_never_more_than_came(served, session):
    books = served
    book(books, "improvement_received", 10_000, SEPTEMBER)
    listed = books.pupils[:2]
    collecting.grant(books.act("accountant"), "improvement", [pupil.id for pupil in listed], 500, SEPTEMBER, LAST, "")
    absent(books, listed[0], DAYS[0], DAYS[1])
    month = close_month(books, SEPTEMBER)
    # Six days of one, eight of the other.
    assert month.figures["improvement"] == {"opening": 0, "received": 10_000, "used": 7_000, "closing": 3_000}
    sums, _left = conserved(books)
    assert sums[chart.IMPROVEMENT_FUND].closing_fen == sums[chart.IMPROVEMENT_BANK].closing_fen == 3_000
    assert month.figures["income"]["improvement"] == 7_000
    with clock_at(at(date(2026, 10, 31))):
        accountant = books.act("accountant")
        months.open_month_for(accountant, OCTOBER)
        october = months.get_month(accountant, books.school_id, OCTOBER)
        months.set_meal_days(accountant, OCTOBER, october.version, [date(2026, 10, day) for day in range(12, 17)])
        collecting.grant(
            accountant, "improvement", [pupil.id for pupil in listed], 500, OCTOBER, date(2026, 10, 31), ""
        )
        month = close_month(books, OCTOBER)
        # Ten days would cost 5000; the fund has 3000.
        assert month.figures["improvement"]["used"] == 3_000
        found = session.scalars(select(BookFinding).where(BookFinding.month == OCTOBER))
        assert "improvement_short" in {row.code for row in found}


def test_aid_is_put_into_the_pupils_accounts_out_of_its_own_bank(served):
    books = served
    book(books, "aid_received", 125_000, SEPTEMBER)
    collecting.grant(books.act("accountant"), "aid", [books.pupils[0].id], 62_500, SEPTEMBER, LAST, "学期补助")
    voucher = collecting.book_aid(books.act("accountant"), new_id(), LAST)
    through(books, voucher)
    sums, left = conserved(books)
    assert left[books.pupils[0].id] == 30_000 + 62_500
    assert sums[chart.AID_FUND].closing_fen == sums[chart.AID_BANK].closing_fen == 62_500
    with pytest.raises(Conflict):
        collecting.book_aid(books.act("accountant"), new_id(), LAST)


def test_what_missed_meals_give_back_is_paid_out_against_a_signature(books, session):
    with clock_at(at(LAST)):
        accountant = books.act("accountant")
        month = months.get_month(accountant, books.school_id, SEPTEMBER)
        months.set_meal_days(accountant, SEPTEMBER, month.version, DAYS)
        plan = monthly_plan(books, 24_000, SEPTEMBER, refund_mode="pay_out")
        plans.enrol(accountant, [pupil.id for pupil in books.pupils], plan.id, SEPTEMBER)
        pay(books, books.pupils, 24_000, SEPTEMBER)
        absent(books, books.pupils[2], DAYS[0], DAYS[1])
        month = close_month(books, SEPTEMBER)
        (refund,) = collecting.list_refunds(books.act("cashier"), SEPTEMBER)
        assert (refund.amount_fen, refund.state, refund.pupil_name) == (6_000, "due", "演示学生3")
    with clock_at(at(date(2026, 10, 8))):
        cashier = books.act("cashier")
        assert collecting.pay_refunds(cashier, [refund.id], "cash", {refund.id: "演示家长"}) == 1
        assert collecting.pay_refunds(cashier, [refund.id], "cash", {}) == 0
        through(books, collecting.book_refunds(books.act("accountant"), new_id(), date(2026, 10, 8)))
        sums, left = conserved(books, OCTOBER)
        assert left[books.pupils[2].id] == 0
        assert sums[chart.CASH].closing_fen == -6_000
        # Opened again and closed again, nothing is due a second time.
        closing.ask_reopening(books.act("accountant"), SEPTEMBER, month.version, "复核")
        closing.reopen(books.act("principal"), SEPTEMBER, month.version, "同意")
        close_month(books, SEPTEMBER)
        states = {row.state for row in session.scalars(select(MealRefund))}
        assert states == {"paid"}


def test_paid_is_refunded_used_or_carried_over_three_months(served):
    """The conservation that a family can check, over closings, refunds and a settlement."""
    books = served
    absent(books, books.pupils[0], *DAYS[:5])
    close_month(books, SEPTEMBER)
    with clock_at(at(date(2026, 10, 31))):
        pay(books, books.pupils, 10_000, date(2026, 10, 9))
        accountant = books.act("accountant")
        month = months.get_month(accountant, books.school_id, OCTOBER)
        months.set_meal_days(accountant, OCTOBER, month.version, [date(2026, 10, day) for day in range(12, 15)])
        close_month(books, OCTOBER)
    with clock_at(at(date(2026, 11, 20))):
        accountant = books.act("accountant")
        assert collecting.settle(accountant, NOVEMBER, [pupil.id for pupil in books.pupils], "term") == 1
        assert collecting.settle(accountant, NOVEMBER, [pupil.id for pupil in books.pupils], "term") == 0
        due = collecting.list_refunds(accountant, NOVEMBER)
        collecting.pay_refunds(books.act("cashier"), [row.id for row in due], "bank", {})
        through(books, collecting.book_refunds(books.act("accountant"), new_id(), date(2026, 11, 20)))
        _sums, left = conserved(books, NOVEMBER)
    # The first ate 3 of 8 days in September; the others are in arrears by what they used beyond what they paid.
    assert left[books.pupils[0].id] == 0
    paid = 5 * 40_000
    used = 5 * 48_002 - 15_001
    refunded = sum(row.amount_fen for row in due)
    assert paid == used + refunded + sum(left.values())


def test_a_terms_surplus_goes_back_in_full(served, acting, world, session):
    books = served
    acting(system_actor(world.bureaus["a"]))
    term = Term(
        bureau_id=world.bureaus["a"], id=new_id(), name="演示短学期", starts_on=SEPTEMBER, ends_on=LAST,
        created_by=new_id(),
    )  # fmt: skip
    session.add(term)
    session.flush()
    absent(books, books.pupils[0], *DAYS[:4])
    payee = book_payee(books)
    book(books, "utilities", 100_000, LAST, payee_id=payee.id)
    month = close_month(books, SEPTEMBER)
    surplus = month.figures["result"]
    assert surplus == 4 * 24_001 + 12_000 - 100_000 > 0
    with clock_at(at(date(2026, 10, 8))):
        voucher = settling.propose_surplus_return(books.act("accountant"), new_id(), term)
        assert voucher.amount_fen == surplus
        through(books, voucher)
        sums, left = conserved(books, OCTOBER)
        assert sums[chart.SURPLUS].closing_fen == 0
        # Who used half as much is given back half as much.
        back = {pupil.id: left[pupil.id] for pupil in books.pupils}
        first, second = books.pupils[:2]
        assert abs(2 * (back[first.id] - 18_000) - (back[second.id] - 5_999)) <= 2
        with pytest.raises(Conflict):
            settling.propose_surplus_return(books.act("accountant"), new_id(), term)


def test_who_eats_now_and_then_is_charged_what_was_marked(served):
    books = served
    guest = books.pupils[4]
    plan = meal_plan(books, 1_500, SEPTEMBER, default_present=False)
    plans.leave(books.act("accountant"), [guest.id], DAYS[0])
    plans.enrol(books.act("accountant"), [guest.id], plan.id, DAYS[1])
    absent(books, guest, DAYS[1], DAYS[2], state="present")
    month = close_month(books, SEPTEMBER)
    assert month.figures["income"]["meals"] == 4 * 24_001 + 3_001 + 3_000
    conserved(books)
