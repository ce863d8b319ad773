"""Who was away from a meal that their plan holds, or there at one that is paid by the meal."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert

from kernel.actor import Actor
from kernel.database import db, new_id, now
from kernel.errors import Invalid, NotFound
from kernel.web.dates import today
from school.canteen_books.charging import Slot
from school.canteen_books.meal_models import Attendance, MealEnrolment, MealPlan
from school.canteen_books.service.months import open_month_for
from school.canteen_books.service.plans import enrolments, priced_plans
from school.diners.models import DinerCount, Pupil, SchoolClass
from school.diners.rules import Meal
from school.diners.service import counting
from school.diners.service.meals import settings

LONGEST = timedelta(days=31)  # ahead: a leave that is known today


def mark(actor: Actor, rows: Sequence[tuple[UUID, date, str, str, str]], *, source: str) -> int:
    """(pupil, day, meal, state, reason): "absent", "present", or "" for as the plan says. Every day must lie in an open
    month. How many were written; a thousand rows are two statements."""
    for day in {day for _pupil, day, _meal, _state, _reason in rows}:
        if day > today() + LONGEST:
            raise Invalid({"on_day": [_("日期超出可登记的范围。")]})
    for month in sorted({day.replace(day=1) for _pupil, day, _meal, _state, _reason in rows}):
        open_month_for(actor, month)
    _require_pupils(actor, {row[0] for row in rows})
    place = {"bureau_id": actor.bureau_id, "school_id": actor.own_school_id()}
    unmarked = [row for row in rows if not row[3]]
    if unmarked:
        for day in {row[1] for row in unmarked}:
            for meal in {row[2] for row in unmarked if row[1] == day}:
                db.session.execute(
                    delete(Attendance).where(
                        Attendance.bureau_id == actor.bureau_id, Attendance.school_id == actor.own_school_id(),
                        Attendance.on_day == day, Attendance.meal == meal,
                        Attendance.pupil_id.in_([row[0] for row in unmarked if row[1:3] == (day, meal)]),
                    )
                )  # fmt: skip
    written = [
        {
            **place, "id": new_id(), "pupil_id": pupil, "on_day": day, "meal": meal, "state": state,
            "reason": reason, "source": source, "created_at": now(), "created_by": actor.account_id,
        }
        for pupil, day, meal, state, reason in rows
        if state
    ]  # fmt: skip
    if written:
        statement = insert(Attendance.__table__)
        keep = ("state", "reason", "source", "created_at", "created_by")
        db.session.execute(
            statement.on_conflict_do_update(
                index_elements=["bureau_id", "school_id", "on_day", "pupil_id", "meal"],
                set_={name: statement.excluded[name] for name in keep},
            ),
            written,
        )
    db.session.expire_all()
    return len(rows)


def _require_pupils(actor: Actor, pupil_ids: Collection[UUID]) -> None:
    count = db.session.scalar(
        select(func.count()).where(
            Pupil.bureau_id == actor.bureau_id, Pupil.school_id == actor.own_school_id(), Pupil.id.in_(pupil_ids)
        )
    )
    if count != len(pupil_ids):
        raise NotFound(_("没有这名学生。"))


def marked(actor: Actor, first: date, last: date) -> dict[UUID, dict[Slot, str]]:
    """Pupil → (day, meal) → absent or present, of a span."""
    found: dict[UUID, dict[Slot, str]] = {}
    rows = db.session.execute(
        select(Attendance.pupil_id, Attendance.on_day, Attendance.meal, Attendance.state).where(
            Attendance.bureau_id == actor.bureau_id, Attendance.school_id == actor.own_school_id(),
            Attendance.on_day.between(first, last),
        )
    )  # fmt: skip
    for pupil, day, meal, state in rows:
        found.setdefault(pupil, {})[day, meal] = state
    return found


@dataclass(frozen=True, slots=True)
class PupilAtMeal:
    """`is_there`: as marked, else as the plan says. `is_planned`: what the plan says."""

    pupil_id: UUID
    number: str
    name: str
    plan_name: str
    is_planned: bool
    is_there: bool
    reason: str
    allergens: Sequence[str]


def class_at(actor: Actor, class_id: UUID, day: date, meal: str) -> list[PupilAtMeal]:
    """The class at one meal, by number: what the teacher's phone shows. Only pupils whose plan holds the meal."""
    pupils = db.session.scalars(
        select(Pupil)
        .where(
            Pupil.bureau_id == actor.bureau_id, Pupil.school_id == actor.own_school_id(), Pupil.class_id == class_id,
            Pupil.is_active,
        )
        .order_by(Pupil.number)
    ).all()  # fmt: skip
    plans = {row.pupil_id: row.plan_id for row in enrolments(actor, day, day, [pupil.id for pupil in pupils])}
    known = {plan_id: priced.plan for plan_id, priced in priced_plans(actor, actor.own_school_id()).items()}
    marks = {
        row.pupil_id: row
        for row in db.session.scalars(
            select(Attendance).where(
                Attendance.bureau_id == actor.bureau_id, Attendance.school_id == actor.own_school_id(),
                Attendance.on_day == day, Attendance.meal == meal,
                Attendance.pupil_id.in_([pupil.id for pupil in pupils]),
            )
        )
    }  # fmt: skip
    rows = []
    for pupil in pupils:
        plan = known.get(plans[pupil.id]) if pupil.id in plans else None
        if plan is None or meal not in plan.meals:
            continue
        mark_of = marks.get(pupil.id)
        planned = plan.is_default_present
        rows.append(
            PupilAtMeal(
                pupil.id, pupil.number, pupil.name, plan.name, planned,
                planned if mark_of is None else mark_of.state == "present", mark_of.reason if mark_of else "",
                pupil.allergens,
            )
        )  # fmt: skip
    return rows


def record_class(
    actor: Actor, class_id: UUID, day: date, meal: Meal, absent: Collection[UUID], reasons: Mapping[UUID, str]
) -> int:
    """The class teacher's word on one meal: who is away; everybody else of a plan is there. The class's count follows.
    How many are there."""
    rows = class_at(actor, class_id, day, meal.value)
    known = {row.pupil_id for row in rows}
    if set(absent) - known:
        raise NotFound(_("没有这名学生。"))
    marks = []
    for row in rows:
        is_there = row.pupil_id not in absent
        if is_there == row.is_planned:
            state = ""
        else:
            state = "present" if is_there else "absent"
        marks.append((row.pupil_id, day, meal.value, state, reasons.get(row.pupil_id, "") if state else ""))
    if marks:
        mark(actor, marks, source="class")
    there = len(known) - len(set(absent))
    # Said before the deadline it is a plan to cook by; said later it is what was there.
    if settings(actor, actor.own_school_id())[meal].deadline(day) >= now():
        counting.report(actor, day, {(meal, class_id): there})
    else:
        counting.count_served(actor, day, {(meal, class_id): there})
    return there


@dataclass(frozen=True, slots=True)
class Difference:
    """A meal at which the class counted another number than the attendance says."""

    on_day: date
    meal: str
    class_name: str
    counted: int
    attended: int


def differences(actor: Actor, month: date, last: date, meal_days: Sequence[date]) -> list[Difference]:
    """Counts that were written when the meal was served, against the attendance of the same class: both are records of
    the same fact, and the second is what families pay by."""
    own = SchoolClass.bureau_id == actor.bureau_id, SchoolClass.school_id == actor.own_school_id()
    names: dict[Any, str] = {
        row.id: row.name for row in db.session.execute(select(SchoolClass.id, SchoolClass.name).where(*own))
    }
    counted: Sequence[Any] = db.session.execute(
        select(DinerCount.on_day, DinerCount.meal, DinerCount.class_id, DinerCount.actual).where(
            DinerCount.bureau_id == actor.bureau_id, DinerCount.school_id == actor.own_school_id(),
            DinerCount.on_day.between(month, last), DinerCount.actual.is_not(None), DinerCount.class_id.is_not(None),
        )
    ).all()  # fmt: skip
    if not counted:
        return []
    there = attended(actor, month, last, meal_days)
    found = []
    for day, meal, class_id, actual in counted:
        number = there.get((day, meal), {}).get(class_id, 0)
        if number != actual:
            found.append(Difference(day, meal, names.get(class_id, ""), actual, number))
    return sorted(found, key=lambda one: (one.on_day, one.meal, one.class_name))


def attended(
    actor: Actor, first: date, last: date, meal_days: Sequence[date]
) -> dict[tuple[date, str], dict[UUID, int]]:
    """(day, meal) → class → how many of it ate, by plans and attendance. Two reads for a month of two thousand."""
    plans = {plan_id: priced.plan for plan_id, priced in priced_plans(actor, actor.own_school_id()).items()}
    until = func.least(
        MealEnrolment.until_day, Pupil.left_on
    )  # whichever comes first; one that is not said counts nothing
    rows = db.session.execute(
        select(MealEnrolment.plan_id, MealEnrolment.from_day, until, Pupil.class_id, func.count())
        .join(
            Pupil,
            (Pupil.bureau_id == MealEnrolment.bureau_id)
            & (Pupil.school_id == MealEnrolment.school_id)
            & (Pupil.id == MealEnrolment.pupil_id),
        )
        .where(
            MealEnrolment.bureau_id == actor.bureau_id, MealEnrolment.school_id == actor.own_school_id(),
            MealEnrolment.from_day <= last,
            (MealEnrolment.until_day.is_(None)) | (MealEnrolment.until_day >= first),
        )
        .group_by(MealEnrolment.plan_id, MealEnrolment.from_day, until, Pupil.class_id)
    ).all()  # fmt: skip
    found: dict[tuple[date, str], dict[UUID, int]] = {}
    days = [day for day in meal_days if first <= day <= last]
    for plan_id, since, last_day, class_id, count in rows:
        plan: MealPlan = plans[plan_id]
        if not plan.is_default_present:
            continue
        for day in days:
            if since <= day and (last_day is None or day <= last_day):
                for meal in plan.meals:
                    place = found.setdefault((day, meal), {})
                    place[class_id] = place.get(class_id, 0) + count
    served = set(days)
    for day, meal, state, class_id, count in _marks_by_class(actor, first, last):
        if day not in served:
            continue
        place = found.setdefault((day, meal), {})
        place[class_id] = place.get(class_id, 0) + (count if state == "present" else -count)
    return found


def _marks_by_class(actor: Actor, first: date, last: date) -> Sequence[Any]:
    """Marks that differ from the plan of whoever they belong to."""
    return db.session.execute(
        select(Attendance.on_day, Attendance.meal, Attendance.state, Pupil.class_id, func.count())
        .join(
            Pupil,
            (Pupil.bureau_id == Attendance.bureau_id)
            & (Pupil.school_id == Attendance.school_id)
            & (Pupil.id == Attendance.pupil_id),
        )
        .join(
            MealEnrolment,
            (MealEnrolment.bureau_id == Attendance.bureau_id)
            & (MealEnrolment.school_id == Attendance.school_id)
            & (MealEnrolment.pupil_id == Attendance.pupil_id)
            & (MealEnrolment.from_day <= Attendance.on_day)
            & ((MealEnrolment.until_day.is_(None)) | (MealEnrolment.until_day >= Attendance.on_day)),
        )
        .join(
            MealPlan,
            (MealPlan.bureau_id == MealEnrolment.bureau_id)
            & (MealPlan.school_id == MealEnrolment.school_id)
            & (MealPlan.id == MealEnrolment.plan_id),
        )
        .where(
            Attendance.bureau_id == actor.bureau_id, Attendance.school_id == actor.own_school_id(),
            Attendance.on_day.between(first, last),
            MealPlan.is_default_present == (Attendance.state == "absent"),
        )
        .group_by(Attendance.on_day, Attendance.meal, Attendance.state, Pupil.class_id)
    ).all()  # fmt: skip
