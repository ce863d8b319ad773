"""Stock: goods, locations, batches, moves, balances, requisitions, stocktakes, closings.

Revision: 0031, after 0030
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from migrations import tenancy

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

SCHOOL = ["schools.bureau_id", "schools.id"]
QUANTITY = sa.Numeric(18, 6)
# Nobody changes or removes what was posted: the roles of the service hold no such right.
APPEND_ONLY = ("store_documents", "store_moves", "store_month_lines", "store_events")
CHANGEABLE = (
    "store_locations", "store_goods", "store_stocks", "store_batches", "store_holds", "store_balances", "store_months",
    "store_requisitions", "store_requisition_lines", "store_confirmations", "store_stocktakes", "store_stocktake_lines",
)  # fmt: skip


def upgrade() -> None:
    _ledger()
    _documents()
    _months()
    _requests()
    _stocktakes()
    for table in APPEND_ONLY:
        tenancy.protect_school_table(table, school="ra")
    for table in CHANGEABLE:
        tenancy.protect_school_table(table)


def _school_key() -> list[sa.Column]:
    return [
        sa.Column("bureau_id", sa.Integer, primary_key=True),
        sa.Column("school_id", sa.Integer, primary_key=True),
        sa.Column("id", sa.Uuid, primary_key=True),
    ]


def _recorded() -> list[sa.Column]:
    return [
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid, nullable=False),
    ]


def _version() -> sa.Column:
    return sa.Column("version", sa.Integer, nullable=False)


def _fk(column: str, table: str, *, cascade: bool = False) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["bureau_id", "school_id", column],
        [f"{table}.bureau_id", f"{table}.school_id", f"{table}.id"],
        ondelete="CASCADE" if cascade else None,
    )


def _ledger() -> None:
    op.create_table(
        "store_locations",
        *_school_key(),
        sa.Column("code", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("is_active", sa.Boolean, nullable=False),
        *_recorded(),
        _version(),
        sa.CheckConstraint(
            "kind IN ('store', 'kitchen', 'fridge', 'freezer', 'hazardous', 'quarantine', 'supplier', 'consumed', 'disposed', 'difference', 'opening')",
            name="kind",
        ),
        sa.ForeignKeyConstraint(["bureau_id", "school_id"], SCHOOL),
        sa.UniqueConstraint("bureau_id", "school_id", "code"),
    )
    op.create_table(
        "store_goods",
        *_school_key(),
        sa.Column("item_id", sa.Uuid),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("search_name", sa.Text, nullable=False),
        sa.Column("specification", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("base_unit", sa.Text, nullable=False),
        sa.Column("location_id", sa.Uuid, nullable=False),
        sa.Column("least_quantity", QUANTITY),
        sa.Column("most_quantity", QUANTITY),
        sa.Column("takers", JSONB, nullable=False),
        sa.Column("issue_weekdays", JSONB, nullable=False),
        sa.Column("old_for_new", sa.Boolean, nullable=False),
        sa.Column("needs_approval", sa.Boolean, nullable=False),
        sa.Column("most_per_request", QUANTITY),
        sa.Column("is_active", sa.Boolean, nullable=False),
        *_recorded(),
        _version(),
        sa.CheckConstraint("kind IN ('food', 'consumable', 'hazardous')", name="kind"),
        sa.CheckConstraint("least_quantity <= most_quantity", name="least_most"),
        sa.CheckConstraint("least_quantity >= 0 AND most_quantity > 0", name="levels"),
        sa.CheckConstraint("most_per_request > 0", name="most_per_request"),
        sa.ForeignKeyConstraint(["bureau_id", "item_id"], ["catalogue_items.bureau_id", "catalogue_items.id"]),
        _fk("location_id", "store_locations"),
        sa.ForeignKeyConstraint(["bureau_id", "school_id"], SCHOOL),
        sa.UniqueConstraint("bureau_id", "school_id", "item_id"),
    )
    op.create_index("ix_store_goods_kind", "store_goods", ["bureau_id", "school_id", "kind", "search_name", "id"])
    op.create_index("ix_store_goods_name", "store_goods", ["bureau_id", "school_id", "search_name", "id"])
    op.create_index(
        "uq_store_goods_own",
        "store_goods",
        ["bureau_id", "school_id", "search_name", "base_unit"],
        unique=True,
        postgresql_where=sa.text("item_id IS NULL AND is_active"),
    )
    op.create_table(
        "store_stocks",
        *_school_key(),
        sa.Column("quantity", QUANTITY, nullable=False),
        sa.Column("amount_fen", sa.BigInteger, nullable=False),
        sa.Column("last_seq", sa.Integer, nullable=False),
        sa.CheckConstraint("quantity > 0 OR amount_fen = 0", name="worth"),
        sa.CheckConstraint("quantity >= 0 AND amount_fen >= 0 AND last_seq >= 0", name="not_negative"),
        _fk("id", "store_goods"),
        sa.ForeignKeyConstraint(["bureau_id", "school_id"], SCHOOL),
    )
    op.create_table(
        "store_batches",
        *_school_key(),
        sa.Column("good_id", sa.Uuid, nullable=False),
        sa.Column("item_id", sa.Uuid),
        sa.Column("batch_no", sa.Text, nullable=False),
        sa.Column("production_date", sa.Date),
        sa.Column("expiry_date", sa.Date),
        sa.Column("received_on", sa.Date, nullable=False),
        sa.Column("supplier_id", sa.Uuid),
        sa.Column("supplier_name", sa.Text, nullable=False),
        sa.Column("source_kind", sa.Text, nullable=False),
        sa.Column("source_id", sa.Uuid),
        sa.Column("cost_quantity", QUANTITY, nullable=False),
        sa.Column("cost_fen", sa.BigInteger, nullable=False),
        sa.Column("is_costed", sa.Boolean, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        *_recorded(),
        sa.CheckConstraint("(source_kind = '') = (source_id IS NULL)", name="source"),
        sa.CheckConstraint("state IN ('free', 'frozen')", name="state"),
        sa.CheckConstraint("cost_quantity > 0 AND cost_fen >= 0", name="cost"),
        sa.CheckConstraint("expiry_date >= production_date", name="expiry"),
        sa.ForeignKeyConstraint(["bureau_id", "item_id"], ["catalogue_items.bureau_id", "catalogue_items.id"]),
        _fk("good_id", "store_goods"),
        sa.ForeignKeyConstraint(["bureau_id", "school_id"], SCHOOL),
        sa.ForeignKeyConstraint(["bureau_id", "supplier_id"], ["bureau_suppliers.bureau_id", "bureau_suppliers.id"]),
    )
    op.create_index("ix_store_batches_good", "store_batches", ["bureau_id", "school_id", "good_id", "received_on"])
    op.create_index("ix_store_batches_lot", "store_batches", ["bureau_id", "item_id", "batch_no"])
    op.create_index("ix_store_batches_supplier", "store_batches", ["bureau_id", "supplier_id", "received_on"])
    op.create_index(
        "uq_store_batches_source",
        "store_batches",
        ["bureau_id", "school_id", "source_kind", "source_id"],
        unique=True,
        postgresql_where=sa.text("source_id IS NOT NULL"),
    )
    op.create_table(
        "store_holds",
        *_school_key(),
        sa.Column("batch_id", sa.Uuid, nullable=False),
        sa.Column("by_kind", sa.Text, nullable=False),
        sa.Column("by_id", sa.Uuid, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("held_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("held_by", sa.Uuid, nullable=False),
        sa.Column("held_by_name", sa.Text, nullable=False),
        sa.Column("lifted_at", sa.DateTime(timezone=True)),
        sa.Column("lifted_by_name", sa.Text, nullable=False),
        sa.Column("lift_reason", sa.Text, nullable=False),
        sa.CheckConstraint("(lifted_at IS NULL) = (lift_reason = '')", name="lifted"),
        sa.CheckConstraint("reason <> ''", name="reason"),
        _fk("batch_id", "store_batches"),
        sa.ForeignKeyConstraint(["bureau_id", "school_id"], SCHOOL),
    )
    op.create_index("ix_store_holds_by", "store_holds", ["bureau_id", "by_kind", "by_id"])
    op.create_index(
        "uq_store_holds_open",
        "store_holds",
        ["bureau_id", "school_id", "batch_id", "by_kind", "by_id"],
        unique=True,
        postgresql_where=sa.text("lifted_at IS NULL"),
    )


def _documents() -> None:
    op.create_table(
        "store_documents",
        *_school_key(),
        sa.Column("number", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("on_day", sa.Date, nullable=False),
        sa.Column("posted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("posted_by", sa.Uuid, nullable=False),
        sa.Column("posted_by_name", sa.Text, nullable=False),
        sa.Column("second_by", sa.Uuid),
        sa.Column("second_by_name", sa.Text, nullable=False),
        sa.Column("source_kind", sa.Text, nullable=False),
        sa.Column("source_id", sa.Uuid),
        sa.Column("use_day", sa.Date),
        sa.Column("use_meal", sa.Text),
        sa.Column("dish_id", sa.Uuid),
        sa.Column("taker_name", sa.Text, nullable=False),
        sa.Column("department", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("attachment_id", sa.Uuid),
        sa.Column("line_count", sa.Integer, nullable=False),
        sa.Column("amount_fen", sa.BigInteger, nullable=False),
        sa.Column("content_digest", sa.Text, nullable=False),
        sa.CheckConstraint("(source_kind = '') = (source_id IS NULL)", name="source"),
        sa.CheckConstraint(
            "kind IN ('opening', 'receipt', 'issue', 'return', 'transfer', 'stocktake', 'disposal', 'take_back')",
            name="kind",
        ),
        sa.CheckConstraint(
            "(use_day IS NULL) = (use_meal IS NULL) AND (use_day IS NOT NULL OR dish_id IS NULL)", name="use"
        ),
        sa.CheckConstraint("line_count > 0 AND amount_fen >= 0", name="lines"),
        sa.CheckConstraint("second_by IS NULL OR second_by <> posted_by", name="second"),
        _fk("attachment_id", "attachments"),
        sa.ForeignKeyConstraint(["bureau_id", "school_id"], SCHOOL),
        sa.UniqueConstraint("bureau_id", "school_id", "number"),
    )
    op.create_index("ix_store_documents_day", "store_documents", ["bureau_id", "school_id", "on_day"])
    op.create_index("ix_store_documents_kind", "store_documents", ["bureau_id", "school_id", "kind", "posted_at", "id"])
    op.create_index("ix_store_documents_newest", "store_documents", ["bureau_id", "school_id", "posted_at", "id"])
    op.create_index(
        "ix_store_documents_source",
        "store_documents",
        ["bureau_id", "school_id", "source_id"],
        postgresql_where=sa.text("source_id IS NOT NULL"),
    )
    op.create_index(
        "ix_store_documents_use",
        "store_documents",
        ["bureau_id", "school_id", "use_day", "use_meal"],
        postgresql_where=sa.text("use_day IS NOT NULL"),
    )
    op.create_table(
        "store_moves",
        *_school_key(),
        sa.Column("document_id", sa.Uuid, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("good_id", sa.Uuid, nullable=False),
        sa.Column("seq", sa.Integer, nullable=False),
        sa.Column("batch_id", sa.Uuid, nullable=False),
        sa.Column("from_location_id", sa.Uuid, nullable=False),
        sa.Column("to_location_id", sa.Uuid, nullable=False),
        sa.Column("quantity", QUANTITY, nullable=False),
        sa.Column("amount_fen", sa.BigInteger, nullable=False),
        sa.Column("quantity_after", QUANTITY, nullable=False),
        sa.Column("amount_after_fen", sa.BigInteger, nullable=False),
        sa.CheckConstraint("from_location_id <> to_location_id", name="places"),
        sa.CheckConstraint("quantity > 0 AND amount_fen >= 0", name="quantity"),
        sa.CheckConstraint("quantity_after >= 0 AND amount_after_fen >= 0", name="after"),
        _fk("batch_id", "store_batches"),
        _fk("document_id", "store_documents"),
        _fk("from_location_id", "store_locations"),
        _fk("good_id", "store_goods"),
        _fk("to_location_id", "store_locations"),
        sa.ForeignKeyConstraint(["bureau_id", "school_id"], SCHOOL),
        sa.UniqueConstraint("bureau_id", "school_id", "document_id", "position"),
        sa.UniqueConstraint("bureau_id", "school_id", "good_id", "seq"),
    )
    op.create_index("ix_store_moves_batch", "store_moves", ["bureau_id", "school_id", "batch_id"])
    op.create_table(
        "store_balances",
        *_school_key(),
        sa.Column("location_id", sa.Uuid, nullable=False),
        sa.Column("batch_id", sa.Uuid, nullable=False),
        sa.Column("good_id", sa.Uuid, nullable=False),
        sa.Column("expiry_date", sa.Date),
        sa.Column("quantity", QUANTITY, nullable=False),
        sa.Column("amount_fen", sa.BigInteger, nullable=False),
        sa.Column("is_live", sa.Boolean, nullable=False),
        sa.CheckConstraint("is_live = (quantity > 0)", name="live"),
        sa.CheckConstraint("quantity > 0 OR amount_fen = 0", name="worth"),
        sa.CheckConstraint("quantity >= 0 AND amount_fen >= 0", name="not_negative"),
        _fk("batch_id", "store_batches"),
        _fk("good_id", "store_goods"),
        _fk("location_id", "store_locations"),
        sa.ForeignKeyConstraint(["bureau_id", "school_id"], SCHOOL),
        sa.UniqueConstraint("bureau_id", "school_id", "batch_id", "location_id"),
    )
    op.create_index(
        "ix_store_balances_expired",
        "store_balances",
        ["bureau_id", "expiry_date", "school_id", "id"],
        postgresql_where=sa.text("is_live"),
    )
    op.create_index(
        "ix_store_balances_expiry",
        "store_balances",
        ["bureau_id", "school_id", "expiry_date", "id"],
        postgresql_where=sa.text("is_live"),
    )
    op.create_index(
        "ix_store_balances_good",
        "store_balances",
        ["bureau_id", "school_id", "good_id"],
        postgresql_where=sa.text("is_live"),
    )


def _months() -> None:
    op.create_table(
        "store_events",
        *_school_key(),
        sa.Column("record_kind", sa.Text, nullable=False),
        sa.Column("record_id", sa.Uuid, nullable=False),
        sa.Column("event", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Uuid, nullable=False),
        sa.Column("by_name", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.CheckConstraint("record_kind IN ('requisition', 'stocktake', 'month', 'confirmation')", name="record_kind"),
        sa.ForeignKeyConstraint(["bureau_id", "school_id"], SCHOOL),
    )
    op.create_index("ix_store_events_record", "store_events", ["bureau_id", "school_id", "record_id", "at", "id"])
    op.create_table(
        "store_months",
        *_school_key(),
        sa.Column("month", sa.Date, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True)),
        sa.Column("closed_by_name", sa.Text, nullable=False),
        *_recorded(),
        _version(),
        sa.CheckConstraint("(state = 'closed') = (closed_at IS NOT NULL) AND revision >= 0", name="closed"),
        sa.CheckConstraint("state IN ('open', 'closed')", name="state"),
        sa.CheckConstraint("extract(day FROM month) = 1", name="month"),
        sa.ForeignKeyConstraint(["bureau_id", "school_id"], SCHOOL),
        sa.UniqueConstraint("bureau_id", "school_id", "month"),
    )
    op.create_table(
        "store_month_lines",
        *_school_key(),
        sa.Column("month_id", sa.Uuid, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("good_id", sa.Uuid, nullable=False),
        sa.Column("opening_quantity", QUANTITY, nullable=False),
        sa.Column("opening_fen", sa.BigInteger, nullable=False),
        sa.Column("received_quantity", QUANTITY, nullable=False),
        sa.Column("received_fen", sa.BigInteger, nullable=False),
        sa.Column("issued_quantity", QUANTITY, nullable=False),
        sa.Column("issued_fen", sa.BigInteger, nullable=False),
        sa.Column("disposed_quantity", QUANTITY, nullable=False),
        sa.Column("disposed_fen", sa.BigInteger, nullable=False),
        sa.Column("difference_quantity", QUANTITY, nullable=False),
        sa.Column("difference_fen", sa.BigInteger, nullable=False),
        sa.Column("closing_quantity", QUANTITY, nullable=False),
        sa.Column("closing_fen", sa.BigInteger, nullable=False),
        sa.CheckConstraint(
            "closing_fen = opening_fen + received_fen - issued_fen - disposed_fen + difference_fen", name="amounts"
        ),
        sa.CheckConstraint(
            "closing_quantity = opening_quantity + received_quantity - issued_quantity - disposed_quantity + difference_quantity",
            name="quantities",
        ),
        sa.CheckConstraint("closing_quantity >= 0 AND closing_fen >= 0", name="closing"),
        _fk("good_id", "store_goods"),
        _fk("month_id", "store_months"),
        sa.ForeignKeyConstraint(["bureau_id", "school_id"], SCHOOL),
        sa.UniqueConstraint("bureau_id", "school_id", "month_id", "revision", "good_id"),
    )


def _requests() -> None:
    op.create_table(
        "store_requisitions",
        *_school_key(),
        sa.Column("number", sa.Text, nullable=False),
        sa.Column("requester_id", sa.Uuid, nullable=False),
        sa.Column("requester_name", sa.Text, nullable=False),
        sa.Column("department", sa.Text, nullable=False),
        sa.Column("purpose", sa.Text, nullable=False),
        sa.Column("wanted_on", sa.Date, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("line_count", sa.Integer, nullable=False),
        sa.Column("summary", sa.Text, nullable=False),
        sa.Column("approved_by", sa.Uuid),
        sa.Column("approved_by_name", sa.Text, nullable=False),
        sa.Column("document_id", sa.Uuid),
        sa.Column("content_digest", sa.Text, nullable=False),
        *_recorded(),
        _version(),
        sa.CheckConstraint("(state = 'issued') = (document_id IS NOT NULL)", name="issued"),
        sa.CheckConstraint(
            "state IN ('submitted', 'approved', 'prepared', 'issued', 'refused', 'cancelled')", name="state"
        ),
        sa.CheckConstraint("line_count > 0", name="line_count"),
        _fk("document_id", "store_documents"),
        sa.ForeignKeyConstraint(["bureau_id", "school_id"], SCHOOL),
        sa.UniqueConstraint("bureau_id", "school_id", "number"),
    )
    op.create_index(
        "ix_store_requisitions_newest", "store_requisitions", ["bureau_id", "school_id", "created_at", "id"]
    )
    op.create_index(
        "ix_store_requisitions_open",
        "store_requisitions",
        ["bureau_id", "school_id", "state", "created_at", "id"],
        postgresql_where=sa.text("state IN ('submitted', 'approved', 'prepared')"),
    )
    op.create_index(
        "ix_store_requisitions_requester",
        "store_requisitions",
        ["bureau_id", "school_id", "requester_id", "created_at", "id"],
    )
    op.create_table(
        "store_requisition_lines",
        *_school_key(),
        sa.Column("requisition_id", sa.Uuid, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("good_id", sa.Uuid, nullable=False),
        sa.Column("quantity", QUANTITY, nullable=False),
        sa.Column("approved_quantity", QUANTITY),
        sa.Column("issued_quantity", QUANTITY),
        sa.Column("old_quantity", QUANTITY, nullable=False),
        sa.CheckConstraint("approved_quantity <= quantity", name="approved"),
        sa.CheckConstraint("old_quantity >= 0", name="old"),
        sa.CheckConstraint("quantity > 0 AND approved_quantity >= 0 AND issued_quantity >= 0", name="quantities"),
        _fk("good_id", "store_goods"),
        _fk("requisition_id", "store_requisitions", cascade=True),
        sa.ForeignKeyConstraint(["bureau_id", "school_id"], SCHOOL),
        sa.UniqueConstraint("bureau_id", "school_id", "requisition_id", "good_id"),
    )
    op.create_table(
        "store_confirmations",
        *_school_key(),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("requisition_id", sa.Uuid),
        sa.Column("lines", JSONB, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("taker_name", sa.Text, nullable=False),
        sa.Column("department", sa.Text, nullable=False),
        sa.Column("attachment_id", sa.Uuid),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("made_by_name", sa.Text, nullable=False),
        sa.Column("decided_by", sa.Uuid),
        sa.Column("decided_by_name", sa.Text, nullable=False),
        sa.Column("content_digest", sa.Text, nullable=False),
        *_recorded(),
        _version(),
        sa.CheckConstraint("(state = 'waiting') = (decided_by IS NULL) AND decided_by <> created_by", name="decided"),
        sa.CheckConstraint("kind IN ('issue', 'disposal')", name="kind"),
        sa.CheckConstraint("state IN ('waiting', 'confirmed', 'refused')", name="state"),
        _fk("attachment_id", "attachments"),
        _fk("requisition_id", "store_requisitions"),
        sa.ForeignKeyConstraint(["bureau_id", "school_id"], SCHOOL),
    )
    op.create_index(
        "ix_store_confirmations_waiting",
        "store_confirmations",
        ["bureau_id", "school_id", "created_at", "id"],
        postgresql_where=sa.text("state = 'waiting'"),
    )


def _stocktakes() -> None:
    op.create_table(
        "store_stocktakes",
        *_school_key(),
        sa.Column("number", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("good_kind", sa.Text),
        sa.Column("location_id", sa.Uuid),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("started_by_name", sa.Text, nullable=False),
        sa.Column("on_day", sa.Date, nullable=False),
        sa.Column("line_count", sa.Integer, nullable=False),
        sa.Column("difference_count", sa.Integer),
        sa.Column("difference_fen", sa.BigInteger),
        sa.Column("document_id", sa.Uuid),
        *_recorded(),
        _version(),
        sa.CheckConstraint("good_kind IN ('food', 'consumable', 'hazardous')", name="good_kind"),
        sa.CheckConstraint("kind IN ('spot', 'monthly', 'term', 'year')", name="kind"),
        sa.CheckConstraint("state IN ('counting', 'counted', 'posted', 'cancelled')", name="state"),
        _fk("document_id", "store_documents"),
        _fk("location_id", "store_locations"),
        sa.ForeignKeyConstraint(["bureau_id", "school_id"], SCHOOL),
        sa.UniqueConstraint("bureau_id", "school_id", "number"),
    )
    op.create_index("ix_store_stocktakes_newest", "store_stocktakes", ["bureau_id", "school_id", "created_at", "id"])
    op.create_index(
        "ix_store_stocktakes_open",
        "store_stocktakes",
        ["bureau_id", "school_id", "state"],
        postgresql_where=sa.text("state IN ('counting', 'counted')"),
    )
    op.create_table(
        "store_stocktake_lines",
        *_school_key(),
        sa.Column("stocktake_id", sa.Uuid, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("good_id", sa.Uuid, nullable=False),
        sa.Column("batch_id", sa.Uuid),
        sa.Column("location_id", sa.Uuid, nullable=False),
        sa.Column("batch_no", sa.Text, nullable=False),
        sa.Column("expiry_date", sa.Date),
        sa.Column("counted_quantity", QUANTITY),
        sa.Column("book_quantity", QUANTITY),
        sa.Column("counted_at", sa.DateTime(timezone=True)),
        sa.Column("counted_by", sa.Uuid),
        sa.Column("counted_by_name", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        _version(),
        sa.CheckConstraint("(counted_quantity IS NULL) = (book_quantity IS NULL)", name="counted"),
        sa.CheckConstraint("counted_quantity >= 0 AND book_quantity >= 0", name="quantities"),
        _fk("batch_id", "store_batches"),
        _fk("good_id", "store_goods"),
        _fk("location_id", "store_locations"),
        _fk("stocktake_id", "store_stocktakes", cascade=True),
        sa.ForeignKeyConstraint(["bureau_id", "school_id"], SCHOOL),
        sa.UniqueConstraint("bureau_id", "school_id", "stocktake_id", "batch_id", "location_id"),
    )
    op.create_index(
        "ix_store_stocktake_lines_stocktake",
        "store_stocktake_lines",
        ["bureau_id", "school_id", "stocktake_id", "position"],
    )
