"""Form templates and versions.

Revision: 0003, after 0002
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from migrations import tenancy

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "form_templates",
        sa.Column("bureau_id", sa.Integer, sa.ForeignKey("bureaus.id"), primary_key=True),
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.CheckConstraint("kind IN ('canteen', 'dormitory', 'safety', 'logistics')", name="kind"),
        sa.CheckConstraint("state IN ('active', 'retired')", name="state"),
    )
    op.create_index("ix_form_templates_kind", "form_templates", ["bureau_id", "kind"])
    op.create_table(
        "form_versions",
        sa.Column("bureau_id", sa.Integer, sa.ForeignKey("bureaus.id"), primary_key=True),
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("template_id", sa.Uuid, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("form", JSONB, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("item_count", sa.Integer, nullable=False),
        sa.Column("findings", JSONB, nullable=False),
        sa.Column("source_name", sa.Text, nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True)),
        sa.Column("published_by", sa.Uuid),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.ForeignKeyConstraint(["bureau_id", "template_id"], ["form_templates.bureau_id", "form_templates.id"]),
        sa.UniqueConstraint("bureau_id", "template_id", "number"),
        sa.CheckConstraint("state IN ('draft', 'published')", name="state"),
        sa.CheckConstraint("(state = 'published') = (published_at IS NOT NULL)", name="published"),
        sa.CheckConstraint("number >= 1 AND item_count >= 0", name="counts"),
    )
    tenancy.protect_bureau_table("form_templates")
    tenancy.protect_bureau_table("form_versions", bureau="ra", school_condition="state = 'published'")
    # Only a draft may be updated, and publishing is the last update there is: nobody edits a published version.
    op.execute("GRANT UPDATE ON form_versions TO houqin_bureau")
    own = f"bureau_id = {tenancy.BUREAU}"
    op.execute(
        "CREATE POLICY form_versions_bureau_draft ON form_versions FOR UPDATE TO houqin_bureau"
        f" USING ({own} AND state = 'draft') WITH CHECK ({own})"
    )
