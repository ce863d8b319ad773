"""Inspection plans, visits, answers, photos, results.

Revision: 0004, after 0003
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from migrations import tenancy

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def _instant(name: str, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _school_key() -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("bureau_id", sa.Integer, primary_key=True),
        sa.Column("school_id", sa.Integer, primary_key=True),
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.ForeignKeyConstraint(["bureau_id", "school_id"], ["schools.bureau_id", "schools.id"]),
    ]


def _of_inspection() -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("inspection_id", sa.Uuid, nullable=False),
        sa.ForeignKeyConstraint(
            ["bureau_id", "school_id", "inspection_id"],
            ["inspections.bureau_id", "inspections.school_id", "inspections.id"],
        ),
    ]


def upgrade() -> None:
    op.create_table(
        "inspection_plans",
        sa.Column("bureau_id", sa.Integer, sa.ForeignKey("bureaus.id"), primary_key=True),
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("form_version_id", sa.Uuid, nullable=False),
        sa.Column("starts_on", sa.Date, nullable=False),
        sa.Column("ends_on", sa.Date, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("releases_on_submit", sa.Boolean, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        _instant("created_at"),
        sa.Column("created_by", sa.Uuid, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.ForeignKeyConstraint(["bureau_id", "form_version_id"], ["form_versions.bureau_id", "form_versions.id"]),
        sa.CheckConstraint("state IN ('open', 'closed')", name="state"),
        sa.CheckConstraint("starts_on <= ends_on", name="span"),
    )
    op.create_index("ix_inspection_plans_form_version", "inspection_plans", ["bureau_id", "form_version_id"])
    _visits()
    _results()
    tenancy.protect_bureau_table("inspection_plans")
    tenancy.protect_school_table("inspections", bureau="rw", school="r", school_condition="released_at IS NOT NULL")
    tenancy.protect_school_table("inspection_inspectors", bureau="rwd", zone="r", school=None)
    tenancy.protect_school_table("inspection_answers", bureau="rwd", zone="r", school=None)
    tenancy.protect_school_table("inspection_photos", bureau="rwd", zone="r", school=None)
    tenancy.protect_school_table(
        "inspection_results", bureau="rwd", school="r", school_condition="released_at IS NOT NULL"
    )
    tenancy.protect_school_table("inspection_losses", bureau="rwd", zone="r", school=None)
    tenancy.protect_school_table("inspection_events", bureau="ra", zone="r", school=None)


def _visits() -> None:
    op.create_table(
        "inspections",
        *_school_key(),
        sa.Column("plan_id", sa.Uuid, nullable=False),
        sa.Column("form_version_id", sa.Uuid, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("scheduled_on", sa.Date, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        _instant("started_at", nullable=True),
        _instant("submitted_at", nullable=True),
        _instant("released_at", nullable=True),
        sa.Column("met_by", sa.Text, nullable=False),
        sa.Column("remark", sa.Text, nullable=False),
        _instant("created_at"),
        sa.Column("created_by", sa.Uuid, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.ForeignKeyConstraint(["bureau_id", "plan_id"], ["inspection_plans.bureau_id", "inspection_plans.id"]),
        sa.ForeignKeyConstraint(["bureau_id", "form_version_id"], ["form_versions.bureau_id", "form_versions.id"]),
        sa.UniqueConstraint("bureau_id", "plan_id", "school_id"),
        sa.CheckConstraint("state IN ('planned', 'in_progress', 'submitted', 'released', 'cancelled')", name="state"),
        sa.CheckConstraint("(state = 'released') = (released_at IS NOT NULL)", name="released"),
    )
    op.create_index("ix_inspections_scheduled_on", "inspections", ["bureau_id", "scheduled_on", "id"])
    op.create_index(
        "ix_inspections_school_scheduled_on", "inspections", ["bureau_id", "school_id", "scheduled_on", "id"]
    )
    op.create_table(
        "inspection_inspectors",
        *_school_key(),
        *_of_inspection(),
        sa.Column("person_id", sa.Uuid, nullable=False),
        sa.Column("is_lead", sa.Boolean, nullable=False),
        sa.ForeignKeyConstraint(["bureau_id", "person_id"], ["people.bureau_id", "people.id"]),
        sa.UniqueConstraint("bureau_id", "school_id", "inspection_id", "person_id"),
    )
    op.create_index(
        "ix_inspection_inspectors_person", "inspection_inspectors", ["bureau_id", "person_id", "inspection_id"]
    )
    op.create_table(
        "inspection_answers",
        *_school_key(),
        *_of_inspection(),
        sa.Column("item_code", sa.Text, nullable=False),
        sa.Column("answer", JSONB),
        sa.Column("remark", sa.Text, nullable=False),
        _instant("answered_at"),
        sa.Column("answered_by", sa.Uuid, nullable=False),
        sa.UniqueConstraint("bureau_id", "school_id", "inspection_id", "item_code"),
    )
    op.create_table(
        "inspection_photos",
        *_school_key(),
        *_of_inspection(),
        sa.Column("item_code", sa.Text, nullable=False),
        sa.Column("attachment_id", sa.Uuid, nullable=False),
        _instant("taken_at", nullable=True),
        _instant("added_at"),
        sa.Column("added_by", sa.Uuid, nullable=False),
        sa.ForeignKeyConstraint(
            ["bureau_id", "school_id", "attachment_id"],
            ["attachments.bureau_id", "attachments.school_id", "attachments.id"],
        ),
    )
    op.create_index("ix_inspection_photos_inspection", "inspection_photos", ["bureau_id", "school_id", "inspection_id"])
    op.create_table(
        "inspection_events",
        *_school_key(),
        *_of_inspection(),
        sa.Column("event", sa.Text, nullable=False),
        sa.Column("from_state", sa.Text, nullable=False),
        sa.Column("to_state", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        _instant("at"),
        sa.Column("by", sa.Uuid, nullable=False),
    )
    op.create_index(
        "ix_inspection_events_inspection", "inspection_events", ["bureau_id", "school_id", "inspection_id", "id"]
    )


def _results() -> None:
    op.create_table(
        "inspection_results",
        *_school_key(),
        sa.Column("plan_id", sa.Uuid, nullable=False),
        sa.Column("form_version_id", sa.Uuid, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("stage", sa.Text, nullable=False),
        sa.Column("is_boarding", sa.Boolean, nullable=False),
        sa.Column("zone_id", sa.Integer),
        sa.Column("score", sa.Numeric(9, 4)),
        sa.Column("maximum", sa.Numeric(9, 4)),
        sa.Column("percent", sa.Numeric(9, 4)),
        sa.Column("band", sa.Text),
        sa.Column("verdict", sa.Text),
        sa.Column("account", JSONB, nullable=False),
        _instant("submitted_at"),
        _instant("released_at", nullable=True),
        sa.ForeignKeyConstraint(
            ["bureau_id", "school_id", "id"], ["inspections.bureau_id", "inspections.school_id", "inspections.id"]
        ),
        sa.ForeignKeyConstraint(["bureau_id", "plan_id"], ["inspection_plans.bureau_id", "inspection_plans.id"]),
    )
    op.create_index(
        "ix_inspection_results_ranking", "inspection_results", ["bureau_id", "plan_id", "stage", "is_boarding", "score"],
        postgresql_include=["school_id", "band", "verdict"],
    )  # fmt: skip
    op.create_index("ix_inspection_results_school", "inspection_results", ["bureau_id", "school_id", "submitted_at"])
    op.create_table(
        "inspection_losses",
        *_school_key(),
        *_of_inspection(),
        sa.Column("plan_id", sa.Uuid, nullable=False),
        sa.Column("item_code", sa.Text, nullable=False),
        sa.Column("lost", sa.Numeric(9, 4), nullable=False),
    )
    op.create_index(
        "ix_inspection_losses_plan_item", "inspection_losses", ["bureau_id", "plan_id", "item_code"],
        postgresql_include=["lost"],
    )  # fmt: skip
    op.create_index("ix_inspection_losses_inspection", "inspection_losses", ["bureau_id", "school_id", "inspection_id"])
