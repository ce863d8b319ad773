"""Money goes when a second person let it go, and not without an invoice. The payment itself is made elsewhere."""

from datetime import date
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select

from kernel.actor import Actor
from kernel.database import db, now
from kernel.database.writing import flush, require_version
from kernel.errors import Conflict, Invalid, RuleBroken
from kernel.web.dates import today, yuan
from school.settlement import rules
from school.settlement.invoice_models import SupplierPayment
from school.settlement.models import SupplierStatement
from school.settlement.permissions import PREPARERS
from school.settlement.service import telling
from school.settlement.service.finding import get_statement, move, record


def approve(actor: Actor, statement_id: UUID, seen_version: int | None, note: str = "") -> SupplierStatement:
    """Raises RuleBroken own_statement, Conflict (its invoices do not match)."""
    statement = _locked(actor, statement_id, seen_version)
    if actor.account_id in (statement.created_by, statement.sent_by):
        raise RuleBroken("own_statement", _("不能批准自己制作或发送的对账单付款。"))
    move(actor, statement, "approve", reason=note)
    statement.approved_at, statement.approved_by = now(), actor.account_id
    statement.approved_by_name = actor.display_name
    flush(db.session())
    title = _("已批准付款：%(number)s", number=statement.number)
    telling.tell_school(actor, statement, "supplier_payment_approved", title)
    return statement


def refuse(actor: Actor, statement_id: UUID, seen_version: int | None, reason: str) -> SupplierStatement:
    """It stays as it is until its makers did something about it; the reason is the school's own."""
    statement = _locked(actor, statement_id, seen_version)
    if statement.state != "invoiced":
        raise Conflict(_("这份对账单不在等待批准付款。"), {"state": statement.state, "version": statement.version})
    record(actor, statement, "refuse", reason=reason, is_shown=False)
    flush(db.session())
    title = _("付款未获批准：%(number)s", number=statement.number)
    telling.tell_school(actor, statement, "supplier_payment_refused", title, reason, PREPARERS)
    return statement


def revoke(actor: Actor, statement_id: UUID, seen_version: int | None, reason: str) -> SupplierStatement:
    """While nothing was paid."""
    statement = _locked(actor, statement_id, seen_version)
    if statement.paid_fen:
        raise Conflict(_("已有付款记录，不能收回批准。"), {"version": statement.version})
    move(actor, statement, "revoke", reason=reason)
    statement.approved_at = statement.approved_by = None
    statement.approved_by_name = ""
    flush(db.session())
    return statement


def record_payment(
    actor: Actor, statement_id: UUID, payment_id: UUID, seen_version: int | None, *, paid_on: date, amount_fen: int,
    reference: str, note: str = "",
) -> SupplierPayment:  # fmt: skip
    """A payment in full or in part. Sent again with the same content it is the same payment; never by who approved it.

    Raises Invalid, Conflict, RuleBroken own_approval, more_than_owed.
    """
    values = {
        "statement_id": statement_id, "paid_on": paid_on, "amount_fen": amount_fen, "reference": reference, "note": note,
    }  # fmt: skip
    existing = db.session.get(SupplierPayment, (actor.bureau_id, actor.own_school_id(), payment_id))
    if existing is not None:
        if any(getattr(existing, name) != value for name, value in values.items()):
            raise Conflict(_("同一编号的付款已存在且内容不同。"))
        return existing
    statement = _locked(actor, statement_id, seen_version)
    if actor.account_id == statement.approved_by:
        raise RuleBroken("own_approval", _("批准付款的人不能自己登记付款。"))
    if paid_on > today() or (statement.agreed_at and paid_on < statement.month):
        raise Invalid({"paid_on": [_("付款日期应在对账月份之后、不晚于今天。")]})
    left = statement.amount_fen - statement.paid_fen
    if amount_fen == 0 or not rules.fits(amount_fen, left):
        raise RuleBroken("more_than_owed", _("还应付 %(left)s，不能超出，也不能为零。", left=yuan(left)))
    is_last = amount_fen == left
    move(actor, statement, "pay" if is_last else "pay_part", details={"amount_fen": amount_fen, "reference": reference})
    statement.paid_fen += amount_fen
    if is_last:
        statement.paid_at = now()
    payment = SupplierPayment(
        bureau_id=statement.bureau_id, school_id=statement.school_id, id=payment_id, supplier_id=statement.supplier_id,
        recorded_by_name=actor.display_name, created_by=actor.account_id, **values,
    )  # fmt: skip
    db.session.add(payment)
    flush(db.session(), {"pk_supplier_payments": Conflict(_("同一编号的付款已存在且内容不同。"))})
    title = _("学校登记付款 %(amount)s：%(number)s", amount=yuan(amount_fen), number=statement.number)
    telling.tell_supplier(actor, statement, "supplier_payment", title, reference)
    return payment


def _locked(actor: Actor, statement_id: UUID, seen_version: int | None) -> SupplierStatement:
    actor.own_school_id()
    statement = get_statement(actor, statement_id, lock=True)
    require_version(statement, seen_version)
    return statement


def payments_of(statement: SupplierStatement) -> list[SupplierPayment]:
    query = select(SupplierPayment).where(
        SupplierPayment.bureau_id == statement.bureau_id, SupplierPayment.school_id == statement.school_id,
        SupplierPayment.statement_id == statement.id,
    )  # fmt: skip
    return list(db.session.scalars(query.order_by(SupplierPayment.id)))
