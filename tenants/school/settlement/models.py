"""Monthly statements of a school with each of its suppliers: lines frozen when sent, objections, every step.

A draft has no lines: it follows the books until it is sent. School-owned rows that carry a `supplier_id`: row-level security
shows a company its own once they were sent (migration 0039). Amounts in fen; owed by the school, negative: to the school.
"""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKeyConstraint, Index, Numeric, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from kernel.database import Recorded, SchoolOwned, Versioned, db, fk_in_bureau, fk_in_school, fk_school, now, one_of
from school.orders.models import fk_supplied
from school.settlement.rules import KINDS, STATES


def within_owed(column: str) -> str:
    """Never more than is owed, in its direction."""
    return (
        f"(amount_fen >= 0 AND {column} BETWEEN 0 AND amount_fen)"
        f" OR (amount_fen < 0 AND {column} BETWEEN amount_fen AND 0)"
    )


def fk_statement(table: str) -> ForeignKeyConstraint:
    return fk_supplied("statement_id", "supplier_statements", f"fk_{table}_statement")


class SettlementAccount(SchoolOwned, db.Model):
    """One row per school and supplier: whoever freezes a statement or voids a receipt holds it, so that what is stated and
    what is in the books cannot part. It stores nothing that could go wrong."""

    __tablename__ = "settlement_accounts"
    __table_args__ = (
        fk_school(),
        fk_in_bureau("supplier_id", "bureau_suppliers"),
        UniqueConstraint("bureau_id", "school_id", "supplier_id"),
    )
    supplier_id: Mapped[UUID]


class SettlementMonth(Recorded, SchoolOwned, db.Model):
    """A school's month as a whole. `confirmed_at`: when the last of its statements was agreed, or when it was said that
    there was nothing to settle (`statement_count` 0)."""

    __tablename__ = "settlement_months"
    __table_args__ = (
        fk_school(),
        UniqueConstraint("bureau_id", "school_id", "month"),
        CheckConstraint("extract(day FROM month) = 1", name="month"),
        CheckConstraint("statement_count >= 0", name="count"),
        Index("ix_settlement_months_month", "bureau_id", "month", "school_id"),
    )
    month: Mapped[date]
    confirmed_at: Mapped[datetime | None]
    statement_count: Mapped[int] = mapped_column(default=0)


class SupplierStatement(Recorded, Versioned, SchoolOwned, db.Model):
    """对账单. `revision`: 0 until it is sent; each sending writes the lines of a new one. `digest`: of what was sent.

    `answer_due_on`, `payment_days`: the bureau's figures as they were when it was sent. `invoiced_fen`: of live invoices,
    `checked_fen`: of those that the school checked; `paid_fen`: recorded payments. `created_by` zeros: the clock.
    """

    __tablename__ = "supplier_statements"
    __audited__ = True
    __table_args__ = (
        fk_school(),
        fk_in_bureau("supplier_id", "bureau_suppliers"),
        UniqueConstraint("bureau_id", "school_id", "number"),
        UniqueConstraint("bureau_id", "school_id", "supplier_id", "id"),
        CheckConstraint(one_of("state", STATES), name="state"),
        CheckConstraint("extract(day FROM month) = 1", name="month"),
        CheckConstraint("is_sent = (sent_at IS NOT NULL) AND is_sent = (revision > 0)", name="sent"),
        CheckConstraint("is_sent = (sent_by IS NOT NULL) AND is_sent = (digest <> '')", name="sent_by"),
        CheckConstraint("state IN ('draft', 'withdrawn') OR is_sent", name="sent_state"),
        CheckConstraint(
            f"({one_of('state', ('agreed', 'invoiced', 'approved', 'paid'))}) = (agreed_at IS NOT NULL)", name="agreed"
        ),
        CheckConstraint("(approved_by IS NULL) = (approved_at IS NULL)", name="approved"),
        CheckConstraint("state <> 'approved' OR approved_at IS NOT NULL", name="approved_state"),
        CheckConstraint("approved_by <> created_by AND approved_by <> sent_by", name="two_people"),
        CheckConstraint(within_owed("invoiced_fen"), name="invoiced"),
        CheckConstraint(within_owed("checked_fen"), name="checked"),
        CheckConstraint(within_owed("paid_fen"), name="paid"),
        # No invoice, no payment.
        CheckConstraint(
            "state NOT IN ('invoiced', 'approved', 'paid') OR checked_fen = amount_fen", name="invoiced_state"
        ),
        CheckConstraint("paid_fen = 0 OR approved_at IS NOT NULL", name="paid_approved"),
        CheckConstraint("state <> 'paid' OR paid_fen = amount_fen", name="paid_state"),
        # Two clicks make one.
        Index(
            "uq_supplier_statements_live", "bureau_id", "school_id", "supplier_id", "month", unique=True,
            postgresql_where=text("state <> 'withdrawn'"),
        ),
        Index("ix_supplier_statements_newest", "bureau_id", "school_id", "month", "id"),
        Index("ix_supplier_statements_supplier", "bureau_id", "supplier_id", "month", "id"),
        Index("ix_supplier_statements_month", "bureau_id", "month", "school_id"),
        Index(
            "ix_supplier_statements_unpaid", "bureau_id", "agreed_at", "school_id",
            postgresql_where=text("state IN ('agreed', 'invoiced', 'approved')"),
        ),
    )  # fmt: skip
    number: Mapped[str]
    supplier_id: Mapped[UUID]
    supplier_name: Mapped[str]
    school_name: Mapped[str]
    month: Mapped[date]
    state: Mapped[str] = mapped_column(default="draft")
    state_reason: Mapped[str] = mapped_column(default="")
    revision: Mapped[int] = mapped_column(default=0)
    digest: Mapped[str] = mapped_column(default="")
    line_count: Mapped[int] = mapped_column(default=0)
    amount_fen: Mapped[int] = mapped_column(BigInteger, default=0)
    created_by_name: Mapped[str]
    is_sent: Mapped[bool] = mapped_column(default=False)
    sent_at: Mapped[datetime | None]
    sent_by: Mapped[UUID | None]
    sent_by_name: Mapped[str] = mapped_column(default="")
    answer_due_on: Mapped[date | None]
    answered_at: Mapped[datetime | None]
    agreed_at: Mapped[datetime | None]
    agreed_by_name: Mapped[str] = mapped_column(default="")
    payment_days: Mapped[int] = mapped_column(default=0)
    invoiced_fen: Mapped[int] = mapped_column(BigInteger, default=0)
    checked_fen: Mapped[int] = mapped_column(BigInteger, default=0)
    approved_at: Mapped[datetime | None]
    approved_by: Mapped[UUID | None]
    approved_by_name: Mapped[str] = mapped_column(default="")
    paid_fen: Mapped[int] = mapped_column(BigInteger, default=0)
    paid_at: Mapped[datetime | None]


class SupplierStatementLine(SchoolOwned, db.Model):
    """Append-only: what one revision said. `source_id`: the receipt's line (receipt, correction), the rejection's line
    (credit), the note, the adjustment. `memo_fen`: worth of refused goods that are not charged, for information only.
    `month`: to which it belongs; earlier than the statement's: carried. `reasons`: [{"code", "quantity", "note"}].

    There is no key to the receipt itself: voiding locks that row and then waits for the account (docs/settlement.md).
    """

    __tablename__ = "supplier_statement_lines"
    __table_args__ = (
        fk_school(),
        fk_statement("supplier_statement_lines"),
        fk_in_school("receipt_line_id", "goods_receipt_lines"),
        UniqueConstraint("bureau_id", "school_id", "supplier_id", "id"),
        UniqueConstraint("bureau_id", "school_id", "statement_id", "revision", "position"),
        UniqueConstraint(
            "bureau_id", "school_id", "statement_id", "revision", "kind", "source_id",
            name="uq_supplier_statement_lines_source",
        ),
        CheckConstraint(one_of("kind", KINDS), name="kind"),
        CheckConstraint("kind <> 'credit' OR amount_fen = 0", name="credit"),
        CheckConstraint("kind NOT IN ('receipt', 'correction') OR receipt_line_id IS NOT NULL", name="receipt_line"),
        Index("ix_supplier_statement_lines_source", "bureau_id", "school_id", "source_id"),
        Index("ix_supplier_statement_lines_receipt", "bureau_id", "school_id", "receipt_id"),
    )  # fmt: skip
    statement_id: Mapped[UUID]
    supplier_id: Mapped[UUID]
    revision: Mapped[int]
    position: Mapped[int]
    kind: Mapped[str]
    source_id: Mapped[UUID]
    month: Mapped[date]
    receipt_id: Mapped[UUID | None]
    receipt_line_id: Mapped[UUID | None]
    receipt_number: Mapped[str] = mapped_column(default="")
    on_day: Mapped[date | None]
    order_number: Mapped[str] = mapped_column(default="")
    order_line_id: Mapped[UUID | None]
    price_on: Mapped[date | None]  # the day whose price is owed
    name: Mapped[str]
    specification: Mapped[str] = mapped_column(default="")
    unit: Mapped[str] = mapped_column(default="")
    batch_no: Mapped[str] = mapped_column(default="")
    ordered_quantity: Mapped[Decimal | None] = mapped_column(Numeric(14, 3))
    shipped_quantity: Mapped[Decimal | None] = mapped_column(Numeric(14, 3))
    arrived_quantity: Mapped[Decimal | None] = mapped_column(Numeric(14, 3))
    net_quantity: Mapped[Decimal | None] = mapped_column(Numeric(14, 3))
    rejected_quantity: Mapped[Decimal | None] = mapped_column(Numeric(14, 3))
    quantity: Mapped[Decimal | None] = mapped_column(Numeric(14, 3))  # accepted: what is charged
    unit_price_fen: Mapped[int | None] = mapped_column(BigInteger)
    agreement_item_id: Mapped[UUID | None]
    book_id: Mapped[UUID | None]
    term_id: Mapped[UUID | None]
    book_number: Mapped[str] = mapped_column(default="")
    amount_fen: Mapped[int] = mapped_column(BigInteger)
    memo_fen: Mapped[int] = mapped_column(BigInteger, default=0)
    reasons: Mapped[list[Any]] = mapped_column(default=list)
    note: Mapped[str] = mapped_column(default="")


class SupplierStatementObjection(Versioned, SchoolOwned, db.Model):
    """What a supplier disputes of one revision, and what the school says to it. `line_id` None: something is missing."""

    __tablename__ = "supplier_statement_objections"
    __audited__ = True
    __table_args__ = (
        fk_school(),
        fk_statement("supplier_statement_objections"),
        fk_supplied("line_id", "supplier_statement_lines", "fk_supplier_statement_objections_line"),
        CheckConstraint("reason <> ''", name="reason"),
        CheckConstraint("(answered_at IS NULL) = (answered_by IS NULL)", name="answered"),
        CheckConstraint("answered_at IS NULL OR answer <> ''", name="answer"),
        Index("ix_supplier_statement_objections_statement", "bureau_id", "school_id", "statement_id", "id"),
    )
    statement_id: Mapped[UUID]
    supplier_id: Mapped[UUID]
    revision: Mapped[int]
    line_id: Mapped[UUID | None]
    reason: Mapped[str]
    raised_at: Mapped[datetime] = mapped_column(default=now)
    raised_by_name: Mapped[str]
    answer: Mapped[str] = mapped_column(default="")
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[UUID | None]
    answered_by_name: Mapped[str] = mapped_column(default="")


class SupplierStatementEvent(SchoolOwned, db.Model):
    """One transition, or a step beside the states. Append-only. `is_shown`: to the supplier as well."""

    __tablename__ = "supplier_statement_events"
    __table_args__ = (
        fk_school(),
        fk_statement("supplier_statement_events"),
        CheckConstraint("side IN ('school', 'supplier', 'system')", name="side"),
        Index("ix_supplier_statement_events_statement", "bureau_id", "school_id", "statement_id", "id"),
    )
    statement_id: Mapped[UUID]
    supplier_id: Mapped[UUID]
    event: Mapped[str]
    from_state: Mapped[str]
    to_state: Mapped[str]
    reason: Mapped[str] = mapped_column(default="")
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)
    side: Mapped[str]
    is_shown: Mapped[bool]
    at: Mapped[datetime] = mapped_column(default=now)
    by_id: Mapped[UUID]
    by_name: Mapped[str]
