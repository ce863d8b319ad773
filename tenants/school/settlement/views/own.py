"""A supplier's statements across schools: agree, dispute, invoice."""

from typing import Any
from uuid import UUID

from flask import Response, flash, redirect, render_template, url_for
from flask_babel import gettext as _

from kernel.access.edge import access, current_actor
from kernel.web.forms import Form
from school.settlement import labels
from school.settlement.permissions import Permission
from school.settlement.schemas import StatementAgreeForm, StatementDisputeForm, StatementReasonForm
from school.settlement.service import finding, invoicing, sending
from school.settlement.sheets import statement_xlsx
from school.settlement.views import invoices, parts
from school.settlement.views.blueprint import blueprint
from school.settlement.views.school import note_page

INVOICES = "settlement.own_invoices"


@blueprint.get("/own")
@access(Permission.READ_OWN)
def own() -> str:
    return parts.list_page("settlement/own.html", "settlement.own")


@blueprint.get("/own/<uuid:own_statement_id>")
@access(Permission.READ_OWN)
def own_one(own_statement_id: UUID) -> str:
    return own_page(own_statement_id)


def own_page(statement_id: UUID, form: Form | None = None) -> str:
    actor = current_actor()
    return parts.statement_page("settlement/own_one.html", actor, finding.get_statement(actor, statement_id), form)


def own_url(statement_id: UUID) -> str:
    return url_for("settlement.own_one", own_statement_id=statement_id)


@blueprint.get("/own/<uuid:own_statement_id>/sheet")
@access(Permission.READ_OWN)
def own_sheet(own_statement_id: UUID) -> Response:
    actor = current_actor()
    statement = finding.get_statement(actor, own_statement_id)
    return parts.sheet(statement_xlsx(actor, statement), statement.number)


@blueprint.post("/own/<uuid:own_statement_id>/agree")
@access(Permission.ANSWER)
def agree(own_statement_id: UUID) -> Any:
    actor = current_actor()
    finding.get_statement(actor, own_statement_id)
    return parts.carry_out(
        StatementAgreeForm(),
        lambda data: sending.agree(actor, own_statement_id, data["version"], data["digest"]),
        _("已确认对账单，请开具发票并登记。"),
        own_url(own_statement_id),
        lambda form: own_page(own_statement_id, form),
    )


@blueprint.get("/own/<uuid:own_statement_id>/dispute")
@access(Permission.ANSWER)
def dispute(own_statement_id: UUID) -> str:
    return _dispute_page(own_statement_id)


def _dispute_page(statement_id: UUID, form: Form | None = None) -> str:
    actor = current_actor()
    statement = finding.get_statement(actor, statement_id)
    lines = finding.lines_of(statement)
    rows = [{"line_id": str(line.id), "reason": ""} for line in lines]
    form = form or Form.blank(StatementDisputeForm(), {"objections": [*rows, {"line_id": "", "reason": ""}]})
    return render_template(
        "settlement/dispute.html", form=form, statement=statement, lines={str(line.id): line for line in lines},
        labels=labels,
    )  # fmt: skip


@blueprint.post("/own/<uuid:own_statement_id>/dispute")
@access(Permission.ANSWER)
def raise_dispute(own_statement_id: UUID) -> Any:
    actor = current_actor()
    finding.get_statement(actor, own_statement_id)
    form = Form.submitted(StatementDisputeForm())
    with form.catching():
        data = form.load()
        said = [(row["line_id"], row["reason"]) for row in data["objections"]]
        sending.dispute(actor, own_statement_id, data["version"], data["digest"], said)
        flash(_("异议已提交学校，学校答复后会再次发来。"), "success")
        return redirect(own_url(own_statement_id))
    return _dispute_page(own_statement_id, form), form.refusal_status


# --- invoices ---------------------------------------------------------------------------------------------------------


def _addresses(statement_id: UUID) -> tuple[str, str]:
    return own_url(statement_id), url_for("settlement.record_own_invoice", own_statement_id=statement_id)


@blueprint.get("/own/<uuid:own_statement_id>/invoice")
@access(Permission.ANSWER)
def own_invoice(own_statement_id: UUID) -> str:
    actor = current_actor()
    statement = finding.get_statement(actor, own_statement_id)
    return invoices.invoice_page(actor, statement, *_addresses(own_statement_id))


@blueprint.post("/own/<uuid:own_statement_id>/invoice")
@access(Permission.ANSWER)
def record_own_invoice(own_statement_id: UUID) -> Any:
    return invoices.take_invoice(own_statement_id, *_addresses(own_statement_id))


@blueprint.get("/own/invoices")
@access(Permission.READ_OWN)
def own_invoices() -> str:
    return invoices.list_page("settlement/own_invoices.html", INVOICES)


@blueprint.get("/own/invoices/<uuid:own_invoice_id>/scan")
@access(Permission.READ_OWN)
def own_invoice_scan(own_invoice_id: UUID) -> Response:
    return parts.scan(*invoicing.scan_of(current_actor(), own_invoice_id))


@blueprint.post("/own/invoices/<uuid:own_invoice_id>/void")
@access(Permission.ANSWER)
def void_own_invoice(own_invoice_id: UUID) -> Any:
    actor = current_actor()
    invoicing.get_invoice(actor, own_invoice_id)
    return parts.carry_out(
        StatementReasonForm(),
        lambda data: invoicing.void(actor, own_invoice_id, data["version"], data["reason"]),
        _("发票已作废。"),
        url_for(INVOICES),
        lambda form: invoices.list_page("settlement/own_invoices.html", INVOICES, form),
    )


@blueprint.get("/own/notes/<uuid:own_note_id>")
@access(Permission.READ_OWN)
def own_note(own_note_id: UUID) -> str:
    return note_page(current_actor(), own_note_id, own_url)
