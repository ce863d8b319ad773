"""What stands beside statements: invoices with what they cover, payments, corrections by hand, notes of late prices."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKeyConstraint, Index, Numeric, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from kernel.database import Recorded, SchoolOwned, Versioned, db, fk_in_bureau, fk_school, one_of
from school.orders.models import fk_supplied
from school.settlement.models import fk_statement
from school.settlement.rules import INVOICE_STATES


class SupplierInvoice(Recorded, Versioned, SchoolOwned, db.Model):
    """发票, made out to one school. `amount_fen` with tax, `tax_fen` of it; negative: a red invoice. Its scan is the
    supplier's attachment or the school's, by who recorded it. `matched_fen`: what of it stands beside statements."""

    __tablename__ = "supplier_invoices"
    __audited__ = True
    __table_args__ = (
        fk_school(),
        fk_in_bureau("supplier_id", "bureau_suppliers"),
        ForeignKeyConstraint(
            ["bureau_id", "school_id", "school_attachment_id"],
            ["attachments.bureau_id", "attachments.school_id", "attachments.id"],
            name="fk_supplier_invoices_school_attachment",
        ),
        UniqueConstraint("bureau_id", "school_id", "supplier_id", "id"),
        CheckConstraint(one_of("state", INVOICE_STATES), name="state"),
        CheckConstraint("num_nonnulls(school_attachment_id, supplier_attachment_id) = 1", name="scan"),
        CheckConstraint("amount_fen <> 0", name="amount"),
        CheckConstraint("abs(tax_fen) < abs(amount_fen) AND tax_fen::numeric * amount_fen >= 0", name="tax"),
        CheckConstraint(
            "(amount_fen > 0 AND matched_fen BETWEEN 0 AND amount_fen)"
            " OR (amount_fen < 0 AND matched_fen BETWEEN amount_fen AND 0)",
            name="matched",
        ),
        CheckConstraint("(state IN ('refused', 'voided')) = (ended_at IS NOT NULL)", name="ended"),
        CheckConstraint("ended_at IS NULL OR end_reason <> ''", name="end_reason"),
        CheckConstraint("state <> 'checked' OR checked_at IS NOT NULL", name="checked"),
        # One number counts once, at whichever school of the bureau it is shown.
        Index(
            "uq_supplier_invoices_number", "bureau_id", "supplier_id", "number", unique=True,
            postgresql_where=text("state IN ('recorded', 'checked')"),
        ),
        Index("ix_supplier_invoices_newest", "bureau_id", "school_id", "id"),
        Index("ix_supplier_invoices_supplier", "bureau_id", "supplier_id", "id"),
    )  # fmt: skip
    supplier_id: Mapped[UUID]
    supplier_name: Mapped[str]
    school_name: Mapped[str]
    code: Mapped[str] = mapped_column(default="")
    number: Mapped[str]
    issued_on: Mapped[date]
    amount_fen: Mapped[int] = mapped_column(BigInteger)
    tax_fen: Mapped[int] = mapped_column(BigInteger)
    note: Mapped[str] = mapped_column(default="")
    state: Mapped[str] = mapped_column(default="recorded")
    matched_fen: Mapped[int] = mapped_column(BigInteger, default=0)
    school_attachment_id: Mapped[UUID | None]
    # Without a key: a company's attachment belongs to no school. The service takes the company's own only.
    supplier_attachment_id: Mapped[UUID | None]
    content_digest: Mapped[str]
    created_by_name: Mapped[str]
    checked_at: Mapped[datetime | None]
    checked_by_name: Mapped[str] = mapped_column(default="")
    ended_at: Mapped[datetime | None]
    ended_by_name: Mapped[str] = mapped_column(default="")
    end_reason: Mapped[str] = mapped_column(default="")


class SupplierInvoiceMatch(SchoolOwned, db.Model):
    """So much of an invoice is for a statement. Append-only: a mistake is voided with its invoice."""

    __tablename__ = "supplier_invoice_matches"
    __table_args__ = (
        fk_school(),
        fk_statement("supplier_invoice_matches"),
        fk_supplied("invoice_id", "supplier_invoices", "fk_supplier_invoice_matches_invoice"),
        UniqueConstraint(
            "bureau_id", "school_id", "invoice_id", "statement_id", name="uq_supplier_invoice_matches_pair"
        ),
        CheckConstraint("amount_fen <> 0", name="amount"),
        Index("ix_supplier_invoice_matches_statement", "bureau_id", "school_id", "statement_id"),
    )
    invoice_id: Mapped[UUID]
    statement_id: Mapped[UUID]
    supplier_id: Mapped[UUID]
    amount_fen: Mapped[int] = mapped_column(BigInteger)


class SupplierPayment(Recorded, SchoolOwned, db.Model):
    """A payment made elsewhere, written down. Append-only."""

    __tablename__ = "supplier_payments"
    __audited__ = True
    __table_args__ = (
        fk_school(),
        fk_statement("supplier_payments"),
        CheckConstraint("amount_fen <> 0", name="amount"),
        CheckConstraint("reference <> ''", name="reference"),
        Index("ix_supplier_payments_statement", "bureau_id", "school_id", "statement_id"),
    )
    statement_id: Mapped[UUID]
    supplier_id: Mapped[UUID]
    paid_on: Mapped[date]
    amount_fen: Mapped[int] = mapped_column(BigInteger)
    reference: Mapped[str]
    note: Mapped[str] = mapped_column(default="")
    recorded_by_name: Mapped[str]


class SettlementAdjustment(Recorded, Versioned, SchoolOwned, db.Model):
    """更正: an amount that the books do not give by themselves, with its reason; `line_id`: the statement's line that it
    sets right. It enters the month's statement, or, where that is settled, the next. Withdrawn while not stated."""

    __tablename__ = "settlement_adjustments"
    __audited__ = True
    __table_args__ = (
        fk_school(),
        fk_in_bureau("supplier_id", "bureau_suppliers"),
        fk_supplied("line_id", "supplier_statement_lines", "fk_settlement_adjustments_line"),
        CheckConstraint("extract(day FROM month) = 1", name="month"),
        CheckConstraint("amount_fen <> 0", name="amount"),
        CheckConstraint("reason <> ''", name="reason"),
        CheckConstraint("(withdrawn_at IS NULL) = (withdrawn_by IS NULL)", name="withdrawn"),
        Index("ix_settlement_adjustments_month", "bureau_id", "school_id", "supplier_id", "month"),
    )
    supplier_id: Mapped[UUID]
    month: Mapped[date]
    line_id: Mapped[UUID | None]
    name: Mapped[str]
    amount_fen: Mapped[int] = mapped_column(BigInteger)
    reason: Mapped[str]
    created_by_name: Mapped[str]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by: Mapped[UUID | None]


class PriceDifferenceNote(Recorded, SchoolOwned, db.Model):
    """差价单 of an agreed statement whose day's prices came to be known late. Append-only. `amount_fen` signed."""

    __tablename__ = "price_difference_notes"
    __audited__ = True
    __table_args__ = (
        fk_school(),
        fk_statement("price_difference_notes"),
        UniqueConstraint("bureau_id", "school_id", "number"),
        UniqueConstraint("bureau_id", "school_id", "supplier_id", "id"),
        CheckConstraint("line_count > 0", name="line_count"),
        Index("ix_price_difference_notes_newest", "bureau_id", "school_id", "id"),
        Index("ix_price_difference_notes_statement", "bureau_id", "school_id", "statement_id"),
    )
    statement_id: Mapped[UUID]
    supplier_id: Mapped[UUID]
    supplier_name: Mapped[str]
    number: Mapped[str]
    month: Mapped[date]
    amount_fen: Mapped[int] = mapped_column(BigInteger)
    line_count: Mapped[int]
    created_by_name: Mapped[str]


class PriceDifferenceLine(SchoolOwned, db.Model):
    """One receipt's line: what its price was pinned to, and to what it is from now on."""

    __tablename__ = "price_difference_lines"
    __table_args__ = (
        fk_school(),
        fk_supplied("note_id", "price_difference_notes", "fk_price_difference_lines_note"),
        fk_supplied("line_id", "supplier_statement_lines", "fk_price_difference_lines_line"),
        UniqueConstraint("bureau_id", "school_id", "note_id", "receipt_line_id"),
        CheckConstraint("due_fen <> settled_fen", name="difference"),
        Index("ix_price_difference_lines_receipt_line", "bureau_id", "school_id", "receipt_line_id"),
    )
    note_id: Mapped[UUID]
    supplier_id: Mapped[UUID]
    line_id: Mapped[UUID]
    receipt_line_id: Mapped[UUID]
    name: Mapped[str]
    unit: Mapped[str]
    on_day: Mapped[date]
    quantity: Mapped[Decimal] = mapped_column(Numeric(14, 3))
    agreement_item_id: Mapped[UUID]
    old_price_fen: Mapped[int] = mapped_column(BigInteger)
    old_book_id: Mapped[UUID | None]
    old_term_id: Mapped[UUID | None]
    new_price_fen: Mapped[int] = mapped_column(BigInteger)
    new_book_id: Mapped[UUID | None]
    new_term_id: Mapped[UUID | None]
    new_book_number: Mapped[str] = mapped_column(default="")
    settled_fen: Mapped[int] = mapped_column(BigInteger)
    due_fen: Mapped[int] = mapped_column(BigInteger)
