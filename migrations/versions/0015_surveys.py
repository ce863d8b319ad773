"""Surveys and their answers.

Revision: 0015, after 0014
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from migrations import tenancy

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def _school_key() -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("bureau_id", sa.Integer, primary_key=True),
        sa.Column("school_id", sa.Integer, primary_key=True),
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.ForeignKeyConstraint(["bureau_id", "school_id"], ["schools.bureau_id", "schools.id"]),
    ]


def _instant(name: str, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def upgrade() -> None:
    op.create_table(
        "surveys",
        *_school_key(),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("title", "owner", "code", "key")),
        sa.Column("form_version_id", sa.Uuid, nullable=False),
        _instant("opens_at"),
        _instant("closes_at"),
        sa.Column("most", sa.Integer, nullable=False),
        _instant("closed_at", nullable=True),
        _instant("created_at"),
        sa.Column("created_by", sa.Uuid, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.ForeignKeyConstraint(["bureau_id", "form_version_id"], ["form_versions.bureau_id", "form_versions.id"]),
        sa.UniqueConstraint("bureau_id", "school_id", "code"),
        sa.CheckConstraint("owner IN ('bureau', 'school')", name="owner"),
        sa.CheckConstraint("opens_at < closes_at", name="span"),
        sa.CheckConstraint("most BETWEEN 1 AND 100000", name="most"),
    )
    op.create_index("ix_surveys_closes_at", "surveys", ["bureau_id", "closes_at", "id"])
    op.create_table(
        "survey_answers",
        *_school_key(),
        sa.Column("survey_id", sa.Uuid, nullable=False),
        sa.Column("answers", JSONB, nullable=False),
        sa.Column("comment", sa.Text, nullable=False),
        sa.Column("percent", sa.Numeric(9, 4)),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("ticket", "address_hash", "doubtful")),
        _instant("answered_at"),
        sa.ForeignKeyConstraint(
            ["bureau_id", "school_id", "survey_id"], ["surveys.bureau_id", "surveys.school_id", "surveys.id"]
        ),
        sa.UniqueConstraint("bureau_id", "school_id", "survey_id", "ticket"),
        sa.CheckConstraint("doubtful IN ('', 'too_fast', 'burst')", name="doubtful"),
    )
    op.create_index(
        "ix_survey_answers_survey", "survey_answers", ["bureau_id", "school_id", "survey_id", "answered_at"]
    )
    op.create_index(
        "ix_survey_answers_address",
        "survey_answers",
        ["bureau_id", "school_id", "survey_id", "address_hash", "answered_at"],
    )
    tenancy.protect_school_table("surveys", bureau="rw", school="rw")
    tenancy.protect_school_table("survey_answers", bureau="ra", school="r")
    # Whoever could read a survey's key could make tickets and try addresses; a time or an address tells who wrote what.
    _show_only(
        "surveys", "bureau_id", "school_id", "id", "title", "owner", "code", "form_version_id", "opens_at", "closes_at",
        "most", "closed_at", "created_at", "created_by", "version",
    )  # fmt: skip
    _show_only("survey_answers", "bureau_id", "school_id", "survey_id", "answers", "comment", "percent", "doubtful")


def _show_only(table: str, *columns: str) -> None:
    for role in ("houqin_school", "houqin_zone"):
        op.execute(f"REVOKE SELECT ON {table} FROM {role}")
        op.execute(f"GRANT SELECT ({', '.join(columns)}) ON {table} TO {role}")
