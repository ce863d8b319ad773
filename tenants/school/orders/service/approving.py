"""A second person approves an order, by its amount, and with that it goes to the supplier."""

from uuid import UUID

from flask_babel import gettext as _

from kernel.actor import Actor
from kernel.database import db, now
from kernel.database.writing import flush, require_version
from kernel.errors import Denied, Invalid, RuleBroken
from school.orders import rules
from school.orders.models import SupplyOrder
from school.orders.permissions import Permission
from school.orders.service import telling
from school.orders.service.drafting import release
from school.orders.service.finding import get_order, lines_of, move
from school.orders.service.standing import require_supplying
from school.orders.service.tiers import tiers


def approve(actor: Actor, order_id: UUID, seen_version: int | None, note: str = "") -> SupplyOrder:
    """Approve and send. Raises RuleBroken own_order, agreement_not_active, supplier_…; Denied for too low a role."""
    order = _to_decide(actor, order_id, seen_version)
    move(actor, order, "approve", reason=note)
    require_supplying(actor, order)
    order.approved_at, order.approved_by, order.approved_by_name = now(), actor.account_id, actor.display_name
    _send(actor, order)
    return order


def _send(actor: Actor, order: SupplyOrder) -> None:
    order.is_sent, order.sent_at = True, now()
    for line in lines_of(order):
        line.is_sent = True
    move(actor, order, "send")
    flush(db.session())
    title = _("新订单：%(number)s", number=order.number)
    telling.tell_supplier(actor, order, "supply_order_sent", title, telling.summary(order))


def refuse(actor: Actor, order_id: UUID, seen_version: int | None, reason: str) -> SupplyOrder:
    """Send it back to who made it; what it held is free again."""
    order = _to_decide(actor, order_id, seen_version)
    if not reason.strip():
        raise Invalid({"reason": [_("请写明原因。")]})
    move(actor, order, "refuse", reason=reason)
    release(actor, order, reason)
    flush(db.session())
    telling.tell_school(actor, order, "supply_order_refused", _("订单被退回：%(number)s", number=order.number), reason)
    return order


def _to_decide(actor: Actor, order_id: UUID, seen_version: int | None) -> SupplyOrder:
    order = get_order(actor, order_id, lock=True)
    require_version(order, seen_version)
    if actor.account_id in (order.created_by, order.submitted_by):
        raise RuleBroken("own_order", _("不能审批自己制作或提交的订单。"))
    if not rules.may_approve(actor.roles, order.amount_fen, tiers(actor, order.school_id)):
        raise Denied(Permission.APPROVE, _("本单金额须由更高一级审批。"))
    return order
