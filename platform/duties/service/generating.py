"""Duties are written ahead of time, from each school's plan, in bulk.

Schools with equal plans owe the same things: the occurrences of each plan are computed once and joined to its schools
by the database. Done again, it writes nothing: a school's `duty_progress` says how far its duties reach and by which
plan; a changed plan (a setting, a holiday, a term, a figure) takes back what is not due yet and writes it anew.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select, text

from duties.kinds import published_kinds
from duties.models import DutyProgress
from duties.rules import SHANGHAI, Occurrence, occurrences
from duties.service.fulfilling import SETTLE
from duties.service.plans import Plan, Planning, planning
from duties.sources import SchoolFacts, schools_source
from kernel.database import db, now

AHEAD = timedelta(days=7)  # how far duties reach; pages show what comes later from the plan itself
MOST_CATCH_UP = timedelta(days=31)
WARN_AHEAD = timedelta(days=30)  # before the last known term ends: after it nothing is owed
LOCK = 0x6475_7479  # "duty": the first half of the advisory lock's key, the bureau is the second

INSERT = text("""
INSERT INTO duties (bureau_id, school_id, id, kind, period, meal, on_day, first_day, last_day, opens_at, due_at,
                    closes_at, is_long, needed, record_kind)
SELECT :bureau_id, s.school_id,
       encode(set_bit(set_bit(overlay(uuid_send(gen_random_uuid())
           PLACING substring(int8send(:milliseconds) FROM 3) FROM 1 FOR 6), 52, 1), 53, 1), 'hex')::uuid,
       o.kind, o.period, o.meal, o.on_day, o.first_day, o.last_day, o.opens_at, o.due_at, o.closes_at,
       o.closes_at - o.due_at > interval '48 hours', o.needed, ''
FROM unnest(cast(:school_ids AS int[])) AS s (school_id),
     unnest(cast(:kinds AS text[]), cast(:periods AS text[]), cast(:meals AS text[]), cast(:on_days AS date[]),
            cast(:first_days AS date[]), cast(:last_days AS date[]), cast(:opens AS timestamptz[]),
            cast(:dues AS timestamptz[]), cast(:closes AS timestamptz[]), cast(:needed AS int[]))
         AS o (kind, period, meal, on_day, first_day, last_day, opens_at, due_at, closes_at, needed)
ON CONFLICT (bureau_id, school_id, kind, period) DO NOTHING
""")
# What is not due yet and not done is taken back; what was done stays, and is not written twice.
TAKE_BACK = text("""
DELETE FROM duties WHERE bureau_id = :bureau_id AND school_id = ANY (:school_ids) AND due_at > :now
AND fulfilled_at IS NULL AND NOT kind = ANY (:asked)
""")
OUT_OF_SERVICE = text("""
DELETE FROM duties WHERE bureau_id = :bureau_id AND school_id = :school_id AND fulfilled_at IS NULL
AND on_day >= :first AND on_day < :end AND due_at >= :since
""")
# Of what was written now, only that which is about days up to today can have a record already.
SETTLE_NEW = text(
    SETTLE.format(
        which="o.school_id = ANY (:school_ids) AND o.due_at >= :since AND o.first_day <= :today"
        " AND o.fulfilled_at IS NULL AND EXISTS (SELECT FROM duty_marks h WHERE h.bureau_id = o.bureau_id"
        " AND h.school_id = o.school_id AND h.kind = o.kind AND h.meal = o.meal"
        " AND h.on_day BETWEEN o.first_day AND o.last_day AND h.withdrawn_at IS NULL)"
    )
)
# See duties.resolving.excuses for the rule.
EXCUSE = text("""
UPDATE duties AS d SET excuse_id = e.id
FROM duty_excuses e
WHERE e.bureau_id = :bureau_id AND e.school_id = ANY (:school_ids) AND e.state = 'confirmed' AND e.last_day >= :first
  AND d.bureau_id = :bureau_id AND d.school_id = e.school_id AND d.on_day BETWEEN e.first_day AND e.last_day
  AND d.due_at >= :since
  AND d.excuse_id IS NULL AND (e.meals = '{}' OR d.meal = ANY (e.meals))
  AND (d.kind = ANY (e.kinds) OR (e.kinds = '{}' AND d.first_day >= e.first_day AND d.last_day <= e.last_day))
""")


@dataclass(frozen=True, slots=True)
class Generated:
    schools: int
    duties: int


@dataclass(frozen=True, slots=True)
class _Task:
    """Schools that get the same occurrences. `opened_after`: write what opens after that day; None: what is not due."""

    digest: str
    opened_after: date | None
    is_replanned: bool
    closed: tuple[tuple[date, date | None], ...]


def generate(bureau_id: int, *, school_ids: Sequence[int] | None = None, through: date | None = None) -> Generated:
    """Duties of the bureau's schools (or some of them) that open until `through`, a week from today by default.

    In the bureau's scope. Two at once wait for each other; done twice, stopped half-way or left out for days it comes
    to the same rows, at most a month back.
    """
    at = now()
    day = at.astimezone(SHANGHAI).date()
    through = through or day + AHEAD
    db.session.execute(text("SELECT pg_advisory_xact_lock(:lock, :bureau)"), {"lock": LOCK, "bureau": bureau_id})
    facts = list(schools_source().schools(bureau_id, school_ids))
    plans = planning(bureau_id, facts)
    reached = {
        row.school_id: (row.generated_through, row.plan)
        for row in db.session.execute(
            select(DutyProgress.school_id, DutyProgress.generated_through, DutyProgress.plan).where(
                DutyProgress.bureau_id == bureau_id
            )
        )
    }
    tasks, plan_of = _tasks(plans, facts, reached, day, through)
    count = 0
    for task, members in tasks.items():
        count += _perform(bureau_id, plans, plan_of[task.digest], task, members, at, through)
    _close(bureau_id, [school for school in facts if school.closed], at)
    return Generated(sum(len(members) for members in tasks.values()), count)


def _tasks(
    plans: Planning,
    facts: Sequence[SchoolFacts],
    reached: dict[int, tuple[date, str]],
    day: date,
    through: date,
) -> tuple[dict[_Task, list[int]], dict[str, Plan]]:
    tasks: dict[_Task, list[int]] = defaultdict(list)
    plan_of: dict[str, Plan] = {}
    for school in facts:
        if not school.in_service(day) and not school.in_service(through):
            continue
        plan = plans.plan_of(school)
        known = reached.get(school.id)
        if known is not None and known[0] >= through and known[1] == plan.digest:
            continue
        plan_of.setdefault(plan.digest, plan)
        is_replanned = known is None or known[1] != plan.digest
        opened_after = None if known is None else max(known[0], day - MOST_CATCH_UP)
        tasks[_Task(plan.digest, opened_after, is_replanned, school.closed)].append(school.id)
    return tasks, plan_of


def _perform(
    bureau_id: int, plans: Planning, plan: Plan, task: _Task, school_ids: list[int], at: datetime, through: date
) -> int:
    day = at.astimezone(SHANGHAI).date()
    place: dict[str, Any] = {"bureau_id": bureau_id, "school_ids": school_ids, "now": at, "today": day}
    if task.is_replanned:
        db.session.execute(TAKE_BACK, {**place, "asked": asked_codes()})
    found = _wanted(plans, plan, task, at, through)
    written = _insert(place, found) if found else 0
    if written:
        since = min(one.due_at for _kind, one in found)
        place |= {"since": since, "first": since.astimezone(SHANGHAI).date()}
        db.session.execute(SETTLE_NEW, place)
        db.session.execute(EXCUSE, place)
    db.session.execute(
        text(
            "INSERT INTO duty_progress (bureau_id, school_id, generated_through, plan, generated_at)"
            " SELECT :bureau_id, s, :through, :plan, :now FROM unnest(cast(:school_ids AS int[])) s"
            " ON CONFLICT (bureau_id, school_id) DO UPDATE SET plan = excluded.plan,"
            " generated_through = greatest(duty_progress.generated_through, excluded.generated_through),"
            " generated_at = excluded.generated_at"
        ),
        {**place, "through": through, "plan": task.digest},
    )
    return written


def _wanted(plans: Planning, plan: Plan, task: _Task, at: datetime, through: date) -> list[tuple[str, Occurrence]]:
    """Of each kind, what this run writes: what opens after the last run's reach, and with a new plan all that is not
    due yet. A school's first duties are those that are not due yet."""
    reach = through if task.opened_after is None else max(through, task.opened_after)
    day = at.astimezone(SHANGHAI).date()
    found = []
    for owed in plan.owed:
        first = day - owed.pattern.longest_open if task.is_replanned else through
        first = first if task.opened_after is None else min(first, task.opened_after)
        for one in occurrences(owed.pattern, plans.calendar, plan.meals, first, reach, by="opens"):
            opens_on = one.opens_at.astimezone(SHANGHAI).date()
            is_new = task.opened_after is not None and task.opened_after < opens_on <= reach
            is_ahead = task.is_replanned and one.due_at > at and opens_on <= reach
            if (is_new or is_ahead) and not _closed(task.closed, one.on_day):
                found.append((owed.kind.code, one))
    return found


def _closed(spans: Sequence[tuple[date, date | None]], day: date) -> bool:
    return any(first <= day and (end is None or day < end) for first, end in spans)


def _insert(place: dict[str, Any], found: Sequence[tuple[str, Occurrence]]) -> int:
    values = {
        "milliseconds": int(place["now"].timestamp() * 1000),
        "kinds": [kind for kind, _one in found],
        "periods": [one.period for _kind, one in found],
        "meals": [one.meal for _kind, one in found],
        "on_days": [one.on_day for _kind, one in found],
        "first_days": [one.first_day for _kind, one in found],
        "last_days": [one.last_day for _kind, one in found],
        "opens": [one.opens_at for _kind, one in found],
        "dues": [one.due_at for _kind, one in found],
        "closes": [one.closes_at for _kind, one in found],
        "needed": [one.needed for _kind, one in found],
    }
    done: Any = db.session.execute(INSERT, {**place, **values})
    return int(done.rowcount)


def _close(bureau_id: int, schools: Sequence[SchoolFacts], at: datetime) -> None:
    """A school out of service owes nothing of those days; what it did on them stays."""
    for school in schools:
        for first, end in school.closed:
            if end is not None and end < (at - MOST_CATCH_UP).date():
                continue
            db.session.execute(
                OUT_OF_SERVICE,
                {
                    "bureau_id": bureau_id, "school_id": school.id, "first": first, "end": end or date.max,
                    "since": at - MOST_CATCH_UP,
                },
            )  # fmt: skip


def asked_codes() -> list[str]:
    """Kinds whose duties modules ask for one by one: no plan writes them, none takes them back."""
    return [code for code, kind in published_kinds().items() if kind.cadence == "asked"]


def regenerate_school(bureau_id: int, school_id: int) -> Generated:
    """After a change of one school's own plan: at once, so that it sees what it asked for."""
    return generate(bureau_id, school_ids=[school_id])
