"""Goods that were refused at the door: a document with its own balance; and the warnings of lots for all schools."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKeyConstraint, Index, Numeric, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from kernel.database import (
    BureauOwned,
    Recorded,
    SchoolOwned,
    Versioned,
    db,
    fk_bureau,
    fk_in_bureau,
    fk_in_school,
    fk_school,
    now,
    one_of,
)
from school.orders.models import fk_supplied
from school.supply.delivery_rules import REASONS

STATES = ("open", "replaced", "credited", "closed", "voided")


def fk_rejection(table: str) -> ForeignKeyConstraint:
    return fk_supplied("rejection_id", "goods_rejections", f"fk_{table}_rejection")


class GoodsRejection(Recorded, Versioned, SchoolOwned, db.Model):
    """拒收单. `wanted`: what the school asks for, goods again or the money. `is_safety`: one of its reasons endangers people."""

    __tablename__ = "goods_rejections"
    __audited__ = True
    __table_args__ = (
        fk_school(),
        fk_in_school("receipt_id", "goods_receipts"),
        fk_supplied("order_id", "supply_orders"),
        UniqueConstraint("bureau_id", "school_id", "number"),
        UniqueConstraint("bureau_id", "school_id", "receipt_id"),
        UniqueConstraint("bureau_id", "school_id", "supplier_id", "id"),
        CheckConstraint(one_of("state", STATES), name="state"),
        CheckConstraint("wanted IN ('replace', 'credit')", name="wanted"),
        CheckConstraint("answer IN ('', 'replace', 'credit')", name="answer"),
        CheckConstraint("amount_fen >= 0", name="amount"),
        Index("ix_goods_rejections_newest", "bureau_id", "school_id", "id"),
        Index("ix_goods_rejections_supplier", "bureau_id", "supplier_id", "id"),
        Index("ix_goods_rejections_order", "bureau_id", "school_id", "order_id"),
        Index("ix_goods_rejections_bureau", "bureau_id", "id"),
    )
    number: Mapped[str]
    receipt_id: Mapped[UUID]
    order_id: Mapped[UUID]
    shipment_id: Mapped[UUID]
    supplier_id: Mapped[UUID]
    supplier_name: Mapped[str]
    school_name: Mapped[str]
    rejected_at: Mapped[datetime]
    wanted: Mapped[str]
    state: Mapped[str] = mapped_column(default="open")
    is_safety: Mapped[bool] = mapped_column(default=False)
    amount_fen: Mapped[int] = mapped_column(BigInteger)  # of the refused goods at their pinned prices
    answer: Mapped[str] = mapped_column(default="")  # the supplier's
    answer_note: Mapped[str] = mapped_column(default="")
    promised_on: Mapped[date | None]
    answered_at: Mapped[datetime | None]
    answered_by_name: Mapped[str] = mapped_column(default="")


class GoodsRejectionLine(SchoolOwned, db.Model):
    """quantity = replaced + credited + open."""

    __tablename__ = "goods_rejection_lines"
    __table_args__ = (
        fk_school(),
        fk_rejection("goods_rejection_lines"),
        fk_in_school("receipt_line_id", "goods_receipt_lines"),
        fk_in_school("order_line_id", "supply_order_lines"),
        fk_in_bureau("item_id", "catalogue_items"),
        UniqueConstraint("bureau_id", "school_id", "receipt_line_id"),
        UniqueConstraint("bureau_id", "school_id", "supplier_id", "id"),
        CheckConstraint(one_of("reason", REASONS), name="reason"),
        CheckConstraint("quantity > 0", name="quantity"),
        CheckConstraint("replaced_quantity >= 0 AND credited_quantity >= 0", name="settled"),
        CheckConstraint("replaced_quantity + credited_quantity <= quantity", name="balance"),
        Index("ix_goods_rejection_lines_rejection", "bureau_id", "school_id", "rejection_id"),
        Index("ix_goods_rejection_lines_batch", "bureau_id", "item_id", "batch_no"),
    )
    rejection_id: Mapped[UUID]
    supplier_id: Mapped[UUID]
    receipt_line_id: Mapped[UUID]
    order_line_id: Mapped[UUID]
    item_id: Mapped[UUID]
    item_name: Mapped[str]
    batch_no: Mapped[str]
    unit: Mapped[str]
    unit_price_fen: Mapped[int] = mapped_column(BigInteger)
    quantity: Mapped[Decimal] = mapped_column(Numeric(14, 3))
    reason: Mapped[str]
    note: Mapped[str] = mapped_column(default="")
    replaced_quantity: Mapped[Decimal] = mapped_column(Numeric(14, 3), default=Decimal(0))
    credited_quantity: Mapped[Decimal] = mapped_column(Numeric(14, 3), default=Decimal(0))


class GoodsRejectionPhoto(SchoolOwned, db.Model):
    __tablename__ = "goods_rejection_photos"
    __table_args__ = (
        fk_school(),
        fk_rejection("goods_rejection_photos"),
        fk_supplied("line_id", "goods_rejection_lines", "fk_goods_rejection_photos_line"),
        ForeignKeyConstraint(
            ["bureau_id", "school_id", "attachment_id"],
            ["attachments.bureau_id", "attachments.school_id", "attachments.id"],
        ),
        Index("ix_goods_rejection_photos_rejection", "bureau_id", "school_id", "rejection_id"),
    )
    rejection_id: Mapped[UUID]
    line_id: Mapped[UUID]
    supplier_id: Mapped[UUID]
    attachment_id: Mapped[UUID]


class GoodsRejectionEvent(SchoolOwned, db.Model):
    """One transition, or a step beside the states. Append-only."""

    __tablename__ = "goods_rejection_events"
    __table_args__ = (
        fk_school(),
        fk_rejection("goods_rejection_events"),
        Index("ix_goods_rejection_events_rejection", "bureau_id", "school_id", "rejection_id", "id"),
    )
    rejection_id: Mapped[UUID]
    supplier_id: Mapped[UUID]
    event: Mapped[str]
    from_state: Mapped[str]
    to_state: Mapped[str]
    reason: Mapped[str] = mapped_column(default="")
    at: Mapped[datetime] = mapped_column(default=now)
    by_id: Mapped[UUID]
    by_name: Mapped[str]


class LotWarning(Recorded, Versioned, BureauOwned, db.Model):
    """One supplier's lot of an item that a school refused for people's safety, or that the bureau calls back. In force
    until the bureau lifts it: no school accepts the lot, and its supplier ships none."""

    __tablename__ = "lot_warnings"
    __audited__ = True
    __table_args__ = (
        fk_bureau(),
        fk_in_bureau("item_id", "catalogue_items"),
        fk_in_bureau("supplier_id", "bureau_suppliers"),
        ForeignKeyConstraint(
            ["bureau_id", "raised_by_school_id", "rejection_id"],
            ["goods_rejections.bureau_id", "goods_rejections.school_id", "goods_rejections.id"],
        ),
        CheckConstraint("(lifted_at IS NULL) = (lifted_by IS NULL)", name="lifted"),
        CheckConstraint("lifted_at IS NULL OR lift_reason <> ''", name="lift_reason"),
        CheckConstraint("(rejection_id IS NULL) = (raised_by_school_id IS NULL)", name="rejection"),
        CheckConstraint("(rejection_id IS NULL) = (recall_id IS NOT NULL)", name="source"),
        Index("ix_lot_warnings_recall", "bureau_id", "recall_id", postgresql_where=text("recall_id IS NOT NULL")),
        Index(
            "uq_lot_warnings_lot", "bureau_id", "supplier_id", "item_id", "batch_no", unique=True,
            postgresql_where=text("lifted_at IS NULL"),
        ),
        Index("ix_lot_warnings_newest", "bureau_id", "id"),
    )  # fmt: skip
    supplier_id: Mapped[UUID]
    supplier_name: Mapped[str]
    item_id: Mapped[UUID]
    item_name: Mapped[str]
    batch_no: Mapped[str]
    reason: Mapped[str]
    note: Mapped[str] = mapped_column(default="")
    raised_by_school_id: Mapped[int | None]
    raised_by_school_name: Mapped[str]  # of a recall: who called it back
    rejection_id: Mapped[UUID | None]
    recall_id: Mapped[UUID | None]  # of the recall that raised it, a module above
    raised_at: Mapped[datetime] = mapped_column(default=now)
    lifted_at: Mapped[datetime | None]
    lifted_by: Mapped[UUID | None]
    lifted_by_name: Mapped[str] = mapped_column(default="")
    lift_reason: Mapped[str] = mapped_column(default="")


class LotWarningSchool(Versioned, SchoolOwned, db.Model):
    """A school that has or awaits the lot: told, and what it did. `found_in`: "ordered", "shipped" or "received" then."""

    __tablename__ = "lot_warning_schools"
    __audited__ = True
    __table_args__ = (
        fk_school(),
        fk_in_bureau("warning_id", "lot_warnings"),
        UniqueConstraint("bureau_id", "school_id", "warning_id"),
        CheckConstraint("found_in IN ('ordered', 'shipped', 'received')", name="found_in"),
        CheckConstraint("(acknowledged_at IS NULL) = (acknowledged_by IS NULL)", name="acknowledged"),
        Index("ix_lot_warning_schools_warning", "bureau_id", "warning_id"),
    )
    warning_id: Mapped[UUID]
    found_in: Mapped[str]
    told_at: Mapped[datetime] = mapped_column(default=now)
    acknowledged_at: Mapped[datetime | None]
    acknowledged_by: Mapped[UUID | None]
    acknowledged_by_name: Mapped[str] = mapped_column(default="")
    note: Mapped[str] = mapped_column(default="")
