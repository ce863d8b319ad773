"""What duties know of schools, zones and terms."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from bureau.schools.models import School, SchoolStateChange, Term, Zone
from duties.sources import SchoolFacts, SchoolSource
from kernel.database import db
from kernel.web.dates import SHANGHAI

_ENROLMENT = (
    School.enrolment_under_6 + School.enrolment_6_8 + School.enrolment_9_11 + School.enrolment_12_14
    + School.enrolment_15_17
)  # fmt: skip
ClosedSpans = tuple[tuple[date, date | None], ...]


def schools(bureau_id: int, school_ids: Sequence[int] | None = None) -> Sequence[SchoolFacts]:
    """Two queries, however many schools."""
    query = (
        select(
            School.id, School.name, School.zone_id, School.stage, School.is_boarding, School.canteen_mode,
            School.diners, _ENROLMENT, School.boarders_male + School.boarders_female, School.classes, School.state,
        )
        .where(School.bureau_id == bureau_id)
        .order_by(School.code)
    )  # fmt: skip
    if school_ids is not None:
        query = query.where(School.id.in_(school_ids))
    changes = _closed_spans(bureau_id, school_ids)
    rows: list[list[Any]] = [list(row) for row in db.session.execute(query)]
    gone: ClosedSpans = ((date.min, None),)
    return [
        SchoolFacts(*[*facts, changes.get(facts[0], () if state == "active" else gone)]) for *facts, state in rows
    ]  # fmt: skip


def _closed_spans(bureau_id: int, school_ids: Sequence[int] | None) -> dict[int, ClosedSpans]:
    query = select(SchoolStateChange).where(SchoolStateChange.bureau_id == bureau_id).order_by(SchoolStateChange.id)
    if school_ids is not None:
        query = query.where(SchoolStateChange.school_id.in_(school_ids))
    by_school: dict[int, list[SchoolStateChange]] = defaultdict(list)
    for change in db.session.scalars(query):
        by_school[change.school_id].append(change)
    return {school_id: closed_spans([(c.at.astimezone(SHANGHAI).date(), c.to_state) for c in changes])
            for school_id, changes in by_school.items()}  # fmt: skip


def closed_spans(changes: Sequence[tuple[date, str]]) -> ClosedSpans:
    """Changes of state in order → spans of days out of service; closed on the day itself, open again on its day."""
    spans: list[tuple[date, date | None]] = []
    began: date | None = None
    for day, state in changes:
        if state == "active" and began is not None:
            spans.append((began, max(day, began + timedelta(days=1))))
            began = None
        elif state != "active" and began is None:
            began = day
    return (*spans, (began, None)) if began is not None else tuple(spans)


def zones(bureau_id: int) -> Mapping[int, str]:
    query = select(Zone.id, Zone.name).where(Zone.bureau_id == bureau_id).order_by(Zone.code)
    return {row.id: row.name for row in db.session.execute(query)}


def terms(bureau_id: int) -> tuple[tuple[date, date], ...]:
    query = select(Term.starts_on, Term.ends_on).where(Term.bureau_id == bureau_id).order_by(Term.starts_on)
    return tuple((starts_on, ends_on) for starts_on, ends_on in db.session.execute(query))


SOURCE = SchoolSource(schools=schools, zones=zones, terms=terms)
