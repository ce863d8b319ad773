"""Settlement over REST: a school its own, a supplier what was sent to it, the bureau and its zones their schools'."""

from types import SimpleNamespace
from typing import Any
from uuid import UUID

from bureau.schools.service import get_school
from kernel.access.edge import access, current_actor
from kernel.api import ApiBlueprint, seen_version
from kernel.files.service import store
from school.settlement import answer_schemas as answers
from school.settlement import schemas as shapes
from school.settlement.invoice_models import PriceDifferenceNote, SupplierInvoice
from school.settlement.models import SupplierStatement
from school.settlement.permissions import Permission
from school.settlement.service import adjusting, finding, invoicing, making, overseeing, paying, sending
from school.settlement.service.figures import due_month

blueprint = ApiBlueprint("settlement_api", __name__, description="Monthly statements with suppliers")


def _row(statement: SupplierStatement) -> dict[str, Any]:
    return {name: getattr(statement, name) for name in answers.StatementRow().fields}


def _whole(statement: SupplierStatement) -> SimpleNamespace:
    """A draft, and what is disputed, shows the school what would be sent now."""
    actor = current_actor()
    values = {**_row(statement), "digest": statement.digest, "state_reason": statement.state_reason}
    lines: Any = finding.lines_of(statement)
    if statement.state in ("draft", "disputed") and actor.level != "supplier":
        said = sending.preview(actor, statement)
        values |= {"digest": said.digest, "amount_fen": said.amount_fen, "line_count": len(said.lines)}
        lines = [SimpleNamespace(id=None, **line) for line in said.lines]
    return SimpleNamespace(
        **values, lines=lines, objections=finding.objections_of(statement), payments=paying.payments_of(statement),
        invoices=[
            {
                "id": one.id, "number": one.number, "state": one.state, "amount_fen": one.amount_fen,
                "part_fen": part,
            }
            for one, part in invoicing.invoices_of(statement)
        ],
    )  # fmt: skip


def _page(query: dict[str, Any], **more: Any) -> dict[str, Any]:
    page = finding.list_statements(current_actor(), **query, **more)
    return {"items": page.items, "next_cursor": page.next_cursor}


def _invoice(invoice: SupplierInvoice) -> SimpleNamespace:
    values = {name: getattr(invoice, name) for name in answers.InvoiceOut().fields}
    return SimpleNamespace(**values, matches=invoicing.matches_of(invoice))


def _invoices(query: dict[str, Any]) -> dict[str, Any]:
    page = invoicing.list_invoices(current_actor(), **query)
    return {"items": page.items, "next_cursor": page.next_cursor}


def _note(note: PriceDifferenceNote) -> SimpleNamespace:
    names = [name for name in answers.DifferenceNoteOut().fields if name != "lines"]
    _note_again, lines = adjusting.get_note(current_actor(), note.id)
    return SimpleNamespace(**{name: getattr(note, name) for name in names}, lines=lines)


def _scan(files: dict[str, Any], attachment_id: UUID) -> dict[str, Any]:
    file = files["file"]
    stored = store(
        current_actor(), file.read(), name=file.filename or "", purpose=invoicing.PURPOSE, attachment_id=attachment_id
    )
    return {"id": stored.id, "size": stored.size}


# --- a school ---------------------------------------------------------------------------------------------------------


@blueprint.route("/supplier-statements", methods=["GET"])
@access(Permission.READ)
@blueprint.arguments(shapes.StatementQuery, location="query")
@blueprint.response(200, answers.StatementPage)
def list_statements(query: dict[str, Any]) -> Any:
    """The school's statements, the newest month first. A draft's amount is that of when it was made."""
    return _page(query)


@blueprint.route("/supplier-statements/making", methods=["POST"])
@access(Permission.PREPARE)
@blueprint.arguments(shapes.SettlementMonthForm)
@blueprint.response(200, answers.StatementsMadeOut)
def make_all(data: dict[str, Any]) -> Any:
    """A draft for every supplier of the month that has none; asked again it makes none."""
    made = making.make_all(current_actor(), data["month"])
    return {"items": made.made, "known": made.known, "is_settled": made.is_settled}


@blueprint.route("/supplier-statements/<uuid:new_statement_id>", methods=["PUT"])
@access(Permission.PREPARE)
@blueprint.arguments(shapes.StatementSchema)
@blueprint.response(200, answers.StatementOut)
def put_statement(data: dict[str, Any], new_statement_id: UUID) -> Any:
    """A draft for one supplier under an id of the client's making."""
    return _whole(making.make_one(current_actor(), new_statement_id, **data))


@blueprint.route("/supplier-statements/<uuid:supplier_statement_id>", methods=["GET"])
@access(Permission.READ)
@blueprint.response(200, answers.StatementOut)
def get_statement(supplier_statement_id: UUID) -> Any:
    return _whole(finding.get_statement(current_actor(), supplier_statement_id))


@blueprint.route("/supplier-statements/<uuid:supplier_statement_id>/sending", methods=["POST"])
@access(Permission.PREPARE)
@blueprint.arguments(shapes.StatementSendIn)
@blueprint.response(200, answers.StatementOut)
def send(data: dict[str, Any], supplier_statement_id: UUID) -> Any:
    """Freeze and show to the supplier. This and all steps want the version seen as If-Match."""
    return _whole(sending.send(current_actor(), supplier_statement_id, seen_version(), data["digest"]))


@blueprint.route("/supplier-statements/<uuid:supplier_statement_id>/withdrawal", methods=["POST"])
@access(Permission.PREPARE)
@blueprint.arguments(shapes.StatementReasonIn)
@blueprint.response(200, answers.StatementOut)
def withdraw(data: dict[str, Any], supplier_statement_id: UUID) -> Any:
    return _whole(making.withdraw(current_actor(), supplier_statement_id, seen_version(), data["reason"]))


@blueprint.route("/supplier-statements/<uuid:supplier_statement_id>/objections/<uuid:objection_id>", methods=["POST"])
@access(Permission.PREPARE)
@blueprint.arguments(shapes.StatementObjectionAnswerIn)
@blueprint.response(200, answers.StatementObjectionOut)
def answer(data: dict[str, Any], supplier_statement_id: UUID, objection_id: UUID) -> Any:
    """If-Match: the objection's version."""
    return sending.answer(current_actor(), supplier_statement_id, objection_id, seen_version(), data["answer"])


@blueprint.route("/settlement-adjustments/<uuid:new_adjustment_id>", methods=["PUT"])
@access(Permission.PREPARE)
@blueprint.arguments(shapes.SettlementAdjustmentSchema)
@blueprint.response(200, answers.SettlementAdjustmentOut)
def put_adjustment(data: dict[str, Any], new_adjustment_id: UUID) -> Any:
    return adjusting.adjust(current_actor(), new_adjustment_id, **data)


@blueprint.route("/settlement-adjustments/<uuid:adjustment_id>/withdrawal", methods=["POST"])
@access(Permission.PREPARE)
@blueprint.response(200, answers.SettlementAdjustmentOut)
def withdraw_adjustment(adjustment_id: UUID) -> Any:
    return adjusting.withdraw_adjustment(current_actor(), adjustment_id, seen_version())


@blueprint.route("/supplier-statements/<uuid:supplier_statement_id>/difference-notes", methods=["POST"])
@access(Permission.PREPARE)
@blueprint.response(200, answers.DifferenceNotesOut)
def note_difference(supplier_statement_id: UUID) -> Any:
    """A note where the day's prices are others by now; `items` empty where none is."""
    note = adjusting.note_differences(current_actor(), supplier_statement_id)
    return {"items": [_note(note)] if note is not None else []}


@blueprint.route("/difference-notes/<uuid:difference_note_id>", methods=["GET"])
@access(Permission.READ)
@blueprint.response(200, answers.DifferenceNoteOut)
def get_note(difference_note_id: UUID) -> Any:
    return _note(adjusting.get_note(current_actor(), difference_note_id)[0])


@blueprint.route("/supplier-invoices", methods=["GET"])
@access(Permission.READ)
@blueprint.arguments(shapes.InvoiceQuery, location="query")
@blueprint.response(200, answers.InvoicePage)
def list_invoices(query: dict[str, Any]) -> Any:
    return _invoices(query)


@blueprint.route("/supplier-invoices/scans/<uuid:attachment_id>", methods=["PUT"])
@access(Permission.PREPARE)
@blueprint.arguments(shapes.InvoiceScanSchema, location="files", content_type="multipart/form-data")
@blueprint.response(200, shapes.InvoiceScanOut)
def put_scan(files: dict[str, Any], attachment_id: UUID) -> Any:
    """Keep an invoice's picture or PDF under an id of the client's making; then name it as `attachment_id`."""
    return _scan(files, attachment_id)


@blueprint.route("/supplier-invoices/<uuid:new_invoice_id>", methods=["PUT"])
@access(Permission.PREPARE)
@blueprint.arguments(shapes.InvoiceSchema)
@blueprint.response(200, answers.InvoiceWhole)
def put_invoice(data: dict[str, Any], new_invoice_id: UUID) -> Any:
    """Recorded by the school's accountant, and checked with it."""
    return _invoice(invoicing.record_invoice(current_actor(), new_invoice_id, **data))


@blueprint.route("/supplier-invoices/<uuid:supplier_invoice_id>", methods=["GET"])
@access(Permission.READ)
@blueprint.response(200, answers.InvoiceWhole)
def get_invoice(supplier_invoice_id: UUID) -> Any:
    return _invoice(invoicing.get_invoice(current_actor(), supplier_invoice_id))


@blueprint.route("/supplier-invoices/<uuid:supplier_invoice_id>/check", methods=["POST"])
@access(Permission.PREPARE)
@blueprint.response(200, answers.InvoiceWhole)
def check(supplier_invoice_id: UUID) -> Any:
    return _invoice(invoicing.check(current_actor(), supplier_invoice_id, seen_version()))


@blueprint.route("/supplier-invoices/<uuid:supplier_invoice_id>/refusal", methods=["POST"])
@access(Permission.PREPARE)
@blueprint.arguments(shapes.StatementReasonIn)
@blueprint.response(200, answers.InvoiceWhole)
def refuse_invoice(data: dict[str, Any], supplier_invoice_id: UUID) -> Any:
    return _invoice(invoicing.refuse(current_actor(), supplier_invoice_id, seen_version(), data["reason"]))


@blueprint.route("/supplier-invoices/<uuid:supplier_invoice_id>/voiding", methods=["POST"])
@access(Permission.PREPARE)
@blueprint.arguments(shapes.StatementReasonIn)
@blueprint.response(200, answers.InvoiceWhole)
def void_invoice(data: dict[str, Any], supplier_invoice_id: UUID) -> Any:
    return _invoice(invoicing.void(current_actor(), supplier_invoice_id, seen_version(), data["reason"]))


@blueprint.route("/supplier-statements/<uuid:supplier_statement_id>/approval", methods=["POST"])
@access(Permission.APPROVE)
@blueprint.response(200, answers.StatementOut)
def approve(supplier_statement_id: UUID) -> Any:
    """Let the money go; never who made or sent it."""
    return _whole(paying.approve(current_actor(), supplier_statement_id, seen_version()))


@blueprint.route("/supplier-statements/<uuid:supplier_statement_id>/refusal", methods=["POST"])
@access(Permission.APPROVE)
@blueprint.arguments(shapes.StatementReasonIn)
@blueprint.response(200, answers.StatementOut)
def refuse(data: dict[str, Any], supplier_statement_id: UUID) -> Any:
    return _whole(paying.refuse(current_actor(), supplier_statement_id, seen_version(), data["reason"]))


@blueprint.route("/supplier-statements/<uuid:supplier_statement_id>/revocation", methods=["POST"])
@access(Permission.APPROVE)
@blueprint.arguments(shapes.StatementReasonIn)
@blueprint.response(200, answers.StatementOut)
def revoke(data: dict[str, Any], supplier_statement_id: UUID) -> Any:
    return _whole(paying.revoke(current_actor(), supplier_statement_id, seen_version(), data["reason"]))


@blueprint.route("/supplier-statements/<uuid:supplier_statement_id>/payments/<uuid:new_payment_id>", methods=["PUT"])
@access(Permission.PAY)
@blueprint.arguments(shapes.SupplierPaymentSchema)
@blueprint.response(200, answers.SupplierPaymentOut)
def put_payment(data: dict[str, Any], supplier_statement_id: UUID, new_payment_id: UUID) -> Any:
    """A payment made elsewhere, in full or in part; never by who approved it."""
    return paying.record_payment(current_actor(), supplier_statement_id, new_payment_id, seen_version(), **data)


# --- a supplier -------------------------------------------------------------------------------------------------------


@blueprint.route("/own-supplier-statements", methods=["GET"])
@access(Permission.READ_OWN)
@blueprint.arguments(shapes.StatementQuery, location="query")
@blueprint.response(200, answers.StatementPage)
def list_own(query: dict[str, Any]) -> Any:
    """What schools sent to the supplier, the newest month first."""
    return _page(query)


@blueprint.route("/own-supplier-statements/<uuid:own_statement_id>", methods=["GET"])
@access(Permission.READ_OWN)
@blueprint.response(200, answers.StatementOut)
def get_own(own_statement_id: UUID) -> Any:
    return _whole(finding.get_statement(current_actor(), own_statement_id))


@blueprint.route("/own-supplier-statements/<uuid:own_statement_id>/agreement", methods=["POST"])
@access(Permission.ANSWER)
@blueprint.arguments(shapes.StatementAgreeIn)
@blueprint.response(200, answers.StatementOut)
def agree(data: dict[str, Any], own_statement_id: UUID) -> Any:
    """To the content of exactly this digest."""
    return _whole(sending.agree(current_actor(), own_statement_id, seen_version(), data["digest"]))


@blueprint.route("/own-supplier-statements/<uuid:own_statement_id>/dispute", methods=["POST"])
@access(Permission.ANSWER)
@blueprint.arguments(shapes.StatementDisputeIn)
@blueprint.response(200, answers.StatementOut)
def dispute(data: dict[str, Any], own_statement_id: UUID) -> Any:
    said = [(row["line_id"], row["reason"]) for row in data["objections"]]
    return _whole(sending.dispute(current_actor(), own_statement_id, seen_version(), data["digest"], said))


@blueprint.route("/own-supplier-invoices", methods=["GET"])
@access(Permission.READ_OWN)
@blueprint.arguments(shapes.InvoiceQuery, location="query")
@blueprint.response(200, answers.InvoicePage)
def list_own_invoices(query: dict[str, Any]) -> Any:
    return _invoices(query)


@blueprint.route("/own-supplier-invoices/scans/<uuid:attachment_id>", methods=["PUT"])
@access(Permission.ANSWER)
@blueprint.arguments(shapes.InvoiceScanSchema, location="files", content_type="multipart/form-data")
@blueprint.response(200, shapes.InvoiceScanOut)
def put_own_scan(files: dict[str, Any], attachment_id: UUID) -> Any:
    return _scan(files, attachment_id)


@blueprint.route("/own-supplier-invoices/<uuid:new_invoice_id>", methods=["PUT"])
@access(Permission.ANSWER)
@blueprint.arguments(shapes.InvoiceSchema)
@blueprint.response(200, answers.InvoiceWhole)
def put_own_invoice(data: dict[str, Any], new_invoice_id: UUID) -> Any:
    """For statements that were agreed; the school checks it."""
    return _invoice(invoicing.record_invoice(current_actor(), new_invoice_id, **data))


@blueprint.route("/own-supplier-invoices/<uuid:own_invoice_id>/voiding", methods=["POST"])
@access(Permission.ANSWER)
@blueprint.arguments(shapes.StatementReasonIn)
@blueprint.response(200, answers.InvoiceWhole)
def void_own_invoice(data: dict[str, Any], own_invoice_id: UUID) -> Any:
    return _invoice(invoicing.void(current_actor(), own_invoice_id, seen_version(), data["reason"]))


@blueprint.route("/own-difference-notes/<uuid:own_note_id>", methods=["GET"])
@access(Permission.READ_OWN)
@blueprint.response(200, answers.DifferenceNoteOut)
def get_own_note(own_note_id: UUID) -> Any:
    return _note(adjusting.get_note(current_actor(), own_note_id)[0])


# --- the bureau -------------------------------------------------------------------------------------------------------


@blueprint.route("/settlement-overview", methods=["GET"])
@access(Permission.OVERSEE)
@blueprint.arguments(shapes.SettlementMonthQuery, location="query")
@blueprint.response(200, answers.SettlementOverviewOut)
def overview(query: dict[str, Any]) -> Any:
    """Every school with something to settle in the month (default: the last one) or to pay."""
    month = query["month"] or due_month()
    return {"month": month, "items": overseeing.month_of_schools(current_actor(), month)}


@blueprint.route("/schools/<int:school_id>/supplier-statements", methods=["GET"])
@access(Permission.OVERSEE)
@blueprint.arguments(shapes.StatementQuery, location="query")
@blueprint.response(200, answers.StatementPage)
def list_of_school(query: dict[str, Any], school_id: int) -> Any:
    return _page(query, school_id=get_school(current_actor(), school_id).id)


@blueprint.route("/schools/<int:school_id>/supplier-statements/<uuid:supplier_statement_id>", methods=["GET"])
@access(Permission.OVERSEE)
@blueprint.response(200, answers.StatementOut)
def get_of_school(school_id: int, supplier_statement_id: UUID) -> Any:
    return _whole(finding.get_statement(current_actor(), supplier_statement_id, school_id=school_id))
