"""What goes into settlement, pages and API alike. Money in fen over the API, in yuan on pages."""

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_smorest.fields import Upload
from marshmallow import ValidationError, fields, post_load, validate

from bureau.agreements.schemas import MOST_FEN
from duties.schemas import Month
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
