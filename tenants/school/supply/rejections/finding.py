"""A rejection and its parts, by id, within what the actor may see; how its state moves."""

from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select

from kernel.actor import Actor
from kernel.database import db, now
from kernel.database.paging import Page, paginate
from kernel.errors import Conflict, NotFound
from kernel.states import NoTransition
from school.orders.service.finding import own
from school.supply import delivery_rules, labels
from school.supply.rejections.models import (
    GoodsRejection,
    GoodsRejectionEvent,
    GoodsRejectionLine,
    GoodsRejectionPhoto,
)


def get_rejection(
    actor: Actor, rejection_id: UUID, *, school_id: int | None = None, lock: bool = False
) -> GoodsRejection:
    """Raises NotFound."""
    query = own(actor, select(GoodsRejection).where(GoodsRejection.id == rejection_id), GoodsRejection)
    if school_id is not None:
        query = query.where(GoodsRejection.school_id == school_id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    rejection: GoodsRejection | None = db.session.scalar(query)
    if rejection is None:
        raise NotFound(_("没有这张拒收单。"))
    return rejection


def of_receipt(actor: Actor, school_id: int, receipt_id: UUID) -> GoodsRejection | None:
    query = select(GoodsRejection).where(
        GoodsRejection.bureau_id == actor.bureau_id, GoodsRejection.school_id == school_id,
        GoodsRejection.receipt_id == receipt_id,
    )  # fmt: skip
    rejection: GoodsRejection | None = db.session.scalar(query)
    return rejection


def _parts(model: Any, rejection: GoodsRejection) -> Any:
    query = select(model).where(
        model.bureau_id == rejection.bureau_id, model.school_id == rejection.school_id,
        model.rejection_id == rejection.id,
    )  # fmt: skip
    return query.order_by(model.id)


def lines_of(rejection: GoodsRejection, *, lock: bool = False) -> list[GoodsRejectionLine]:
    query = _parts(GoodsRejectionLine, rejection)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return list(db.session.scalars(query))


def photos_of(rejection: GoodsRejection) -> list[GoodsRejectionPhoto]:
    return list(db.session.scalars(_parts(GoodsRejectionPhoto, rejection)))


def events_of(rejection: GoodsRejection) -> list[GoodsRejectionEvent]:
    return list(db.session.scalars(_parts(GoodsRejectionEvent, rejection)))


def balance_of(line: GoodsRejectionLine) -> delivery_rules.Balance:
    return delivery_rules.Balance(line.quantity, line.replaced_quantity, line.credited_quantity)


def list_rejections(
    actor: Actor, *, school_id: int | None = None, state: str | None = None, cursor: str | None = None, limit: int = 50
) -> Page[GoodsRejection]:
    """Newest first: a school's own, a supplier's own, or those of a bureau's schools."""
    query = own(actor, select(GoodsRejection), GoodsRejection)
    if school_id is not None:
        query = query.where(GoodsRejection.school_id == school_id)
    if state:
        query = query.where(GoodsRejection.state == state)
    return paginate(db.session(), query, [GoodsRejection.id], cursor, limit)


def move(actor: Actor, rejection: GoodsRejection, event: str, reason: str = "") -> None:
    """Carry out a transition of a locked rejection and leave its row. Raises Conflict."""
    before = rejection.state
    try:
        rejection.state = delivery_rules.next_state(before, event)
    except NoTransition:
        text = _("拒收单当前为“%(state)s”，不能这样操作。", state=labels.REJECTION_STATES[before])
        raise Conflict(text, {"state": before, "version": rejection.version}) from None
    record(actor, rejection, event, reason, before)


def record(actor: Actor, rejection: GoodsRejection, event: str, reason: str, before: str) -> None:
    db.session.add(
        GoodsRejectionEvent(
            bureau_id=rejection.bureau_id, school_id=rejection.school_id, rejection_id=rejection.id,
            supplier_id=rejection.supplier_id, event=event, from_state=before, to_state=rejection.state, reason=reason,
            at=now(), by_id=actor.account_id, by_name=actor.display_name,
        )
    )  # fmt: skip
