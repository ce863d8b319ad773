"""Take a receipt out of the books: with its reason, in sight, never deleted."""

from uuid import UUID

from flask_babel import gettext as _

from kernel.actor import Actor
from kernel.database import db, now
from kernel.database.writing import flush, require_version
from kernel.errors import Conflict
from school.supply import rules
from school.supply.models import GoodsReceipt
from school.supply.service.certificates import locked_receipt, replace_missing


def void_receipt(actor: Actor, receipt_id: UUID, seen_version: int | None, reason: str) -> GoodsReceipt:
    receipt = locked_receipt(actor, receipt_id)
    require_version(receipt, seen_version)
    try:
        receipt.state = rules.next_state(receipt.state, rules.Event.VOID).value
    except rules.NoTransition:
        raise Conflict(_("收货单已经作废。"), {"state": receipt.state, "version": receipt.version}) from None
    receipt.void_reason = reason
    receipt.voided_at = now()
    receipt.voided_by = actor.account_id
    replace_missing(receipt, [], {})
    flush(db.session)
    return receipt
