from datetime import date, datetime

from kernel.actor import system_actor
from kernel.database import clock_at, db, new_id
from kernel.database.scope import use_scope
from kernel.web.dates import SHANGHAI, today
from school.canteen_books.service import (
    closing,
    collecting,
    importing,
    limits,
    months,
    plans,
    statements,
    vouchers,
)
from tests.support.samples import Sample
from tests.support.samples.diners import SAMPLES as DINERS

SEPTEMBER = date(2026, 9, 1)


def _act(world, role, place):
    actor = world.actor(role, place)
    use_scope(db.session(), actor.scope)
    return actor


def _in_bureau(make):
    def made(world, place):
        found = make(world, place)
        db.session.flush()
        use_scope(db.session(), system_actor(world.bureaus[place[0]]).scope)
        return found

    return made


def _books(world, place):
    """Begun in September, which is closed and published."""
    accountant = _act(world, "accountant", place)
    with clock_at(datetime(2026, 10, 8, 9, tzinfo=SHANGHAI)):
        month = months.open_books(accountant, SEPTEMBER)
        if month.state == "open":
            closing.prepare(accountant, SEPTEMBER, month.version)
            closing.close(_act(world, "principal", place), SEPTEMBER, month.version)
            statements.publish(_act(world, "accountant", place), SEPTEMBER, month.version)
    return "2026-09"


def _voucher(world, place):
    _books(world, place)
    return vouchers.enter(
        _act(world, "accountant", place), new_id(), template="other_income", on_day=today(), amount_fen=100,
        summary="样例", in_cash=False, payee_id=None,
    )  # fmt: skip


def _entry(world, place):
    voucher = _voucher(world, place)
    vouchers.sign(_act(world, "cashier", place), voucher.id, voucher.version)
    return vouchers.approve(_act(world, "principal", place), voucher.id, voucher.version).entry_id


def _plan(world, place):
    _books(world, place)
    return plans.save_plan(
        _act(world, "accountant", place), new_id(), None,
        {
            "name": f"样例方案{new_id().hex[-6:]}", "kind": "monthly", "meals": ["lunch"], "is_default_present": True,
            "refund_mode": "carry", "is_active": True,
        },
    ).id  # fmt: skip


def _payment(world, place):
    _books(world, place)
    pupil = DINERS["pupil_id"].make(world, place)
    key = new_id()
    collecting.take(_act(world, "cashier", place), [collecting.Paid(key, pupil, 100, today(), "cash")])
    return key


def _limit(world, place):
    bureau = system_actor(world.bureaus[place[0]])
    use_scope(db.session(), bureau.scope)
    return limits.save_limit(
        bureau, new_id(), None,
        {
            "setting": None, "stage": None, "unit": "month", "meal": None, "limit_fen": 90_000,
            "valid_from": date(2027, 9, 1), "valid_to": None, "citation": "样例",
        },
    ).id  # fmt: skip


def _table(world, place, check, heading):
    """Refused, so that its errors may be fetched."""
    _books(world, place)
    return check(_act(world, "accountant", place), filename="样例.csv", data=f"{heading}\nx".encode()).id


def _attendance(world, place):
    return _table(world, place, importing.check_attendance, "学号,开始日期")


def _payments(world, place):
    return _table(world, place, importing.check_payments, "学号,金额（元）,缴费日期,方式")


SAMPLES = {
    "attendance_import_id": Sample(_in_bureau(_attendance)),
    "payments_import_id": Sample(_in_bureau(_payments)),
    "book_voucher_id": Sample(_in_bureau(lambda world, place: _voucher(world, place).id)),
    "book_entry_id": Sample(_in_bureau(_entry)),
    "meal_plan_id": Sample(_in_bureau(_plan)),
    "meal_payment_id": Sample(_in_bureau(_payment)),
    "charge_limit_id": Sample(_limit, owner="bureau"),
    "book_month": Sample(_in_bureau(_books), owner="none"),
    "account_code": Sample(lambda world, place: "1002", owner="none"),
}
