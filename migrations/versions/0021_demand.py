"""Demand rounds: what schools need, approved and gathered into lots.

Revision: 0021, after 0020
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from migrations import tenancy

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

MONTHS = tuple(f"m{number}" for number in range(1, 13))


def upgrade() -> None:
    _rounds()
    _sheets()
    _lots()
    # A school knows of a round by its title and its items; the lots, with the bureau's estimates, are the bureau's.
    for table in ("demand_rounds", "demand_categories", "demand_items"):
        tenancy.protect_bureau_table(table)
    tenancy.protect_bureau_table("demand_round_events", bureau="ra", school=None)
    for table in ("demand_aggregations", "demand_lots", "demand_lot_items"):
        tenancy.protect_bureau_table(table, bureau="ra", school=None)
    # The bureau makes the sheets when it opens a round; what stands in them is the school's to write.
    tenancy.protect_school_table("demand_sheets", bureau="rw", school="ru")
    tenancy.protect_school_table("demand_sheet_events", bureau="ra", school="ra")
    tenancy.protect_school_table("demand_lines", bureau="r", school="rw")


def _bureau_key() -> list[sa.Column]:
    return [
        sa.Column("bureau_id", sa.Integer, sa.ForeignKey("bureaus.id"), primary_key=True),
        sa.Column("id", sa.Uuid, primary_key=True),
    ]


def _school_key() -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("bureau_id", sa.Integer, primary_key=True),
        sa.Column("school_id", sa.Integer, primary_key=True),
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.ForeignKeyConstraint(["bureau_id", "school_id"], ["schools.bureau_id", "schools.id"]),
    ]


def _recorded() -> list[sa.Column]:
    return [_instant("created_at"), sa.Column("created_by", sa.Uuid, nullable=False)]


def _version() -> sa.Column:
    return sa.Column("version", sa.Integer, nullable=False)


def _instant(name: str, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _texts(*names: str) -> list[sa.Column]:
    return [sa.Column(name, sa.Text, nullable=False) for name in names]


def _in_bureau(column: str, table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["bureau_id", column], [f"{table}.bureau_id", f"{table}.id"])


def _in_school(column: str, table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["bureau_id", "school_id", column], [f"{table}.bureau_id", f"{table}.school_id", f"{table}.id"]
    )


def _event(*key: sa.schema.SchemaItem) -> list[sa.schema.SchemaItem]:
    return [
        *key,
        *_texts("event", "from_state", "to_state", "words", "by_name"),
        _instant("at"),
        sa.Column("by", sa.Uuid, nullable=False),
    ]


def _rounds() -> None:
    op.create_table(
        "demand_rounds",
        *_bureau_key(),
        *_texts("title", "note", "state"),
        sa.Column("first_month", sa.Date, nullable=False),
        sa.Column("month_count", sa.Integer, nullable=False),
        _instant("deadline"),
        sa.Column("previous_id", sa.Uuid),
        sa.Column("aggregation_id", sa.Uuid),
        sa.Column("tender_id", sa.Uuid),
        *_recorded(),
        _version(),
        _in_bureau("previous_id", "demand_rounds"),
        sa.CheckConstraint("state IN ('open', 'closed', 'aggregated', 'tendered')", name="state"),
        sa.CheckConstraint("month_count BETWEEN 1 AND 12", name="month_count"),
        sa.CheckConstraint("extract(day FROM first_month) = 1", name="first_month"),
        sa.CheckConstraint("(state = 'tendered') = (tender_id IS NOT NULL)", name="tendered"),
        sa.CheckConstraint("(state IN ('aggregated', 'tendered')) = (aggregation_id IS NOT NULL)", name="aggregation"),
    )
    op.create_index("ix_demand_rounds_newest", "demand_rounds", ["bureau_id", "created_at", "id"])
    op.create_table(
        "demand_categories",
        *_bureau_key(),
        sa.Column("round_id", sa.Uuid, nullable=False),
        sa.Column("category_id", sa.Uuid, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        *_texts("code", "name", "scope"),
        _in_bureau("round_id", "demand_rounds"),
        _in_bureau("category_id", "catalogue_categories"),
        sa.UniqueConstraint("bureau_id", "round_id", "category_id"),
        sa.CheckConstraint("scope IN ('district', 'zone')", name="scope"),
    )
    op.create_table(
        "demand_items",
        *_bureau_key(),
        sa.Column("round_id", sa.Uuid, nullable=False),
        sa.Column("item_id", sa.Uuid, nullable=False),
        sa.Column("item_version_id", sa.Uuid),
        sa.Column("category_id", sa.Uuid, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        *_texts("code", "name", "specification", "unit"),
        sa.Column("norm", sa.Numeric(12, 4)),
        _in_bureau("round_id", "demand_rounds"),
        _in_bureau("item_id", "catalogue_items"),
        _in_bureau("item_version_id", "catalogue_item_versions"),
        _in_bureau("category_id", "catalogue_categories"),
        sa.UniqueConstraint("bureau_id", "round_id", "item_id"),
        sa.CheckConstraint("norm > 0", name="norm"),
    )
    op.create_table(
        "demand_round_events",
        *_event(*_bureau_key(), sa.Column("round_id", sa.Uuid, nullable=False)),
        _in_bureau("round_id", "demand_rounds"),
    )
    op.create_index("ix_demand_round_events_of", "demand_round_events", ["bureau_id", "round_id", "id"])


def _sheets() -> None:
    op.create_table(
        "demand_sheets",
        *_school_key(),
        sa.Column("round_id", sa.Uuid, nullable=False),
        *_texts("state"),
        sa.Column("diners", sa.Integer, nullable=False),
        sa.Column("enrolment", sa.Integer, nullable=False),
        sa.Column("zone_id", sa.Integer),
        _instant("submitted_at", nullable=True),
        _instant("reminded_at", nullable=True),
        *_recorded(),
        _version(),
        _in_bureau("round_id", "demand_rounds"),
        sa.ForeignKeyConstraint(["bureau_id", "zone_id"], ["zones.bureau_id", "zones.id"]),
        sa.UniqueConstraint("bureau_id", "school_id", "round_id"),
        sa.CheckConstraint("state IN ('draft', 'submitted', 'approved', 'aggregated', 'returned')", name="state"),
        sa.CheckConstraint("state IN ('draft', 'returned') OR submitted_at IS NOT NULL", name="submitted"),
    )
    op.create_index("ix_demand_sheets_round", "demand_sheets", ["bureau_id", "round_id", "state"])
    op.create_table(
        "demand_sheet_events",
        *_event(*_school_key(), sa.Column("sheet_id", sa.Uuid, nullable=False)),
        _in_school("sheet_id", "demand_sheets"),
    )
    op.create_index("ix_demand_sheet_events_of", "demand_sheet_events", ["bureau_id", "school_id", "sheet_id", "id"])
    total = " + ".join(f"coalesce({column}, 0)" for column in MONTHS)
    op.create_table(
        "demand_lines",
        *_school_key(),
        sa.Column("round_id", sa.Uuid, nullable=False),
        sa.Column("sheet_id", sa.Uuid, nullable=False),
        sa.Column("item_id", sa.Uuid, nullable=False),
        *(sa.Column(name, sa.Numeric(12, 3)) for name in MONTHS),
        sa.Column("total", sa.Numeric(14, 3), sa.Computed(total, persisted=True), nullable=False),
        *_texts("basis"),
        *_recorded(),
        _version(),
        _in_bureau("round_id", "demand_rounds"),
        _in_bureau("item_id", "catalogue_items"),
        _in_school("sheet_id", "demand_sheets"),
        sa.UniqueConstraint("bureau_id", "round_id", "school_id", "item_id"),
        sa.CheckConstraint("least(" + ", ".join(MONTHS) + ") >= 0", name="quantity"),
        sa.CheckConstraint("basis IN ('', 'receipts', 'round', 'norm')", name="basis"),
    )


def _lots() -> None:
    op.create_table(
        "demand_aggregations",
        *_bureau_key(),
        sa.Column("round_id", sa.Uuid, nullable=False),
        *(sa.Column(name, sa.Integer, nullable=False) for name in ("number", "sheet_count")),
        sa.Column("priced_on", sa.Date),
        *_texts("reason", "by_name"),
        _instant("at"),
        sa.Column("by", sa.Uuid, nullable=False),
        _in_bureau("round_id", "demand_rounds"),
        sa.UniqueConstraint("bureau_id", "round_id", "number"),
    )
    op.create_table(
        "demand_lots",
        *_bureau_key(),
        sa.Column("round_id", sa.Uuid, nullable=False),
        sa.Column("aggregation_id", sa.Uuid, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        *_texts("title", "scope"),
        sa.Column("category_id", sa.Uuid, nullable=False),
        sa.Column("zone_id", sa.Integer),
        *(sa.Column(name, sa.Integer, nullable=False) for name in ("item_count", "school_count", "unpriced_count")),
        sa.Column("estimated_fen", sa.BigInteger),
        _in_bureau("round_id", "demand_rounds"),
        _in_bureau("aggregation_id", "demand_aggregations"),
        _in_bureau("category_id", "catalogue_categories"),
        sa.ForeignKeyConstraint(["bureau_id", "zone_id"], ["zones.bureau_id", "zones.id"]),
        sa.UniqueConstraint("bureau_id", "aggregation_id", "number"),
        sa.CheckConstraint("scope IN ('district', 'zone')", name="scope"),
    )
    op.create_table(
        "demand_lot_items",
        *_bureau_key(),
        sa.Column("lot_id", sa.Uuid, nullable=False),
        sa.Column("item_id", sa.Uuid, nullable=False),
        sa.Column("item_version_id", sa.Uuid),
        sa.Column("position", sa.Integer, nullable=False),
        *_texts("code", "name", "specification", "unit"),
        sa.Column("quantity", sa.Numeric(18, 3), nullable=False),
        sa.Column("months", JSONB, nullable=False),
        sa.Column("school_count", sa.Integer, nullable=False),
        sa.Column("price_fen", sa.BigInteger),
        sa.Column("amount_fen", sa.BigInteger),
        _in_bureau("lot_id", "demand_lots"),
        _in_bureau("item_id", "catalogue_items"),
        _in_bureau("item_version_id", "catalogue_item_versions"),
        sa.UniqueConstraint("bureau_id", "lot_id", "item_id"),
        sa.CheckConstraint("quantity > 0", name="quantity"),
        sa.CheckConstraint("(price_fen IS NULL) = (amount_fen IS NULL)", name="amount"),
    )
