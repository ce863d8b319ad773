"""Whom the canteen pays."""

from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select

from kernel.actor import Actor
from kernel.database import db
from kernel.database.writing import flush, require_version
from kernel.errors import Conflict, Invalid, NotFound
from school.canteen_books.models import BookPayee

NAME = "uq_book_payees_name"


def all_payees(actor: Actor, *, active_only: bool = True) -> list[BookPayee]:
    query = _own(actor).order_by(BookPayee.is_active.desc(), BookPayee.kind, BookPayee.name)
    return list(db.session.scalars(query.where(BookPayee.is_active) if active_only else query))


def get_payee(actor: Actor, payee_id: UUID) -> BookPayee:
    found = db.session.scalars(_own(actor).where(BookPayee.id == payee_id)).one_or_none()
    if found is None:
        raise NotFound(_("没有这个收款方。"))
    return found


def save_payee(
    actor: Actor, payee_id: UUID, seen_version: int | None, *, name: str, kind: str, note: str, is_active: bool = True
) -> BookPayee:
    """Create under the client's id, or edit (`seen_version` then being the one seen)."""
    values: dict[str, Any] = {"name": name, "kind": kind, "note": note, "is_active": is_active}
    found = db.session.scalars(_own(actor).where(BookPayee.id == payee_id)).one_or_none()
    if found is None:
        found = BookPayee(
            bureau_id=actor.bureau_id, school_id=actor.own_school_id(), id=payee_id, created_by=actor.account_id,
            **values,
        )  # fmt: skip
        db.session.add(found)
    elif seen_version is None:
        if any(getattr(found, field) != value for field, value in values.items()):
            raise Conflict(_("同一编号的收款方已存在且内容不同。"))
        return found
    else:
        require_version(found, seen_version)
        for field, value in values.items():
            setattr(found, field, value)
    flush(db.session(), {NAME: Invalid({"name": [_("已有同名的收款方。")]})})
    return found


def _own(actor: Actor) -> Any:
    return select(BookPayee).where(BookPayee.bureau_id == actor.bureau_id, BookPayee.school_id == actor.own_school_id())
