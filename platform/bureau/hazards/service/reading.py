"""Hazards as the bureau, a zone and a school see them."""

from typing import Any

from sqlalchemy import func, select

from bureau.hazards import rules
from bureau.hazards.models import Hazard, HazardEvent, HazardPhoto
from bureau.schools.models import School
from kernel.actor import Actor
from kernel.database import db
from kernel.database.paging import Page, paginate


def _within(actor: Actor, query: Any) -> Any:
    query = query.where(Hazard.bureau_id == actor.bureau_id)
    if actor.level == "school":
        return query.where(Hazard.school_id == actor.own_school_id())
    return query.where(Hazard.school_id.in_(actor.school_ids)) if actor.level == "zone" else query


def list_hazards(actor: Actor, *, state: str | None = None, cursor: str | None = None, limit: int = 50) -> Page[Any]:
    """Rows (Hazard, school name), newest first; without `state` the open ones."""
    query = _within(
        actor,
        select(Hazard, School.name).join(
            School, (School.bureau_id == Hazard.bureau_id) & (School.id == Hazard.school_id)
        ),
    )
    query = query.where(Hazard.state == state if state else Hazard.state.in_(rules.OPEN_STATES))
    return paginate(db.session(), query, [Hazard.found_at, Hazard.id], cursor, limit, scalars=False)


def counts(actor: Actor) -> dict[str, int]:
    query = _within(actor, select(Hazard.state, func.count()).group_by(Hazard.state))
    return {row[0]: row[1] for row in db.session.execute(query)}


def open_hazards(actor: Actor, limit: int = 50) -> list[tuple[Hazard, str]]:
    """Oldest deadline first, for the landing page."""
    query = _within(
        actor,
        select(Hazard, School.name)
        .join(School, (School.bureau_id == Hazard.bureau_id) & (School.id == Hazard.school_id))
        .where(Hazard.state.in_(rules.OPEN_STATES))
        .order_by(Hazard.control_by, Hazard.id)
        .limit(limit),
    )
    return [(hazard, name) for hazard, name in db.session.execute(query)]


def events_of(hazard: Hazard) -> list[HazardEvent]:
    return list(
        db.session.scalars(
            select(HazardEvent)
            .where(
                HazardEvent.bureau_id == hazard.bureau_id,
                HazardEvent.school_id == hazard.school_id,
                HazardEvent.hazard_id == hazard.id,
            )
            .order_by(HazardEvent.id)
        )
    )


def photos_of(hazard: Hazard) -> list[HazardPhoto]:
    return list(
        db.session.scalars(
            select(HazardPhoto)
            .where(
                HazardPhoto.bureau_id == hazard.bureau_id,
                HazardPhoto.school_id == hazard.school_id,
                HazardPhoto.hazard_id == hazard.id,
            )
            .order_by(HazardPhoto.id)
        )
    )
