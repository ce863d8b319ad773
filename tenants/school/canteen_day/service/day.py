"""A canteen's day at a glance: for each thing that is due, how far it is; what waits for somebody; what is wrong."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Literal, TypeAlias
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on

from duties.models import Duty
from duties.service.reading import about_day
from kernel.actor import Actor
from kernel.database import db, now
from school.canteen_day import kinds, rules
from school.canteen_day.group_models import CanteenFinding
from school.canteen_day.kinds import CONTROL_DUTIES, Kind
from school.canteen_day.service import completing, findings, samples
from school.canteen_day.service.completing import DayFacts
from school.canteen_day.service.figures import LATE
from school.diners.rules import Meal

# done: all that is asked for; part: some of it; open: nothing yet; problem: something must be done over.
State: TypeAlias = Literal["done", "part", "open", "problem"]
BEFORE = (kinds.STAFF_CHECK, kinds.REFRIGERATOR)
AT_MEAL = (
    kinds.COOKING, kinds.TASTING, kinds.SAMPLE, kinds.ACCOMPANYING, kinds.WASTE, kinds.DISINFECTION,
)  # fmt: skip
AFTER = (kinds.CLEANING, kinds.WATER, kinds.PEST, kinds.HANDOVER)
# What a canteen need not do every day: shown without a mark that it is missing.
OCCASIONAL = frozenset({kinds.PEST.code, kinds.HANDOVER.code})


@dataclass(frozen=True, slots=True)
class Task:
    """`missing`: names of what has no record yet. `records`: those that count, `entered_late` of them 补记. `due_at`: by
    when, where it is owed."""

    kind: Kind
    meal: Meal | None
    state: State
    records: Sequence[Any]
    missing: Sequence[str] = ()
    due_at: datetime | None = None
    is_late: bool = False
    is_occasional: bool = False
    control: str = ""
    entered_late: int = 0

    @property
    def key(self) -> str:
        return "-".join(part for part in (self.kind.code, self.control, self.meal or "") if part)


@dataclass(frozen=True, slots=True)
class MealTasks:
    meal: Meal
    diners: int | None
    dishes: Sequence[str]
    is_published: bool
    tasks: Sequence[Task]


@dataclass
class Day:
    """`kept_away`, `low`, `short`, `out_of_range`: records that tell of something wrong. `disposable`: samples whose
    time has come."""

    day: date
    facts: DayFacts
    before: Sequence[Task] = ()
    meals: Sequence[MealTasks] = ()
    after: Sequence[Task] = ()
    control: Sequence[Task] = ()
    kept_away: Sequence[Any] = ()
    low: Sequence[Any] = ()
    short: Sequence[Any] = ()
    out_of_range: Sequence[Any] = ()
    refused: Sequence[Any] = ()
    disposable: int = 0
    findings: Sequence[CanteenFinding] = field(default_factory=tuple)

    @property
    def counted(self) -> Sequence[Task]:
        tasks = (*self.before, *(task for meal in self.meals for task in meal.tasks), *self.after, *self.control)
        return [task for task in tasks if not task.is_occasional]

    @property
    def done(self) -> int:
        return sum(task.state == "done" for task in self.counted)


def day_of_school(actor: Actor, school_id: int, day: date) -> Day:
    facts = DayFacts(actor, school_id, day)
    owed = _owed(actor, school_id, day)
    page = Day(day, facts)
    serves = bool(facts.menus) or bool(facts.people)
    page.before = [_task(facts, kind, None, owed) for kind in BEFORE if serves and _is_asked(facts, kind)]
    page.meals = [
        MealTasks(
            meal, menu.diners, [dish.name for dish in menu.dishes], menu.is_published,
            [_task(facts, kind, meal, owed) for kind in AT_MEAL],
        )
        for meal, menu in facts.menus.items()
    ]  # fmt: skip
    page.after = [_task(facts, kind, None, owed) for kind in AFTER if _is_asked(facts, kind)]
    page.control = [_control(facts, control, owed) for control in rules.ControlKind]
    page.kept_away = [one for one in facts.records(kinds.STAFF_CHECK) if one.fitness == rules.Fitness.KEPT_AWAY]
    page.low = completing.to_cook_on(facts.records(kinds.COOKING))
    page.short = [one for one in facts.records(kinds.SAMPLE) if not one.is_enough and one.disposed_at is None]
    page.out_of_range = [one for one in facts.records(kinds.REFRIGERATOR) if not one.is_within]
    page.refused = [person for person in facts.people if person.refusal is not None]
    page.disposable = samples.count_disposable(actor, school_id)
    page.findings = findings.open_findings(actor, school_id)
    return page


def _is_asked(facts: DayFacts, kind: Kind) -> bool:
    """What has no equipment is not asked for; on a free day only what was recorded all the same is shown."""
    if facts.records(kind):
        return True
    if kind is kinds.REFRIGERATOR:
        return bool(facts.refrigerators) and bool(facts.menus)
    if kind is kinds.WATER:
        return bool(facts.machines)
    return bool(facts.menus) or kind.code in OCCASIONAL


def _task(facts: DayFacts, kind: Kind, meal: Meal | None, owed: Mapping[tuple[str, str], Duty]) -> Task:
    records = facts.records(kind) if meal is None else facts.at_meal(kind, meal)
    missing = _missing(facts, kind, meal)
    state: State
    if _is_wrong(kind, records):
        state = "problem"
    elif not records:
        state = "open"
    else:
        state = "done" if completing.is_complete(facts, kind, meal) else "part"
    duty = owed.get((kind.duty, meal or "")) if kind.duty else None
    if state == "done" and _is_too_early(duty, records):
        state, missing = "part", [_("登记早于开餐前三小时，不计，请开餐前后再登记")]
    return Task(
        kind, meal, state, records, missing, duty.due_at if duty else None, _is_late(duty) and state != "done",
        kind.code in OCCASIONAL and not records, entered_late=_entered_late(facts, records),
    )  # fmt: skip


def _is_too_early(duty: Duty | None, records: Sequence[Any]) -> bool:
    """Whether all of it was recorded before its meal was near: that fulfils nothing."""
    return (
        duty is not None and bool(duty.meal) and duty.fulfilled_at is None
        and all(one.happened_at < duty.opens_at for one in records)
    )  # fmt: skip


def _entered_late(facts: DayFacts, records: Sequence[Any]) -> int:
    minutes = facts.figures.number(LATE)
    return sum(rules.is_entered_late(one.happened_at, one.created_at, minutes) for one in records)


def _is_wrong(kind: Kind, records: Sequence[Any]) -> bool:
    if kind is kinds.COOKING:
        return bool(completing.to_cook_on(records))
    if kind is kinds.SAMPLE:
        return any(not one.is_enough for one in records)
    return kind is kinds.DISINFECTION and bool(records) and all(one.lacks for one in records)


def _missing(facts: DayFacts, kind: Kind, meal: Meal | None) -> list[str]:
    if kind is kinds.STAFF_CHECK:
        return [person.staff.name for person in completing.unchecked(facts)]
    if kind in (kinds.REFRIGERATOR, kinds.WATER):
        return [one.name for one in completing.unread(facts, kind)]
    if kind is kinds.SAMPLE and meal is not None:
        return [dish.name for dish in completing.unsampled(facts, meal)]
    if kind is kinds.COOKING and meal is not None:
        return [dish.name for dish in completing.unmeasured(facts, meal)]
    return []


def _control(facts: DayFacts, control: rules.ControlKind, owed: Mapping[tuple[str, str], Duty]) -> Task:
    """The report of the day, of its week, of its month."""
    first, last = span_of(control, facts.day)
    records = [one for one in _reports(facts, first, last) if one.kind == control]
    duty = owed.get((CONTROL_DUTIES[control], ""))
    state: State = "done" if records else "open"
    is_asked = control != rules.ControlKind.DAILY or bool(facts.menus)
    return Task(
        kinds.CONTROL, None, state, records, (), duty.due_at if duty else None, _is_late(duty) and not records,
        not is_asked and not records, control.value, _entered_late(facts, records),
    )  # fmt: skip


def span_of(control: str, day: date) -> tuple[date, date]:
    """The days within which one report of the kind is asked for: the day, Monday to Sunday, the month."""
    if control == rules.ControlKind.WEEKLY:
        monday = day - timedelta(days=day.weekday())
        return monday, monday + timedelta(days=6)
    if control == rules.ControlKind.MONTHLY:
        after = date(day.year + day.month // 12, day.month % 12 + 1, 1)
        return day.replace(day=1), after - timedelta(days=1)
    return day, day


def _reports(facts: DayFacts, first: date, last: date) -> Sequence[Any]:
    return completing.records_of(facts.actor, kinds.CONTROL, facts.school_id, first, last)


def _owed(actor: Actor, school_id: int, day: date) -> dict[tuple[str, str], Duty]:
    """What is owed about the day, by kind and meal."""
    codes = [*(kind.duty for kind in kinds.KINDS.values() if kind.duty), *CONTROL_DUTIES.values()]
    return about_day(actor, school_id, day, codes)


def _is_late(duty: Duty | None) -> bool:
    return duty is not None and duty.fulfilled_at is None and duty.due_at < now()


def last_values(actor: Actor, kind: Kind, school_id: int, key: str) -> dict[UUID, Any]:
    """By `key` (refrigerator_id, …) the last record of each within a fortnight: what is proposed for the next."""
    model = kind.model
    column = getattr(model, key)
    query = (
        select(model)
        .where(
            model.bureau_id == actor.bureau_id, model.school_id == school_id, model.superseded_at.is_(None),
            model.on_day >= now().date() - timedelta(days=14),
        )
        .order_by(column, model.happened_at.desc())
        .ext(distinct_on(column))
    )  # fmt: skip
    return {getattr(one, key): one for one in db.session.scalars(query)}


def last_record(actor: Actor, kind: Kind, school_id: int, **where: Any) -> Any:
    """The newest record of a kind within two months, None where there is none."""
    model = kind.model
    query = select(model).where(
        model.bureau_id == actor.bureau_id, model.school_id == school_id, model.superseded_at.is_(None),
        model.on_day >= now().date() - timedelta(days=60),
        *(getattr(model, name) == value for name, value in where.items()),
    )  # fmt: skip
    return db.session.scalar(query.order_by(model.on_day.desc(), model.id.desc()).limit(1))
