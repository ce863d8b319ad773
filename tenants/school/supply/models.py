"""Goods receipts with lines, certificates, and what is missing. A line keeps what the item was called when it came."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKeyConstraint, Index, Numeric, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from kernel.database import Recorded, SchoolOwned, Versioned, db, fk_in_bureau, fk_in_school, fk_school, now
from school.orders.models import fk_supplied


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
        fk_in_bureau("supplier_id", "bureau_suppliers"),
        fk_supplied("order_id", "supply_orders"),
        fk_supplied("shipment_id", "shipments"),
        CheckConstraint("state IN ('awaiting', 'recorded', 'voided')", name="state"),
        # A delivery on an order is a receipt once somebody else than who counted has confirmed it.
        CheckConstraint("shipment_id IS NULL OR (order_id IS NOT NULL AND supplier_id IS NOT NULL)", name="order"),
        CheckConstraint("state <> 'awaiting' OR shipment_id IS NOT NULL", name="awaiting"),
        CheckConstraint("shipment_id IS NULL OR state <> 'recorded' OR confirmed_at IS NOT NULL", name="confirmed"),
        CheckConstraint("second_received_by <> received_by", name="two_people"),
        CheckConstraint(
            "(state = 'voided') = (voided_at IS NOT NULL) AND (voided_at IS NULL) = (voided_by IS NULL)", name="voided"
        ),
        CheckConstraint("state <> 'voided' OR void_reason <> ''", name="void_reason"),
        CheckConstraint("line_count > 0", name="line_count"),
        CheckConstraint("amount_fen >= 0", name="amount"),
        CheckConstraint("received_on = (received_at AT TIME ZONE 'Asia/Shanghai')::date", name="received_on"),
        # One live receipt per shipment: a second one would count its goods twice.
        Index(
            "uq_goods_receipts_shipment", "bureau_id", "school_id", "shipment_id", unique=True,
            postgresql_where=text("state <> 'voided'"),
        ),
        Index("ix_goods_receipts_order", "bureau_id", "school_id", "order_id"),
        Index("ix_goods_receipts_newest", "bureau_id", "school_id", "received_at", "id"),
        # A recall leaves out what voided receipts brought.
        Index(
            "ix_goods_receipts_voided", "bureau_id", "school_id", "id", postgresql_where=text("state = 'voided'"),
        ),
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
    order_id: Mapped[UUID | None]
    shipment_id: Mapped[UUID | None]
    supplier_id: Mapped[UUID | None]
    second_received_by: Mapped[UUID | None]  # the first who confirmed; all of them: GoodsReceiptConfirmation
    # What is refused, until the receipt is in the books and a rejection is made of it: {"wanted", "lines": [{"line_id",
    # "reason", "note", "photos": [attachment ids]}]}.
    refused: Mapped[dict[str, Any]] = mapped_column(default=dict)
    confirmed_at: Mapped[datetime | None]  # when enough people had: from here on it is in the books


class GoodsReceiptLine(SchoolOwned, db.Model):
    """One good of one batch. `base_quantity` = `quantity` × `unit_factor`, exact; `amount_fen` rounded half up once."""

    __tablename__ = "goods_receipt_lines"
    __table_args__ = (
        fk_school(),
        fk_in_school("receipt_id", "goods_receipts", cascade=True),
        fk_in_bureau("item_id", "catalogue_items"),
        fk_in_bureau("category_id", "catalogue_categories"),
        UniqueConstraint("bureau_id", "school_id", "receipt_id", "position"),
        # A line that was rejected whole accepts nothing, and stays as the record of it.
        CheckConstraint("quantity >= 0 AND quantity + rejected_quantity > 0 AND unit_factor > 0", name="quantity"),
        CheckConstraint("rejected_quantity >= 0", name="rejected"),
        CheckConstraint("net_quantity IS NULL OR net_quantity = quantity + rejected_quantity", name="net"),
        CheckConstraint("net_quantity <= arrived_quantity", name="arrived"),
        CheckConstraint("(shipment_line_id IS NULL) = (net_quantity IS NULL)", name="shipment_line"),
        fk_in_school("order_line_id", "supply_order_lines"),
        fk_in_school("shipment_line_id", "shipment_lines"),
        CheckConstraint("base_quantity = quantity * unit_factor", name="base_quantity"),
        CheckConstraint("unit_price_fen >= 0", name="unit_price"),
        CheckConstraint("(unit_price_fen IS NULL) = (amount_fen IS NULL)", name="amount"),
        CheckConstraint("expiry_date > production_date", name="expiry"),
        Index("ix_goods_receipt_lines_item", "bureau_id", "school_id", "item_id"),
        Index("ix_goods_receipt_lines_order_line", "bureau_id", "school_id", "order_line_id"),
        # From a batch to every school that has it: the bureau's recall.
        Index("ix_goods_receipt_lines_batch", "bureau_id", "item_id", "batch_no"),
        Index("ix_goods_receipt_lines_lot", "bureau_id", "batch_no", "item_id"),
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
    # Of a delivery on an order, all in `unit`: what was ordered and shipped, what came (gross), its net weight, how
    # much of that was refused. `quantity` is what was accepted. `tolerance_percent`: as agreed then.
    order_line_id: Mapped[UUID | None]
    shipment_line_id: Mapped[UUID | None]
    ordered_quantity: Mapped[Decimal | None] = mapped_column(Numeric(14, 3))
    shipped_quantity: Mapped[Decimal | None] = mapped_column(Numeric(14, 3))
    arrived_quantity: Mapped[Decimal | None] = mapped_column(Numeric(14, 3))
    net_quantity: Mapped[Decimal | None] = mapped_column(Numeric(14, 3))
    rejected_quantity: Mapped[Decimal] = mapped_column(Numeric(14, 3), default=Decimal(0))
    tolerance_percent: Mapped[Decimal | None] = mapped_column(Numeric(5, 2))


class GoodsReceiptConfirmation(SchoolOwned, db.Model):
    """A further person who saw the goods and says so. `how`: on the first one's phone with the own password ("here"), on the
    own one ("own"), or on a phone without a connection ("offline"). Append-only."""

    __tablename__ = "goods_receipt_confirmations"
    __table_args__ = (
        fk_school(),
        fk_in_school("receipt_id", "goods_receipts"),
        UniqueConstraint(
            "bureau_id", "school_id", "receipt_id", "account_id", name="uq_goods_receipt_confirmations_account"
        ),
        CheckConstraint("how IN ('here', 'own', 'offline')", name="how"),
    )
    receipt_id: Mapped[UUID]
    account_id: Mapped[UUID]
    name: Mapped[str]
    how: Mapped[str]
    at: Mapped[datetime] = mapped_column(default=now)


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
        Index("ix_goods_receipt_certificates_number", "bureau_id", "number", postgresql_where=text("number <> ''")),
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
