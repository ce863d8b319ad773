"""Two closed months and the running one for the show schools, kept by their own accountant, cashier and principal."""

import random
from datetime import date, datetime, time, timedelta
from uuid import UUID

from flask import Flask
from flask_babel import force_locale
from sqlalchemy import select

from bureau.demo import SEED
from bureau.demo.context import DemoContext
from bureau.demo.people import SHOW_SCHOOLS, Person, build_people, holder
from kernel.actor import Actor
from kernel.database import clock_at, db, new_id
from kernel.database.scope import use_scope
from kernel.web.dates import SHANGHAI
from school.canteen_books import rules
from school.canteen_books.models import BookMonth, BookVoucher
from school.canteen_books.service import (
    attending,
    closing,
    collecting,
    limits,
    months,
    payees,
    plans,
    statements,
    stock_costs,
    vouchers,
)
from school.canteen_books.service.collecting import Paid
from school.diners.models import DinerCount, Pupil
from school.diners.service.meals import meals_served
from school.diners.service.pupils import all_pupils

PER_MEAL = {"breakfast": 400, "morning_snack": 200, "lunch": 1_000, "afternoon_snack": 300, "dinner": 900}
PAYEES = (
    ("演示自来水公司", "utility"), ("演示燃气公司", "utility"), ("演示食堂员工工资", "canteen_staff"),
    ("演示维修服务部", "service"), ("演示粮油经营部", "supplier"),
)  # fmt: skip


def demo(app: Flask, demo: DemoContext) -> None:
    people = build_people(demo.district)
    with force_locale("zh_CN"):
        _limits(demo)
        for index, school in enumerate(demo.district.schools[:SHOW_SCHOOLS]):
            staff = _Staff(demo, people, school.code)
            _keep(staff, demo.today, random.Random(f"books:{SEED}:{school.code}"), index)
            db.session.commit()
            db.session.expunge_all()


def _limits(demo: DemoContext) -> None:
    actor = demo.actor()
    use_scope(db.session(), actor.scope)
    start = date(demo.today.year - 1, 9, 1)
    for setting, fen in (("urban", 65_000), ("town", 58_000), ("rural", 52_000)):
        limits.save_limit(
            actor, new_id(), None,
            {
                "setting": setting, "stage": None, "unit": "month", "meal": None, "limit_fen": fen,
                "valid_from": start, "valid_to": None, "citation": "演示教育局《学校食堂伙食费限额公告》",
            },
        )  # fmt: skip
    limits.save_limit(
        actor, new_id(), None,
        {
            "setting": None, "stage": None, "unit": "meal", "meal": "lunch", "limit_fen": 1_500, "valid_from": start,
            "valid_to": None, "citation": "演示教育局《学校食堂伙食费限额公告》",
        },
    )  # fmt: skip
    db.session.commit()


class _Staff:
    """The school's people by role; `act` gives the actor and puts the session into its scope."""

    def __init__(self, demo: DemoContext, people: tuple[Person, ...], school: str) -> None:
        self._demo, self._people, self._school = demo, people, school

    def act(self, role: str) -> Actor:
        person = self._holder(role)
        actor = Actor(
            account_id=self._demo.accounts[person.username], display_name=person.name, level="school",
            bureau_id=self._demo.bureau_id, school_id=self._demo.schools[self._school], roles=frozenset({role}),
        )  # fmt: skip
        use_scope(db.session(), actor.scope)
        return actor

    def _holder(self, role: str) -> Person:
        return holder(self._people, role, self._school)


def _keep(staff: _Staff, today: date, rng: random.Random, index: int) -> None:
    running = rules.month_of(today)
    first = rules.previous_month(rules.previous_month(running))
    with clock_at(_at(first, 8)):
        accountant = staff.act("accountant")
        months.open_books(accountant, first)
        meals = [meal for meal in meals_served(accountant, accountant.own_school_id()) if meal in PER_MEAL]
        price = 20 * sum(PER_MEAL[meal] for meal in meals)
        plan = plans.save_plan(
            accountant, new_id(), None,
            {
                "name": "包餐", "kind": "monthly", "meals": meals, "is_default_present": True,
                "refund_mode": "pay_out" if index == 2 else "carry", "is_active": True,
            },
        )  # fmt: skip
        plans.set_price(accountant, plan.id, first, min(price, 51_800))
        pupils = all_pupils(accountant)
        plans.enrol(accountant, [pupil.id for pupil in pupils], plan.id, first)
        for name, kind in PAYEES:
            payees.save_payee(accountant, new_id(), None, name=name, kind=kind, note="")
        fen = min(price, 51_800)
    month = first
    while month <= running:
        _month(staff, month, today, pupils, fen, rng, index)
        month = rules.next_month(month)


def _at(day: date, hour: int) -> datetime:
    return datetime.combine(day, time(hour), SHANGHAI)


def _month(
    staff: _Staff, month: date, today: date, pupils: list[Pupil], fen: int, rng: random.Random, index: int
) -> None:
    is_over = rules.last_day(month) < today
    paid_on = min(month + timedelta(days=2), today)
    with clock_at(_at(paid_on, 10)):
        months.open_month_for(staff.act("accountant"), month)
        # In the running month a few families have not paid yet.
        paying = pupils if is_over else pupils[: len(pupils) * 9 // 10]
        cashier = staff.act("cashier")
        collecting.take(cashier, [Paid(new_id(), pupil.id, fen, paid_on, "platform") for pupil in paying])
        _through(staff, collecting.book_payments(staff.act("accountant"), new_id(), paid_on))
    last = rules.last_day(month) if is_over else today
    with clock_at(_at(last, 15)):
        _absences(staff, month, last, pupils, rng)
    if not is_over:
        return
    income = len(pupils) * fen
    with clock_at(_at(last, 16)):
        known = {payee.name: payee.id for payee in payees.all_payees(staff.act("accountant"))}
        accountant = staff.act("accountant")
        spent = 0
        if stock_costs.open_differences(accountant, accountant.own_school_id(), month):
            _through(staff, stock_costs.book_stores(accountant, new_id(), month))
            spent = stock_costs.used(accountant, accountant.own_school_id(), month)
        # What the stores do not show was bought for the day. The second school spends too little on food.
        food = income * (55 if index == 1 else 68) // 100 + rng.randint(1, 9_999)
        _enter(staff, "materials", max(food - spent, 1_000), last, known["演示粮油经营部"])
        for template, share, payee in (
            ("utilities", 5, "演示自来水公司"), ("wages", 17, "演示食堂员工工资"), ("repairs", 1, "演示维修服务部"),
        ):  # fmt: skip
            _enter(staff, template, income * share // 100 + rng.randint(1, 9_999), last, known[payee])
        _enter(staff, "staff_income", 1_200 * rng.randint(820, 980), last, None)
    with clock_at(_at(last, 18)):
        accountant = staff.act("accountant")
        row = months.get_month(accountant, accountant.own_school_id(), month)
        closing.prepare(accountant, month, row.version)
        closing.close(staff.act("principal"), month, row.version)
    published_on = rules.next_month(month) + timedelta(days=8)
    # The third school has not published its last month yet: the bureau has somebody to remind.
    if published_on < today and not (index == 2 and rules.next_month(month) == rules.month_of(today)):
        with clock_at(_at(published_on, 9)):
            _publish(staff, row)


def _publish(staff: _Staff, row: BookMonth) -> None:
    statements.publish(staff.act("accountant"), row.month, row.version)


def _enter(staff: _Staff, template: str, fen: int, day: date, payee_id: UUID | None) -> None:
    found = vouchers.enter(
        staff.act("accountant"), new_id(), template=template, on_day=day, amount_fen=fen, summary="", in_cash=False,
        payee_id=payee_id,
    )  # fmt: skip
    _through(staff, found)


def _through(staff: _Staff, voucher: BookVoucher) -> None:
    if voucher.needs_signature:
        vouchers.sign(staff.act("cashier"), voucher.id, voucher.version)
    vouchers.approve(staff.act("principal"), voucher.id, voucher.version)


def _absences(staff: _Staff, month: date, last: date, pupils: list[Pupil], rng: random.Random) -> None:
    """Who was away, so many of each class as its counts say: the two records of one fact agree."""
    accountant = staff.act("accountant")
    days = set(months.meal_days(accountant, accountant.own_school_id(), month, last))
    planned = set(plans.meals_planned(accountant))
    rooms: dict[UUID, list[Pupil]] = {}
    for pupil in pupils:
        rooms.setdefault(pupil.class_id, []).append(pupil)
    rows = []
    for (day, class_id), there in _there(accountant, month, last).items():
        room = rooms.get(class_id, [])
        if day not in days:
            continue
        for pupil in rng.sample(room, max(0, len(room) - there)):
            rows += [(pupil.id, day, meal.value, "absent", "病假") for meal in planned]
    if rows:
        attending.mark(accountant, rows, source="import")


def _there(actor: Actor, first: date, last: date) -> dict[tuple[date, UUID], int]:
    """(day, class) → how many came; the demo's classes come alike to all meals of a day."""
    found = db.session.execute(
        select(DinerCount.on_day, DinerCount.class_id, DinerCount.actual).where(
            DinerCount.bureau_id == actor.bureau_id, DinerCount.school_id == actor.own_school_id(),
            DinerCount.on_day.between(first, last), DinerCount.class_id.is_not(None), DinerCount.actual.is_not(None),
        )
    )  # fmt: skip
    return {(day, class_id): actual for day, class_id, actual in found if class_id is not None and actual is not None}
