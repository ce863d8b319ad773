"""What people do around the ledger: ask for goods, count them, close a month, sign what takes two."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from kernel.database import Recorded, SchoolOwned, Versioned, db, fk_in_school, fk_school, now, one_of
from school.stores.models import GOOD_KINDS, QUANTITY

REQUISITION_STATES = ("submitted", "approved", "prepared", "issued", "refused", "cancelled")
STOCKTAKE_KINDS = ("spot", "monthly", "term", "year")
STOCKTAKE_STATES = ("counting", "counted", "posted", "cancelled")
CONFIRMATION_STATES = ("waiting", "confirmed", "refused")
EVENT_KINDS = ("requisition", "stocktake", "month", "confirmation")


class StoreEvent(SchoolOwned, db.Model):
    """One step of a requisition, stocktake, month or confirmation: who, when, why. Append-only."""

    __tablename__ = "store_events"
    __table_args__ = (
        fk_school(),
        CheckConstraint(one_of("record_kind", EVENT_KINDS), name="record_kind"),
        Index("ix_store_events_record", "bureau_id", "school_id", "record_id", "at", "id"),
    )
    record_kind: Mapped[str]
    record_id: Mapped[UUID]
    event: Mapped[str]
    state: Mapped[str]  # after it
    at: Mapped[datetime] = mapped_column(default=now)
    by_id: Mapped[UUID]
    by_name: Mapped[str]
    reason: Mapped[str] = mapped_column(default="")


class StoreMonth(Recorded, Versioned, SchoolOwned, db.Model):
    """A month of the books, made with its first document. Who posts holds it shared, who closes it alone.
    `revision`: how often it was closed; its statement's lines carry the number of their closing."""

    __tablename__ = "store_months"
    __audited__ = True
    __table_args__ = (
        fk_school(),
        UniqueConstraint("bureau_id", "school_id", "month"),
        CheckConstraint("extract(day FROM month) = 1", name="month"),
        CheckConstraint("state IN ('open', 'closed')", name="state"),
        CheckConstraint("(state = 'closed') = (closed_at IS NOT NULL) AND revision >= 0", name="closed"),
    )
    month: Mapped[date]
    state: Mapped[str] = mapped_column(default="open")
    revision: Mapped[int] = mapped_column(default=0)
    closed_at: Mapped[datetime | None]
    closed_by_name: Mapped[str] = mapped_column(default="")


class StoreMonthLine(SchoolOwned, db.Model):
    """收发存: one good in one closing of a month. `difference_*` is what stocktakes found over (or, below zero, short)."""

    __tablename__ = "store_month_lines"
    __table_args__ = (
        fk_school(),
        fk_in_school("month_id", "store_months"),
        fk_in_school("good_id", "store_goods"),
        UniqueConstraint("bureau_id", "school_id", "month_id", "revision", "good_id"),
        CheckConstraint(
            "closing_quantity = opening_quantity + received_quantity - issued_quantity - disposed_quantity"
            " + difference_quantity",
            name="quantities",
        ),
        CheckConstraint(
            "closing_fen = opening_fen + received_fen - issued_fen - disposed_fen + difference_fen", name="amounts"
        ),
        CheckConstraint("closing_quantity >= 0 AND closing_fen >= 0", name="closing"),
    )
    month_id: Mapped[UUID]
    revision: Mapped[int]
    good_id: Mapped[UUID]
    opening_quantity: Mapped[Decimal] = mapped_column(QUANTITY)
    opening_fen: Mapped[int] = mapped_column(BigInteger)
    received_quantity: Mapped[Decimal] = mapped_column(QUANTITY)
    received_fen: Mapped[int] = mapped_column(BigInteger)
    issued_quantity: Mapped[Decimal] = mapped_column(QUANTITY)
    issued_fen: Mapped[int] = mapped_column(BigInteger)
    disposed_quantity: Mapped[Decimal] = mapped_column(QUANTITY)
    disposed_fen: Mapped[int] = mapped_column(BigInteger)
    difference_quantity: Mapped[Decimal] = mapped_column(QUANTITY)
    difference_fen: Mapped[int] = mapped_column(BigInteger)
    closing_quantity: Mapped[Decimal] = mapped_column(QUANTITY)
    closing_fen: Mapped[int] = mapped_column(BigInteger)


class StoreRequisition(Recorded, Versioned, SchoolOwned, db.Model):
    """领用申请. `wanted_on`: the day on which it is to be given out. `document_id`: what was given out."""

    __tablename__ = "store_requisitions"
    __audited__ = True
    __table_args__ = (
        fk_school(),
        fk_in_school("document_id", "store_documents"),
        UniqueConstraint("bureau_id", "school_id", "number"),
        CheckConstraint(one_of("state", REQUISITION_STATES), name="state"),
        CheckConstraint("(state = 'issued') = (document_id IS NOT NULL)", name="issued"),
        CheckConstraint("line_count > 0", name="line_count"),
        Index("ix_store_requisitions_newest", "bureau_id", "school_id", "created_at", "id"),
        Index("ix_store_requisitions_requester", "bureau_id", "school_id", "requester_id", "created_at", "id"),
        Index(
            "ix_store_requisitions_open", "bureau_id", "school_id", "state", "created_at", "id",
            postgresql_where=text("state IN ('submitted', 'approved', 'prepared')"),
        ),
    )  # fmt: skip
    number: Mapped[str]
    requester_id: Mapped[UUID]
    requester_name: Mapped[str]
    department: Mapped[str] = mapped_column(default="")
    purpose: Mapped[str] = mapped_column(default="")
    wanted_on: Mapped[date]
    state: Mapped[str] = mapped_column(default="submitted")
    line_count: Mapped[int]
    summary: Mapped[str]  # its first goods, for lists
    approved_by: Mapped[UUID | None]
    approved_by_name: Mapped[str] = mapped_column(default="")
    document_id: Mapped[UUID | None]
    content_digest: Mapped[str]


class StoreRequisitionLine(SchoolOwned, db.Model):
    """`old_quantity`: old pieces that came back with it (以旧换新)."""

    __tablename__ = "store_requisition_lines"
    __table_args__ = (
        fk_school(),
        fk_in_school("requisition_id", "store_requisitions", cascade=True),
        fk_in_school("good_id", "store_goods"),
        UniqueConstraint("bureau_id", "school_id", "requisition_id", "good_id"),
        CheckConstraint("quantity > 0 AND approved_quantity >= 0 AND issued_quantity >= 0", name="quantities"),
        CheckConstraint("approved_quantity <= quantity", name="approved"),
        CheckConstraint("old_quantity >= 0", name="old"),
    )
    requisition_id: Mapped[UUID]
    position: Mapped[int]
    good_id: Mapped[UUID]
    quantity: Mapped[Decimal] = mapped_column(QUANTITY)
    approved_quantity: Mapped[Decimal | None] = mapped_column(QUANTITY)
    issued_quantity: Mapped[Decimal | None] = mapped_column(QUANTITY)
    old_quantity: Mapped[Decimal] = mapped_column(QUANTITY, default=Decimal(0))


class StoreConfirmation(Recorded, Versioned, SchoolOwned, db.Model):
    """A document that one keeper made up and a second has to sign before it is posted (hazardous goods). Its key becomes
    the document's. `lines`: [{"batch_id", "location_id", "quantity"}]."""

    __tablename__ = "store_confirmations"
    __audited__ = True
    __table_args__ = (
        fk_school(),
        fk_in_school("requisition_id", "store_requisitions"),
        ForeignKeyConstraint(
            ["bureau_id", "school_id", "attachment_id"],
            ["attachments.bureau_id", "attachments.school_id", "attachments.id"],
        ),
        CheckConstraint("kind IN ('issue', 'disposal')", name="kind"),
        CheckConstraint(one_of("state", CONFIRMATION_STATES), name="state"),
        CheckConstraint(
            "(state = 'waiting') = (decided_by IS NULL) AND (decided_by <> created_by OR state = 'refused')",
            name="decided",
        ),
        Index(
            "ix_store_confirmations_waiting", "bureau_id", "school_id", "created_at", "id",
            postgresql_where=text("state = 'waiting'"),
        ),
    )  # fmt: skip
    kind: Mapped[str]
    requisition_id: Mapped[UUID | None]
    lines: Mapped[list[Any]]
    reason: Mapped[str] = mapped_column(default="")
    taker_name: Mapped[str] = mapped_column(default="")
    department: Mapped[str] = mapped_column(default="")
    attachment_id: Mapped[UUID | None]
    state: Mapped[str] = mapped_column(default="waiting")
    made_by_name: Mapped[str]
    decided_by: Mapped[UUID | None]
    decided_by_name: Mapped[str] = mapped_column(default="")
    content_digest: Mapped[str]


class StoreStocktake(Recorded, Versioned, SchoolOwned, db.Model):
    """盘点. `good_kind`, `location_id` None: of every kind, everywhere. Nobody who counts sees the book figure before all
    is counted; whoever approves the differences did not count."""

    __tablename__ = "store_stocktakes"
    __audited__ = True
    __table_args__ = (
        fk_school(),
        fk_in_school("location_id", "store_locations"),
        fk_in_school("document_id", "store_documents"),
        UniqueConstraint("bureau_id", "school_id", "number"),
        CheckConstraint(one_of("kind", STOCKTAKE_KINDS), name="kind"),
        CheckConstraint(one_of("good_kind", GOOD_KINDS), name="good_kind"),
        CheckConstraint(one_of("state", STOCKTAKE_STATES), name="state"),
        Index("ix_store_stocktakes_newest", "bureau_id", "school_id", "created_at", "id"),
        Index(
            "ix_store_stocktakes_open", "bureau_id", "school_id", "state",
            postgresql_where=text("state IN ('counting', 'counted')"),
        ),
    )  # fmt: skip
    number: Mapped[str]
    kind: Mapped[str]
    good_kind: Mapped[str | None]
    location_id: Mapped[UUID | None]
    state: Mapped[str] = mapped_column(default="counting")
    started_by_name: Mapped[str]
    on_day: Mapped[date]
    line_count: Mapped[int] = mapped_column(default=0)
    difference_count: Mapped[int | None]
    difference_fen: Mapped[int | None] = mapped_column(BigInteger)
    document_id: Mapped[UUID | None]  # None when posted: there was no difference


class StoreStocktakeLine(Versioned, SchoolOwned, db.Model):
    """One batch at one place; `batch_id` None: found, but not in the books. `book_quantity`: what the books said at the
    moment of counting, so that goods may move while others are still being counted."""

    __tablename__ = "store_stocktake_lines"
    __table_args__ = (
        fk_school(),
        fk_in_school("stocktake_id", "store_stocktakes", cascade=True),
        fk_in_school("good_id", "store_goods"),
        fk_in_school("batch_id", "store_batches"),
        fk_in_school("location_id", "store_locations"),
        UniqueConstraint("bureau_id", "school_id", "stocktake_id", "batch_id", "location_id"),
        CheckConstraint("counted_quantity >= 0 AND book_quantity >= 0", name="quantities"),
        CheckConstraint("(counted_quantity IS NULL) = (book_quantity IS NULL)", name="counted"),
        Index("ix_store_stocktake_lines_stocktake", "bureau_id", "school_id", "stocktake_id", "position"),
    )
    stocktake_id: Mapped[UUID]
    position: Mapped[int]
    good_id: Mapped[UUID]
    batch_id: Mapped[UUID | None]
    location_id: Mapped[UUID]
    batch_no: Mapped[str] = mapped_column(default="")
    expiry_date: Mapped[date | None]
    counted_quantity: Mapped[Decimal | None] = mapped_column(QUANTITY)
    book_quantity: Mapped[Decimal | None] = mapped_column(QUANTITY)
    counted_at: Mapped[datetime | None]
    counted_by: Mapped[UUID | None]
    counted_by_name: Mapped[str] = mapped_column(default="")
    reason: Mapped[str] = mapped_column(default="")
