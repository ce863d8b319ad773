"""Goods receipts with lines, certificates, and what is missing. A line keeps what the item was called when it came."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKeyConstraint, Index, Numeric, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from kernel.database import Recorded, SchoolOwned, Versioned, db, fk_in_bureau, fk_in_school, fk_school


class GoodsReceipt(Recorded, Versioned, SchoolOwned, db.Model):
    """收货单. Never edited and never deleted: a mistake is voided with its reason and recorded anew.

    `received_on` is the Shanghai day of `received_at`. `content_digest` tells a repeated sending of the same receipt
    from another one under the same id. `line_count`, `amount_fen`, `has_missing_certificates` are kept by the service
    so that lists are one index range.
    """

    __tablename__ = "goods_receipts"
    __audited__ = True
    __table_args__ = (
        fk_school(),
        UniqueConstraint("bureau_id", "school_id", "number"),
        CheckConstraint("state IN ('recorded', 'voided')", name="state"),
        CheckConstraint(
            "(state = 'voided') = (voided_at IS NOT NULL) AND (voided_at IS NULL) = (voided_by IS NULL)", name="voided"
        ),
        CheckConstraint("state = 'recorded' OR void_reason <> ''", name="void_reason"),
        CheckConstraint("line_count > 0", name="line_count"),
        CheckConstraint("amount_fen >= 0", name="amount"),
        CheckConstraint("received_on = (received_at AT TIME ZONE 'Asia/Shanghai')::date", name="received_on"),
        Index("ix_goods_receipts_newest", "bureau_id", "school_id", "received_at", "id"),
        # The bureau counts all schools' receipts of a span, without reading a row.
        Index(
            "ix_goods_receipts_day", "bureau_id", "received_at", "school_id",
            postgresql_where=text("state = 'recorded'"),
        ),
        # The bureau asks for all schools' receipts without certificates at once, newest first.
        Index(
            "ix_goods_receipts_uncertified", "bureau_id", "received_at", "school_id", "id",
            postgresql_where=text("has_missing_certificates AND state = 'recorded'"),
        ),
    )  # fmt: skip
    number: Mapped[str]
    received_at: Mapped[datetime]
    received_on: Mapped[date]
    supplier_name: Mapped[str]
    delivery_note_no: Mapped[str] = mapped_column(default="")
    received_by: Mapped[UUID]
    received_by_name: Mapped[str]
    second_receiver_name: Mapped[str] = mapped_column(default="")
    note: Mapped[str] = mapped_column(default="")
    line_count: Mapped[int]
    # The sum of the lines that carry a price; None: none does.
    amount_fen: Mapped[int | None] = mapped_column(BigInteger)
    has_missing_certificates: Mapped[bool]
    content_digest: Mapped[str]
    state: Mapped[str] = mapped_column(default="recorded")
    void_reason: Mapped[str] = mapped_column(default="")
    voided_at: Mapped[datetime | None]
    voided_by: Mapped[UUID | None]


class GoodsReceiptLine(SchoolOwned, db.Model):
    """One good of one batch. `base_quantity` = `quantity` × `unit_factor`, exact; `amount_fen` rounded half up once."""

    __tablename__ = "goods_receipt_lines"
    __table_args__ = (
        fk_school(),
        fk_in_school("receipt_id", "goods_receipts", cascade=True),
        fk_in_bureau("item_id", "catalogue_items"),
        fk_in_bureau("category_id", "catalogue_categories"),
        UniqueConstraint("bureau_id", "school_id", "receipt_id", "position"),
        CheckConstraint("quantity > 0 AND unit_factor > 0", name="quantity"),
        CheckConstraint("base_quantity = quantity * unit_factor", name="base_quantity"),
        CheckConstraint("unit_price_fen >= 0", name="unit_price"),
        CheckConstraint("(unit_price_fen IS NULL) = (amount_fen IS NULL)", name="amount"),
        CheckConstraint("expiry_date > production_date", name="expiry"),
        Index("ix_goods_receipt_lines_item", "bureau_id", "school_id", "item_id"),
        # From a batch to every school that has it: the bureau's recall.
        Index("ix_goods_receipt_lines_batch", "bureau_id", "item_id", "batch_no"),
    )
    receipt_id: Mapped[UUID]
    position: Mapped[int]
    item_id: Mapped[UUID]
    item_version: Mapped[int]
    item_code: Mapped[str]
    item_name: Mapped[str]
    specification: Mapped[str]
    storage: Mapped[str]
    category_id: Mapped[UUID]
    category_name: Mapped[str]
    quantity: Mapped[Decimal] = mapped_column(Numeric(12, 3))
    unit: Mapped[str]
    unit_factor: Mapped[Decimal] = mapped_column(Numeric(13, 6))
    base_unit: Mapped[str]
    base_quantity: Mapped[Decimal] = mapped_column(Numeric(24, 9))
    unit_price_fen: Mapped[int | None] = mapped_column(BigInteger)
    amount_fen: Mapped[int | None] = mapped_column(BigInteger)
    batch_no: Mapped[str]
    production_date: Mapped[date | None]
    expiry_date: Mapped[date | None]
    temperature_celsius: Mapped[Decimal | None] = mapped_column(Numeric(5, 1))


class GoodsReceiptCertificate(Recorded, SchoolOwned, db.Model):
    """One paper that came with the goods: for the whole receipt, or for one of its lines."""

    __tablename__ = "goods_receipt_certificates"
    __audited__ = True
    __table_args__ = (
        fk_school(),
        fk_in_school("receipt_id", "goods_receipts", cascade=True),
        fk_in_school("line_id", "goods_receipt_lines", cascade=True),
        ForeignKeyConstraint(
            ["bureau_id", "school_id", "attachment_id"],
            ["attachments.bureau_id", "attachments.school_id", "attachments.id"],
        ),
        Index("ix_goods_receipt_certificates_receipt", "bureau_id", "school_id", "receipt_id"),
        Index("ix_goods_receipt_certificates_attachment", "bureau_id", "school_id", "attachment_id"),
    )
    receipt_id: Mapped[UUID]
    line_id: Mapped[UUID | None]
    kind: Mapped[str]
    number: Mapped[str] = mapped_column(default="")
    valid_until: Mapped[date | None]
    attachment_id: Mapped[UUID | None]


class MissingCertificate(SchoolOwned, db.Model):
    """What a recorded receipt still lacks: written and removed with the receipt's certificates, in the same
    transaction, so that the bureau counts by category without reading a single line."""

    __tablename__ = "goods_receipt_missing_certificates"
    __table_args__ = (
        fk_school(),
        fk_in_school("receipt_id", "goods_receipts", cascade=True),
        fk_in_bureau("category_id", "catalogue_categories"),
        UniqueConstraint("bureau_id", "school_id", "receipt_id", "category_id", "kind"),
        Index("ix_goods_receipt_missing_certificates_day", "bureau_id", "received_on"),
    )
    receipt_id: Mapped[UUID]
    category_id: Mapped[UUID]
    category_name: Mapped[str]
    kind: Mapped[str]
    label: Mapped[str]  # the bureau's own wording at that time, "" for the standard one
    received_on: Mapped[date]
