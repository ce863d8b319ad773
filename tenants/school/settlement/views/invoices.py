"""Invoices on pages: recorded by either side, checked, sent back, voided by the school."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from kernel.access.edge import access, current_actor
from kernel.actor import Actor
from kernel.database import new_id
from kernel.errors import Invalid
from kernel.files.service import store
from kernel.schemas import BaseSchema
from kernel.web.dates import today
from kernel.web.forms import Form, uploaded
from school.settlement import labels
from school.settlement.invoice_models import SupplierInvoice
from school.settlement.models import SupplierStatement
from school.settlement.permissions import Permission
from school.settlement.schemas import InvoiceForm, InvoiceQuery, StatementReasonForm, StatementVersionForm
from school.settlement.service import finding, invoicing
from school.settlement.views import parts
from school.settlement.views.blueprint import blueprint

INVOICES = "settlement.invoice_list"


def invoice_page(actor: Actor, statement: SupplierStatement, back: str, action: str, form: Form | None = None) -> str:
    """Filled in as far as the service knows: the whole of what is open of this statement."""
    found = invoicing.open_for_invoice(actor, supplier_id=statement.supplier_id, school_id=statement.school_id)
    if form is None:
        left = yuan_text(statement.amount_fen - statement.invoiced_fen)
        rows = [{"statement_id": str(one.id), "amount": left if one.id == statement.id else ""} for one in found]
        given = {"id": str(new_id()), "issued_on": today().isoformat(), "amount": left, "matches": rows}
        form = Form.blank(InvoiceForm(), given)
    return render_template(
        "settlement/invoice.html", form=form, statement=statement, found={str(one.id): one for one in found}, back=back,
        action=action, labels=labels,
    )  # fmt: skip


def yuan_text(fen: int) -> str:
    sign, fen = ("-", -fen) if fen < 0 else ("", fen)
    return f"{sign}{fen // 100}.{fen % 100:02d}"


def take_invoice(statement_id: UUID, back: str, action: str) -> Any:
    actor = current_actor()
    statement = finding.get_statement(actor, statement_id)
    form = Form.submitted(InvoiceForm())
    with form.catching():
        data = form.load()
        files = uploaded("file")
        if not files:
            raise Invalid({"file": [_("请选择发票的照片或 PDF。")]})
        scan = store(actor, files[0].read(), name=files[0].filename or "", purpose=invoicing.PURPOSE)
        invoicing.record_invoice(actor, data.pop("id"), attachment_id=scan.id, **data)
        flash(_("发票已登记。"), "success")
        return redirect(back)
    return invoice_page(actor, statement, back, action, form), form.refusal_status


@blueprint.get("/<uuid:supplier_statement_id>/invoice")
@access(Permission.PREPARE)
def invoice(supplier_statement_id: UUID) -> str:
    actor = current_actor()
    statement = finding.get_statement(actor, supplier_statement_id)
    return invoice_page(actor, statement, *_addresses(supplier_statement_id))


def _addresses(statement_id: UUID) -> tuple[str, str]:
    back = url_for("settlement.show", supplier_statement_id=statement_id)
    return back, url_for("settlement.record_invoice", supplier_statement_id=statement_id)


@blueprint.post("/<uuid:supplier_statement_id>/invoice")
@access(Permission.PREPARE)
def record_invoice(supplier_statement_id: UUID) -> Any:
    return take_invoice(supplier_statement_id, *_addresses(supplier_statement_id))


@blueprint.get("/invoices")
@access(Permission.READ)
def invoice_list() -> str:
    return list_page("settlement/invoices.html", INVOICES)


def list_page(template: str, endpoint: str, form: Form | None = None) -> str:
    query_form = Form.blank(InvoiceQuery(), dict(request.args.items()))
    try:
        query = query_form.load()
    except Invalid as error:
        query_form.reject(error)
        query = InvoiceQuery().load({})
    page = invoicing.list_invoices(current_actor(), **{**query, "limit": parts.PAGE})
    chosen = {"state": query["state"]} if query["state"] else {}
    return render_template(
        template, form=form, query=query_form, page=page, labels=labels, list_url=url_for(endpoint),
        filtered=bool(chosen), first_url=url_for(endpoint, **chosen) if query["cursor"] else None,
        next_url=url_for(endpoint, cursor=page.next_cursor, **chosen) if page.next_cursor else None,
    )  # fmt: skip


@blueprint.get("/invoices/<uuid:supplier_invoice_id>/scan")
@access(Permission.READ)
def invoice_scan(supplier_invoice_id: UUID) -> Response:
    return parts.scan(*invoicing.scan_of(current_actor(), supplier_invoice_id))


def _step(invoice_id: UUID, schema: BaseSchema, act: Callable[[dict[str, Any]], SupplierInvoice], done: str) -> Any:
    invoicing.get_invoice(current_actor(), invoice_id)
    return parts.carry_out(
        schema, act, done, url_for(INVOICES), lambda form: list_page("settlement/invoices.html", INVOICES, form)
    )


@blueprint.post("/invoices/<uuid:supplier_invoice_id>/check")
@access(Permission.PREPARE)
def check_invoice(supplier_invoice_id: UUID) -> Any:
    def act(data: dict[str, Any]) -> SupplierInvoice:
        return invoicing.check(current_actor(), supplier_invoice_id, data["version"])

    return _step(supplier_invoice_id, StatementVersionForm(), act, _("发票已核对。"))


@blueprint.post("/invoices/<uuid:supplier_invoice_id>/refuse")
@access(Permission.PREPARE)
def refuse_invoice(supplier_invoice_id: UUID) -> Any:
    def act(data: dict[str, Any]) -> SupplierInvoice:
        return invoicing.refuse(current_actor(), supplier_invoice_id, data["version"], data["reason"])

    return _step(supplier_invoice_id, StatementReasonForm(), act, _("发票已退回供应商。"))


@blueprint.post("/invoices/<uuid:supplier_invoice_id>/void")
@access(Permission.PREPARE)
def void_invoice(supplier_invoice_id: UUID) -> Any:
    def act(data: dict[str, Any]) -> SupplierInvoice:
        return invoicing.void(current_actor(), supplier_invoice_id, data["version"], data["reason"])

    return _step(supplier_invoice_id, StatementReasonForm(), act, _("发票已作废。"))
