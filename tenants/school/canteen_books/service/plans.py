"""Meal plans, what they cost from which month on, and who is on which."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import func, insert, select, update

from kernel.actor import Actor
from kernel.database import db, new_id, now
from kernel.database.writing import flush, require_version
from kernel.errors import Conflict, Invalid, NotFound
from school.canteen_books import charging, rules
from school.canteen_books.meal_models import MealEnrolment, MealPlan, MealPrice
from school.canteen_books.models import BookMonth
from school.canteen_books.service.limits import require_within
from school.diners.models import Pupil
from school.diners.rules import Meal, in_order

FIELDS = ("name", "kind", "meals", "is_default_present", "refund_mode", "is_active")
NAME = "uq_meal_plans_name"
PRICE = "uq_meal_prices_place"
OPEN = "uq_meal_enrolments_open"


def all_plans(actor: Actor, school_id: int) -> list[MealPlan]:
    return list(
        db.session.scalars(
            select(MealPlan)
            .where(MealPlan.bureau_id == actor.bureau_id, MealPlan.school_id == school_id)
            .order_by(MealPlan.is_active.desc(), MealPlan.name)
        )
    )


def get_plan(actor: Actor, school_id: int, plan_id: UUID) -> MealPlan:
    found = db.session.scalars(
        select(MealPlan).where(
            MealPlan.bureau_id == actor.bureau_id, MealPlan.school_id == school_id, MealPlan.id == plan_id
        )
    ).one_or_none()
    if found is None:
        raise NotFound(_("没有这个伙食方案。"))
    return found


def save_plan(actor: Actor, plan_id: UUID, seen_version: int | None, values: Mapping[str, Any]) -> MealPlan:
    """Create under the client's id, or edit. What was charged by a plan is not changed by another kind or other meals:
    those stay as they are once it has a price."""
    given = {**values, "meals": [meal.value for meal in in_order(values["meals"])]}
    if not given["meals"]:
        raise Invalid({"meals": [_("请至少选择一餐。")]})
    if given["kind"] == "monthly":
        given["is_default_present"] = True
    found = db.session.scalars(
        select(MealPlan).where(
            MealPlan.bureau_id == actor.bureau_id, MealPlan.school_id == actor.own_school_id(), MealPlan.id == plan_id
        )
    ).one_or_none()
    if found is None:
        found = MealPlan(
            bureau_id=actor.bureau_id, school_id=actor.own_school_id(), id=plan_id, created_by=actor.account_id, **given
        )
        db.session.add(found)
    elif seen_version is None:
        if any(getattr(found, name) != given[name] for name in FIELDS if name in given):
            raise Conflict(_("同一编号的伙食方案已存在且内容不同。"))
        return found
    else:
        require_version(found, seen_version)
        fixed = ("kind", "meals", "is_default_present")
        if any(getattr(found, name) != given[name] for name in fixed) and prices_of(actor, found.school_id, [plan_id]):
            raise Invalid({"kind": [_("已定价的方案不能改计费方式和餐次，请新建方案。")]})
        for name, value in given.items():
            setattr(found, name, value)
    flush(db.session(), {NAME: Invalid({"name": [_("已有同名的伙食方案。")]})})
    return found


def prices_of(actor: Actor, school_id: int, plan_ids: Collection[UUID] | None = None) -> list[MealPrice]:
    """Newest first within a plan."""
    query = (
        select(MealPrice)
        .where(MealPrice.bureau_id == actor.bureau_id, MealPrice.school_id == school_id)
        .order_by(MealPrice.plan_id, MealPrice.from_month.desc(), MealPrice.meal)
    )
    if plan_ids is not None:
        query = query.where(MealPrice.plan_id.in_(list(plan_ids)))
    return list(db.session.scalars(query))


def set_price(actor: Actor, plan_id: UUID, from_month: date, price_fen: int, meal: str | None = None) -> MealPrice:
    """From a month on that is not closed. Refused above the bureau's limit, with its source."""
    plan = get_plan(actor, actor.own_school_id(), plan_id)
    if (plan.kind == "monthly") != (meal is None):
        raise Invalid({"meal": [_("按月的方案定月价，按餐的方案定各餐的价格。")]})
    if meal is not None and meal not in plan.meals:
        raise Invalid({"meal": [_("方案不含这一餐。")]})
    if from_month.day != 1:
        raise Invalid({"from_month": [_("价格从某月 1 日起执行。")]})
    closed = db.session.scalar(
        select(BookMonth.month)
        .where(
            BookMonth.bureau_id == actor.bureau_id, BookMonth.school_id == actor.own_school_id(),
            BookMonth.month >= from_month, BookMonth.state != "open",
        )
        .limit(1)
    )  # fmt: skip
    if closed is not None:
        raise Invalid({"from_month": [_("%(month)s 已结账，价格只能从以后的月份起执行。", month=f"{closed:%Y-%m}")]})
    unit = "month" if plan.kind == "monthly" else "meal"
    limit = require_within(actor, actor.own_school_id(), unit, meal, from_month, price_fen)
    existing = db.session.scalars(
        select(MealPrice).where(
            MealPrice.bureau_id == actor.bureau_id, MealPrice.school_id == actor.own_school_id(),
            MealPrice.plan_id == plan_id, MealPrice.from_month == from_month,
            MealPrice.meal.is_(None) if meal is None else MealPrice.meal == meal,
        )
    ).one_or_none()  # fmt: skip
    if existing is not None:
        if existing.price_fen != price_fen:
            raise Conflict(_("这个月起已有价格，请从另一个月起执行新价格。"))
        return existing
    found = MealPrice(
        bureau_id=actor.bureau_id, school_id=actor.own_school_id(), id=new_id(), plan_id=plan_id, meal=meal,
        price_fen=price_fen, from_month=from_month, limit_id=limit.id if limit else None, created_by=actor.account_id,
    )  # fmt: skip
    db.session.add(found)
    flush(db.session(), {PRICE: Conflict(_("这个月起已有价格，请从另一个月起执行新价格。"))})
    return found


@dataclass(frozen=True, slots=True)
class PricedPlan:
    """A plan as charging.Plan for any month. KeyError from `in_month` where a price is missing."""

    plan: MealPlan
    prices: Sequence[MealPrice]

    def in_month(self, month: date) -> charging.Plan:
        if self.plan.kind == "monthly":
            fen = charging.price_on([(one.from_month, one.price_fen) for one in self.prices], month)
            if fen is None:
                raise KeyError(self.plan.name)
            return charging.Plan("monthly", tuple(self.plan.meals), True, month_fen=fen)
        found = {}
        for meal in self.plan.meals:
            fen = charging.price_on([(one.from_month, one.price_fen) for one in self.prices if one.meal == meal], month)
            if fen is None:
                raise KeyError(self.plan.name)
            found[meal] = fen
        return charging.Plan("per_meal", tuple(self.plan.meals), self.plan.is_default_present, meal_fen=found)


def priced_plans(actor: Actor, school_id: int) -> dict[UUID, PricedPlan]:
    prices: dict[UUID, list[MealPrice]] = {}
    for price in prices_of(actor, school_id):
        prices.setdefault(price.plan_id, []).append(price)
    return {plan.id: PricedPlan(plan, prices.get(plan.id, ())) for plan in all_plans(actor, school_id)}


def enrol(actor: Actor, pupil_ids: Collection[UUID], plan_id: UUID, from_day: date) -> int:
    """Put pupils on a plan from a day on; the plan they were on ends the day before. How many changed. Two thousand
    pupils are three statements."""
    plan = get_plan(actor, actor.own_school_id(), plan_id)
    if not plan.is_active:
        raise Invalid({"plan_id": [_("这个方案已停用。")]})
    _require_open_from(actor, from_day)
    wanted = set(pupil_ids)
    # Locked: a second click waits, and sees whom the first has put on the plan.
    known = set(
        db.session.scalars(
            select(Pupil.id)
            .where(
                Pupil.bureau_id == actor.bureau_id, Pupil.school_id == actor.own_school_id(),
                Pupil.id.in_(wanted), Pupil.is_active,
            )
            .order_by(Pupil.id)
            .with_for_update()
        )
    )  # fmt: skip
    if wanted - known:
        raise NotFound(_("没有这名学生。"))
    current = {
        row.pupil_id: row
        for row in db.session.scalars(
            select(MealEnrolment)
            .where(
                MealEnrolment.bureau_id == actor.bureau_id, MealEnrolment.school_id == actor.own_school_id(),
                MealEnrolment.pupil_id.in_(wanted),
                (MealEnrolment.until_day.is_(None)) | (MealEnrolment.until_day >= from_day),
            )
            .order_by(MealEnrolment.from_day, MealEnrolment.id)
            .with_for_update()
        )
    }  # fmt: skip
    # One that ends on a later day holds that long: two plans on one day would be charged both.
    staying = {pupil for pupil, row in current.items() if row.plan_id == plan_id and row.until_day is None}
    late = [row for pupil, row in current.items() if pupil not in staying and row.from_day >= from_day]
    if late:
        raise Invalid({"from_day": [_("有 %(count)s 名学生从这一天之后起已在另一方案中。", count=len(late))]})
    moving = [pupil for pupil in wanted if pupil not in staying]
    ending = [current[pupil].id for pupil in moving if pupil in current]
    if ending:
        _end(actor, ending, from_day - timedelta(days=1))
    if moving:
        db.session.execute(
            insert(MealEnrolment.__table__),
            [
                {
                    "bureau_id": actor.bureau_id, "school_id": actor.own_school_id(), "id": new_id(),
                    "pupil_id": pupil, "plan_id": plan_id, "from_day": from_day, "until_day": None,
                    "created_at": now(), "created_by": actor.account_id, "version": 1,
                }
                for pupil in sorted(moving)
            ],
        )  # fmt: skip
    db.session.expire_all()
    return len(moving)


def leave(actor: Actor, pupil_ids: Collection[UUID], last_day: date) -> int:
    """Take pupils off their plan after a day. How many were on one."""
    _require_open_from(actor, last_day + timedelta(days=1))
    rows = db.session.scalars(
        select(MealEnrolment).where(
            MealEnrolment.bureau_id == actor.bureau_id, MealEnrolment.school_id == actor.own_school_id(),
            MealEnrolment.pupil_id.in_(list(pupil_ids)), MealEnrolment.until_day.is_(None),
        )
    ).all()  # fmt: skip
    if any(row.from_day > last_day for row in rows):
        raise Invalid({"last_day": [_("有学生在这一天之后才开始就餐。")]})
    if rows:
        _end(actor, [row.id for row in rows], last_day)
    return len(rows)


def _end(actor: Actor, ids: Sequence[UUID], last_day: date) -> None:
    db.session.execute(
        update(MealEnrolment)
        .where(
            MealEnrolment.bureau_id == actor.bureau_id, MealEnrolment.school_id == actor.own_school_id(),
            MealEnrolment.id.in_(ids),
        )
        .values(until_day=last_day, version=MealEnrolment.version + 1),
        execution_options={"synchronize_session": False},
    )  # fmt: skip
    db.session.expire_all()


def _require_open_from(actor: Actor, day: date) -> None:
    closed = db.session.scalar(
        select(BookMonth.month)
        .where(
            BookMonth.bureau_id == actor.bureau_id, BookMonth.school_id == actor.own_school_id(),
            BookMonth.month >= rules.month_of(day), BookMonth.state != "open",
        )
        .limit(1)
    )  # fmt: skip
    if closed is not None:
        raise Invalid({"from_day": [_("%(month)s 已结账，不能改动当时的就餐方案。", month=f"{closed:%Y-%m}")]})


def enrolments(actor: Actor, first: date, last: date, pupil_ids: Collection[UUID] | None = None) -> list[MealEnrolment]:
    """Those that touch the span, by pupil and day."""
    query = (
        select(MealEnrolment)
        .where(
            MealEnrolment.bureau_id == actor.bureau_id, MealEnrolment.school_id == actor.own_school_id(),
            MealEnrolment.from_day <= last,
            (MealEnrolment.until_day.is_(None)) | (MealEnrolment.until_day >= first),
        )
        .order_by(MealEnrolment.pupil_id, MealEnrolment.from_day)
    )  # fmt: skip
    if pupil_ids is not None:
        query = query.where(MealEnrolment.pupil_id.in_(list(pupil_ids)))
    return list(db.session.scalars(query))


def last_days(actor: Actor, first: date, last: date) -> dict[UUID, date]:
    """Pupil → the day on which they left the school, of those who are on a plan in the span all the same: whoever wrote
    down that they left is not whoever keeps the plans."""
    on_plan = select(MealEnrolment.pupil_id).where(
        MealEnrolment.bureau_id == actor.bureau_id, MealEnrolment.school_id == actor.own_school_id(),
        MealEnrolment.from_day <= last,
        (MealEnrolment.until_day.is_(None)) | (MealEnrolment.until_day >= first),
    )  # fmt: skip
    rows = db.session.execute(
        select(Pupil.id, Pupil.left_on).where(
            Pupil.bureau_id == actor.bureau_id, Pupil.school_id == actor.own_school_id(), Pupil.left_on.is_not(None),
            Pupil.id.in_(on_plan),
        )
    )  # fmt: skip
    return {pupil: day for pupil, day in rows if day is not None}


def meals_planned(actor: Actor) -> list[Meal]:
    """The meals that any plan of the school holds."""
    return in_order(meal for plan in all_plans(actor, actor.own_school_id()) if plan.is_active for meal in plan.meals)


def count_enrolled(actor: Actor) -> dict[UUID, int]:
    """Plan → how many are on it today and until further notice."""
    rows = db.session.execute(
        select(MealEnrolment.plan_id, func.count())
        .where(
            MealEnrolment.bureau_id == actor.bureau_id, MealEnrolment.school_id == actor.own_school_id(),
            MealEnrolment.until_day.is_(None),
        )
        .group_by(MealEnrolment.plan_id)
    )  # fmt: skip
    return {plan_id: int(count) for plan_id, count in rows}
