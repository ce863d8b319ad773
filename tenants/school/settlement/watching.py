"""What waits for whom: statements to make, send and answer, invoices to check, money to let go and to pay."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select

from kernel.access.edge import may
from kernel.actor import Actor
from kernel.database import db
from kernel.module import DueItem
from kernel.web.dates import SHANGHAI, today, yuan
from school.orders.service.finding import own
from school.settlement.models import SupplierStatement
from school.settlement.permissions import Permission
from school.settlement.service import making
from school.settlement.service.figures import confirm_by, due_month
from school.settlement.service.invoicing import list_invoices

MODULE = "settlement"
MOST = 20


def due(actor: Actor) -> Sequence[DueItem]:
    if actor.level == "supplier":
        return _of_supplier(actor) if may(Permission.ANSWER) else ()
    if actor.level != "school" or actor.read_only:
        return ()
    items: list[DueItem] = []
    if may(Permission.PREPARE):
        items += _to_prepare(actor)
    if may(Permission.APPROVE):
        items += [
            _paying(_("批准付款：%(supplier)s", supplier=one.supplier_name), one)
            for one in _waiting(actor, "invoiced")
            if actor.account_id not in (one.created_by, one.sent_by)
        ]
    if may(Permission.PAY):
        items += [
            _paying(_("付款：%(supplier)s", supplier=one.supplier_name), one) for one in _waiting(actor, "approved")
        ]
    return items


def _end_of(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), SHANGHAI)


def _waiting(actor: Actor, state: str) -> Sequence[SupplierStatement]:
    query = own(actor, select(SupplierStatement), SupplierStatement).where(SupplierStatement.state == state)
    if actor.level == "supplier":
        query = query.where(SupplierStatement.is_sent)
    found: Any = db.session.scalars(query.order_by(SupplierStatement.month, SupplierStatement.id).limit(MOST))
    return list(found)


def _detail(statement: SupplierStatement) -> str:
    return f"{statement.number} {statement.month:%Y-%m} {yuan(statement.amount_fen)}"


def _paying(title: str, statement: SupplierStatement) -> DueItem:
    """Due so many days after it was agreed, as the bureau's figure was when it was sent."""
    due_at = None
    if statement.agreed_at is not None:
        agreed_on = statement.agreed_at.astimezone(SHANGHAI).date()
        due_at = _end_of(agreed_on + timedelta(days=statement.payment_days))
    return DueItem(
        title, url_for("settlement.show", supplier_statement_id=statement.id), MODULE, due_at=due_at,
        overdue=due_at is not None and due_at <= _end_of(today() - timedelta(days=1)), detail=_detail(statement),
    )  # fmt: skip


def _to_prepare(actor: Actor) -> list[DueItem]:
    month = due_month()
    last = confirm_by(actor, month, actor.own_school_id())
    items: list[DueItem] = []
    count = making.suppliers_without(actor, actor.own_school_id(), month)
    if count:
        title = ngettext("生成 %(num)s 家供应商的上月对账单", "生成 %(num)s 家供应商的上月对账单", count)
        url = url_for("settlement.index", month=f"{month:%Y-%m}")
        items.append(DueItem(title, url, MODULE, due_at=_end_of(last), overdue=last < today()))
    for one in _waiting(actor, "draft"):
        if one.month > month:
            continue
        by = confirm_by(actor, one.month, one.school_id)
        items.append(
            DueItem(
                _("发送对账单：%(supplier)s", supplier=one.supplier_name),
                url_for("settlement.show", supplier_statement_id=one.id), MODULE, due_at=_end_of(by),
                overdue=by < today(), detail=_detail(one),
            )
        )  # fmt: skip
    items += [
        DueItem(
            _("答复供应商异议：%(supplier)s", supplier=one.supplier_name),
            url_for("settlement.show", supplier_statement_id=one.id), MODULE, detail=one.state_reason,
        )
        for one in _waiting(actor, "disputed")
    ]  # fmt: skip
    items += [
        DueItem(
            _("核对发票：%(supplier)s", supplier=one.supplier_name),
            url_for("settlement.invoice_list", state="recorded"), MODULE,
            detail=f"{one.number} {yuan(one.amount_fen)}",
        )
        for one in list_invoices(actor, state="recorded", limit=MOST).items
    ]  # fmt: skip
    return items


def _of_supplier(actor: Actor) -> list[DueItem]:
    items = [
        DueItem(
            _("核对对账单：%(school)s", school=one.school_name),
            url_for("settlement.own_one", own_statement_id=one.id), MODULE,
            due_at=_end_of(one.answer_due_on) if one.answer_due_on else None,
            overdue=one.answer_due_on is not None and one.answer_due_on < today(), detail=_detail(one),
        )
        for one in _waiting(actor, "sent")
    ]  # fmt: skip
    items += [
        DueItem(
            _("开票登记：%(school)s", school=one.school_name),
            url_for("settlement.own_one", own_statement_id=one.id), MODULE, detail=_detail(one),
        )
        for one in _waiting(actor, "agreed")
        if one.invoiced_fen != one.amount_fen
    ]  # fmt: skip
    return items
