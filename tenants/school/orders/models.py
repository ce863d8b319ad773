"""Call-off orders, what suppliers ship on them, the certificates of lots, and each school's food budget.

School-owned rows that a supplier answers carry its `supplier_id`: row-level security shows a company its own orders
once they are sent (`is_sent`), and lets it change nothing of what was ordered (migration 0034).
Quantities are in the agreement line's unit, which is `unit_factor` base units of the catalogue item.
"""

from datetime import date, datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKeyConstraint, Index, Numeric, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from kernel.database import (  # fmt: skip
    BureauOwned,
    Recorded,
    SchoolOwned,
    Versioned,
    db,
    fk_bureau,
    fk_in_bureau,
    fk_school,
    now,
    one_of,
)

ORDER_STATES = (
    "draft", "submitted", "approved", "sent", "confirmed", "shipped", "received", "closed", "refused", "cancelled",
    "declined",
)  # fmt: skip
SOURCES = ("manual", "proposal", "repeat")
SHIPMENT_STATES = ("sent", "received", "cancelled")


def fk_supplied(column: str, table: str, name: str | None = None) -> ForeignKeyConstraint:
    """To a row of the school that belongs to the same supplier: a part cannot name another company than its whole."""
    keys = ("bureau_id", "school_id", "supplier_id")
    return ForeignKeyConstraint([*keys, column], [*(f"{table}.{key}" for key in keys), f"{table}.id"], name=name)


class FoodBudget(Recorded, Versioned, SchoolOwned, db.Model):
    """What a school may spend on food in a month (`month`: its first day). What is committed is never stored: it is
    the sum of the month's orders, counted under this row's lock."""

    __tablename__ = "food_budgets"
    __audited__ = True
    __table_args__ = (
        fk_school(),
        UniqueConstraint("bureau_id", "school_id", "month"),
        CheckConstraint("amount_fen >= 0", name="amount"),
        CheckConstraint("extract(day FROM month) = 1", name="month"),
    )
    month: Mapped[date]
    amount_fen: Mapped[int] = mapped_column(BigInteger)
    note: Mapped[str] = mapped_column(default="")


class SupplyOrder(Recorded, Versioned, SchoolOwned, db.Model):
    """订单: what one supplier is to bring under one agreement on one day.

    `budget_month`: the first day of the month that pays. `amount_fen`: of the lines at their pinned prices.
    `proposed_on`: another day that the supplier asked for and the school has not answered yet. `school_name`,
    `supplier_name`, `agreement_number`: as they were when the order was made; neither side reads the other's tables.
    """

    __tablename__ = "supply_orders"
    __audited__ = True
    __table_args__ = (
        fk_school(),
        ForeignKeyConstraint(
            ["bureau_id", "supplier_id", "agreement_id"],
            ["agreements.bureau_id", "agreements.supplier_id", "agreements.id"],
            name="fk_supply_orders_agreement",
        ),
        UniqueConstraint("bureau_id", "school_id", "number"),
        UniqueConstraint("bureau_id", "school_id", "supplier_id", "id"),
        CheckConstraint(one_of("state", ORDER_STATES), name="state"),
        CheckConstraint(one_of("source", SOURCES), name="source"),
        CheckConstraint("amount_fen >= 0 AND line_count > 0", name="amount"),
        CheckConstraint("deliver_from < deliver_until", name="deliver_times"),
        CheckConstraint("is_sent = (sent_at IS NOT NULL)", name="sent"),
        CheckConstraint("state NOT IN ('sent', 'confirmed', 'shipped', 'received', 'closed', 'declined') OR is_sent",
                        name="sent_state"),
        CheckConstraint("(approved_by IS NULL) = (approved_at IS NULL)", name="approved"),
        CheckConstraint("approved_by <> created_by AND approved_by <> submitted_by", name="two_people"),
        CheckConstraint("proposed_on IS NULL OR state IN ('sent', 'cancelled', 'declined')", name="proposed"),
        Index("ix_supply_orders_newest", "bureau_id", "school_id", "id"),
        Index("ix_supply_orders_day", "bureau_id", "school_id", "deliver_on", "state"),
        Index("ix_supply_orders_budget", "bureau_id", "school_id", "budget_month"),
        Index("ix_supply_orders_supplier", "bureau_id", "supplier_id", "deliver_on", "id",
              postgresql_where=text("is_sent")),
        Index("ix_supply_orders_own", "bureau_id", "supplier_id", "id", postgresql_where=text("is_sent")),
        Index("ix_supply_orders_bureau", "bureau_id", "deliver_on", "school_id"),
        Index("ix_supply_orders_agreement", "bureau_id", "agreement_id"),
    )  # fmt: skip
    number: Mapped[str]
    agreement_id: Mapped[UUID]
    agreement_number: Mapped[str]
    supplier_id: Mapped[UUID]
    supplier_name: Mapped[str]
    school_name: Mapped[str]
    state: Mapped[str] = mapped_column(default="draft")
    state_reason: Mapped[str] = mapped_column(default="")
    source: Mapped[str] = mapped_column(default="manual")
    deliver_on: Mapped[date]
    deliver_from: Mapped[time | None]
    deliver_until: Mapped[time | None]
    place: Mapped[str] = mapped_column(default="")
    note: Mapped[str] = mapped_column(default="")
    contact: Mapped[str] = mapped_column(default="")  # who takes the goods over, with a telephone number
    line_count: Mapped[int]
    amount_fen: Mapped[int] = mapped_column(BigInteger)
    budget_month: Mapped[date]
    content_digest: Mapped[str]
    created_by_name: Mapped[str]
    submitted_at: Mapped[datetime | None]
    submitted_by: Mapped[UUID | None]
    approved_at: Mapped[datetime | None]
    approved_by: Mapped[UUID | None]
    approved_by_name: Mapped[str] = mapped_column(default="")
    is_sent: Mapped[bool] = mapped_column(default=False)
    sent_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]  # the supplier's first answer
    proposed_on: Mapped[date | None]
    proposal_reason: Mapped[str] = mapped_column(default="")
    received_at: Mapped[datetime | None]  # when nothing was awaited any more


class SupplyOrderLine(SchoolOwned, db.Model):
    """One item. `book_id`, `term_id` with `agreement_item_id` are the price's pin; `price_account` is how it came about.

    quantity + what came over it = received + rejected + waived + open. `rejected_quantity`: refused at the door and
    not replaced (yet); `waived_quantity`: not awaited any more. `needed_base`: what the proposal asked for.
    """

    __tablename__ = "supply_order_lines"
    __table_args__ = (
        fk_school(),
        fk_supplied("order_id", "supply_orders"),
        ForeignKeyConstraint(
            ["bureau_id", "agreement_id", "agreement_item_id"],
            ["agreement_items.bureau_id", "agreement_items.agreement_id", "agreement_items.id"],
            name="fk_supply_order_lines_agreement_item",
        ),
        fk_in_bureau("item_id", "catalogue_items"),
        UniqueConstraint("bureau_id", "school_id", "supplier_id", "id"),
        UniqueConstraint("bureau_id", "school_id", "order_id", "position"),
        UniqueConstraint(
            "bureau_id", "school_id", "order_id", "agreement_item_id", name="uq_supply_order_lines_agreement_item"
        ),
        CheckConstraint("quantity > 0 AND unit_factor > 0", name="quantity"),
        CheckConstraint("unit_price_fen >= 0 AND amount_fen >= 0", name="amount"),
        CheckConstraint("received_quantity >= 0 AND rejected_quantity >= 0 AND waived_quantity >= 0", name="counted"),
        CheckConstraint("waived_quantity <= quantity", name="waived"),
        CheckConstraint("tolerance >= 0 AND tolerance <= 100", name="tolerance"),
        Index("ix_supply_order_lines_item", "bureau_id", "school_id", "item_id"),
    )
    order_id: Mapped[UUID]
    supplier_id: Mapped[UUID]
    position: Mapped[int]
    item_id: Mapped[UUID]
    agreement_id: Mapped[UUID]
    agreement_item_id: Mapped[UUID]
    item_name: Mapped[str]
    specification: Mapped[str] = mapped_column(default="")
    unit: Mapped[str]
    unit_factor: Mapped[Decimal] = mapped_column(Numeric(13, 6))
    base_unit: Mapped[str]
    quantity: Mapped[Decimal] = mapped_column(Numeric(14, 3))
    unit_price_fen: Mapped[int] = mapped_column(BigInteger)
    book_id: Mapped[UUID | None]
    term_id: Mapped[UUID | None]
    price_account: Mapped[dict[str, Any]]
    amount_fen: Mapped[int] = mapped_column(BigInteger)
    tolerance: Mapped[Decimal] = mapped_column(Numeric(5, 2))
    needed_base: Mapped[Decimal | None] = mapped_column(Numeric(18, 6))
    received_quantity: Mapped[Decimal] = mapped_column(Numeric(14, 3), default=Decimal(0))
    rejected_quantity: Mapped[Decimal] = mapped_column(Numeric(14, 3), default=Decimal(0))
    waived_quantity: Mapped[Decimal] = mapped_column(Numeric(14, 3), default=Decimal(0))
    is_sent: Mapped[bool] = mapped_column(default=False)  # as the order's; row-level security reads it


class SupplyOrderEvent(SchoolOwned, db.Model):
    """One transition, or a step beside the states. Append-only. `side`: who did it, school, supplier or system.
    `is_shown`: to the supplier as well; what a school says within itself before it sends is not."""

    __tablename__ = "supply_order_events"
    __table_args__ = (
        fk_school(),
        fk_supplied("order_id", "supply_orders"),
        CheckConstraint("side IN ('school', 'supplier', 'system')", name="side"),
        Index("ix_supply_order_events_order", "bureau_id", "school_id", "order_id", "id"),
    )
    order_id: Mapped[UUID]
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


class Shipment(Recorded, Versioned, SchoolOwned, db.Model):
    """送货单. `code`: what its QR and the hand-typed short code say. `source_kind`, `source_id`: what it makes good, e.g.
    a rejection; "" for a first delivery. `is_by_school`: written down at the door for a supplier that had not."""

    __tablename__ = "shipments"
    __audited__ = True
    __table_args__ = (
        fk_school(),
        fk_supplied("order_id", "supply_orders"),
        UniqueConstraint("bureau_id", "school_id", "number"),
        UniqueConstraint("bureau_id", "code"),
        UniqueConstraint("bureau_id", "school_id", "supplier_id", "id"),
        CheckConstraint(one_of("state", SHIPMENT_STATES), name="state"),
        CheckConstraint("line_count > 0", name="line_count"),
        CheckConstraint("(source_kind = '') = (source_id IS NULL)", name="source"),
        Index("ix_shipments_order", "bureau_id", "school_id", "order_id"),
        Index("ix_shipments_expected", "bureau_id", "school_id", "state", "expected_on"),
        Index("ix_shipments_supplier", "bureau_id", "supplier_id", "id"),
        Index("ix_shipments_source", "bureau_id", "school_id", "source_id",
              postgresql_where=text("source_id IS NOT NULL")),
    )  # fmt: skip
    order_id: Mapped[UUID]
    supplier_id: Mapped[UUID]
    number: Mapped[str]
    code: Mapped[str]
    state: Mapped[str] = mapped_column(default="sent")
    state_reason: Mapped[str] = mapped_column(default="")
    shipped_at: Mapped[datetime]
    expected_on: Mapped[date]
    vehicle: Mapped[str] = mapped_column(default="")
    plate: Mapped[str] = mapped_column(default="")
    driver: Mapped[str] = mapped_column(default="")
    temperature_celsius: Mapped[Decimal | None] = mapped_column(Numeric(5, 1))
    note: Mapped[str] = mapped_column(default="")
    source_kind: Mapped[str] = mapped_column(default="")
    source_id: Mapped[UUID | None]
    is_by_school: Mapped[bool] = mapped_column(default=False)
    line_count: Mapped[int]
    content_digest: Mapped[str]
    created_by_name: Mapped[str]


class ShipmentLine(SchoolOwned, db.Model):
    """One lot of one order line. `arrived_quantity`: what was at the door; None until it was taken over."""

    __tablename__ = "shipment_lines"
    __table_args__ = (
        fk_school(),
        fk_supplied("shipment_id", "shipments"),
        fk_supplied("order_line_id", "supply_order_lines", "fk_shipment_lines_order_line"),
        fk_in_bureau("item_id", "catalogue_items"),
        UniqueConstraint("bureau_id", "school_id", "shipment_id", "position"),
        UniqueConstraint("bureau_id", "school_id", "supplier_id", "id"),
        CheckConstraint("quantity > 0 AND unit_factor > 0", name="quantity"),
        CheckConstraint("arrived_quantity >= 0", name="arrived"),
        CheckConstraint("expiry_date > production_date", name="expiry"),
        CheckConstraint("batch_no <> ''", name="batch_no"),
        Index("ix_shipment_lines_order_line", "bureau_id", "school_id", "order_line_id"),
        # From a lot to every school that it is under way to: warnings, coverage of certificates, recalls.
        Index("ix_shipment_lines_batch", "bureau_id", "supplier_id", "item_id", "batch_no"),
        Index("ix_shipment_lines_lot", "bureau_id", "batch_no", "item_id"),
    )
    shipment_id: Mapped[UUID]
    order_line_id: Mapped[UUID]
    supplier_id: Mapped[UUID]
    item_id: Mapped[UUID]
    position: Mapped[int]
    batch_no: Mapped[str]
    production_date: Mapped[date | None]
    expiry_date: Mapped[date | None]
    quantity: Mapped[Decimal] = mapped_column(Numeric(14, 3))
    unit_factor: Mapped[Decimal] = mapped_column(Numeric(13, 6))
    arrived_quantity: Mapped[Decimal | None] = mapped_column(Numeric(14, 3))


class BatchCertificate(Recorded, Versioned, BureauOwned, db.Model):
    """A paper of one supplier's lot, uploaded once and good for every school that the lot goes to.

    `batch_no` "": of the item, not of a lot (a production licence). `covers_quantity`: base units that it speaks for;
    None: it says nothing of a weight. `sha256`: of the scan as kept.
    """

    __tablename__ = "batch_certificates"
    __audited__ = True
    __table_args__ = (
        fk_bureau(),
        fk_in_bureau("supplier_id", "bureau_suppliers"),
        fk_in_bureau("item_id", "catalogue_items"),
        ForeignKeyConstraint(
            ["bureau_id", "supplier_id", "attachment_id"],
            ["attachments.bureau_id", "attachments.supplier_id", "attachments.id"],
        ),
        UniqueConstraint("bureau_id", "supplier_id", "id"),
        CheckConstraint("state IN ('current', 'withdrawn')", name="state"),
        CheckConstraint("covers_quantity > 0", name="covers"),
        CheckConstraint("valid_until >= valid_from", name="valid"),
        Index("ix_batch_certificates_batch", "bureau_id", "supplier_id", "item_id", "batch_no"),
        Index("ix_batch_certificates_number", "bureau_id", "kind", "number"),
        Index("ix_batch_certificates_sha256", "bureau_id", "sha256"),
        Index("ix_batch_certificates_newest", "bureau_id", "supplier_id", "state"),
    )
    supplier_id: Mapped[UUID]
    item_id: Mapped[UUID]
    kind: Mapped[str]
    number: Mapped[str]
    batch_no: Mapped[str] = mapped_column(default="")
    issued_by: Mapped[str] = mapped_column(default="")
    issued_on: Mapped[date | None]
    valid_from: Mapped[date | None]
    valid_until: Mapped[date | None]
    covers_quantity: Mapped[Decimal | None] = mapped_column(Numeric(18, 6))
    unit: Mapped[str] = mapped_column(default="")  # of covers_quantity: the item's base unit
    attachment_id: Mapped[UUID]
    sha256: Mapped[str]
    state: Mapped[str] = mapped_column(default="current")
    content_digest: Mapped[str]


class ShipmentCertificate(SchoolOwned, db.Model):
    """That a paper goes with a shipment's line."""

    __tablename__ = "shipment_certificates"
    __table_args__ = (
        fk_school(),
        fk_supplied("shipment_id", "shipments", "fk_shipment_certificates_shipment"),
        fk_supplied("shipment_line_id", "shipment_lines", "fk_shipment_certificates_line"),
        ForeignKeyConstraint(
            ["bureau_id", "supplier_id", "certificate_id"],
            ["batch_certificates.bureau_id", "batch_certificates.supplier_id", "batch_certificates.id"],
        ),
        UniqueConstraint(
            "bureau_id", "school_id", "shipment_line_id", "certificate_id", name="uq_shipment_certificates_line"
        ),
        Index("ix_shipment_certificates_certificate", "bureau_id", "certificate_id"),
    )
    shipment_id: Mapped[UUID]
    shipment_line_id: Mapped[UUID]
    supplier_id: Mapped[UUID]
    certificate_id: Mapped[UUID]


class CertificateFinding(BureauOwned, db.Model):
    """What looks wrong with a paper (certificate_rules.CODES), as it was first seen; settled by the bureau with a note.

    `detail`: which other lot, number or weight, so that the same finding is kept once. `is_against`: whoever looked into it
    holds it against the supplier; an open one, or a slip of the pen, is held against nobody.
    """

    __tablename__ = "certificate_findings"
    __audited__ = True
    __table_args__ = (
        fk_bureau(),
        ForeignKeyConstraint(
            ["bureau_id", "supplier_id", "certificate_id"],
            ["batch_certificates.bureau_id", "batch_certificates.supplier_id", "batch_certificates.id"],
        ),
        ForeignKeyConstraint(["bureau_id", "found_at_school_id"], ["schools.bureau_id", "schools.id"]),
        UniqueConstraint("bureau_id", "certificate_id", "code", "detail"),
        CheckConstraint("(settled_at IS NULL) = (settled_by IS NULL)", name="settled"),
        CheckConstraint("settled_at IS NULL OR settled_note <> ''", name="settled_note"),
        CheckConstraint("settled_at IS NOT NULL OR NOT is_against", name="against"),
        Index("ix_certificate_findings_newest", "bureau_id", "id"),
        Index("ix_certificate_findings_open", "bureau_id", "id", postgresql_where=text("settled_at IS NULL")),
    )
    supplier_id: Mapped[UUID]
    certificate_id: Mapped[UUID]
    code: Mapped[str]
    detail: Mapped[str] = mapped_column(default="")
    found_at: Mapped[datetime] = mapped_column(default=now)
    found_at_school_id: Mapped[int | None]
    settled_at: Mapped[datetime | None]
    settled_by: Mapped[UUID | None]
    settled_by_name: Mapped[str] = mapped_column(default="")
    settled_note: Mapped[str] = mapped_column(default="")
    is_against: Mapped[bool] = mapped_column(default=False)
