"""What goes in and out of settlement, pages and API alike. Money in fen over the API, in yuan on pages."""

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_smorest.fields import Upload
from marshmallow import ValidationError, fields, post_load, validate

from bureau.agreements.schemas import MOST_FEN
from duties.schemas import Month
from kernel.api import PageSchema
from kernel.schemas import BaseSchema, Choice, Day, Identifier, PageArguments, Quantity, Text, Whole
from school.settlement.rules import INVOICE_STATES, STATES

MOST_OBJECTIONS = 400
MOST_MATCHES = 60
DIGEST = validate.Regexp(r"^[0-9a-f]{64}$", error=_l("请刷新后重试。"))


def signed_yuan(**more: Any) -> Quantity:
    return Quantity(places=2, least="-100000000", most="100000000", **more)


def signed_fen(**more: Any) -> Whole:
    return Whole(-MOST_FEN, MOST_FEN, **more)


def in_fen(data: dict[str, Any], *names: str) -> dict[str, Any]:
    """Yuan at these names as fen at `<name>_fen`."""
    return {**{k: v for k, v in data.items() if k not in names}, **{f"{n}_fen": int(data[n] * 100) for n in names}}


class StatementQuery(PageArguments):
    state = Choice(STATES, load_default=None, allow_none=True)
    month = Month(load_default=None, allow_none=True)


class InvoiceQuery(PageArguments):
    state = Choice(INVOICE_STATES, load_default=None, allow_none=True)


class SettlementMonthQuery(BaseSchema):
    month = Month(load_default=None, allow_none=True)
    # The overview of all figures hands its span over.
    from_day = Day(load_default=None, allow_none=True)
    until_day = Day(load_default=None, allow_none=True)


class SettlementMonthForm(BaseSchema):
    month = Month(required=True)


class StatementSchema(BaseSchema):
    supplier_id = Identifier(required=True)
    month = Month(required=True)


class StatementVersionForm(BaseSchema):
    version = Whole(1, required=True)


class StatementReasonIn(BaseSchema):
    reason = Text(500, required=True)


class StatementReasonForm(StatementReasonIn):
    version = Whole(1, required=True)


class StatementNoteForm(StatementVersionForm):
    reason = Text(500, load_default="")


class StatementSendIn(BaseSchema):
    """`digest`: of the preview that was looked at; absent: whatever the books say now."""

    digest = fields.String(load_default=None, allow_none=True, validate=DIGEST)


class StatementSendForm(StatementVersionForm):
    digest = fields.String(required=True, validate=DIGEST)


class StatementAgreeIn(BaseSchema):
    """`digest`: of exactly what is agreed to."""

    digest = fields.String(required=True, validate=DIGEST, error_messages={"required": _l("请刷新后重试。")})


class StatementAgreeForm(StatementAgreeIn):
    version = Whole(1, required=True)


class StatementObjectionIn(BaseSchema):
    """`line_id` null: something is missing."""

    line_id = Identifier(load_default=None, allow_none=True)
    reason = Text(300, required=True)


class StatementDisputeIn(StatementAgreeIn):
    objections = fields.List(
        fields.Nested(StatementObjectionIn), required=True, validate=validate.Length(1, MOST_OBJECTIONS)
    )


class StatementObjectionRow(BaseSchema):
    """On a page a line without a word is not disputed."""

    line_id = Identifier(load_default=None, allow_none=True)
    reason = Text(300, load_default="")


class StatementDisputeForm(StatementAgreeForm):
    objections = fields.List(
        fields.Nested(StatementObjectionRow), load_default=list, validate=validate.Length(0, MOST_OBJECTIONS)
    )

    @post_load
    def _said(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        return {**data, "objections": [row for row in data["objections"] if row["reason"]]}


class StatementObjectionAnswerIn(BaseSchema):
    answer = Text(500, required=True)


class StatementObjectionAnswerForm(StatementObjectionAnswerIn):
    version = Whole(1, required=True)


class SettlementAdjustmentSchema(BaseSchema):
    statement_id = Identifier(required=True)
    line_id = Identifier(load_default=None, allow_none=True)
    amount_fen = signed_fen(required=True)
    reason = Text(500, required=True)


class SettlementAdjustmentForm(BaseSchema):
    id = Identifier(required=True)
    line_id = Identifier(load_default=None, allow_none=True)
    amount = signed_yuan(required=True)
    reason = Text(500, required=True)

    @post_load
    def _fen(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        return in_fen(data, "amount")


# --- invoices ---------------------------------------------------------------------------------------------------------


def _invoice_number(value: str) -> None:
    if not (value.isascii() and value.isdigit() and len(value) in (8, 20)):
        raise ValidationError(str(_l("发票号码是 8 位（纸质、电子普票）或 20 位（数电票）数字。")))


def _invoice_code(value: str) -> None:
    if value and not (value.isascii() and value.isdigit() and len(value) in (10, 12)):
        raise ValidationError(str(_l("发票代码是 10 位或 12 位数字，数电票不填。")))


class _Invoice(BaseSchema):
    number = Text(20, required=True, validate=_invoice_number)
    code = Text(12, load_default="", validate=_invoice_code)
    issued_on = Day(required=True)
    note = Text(200, load_default="")


class InvoiceMatchIn(BaseSchema):
    """`amount_fen` null: as much as is open of the statement."""

    statement_id = Identifier(required=True)
    amount_fen = signed_fen(load_default=None, allow_none=True)


class InvoiceSchema(_Invoice):
    amount_fen = signed_fen(required=True)
    tax_fen = signed_fen(required=True)
    attachment_id = Identifier(required=True)
    matches = fields.List(
        fields.Nested(InvoiceMatchIn), required=True, validate=validate.Length(1, MOST_MATCHES),
    )  # fmt: skip

    @post_load
    def _by_statement(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        return {**data, "matches": {row["statement_id"]: row["amount_fen"] for row in data["matches"]}}


class InvoiceMatchRow(BaseSchema):
    """On a page a statement without an amount is not covered."""

    statement_id = Identifier(required=True)
    amount = signed_yuan(load_default=None, allow_none=True)


class InvoiceForm(_Invoice):
    id = Identifier(required=True)
    amount = signed_yuan(required=True)
    tax = signed_yuan(required=True)
    matches = fields.List(fields.Nested(InvoiceMatchRow), load_default=list, validate=validate.Length(0, MOST_MATCHES))

    @post_load
    def _fen(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        rows = data["matches"]
        matches = {row["statement_id"]: int(row["amount"] * 100) for row in rows if row["amount"]}
        return {**in_fen(data, "amount", "tax"), "matches": matches}


class InvoiceScanSchema(BaseSchema):
    file = Upload(required=True, error_messages={"required": _l("请选择文件。")})


class InvoiceScanOut(BaseSchema):
    id = fields.UUID()
    size = fields.Integer()


# --- payments ---------------------------------------------------------------------------------------------------------


class SupplierPaymentSchema(BaseSchema):
    paid_on = Day(required=True)
    amount_fen = signed_fen(required=True)
    reference = Text(100, required=True)
    note = Text(200, load_default="")


class SupplierPaymentForm(BaseSchema):
    id = Identifier(required=True)
    version = Whole(1, required=True)
    paid_on = Day(required=True)
    amount = signed_yuan(required=True)
    reference = Text(100, required=True)
    note = Text(200, load_default="")

    @post_load
    def _fen(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        return in_fen(data, "amount")


# --- what comes out ---------------------------------------------------------------------------------------------------


class DifferenceReasonOut(BaseSchema):
    code = fields.String()
    quantity = fields.String()
    note = fields.String()


class StatementLineOut(BaseSchema):
    """Quantities of one lot, kept apart; `quantity` is what is charged. `memo_fen`: refused goods, never charged."""

    id = fields.UUID(allow_none=True)  # null in a draft
    kind = fields.String()
    month = Month()
    receipt_id = fields.UUID(allow_none=True)
    receipt_number = fields.String()
    on_day = fields.Date(allow_none=True)
    order_number = fields.String()
    name = fields.String()
    unit = fields.String()
    batch_no = fields.String()
    ordered_quantity = fields.Decimal(as_string=True, allow_none=True)
    shipped_quantity = fields.Decimal(as_string=True, allow_none=True)
    arrived_quantity = fields.Decimal(as_string=True, allow_none=True)
    net_quantity = fields.Decimal(as_string=True, allow_none=True)
    rejected_quantity = fields.Decimal(as_string=True, allow_none=True)
    quantity = fields.Decimal(as_string=True, allow_none=True)
    unit_price_fen = fields.Integer(allow_none=True)
    book_number = fields.String()
    amount_fen = fields.Integer()
    memo_fen = fields.Integer()
    reasons = fields.List(fields.Nested(DifferenceReasonOut))
    note = fields.String()


class StatementObjectionOut(BaseSchema):
    id = fields.UUID()
    revision = fields.Integer()
    line_id = fields.UUID(allow_none=True)
    reason = fields.String()
    raised_at = fields.AwareDateTime()
    answer = fields.String()
    answered_at = fields.AwareDateTime(allow_none=True)
    version = fields.Integer()


class StatementRow(BaseSchema):
    id = fields.UUID()
    number = fields.String()
    school_id = fields.Integer()
    school_name = fields.String()
    supplier_id = fields.UUID()
    supplier_name = fields.String()
    month = Month()
    state = fields.String()
    revision = fields.Integer()
    line_count = fields.Integer()
    amount_fen = fields.Integer()
    invoiced_fen = fields.Integer()
    checked_fen = fields.Integer()
    paid_fen = fields.Integer()
    sent_at = fields.AwareDateTime(allow_none=True)
    answer_due_on = fields.Date(allow_none=True)
    agreed_at = fields.AwareDateTime(allow_none=True)
    version = fields.Integer()


class StatementPage(PageSchema):
    items = fields.List(fields.Nested(StatementRow))


class StatementInvoiceOut(BaseSchema):
    """`part_fen`: how much of it is for this statement."""

    id = fields.UUID()
    number = fields.String()
    state = fields.String()
    amount_fen = fields.Integer()
    part_fen = fields.Integer()


class SupplierPaymentOut(BaseSchema):
    id = fields.UUID()
    paid_on = fields.Date()
    amount_fen = fields.Integer()
    reference = fields.String()
    note = fields.String()


class StatementOut(StatementRow):
    """A draft's lines and amount are those that would be sent now; `digest` is their fingerprint."""

    digest = fields.String()
    state_reason = fields.String()
    lines = fields.List(fields.Nested(StatementLineOut))
    objections = fields.List(fields.Nested(StatementObjectionOut))
    invoices = fields.List(fields.Nested(StatementInvoiceOut))
    payments = fields.List(fields.Nested(SupplierPaymentOut))


class StatementsMadeOut(BaseSchema):
    items = fields.List(fields.Nested(StatementRow))
    known = fields.Integer()
    is_settled = fields.Boolean()


class SettlementAdjustmentOut(BaseSchema):
    id = fields.UUID()
    supplier_id = fields.UUID()
    month = Month()
    line_id = fields.UUID(allow_none=True)
    name = fields.String()
    amount_fen = fields.Integer()
    reason = fields.String()
    withdrawn_at = fields.AwareDateTime(allow_none=True)
    version = fields.Integer()


class InvoiceMatchOut(BaseSchema):
    statement_id = fields.UUID()
    amount_fen = fields.Integer()


class InvoiceOut(BaseSchema):
    id = fields.UUID()
    school_id = fields.Integer()
    school_name = fields.String()
    supplier_id = fields.UUID()
    supplier_name = fields.String()
    number = fields.String()
    code = fields.String()
    issued_on = fields.Date()
    amount_fen = fields.Integer()
    tax_fen = fields.Integer()
    matched_fen = fields.Integer()
    state = fields.String()
    end_reason = fields.String()
    note = fields.String()
    version = fields.Integer()


class InvoiceWhole(InvoiceOut):
    matches = fields.List(fields.Nested(InvoiceMatchOut))


class InvoicePage(PageSchema):
    items = fields.List(fields.Nested(InvoiceOut))


class DifferenceNoteLineOut(BaseSchema):
    """Price before and after, with the book that decides now."""

    name = fields.String()
    unit = fields.String()
    on_day = fields.Date()
    quantity = fields.Decimal(as_string=True)
    old_price_fen = fields.Integer()
    new_price_fen = fields.Integer()
    new_book_number = fields.String()
    settled_fen = fields.Integer()
    due_fen = fields.Integer()


class DifferenceNoteOut(BaseSchema):
    id = fields.UUID()
    number = fields.String()
    statement_id = fields.UUID()
    supplier_name = fields.String()
    month = Month()
    amount_fen = fields.Integer()
    created_at = fields.AwareDateTime()
    lines = fields.List(fields.Nested(DifferenceNoteLineOut))


class DifferenceNotesOut(BaseSchema):
    items = fields.List(fields.Nested(DifferenceNoteOut))


class SettlementOfSchoolOut(BaseSchema):
    school_id = fields.Integer()
    school_name = fields.String()
    without = fields.Integer()
    states = fields.Dict(keys=fields.String(), values=fields.Integer())
    amount_fen = fields.Integer()
    paid_fen = fields.Integer()
    confirmed_at = fields.AwareDateTime(allow_none=True)
    overdue_count = fields.Integer()
    overdue_fen = fields.Integer()


class SettlementOverviewOut(BaseSchema):
    month = Month()
    items = fields.List(fields.Nested(SettlementOfSchoolOut))
