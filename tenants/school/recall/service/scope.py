"""The tenant's part of every question that recalls ask of other modules' tables."""

from typing import Any

from sqlalchemy import and_, true

from kernel.actor import Actor


def visible(actor: Actor, model: Any) -> Any:
    """Rows of the actor's scope: the bureau's district, a zone's schools, a school's own."""
    schools: Any = true()
    if actor.level == "school":
        schools = model.school_id == actor.own_school_id()
    elif actor.level == "zone":
        schools = model.school_id.in_(actor.school_ids)
    return and_(model.bureau_id == actor.bureau_id, schools)


def same_tenant(one: Any, other: Any) -> Any:
    return and_(one.bureau_id == other.bureau_id, one.school_id == other.school_id)
