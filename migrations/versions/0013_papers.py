"""Official papers and their public verification.

Revision: 0013, after 0012
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from migrations import tenancy

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "papers",
        sa.Column("bureau_id", sa.Integer, sa.ForeignKey("bureaus.id"), primary_key=True),
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("school_id", sa.Integer),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("kind", "number", "title")),
        sa.Column("plan_id", sa.Uuid, nullable=False),
        sa.Column("inspection_id", sa.Uuid),
        sa.Column("data", JSONB, nullable=False),
        sa.Column("code", sa.Text, nullable=False),
        sa.Column("attachment_id", sa.Uuid, nullable=False),
        sa.Column("sha256", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("issued_by", sa.Uuid, nullable=False),
        sa.Column("issued_by_name", sa.Text, nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True)),
        sa.Column("withdrawn_reason", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.ForeignKeyConstraint(["bureau_id", "school_id"], ["schools.bureau_id", "schools.id"]),
        sa.ForeignKeyConstraint(["bureau_id", "plan_id"], ["inspection_plans.bureau_id", "inspection_plans.id"]),
        sa.ForeignKeyConstraint(
            ["bureau_id", "school_id", "inspection_id"],
            ["inspections.bureau_id", "inspections.school_id", "inspections.id"],
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "school_id", "attachment_id"],
            ["attachments.bureau_id", "attachments.school_id", "attachments.id"],
        ),
        sa.UniqueConstraint("bureau_id", "code"),
        sa.UniqueConstraint("bureau_id", "number"),
        sa.CheckConstraint("kind IN ('record', 'notice', 'bulletin', 'letter')", name="kind"),
        sa.CheckConstraint("state IN ('issued', 'withdrawn')", name="state"),
        sa.CheckConstraint("(kind = 'bulletin') = (school_id IS NULL)", name="addressee"),
        sa.CheckConstraint("(state = 'withdrawn') = (withdrawn_at IS NOT NULL)", name="withdrawn"),
    )
    op.create_index(
        "uq_papers_standing", "papers", ["bureau_id", "kind", "plan_id", "inspection_id"], unique=True,
        postgresql_where=sa.text("state = 'issued'"), postgresql_nulls_not_distinct=True,
    )  # fmt: skip
    op.create_index("ix_papers_plan", "papers", ["bureau_id", "plan_id", "kind", "id"])
    op.create_index("ix_papers_school", "papers", ["bureau_id", "school_id", "id"])
    tenancy.protect_school_table("papers", bureau="rw", school="r")
