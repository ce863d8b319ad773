"""An agreement and its parts, by id, within what the actor may see; how its state moves."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select

from bureau.agreements import rules
from bureau.agreements.models import (
    Agreement,
    AgreementChange,
    AgreementDocument,
    AgreementEvent,
    AgreementItem,
    AgreementLot,
)
from kernel.actor import Actor
from kernel.database import db, now
from kernel.errors import NotFound, RuleBroken
from kernel.states import NoTransition
from kernel.web.dates import today


def get_agreement(actor: Actor, agreement_id: UUID, *, lock: bool = False) -> Agreement:
    """A school finds signed ones that cover it, a supplier its own. Raises NotFound."""
    query = select(Agreement).where(Agreement.bureau_id == actor.bureau_id, Agreement.id == agreement_id)
    if actor.level == "supplier":
        query = query.where(Agreement.supplier_id == actor.own_supplier_id())
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    agreement = db.session.scalar(query)
    if agreement is None or not _is_shown(actor, agreement):
        raise NotFound(_("没有这份协议。"))
    return agreement


def _is_shown(actor: Actor, agreement: Agreement) -> bool:
    if actor.level != "school":
        return True
    return agreement.is_signed and rules.covers(agreement.covers_all, agreement.school_ids, actor.own_school_id())


def lots_of(actor: Actor, agreement_ids: Collection[UUID]) -> list[AgreementLot]:
    query = select(AgreementLot).where(
        AgreementLot.bureau_id == actor.bureau_id, AgreementLot.agreement_id.in_(agreement_ids)
    )
    lots = db.session.scalars(query.order_by(AgreementLot.agreement_id, AgreementLot.number)).all()
    if actor.level == "school":
        own = actor.own_school_id()
        return [lot for lot in lots if rules.covers(lot.covers_all, lot.school_ids, own)]
    return list(lots)


def items_of(actor: Actor, lot_ids: Collection[UUID]) -> list[AgreementItem]:
    query = select(AgreementItem).where(AgreementItem.bureau_id == actor.bureau_id, AgreementItem.lot_id.in_(lot_ids))
    return list(db.session.scalars(query.order_by(AgreementItem.lot_id, AgreementItem.position)))


def get_lot(actor: Actor, agreement_id: UUID, lot_id: UUID) -> AgreementLot:
    for lot in lots_of(actor, [agreement_id]):
        if lot.id == lot_id:
            return lot
    raise NotFound(_("协议中没有这个标包。"))


def get_item(actor: Actor, agreement_item_id: UUID) -> AgreementItem:
    item = db.session.scalar(
        select(AgreementItem).where(
            AgreementItem.bureau_id == actor.bureau_id, AgreementItem.id == agreement_item_id
        )
    )  # fmt: skip
    if item is None:
        raise NotFound(_("协议中没有这项物品。"))
    return item


def _parts(model: Any, actor: Actor, agreement: Agreement) -> Sequence[Any]:
    query = select(model).where(
        model.bureau_id == actor.bureau_id,
        model.supplier_id == agreement.supplier_id,
        model.agreement_id == agreement.id,
    )
    return db.session.scalars(query.order_by(model.id)).all()


def events_of(actor: Actor, agreement: Agreement) -> list[AgreementEvent]:
    return list(_parts(AgreementEvent, actor, agreement))


def documents_of(actor: Actor, agreement: Agreement) -> list[AgreementDocument]:
    return list(_parts(AgreementDocument, actor, agreement))


def changes_of(actor: Actor, agreement: Agreement) -> list[AgreementChange]:
    return list(_parts(AgreementChange, actor, agreement))


def standing_of(agreement: Agreement, on: date | None = None) -> rules.Standing:
    return rules.standing(agreement.state, agreement.first_day, agreement.last_day, on or today())


def move(
    actor: Actor, agreement: Agreement, event: str, reason: str = "", details: dict[str, Any] | None = None
) -> None:
    """Carry out a transition of a locked agreement and leave its row; lots and lines are shown or hidden with it."""
    try:
        state = rules.next_state(agreement.state, event)
    except NoTransition as error:
        raise RuleBroken("agreement_state", _("协议当前状态下不能进行此操作。")) from error
    before, agreement.state = agreement.state, state
    agreement.state_reason = reason
    record(actor, agreement, event, reason, details, before=before)


def record(
    actor: Actor,
    agreement: Agreement,
    event: str,
    reason: str = "",
    details: dict[str, Any] | None = None,
    *,
    before: str | None = None,
) -> None:
    """A step beside the states, or, with `before`, a transition that was just made."""
    db.session.add(
        AgreementEvent(
            bureau_id=agreement.bureau_id, agreement_id=agreement.id, supplier_id=agreement.supplier_id, event=event,
            from_state=agreement.state if before is None else before, to_state=agreement.state, reason=reason,
            details=details or {}, at=now(), by_id=actor.account_id, by_name=actor.display_name,
        )
    )  # fmt: skip
