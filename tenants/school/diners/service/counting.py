"""报餐: how many eat which meal; said by the class teacher in a tap, read by whoever cooks, buys and counts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import func, select

from bureau.roles import Role
from bureau.schools.service import get_school
from kernel.actor import Actor
from kernel.database import db, now
from kernel.database.writing import flush
from kernel.errors import Conflict, Invalid, NotFound, RuleBroken
from kernel.web.dates import shanghai, today
from kernel.workdays import service as workdays
from kernel.workdays.rules import is_workday
from school.diners import labels, rules
from school.diners.models import DinerCount, SchoolClass
from school.diners.rules import Counted, Meal
from school.diners.service.meals import meals_served, settings

WEEKS_BACK = 8  # how far the last same weekday is looked for: across a holiday, not across a summer
FURTHEST = 31  # days ahead that may be reported for
LATE_WRITERS = frozenset({Role.CANTEEN_MANAGER, Role.LOGISTICS_DIRECTOR})
PLACE = "uq_diner_counts_place"


@dataclass(frozen=True, slots=True)
class ClassCount:
    """`class_id` None: the staff. `planned` None: nobody has said it yet; `proposed` is what a tap would say."""

    class_id: UUID | None
    class_name: str
    planned: int | None
    actual: int | None
    proposed: int = 0
    pupil_count: int = 0
    teacher_id: UUID | None = None


def expected(actor: Actor, school_id: int, days: Sequence[date]) -> dict[tuple[date, Meal], int]:
    """How many to cook for, at each meal that the school serves: what was planned, else what held on the last such
    weekday, else the school's profile. On days without school only those who said so are expected."""
    if not days:
        return {}
    school = get_school(actor, school_id)
    meals = meals_served(actor, school_id)
    groups: dict[UUID | None, int] = {row.id: row.pupil_count for row in active_classes(actor, school_id)}
    groups[None] = 0
    counts = _counts(actor, school_id, {day - timedelta(weeks=back) for day in days for back in range(WEEKS_BACK + 1)})
    calendar = workdays.calendar(actor.bureau_id)
    found = {}
    for day in days:
        earlier = [day - timedelta(weeks=back) for back in range(1, WEEKS_BACK + 1)]
        for meal in meals:
            told = {group: counted.planned for group, counted in counts.get((day, meal), {}).items()}
            found[day, meal] = rules.expected_of_day(
                groups, told, _last(counts, earlier, meal), school.diners, is_workday(day, calendar)
            )
    return found


def class_counts(actor: Actor, school_id: int, day: date, meal: Meal) -> list[ClassCount]:
    """One row per class in the order of the grades, the staff last."""
    counts = _counts(actor, school_id, {day, *(day - timedelta(weeks=back) for back in range(1, WEEKS_BACK + 1))})
    yesterday = _latest_before(actor, school_id, day, meal)
    told = counts.get((day, meal), {})
    rows = []
    staff = SchoolClass(name=str(labels.STAFF), pupil_count=0)
    for row in [*active_classes(actor, school_id), staff]:
        group = row.id
        counted = told.get(group)
        proposed = yesterday.get(group, row.pupil_count)
        rows.append(
            ClassCount(
                group, row.name, counted.planned if counted else None, counted.actual if counted else None,
                counted.planned if counted else proposed, row.pupil_count, row.teacher_id,
            )
        )  # fmt: skip
    return rows


def served(actor: Actor, school_id: int, first: date, last: date) -> dict[tuple[date, Meal], tuple[int, int]]:
    """(pupils, staff) that were counted at each meal of a span, or planned where nobody counted."""
    known = func.coalesce(DinerCount.actual, DinerCount.planned)
    rows = db.session.execute(
        select(
            DinerCount.on_day, DinerCount.meal,
            func.coalesce(func.sum(known).filter(DinerCount.class_id.is_not(None)), 0),
            func.coalesce(func.sum(known).filter(DinerCount.class_id.is_(None)), 0),
        )
        .where(
            DinerCount.bureau_id == actor.bureau_id, DinerCount.school_id == school_id,
            DinerCount.on_day.between(first, last),
        )
        .group_by(DinerCount.on_day, DinerCount.meal)
    )  # fmt: skip
    return {(day, Meal(meal)): (int(pupils), int(staff)) for day, meal, pupils, staff in rows}


def report(
    actor: Actor, day: date, counts: Mapping[tuple[Meal, UUID | None], int], *, after_deadline: bool = False
) -> None:
    """Say how many eat: (meal, class; None: the staff) → number. Said again it replaces; after the deadline only the
    canteen's own people may still change it (`after_deadline` is for a clock that is told, not asked)."""
    _check_day(day, ahead=FURTHEST)
    _check_places(actor, counts)
    limits = settings(actor, actor.own_school_id())
    if not actor.roles & LATE_WRITERS and not after_deadline:
        for meal in rules.in_order(meal for meal, _group in counts):
            deadline = limits[meal].deadline(day)
            if now() > deadline:
                raise RuleBroken(
                    "count_late",
                    _(
                        "%(meal)s的报餐已于 %(time)s 截止，请联系食堂修改。",
                        meal=labels.MEALS[meal],
                        time=shanghai(deadline),
                    ),
                )
    _write(actor, day, {place: {"planned": number} for place, number in counts.items()})


def count_served(actor: Actor, day: date, counts: Mapping[tuple[Meal, UUID | None], int]) -> None:
    """How many were there when the meal was served; where nobody had planned, that is the plan too."""
    _check_day(day, ahead=0)
    _check_places(actor, counts)
    _write(actor, day, {place: {"actual": number} for place, number in counts.items()})


def _check_day(day: date, ahead: int) -> None:
    if not today() - timedelta(days=FURTHEST) <= day <= today() + timedelta(days=ahead):
        raise Invalid({"on_day": [_("日期超出可登记的范围。")]})


def _check_places(actor: Actor, counts: Mapping[tuple[Meal, UUID | None], int]) -> None:
    known = {row.id for row in active_classes(actor, actor.own_school_id())}
    if any(group is not None and group not in known for _meal, group in counts):
        raise NotFound(_("没有这个班级。"))
    if any(not 0 <= number <= rules.MOST_DINERS for number in counts.values()):
        raise Invalid({"planned": [_("人数超出合理范围。")]})


def _write(actor: Actor, day: date, counts: Mapping[tuple[Meal, UUID | None], Mapping[str, int]]) -> None:
    rows = {
        (row.meal, row.class_id): row
        for row in db.session.scalars(
            select(DinerCount)
            .where(
                DinerCount.bureau_id == actor.bureau_id, DinerCount.school_id == actor.own_school_id(),
                DinerCount.on_day == day, DinerCount.meal.in_([meal.value for meal, _group in counts]),
            )
            .order_by(DinerCount.id)
            .with_for_update()
        )
    }  # fmt: skip
    for (meal, group), values in counts.items():
        row = rows.get((meal.value, group))
        if row is None:
            row = DinerCount(
                bureau_id=actor.bureau_id, school_id=actor.own_school_id(), on_day=day, meal=meal.value,
                class_id=group, planned=next(iter(values.values())), created_by=actor.account_id,
                reported_at=now(), reported_by=actor.account_id,
            )  # fmt: skip
            db.session.add(row)
        for name, value in values.items():
            if getattr(row, name) != value:
                setattr(row, name, value)
                row.reported_at, row.reported_by = now(), actor.account_id
    flush(db.session(), {PLACE: Conflict(_("同一餐次刚刚由他人登记，请刷新后核对。"))})


def active_classes(actor: Actor, school_id: int) -> list[SchoolClass]:
    """In the order of the grades."""
    return list(
        db.session.scalars(
            select(SchoolClass)
            .where(
                SchoolClass.bureau_id == actor.bureau_id, SchoolClass.school_id == school_id, SchoolClass.is_active
            )
            .order_by(SchoolClass.grade, SchoolClass.number, SchoolClass.id)
        )
    )  # fmt: skip


Counts = dict[tuple[date, Meal], dict[UUID | None, Counted]]


def _counts(actor: Actor, school_id: int, days: Any) -> Counts:
    found: Counts = {}
    rows = db.session.execute(
        select(
            DinerCount.on_day, DinerCount.meal, DinerCount.class_id, DinerCount.planned, DinerCount.actual
        ).where(
            DinerCount.bureau_id == actor.bureau_id, DinerCount.school_id == school_id,
            DinerCount.on_day.in_(sorted(days)),
        )
    )  # fmt: skip
    for day, meal, group, planned, actual in rows:
        found.setdefault((day, Meal(meal)), {})[group] = Counted(planned, actual)
    return found


def _last(counts: Counts, days: Sequence[date], meal: Meal) -> dict[UUID | None, int]:
    """What held for each group on the newest of `days` (newest first) for which it was counted."""
    found: dict[UUID | None, int] = {}
    for day in days:
        for group, counted in counts.get((day, meal), {}).items():
            found.setdefault(group, counted.known)
    return found


def _latest_before(actor: Actor, school_id: int, day: date, meal: Meal) -> dict[UUID | None, int]:
    """Yesterday's number, or that of the last day on which this group was counted at all."""
    rows = db.session.execute(
        select(DinerCount.class_id, func.coalesce(DinerCount.actual, DinerCount.planned))
        .where(
            DinerCount.bureau_id == actor.bureau_id, DinerCount.school_id == school_id,
            DinerCount.on_day < day, DinerCount.on_day >= day - timedelta(weeks=WEEKS_BACK),
            DinerCount.meal == meal.value,
        )
        .order_by(DinerCount.on_day)
    )  # fmt: skip
    return {group: int(number) for group, number in rows}


@dataclass(frozen=True, slots=True)
class Unsaid:
    class_id: UUID
    class_name: str
    deadline: datetime


def unsaid(actor: Actor) -> list[Unsaid]:
    """The actor's own classes that have not reported a meal of today whose deadline is still ahead, on a school day."""
    school_id = actor.own_school_id()
    own = [row for row in active_classes(actor, school_id) if row.teacher_id == actor.account_id]
    if not own or not is_workday(today(), workdays.calendar(actor.bureau_id)):
        return []
    limits = [one for one in settings(actor, school_id).values() if one.is_served and one.deadline(today()) > now()]
    counts = _counts(actor, school_id, {today()})
    found = []
    for row in own:
        late = [one.deadline(today()) for one in limits if row.id not in counts.get((today(), one.meal), {})]
        if late:
            found.append(Unsaid(row.id, row.name, min(late)))
    return found
