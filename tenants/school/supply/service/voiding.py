"""Take a receipt out of the books: with its reason, in sight, never deleted. Everything it did is taken back, or it stays."""

from uuid import UUID

from flask_babel import gettext as _

from kernel.actor import Actor
from kernel.database import db, now
from kernel.database.writing import flush, require_version
from kernel.errors import Conflict, RuleBroken
from kernel.states import NoTransition
from school.orders.service import receiving as orders
from school.supply import rules
from school.supply.hooks import refusal_of
from school.supply.models import GoodsReceipt
from school.supply.rejections import settling
from school.supply.rejections.finding import of_receipt
from school.supply.service import posting
from school.supply.service.certificates import locked_receipt, replace_missing
from school.supply.service.confirming import receipt_lines


def void_receipt(actor: Actor, receipt_id: UUID, seen_version: int | None, reason: str) -> GoodsReceipt:
    """Raises Conflict (void already, stale), RuleBroken store_already_issued, rejection_settled, receipt_held."""
    receipt = locked_receipt(actor, receipt_id)
    require_version(receipt, seen_version)
    was_recorded = receipt.state == rules.State.RECORDED
    try:
        receipt.state = rules.next_state(receipt.state, rules.Event.VOID).value
    except NoTransition:
        raise Conflict(_("收货单已经作废。"), {"state": receipt.state, "version": receipt.version}) from None
    receipt.void_reason = reason
    receipt.voided_at = now()
    receipt.voided_by = actor.account_id
    replace_missing(receipt, [], {})
    flush(db.session)
    if was_recorded:
        _take_back(actor, receipt, reason)
    return receipt


def _take_back(actor: Actor, receipt: GoodsReceipt, reason: str) -> None:
    refusal = refusal_of(actor, receipt)
    if refusal:
        raise RuleBroken("receipt_held", refusal)
    if receipt.shipment_id is not None:
        lines = receipt_lines(receipt)
        rejection = of_receipt(actor, receipt.school_id, receipt.id)
        if rejection is not None:
            settling.void(actor, rejection, reason)
        _order, shipment = orders.locked(actor, receipt.shipment_id)
        if shipment.source_id is not None:
            settling.unreplaced(actor, shipment.source_id, posting.came_by_line(lines), reason)
        orders.put_back(actor, receipt.shipment_id, posting.counted(lines), reason=reason)
        posting.give_back(actor, lines, reason)
    posting.out_of_stock(actor, receipt, reason)
