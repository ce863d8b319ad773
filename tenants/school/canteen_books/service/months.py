"""The books begin with a month, and go on month after month; a month is open, prepared, closed, or about to be reopened."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from bureau.schools.models import Term
from kernel.actor import Actor
from kernel.database import db, new_id, now
from kernel.database.writing import require_version
from kernel.errors import Conflict, NotFound, RuleBroken
from kernel.states import NoTransition
from kernel.workdays import service as workdays
from kernel.workdays.rules import is_workday
from school.canteen_books import rules
from school.canteen_books.chart import STANDARD
from school.canteen_books.models import BookAccount, BookEvent, BookMonth
from school.canteen_books.rules import MonthState


def open_books(actor: Actor, month: date) -> BookMonth:
    """Set up the standard chart and the first month; said again it changes nothing."""
    first = first_month(actor, actor.own_school_id())
    if first is not None:
        return first
    places = {"bureau_id": actor.bureau_id, "school_id": actor.own_school_id(), "created_by": actor.account_id}
    rows = [
        {
            **places, "id": new_id(), "code": one.code, "name": one.name, "kind": one.kind.value,
            "fund": one.fund.value, "created_at": now(),
        }
        for one in STANDARD
    ]  # fmt: skip
    db.session.execute(
        insert(BookAccount).on_conflict_do_nothing(index_elements=["bureau_id", "school_id", "code"]), rows
    )
    return _begin(actor, rules.month_of(month))


def _begin(actor: Actor, month: date) -> BookMonth:
    found = BookMonth(
        bureau_id=actor.bureau_id, school_id=actor.own_school_id(), month=month, created_by=actor.account_id,
        meal_days=[day.isoformat() for day in proposed_meal_days(actor, month)],
    )  # fmt: skip
    db.session.add(found)
    db.session.flush()
    return found


def proposed_meal_days(actor: Actor, month: date) -> list[date]:
    """The month's school days: working days within a term of the bureau's."""
    last = rules.last_day(month)
    terms = db.session.execute(
        select(Term.starts_on, Term.ends_on).where(
            Term.bureau_id == actor.bureau_id, Term.starts_on <= last, Term.ends_on >= month
        )
    ).all()
    calendar = workdays.calendar(actor.bureau_id)
    days = (month.replace(day=number) for number in range(1, last.day + 1))
    return [day for day in days if any(a <= day <= b for a, b in terms) and is_workday(day, calendar)]


def first_month(actor: Actor, school_id: int) -> BookMonth | None:
    return db.session.scalars(_own(actor, school_id).order_by(BookMonth.month).limit(1)).one_or_none()


def newest_months(actor: Actor, school_id: int, most: int = 24) -> list[BookMonth]:
    """Newest first."""
    return list(db.session.scalars(_own(actor, school_id).order_by(BookMonth.month.desc()).limit(most)))


def get_month(actor: Actor, school_id: int, month: date) -> BookMonth:
    found = db.session.scalars(_own(actor, school_id).where(BookMonth.month == month)).one_or_none()
    if found is None:
        raise NotFound(_("这个月还没有账。"))
    return found


def locked_month(actor: Actor, month: date, *, shared: bool = False) -> BookMonth:
    """The month's row, held until the transaction ends: shared by those who write into it, alone by whoever closes it."""
    found = db.session.scalars(
        _own(actor, actor.own_school_id())
        .where(BookMonth.month == month)
        .with_for_update(read=shared)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if found is None:
        raise NotFound(_("这个月还没有账。"))
    return found


def open_month_for(actor: Actor, day: date) -> BookMonth:
    """The month of a day, ready to be written into: begun if it is the one after the newest. RuleBroken when it is
    closed or about to be; NotFound before the books began."""
    month = rules.month_of(day)
    newest = db.session.scalars(
        _own(actor, actor.own_school_id()).order_by(BookMonth.month.desc()).limit(1)
    ).one_or_none()
    if newest is None:
        raise RuleBroken("books_not_open", _("本校还没有建立食堂账，请会计先建账。"))
    while newest.month < month and (month - newest.month).days < 400:
        newest = _begin(actor, rules.next_month(newest.month))
    found = locked_month(actor, month, shared=True)
    require_open(found)
    return found


def require_open(month: BookMonth) -> None:
    if month.state == MonthState.OPEN:
        return
    text = (
        _("%(month)s 已提交结账，请先退回再修改。", month=f"{month.month:%Y-%m}")
        if month.state == MonthState.PREPARED
        else _("%(month)s 已结账，不能再记账；确有错误的，申请反结账。", month=f"{month.month:%Y-%m}")
    )
    raise RuleBroken("month_closed", text)


def set_meal_days(actor: Actor, month: date, seen_version: int | None, days: Sequence[date]) -> BookMonth:
    """The days on which the canteen served; the closing charges and gives back by them."""
    found = locked_month(actor, month)
    require_version(found, seen_version)
    require_open(found)
    if any(rules.month_of(day) != month for day in days):
        raise Conflict(_("供餐日不在这个月内。"))
    found.meal_days = [day.isoformat() for day in sorted(set(days))]
    db.session.flush()
    return found


def meal_days(actor: Actor, school_id: int, first: date, last: date) -> list[date]:
    """The days of a span on which the canteen served, over its months, in order."""
    rows = db.session.scalars(
        select(BookMonth.meal_days)
        .where(
            BookMonth.bureau_id == actor.bureau_id, BookMonth.school_id == school_id,
            BookMonth.month >= rules.month_of(first), BookMonth.month <= last,
        )
        .order_by(BookMonth.month)
    )  # fmt: skip
    days = [date.fromisoformat(day) for month in rows for day in month]
    return [day for day in days if first <= day <= last]


def move_month(actor: Actor, month: BookMonth, event: str, reason: str = "") -> None:
    """One transition, with its trace."""
    before = month.state
    try:
        month.state = rules.next_state(rules.MONTH_TRANSITIONS, before, event)
    except NoTransition:
        raise Conflict(_("账期状态已变化，请刷新后重试。"), {"state": before, "version": month.version}) from None
    note(actor, "month", month.id, event, before, month.state, reason)


def note(actor: Actor, kind: str, subject_id: UUID, event: str, before: str, after: str, reason: str = "") -> None:
    db.session.add(
        BookEvent(
            bureau_id=actor.bureau_id, school_id=actor.own_school_id(), id=new_id(), subject_kind=kind,
            subject_id=subject_id, event=event, from_state=before, to_state=after, reason=reason,
            by_id=actor.account_id, by_name=actor.display_name,
        )
    )  # fmt: skip


def events_of(actor: Actor, school_id: int, subject_id: UUID) -> list[BookEvent]:
    """Oldest first."""
    return list(
        db.session.scalars(
            select(BookEvent)
            .where(
                BookEvent.bureau_id == actor.bureau_id, BookEvent.school_id == school_id,
                BookEvent.subject_id == subject_id,
            )
            .order_by(BookEvent.id)
        )
    )  # fmt: skip


def _own(actor: Actor, school_id: int) -> Any:
    return select(BookMonth).where(BookMonth.bureau_id == actor.bureau_id, BookMonth.school_id == school_id)
