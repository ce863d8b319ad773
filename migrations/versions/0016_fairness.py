"""Blind double visits, estimates of strictness, quality flags.

Revision: 0016, after 0015
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from migrations import tenancy

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # A plan of second, blind visits names the plan whose schools it sees again. Nothing of it is ever released.
    op.add_column("inspection_plans", sa.Column("double_of", sa.Uuid, nullable=True))
    op.create_foreign_key(
        "fk_inspection_plans_double_of", "inspection_plans", "inspection_plans",
        ["bureau_id", "double_of"], ["bureau_id", "id"],
    )  # fmt: skip
    op.create_index("ix_inspection_plans_double_of", "inspection_plans", ["bureau_id", "double_of"])
    op.create_table(
        "strictness_runs",
        sa.Column("bureau_id", sa.Integer, sa.ForeignKey("bureaus.id"), primary_key=True),
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("starts_on", sa.Date, nullable=False),
        sa.Column("ends_on", sa.Date, nullable=False),
        sa.Column("refusal", sa.Text, nullable=False),
        sa.Column("visits", sa.Integer, nullable=False),
        sa.Column("observations", sa.Integer, nullable=False),
        sa.Column("spread", JSONB, nullable=False),
        sa.Column("people", JSONB, nullable=False),
        sa.Column("covariance", JSONB, nullable=False),
        sa.Column("groups", JSONB, nullable=False),
        sa.Column("computed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("computed_by", sa.Uuid, nullable=False),
        sa.CheckConstraint("kind IN ('canteen', 'dormitory', 'safety', 'logistics')", name="kind"),
        sa.CheckConstraint("starts_on <= ends_on", name="span"),
    )
    op.create_index("ix_strictness_runs_kind", "strictness_runs", ["bureau_id", "kind", "computed_at"])
    op.create_table(
        "strictness_estimates",
        sa.Column("bureau_id", sa.Integer, sa.ForeignKey("bureaus.id"), primary_key=True),
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("run_id", sa.Uuid, nullable=False),
        sa.Column("person_id", sa.Uuid, nullable=False),
        sa.Column("standing", sa.Text, nullable=False),
        sa.Column("visits", sa.Integer, nullable=False),
        sa.Column("effect", sa.Float),
        sa.Column("low", sa.Float),
        sa.Column("high", sa.Float),
        sa.ForeignKeyConstraint(["bureau_id", "run_id"], ["strictness_runs.bureau_id", "strictness_runs.id"]),
        sa.ForeignKeyConstraint(["bureau_id", "person_id"], ["people.bureau_id", "people.id"]),
        sa.UniqueConstraint("bureau_id", "run_id", "person_id"),
        sa.CheckConstraint("standing IN ('estimated', 'few_visits', 'unconnected')", name="standing"),
    )
    op.create_index("ix_strictness_estimates_person", "strictness_estimates", ["bureau_id", "person_id"])
    op.create_table(
        "data_flags",
        sa.Column("bureau_id", sa.Integer, primary_key=True),
        sa.Column("school_id", sa.Integer, primary_key=True),
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("inspection_id", sa.Uuid, nullable=False),
        sa.Column("code", sa.Text, nullable=False),
        sa.Column("params", JSONB, nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("looked_at", sa.DateTime(timezone=True)),
        sa.Column("looked_by", sa.Uuid),
        sa.Column("note", sa.Text, nullable=False),
        sa.ForeignKeyConstraint(["bureau_id", "school_id"], ["schools.bureau_id", "schools.id"]),
        sa.ForeignKeyConstraint(
            ["bureau_id", "school_id", "inspection_id"],
            ["inspections.bureau_id", "inspections.school_id", "inspections.id"],
        ),
        sa.UniqueConstraint("bureau_id", "school_id", "inspection_id", "code"),
        sa.CheckConstraint("(looked_at IS NULL) = (looked_by IS NULL)", name="looked"),
    )
    op.create_index("ix_data_flags_open", "data_flags", ["bureau_id", "looked_at", "found_at"])
    tenancy.protect_bureau_table("strictness_runs", bureau="rwd", zone=None, school=None)
    tenancy.protect_bureau_table("strictness_estimates", bureau="rwd", zone=None, school=None)
    tenancy.protect_school_table("data_flags", bureau="rw", zone=None, school=None)
