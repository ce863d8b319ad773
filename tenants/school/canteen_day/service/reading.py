"""Records read: lists newest first, one with what it corrected and what corrected it."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select

from kernel.actor import Actor
from kernel.database import db
from kernel.database.paging import Page, paginate
from kernel.policy.service import effective
from school.canteen_day import rules
from school.canteen_day.kinds import Kind
from school.canteen_day.service.figures import LATE
from school.canteen_day.service.keeping import get_record


def list_records(
    actor: Actor, kind: Kind, school_id: int, *, day: date | None = None, current: bool = False,
    cursor: str | None = None, limit: int = 50,
) -> Page[Any]:  # fmt: skip
    """`current`: without those that a correction stands in for. Each is marked with `is_late`."""
    model = kind.model
    query = select(model).where(model.bureau_id == actor.bureau_id, model.school_id == school_id)
    if day is not None:
        query = query.where(model.on_day == day)
    if current:
        query = query.where(model.superseded_at.is_(None))
    page = paginate(db.session(), query, [model.on_day, model.id], cursor, limit)
    mark_late(actor, school_id, page.items)
    return page


def mark_late(actor: Actor, school_id: int, records: Iterable[Any]) -> None:
    """Sets `is_late` (补记): written down long after it happened."""
    minutes = effective(actor.bureau_id, LATE, school_id=school_id).number
    for record in records:
        record.is_late = rules.is_entered_late(record.happened_at, record.created_at, minutes)


def history(actor: Actor, kind: Kind, school_id: int, record_id: UUID) -> Sequence[Any]:
    """The record with all that it corrects and all that corrects it, oldest first."""
    model = kind.model
    own = (model.bureau_id == actor.bureau_id, model.school_id == school_id)
    found = {record_id: get_record(actor, kind, school_id, record_id)}
    while True:
        earlier = [one.corrects_id for one in found.values() if one.corrects_id is not None]
        query = select(model).where(
            *own, or_(model.corrects_id.in_(list(found)), model.id.in_(earlier)), model.id.not_in(list(found))
        )
        more = {one.id: one for one in db.session.scalars(query)}
        if not more:
            break
        found |= more
    records = sorted(found.values(), key=lambda one: (one.created_at, one.id))
    mark_late(actor, school_id, records)
    return records
