"""Whatever is done in whatever order: debits are credits, funds stay apart, pupils' accounts add up to the liability,
and what was paid is used, given back or still there."""

import random
from datetime import date

import pytest
from sqlalchemy import func, select, text

from kernel.database import clock_at, new_id
from kernel.errors import DomainError
from school.canteen_books import chart, rules
from school.canteen_books.meal_models import MealPayment, MealRefund, PupilMonth
from school.canteen_books.models import BookEntry, BookLine, BookMonth, BookVoucher
from school.canteen_books.service import attending, closing, collecting, ledger, months, plans, vouchers
from school.canteen_books.service.checking import reconcile
from tests.integration.school.canteen_books.conftest import NOVEMBER, OCTOBER, SEPTEMBER, at
from tests.support.canteen_books import book, close_month, monthly_plan, pay, through

DAYS = {
    SEPTEMBER: [date(2026, 9, day) for day in (1, 2, 3, 4, 7, 8)],
    OCTOBER: [date(2026, 10, day) for day in (9, 12, 13)],
}
LAST = {SEPTEMBER: date(2026, 9, 30), OCTOBER: date(2026, 10, 31)}


class Life:
    """A school's accountant, cashier and principal, who do one thing after another."""

    def __init__(self, books, session, seed):
        self.books, self.session, self.rng = books, session, random.Random(seed)
        self.month = SEPTEMBER

    def do(self):
        act = self.rng.choice(
            (self.pay, self.pay, self.absent, self.absent, self.close, self.reopen, self.refund, self.settle, self.aid,
             self.bill, self.reverse)
        )  # fmt: skip
        try:
            act()
            self.session.commit()
        except DomainError:
            self.session.rollback()  # as the edge does: what was not finished does not stand
        self.session.expire_all()

    def some(self):
        return self.rng.sample(self.books.pupils, self.rng.randint(1, 3))

    def pay(self):
        pay(self.books, self.some(), self.rng.randint(1, 40_000), DAYS[self.month][0])

    def absent(self):
        day = self.rng.choice(DAYS[self.month])
        state = self.rng.choice(("absent", "absent", ""))
        rows = [(pupil.id, day, "lunch", state, "") for pupil in self.some()]
        attending.mark(self.books.act("accountant"), rows, source="office")

    def close(self):
        close_month(self.books, self.month)
        self.month = OCTOBER

    def reopen(self):
        month = self.session.scalars(
            select(BookMonth).where(BookMonth.state == "closed").order_by(BookMonth.month.desc())
        ).first()
        if month is None:
            return
        closing.ask_reopening(self.books.act("accountant"), month.month, month.version, "更正")
        closing.reopen(self.books.act("principal"), month.month, month.version, "同意")
        self.month = month.month

    def refund(self):
        due = [row for row in collecting.list_refunds(self.books.act("cashier"), self.month) if row.state == "due"]
        if due:
            collecting.pay_refunds(self.books.act("cashier"), [self.rng.choice(due).id], "bank", {})
            through(self.books, collecting.book_refunds(self.books.act("accountant"), new_id(), LAST[OCTOBER]))

    def settle(self):
        collecting.settle(self.books.act("accountant"), self.month, [pupil.id for pupil in self.some()], "leaver")

    def aid(self):
        actor = self.books.act("accountant")
        fen = self.rng.randint(1, 50_000)
        book(self.books, "aid_received", fen, DAYS[self.month][0])
        pupil = self.rng.choice(self.books.pupils)
        collecting.grant(actor, "aid", [pupil.id], fen, DAYS[self.month][0], LAST[self.month], "")
        through(self.books, collecting.book_aid(self.books.act("accountant"), new_id(), DAYS[self.month][0]))

    def bill(self):
        book(
            self.books, self.rng.choice(("other_income", "staff_income")), self.rng.randint(1, 9_999), LAST[self.month]
        )

    def reverse(self):
        entry = self.session.scalars(
            select(BookEntry)
            .where(BookEntry.kind.in_(["voucher", "payments", "refunds"]))
            .order_by(func.random())
            .limit(1)
        ).first()
        if entry is not None:
            through(self.books, vouchers.propose_reversal(self.books.act("accountant"), new_id(), entry.id, "更正"))


def check(life):
    books, session = life.books, life.session
    actor = books.act("accountant")
    lines = session.execute(
        select(
            func.coalesce(func.sum(BookLine.amount_fen).filter(BookLine.credit_code == chart.PREPAID), 0),
            func.coalesce(func.sum(BookLine.amount_fen).filter(BookLine.debit_code == chart.PREPAID), 0),
        )
    ).one()
    left = ledger.pupil_balances(actor)
    assert sum(left.values()) == lines[0] - lines[1]
    sums = {one.code: one for one in ledger.trial_balance(actor, books.school_id, NOVEMBER)}
    assert sums[chart.PREPAID].closing_fen == sum(left.values())
    assert all(rules.fund_is_balanced(sums.values(), fund) for fund in chart.Fund)
    # Paid and aided = used + given back + still there, by the records that people made, not by the ledger's own sums.
    booked = select(BookVoucher.id).where(BookVoucher.state == "approved")
    paid = session.scalar(select(func.sum(MealPayment.amount_fen)).where(MealPayment.voucher_id.in_(booked))) or 0
    given = session.scalar(select(func.sum(MealRefund.amount_fen)).where(MealRefund.voucher_id.in_(booked))) or 0
    used = session.scalar(select(func.sum(PupilMonth.used_fen))) or 0
    aided = sum(row.amount_fen for row in collecting.list_grants(actor, "aid") if row.voucher_id)
    assert paid + aided == used + given + sum(left.values())
    for row in session.scalars(select(PupilMonth)):
        assert row.closing_fen == row.opening_fen + row.paid_fen - row.used_fen - row.returned_fen


@pytest.mark.parametrize("seed", range(6))
def test_any_sequence_conserves_every_fen(books, session, world, seed):
    with clock_at(at(date(2026, 11, 2))):
        accountant = books.act("accountant")
        months.open_month_for(accountant, OCTOBER)
        for month, days in DAYS.items():
            row = months.get_month(accountant, books.school_id, month)
            months.set_meal_days(accountant, month, row.version, days)
        plan = monthly_plan(books, 20_011, SEPTEMBER, refund_mode="pay_out" if seed % 2 else "carry")
        plans.enrol(books.act("accountant"), [pupil.id for pupil in books.pupils], plan.id, SEPTEMBER)
        life = Life(books, session, seed)
        for _step in range(14):
            life.do()
            check(life)
        session.flush()
        assert reconcile(world.bureaus["a"]) == []


def test_the_check_finds_a_sum_that_was_touched(books, session, world):
    with clock_at(at(date(2026, 10, 2))):
        book(books, "other_income", 500, LAST[SEPTEMBER])
        close_month(books, SEPTEMBER)
        assert reconcile(world.bureaus["a"]) == []
        books.act("accountant")
        session.execute(text("UPDATE book_account_months SET debit_fen = debit_fen + 1 WHERE code = '1002'"))
        (found,) = reconcile(world.bureaus["a"])
        assert (found.what, found.month, found.name) == ("sum", SEPTEMBER, "1002")
