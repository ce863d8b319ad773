"""The supplier's answer to an order, and the school's answer to another day."""

from datetime import date
from uuid import UUID

from flask_babel import gettext as _

from kernel.actor import Actor
from kernel.database import db, now
from kernel.database.writing import flush, require_version
from kernel.errors import Invalid
from kernel.web.dates import today
from school.orders import labels, rules
from school.orders.models import SupplyOrder
from school.orders.service import budgets, telling
from school.orders.service.drafting import release
from school.orders.service.finding import get_order, move


def confirm(actor: Actor, order_id: UUID, seen_version: int | None) -> SupplyOrder:
    order = _answered(actor, order_id, seen_version)
    move(actor, order, "confirm")
    order.proposed_on, order.proposal_reason = None, ""
    flush(db.session())
    title = _("供应商已确认订单：%(number)s", number=order.number)
    telling.tell_school(actor, order, "supply_order_confirmed", title, telling.summary(order))
    return order


def decline(actor: Actor, order_id: UUID, seen_version: int | None, reason: str) -> SupplyOrder:
    """The supplier will not deliver; the balance is free again, the school orders elsewhere."""
    order = _answered(actor, order_id, seen_version)
    _require_reason(reason)
    move(actor, order, "decline", reason=reason)
    release(actor, order, reason)
    flush(db.session())
    telling.tell_school(
        actor, order, "supply_order_declined", _("供应商不接单：%(number)s", number=order.number), reason
    )
    return order


def propose(actor: Actor, order_id: UUID, seen_version: int | None, day: date, reason: str) -> SupplyOrder:
    order = _answered(actor, order_id, seen_version)
    _require_reason(reason)
    if day == order.deliver_on:
        raise Invalid({"day": [_("与订单的送货日期相同。")]})
    if code := rules.day_problem(day, today(), 366):
        raise Invalid({"day": [str(labels.PROBLEMS[code])]})
    move(actor, order, "propose", reason=reason, details={"day": day.isoformat()})
    order.proposed_on, order.proposal_reason = day, reason
    flush(db.session())
    title = _("供应商提出改期：%(number)s", number=order.number)
    telling.tell_school(actor, order, "supply_order_proposed", title, f"{day.isoformat()} {reason}")
    return order


def _answered(actor: Actor, order_id: UUID, seen_version: int | None) -> SupplyOrder:
    actor.own_supplier_id()
    order = get_order(actor, order_id, lock=True)
    require_version(order, seen_version)
    if order.answered_at is None:
        order.answered_at = now()
    return order


def _require_reason(reason: str) -> None:
    if not reason.strip():
        raise Invalid({"reason": [_("请写明原因。")]})


def accept_day(actor: Actor, order_id: UUID, seen_version: int | None) -> SupplyOrder:
    """The school agrees to the other day. The price stays pinned to what was ordered; a difference of the new day's price
    is settled by a difference note."""
    order = _proposed(actor, order_id, seen_version)
    assert order.proposed_on is not None
    before, order.deliver_on = order.deliver_on, order.proposed_on
    order.proposed_on = None
    if rules.month_of(order.deliver_on) != order.budget_month:
        order.budget_month = rules.month_of(order.deliver_on)
        budgets.require_within(actor, order)
    move(actor, order, "accept_day", details={"from": before.isoformat(), "to": order.deliver_on.isoformat()})
    flush(db.session())
    title = _("学校同意改期：%(number)s", number=order.number)
    telling.tell_supplier(actor, order, "supply_order_day", title, telling.summary(order))
    return order


def keep_day(actor: Actor, order_id: UUID, seen_version: int | None, reason: str = "") -> SupplyOrder:
    """The school stays with its day: the supplier confirms or declines."""
    order = _proposed(actor, order_id, seen_version)
    order.proposed_on = None
    move(actor, order, "keep_day", reason=reason)
    flush(db.session())
    title = _("学校不同意改期：%(number)s", number=order.number)
    telling.tell_supplier(actor, order, "supply_order_day", title, reason or telling.summary(order))
    return order


def _proposed(actor: Actor, order_id: UUID, seen_version: int | None) -> SupplyOrder:
    order = get_order(actor, order_id, lock=True)
    require_version(order, seen_version)
    if order.proposed_on is None:
        raise Invalid({"day": [_("供应商没有提出改期。")]})
    return order
