"""One score per school from several inspections and surveys.

Revision: 0018, after 0017
"""

import sqlalchemy as sa
from alembic import op

from migrations import tenancy

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "composites",
        sa.Column("bureau_id", sa.Integer, sa.ForeignKey("bureaus.id"), primary_key=True),
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("missing", sa.Text, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.CheckConstraint("missing IN ('refuse', 'renormalise')", name="missing"),
    )
    op.create_table(
        "composite_parts",
        sa.Column("bureau_id", sa.Integer, sa.ForeignKey("bureaus.id"), primary_key=True),
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("composite_id", sa.Uuid, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("weight", sa.Numeric(9, 4), nullable=False),
        sa.Column("plan_id", sa.Uuid),
        sa.Column("form_version_id", sa.Uuid),
        sa.Column("first", sa.Date),
        sa.Column("last", sa.Date),
        sa.ForeignKeyConstraint(["bureau_id", "composite_id"], ["composites.bureau_id", "composites.id"]),
        sa.ForeignKeyConstraint(["bureau_id", "plan_id"], ["inspection_plans.bureau_id", "inspection_plans.id"]),
        sa.ForeignKeyConstraint(["bureau_id", "form_version_id"], ["form_versions.bureau_id", "form_versions.id"]),
        sa.CheckConstraint("weight > 0", name="weight"),
        sa.CheckConstraint("(plan_id IS NULL) <> (form_version_id IS NULL)", name="source"),
        sa.CheckConstraint("(form_version_id IS NULL) = (first IS NULL AND last IS NULL)", name="span"),
    )
    op.create_index("ix_composite_parts_composite", "composite_parts", ["bureau_id", "composite_id", "position"])
    tenancy.protect_bureau_table("composites", bureau="rw", zone="r", school=None)
    tenancy.protect_bureau_table("composite_parts", bureau="ra", zone="r", school=None)
