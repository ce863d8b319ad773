"""What waits for whom, on the landing page of schools and of suppliers."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from kernel.access.edge import may
from kernel.actor import Actor
from kernel.module import DueItem
from kernel.web.dates import SHANGHAI, today, yuan
from school.orders import rules
from school.orders.permissions import Permission
from school.orders.service import certificates, reading
from school.orders.service.tiers import tiers

MODULE = "orders"


def _end_of(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), SHANGHAI)


def _item(title: str, url: str, row: Any, who: str) -> DueItem:
    return DueItem(
        title=title, url=url, module=MODULE, due_at=_end_of(row.deliver_on), overdue=row.deliver_on < today(),
        detail=f"{row.number} {who} {yuan(row.amount_fen)}",
    )  # fmt: skip


def due(actor: Actor) -> Sequence[DueItem]:
    if actor.level == "supplier" and may(Permission.ANSWER):
        return _of_supplier(actor)
    if actor.level == "bureau" and may(Permission.SETTLE_FINDINGS):
        return _of_bureau(actor)
    if actor.level != "school" or actor.read_only:
        return []
    items: list[DueItem] = []
    if may(Permission.APPROVE):
        limits = tiers(actor, actor.own_school_id())
        items += [
            _item(_("审批订单"), url_for("supply_orders.show", order_id=row.id), row, row.supplier_name)
            for row in reading.to_approve(actor)
            if rules.may_approve(actor.roles, row.amount_fen, limits)
        ]
    if may(Permission.PREPARE):
        words = {"declined": _("供应商不接单，请另行安排"), "refused": _("订单被退回，请修改")}
        found = [(_("供应商提出改期"), row) for row in reading.asked_for_another_day(actor)]
        found += [(words[row.state], row) for row in reading.waiting(actor, words, since=today())]
        for title, row in found:
            items.append(_item(title, url_for("supply_orders.show", order_id=row.id), row, row.supplier_name))
    return items


def _of_bureau(actor: Actor) -> list[DueItem]:
    count = certificates.count_open(actor)
    if not count:
        return []
    title = ngettext("有 %(num)s 条证明提示待核查", "有 %(num)s 条证明提示待核查", count)
    return [DueItem(title=title, url=url_for("supply_orders.findings"), module=MODULE)]


def _of_supplier(actor: Actor) -> list[DueItem]:
    items: list[DueItem] = []
    for row in reading.waiting(actor, ("sent", "confirmed")):
        url = url_for("supply_orders.own_one", supplied_order_id=row.id)
        if row.state == "confirmed":
            items.append(_item(_("发货：%(school)s", school=row.school_name), url, row, row.school_name))
        elif row.proposed_on is None:
            items.append(_item(_("确认订单：%(school)s", school=row.school_name), url, row, row.school_name))
    return items
