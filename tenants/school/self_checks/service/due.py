"""The calendar of a school: what its schedules ask for, what was done, what is late or missed. Nothing here is
stored: the clock alone makes a check late."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import select

from kernel.actor import Actor
from kernel.database import db
from kernel.web.dates import today
from school.self_checks import rules
from school.self_checks.models import SelfCheck, SelfCheckSchedule
from school.self_checks.service.schedules import day_facts, list_schedules, may_do, pattern_of

LOOK_BACK = timedelta(days=61)  # no grace is longer; what is older is missed, or was asked for once


@dataclass(frozen=True, slots=True)
class Owed:
    """One occurrence of one schedule. `check_id`: the check begun or submitted for it; `found_nothing` of that."""

    schedule: SelfCheckSchedule
    occurrence: rules.Occurrence
    standing: rules.Standing
    check_id: UUID | None = None
    is_begun: bool = False
    found_nothing: bool = False


def occurrences_of(
    actor: Actor, school_id: int, first: date, last: date, *, day: date | None = None
) -> list[Owed]:  # fmt: skip
    """Every occurrence that touches first..last, by day and title. `day`: today, for what happened in the past."""
    return _owed(actor, school_id, list_schedules(actor, school_id), first, last, day or today())


def _owed(
    actor: Actor, school_id: int, schedules: Sequence[SelfCheckSchedule], first: date, last: date, day: date
) -> list[Owed]:  # fmt: skip
    if not schedules:
        return []
    last = min(last, first + rules.LONGEST_SPAN)
    is_school_day, terms = day_facts(actor)
    done = {
        (row.schedule_id, row.occurs_on): row
        for row in db.session.execute(
            select(
                SelfCheck.schedule_id, SelfCheck.occurs_on, SelfCheck.id, SelfCheck.submitted_on,
                SelfCheck.found_nothing,
            ).where(
                SelfCheck.bureau_id == actor.bureau_id, SelfCheck.school_id == school_id,
                SelfCheck.schedule_id.in_([schedule.id for schedule in schedules]),
            )
        )
    }  # fmt: skip
    found = []
    for schedule in schedules:
        for occurrence in rules.occurrences(pattern_of(schedule), first, last, is_school_day, terms):
            row = done.get((schedule.id, occurrence.occurs_on))
            submitted_on = row.submitted_on if row else None
            found.append(
                Owed(
                    schedule, occurrence,
                    rules.standing(occurrence, submitted_on, day, schedule.grace_days, schedule.rhythm),
                    row.id if row else None, row is not None and submitted_on is None,
                    bool(row and row.found_nothing),
                )
            )  # fmt: skip
    return sorted(found, key=lambda one: (one.occurrence.due_on, one.schedule.title, str(one.schedule.id)))


def owed_now(actor: Actor, *, day: date | None = None, mine: bool = False) -> list[Owed]:
    """What can be done today: open or late. `mine`: only what the actor's role is asked for."""
    day = day or today()
    school_id = actor.own_school_id()
    schedules = [row for row in list_schedules(actor, school_id) if row.starts_on <= day]
    recurring = [row for row in schedules if row.rhythm != "once"]
    single = [row for row in schedules if row.rhythm == "once"]
    found = _owed(actor, school_id, recurring, day - LOOK_BACK, day, day)
    if single:  # asked for once and never done: owed however long ago it was
        found += _owed(actor, school_id, single, min(row.starts_on for row in single), day, day)
    return [one for one in found if one.standing in rules.STARTABLE and (not mine or may_do(actor, one.schedule))]


def find_occurrence(actor: Actor, schedule: SelfCheckSchedule, occurs_on: date) -> rules.Occurrence | None:
    """The occurrence that begins on this day, None when the schedule has none then."""
    is_school_day, terms = day_facts(actor)
    found = rules.occurrences(pattern_of(schedule), occurs_on, occurs_on, is_school_day, terms)
    return next((one for one in found if one.occurs_on == occurs_on), None)
