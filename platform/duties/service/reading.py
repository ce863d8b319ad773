"""What a school owes: now, on a day, in a week or month; and one duty with what was done for it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select

from duties import rules
from duties.models import Duty, DutyMark, DutyTick
from duties.rules import SHANGHAI, Standing
from duties.service.plans import Kind, every_kind, planning
from duties.sources import role_book, schools_source
from kernel.actor import Actor
from kernel.database import db, now
from kernel.errors import NotFound
from kernel.identity.holders import in_force
from kernel.identity.models import Membership
from kernel.web.dates import span_of_days

SOON = timedelta(days=3)  # what takes a week or longer stands on the landing page from then on


@dataclass(frozen=True, slots=True)
class Shown:
    """A duty as a page shows it. `id` None: not written yet, it follows from the plan. `kind` None: nobody knows it now."""

    code: str
    title: str
    kind: Kind | None
    period: str
    meal: str
    first_day: date
    last_day: date
    opens_at: datetime
    due_at: datetime
    closes_at: datetime
    standing: Standing
    id: UUID | None = None
    fulfilled_at: datetime | None = None
    needed: int = 1

    @property
    def on_day(self) -> date:
        return self.due_at.astimezone(SHANGHAI).date()


def own_place(actor: Actor) -> int:
    return actor.own_school_id()


def seen_school(actor: Actor, school_id: int) -> int:
    """A school that the actor may look at: their own, of their zone, of their bureau."""
    allowed = {"school": (actor.school_id,), "zone": actor.school_ids}.get(actor.level)
    if allowed is not None and school_id not in allowed:
        raise NotFound
    if actor.level == "bureau" and not schools_source().schools(actor.bureau_id, [school_id]):
        raise NotFound
    return school_id


def owed_now(actor: Actor, *, at: datetime | None = None) -> list[Shown]:
    """What of the actor's own school is late, due today, or open and due within three days; by due time."""
    at = at or now()
    school_id = actor.own_school_id()
    end = span_of_days(at.astimezone(SHANGHAI).date(), at.astimezone(SHANGHAI).date())[1]
    query = (
        select(Duty)
        .where(
            Duty.bureau_id == actor.bureau_id, Duty.school_id == school_id, Duty.fulfilled_at.is_(None),
            Duty.excuse_id.is_(None), Duty.closes_at >= at, Duty.due_at >= at - rules.MOST_GRACE,
            or_(Duty.due_at < end, (Duty.opens_at <= at) & (Duty.due_at < end + SOON)),
        )
        .order_by(Duty.due_at, Duty.kind, Duty.meal)
    )  # fmt: skip
    return _shown(actor, school_id, db.session.scalars(query), at)


def about_day(actor: Actor, school_id: int, day: date, codes: Collection[str]) -> dict[tuple[str, str], Duty]:
    """What a school owes about a day or on it, of some kinds: (kind, meal) → the duty that is due first. What is excused
    is left out."""
    query = select(Duty).where(
        Duty.bureau_id == actor.bureau_id, Duty.school_id == school_id, Duty.kind.in_(codes), Duty.last_day >= day,
        or_(Duty.first_day <= day, Duty.on_day == day), Duty.excuse_id.is_(None),
    )  # fmt: skip
    return {(duty.kind, duty.meal): duty for duty in db.session.scalars(query.order_by(Duty.due_at.desc()))}


def mine(actor: Actor, found: Sequence[Shown]) -> list[Shown]:
    """Those that are the actor's task: by role; of what nobody at the school has the role for, its heads'."""
    held = held_roles(actor.bureau_id, actor.own_school_id())
    return [one for one in found if is_task_of(actor, one.kind, held)]


def is_task_of(actor: Actor, kind: Kind | None, held: frozenset[str]) -> bool:
    roles = frozenset(kind.roles) if kind is not None else frozenset()
    if roles & held:
        return bool(roles & actor.roles)
    return is_head(actor)


def is_head(actor: Actor) -> bool:
    return actor.level == "school" and bool(actor.roles & set(role_book().heads))


def held_roles(bureau_id: int, school_id: int) -> frozenset[str]:
    """The roles that somebody holds at the school today."""
    query = (
        select(Membership.role)
        .where(
            Membership.bureau_id == bureau_id, Membership.school_id == school_id, Membership.level == "school",
            in_force(),
        )
        .distinct()
    )  # fmt: skip
    return frozenset(db.session.scalars(query))


def between(actor: Actor, school_id: int, first: date, last: date, *, at: datetime | None = None) -> list[Shown]:
    """Everything that is due at a school on first..last: what is written, and beyond its reach what the plan says."""
    seen_school(actor, school_id)
    at = at or now()
    begin, end = span_of_days(first, last)
    query = (
        select(Duty)
        .where(Duty.bureau_id == actor.bureau_id, Duty.school_id == school_id, Duty.due_at >= begin, Duty.due_at < end)
        .order_by(Duty.due_at, Duty.kind, Duty.meal)
    )
    found = _shown(actor, school_id, db.session.scalars(query), at)
    if end > at:
        written = {(one.code, one.period) for one in found}
        found += [one for one in _planned(actor, school_id, first, last, at) if (one.code, one.period) not in written]
    return sorted(found, key=lambda one: (one.due_at, one.code, one.meal))


def _planned(actor: Actor, school_id: int, first: date, last: date, at: datetime) -> list[Shown]:
    """What is not due yet, from the plan; what was taken off the plan today stays away, what was due already is no plan."""
    schools = list(schools_source().schools(actor.bureau_id, [school_id]))
    if not schools:
        return []
    plans = planning(actor.bureau_id, schools)
    plan = plans.plan_of(schools[0])
    return [
        Shown(
            owed.kind.code, str(owed.kind.title), owed.kind, one.period, one.meal, one.first_day, one.last_day,
            one.opens_at, one.due_at, one.closes_at,
            rules.standing(one.opens_at, one.due_at, one.closes_at, None, False, at), needed=one.needed,
        )
        for owed in plan.owed
        for one in rules.occurrences(owed.pattern, plans.calendar, plan.meals, first, last)
        if one.due_at > at and one.opens_at > at and schools[0].in_service(one.on_day)
    ]  # fmt: skip


def _shown(actor: Actor, school_id: int, rows: Any, at: datetime) -> list[Shown]:
    rows = list(rows)
    if not rows:
        return []
    kinds = every_kind(actor.bureau_id, [school_id], figures=False)
    return [show(row, kinds, at) for row in rows]


def show(row: Duty, kinds: Mapping[str, Kind], at: datetime) -> Shown:
    kind = kinds.get(row.kind)
    return Shown(
        row.kind, str(kind.title) if kind else row.kind, kind, row.period, row.meal, row.first_day, row.last_day,
        row.opens_at, row.due_at, row.closes_at,
        rules.standing(row.opens_at, row.due_at, row.closes_at, row.fulfilled_at, row.excuse_id is not None, at),
        row.id, row.fulfilled_at, row.needed,
    )  # fmt: skip


def get_duty(actor: Actor, school_id: int, duty_id: UUID) -> Duty:
    seen_school(actor, school_id)
    row = db.session.get(Duty, (actor.bureau_id, school_id, duty_id))
    if row is None:
        raise NotFound
    return row


def marks_of(duty: Duty) -> list[DutyMark]:
    """What counts for it, in order; withdrawn ones too."""
    query = select(DutyMark).where(
        DutyMark.bureau_id == duty.bureau_id, DutyMark.school_id == duty.school_id, DutyMark.kind == duty.kind,
        DutyMark.meal == duty.meal, DutyMark.on_day.between(duty.first_day, duty.last_day),
    )  # fmt: skip
    return list(db.session.scalars(query.order_by(DutyMark.at, DutyMark.id)))


def ticks_of(duty: Duty) -> list[DutyTick]:
    query = select(DutyTick).where(
        DutyTick.bureau_id == duty.bureau_id, DutyTick.school_id == duty.school_id, DutyTick.kind == duty.kind,
        DutyTick.meal == duty.meal, DutyTick.on_day.between(duty.first_day, duty.last_day),
    )  # fmt: skip
    return list(db.session.scalars(query.order_by(DutyTick.id)))
