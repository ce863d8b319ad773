"""What settlement answers over the API. Money in fen."""

from marshmallow import fields

from duties.schemas import Month
from kernel.api import PageSchema
from kernel.schemas import BaseSchema


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
