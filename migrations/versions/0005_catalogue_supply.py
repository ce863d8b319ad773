"""Central catalogue (bureau) and goods receipts (school).

Revision: 0005
"""

import sqlalchemy as sa
from alembic import op

from migrations import tenancy

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

CATEGORY = ["catalogue_categories.bureau_id", "catalogue_categories.id"]
ITEM = ["catalogue_items.bureau_id", "catalogue_items.id"]
RECEIPT = ["goods_receipts.bureau_id", "goods_receipts.school_id", "goods_receipts.id"]
LINE = ["goods_receipt_lines.bureau_id", "goods_receipt_lines.school_id", "goods_receipt_lines.id"]
ATTACHMENT = ["attachments.bureau_id", "attachments.school_id", "attachments.id"]
SCHOOL = ["schools.bureau_id", "schools.id"]


def upgrade() -> None:
    _catalogue()
    _receipts()
    _receipt_parts()
    _rights()


def _bureau_key() -> list[sa.Column]:
    return [
        sa.Column("bureau_id", sa.Integer, sa.ForeignKey("bureaus.id"), primary_key=True),
        sa.Column("id", sa.Uuid, primary_key=True),
    ]


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


def _catalogue() -> None:
    op.create_table(
        "catalogue_categories",
        *_bureau_key(),
        sa.Column("code", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("parent_id", sa.Uuid),
        sa.Column("storage", sa.Text, nullable=False),
        *_recorded(),
        _version(),
        sa.ForeignKeyConstraint(["bureau_id", "parent_id"], CATEGORY),
        sa.UniqueConstraint("bureau_id", "code"),
        sa.CheckConstraint("storage IN ('ambient', 'chilled', 'frozen')", name="storage"),
        sa.CheckConstraint("parent_id IS DISTINCT FROM id", name="parent"),
    )
    op.create_table(
        "catalogue_certificate_requirements",
        *_bureau_key(),
        sa.Column("category_id", sa.Uuid, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("label", sa.Text, nullable=False),
        sa.ForeignKeyConstraint(["bureau_id", "category_id"], CATEGORY, ondelete="CASCADE"),
        sa.UniqueConstraint("bureau_id", "category_id", "kind"),
    )
    op.create_table(
        "catalogue_items",
        *_bureau_key(),
        sa.Column("code", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("search_name", sa.Text, nullable=False),
        sa.Column("category_id", sa.Uuid, nullable=False),
        sa.Column("specification", sa.Text, nullable=False),
        sa.Column("standard", sa.Text, nullable=False),
        sa.Column("base_unit", sa.Text, nullable=False),
        sa.Column("shelf_life_days", sa.Integer),
        sa.Column("storage", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        *_recorded(),
        _version(),
        sa.ForeignKeyConstraint(["bureau_id", "category_id"], CATEGORY),
        sa.UniqueConstraint("bureau_id", "code"),
        sa.CheckConstraint("state IN ('draft', 'published', 'retired')", name="state"),
        sa.CheckConstraint("storage IN ('ambient', 'chilled', 'frozen')", name="storage"),
        sa.CheckConstraint("shelf_life_days > 0", name="shelf_life"),
    )
    op.create_index("ix_catalogue_items_category", "catalogue_items", ["bureau_id", "category_id"])
    op.create_table(
        "catalogue_unit_conversions",
        *_bureau_key(),
        sa.Column("item_id", sa.Uuid, nullable=False),
        sa.Column("unit", sa.Text, nullable=False),
        sa.Column("factor", sa.Numeric(13, 6), nullable=False),
        sa.ForeignKeyConstraint(["bureau_id", "item_id"], ITEM, ondelete="CASCADE"),
        sa.UniqueConstraint("bureau_id", "item_id", "unit"),
        sa.CheckConstraint("factor > 0", name="factor"),
    )


def _receipts() -> None:
    op.create_table(
        "goods_receipts",
        *_school_key(),
        sa.Column("number", sa.Text, nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_on", sa.Date, nullable=False),
        sa.Column("supplier_name", sa.Text, nullable=False),
        sa.Column("delivery_note_no", sa.Text, nullable=False),
        sa.Column("received_by", sa.Uuid, nullable=False),
        sa.Column("received_by_name", sa.Text, nullable=False),
        sa.Column("second_receiver_name", sa.Text, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("line_count", sa.Integer, nullable=False),
        sa.Column("amount_fen", sa.BigInteger),
        sa.Column("has_missing_certificates", sa.Boolean, nullable=False),
        sa.Column("content_digest", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("void_reason", sa.Text, nullable=False),
        sa.Column("voided_at", sa.DateTime(timezone=True)),
        sa.Column("voided_by", sa.Uuid),
        *_recorded(),
        _version(),
        sa.ForeignKeyConstraint(["bureau_id", "school_id"], SCHOOL),
        sa.UniqueConstraint("bureau_id", "school_id", "number"),
        sa.CheckConstraint("state IN ('recorded', 'voided')", name="state"),
        sa.CheckConstraint(
            "(state = 'voided') = (voided_at IS NOT NULL) AND (voided_at IS NULL) = (voided_by IS NULL)",
            name="voided",
        ),
        sa.CheckConstraint("state = 'recorded' OR void_reason <> ''", name="void_reason"),
        sa.CheckConstraint("line_count > 0", name="line_count"),
        sa.CheckConstraint("amount_fen >= 0", name="amount"),
        sa.CheckConstraint("received_on = (received_at AT TIME ZONE 'Asia/Shanghai')::date", name="received_on"),
    )
    op.create_index("ix_goods_receipts_newest", "goods_receipts", ["bureau_id", "school_id", "received_at", "id"])
    op.create_index(
        "ix_goods_receipts_day", "goods_receipts", ["bureau_id", "received_at", "school_id"],
        postgresql_where=sa.text("state = 'recorded'"),
    )  # fmt: skip
    op.create_index(
        "ix_goods_receipts_uncertified", "goods_receipts", ["bureau_id", "received_at", "school_id", "id"],
        postgresql_where=sa.text("has_missing_certificates AND state = 'recorded'"),
    )  # fmt: skip


def _receipt_parts() -> None:
    op.create_table(
        "goods_receipt_lines",
        *_school_key(),
        sa.Column("receipt_id", sa.Uuid, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("item_id", sa.Uuid, nullable=False),
        sa.Column("item_version", sa.Integer, nullable=False),
        sa.Column("item_code", sa.Text, nullable=False),
        sa.Column("item_name", sa.Text, nullable=False),
        sa.Column("specification", sa.Text, nullable=False),
        sa.Column("storage", sa.Text, nullable=False),
        sa.Column("category_id", sa.Uuid, nullable=False),
        sa.Column("category_name", sa.Text, nullable=False),
        sa.Column("quantity", sa.Numeric(12, 3), nullable=False),
        sa.Column("unit", sa.Text, nullable=False),
        sa.Column("unit_factor", sa.Numeric(13, 6), nullable=False),
        sa.Column("base_unit", sa.Text, nullable=False),
        sa.Column("base_quantity", sa.Numeric(24, 9), nullable=False),
        sa.Column("unit_price_fen", sa.BigInteger),
        sa.Column("amount_fen", sa.BigInteger),
        sa.Column("batch_no", sa.Text, nullable=False),
        sa.Column("production_date", sa.Date),
        sa.Column("expiry_date", sa.Date),
        sa.Column("temperature_celsius", sa.Numeric(5, 1)),
        sa.ForeignKeyConstraint(["bureau_id", "school_id"], SCHOOL),
        sa.ForeignKeyConstraint(["bureau_id", "school_id", "receipt_id"], RECEIPT, ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["bureau_id", "item_id"], ITEM),
        sa.ForeignKeyConstraint(["bureau_id", "category_id"], CATEGORY),
        sa.UniqueConstraint("bureau_id", "school_id", "receipt_id", "position"),
        sa.CheckConstraint("quantity > 0 AND unit_factor > 0", name="quantity"),
        sa.CheckConstraint("base_quantity = quantity * unit_factor", name="base_quantity"),
        sa.CheckConstraint("unit_price_fen >= 0", name="unit_price"),
        sa.CheckConstraint("(unit_price_fen IS NULL) = (amount_fen IS NULL)", name="amount"),
        sa.CheckConstraint("expiry_date > production_date", name="expiry"),
    )
    op.create_index("ix_goods_receipt_lines_item", "goods_receipt_lines", ["bureau_id", "school_id", "item_id"])
    op.create_index("ix_goods_receipt_lines_batch", "goods_receipt_lines", ["bureau_id", "item_id", "batch_no"])
    op.create_table(
        "goods_receipt_certificates",
        *_school_key(),
        sa.Column("receipt_id", sa.Uuid, nullable=False),
        sa.Column("line_id", sa.Uuid),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("number", sa.Text, nullable=False),
        sa.Column("valid_until", sa.Date),
        sa.Column("attachment_id", sa.Uuid),
        *_recorded(),
        sa.ForeignKeyConstraint(["bureau_id", "school_id"], SCHOOL),
        sa.ForeignKeyConstraint(["bureau_id", "school_id", "receipt_id"], RECEIPT, ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["bureau_id", "school_id", "line_id"], LINE, ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["bureau_id", "school_id", "attachment_id"], ATTACHMENT),
    )
    op.create_index(
        "ix_goods_receipt_certificates_receipt", "goods_receipt_certificates", ["bureau_id", "school_id", "receipt_id"]
    )
    op.create_index(
        "ix_goods_receipt_certificates_attachment", "goods_receipt_certificates",
        ["bureau_id", "school_id", "attachment_id"],
    )  # fmt: skip
    op.create_table(
        "goods_receipt_missing_certificates",
        *_school_key(),
        sa.Column("receipt_id", sa.Uuid, nullable=False),
        sa.Column("category_id", sa.Uuid, nullable=False),
        sa.Column("category_name", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("label", sa.Text, nullable=False),
        sa.Column("received_on", sa.Date, nullable=False),
        sa.ForeignKeyConstraint(["bureau_id", "school_id"], SCHOOL),
        sa.ForeignKeyConstraint(["bureau_id", "school_id", "receipt_id"], RECEIPT, ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["bureau_id", "category_id"], CATEGORY),
        sa.UniqueConstraint("bureau_id", "school_id", "receipt_id", "category_id", "kind"),
    )
    op.create_index(
        "ix_goods_receipt_missing_certificates_day", "goods_receipt_missing_certificates", ["bureau_id", "received_on"]
    )


def _rights() -> None:
    # Published only: a school's receipt keeps what it needs of the item, so a retired one may vanish from its view.
    tenancy.protect_bureau_table("catalogue_categories")
    tenancy.protect_bureau_table("catalogue_certificate_requirements", bureau="rwd")
    tenancy.protect_bureau_table("catalogue_items", school_condition="state = 'published'")
    tenancy.protect_bureau_table("catalogue_unit_conversions", bureau="rwd")
    tenancy.protect_school_table("goods_receipts")
    tenancy.protect_school_table("goods_receipt_lines", school="ra")
    tenancy.protect_school_table("goods_receipt_certificates", school="ra")
    tenancy.protect_school_table("goods_receipt_missing_certificates", school="rwd")
