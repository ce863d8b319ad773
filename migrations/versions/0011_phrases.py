"""Phrases for remarks, by form and item.

Revision: 0011, after 0010
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from migrations import tenancy

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "item_phrases",
        sa.Column("bureau_id", sa.Integer, sa.ForeignKey("bureaus.id"), primary_key=True),
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("template_id", sa.Uuid, nullable=False),
        sa.Column("item_code", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("basis", sa.Text, nullable=False),
        sa.Column("answer", JSONB(none_as_null=True)),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.ForeignKeyConstraint(["bureau_id", "template_id"], ["form_templates.bureau_id", "form_templates.id"]),
        sa.UniqueConstraint("bureau_id", "template_id", "item_code", "text"),
        sa.CheckConstraint("state IN ('active', 'retired')", name="state"),
        sa.CheckConstraint("text <> ''", name="text"),
        sa.CheckConstraint("position >= 0", name="position"),
    )
    tenancy.protect_bureau_table("item_phrases", school_condition="state = 'active'")
