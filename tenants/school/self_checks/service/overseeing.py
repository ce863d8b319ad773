"""What the bureau asks of schools and how punctually they check; published through bureau.oversight."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import and_, func, or_, select

from bureau.oversight.feeds import Span
from bureau.oversight.self_check_feed import Punctuality, SelfCheckRequest
from kernel.actor import Actor
from kernel.database import db
from kernel.web.dates import today
from school.self_checks import rules
from school.self_checks.models import SelfCheck, SelfCheckSchedule
from school.self_checks.service.schedules import ask_schools, day_facts, end_batch, pattern_of


def punctuality(actor: Actor, span: Span) -> Sequence[Punctuality]:
    """What was owed is computed once per pattern, not per school: a request to a thousand schools is one pattern."""
    last = min(span.last, today())
    over_by = min(span.last, today() - rules.ONE_DAY)
    is_school_day, terms = day_facts(actor)

    @cache
    def expected_of(pattern: rules.Pattern) -> frozenset[date]:
        """Days of occurrences that were due in the span, up to yesterday."""
        found = rules.occurrences(pattern, span.first, last, is_school_day, terms)
        return frozenset(one.occurs_on for one in found if span.first <= one.due_on <= over_by)

    totals: dict[int, list[int]] = defaultdict(lambda: [0, 0, 0])
    for row in db.session.execute(_counts(actor, Span(span.first, last))):
        over = expected_of(pattern_of(row))
        done = dict(zip(row.days or (), row.submitted or (), strict=True))
        total = totals[row.school_id]
        for occurs_on in over | {day for day in done if day is not None}:
            total[0] += 1
            if occurs_on in done:
                total[1 if done[occurs_on] else 2] += 1
    return [Punctuality(school_id, *total) for school_id, total in totals.items()]


def _counts(actor: Actor, span: Span) -> Any:
    """One statement: every recurring schedule that touches the span, with its occurrences done in it (the day, and
    whether that was on time)."""
    done = and_(
        SelfCheck.bureau_id == SelfCheckSchedule.bureau_id,
        SelfCheck.school_id == SelfCheckSchedule.school_id,
        SelfCheck.schedule_id == SelfCheckSchedule.id,
        SelfCheck.state == "submitted",
        SelfCheck.due_on.between(span.first, span.last),
    )
    columns = [getattr(SelfCheckSchedule, name) for name in (
        "school_id", "rhythm", "starts_on", "ends_on", "weekdays", "month_day", "workdays_only",
    )]  # fmt: skip
    query = (
        select(
            *columns,
            func.array_agg(SelfCheck.occurs_on).filter(SelfCheck.id.is_not(None)).label("days"),
            func.array_agg(SelfCheck.submitted_on <= SelfCheck.due_on)
            .filter(SelfCheck.id.is_not(None))
            .label("submitted"),
        )
        .outerjoin(SelfCheck, done)
        .where(
            SelfCheckSchedule.bureau_id == actor.bureau_id,
            SelfCheckSchedule.rhythm != "once",
            SelfCheckSchedule.starts_on <= span.last,
            or_(SelfCheckSchedule.ends_on.is_(None), SelfCheckSchedule.ends_on >= span.first),
        )
        .group_by(SelfCheckSchedule.bureau_id, SelfCheckSchedule.school_id, SelfCheckSchedule.id)
    )
    if actor.level == "school":
        return query.where(SelfCheckSchedule.school_id == actor.own_school_id())
    return query.where(SelfCheckSchedule.school_id.in_(actor.school_ids)) if actor.level == "zone" else query


def requests(actor: Actor) -> Sequence[SelfCheckRequest]:
    done = (
        select(SelfCheck.id)
        .where(
            SelfCheck.bureau_id == SelfCheckSchedule.bureau_id,
            SelfCheck.school_id == SelfCheckSchedule.school_id,
            SelfCheck.schedule_id == SelfCheckSchedule.id,
            SelfCheck.state == "submitted",
        )
        .exists()
    )
    first = func.min
    query: Any = (
        select(
            SelfCheckSchedule.batch, first(SelfCheckSchedule.title), first(SelfCheckSchedule.rhythm),
            first(SelfCheckSchedule.starts_on), func.max(SelfCheckSchedule.ends_on), func.count(),
            func.count().filter(done),
        )
        .where(SelfCheckSchedule.bureau_id == actor.bureau_id, SelfCheckSchedule.batch.is_not(None))
        .group_by(SelfCheckSchedule.batch)
        .order_by(SelfCheckSchedule.batch.desc())
        .limit(200)
    )  # fmt: skip
    if actor.level == "zone":
        query = query.where(SelfCheckSchedule.school_id.in_(actor.school_ids))
    return [SelfCheckRequest(*row) for row in db.session.execute(query)]


def ask(actor: Actor, batch: UUID, school_ids: Sequence[int], **content: Any) -> int:
    return len(ask_schools(actor, batch, school_ids, **content))


def end(actor: Actor, batch: UUID, ends_on: date) -> int:
    return end_batch(actor, batch, ends_on)
