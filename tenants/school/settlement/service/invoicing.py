"""Invoices: recorded by the supplier or by the school's accountant, checked by the school, and how much of each stands beside
which statement. Locks: statements by id, then the invoice."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select

from kernel.actor import Actor, system_actor
from kernel.database import db, new_id, now
from kernel.database.paging import Page, paginate
from kernel.database.scope import within
from kernel.database.writing import flush, require_version
from kernel.digests import digest
from kernel.errors import Conflict, Denied, Invalid, NotFound, RuleBroken
from kernel.files.models import Attachment
from kernel.files.service import content
from kernel.states import NoTransition
from kernel.web.dates import today, yuan
from school.orders.service.finding import own
from school.settlement import labels, rules
from school.settlement.invoice_models import SupplierInvoice, SupplierInvoiceMatch
from school.settlement.models import SupplierStatement
from school.settlement.permissions import Permission
from school.settlement.service import telling
from school.settlement.service.finding import get_statement, move, record

PURPOSE = "supplier_invoice"
NUMBER = "uq_supplier_invoices_number"


def record_invoice(
    actor: Actor, invoice_id: UUID, *, number: str, code: str, issued_on: date, amount_fen: int, tax_fen: int,
    attachment_id: UUID, matches: Mapping[UUID, int | None], note: str = "",
) -> SupplierInvoice:  # fmt: skip
    """`matches`: statement → how much of the invoice is for it; None: as much as is open. Sent again with the same content
    it is the same invoice. What the school's accountant records is checked with it; what a supplier records is not.

    Raises Invalid, NotFound, Conflict, RuleBroken invoice_counted, more_than_owed, not_agreed.
    """
    for one in matches:
        get_statement(actor, one)  # nothing is said of what is not theirs
    scan = _scan(actor, attachment_id)
    content_digest = digest({
        "number": number, "code": code, "issued_on": issued_on.isoformat(), "amount": amount_fen, "tax": tax_fen,
        "scan": scan.sha256, "note": note,
        "matches": sorted([str(one), amount] for one, amount in matches.items()),
    })  # fmt: skip
    existing = _find(actor, invoice_id)
    if existing is not None:
        if existing.content_digest != content_digest:
            raise Conflict(_("同一编号的发票已存在且内容不同。"), {"version": existing.version})
        return existing
    statements = _locked(actor, matches)
    _check(statements, issued_on, amount_fen, tax_fen)
    first = statements[0]
    invoice = SupplierInvoice(
        bureau_id=first.bureau_id, school_id=first.school_id, id=invoice_id, supplier_id=first.supplier_id,
        supplier_name=first.supplier_name, school_name=first.school_name, number=number, code=code,
        issued_on=issued_on, amount_fen=amount_fen, tax_fen=tax_fen, note=note, content_digest=content_digest,
        created_by=actor.account_id, created_by_name=actor.display_name, state="recorded", matched_fen=0,
        school_attachment_id=scan.id if actor.level == "school" else None,
        supplier_attachment_id=scan.id if actor.level == "supplier" else None,
    )  # fmt: skip
    counted = RuleBroken("invoice_counted", _("发票号码 %(number)s 已经登记过，一张发票只能用一次。", number=number))
    if _is_counted(first, number):
        raise counted
    db.session.add(invoice)
    known = Conflict(_("同一编号的发票已存在且内容不同。"))
    flush(db.session(), {NUMBER: counted, "pk_supplier_invoices": known})
    _match(actor, invoice, statements, matches)
    if actor.level == "school":
        _check_off(actor, invoice, statements)
    else:
        for statement in statements:
            title = _("供应商登记了发票 %(number)s，请核对", number=number)
            telling.tell_school(actor, statement, "supplier_invoice", title)
    return invoice


def _find(actor: Actor, invoice_id: UUID, *, lock: bool = False) -> SupplierInvoice | None:
    query = own(actor, select(SupplierInvoice).where(SupplierInvoice.id == invoice_id), SupplierInvoice)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    found: SupplierInvoice | None = db.session.scalar(query)
    return found


def _is_counted(statement: SupplierStatement, number: str) -> bool:
    """At any school of the bureau: asked in the bureau's scope, and nothing but the number is said. The unique index is the
    truth."""
    query = select(SupplierInvoice.id).where(
        SupplierInvoice.bureau_id == statement.bureau_id, SupplierInvoice.supplier_id == statement.supplier_id,
        SupplierInvoice.number == number, SupplierInvoice.state.in_(rules.LIVE_INVOICES),
    )  # fmt: skip
    with within(db.session(), system_actor(statement.bureau_id).scope):
        return db.session.scalar(query.limit(1)) is not None


def _locked(actor: Actor, ids: Collection[UUID]) -> list[SupplierStatement]:
    """In the order of their months. One supplier's and one school's only."""
    if not ids:
        raise Invalid({"matches": [_("请选择这张发票对应的对账单。")]})
    statements = [get_statement(actor, one, lock=True) for one in sorted(ids)]
    if len({(one.school_id, one.supplier_id) for one in statements}) > 1:
        raise Invalid({"matches": [_("一张发票只能对应一所学校和一家供应商的对账单。")]})
    for one in statements:
        if one.state != "agreed":
            raise RuleBroken(
                "not_agreed",
                _(
                    "对账单 %(number)s 当前为“%(state)s”，不能登记发票。",
                    number=one.number,
                    state=labels.STATES[one.state],
                ),
            )
    return sorted(statements, key=lambda one: (one.month, one.id))


def _check(statements: Sequence[SupplierStatement], issued_on: date, amount_fen: int, tax_fen: int) -> None:
    problems: dict[str, list[str]] = {}
    if issued_on > today():
        problems["issued_on"] = [_("开票日期不能晚于今天。")]
    if amount_fen == 0 or any(one.amount_fen * amount_fen < 0 for one in statements):
        problems["amount"] = [_("发票金额的正负须与对账单一致，且不为零。")]
    elif abs(tax_fen) >= abs(amount_fen) or tax_fen * amount_fen < 0:
        problems["tax"] = [_("税额应小于价税合计。")]
    if problems:
        raise Invalid(problems)


def _scan(actor: Actor, attachment_id: UUID) -> Attachment:
    """Of the recorder's own files only."""
    query = select(Attachment).where(Attachment.bureau_id == actor.bureau_id, Attachment.id == attachment_id)
    if actor.level == "school":
        query = query.where(Attachment.school_id == actor.own_school_id())
    else:
        query = query.where(Attachment.supplier_id == actor.own_supplier_id())
    found: Attachment | None = db.session.scalar(query)
    if found is None:
        raise Invalid({"attachment_id": [_("没有这个附件，请重新上传。")]})
    return found


def _match(
    actor: Actor, invoice: SupplierInvoice, statements: Sequence[SupplierStatement],
    wanted: Mapping[UUID, int | None],
) -> None:  # fmt: skip
    """Each part fits what is open of its statement, all of them what the invoice is over."""
    given = [wanted[one.id] for one in statements]
    rest = invoice.amount_fen - sum(amount or 0 for amount in given)
    unnamed = [place for place, amount in enumerate(given) if amount is None]
    open_fen = [statements[place].amount_fen - statements[place].invoiced_fen for place in unnamed]
    for place, amount in zip(unnamed, rules.shared(rest, open_fen), strict=True):
        given[place] = amount
    parts = [amount or 0 for amount in given]
    for statement, amount in zip(statements, parts, strict=True):
        if not rules.fits(statement.invoiced_fen + amount, statement.amount_fen) or amount == 0:
            left = statement.amount_fen - statement.invoiced_fen
            raise RuleBroken(
                "more_than_owed",
                _(
                    "对账单 %(number)s 还可开票 %(left)s，不能超出，也不能为零。",
                    number=statement.number,
                    left=yuan(left),
                ),
            ).with_members(open_fen=left)
    if not rules.fits(sum(parts), invoice.amount_fen):
        raise RuleBroken("more_than_invoiced", _("各对账单的金额合计超过了发票金额。"))
    for statement, amount in zip(statements, parts, strict=True):
        statement.invoiced_fen += amount
        invoice.matched_fen += amount
        db.session.add(
            SupplierInvoiceMatch(
                bureau_id=invoice.bureau_id, school_id=invoice.school_id, id=new_id(), invoice_id=invoice.id,
                statement_id=statement.id, supplier_id=invoice.supplier_id, amount_fen=amount,
            )
        )  # fmt: skip
        record(actor, statement, "invoice", details={"number": invoice.number, "amount_fen": amount})
    flush(db.session())


# --- the school checks ------------------------------------------------------------------------------------------------


def get_invoice(actor: Actor, invoice_id: UUID, *, school_id: int | None = None, lock: bool = False) -> SupplierInvoice:
    """`school_id`: for the bureau and zones. Raises NotFound."""
    found = _find(actor, invoice_id, lock=lock)
    if found is None or school_id not in (None, found.school_id):
        raise NotFound(_("没有这张发票。"))
    return found


def matches_of(invoice: SupplierInvoice) -> list[SupplierInvoiceMatch]:
    query = select(SupplierInvoiceMatch).where(
        SupplierInvoiceMatch.bureau_id == invoice.bureau_id, SupplierInvoiceMatch.school_id == invoice.school_id,
        SupplierInvoiceMatch.invoice_id == invoice.id,
    )  # fmt: skip
    return list(db.session.scalars(query.order_by(SupplierInvoiceMatch.id)))


def invoices_of(statement: SupplierStatement) -> list[tuple[SupplierInvoice, int]]:
    """Every invoice with its part for this statement, ended ones too."""
    query = (
        select(SupplierInvoice, SupplierInvoiceMatch.amount_fen)
        .join(
            SupplierInvoiceMatch,
            (SupplierInvoiceMatch.bureau_id == SupplierInvoice.bureau_id)
            & (SupplierInvoiceMatch.school_id == SupplierInvoice.school_id)
            & (SupplierInvoiceMatch.invoice_id == SupplierInvoice.id),
        )
        .where(
            SupplierInvoiceMatch.bureau_id == statement.bureau_id,
            SupplierInvoiceMatch.school_id == statement.school_id,
            SupplierInvoiceMatch.statement_id == statement.id,
        )
        .order_by(SupplierInvoice.id)
    )  # fmt: skip
    return [(invoice, amount) for invoice, amount in db.session.execute(query)]


def check(actor: Actor, invoice_id: UUID, seen_version: int | None) -> SupplierInvoice:
    """The accountant has looked at the paper: number, date, amounts, seal. Statements whose checked invoices are their
    amount to the cent are matched with it."""
    invoice, statements = _held(actor, invoice_id, seen_version)
    _check_off(actor, invoice, statements)
    return invoice


def _held(actor: Actor, invoice_id: UUID, seen_version: int | None) -> tuple[SupplierInvoice, list[SupplierStatement]]:
    found = get_invoice(actor, invoice_id)
    statements = [
        get_statement(actor, one, lock=True) for one in sorted(match.statement_id for match in matches_of(found))
    ]
    invoice = get_invoice(actor, invoice_id, lock=True)
    require_version(invoice, seen_version)
    return invoice, statements


def _step(invoice: SupplierInvoice, event: str) -> None:
    try:
        invoice.state = rules.next_state(invoice.state, event, rules.INVOICE_TRANSITIONS)
    except NoTransition:
        text = _("发票当前为“%(state)s”，不能这样操作。", state=labels.INVOICE_STATES[invoice.state])
        raise Conflict(text, {"state": invoice.state, "version": invoice.version}) from None


def _check_off(actor: Actor, invoice: SupplierInvoice, statements: Sequence[SupplierStatement]) -> None:
    _step(invoice, "check")
    invoice.checked_at, invoice.checked_by_name = now(), actor.display_name
    parts = {match.statement_id: match.amount_fen for match in matches_of(invoice)}
    for statement in statements:
        statement.checked_fen += parts[statement.id]
        record(actor, statement, "check", details={"number": invoice.number})
        if statement.checked_fen == statement.amount_fen:
            move(actor, statement, "match")
    flush(db.session())


def refuse(actor: Actor, invoice_id: UUID, seen_version: int | None, reason: str) -> SupplierInvoice:
    """The paper is wrong: the supplier makes another one; the number is free again."""
    invoice = _end(actor, invoice_id, seen_version, "refuse", reason)
    for match in matches_of(invoice)[:1]:
        statement = get_statement(actor, match.statement_id)
        title = _("学校退回发票 %(number)s", number=invoice.number)
        telling.tell_supplier(actor, statement, "supplier_invoice_refused", title, reason)
    return invoice


def void(actor: Actor, invoice_id: UUID, seen_version: int | None, reason: str) -> SupplierInvoice:
    """By the side that recorded it. A supplier's until the school checked it; the school's until payment is approved."""
    found = get_invoice(actor, invoice_id)
    is_own = (found.school_attachment_id is not None) == (actor.level == "school")
    if not is_own or (actor.level == "supplier" and found.state != "recorded"):
        raise Denied(Permission.PREPARE, _("只能作废己方登记、尚未核对的发票；已核对的由学校处理。"))
    return _end(actor, invoice_id, seen_version, "void", reason)


def _end(actor: Actor, invoice_id: UUID, seen_version: int | None, event: str, reason: str) -> SupplierInvoice:
    invoice, statements = _held(actor, invoice_id, seen_version)
    was_checked = invoice.state == "checked"
    for statement in statements:
        if statement.state not in ("agreed", "invoiced"):
            raise Conflict(_("付款已批准，不能再改动发票。"), {"state": statement.state, "version": statement.version})
    _step(invoice, event)
    invoice.ended_at, invoice.ended_by_name, invoice.end_reason = now(), actor.display_name, reason
    parts = {match.statement_id: match.amount_fen for match in matches_of(invoice)}
    for statement in statements:
        if statement.state == "invoiced":
            move(actor, statement, "unmatch", details={"number": invoice.number})
        if was_checked:
            statement.checked_fen -= parts[statement.id]
        statement.invoiced_fen -= parts[statement.id]
        record(actor, statement, f"{event}_invoice", reason=reason, details={"number": invoice.number})
    invoice.matched_fen = 0
    flush(db.session())
    return invoice


# --- reading ----------------------------------------------------------------------------------------------------------


def list_invoices(
    actor: Actor, *, state: str | None = None, cursor: str | None = None, limit: int = 50
) -> Page[SupplierInvoice]:
    query = own(actor, select(SupplierInvoice), SupplierInvoice)
    if state:
        query = query.where(SupplierInvoice.state == state)
    return paginate(db.session(), query, [SupplierInvoice.id], cursor, limit)


def open_for_invoice(actor: Actor, *, supplier_id: UUID | None = None, school_id: int | None = None) -> list[Any]:
    """Agreed statements of which something is not invoiced yet, the oldest first."""
    query = own(actor, select(SupplierStatement), SupplierStatement).where(
        SupplierStatement.state == "agreed", SupplierStatement.invoiced_fen != SupplierStatement.amount_fen
    )
    if supplier_id is not None:
        query = query.where(SupplierStatement.supplier_id == supplier_id)
    if school_id is not None:
        query = query.where(SupplierStatement.school_id == school_id)
    return list(db.session.scalars(query.order_by(SupplierStatement.month, SupplierStatement.id).limit(60)))


def scan_of(actor: Actor, invoice_id: UUID) -> tuple[Attachment, bytes]:
    """For both sides of the invoice, for the bureau and its zones."""
    invoice = get_invoice(actor, invoice_id)
    with within(db.session(), system_actor(actor.bureau_id).scope):
        attachment_id = invoice.school_attachment_id or invoice.supplier_attachment_id
        attachment = db.session.get(Attachment, (actor.bureau_id, attachment_id))
    assert attachment is not None
    return attachment, content(attachment)
