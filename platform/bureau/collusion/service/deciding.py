"""What a person made of a sign."""

from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select

from bureau.collusion import labels
from bureau.collusion.models import CollusionDecision, CollusionSign
from bureau.collusion.rules.decisions import NotInTable, next_state
from kernel.actor import Actor
from kernel.database import db, new_id, now
from kernel.database.writing import require_version
from kernel.errors import Conflict, Invalid, NotFound


def get_sign(actor: Actor, tender_id: UUID, sign_id: UUID) -> CollusionSign:
    sign = db.session.scalar(
        select(CollusionSign).where(
            CollusionSign.bureau_id == actor.bureau_id,
            CollusionSign.tender_id == tender_id,
            CollusionSign.id == sign_id,
        )
    )
    if sign is None:
        raise NotFound(_("没有这条线索。"))
    return sign


def decide(
    actor: Actor, tender_id: UUID, sign_id: UUID, seen_version: int | None, event: str, reason: str
) -> CollusionSign:
    """Dismiss, refer, invalidate or reopen. Records what was decided elsewhere: it neither scores nor excludes a bid."""
    sign = get_sign(actor, tender_id, sign_id)
    require_version(sign, seen_version, {"state": sign.state})
    if not reason.strip():
        raise Invalid({"reason": [_("请写明理由。")]})
    before = sign.state
    try:
        after = next_state(before, event)
    except NotInTable:
        raise Conflict(
            _("线索现在的状态是“%(state)s”，不能这样处理。", state=labels.STATES[before]), {"state": before}
        ) from None
    instant = now()
    sign.state = after
    sign.reason = reason.strip()
    sign.decided_at = None if after == "open" else instant
    sign.decided_by = None if after == "open" else actor.account_id
    db.session.add(
        CollusionDecision(
            bureau_id=actor.bureau_id, id=new_id(), sign_id=sign.id, event=event, from_state=before, to_state=after,
            reason=reason.strip(), at=instant, by_id=actor.account_id, by_name=actor.display_name,
        )
    )  # fmt: skip
    db.session.flush()
    return sign
