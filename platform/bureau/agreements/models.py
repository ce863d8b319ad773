"""Agreements with their lots, items, price terms, documents and changes. Bureau-owned, readable by their supplier and by
the schools they cover once they are signed.

What was agreed never changes: the runtime roles hold no right to update a price, a discount or a quantity
(migration 0027). A change of a price is a row of `agreement_price_terms`, so that any past price can be computed again.
"""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    BigInteger,
    CheckConstraint,
    ForeignKeyConstraint,
    Index,
    Integer,
    Numeric,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from kernel.database import BureauOwned, Recorded, Versioned, db, fk_bureau, fk_in_bureau, now, one_of

CHANGE_KINDS = (
    "term_extension", "price_change", "item_added", "quantity_supplement", "supplier_data", "suspension",
    "resumption", "termination",
)  # fmt: skip


def fk_agreement() -> ForeignKeyConstraint:
    """To the agreement with its supplier: a part cannot name another company than its agreement does."""
    return ForeignKeyConstraint(
        ["bureau_id", "supplier_id", "agreement_id"],
        ["agreements.bureau_id", "agreements.supplier_id", "agreements.id"],
    )


def fk_lot() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(
        ["bureau_id", "agreement_id", "lot_id"],
        ["agreement_lots.bureau_id", "agreement_lots.agreement_id", "agreement_lots.id"],
    )


class Agreement(Recorded, Versioned, BureauOwned, db.Model):
    """框架协议 with one supplier. `tender_id` None: an older contract that was entered by hand.

    `state` is what people decided; whether it holds today follows from its days (rules.standing). `is_signed`,
    `covers_all`, `school_ids` are what row-level security reads: a school sees a signed agreement that covers it.
    `award_sha256`: of the canonical terms that were awarded; signing compares with them (Order 87, Art. 71).
    """

    __tablename__ = "agreements"
    __audited__ = True
    __table_args__ = (
        fk_bureau(),
        fk_in_bureau("tender_id", "tenders"),
        fk_in_bureau("supplier_id", "bureau_suppliers"),
        UniqueConstraint("bureau_id", "number"),
        UniqueConstraint("bureau_id", "supplier_id", "id"),
        CheckConstraint("state IN ('pending', 'signed', 'suspended', 'terminated', 'cancelled')", name="state"),
        CheckConstraint("second_stage IN ('direct', 'mini_competition')", name="second_stage"),
        CheckConstraint("first_day <= last_day", name="days"),
        CheckConstraint("is_signed = (state IN ('signed', 'suspended', 'terminated'))", name="is_signed"),
        CheckConstraint("NOT is_signed OR signed_on IS NOT NULL", name="signed_on"),
        CheckConstraint("signed_on >= supplier_signed_on AND signed_on >= bureau_signed_on", name="both_dates"),
        CheckConstraint("is_public = (published_on IS NOT NULL)", name="public"),
        CheckConstraint("(state = 'terminated') = (terminated_on IS NOT NULL)", name="terminated"),
        CheckConstraint("original_amount_fen > 0", name="amount"),
        Index("ix_agreements_newest", "bureau_id", "state", "id"),
        Index("ix_agreements_supplier", "bureau_id", "supplier_id", "id"),
        Index("ix_agreements_tender", "bureau_id", "tender_id"),
    )
    number: Mapped[str]
    tender_id: Mapped[UUID | None]
    supplier_id: Mapped[UUID]
    supplier_name: Mapped[str]  # as it was awarded to
    title: Mapped[str]
    state: Mapped[str] = mapped_column(default="pending")
    state_reason: Mapped[str] = mapped_column(default="")
    second_stage: Mapped[str] = mapped_column(default="direct")
    notice_on: Mapped[date | None]  # of the 中标通知书
    sign_by: Mapped[date | None]
    supplier_signed_on: Mapped[date | None]
    bureau_signed_on: Mapped[date | None]
    signed_on: Mapped[date | None]  # the later of the two
    first_day: Mapped[date]
    last_day: Mapped[date]
    terminated_on: Mapped[date | None]
    original_amount_fen: Mapped[int | None] = mapped_column(BigInteger)
    publish_by: Mapped[date | None]
    published_on: Mapped[date | None]
    is_public: Mapped[bool] = mapped_column(default=False)
    file_by: Mapped[date | None]
    filed_on: Mapped[date | None]
    filing_reference: Mapped[str] = mapped_column(default="")
    is_signed: Mapped[bool] = mapped_column(default=False)
    covers_all: Mapped[bool] = mapped_column(default=False)
    school_ids: Mapped[list[int]] = mapped_column(ARRAY(Integer), default=list)
    award_sha256: Mapped[str] = mapped_column(default="")
    supplier_data: Mapped[dict[str, Any]] = mapped_column(default=dict)  # contact, account …, as last changed
    notes: Mapped[str] = mapped_column(default="")


class AgreementEvent(BureauOwned, db.Model):
    """One transition, or a step beside the states (published, filed, a warning overridden). Append-only."""

    __tablename__ = "agreement_events"
    __table_args__ = (
        fk_bureau(),
        fk_agreement(),
        Index("ix_agreement_events_agreement", "bureau_id", "agreement_id", "id"),
    )
    agreement_id: Mapped[UUID]
    supplier_id: Mapped[UUID]
    event: Mapped[str]
    from_state: Mapped[str]
    to_state: Mapped[str]
    reason: Mapped[str] = mapped_column(default="")
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)
    at: Mapped[datetime] = mapped_column(default=now)
    by_id: Mapped[UUID]
    by_name: Mapped[str]


class AgreementLot(Versioned, BureauOwned, db.Model):
    """One lot with this supplier. `discount`: percent off the price book (下浮率). `hold_days`: the book's price is held
    for so many days, counted from the agreement's first day; None: the book of the day.

    `balance_form`: one pool for all covered schools, or each school its own. Who is covered: every school, or
    `school_ids`. `state` 'suspended': this supplier is stopped at this lot alone.
    """

    __tablename__ = "agreement_lots"
    __audited__ = True
    __table_args__ = (
        fk_bureau(),
        fk_agreement(),
        fk_in_bureau("tender_lot_id", "tender_lots"),
        fk_in_bureau("category_id", "catalogue_categories"),
        ForeignKeyConstraint(["bureau_id", "zone_id"], ["zones.bureau_id", "zones.id"]),
        UniqueConstraint("bureau_id", "agreement_id", "id"),
        UniqueConstraint("bureau_id", "agreement_id", "number"),
        CheckConstraint("state IN ('active', 'suspended', 'cancelled')", name="state"),
        CheckConstraint("price_rule IN ('fixed', 'discount')", name="price_rule"),
        CheckConstraint("(price_rule = 'discount') = (discount IS NOT NULL)", name="discount_rule"),
        CheckConstraint("discount >= 0 AND discount < 100", name="discount"),
        CheckConstraint("balance_form IN ('pooled', 'per_school')", name="balance_form"),
        CheckConstraint("hold_days > 0", name="hold"),
        CheckConstraint("net_rate > 0 AND net_rate <= 100", name="net_rate"),
        CheckConstraint("number > 0", name="number"),
        Index(
            "uq_agreement_lots_award", "bureau_id", "tender_lot_id", "supplier_id", unique=True,
            postgresql_where=text("state <> 'cancelled'"),
        ),
    )  # fmt: skip
    agreement_id: Mapped[UUID]
    supplier_id: Mapped[UUID]
    number: Mapped[int]
    title: Mapped[str]
    tender_lot_id: Mapped[UUID | None]
    category_id: Mapped[UUID | None]
    zone_id: Mapped[int | None]
    price_rule: Mapped[str]
    discount: Mapped[Decimal | None] = mapped_column(Numeric(7, 4))
    hold_days: Mapped[int | None]
    net_rate: Mapped[Decimal | None] = mapped_column(Numeric(5, 2))  # 净菜率, percent
    settlement_notes: Mapped[str] = mapped_column(default="")
    balance_form: Mapped[str] = mapped_column(default="pooled")
    state: Mapped[str] = mapped_column(default="active")
    state_reason: Mapped[str] = mapped_column(default="")
    is_signed: Mapped[bool] = mapped_column(default=False)
    covers_all: Mapped[bool] = mapped_column(default=False)
    school_ids: Mapped[list[int]] = mapped_column(ARRAY(Integer), default=list)


class AgreementItem(BureauOwned, db.Model):
    """One line: what is bought by which unit. `unit_factor`: base units of the catalogue item in one `unit`.

    `fixed_price_fen` for one `unit`, where the lot's prices are fixed. `basis_price_fen`: what one unit counted with
    when the agreement was made, the measure of supplements. `tolerance`: percent that weighed goods may exceed an order.
    """

    __tablename__ = "agreement_items"
    __table_args__ = (
        fk_bureau(),
        fk_agreement(),
        fk_lot(),
        fk_in_bureau("item_id", "catalogue_items"),
        fk_in_bureau("item_version_id", "catalogue_item_versions"),
        fk_in_bureau("tender_item_id", "tender_items"),
        ForeignKeyConstraint(
            ["bureau_id", "agreement_id", "change_id"],
            ["agreement_changes.bureau_id", "agreement_changes.agreement_id", "agreement_changes.id"],
        ),
        UniqueConstraint("bureau_id", "lot_id", "item_id"),
        UniqueConstraint("bureau_id", "lot_id", "position"),
        UniqueConstraint("bureau_id", "agreement_id", "id"),
        CheckConstraint("unit_factor > 0", name="unit_factor"),
        CheckConstraint("fixed_price_fen > 0", name="fixed_price"),
        CheckConstraint("basis_price_fen > 0", name="basis_price"),
        CheckConstraint("quantity > 0", name="quantity"),
        CheckConstraint("tolerance >= 0 AND tolerance <= 100", name="tolerance"),
        Index("ix_agreement_items_item", "bureau_id", "item_id", "agreement_id"),
    )
    agreement_id: Mapped[UUID]
    supplier_id: Mapped[UUID]
    lot_id: Mapped[UUID]
    position: Mapped[int]
    item_id: Mapped[UUID]
    item_version_id: Mapped[UUID | None]
    tender_item_id: Mapped[UUID | None]
    change_id: Mapped[UUID | None]  # the change that added it
    name: Mapped[str]
    specification: Mapped[str] = mapped_column(default="")
    unit: Mapped[str]
    unit_factor: Mapped[Decimal] = mapped_column(Numeric(13, 6), default=Decimal(1))
    fixed_price_fen: Mapped[int | None] = mapped_column(BigInteger)
    basis_price_fen: Mapped[int | None] = mapped_column(BigInteger)
    quantity: Mapped[Decimal | None] = mapped_column(Numeric(14, 3))  # None: no quantity was agreed
    tolerance: Mapped[Decimal] = mapped_column(Numeric(5, 2), default=Decimal(0))
    is_signed: Mapped[bool] = mapped_column(default=False)


class AgreementPriceTerm(BureauOwned, db.Model):
    """What a change of price set, from a day on. Append-only: either an item's fixed price, or (item None) the lot's
    discount. The newest with `from_day` not after a day holds on it."""

    __tablename__ = "agreement_price_terms"
    __table_args__ = (
        fk_bureau(),
        fk_agreement(),
        fk_lot(),
        ForeignKeyConstraint(
            ["bureau_id", "agreement_id", "agreement_item_id"],
            ["agreement_items.bureau_id", "agreement_items.agreement_id", "agreement_items.id"],
            name="fk_agreement_price_terms_item",
        ),
        ForeignKeyConstraint(
            ["bureau_id", "agreement_id", "change_id"],
            ["agreement_changes.bureau_id", "agreement_changes.agreement_id", "agreement_changes.id"],
        ),
        CheckConstraint("(agreement_item_id IS NULL) = (discount IS NOT NULL)", name="discount_lot"),
        CheckConstraint("(agreement_item_id IS NULL) = (price_fen IS NULL)", name="price_item"),
        CheckConstraint("price_fen > 0", name="price"),
        CheckConstraint("discount >= 0 AND discount < 100", name="discount"),
        UniqueConstraint(
            "bureau_id", "change_id", "lot_id", "agreement_item_id", postgresql_nulls_not_distinct=True,
            name="uq_agreement_price_terms_change",
        ),
        Index("ix_agreement_price_terms_lot", "bureau_id", "lot_id", "from_day"),
    )  # fmt: skip
    agreement_id: Mapped[UUID]
    supplier_id: Mapped[UUID]
    lot_id: Mapped[UUID]
    agreement_item_id: Mapped[UUID | None]
    change_id: Mapped[UUID]
    from_day: Mapped[date]
    price_fen: Mapped[int | None] = mapped_column(BigInteger)
    discount: Mapped[Decimal | None] = mapped_column(Numeric(7, 4))


class AgreementChange(Recorded, Versioned, BureauOwned, db.Model):
    """变更: proposed by one person, approved by another. One pending at a time per agreement.

    `details` by kind, see rules.changes. `is_urgent`: a stop that took effect at once; a second person confirms it.
    `amount_fen`: what a supplement adds, at the agreement's own prices.
    """

    __tablename__ = "agreement_changes"
    __audited__ = True
    __table_args__ = (
        fk_bureau(),
        fk_agreement(),
        UniqueConstraint("bureau_id", "agreement_id", "id"),
        UniqueConstraint("bureau_id", "agreement_id", "number"),
        CheckConstraint(one_of("kind", CHANGE_KINDS), name="kind"),
        CheckConstraint("state IN ('pending', 'active', 'cancelled')", name="state"),
        CheckConstraint("(state = 'pending') OR decided_at IS NOT NULL OR is_urgent", name="decided"),
        CheckConstraint("(decided_at IS NULL) = (decided_by IS NULL)", name="decider"),
        CheckConstraint("state <> 'active' OR is_urgent OR decided_by <> created_by", name="two_people"),
        CheckConstraint("decided_by IS NULL OR NOT is_urgent OR decided_by <> created_by", name="urgent_two_people"),
        CheckConstraint("NOT is_urgent OR kind = 'suspension'", name="urgent"),
        CheckConstraint("reason <> ''", name="reason"),
        CheckConstraint("amount_fen >= 0", name="amount"),
        Index(
            "uq_agreement_changes_pending", "bureau_id", "agreement_id", unique=True,
            postgresql_where=text("state = 'pending'"),
        ),
    )  # fmt: skip
    agreement_id: Mapped[UUID]
    supplier_id: Mapped[UUID]
    number: Mapped[int]
    kind: Mapped[str]
    state: Mapped[str] = mapped_column(default="pending")
    reason: Mapped[str]
    details: Mapped[dict[str, Any]]
    amount_fen: Mapped[int] = mapped_column(BigInteger, default=0)
    from_day: Mapped[date]
    is_urgent: Mapped[bool] = mapped_column(default=False)
    created_by_name: Mapped[str]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[UUID | None]
    decided_by_name: Mapped[str] = mapped_column(default="")
    decision_reason: Mapped[str] = mapped_column(default="")


class AgreementDocument(BureauOwned, db.Model):
    """A scan: the signed agreement of one side, a supplement, a filing receipt. Append-only."""

    __tablename__ = "agreement_documents"
    __table_args__ = (
        fk_bureau(),
        fk_agreement(),
        ForeignKeyConstraint(
            ["bureau_id", "supplier_id", "attachment_id"],
            ["attachments.bureau_id", "attachments.supplier_id", "attachments.id"],
        ),
        CheckConstraint("kind IN ('signed', 'supplement', 'filing', 'other')", name="kind"),
        CheckConstraint("side IN ('bureau', 'supplier')", name="side"),
        Index("ix_agreement_documents_agreement", "bureau_id", "agreement_id", "id"),
    )
    agreement_id: Mapped[UUID]
    supplier_id: Mapped[UUID]
    attachment_id: Mapped[UUID]
    kind: Mapped[str]
    side: Mapped[str]
    title: Mapped[str]
    added_at: Mapped[datetime] = mapped_column(default=now)
    added_by: Mapped[UUID]
    added_by_name: Mapped[str]
