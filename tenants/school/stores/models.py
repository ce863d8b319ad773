"""The stock ledger: goods, places, batches, documents, moves, and the balances that moves add up to.

Moves and documents are append-only: the runtime roles hold no right to change or delete one. Balances and stocks are
derived; `houqin stores check` adds the moves up again. Quantities in the good's base unit, money in fen.
"""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKeyConstraint, Index, Numeric, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from kernel.database import (
    Recorded,
    SchoolOwned,
    Versioned,
    db,
    fk_in_bureau,
    fk_in_school,
    fk_school,
    now,
    one_of,
)

GOOD_KINDS = ("food", "consumable", "hazardous")
LOCATION_KINDS = (
    "store", "kitchen", "fridge", "freezer", "hazardous", "quarantine",
    "supplier", "consumed", "disposed", "difference", "opening",
)  # fmt: skip
DOCUMENT_KINDS = ("opening", "receipt", "issue", "return", "transfer", "stocktake", "disposal", "take_back")
QUANTITY = Numeric(18, 6)


class StoreLocation(Recorded, Versioned, SchoolOwned, db.Model):
    """库位. The virtual ones are the other side of the books; a school has each of them once."""

    __tablename__ = "store_locations"
    __audited__ = True
    __table_args__ = (
        fk_school(),
        UniqueConstraint("bureau_id", "school_id", "code"),
        CheckConstraint(one_of("kind", LOCATION_KINDS), name="kind"),
    )
    code: Mapped[str]
    name: Mapped[str]
    kind: Mapped[str]
    is_active: Mapped[bool] = mapped_column(default=True)


class StoreGood(Recorded, Versioned, SchoolOwned, db.Model):
    """物品: one of the catalogue's (`item_id`), or the school's own.

    `takers`: the roles that may ask for it, none: everybody. `issue_weekdays`: ISO weekdays on which it is given out,
    none: any day. `old_for_new`: the old one comes back first. `most_per_request`: what one request may ask for.
    """

    __tablename__ = "store_goods"
    __audited__ = True
    __table_args__ = (
        fk_school(),
        fk_in_bureau("item_id", "catalogue_items"),
        fk_in_school("location_id", "store_locations"),
        UniqueConstraint("bureau_id", "school_id", "item_id"),
        CheckConstraint(one_of("kind", GOOD_KINDS), name="kind"),
        CheckConstraint("least_quantity >= 0 AND most_quantity > 0", name="levels"),
        CheckConstraint("least_quantity <= most_quantity", name="least_most"),
        CheckConstraint("most_per_request > 0", name="most_per_request"),
        Index(
            "uq_store_goods_own", "bureau_id", "school_id", "search_name", "base_unit", unique=True,
            postgresql_where=text("item_id IS NULL AND is_active"),
        ),
        Index("ix_store_goods_name", "bureau_id", "school_id", "search_name", "id"),
        Index("ix_store_goods_kind", "bureau_id", "school_id", "kind", "search_name", "id"),
    )  # fmt: skip
    item_id: Mapped[UUID | None]
    name: Mapped[str]
    search_name: Mapped[str]  # lower case
    specification: Mapped[str] = mapped_column(default="")
    kind: Mapped[str]
    base_unit: Mapped[str]
    location_id: Mapped[UUID]  # where it is put unless somebody says otherwise
    least_quantity: Mapped[Decimal | None] = mapped_column(QUANTITY)
    most_quantity: Mapped[Decimal | None] = mapped_column(QUANTITY)
    takers: Mapped[list[Any]] = mapped_column(default=list)
    issue_weekdays: Mapped[list[Any]] = mapped_column(default=list)
    old_for_new: Mapped[bool] = mapped_column(default=False)
    needs_approval: Mapped[bool] = mapped_column(default=True)
    most_per_request: Mapped[Decimal | None] = mapped_column(QUANTITY)
    is_active: Mapped[bool] = mapped_column(default=True)


class StoreStock(SchoolOwned, db.Model):
    """What a school has of a good in all its places; its key is the good's. The row is the good's lock: whoever moves
    the good holds it, goods in the order of their keys. `last_seq`: the number of its newest move."""

    __tablename__ = "store_stocks"
    __table_args__ = (
        ForeignKeyConstraint(
            ["bureau_id", "school_id", "id"], ["store_goods.bureau_id", "store_goods.school_id", "store_goods.id"]
        ),
        fk_school(),
        CheckConstraint("quantity >= 0 AND amount_fen >= 0 AND last_seq >= 0", name="not_negative"),
        CheckConstraint("quantity > 0 OR amount_fen = 0", name="worth"),
    )
    quantity: Mapped[Decimal] = mapped_column(QUANTITY, default=Decimal(0))
    amount_fen: Mapped[int] = mapped_column(BigInteger, default=0)
    last_seq: Mapped[int] = mapped_column(default=0)


class StoreBatch(Recorded, SchoolOwned, db.Model):
    """批次: what came of one good at once. `source_kind`, `source_id`: what brought it, e.g. 'receipt_line'.

    It cost `cost_fen` for `cost_quantity`; that never changes. `state` says whether any hold on it is open.
    """

    __tablename__ = "store_batches"
    __table_args__ = (
        fk_school(),
        fk_in_school("good_id", "store_goods"),
        fk_in_bureau("item_id", "catalogue_items"),
        fk_in_bureau("supplier_id", "bureau_suppliers"),
        CheckConstraint("state IN ('free', 'frozen')", name="state"),
        CheckConstraint("cost_quantity > 0 AND cost_fen >= 0", name="cost"),
        CheckConstraint("(source_kind = '') = (source_id IS NULL)", name="source"),
        CheckConstraint("expiry_date >= production_date", name="expiry"),
        # What one line of a receipt brought is one batch, however often it is sent.
        Index(
            "uq_store_batches_source", "bureau_id", "school_id", "source_kind", "source_id", unique=True,
            postgresql_where=text("source_id IS NOT NULL"),
        ),
        Index("ix_store_batches_good", "bureau_id", "school_id", "good_id", "received_on"),
        # From a supplier's lot to every school that has it.
        Index("ix_store_batches_lot", "bureau_id", "item_id", "batch_no"),
        Index("ix_store_batches_supplier", "bureau_id", "supplier_id", "received_on"),
    )  # fmt: skip
    good_id: Mapped[UUID]
    item_id: Mapped[UUID | None]
    batch_no: Mapped[str] = mapped_column(default="")
    production_date: Mapped[date | None]
    expiry_date: Mapped[date | None]
    received_on: Mapped[date]
    supplier_id: Mapped[UUID | None]
    supplier_name: Mapped[str] = mapped_column(default="")
    source_kind: Mapped[str] = mapped_column(default="")
    source_id: Mapped[UUID | None]
    cost_quantity: Mapped[Decimal] = mapped_column(QUANTITY)
    cost_fen: Mapped[int] = mapped_column(BigInteger)
    is_costed: Mapped[bool] = mapped_column(default=True)  # False: nobody said what it cost
    state: Mapped[str] = mapped_column(default="free")


class StoreHold(SchoolOwned, db.Model):
    """One reason for which a batch must not be used, by whom, until it is lifted. A batch may have several."""

    __tablename__ = "store_holds"
    __table_args__ = (
        fk_school(),
        fk_in_school("batch_id", "store_batches"),
        Index(
            "uq_store_holds_open", "bureau_id", "school_id", "batch_id", "by_kind", "by_id", unique=True,
            postgresql_where=text("lifted_at IS NULL"),
        ),
        CheckConstraint("reason <> ''", name="reason"),
        CheckConstraint("(lifted_at IS NULL) = (lift_reason = '')", name="lifted"),
        Index("ix_store_holds_by", "bureau_id", "by_kind", "by_id"),
    )  # fmt: skip
    batch_id: Mapped[UUID]
    by_kind: Mapped[str]
    by_id: Mapped[UUID]
    reason: Mapped[str]
    held_at: Mapped[datetime] = mapped_column(default=now)
    held_by: Mapped[UUID]
    held_by_name: Mapped[str]
    lifted_at: Mapped[datetime | None]
    lifted_by_name: Mapped[str] = mapped_column(default="")
    lift_reason: Mapped[str] = mapped_column(default="")


class StoreDocument(SchoolOwned, db.Model):
    """单据: why goods moved. Never changed: a mistake is set right by another document.

    `on_day`: the Shanghai day in whose month it counts. `source_kind`, `source_id`: what caused it ('goods_receipt',
    'requisition', 'stocktake'). `use_day`, `use_meal`, `dish_id`: for which meal it was issued. `amount_fen`: the worth
    of its moves. `second_by`: the second keeper of hazardous goods. `content_digest` tells a repeated sending.
    """

    __tablename__ = "store_documents"
    __table_args__ = (
        fk_school(),
        ForeignKeyConstraint(
            ["bureau_id", "school_id", "attachment_id"],
            ["attachments.bureau_id", "attachments.school_id", "attachments.id"],
        ),
        UniqueConstraint("bureau_id", "school_id", "number"),
        CheckConstraint(one_of("kind", DOCUMENT_KINDS), name="kind"),
        CheckConstraint("(source_kind = '') = (source_id IS NULL)", name="source"),
        CheckConstraint("(use_day IS NULL) = (use_meal IS NULL) AND (use_day IS NOT NULL OR dish_id IS NULL)", name="use"),
        CheckConstraint("second_by IS NULL OR second_by <> posted_by", name="second"),
        CheckConstraint("line_count > 0 AND amount_fen >= 0", name="lines"),
        Index("ix_store_documents_newest", "bureau_id", "school_id", "posted_at", "id"),
        Index("ix_store_documents_kind", "bureau_id", "school_id", "kind", "posted_at", "id"),
        Index("ix_store_documents_day", "bureau_id", "school_id", "on_day"),
        Index(
            "ix_store_documents_source", "bureau_id", "school_id", "source_id",
            postgresql_where=text("source_id IS NOT NULL"),
        ),
        Index(
            "ix_store_documents_use", "bureau_id", "school_id", "use_day", "use_meal",
            postgresql_where=text("use_day IS NOT NULL"),
        ),
    )  # fmt: skip
    number: Mapped[str]
    kind: Mapped[str]
    on_day: Mapped[date]
    posted_at: Mapped[datetime] = mapped_column(default=now)
    posted_by: Mapped[UUID]
    posted_by_name: Mapped[str]
    second_by: Mapped[UUID | None]
    second_by_name: Mapped[str] = mapped_column(default="")
    source_kind: Mapped[str] = mapped_column(default="")
    source_id: Mapped[UUID | None]
    use_day: Mapped[date | None]
    use_meal: Mapped[str | None]
    dish_id: Mapped[UUID | None]
    taker_name: Mapped[str] = mapped_column(default="")
    department: Mapped[str] = mapped_column(default="")
    reason: Mapped[str] = mapped_column(default="")
    attachment_id: Mapped[UUID | None]
    line_count: Mapped[int]
    amount_fen: Mapped[int] = mapped_column(BigInteger)
    content_digest: Mapped[str]


class StoreMove(SchoolOwned, db.Model):
    """One line of the ledger: so much of a batch from one place to another. Append-only.

    `seq` numbers the moves of a good without gaps. `quantity_after`, `amount_after_fen`: what the school has of the good
    in all its places after this move: the last column of the good's card.
    """

    __tablename__ = "store_moves"
    __table_args__ = (
        fk_school(),
        fk_in_school("document_id", "store_documents"),
        fk_in_school("good_id", "store_goods"),
        fk_in_school("batch_id", "store_batches"),
        fk_in_school("from_location_id", "store_locations"),
        fk_in_school("to_location_id", "store_locations"),
        UniqueConstraint("bureau_id", "school_id", "document_id", "position"),
        UniqueConstraint("bureau_id", "school_id", "good_id", "seq"),
        CheckConstraint("quantity > 0 AND amount_fen >= 0", name="quantity"),
        CheckConstraint("from_location_id <> to_location_id", name="places"),
        CheckConstraint("quantity_after >= 0 AND amount_after_fen >= 0", name="after"),
        Index("ix_store_moves_batch", "bureau_id", "school_id", "batch_id"),
    )
    document_id: Mapped[UUID]
    position: Mapped[int]
    good_id: Mapped[UUID]
    seq: Mapped[int]
    batch_id: Mapped[UUID]
    from_location_id: Mapped[UUID]
    to_location_id: Mapped[UUID]
    quantity: Mapped[Decimal] = mapped_column(QUANTITY)
    amount_fen: Mapped[int] = mapped_column(BigInteger)
    quantity_after: Mapped[Decimal] = mapped_column(QUANTITY)
    amount_after_fen: Mapped[int] = mapped_column(BigInteger)


class StoreBalance(SchoolOwned, db.Model):
    """What lies at one place of one batch: the sum of its moves. Only places where something can lie have one.

    `good_id`, `expiry_date` stand here as well, so that lists and the bureau's count are one index range; so does
    `is_live`, because under row-level security no index answers `quantity > 0`.
    """

    __tablename__ = "store_balances"
    __table_args__ = (
        fk_school(),
        fk_in_school("location_id", "store_locations"),
        fk_in_school("batch_id", "store_batches"),
        fk_in_school("good_id", "store_goods"),
        UniqueConstraint("bureau_id", "school_id", "batch_id", "location_id"),
        CheckConstraint("quantity >= 0 AND amount_fen >= 0", name="not_negative"),
        CheckConstraint("quantity > 0 OR amount_fen = 0", name="worth"),
        CheckConstraint("is_live = (quantity > 0)", name="live"),
        Index(
            "ix_store_balances_good", "bureau_id", "school_id", "good_id", postgresql_where=text("is_live"),
        ),
        Index(
            "ix_store_balances_expiry", "bureau_id", "school_id", "expiry_date", "id", postgresql_where=text("is_live")
        ),
        # The bureau asks all schools at once what lies there past its day.
        Index(
            "ix_store_balances_expired", "bureau_id", "expiry_date", "school_id", "id", postgresql_where=text("is_live")
        ),
    )  # fmt: skip
    location_id: Mapped[UUID]
    batch_id: Mapped[UUID]
    good_id: Mapped[UUID]
    expiry_date: Mapped[date | None]
    quantity: Mapped[Decimal] = mapped_column(QUANTITY)
    amount_fen: Mapped[int] = mapped_column(BigInteger)
    is_live: Mapped[bool]
