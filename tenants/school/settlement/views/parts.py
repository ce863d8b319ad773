"""What the pages of a statement share: its list, its page, one form carried out."""

from collections.abc import Callable, Mapping
from datetime import date
from types import SimpleNamespace
from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from bureau.catalogue.rules import plain_text
from kernel.access.edge import current_actor
from kernel.actor import Actor
from kernel.database import new_id
from kernel.errors import Invalid
from kernel.files.models import Attachment
from kernel.schemas import BaseSchema
from kernel.sheets import MEDIA_TYPE
from kernel.web.dates import today
from kernel.web.downloads import disposition
from kernel.web.forms import Form
from school.settlement import labels, rules
from school.settlement.models import SupplierStatement
from school.settlement.schemas import SettlementMonthQuery, StatementQuery
from school.settlement.service import adjusting, finding, invoicing, paying, sending
from school.settlement.service.figures import due_month
from school.supply.rules import amount_fen

PAGE = 50


def asked_month() -> tuple[Form, date]:
    """Of the address; a mistyped one shows the month that is due with the message at its field."""
    form = Form.blank(SettlementMonthQuery(), dict(request.args.items()))
    try:
        asked = form.load()
    except Invalid as error:
        form.reject(error)
        asked = SettlementMonthQuery().load({})
    last = asked["until_day"]
    return form, asked["month"] or (rules.month_of(last) if last else due_month())


def list_page(template: str, endpoint: str, *, values: Mapping[str, Any] | None = None, **context: Any) -> str:
    form = Form.blank(StatementQuery(), dict(request.args.items()))
    try:
        query = form.load()
    except Invalid as error:
        form.reject(error)
        query = StatementQuery().load({})
    query["limit"] = min(query["limit"], PAGE)
    page = finding.list_statements(current_actor(), **(values or {}), **query)
    chosen = {
        name: value for name in ("state", "month") if (value := request.args.get(name)) and name not in form.errors
    }
    address = {**(values or {}), **chosen}
    return render_template(
        template, form=form, page=page, labels=labels, today=today(), filtered=bool(chosen),
        list_url=url_for(endpoint, **(values or {})),
        first_url=url_for(endpoint, **address) if query["cursor"] else None,
        next_url=url_for(endpoint, **address, cursor=page.next_cursor) if page.next_cursor else None, **context,
    )  # fmt: skip


def statement_page(
    template: str, actor: Actor, statement: SupplierStatement, form: Form | None = None, **more: Any
) -> str:
    """A draft, and what a supplier disputes, shows the school what would be sent now; everybody else what was sent."""
    follows = statement.state in ("draft", "disputed") and actor.level != "supplier"
    said = sending.preview(actor, statement) if follows else None
    lines = [SimpleNamespace(id=None, **line) for line in said.lines] if said else finding.lines_of(statement)
    sent = finding.lines_of(statement) if statement.state == "disputed" else lines
    objections = finding.objections_of(statement)
    revisions = {one.revision for one in objections} - {statement.revision}
    named = {line.id: line for line in sent} | {
        line.id: line for revision in revisions for line in finding.lines_of(statement, revision)
    }
    return render_template(
        template, statement=statement, lines=lines, follows=follows, said=said, objections=objections, named=named,
        amount_fen=said.amount_fen if said else statement.amount_fen, matched=matched_of(lines),
        invoices=invoicing.invoices_of(statement), payments=paying.payments_of(statement),
        notes=adjusting.notes_of(statement),
        adjustments=adjusting.open_adjustments(actor, statement) if actor.level == "school" else [],
        events=finding.events_of(actor, statement), may_event=rules.events_of(statement.state), form=form, labels=labels,
        plain=plain_text, today=today(), new_id=new_id,
        is_over=today() >= rules.last_day(statement.month), **more,
    )  # fmt: skip


def matched_of(lines: Any) -> list[rules.Matched]:
    """Order beside receipt, of what was received; the rest has no order."""
    return rules.three_way(
        [
            rules.Delivered(
                line.order_line_id or (line.source_id, line.kind), line.name, line.order_number, line.unit,
                line.ordered_quantity, line.quantity, line.unit_price_fen, line.amount_fen,
            )
            for line in lines
            if line.kind == "receipt"
        ],
        amount_fen,
    )  # fmt: skip


def carry_out(
    schema: BaseSchema, act: Callable[[dict[str, Any]], Any], done: str, target: str, page: Callable[[Form], str]
) -> Any:
    """A form: carried out, or its page shown again with what is wrong."""
    form = Form.submitted(schema)
    with form.catching():
        act(form.load())
        flash(done, "success")
        return redirect(target)
    return page(form), form.refusal_status


def sheet(content: bytes, name: str) -> Response:
    response = Response(content, mimetype=MEDIA_TYPE)
    response.headers["Content-Disposition"] = disposition("attachment", f"{name}.xlsx")
    return response


def scan(attachment: Attachment, data: bytes) -> Response:
    response = Response(data, mimetype=attachment.media_type)
    response.headers["Content-Disposition"] = disposition("inline", attachment.original_name or _("发票"))
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
