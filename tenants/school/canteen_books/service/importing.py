"""Attendance and payments from a table: checked whole, shown, then written at once or not at all."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select

from kernel.actor import Actor
from kernel.database import db, new_id
from kernel.sheets import Problem, Row, read_xlsx
from kernel.web.dates import today
from school.canteen_books import rules
from school.canteen_books.meal_models import Attendance
from school.canteen_books.models import BookMonth
from school.canteen_books.rules import MonthState
from school.canteen_books.service import collecting
from school.canteen_books.service.attending import mark
from school.canteen_books.service.collecting import Paid
from school.canteen_books.service.months import meal_days
from school.canteen_books.service.plans import enrolments, priced_plans
from school.canteen_books.sheets import ATTENDANCE, PAYMENTS
from school.diners.models import Pupil, RosterImport
from school.diners.service import rosters

ATTENDANCE_KIND = "attendance"
PAYMENTS_KIND = "payments"
LONGEST = timedelta(days=186)


def check_attendance(actor: Actor, *, filename: str, data: bytes) -> RosterImport:
    """One row: a pupil, days, a meal. Days without a meal in between are left out, so a whole week may be given."""
    parsed = read_xlsx(ATTENDANCE, data)
    pupils = _pupils(actor)
    closed = _closed_months(actor)
    days = meal_days(actor, actor.own_school_id(), today() - LONGEST, today() + LONGEST)
    plans = {plan_id: set(priced.plan.meals) for plan_id, priced in priced_plans(actor, actor.own_school_id()).items()}
    on_plan: dict[UUID, list[Any]] = {}
    for enrolment in enrolments(actor, today() - LONGEST, today() + LONGEST):
        on_plan.setdefault(enrolment.pupil_id, []).append(enrolment)
    rows: list[dict[str, Any]] = []
    problems: list[Problem] = []
    for row in parsed.rows:
        first, last = row.values["first"], row.values["last"] or row.values["first"]
        pupil, found = _known(row, pupils)
        problems += found
        if pupil is None or first is None:
            continue
        if last < first:
            problems.append(Problem("span", row.number, "last", text=_("结束日期不能早于开始日期。")))
            continue
        if not today() - LONGEST <= first <= last <= today() + LONGEST:
            problems.append(Problem("far", row.number, "first", text=_("日期超出可登记的范围。")))
            continue
        held = [month for month in closed if rules.month_of(first) <= month <= last]
        if held:
            text = _("%(month)s 已结账，不能再登记。", month=f"{held[0]:%Y-%m}")
            problems.append(Problem("closed", row.number, "first", text=text))
            continue
        slots = _slots(row, pupil.id, first, last, days, on_plan, plans)
        if not slots:
            problems.append(Problem("none", row.number, "first", text=_("这几天没有该生的用餐。")))
            continue
        rows.append(
            {
                "row": row.number, "pupil_id": str(pupil.id), "name": f"{pupil.number} {pupil.name}",
                "state": row.values["state"] or "absent", "reason": row.values["reason"] or "",
                "slots": [[day.isoformat(), meal] for day, meal in slots],
            }
        )  # fmt: skip
    return rosters.keep(
        actor, ATTENDANCE_KIND, ATTENDANCE, filename=filename, parsed=parsed, found=problems, rows=rows,
        created=len(rows), changed=0, unchanged=0,
    )  # fmt: skip


def _slots(
    row: Row, pupil_id: UUID, first: date, last: date, days: Sequence[date], on_plan: Mapping[UUID, Sequence[Any]],
    plans: Mapping[UUID, set[str]],
) -> list[tuple[date, str]]:  # fmt: skip
    found = []
    for day in days:
        if not first <= day <= last:
            continue
        for enrolment in on_plan.get(pupil_id, ()):
            if enrolment.from_day <= day and (enrolment.until_day is None or day <= enrolment.until_day):
                meals = plans[enrolment.plan_id]
                wanted = {row.values["meal"]} & meals if row.values["meal"] else meals
                found += [(day, meal) for meal in sorted(wanted)]
    return found


def apply_attendance(actor: Actor, import_id: UUID) -> RosterImport:
    return rosters.apply(actor, ATTENDANCE_KIND, import_id, _write_attendance)


def _write_attendance(actor: Actor, rows: Sequence[dict[str, Any]]) -> None:
    """A meal that two rows name is as the later says."""
    marks: dict[tuple[UUID, date, str], tuple[str, str]] = {}
    for row in rows:
        for day, meal in row["slots"]:
            marks[UUID(row["pupil_id"]), date.fromisoformat(day), meal] = (row["state"], row["reason"])
    mark(actor, [(*key, *said) for key, said in marks.items()], source="import")


def export_attendance(actor: Actor, month: date) -> list[dict[str, Any]]:
    """What is marked in a month, a row per meal, as the import takes it."""
    rows = db.session.execute(
        select(
            Pupil.number, Pupil.name, Attendance.on_day, Attendance.meal, Attendance.state, Attendance.reason
        )
        .join(
            Pupil,
            (Pupil.bureau_id == Attendance.bureau_id)
            & (Pupil.school_id == Attendance.school_id)
            & (Pupil.id == Attendance.pupil_id),
        )
        .where(
            Attendance.bureau_id == actor.bureau_id, Attendance.school_id == actor.own_school_id(),
            Attendance.on_day.between(month, rules.last_day(month)),
        )
        .order_by(Pupil.number, Attendance.on_day, Attendance.meal)
    )  # fmt: skip
    return [
        {"number": number, "name": name, "first": day, "last": day, "meal": meal, "state": state, "reason": reason}
        for number, name, day, meal, state, reason in rows
    ]


def check_payments(actor: Actor, *, filename: str, data: bytes) -> RosterImport:
    """Each row gets its id when it is checked, so that applying twice takes the money once."""
    parsed = read_xlsx(PAYMENTS, data)
    pupils = _pupils(actor)
    closed = _closed_months(actor)
    rows: list[dict[str, Any]] = []
    problems: list[Problem] = []
    for row in parsed.rows:
        pupil, found = _known(row, pupils)
        problems += found
        amount, paid_on = row.values["amount"], row.values["paid_on"]
        if amount is not None and amount <= 0:
            problems.append(Problem("amount", row.number, "amount", text=_("金额应大于 0。")))
        if paid_on is not None and paid_on > today():
            problems.append(Problem("future", row.number, "paid_on", text=_("日期不能晚于今天。")))
        if paid_on is not None and rules.month_of(paid_on) in closed:
            text = _("%(month)s 已结账，不能再登记。", month=f"{paid_on:%Y-%m}")
            problems.append(Problem("closed", row.number, "paid_on", text=text))
        if pupil is None or amount is None or paid_on is None:
            continue
        rows.append(
            {
                "row": row.number, "id": str(new_id()), "pupil_id": str(pupil.id),
                "name": f"{pupil.number} {pupil.name}", "amount_fen": int(amount * 100),
                "paid_on": paid_on.isoformat(), "method": row.values["method"], "note": row.values["note"] or "",
            }
        )  # fmt: skip
    return rosters.keep(
        actor, PAYMENTS_KIND, PAYMENTS, filename=filename, parsed=parsed, found=problems, rows=rows,
        created=len(rows), changed=0, unchanged=0,
    )  # fmt: skip


def apply_payments(actor: Actor, import_id: UUID) -> RosterImport:
    return rosters.apply(actor, PAYMENTS_KIND, import_id, _write_payments)


def _write_payments(actor: Actor, rows: Sequence[dict[str, Any]]) -> None:
    collecting.take(
        actor,
        [
            Paid(
                UUID(row["id"]), UUID(row["pupil_id"]), row["amount_fen"], date.fromisoformat(row["paid_on"]),
                row["method"], row["note"],
            )
            for row in rows
        ],
    )  # fmt: skip


def _pupils(actor: Actor) -> dict[str, Pupil]:
    rows = db.session.scalars(
        select(Pupil).where(Pupil.bureau_id == actor.bureau_id, Pupil.school_id == actor.own_school_id())
    )
    return {pupil.number: pupil for pupil in rows}


def _closed_months(actor: Actor) -> list[date]:
    return list(
        db.session.scalars(
            select(BookMonth.month)
            .where(
                BookMonth.bureau_id == actor.bureau_id, BookMonth.school_id == actor.own_school_id(),
                BookMonth.state != MonthState.OPEN.value,
            )
            .order_by(BookMonth.month)
        )
    )  # fmt: skip


def _known(row: Row, pupils: Mapping[str, Pupil]) -> tuple[Pupil | None, list[Problem]]:
    """Whose row it is: by number; a name that is given must be that pupil's."""
    number, name = row.values["number"], row.values["name"]
    if number is None:
        return None, []
    pupil = pupils.get(number)
    if pupil is None:
        return None, [Problem("no_pupil", row.number, "number", text=_("没有这个学号的学生。"))]
    if name and name != pupil.name:
        text = _("这个学号的学生是%(name)s，请核对。", name=pupil.name)
        return None, [Problem("other_name", row.number, "name", text=text)]
    return pupil, []
