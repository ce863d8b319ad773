"""Changes of a signed agreement: one pending at a time, proposed by one person, approved by another.

What a change does is done when it is approved, by `_EFFECTS`; until then nothing of the agreement moves. A stop for
safety cannot wait for a second person: `stop` takes effect at once and is confirmed or lifted afterwards.
"""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import func, select

from bureau.agreements import change_rules, rules
from bureau.agreements.labels import CHANGE_KINDS
from bureau.agreements.models import Agreement, AgreementChange, AgreementLot
from bureau.agreements.service import change_effects
from bureau.agreements.service.change_checks import check_details, require_day
from bureau.agreements.service.finding import get_agreement, lots_of, move, record, standing_of
from kernel.actor import Actor
from kernel.database import db, now
from kernel.database.writing import flush, require_version
from kernel.errors import Conflict, Denied, Invalid, NotFound, RuleBroken
from kernel.web.dates import today

ONE_PENDING = "uq_agreement_changes_pending"


def propose(
    actor: Actor, agreement_id: UUID, change_id: UUID, *, kind: str, reason: str, details: Mapping[str, Any],
    from_day: date | None = None,
) -> AgreementChange:  # fmt: skip
    """`details` by kind: term_extension {last_day}; price_change {rule: "lower"|"market", lines: [{agreement_item_id,
    price_fen} | {lot_id, discount}]} (of "market" only the lines, the price is computed); item_added {lot_id, item_id,
    unit, price_fen?, quantity}; quantity_supplement {lines: [{agreement_item_id, quantity}]}; supplier_data {fields};
    suspension, resumption {lot_id?}; termination {}. `from_day`: first day on which it holds; by default today."""
    agreement = get_agreement(actor, agreement_id, lock=True)
    known = db.session.get(AgreementChange, (actor.bureau_id, change_id))
    if known is not None:
        if (known.agreement_id, known.kind, known.reason) == (agreement.id, kind, reason):
            return known
        raise Conflict(_("这个编号已用于另一项变更。"))
    if kind not in CHANGE_KINDS:
        raise Invalid({"kind": [_("请从列出的选项中选择。")]})
    if not reason.strip():
        raise Invalid({"reason": [_("请写明原因。")]})
    _require_possible(agreement, kind)
    pending = pending_change(actor, agreement)
    if pending is not None:
        raise _already_pending(pending)
    day = from_day or today()
    require_day(agreement, kind, day)
    clean, amount = check_details(actor, agreement, kind, details, day)
    change = AgreementChange(
        bureau_id=agreement.bureau_id, id=change_id, agreement_id=agreement.id, supplier_id=agreement.supplier_id,
        number=_next_number(actor, agreement), kind=kind, reason=reason, details=clean, amount_fen=amount, from_day=day,
        created_by=actor.account_id, created_by_name=actor.display_name,
    )  # fmt: skip
    db.session.add(change)
    flush(
        db.session(),
        {
            ONE_PENDING: Conflict(_("这份协议已有一项变更待批准。")),
            "pk_agreement_changes": Conflict(_("这个编号已用于另一项变更。")),
        },
    )
    return change


def approve(actor: Actor, agreement_id: UUID, change_id: UUID, seen: int | None, reason: str = "") -> AgreementChange:
    """By another person than the one who proposed. Everything is checked again: days went by since."""
    agreement = get_agreement(actor, agreement_id, lock=True)
    change = get_change(actor, agreement, change_id)
    if change.state == "active" and change.decided_by == actor.account_id:
        return change
    require_version(change, seen)
    if change_rules.next_state(change.state, "approve") is None:
        raise _wrong_state()
    if change.created_by == actor.account_id:
        raise Denied(message=_("提出变更的人不能自己批准。"))
    _require_possible(agreement, change.kind)
    # What was to hold from a day that has passed holds from today: no price changes backwards.
    change.from_day = max(change.from_day, today())
    require_day(agreement, change.kind, change.from_day)
    _clean, change.amount_fen = check_details(actor, agreement, change.kind, change.details, change.from_day)
    _decide(actor, change, "approve", reason)
    flush(db.session())
    _EFFECTS[change.kind](actor, agreement, change)
    record(actor, agreement, "change", change.reason, {"change": change.number, "kind": change.kind})
    flush(db.session())
    return change


def withdraw(actor: Actor, agreement_id: UUID, change_id: UUID, seen: int | None, reason: str) -> AgreementChange:
    """Refused, or taken back: the change is over without effect."""
    agreement = get_agreement(actor, agreement_id, lock=True)
    change = get_change(actor, agreement, change_id)
    require_version(change, seen)
    if not reason.strip():
        raise Invalid({"reason": [_("请写明原因。")]})
    _decide(actor, change, "cancel", reason)
    flush(db.session())
    return change


def stop(
    actor: Actor, agreement_id: UUID, change_id: UUID, *, reason: str, lot_id: UUID | None = None
) -> AgreementChange:
    """An urgent stop of the agreement, or of this supplier at one lot: no new order from this moment."""
    agreement = get_agreement(actor, agreement_id, lock=True)
    known = db.session.get(AgreementChange, (actor.bureau_id, change_id))
    if known is not None:
        if known.agreement_id == agreement.id and known.is_urgent and known.reason == reason:
            return known
        raise Conflict(_("这个编号已用于另一项变更。"))
    if not reason.strip():
        raise Invalid({"reason": [_("请写明原因。")]})
    _require_possible(agreement, "suspension")
    clean, _amount = check_details(actor, agreement, "suspension", {"lot_id": lot_id}, today())
    change = AgreementChange(
        bureau_id=agreement.bureau_id, id=change_id, agreement_id=agreement.id, supplier_id=agreement.supplier_id,
        number=_next_number(actor, agreement), kind="suspension", state="active", reason=reason, details=clean,
        from_day=today(), is_urgent=True, created_by=actor.account_id, created_by_name=actor.display_name,
    )  # fmt: skip
    db.session.add(change)
    flush(db.session())
    _suspend(actor, agreement, change)
    flush(db.session())
    return change


def confirm_stop(
    actor: Actor, agreement_id: UUID, change_id: UUID, seen: int | None, reason: str = ""
) -> AgreementChange:
    """A second person stands by an urgent stop. Lifting it is a resumption, as with any other."""
    agreement = get_agreement(actor, agreement_id, lock=True)
    change = get_change(actor, agreement, change_id)
    require_version(change, seen)
    if not change.is_urgent or change.decided_at is not None:
        raise _wrong_state()
    if change.created_by == actor.account_id:
        raise Denied(message=_("提出变更的人不能自己批准。"))
    change.decided_at, change.decided_by, change.decided_by_name = now(), actor.account_id, actor.display_name
    change.decision_reason = reason
    record(actor, agreement, "confirm_stop", reason, {"change": change.number})
    flush(db.session())
    return change


def get_change(actor: Actor, agreement: Agreement, change_id: UUID) -> AgreementChange:
    change = db.session.scalar(
        select(AgreementChange)
        .where(
            AgreementChange.bureau_id == actor.bureau_id, AgreementChange.agreement_id == agreement.id,
            AgreementChange.id == change_id,
        )
        .execution_options(populate_existing=True)
    )  # fmt: skip
    if change is None:
        raise NotFound(_("没有这项变更。"))
    return change


def pending_change(actor: Actor, agreement: Agreement) -> AgreementChange | None:
    return db.session.scalar(
        select(AgreementChange).where(
            AgreementChange.bureau_id == actor.bureau_id, AgreementChange.agreement_id == agreement.id,
            AgreementChange.state == "pending",
        )
    )  # fmt: skip


def _already_pending(change: AgreementChange) -> Conflict:
    return Conflict(
        _("第 %(number)s 号变更尚未批准，一次只能办理一项。", number=change.number), {"change_id": str(change.id)}
    )


def _next_number(actor: Actor, agreement: Agreement) -> int:
    """The agreement's row is locked: nobody else counts at the same time."""
    last = db.session.scalar(
        select(func.max(AgreementChange.number)).where(
            AgreementChange.bureau_id == actor.bureau_id, AgreementChange.agreement_id == agreement.id
        )
    )
    return (last or 0) + 1


def _require_possible(agreement: Agreement, kind: str) -> None:
    if not change_rules.is_possible(kind, standing_of(agreement)):
        raise RuleBroken("change_state", _("协议当前状态下不能办理“%(kind)s”。", kind=CHANGE_KINDS[kind]))


def _decide(actor: Actor, change: AgreementChange, event: str, reason: str) -> None:
    state = change_rules.next_state(change.state, event)
    if state is None:
        raise _wrong_state()
    change.state, change.decision_reason = state, reason
    change.decided_at, change.decided_by, change.decided_by_name = now(), actor.account_id, actor.display_name


def _wrong_state() -> RuleBroken:
    return RuleBroken("change_state", _("这项变更当前状态下不能进行此操作。"))


def _lot_of(actor: Actor, agreement: Agreement, change: AgreementChange) -> AgreementLot | None:
    wanted = change.details.get("lot_id")
    return next((lot for lot in lots_of(actor, [agreement.id]) if str(lot.id) == wanted), None)


def _suspend(actor: Actor, agreement: Agreement, change: AgreementChange) -> None:
    lot = _lot_of(actor, agreement, change)
    if lot is None:
        move(actor, agreement, "suspend", change.reason, {"change": change.number})
    else:
        lot.state, lot.state_reason = rules.next_state(lot.state, "suspend", rules.LOT_TRANSITIONS), change.reason
        record(actor, agreement, "suspend_lot", change.reason, {"change": change.number, "lot": lot.number})


def _resume(actor: Actor, agreement: Agreement, change: AgreementChange) -> None:
    lot = _lot_of(actor, agreement, change)
    if lot is None:
        move(actor, agreement, "resume", change.reason, {"change": change.number})
    else:
        lot.state, lot.state_reason = rules.next_state(lot.state, "resume", rules.LOT_TRANSITIONS), ""
        record(actor, agreement, "resume_lot", change.reason, {"change": change.number, "lot": lot.number})


def _terminate(actor: Actor, agreement: Agreement, change: AgreementChange) -> None:
    """No new orders from today on; what was ordered is delivered and settled, or released by whoever ordered it."""
    agreement.terminated_on = today()
    move(actor, agreement, "terminate", change.reason, {"change": change.number})


_EFFECTS: Mapping[str, Callable[[Actor, Agreement, AgreementChange], None]] = {
    "term_extension": change_effects.extend,
    "price_change": change_effects.set_prices,
    "item_added": change_effects.add_item,
    "quantity_supplement": change_effects.supplement,
    "supplier_data": change_effects.set_supplier_data,
    "suspension": _suspend,
    "resumption": _resume,
    "termination": _terminate,
}
