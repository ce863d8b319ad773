"""A school's own checks.

Revision: 0014, after 0013
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from migrations import tenancy

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def _school_key() -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("bureau_id", sa.Integer, primary_key=True),
        sa.Column("school_id", sa.Integer, primary_key=True),
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.ForeignKeyConstraint(["bureau_id", "school_id"], ["schools.bureau_id", "schools.id"]),
    ]


def _in_bureau(column: str, table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["bureau_id", column], [f"{table}.bureau_id", f"{table}.id"])


def _in_school(column: str, table: str, *, cascade: bool = False) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["bureau_id", "school_id", column],
        [f"{table}.bureau_id", f"{table}.school_id", f"{table}.id"],
        ondelete="CASCADE" if cascade else None,
    )


def _instant(name: str, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _text(*names: str) -> list[sa.Column]:
    return [sa.Column(name, sa.Text, nullable=False) for name in names]


def _recorded() -> list[sa.Column]:
    return [
        _instant("created_at"),
        sa.Column("created_by", sa.Uuid, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
    ]


def upgrade() -> None:
    op.create_table(
        "self_check_schedules",
        *_school_key(),
        *_text("title", "owner", "rhythm", "role"),
        sa.Column("batch", sa.Uuid),
        sa.Column("form_version_id", sa.Uuid, nullable=False),
        sa.Column("plan_id", sa.Uuid),
        sa.Column("weekdays", sa.ARRAY(sa.Integer), nullable=False),
        sa.Column("month_day", sa.Integer),
        sa.Column("workdays_only", sa.Boolean, nullable=False),
        sa.Column("starts_on", sa.Date, nullable=False),
        sa.Column("ends_on", sa.Date),
        sa.Column("grace_days", sa.Integer, nullable=False),
        *_recorded(),
        _in_bureau("form_version_id", "form_versions"),
        _in_bureau("plan_id", "inspection_plans"),
        sa.CheckConstraint("owner IN ('bureau', 'school')", name="owner"),
        sa.CheckConstraint("(owner = 'bureau') = (batch IS NOT NULL)", name="batch"),
        sa.CheckConstraint("rhythm IN ('daily', 'weekly', 'monthly', 'term', 'once')", name="rhythm"),
        sa.CheckConstraint("(rhythm = 'weekly') = (cardinality(weekdays) > 0)", name="weekdays"),
        sa.CheckConstraint("(rhythm = 'monthly') = (month_day IS NOT NULL)", name="month_day"),
        sa.CheckConstraint("month_day BETWEEN 1 AND 31", name="day_of_month"),
        sa.CheckConstraint("grace_days BETWEEN 0 AND 60", name="grace_days"),
        sa.CheckConstraint("ends_on >= starts_on", name="span"),
        sa.CheckConstraint("rhythm <> 'once' OR ends_on IS NOT NULL", name="deadline"),
        sa.CheckConstraint("title <> ''", name="title"),
    )
    op.create_index(
        "ix_self_check_schedules_starts_on", "self_check_schedules", ["bureau_id", "starts_on", "school_id", "id"]
    )
    op.create_index("ix_self_check_schedules_batch", "self_check_schedules", ["bureau_id", "batch"])
    op.create_index("ix_self_check_schedules_plan", "self_check_schedules", ["bureau_id", "plan_id"])
    op.create_table(
        "self_checks",
        *_school_key(),
        sa.Column("form_version_id", sa.Uuid, nullable=False),
        sa.Column("plan_id", sa.Uuid),
        sa.Column("schedule_id", sa.Uuid),
        *(sa.Column(name, sa.Date) for name in ("occurs_on", "due_on", "submitted_on")),
        *_text("state", "created_by_name", "remark", "submitted_by_name"),
        sa.Column("parameters", JSONB, nullable=False),
        sa.Column("units", JSONB, nullable=False),
        _instant("submitted_at", nullable=True),
        sa.Column("submitted_by", sa.Uuid),
        *(sa.Column(name, sa.Numeric(9, 4)) for name in ("score", "maximum", "percent")),
        *(sa.Column(name, sa.Text) for name in ("band", "verdict")),
        sa.Column("found_nothing", sa.Boolean, nullable=False),
        sa.Column("account", JSONB),
        *_recorded(),
        _in_bureau("form_version_id", "form_versions"),
        _in_bureau("plan_id", "inspection_plans"),
        _in_school("schedule_id", "self_check_schedules"),
        sa.CheckConstraint("state IN ('draft', 'submitted')", name="state"),
        sa.CheckConstraint(
            "(state = 'submitted') = (submitted_at IS NOT NULL) AND (state = 'submitted') = (account IS NOT NULL)"
            " AND (submitted_at IS NULL) = (submitted_on IS NULL) AND (submitted_at IS NULL) = (submitted_by IS NULL)",
            name="submitted",
        ),
        sa.CheckConstraint(
            "(schedule_id IS NULL) = (occurs_on IS NULL) AND (occurs_on IS NULL) = (due_on IS NULL)", name="occurrence"
        ),
        sa.CheckConstraint("submitted_on = (submitted_at AT TIME ZONE 'Asia/Shanghai')::date", name="submitted_on"),
    )
    op.create_index(
        "uq_self_checks_occurrence", "self_checks", ["bureau_id", "school_id", "schedule_id", "occurs_on"],
        unique=True, postgresql_where=sa.text("schedule_id IS NOT NULL"),
    )  # fmt: skip
    op.create_index("ix_self_checks_newest", "self_checks", ["bureau_id", "school_id", "id"])
    op.create_index(
        "ix_self_checks_form_version", "self_checks", ["bureau_id", "form_version_id", "school_id", "submitted_at"],
        postgresql_where=sa.text("state = 'submitted'"),
    )  # fmt: skip
    op.create_index("ix_self_checks_plan", "self_checks", ["bureau_id", "plan_id", "school_id"])
    op.create_index(
        "ix_self_checks_occurs_on", "self_checks", ["bureau_id", "occurs_on", "school_id", "schedule_id"],
        postgresql_where=sa.text("state = 'submitted' AND schedule_id IS NOT NULL"),
    )  # fmt: skip
    op.create_table(
        "self_check_answers",
        *_school_key(),
        sa.Column("self_check_id", sa.Uuid, nullable=False),
        *_text("item_code", "remark"),
        sa.Column("answer", JSONB),
        _instant("answered_at"),
        sa.Column("answered_by", sa.Uuid, nullable=False),
        _in_school("self_check_id", "self_checks", cascade=True),
        sa.UniqueConstraint("bureau_id", "school_id", "self_check_id", "item_code"),
    )
    op.create_table(
        "self_check_photos",
        *_school_key(),
        sa.Column("self_check_id", sa.Uuid, nullable=False),
        *_text("item_code"),
        sa.Column("attachment_id", sa.Uuid, nullable=False),
        _instant("added_at"),
        sa.Column("added_by", sa.Uuid, nullable=False),
        _in_school("self_check_id", "self_checks", cascade=True),
        _in_school("attachment_id", "attachments"),
    )
    op.create_index("ix_self_check_photos_of", "self_check_photos", ["bureau_id", "school_id", "self_check_id", "id"])
    # The bureau asks schools for checks; what they find is theirs to write.
    tenancy.protect_school_table("self_check_schedules", bureau="rw", school="rw")
    tenancy.protect_school_table("self_checks", bureau="r", school="rwd")
    tenancy.protect_school_table("self_check_answers", bureau="r", school="rwd")
    tenancy.protect_school_table("self_check_photos", bureau="r", school="rwd")
