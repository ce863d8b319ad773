"""The lists that records are made from: refrigerators, water machines, members of the supervision group."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select

from kernel.actor import Actor
from kernel.database import db
from kernel.database.writing import flush, require_version
from kernel.errors import Conflict, Invalid, NotFound
from school.canteen_day.group_models import SupervisionMember
from school.canteen_day.models import Refrigerator, WaterMachine

Listed = TypeVar("Listed", Refrigerator, WaterMachine, SupervisionMember)


def save(
    actor: Actor, model: type[Listed], row_id: UUID, values: Mapping[str, Any], seen: int | None = None
) -> tuple[Listed, bool]:  # fmt: skip
    """Add under an id of the client's making, or change (`seen`: the version that was seen). Nothing is deleted: what
    is gone is not active."""
    key = (actor.bureau_id, actor.own_school_id(), row_id)
    row = db.session.get(model, key)
    taken = {"name": [_("已有同名的一项。")]}
    errors = {f"uq_{model.__tablename__}_name": Invalid(taken)}
    if row is None:
        if seen is not None:
            raise NotFound(_("没有这一项。"))
        row = model(bureau_id=key[0], school_id=key[1], id=row_id, created_by=actor.account_id, **values)
        db.session.add(row)
        flush(db.session, {**errors, f"pk_{model.__tablename__}": Conflict(_("同一编号已用于另一项。"))})
        return row, True
    if seen is None:
        if all(getattr(row, name) == value for name, value in values.items()):
            return row, False
        raise Conflict(_("同一编号已用于另一项。"), {"version": row.version})
    require_version(row, seen)
    for name, value in values.items():
        setattr(row, name, value)
    flush(db.session, errors)
    return row, False


def get(actor: Actor, model: type[Listed], school_id: int, row_id: UUID) -> Listed:
    row = db.session.get(model, (actor.bureau_id, school_id, row_id))
    if row is None:
        raise NotFound(_("没有这一项。"))
    return row


def list_all(actor: Actor, model: type[Listed], school_id: int, *, only_active: bool = False) -> Sequence[Listed]:
    """Those in use first, then by kind and name."""
    query = select(model).where(model.bureau_id == actor.bureau_id, model.school_id == school_id)
    if only_active:
        query = query.where(model.is_active)
    return db.session.scalars(query.order_by(model.is_active.desc(), model.name, model.id)).all()
