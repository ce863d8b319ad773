"""What tests of the books do again and again: a voucher through three hands, a plan, a payment, a closed month."""

from datetime import date

from kernel.database import new_id
from school.canteen_books.service import closing, collecting, plans, vouchers
from school.canteen_books.service.months import get_month


def through(books, voucher):
    """The voucher signed, where it needs it, and approved."""
    if voucher.needs_signature:
        vouchers.sign(books.act("cashier"), voucher.id, voucher.version)
    return vouchers.approve(books.act("principal"), voucher.id, voucher.version)


def enter(actor, template, amount, day, **values):
    given = {"summary": "", "in_cash": False, "payee_id": None} | values
    return vouchers.enter(actor, new_id(), template=template, on_day=day, amount_fen=amount, **given)


def book(books, template, amount, day, **values):
    return through(books, enter(books.act("accountant"), template, amount, day, **values))


def monthly_plan(books, fen, month, *, meals=("lunch",), refund_mode="carry", name="包餐"):
    accountant = books.act("accountant")
    plan = plans.save_plan(
        accountant, new_id(), None,
        {
            "name": name, "kind": "monthly", "meals": list(meals), "is_default_present": True,
            "refund_mode": refund_mode, "is_active": True,
        },
    )  # fmt: skip
    plans.set_price(accountant, plan.id, month, fen)
    return plan


def meal_plan(books, fen, month, *, default_present=True, name="按餐"):
    accountant = books.act("accountant")
    plan = plans.save_plan(
        accountant, new_id(), None,
        {
            "name": name, "kind": "per_meal", "meals": ["lunch"], "is_default_present": default_present,
            "refund_mode": "carry", "is_active": True,
        },
    )  # fmt: skip
    plans.set_price(accountant, plan.id, month, fen, "lunch")
    return plan


def pay(books, pupils, fen, day, method="bank"):
    """Taken by the cashier, brought into the books."""
    taken = [collecting.Paid(new_id(), pupil.id, fen, day, method) for pupil in pupils]
    collecting.take(books.act("cashier"), taken)
    return through(books, collecting.book_payments(books.act("accountant"), new_id(), day))


def close_month(books, month: date):
    accountant = books.act("accountant")
    row = get_month(accountant, books.school_id, month)
    closing.prepare(accountant, month, row.version)
    return closing.close(books.act("principal"), month, row.version)
