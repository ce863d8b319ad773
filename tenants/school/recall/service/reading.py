"""Recalls and incidents as the bureau lists them, and how far the schools are."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from bureau.schools.service.schools import school_names
from kernel.actor import Actor
from kernel.database import db
from kernel.database.paging import Page, paginate
from school.recall.models import Recall, RecallEvent, RecallPart, SuspectedIncident
from school.recall.rules import RUNNING, seconds_between
from school.recall.service.scope import visible


@dataclass(frozen=True, slots=True)
class Progress:
    """How many schools were told, have read it, have secured the goods; seconds from telling to the last of each."""

    told: int
    seen: int
    secured: int
    seconds_to_tell: int | None
    seconds_to_all_seen: int | None
    seconds_to_all_secured: int | None


def list_recalls(actor: Actor, *, cursor: str | None = None, limit: int = 50) -> Page[Any]:
    query = select(Recall).where(Recall.bureau_id == actor.bureau_id)
    return paginate(db.session(), query, (Recall.begun_at, Recall.id), cursor, limit)


def running(actor: Actor) -> Sequence[Recall]:
    query = select(Recall).where(Recall.bureau_id == actor.bureau_id, Recall.state.in_(RUNNING))
    return db.session.scalars(query.order_by(Recall.begun_at)).all()


def events_of(actor: Actor, recall_id: UUID) -> Sequence[RecallEvent]:
    query = select(RecallEvent).where(RecallEvent.bureau_id == actor.bureau_id, RecallEvent.recall_id == recall_id)
    return db.session.scalars(query.order_by(RecallEvent.at, RecallEvent.id)).all()


def parts_of(actor: Actor, recall_id: UUID) -> list[tuple[RecallPart, str]]:
    """Each school's part with the school's name; who has not secured yet comes first."""
    parts = db.session.scalars(
        select(RecallPart).where(visible(actor, RecallPart), RecallPart.recall_id == recall_id)
    ).all()
    names = school_names(actor, {part.school_id for part in parts})
    named = [(part, names.get(part.school_id, str(part.school_id))) for part in parts]
    return sorted(named, key=lambda one: (one[0].state == "secured", one[0].seen_at is not None, one[1]))


def progress(recall: Recall, parts: Sequence[RecallPart]) -> Progress:
    def last(times: Sequence[datetime | None]) -> int | None:
        if not times or any(at is None for at in times) or recall.told_at is None:
            return None
        return seconds_between(recall.told_at, max(at for at in times if at is not None))

    return Progress(
        told=len(parts),
        seen=sum(part.seen_at is not None for part in parts),
        secured=sum(part.secured_at is not None for part in parts),
        seconds_to_tell=seconds_between(recall.begun_at, recall.told_at) if recall.told_at else None,
        seconds_to_all_seen=last([part.seen_at for part in parts]),
        seconds_to_all_secured=last([part.secured_at for part in parts]),
    )


def list_parts(actor: Actor, *, cursor: str | None = None, limit: int = 50) -> Page[Any]:
    """A school's own recalls, a zone's schools', newest first."""
    query = select(RecallPart).where(visible(actor, RecallPart))
    return paginate(db.session(), query, (RecallPart.told_at, RecallPart.id), cursor, limit)


def unsecured(actor: Actor) -> Sequence[RecallPart]:
    query = select(RecallPart).where(
        visible(actor, RecallPart), RecallPart.state == "told", RecallPart.is_over.is_(False)
    )
    return db.session.scalars(query.order_by(RecallPart.told_at)).all()


def list_incidents(actor: Actor, *, cursor: str | None = None, limit: int = 50) -> Page[Any]:
    query = select(SuspectedIncident).where(visible(actor, SuspectedIncident))
    return paginate(db.session(), query, (SuspectedIncident.noticed_at, SuspectedIncident.id), cursor, limit)


def waiting_incidents(actor: Actor) -> Sequence[SuspectedIncident]:
    query = select(SuspectedIncident).where(visible(actor, SuspectedIncident), SuspectedIncident.state == "reported")
    return db.session.scalars(query.order_by(SuspectedIncident.noticed_at)).all()


def recalls_of_incident(actor: Actor, incident: SuspectedIncident) -> Sequence[Recall]:
    """The bureau's; a school does not see them."""
    if actor.level != "bureau":
        return ()
    query = select(Recall).where(
        Recall.bureau_id == actor.bureau_id, Recall.incident_school_id == incident.school_id,
        Recall.incident_id == incident.id,
    )  # fmt: skip
    return db.session.scalars(query.order_by(Recall.begun_at)).all()


def count_running_parts(actor: Actor) -> int:
    query = select(func.count()).where(visible(actor, RecallPart), RecallPart.is_over.is_(False))
    return db.session.scalar(query) or 0
