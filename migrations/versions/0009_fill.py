"""What phones hand in: submissions, the files that they name, receipts; what a visit learns of rooms and of figures asked
on site; where and when a photo was taken.

Revision: 0009, after 0008
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from migrations import tenancy

revision = "0009"
down_revision = "0008"
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


def _in_school(column: str, table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["bureau_id", "school_id", column], [f"{table}.bureau_id", f"{table}.school_id", f"{table}.id"]
    )


def upgrade() -> None:
    _visits()
    _submissions()
    _files()
    _receipts()
    tenancy.protect_school_table("fill_submissions", zone="r", bureau="rw", school=None)
    tenancy.protect_school_table("fill_files", zone="r", bureau="rwd", school=None)
    tenancy.protect_school_table("fill_receipts", zone="r", bureau="ra", school=None)


def _visits() -> None:
    for name in ("parameters", "units"):
        op.add_column("inspections", sa.Column(name, JSONB, nullable=False, server_default="{}"))
        op.alter_column("inspections", name, server_default=None)
    for column in (
        sa.Column("sha256", sa.Text),
        sa.Column("latitude", sa.Numeric(9, 6)),
        sa.Column("longitude", sa.Numeric(9, 6)),
        sa.Column("accuracy", sa.Numeric(9, 1)),
    ):
        op.add_column("inspection_photos", column)


def _submissions() -> None:
    op.create_table(
        "fill_submissions",
        *_school_key(),
        sa.Column("inspection_id", sa.Uuid, nullable=False),
        sa.Column("person_id", sa.Uuid, nullable=False),
        sa.Column("form_version_id", sa.Uuid, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("rev", sa.Integer, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("document", JSONB, nullable=False),
        sa.Column("kept", JSONB, nullable=False),
        sa.Column("conflicts", JSONB, nullable=False),
        sa.Column("parameters", JSONB, nullable=False),
        sa.Column("units", JSONB, nullable=False),
        sa.Column("clock_offset_ms", sa.BigInteger, nullable=False),
        sa.Column("client_score", JSONB),
        sa.Column("server_score", JSONB),
        sa.Column("score_check", sa.Text, nullable=False),
        _instant("received_at"),
        _instant("finalised_at", nullable=True),
        _instant("created_at"),
        sa.Column("created_by", sa.Uuid, nullable=False),
        _in_school("inspection_id", "inspections"),
        sa.ForeignKeyConstraint(["bureau_id", "person_id"], ["people.bureau_id", "people.id"]),
        sa.ForeignKeyConstraint(["bureau_id", "form_version_id"], ["form_versions.bureau_id", "form_versions.id"]),
        sa.UniqueConstraint("bureau_id", "id"),
        sa.UniqueConstraint(
            "bureau_id", "school_id", "inspection_id", "person_id", name="uq_fill_submissions_visit_person"
        ),
        sa.CheckConstraint("state IN ('draft', 'finalised')", name="state"),
        sa.CheckConstraint("(state = 'finalised') = (finalised_at IS NOT NULL)", name="finalised"),
        sa.CheckConstraint("score_check IN ('none', 'same', 'differs', 'other_answers')", name="score_check"),
        sa.CheckConstraint("rev >= 1", name="rev"),
    )
    op.create_index("ix_fill_submissions_person", "fill_submissions", ["bureau_id", "person_id", "inspection_id"])


def _files() -> None:
    op.create_table(
        "fill_files",
        *_school_key(),
        sa.Column("submission_id", sa.Uuid, nullable=False),
        sa.Column("inspection_id", sa.Uuid, nullable=False),
        sa.Column("person_id", sa.Uuid, nullable=False),
        sa.Column("sha256", sa.Text, nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("media_type", sa.Text, nullable=False),
        sa.Column("answer_key", sa.Text, nullable=False),
        sa.Column("purpose", sa.Text, nullable=False),
        sa.Column("signer", sa.Text, nullable=False),
        _instant("taken_at"),
        sa.Column("latitude", sa.Numeric(9, 6)),
        sa.Column("longitude", sa.Numeric(9, 6)),
        sa.Column("accuracy", sa.Numeric(9, 1)),
        sa.Column("attachment_id", sa.Uuid),
        _in_school("submission_id", "fill_submissions"),
        _in_school("inspection_id", "inspections"),
        _in_school("attachment_id", "attachments"),
        sa.UniqueConstraint(
            "bureau_id", "school_id", "submission_id", "sha256", "answer_key", "purpose", "signer",
            name="uq_fill_files_named_once",
        ),
        sa.CheckConstraint("purpose IN ('photo', 'signature')", name="purpose"),
        sa.CheckConstraint("size > 0", name="size"),
    )  # fmt: skip
    op.create_index("ix_fill_files_sha256", "fill_files", ["bureau_id", "school_id", "sha256"])
    op.create_index("ix_fill_files_inspection", "fill_files", ["bureau_id", "school_id", "inspection_id"])


def _receipts() -> None:
    op.create_table(
        "fill_receipts",
        sa.Column("bureau_id", sa.Integer, sa.ForeignKey("bureaus.id"), primary_key=True),
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("school_id", sa.Integer, nullable=False),
        sa.Column("submission_id", sa.Uuid, nullable=False),
        sa.Column("rev", sa.Integer, nullable=False),
        sa.Column("seq", sa.Integer, nullable=False),
        sa.Column("prev", sa.Text, nullable=False),
        sa.Column("hash", sa.Text, nullable=False),
        sa.Column("document", JSONB, nullable=False),
        sa.Column("signature", sa.Text, nullable=False),
        _instant("made_at"),
        sa.ForeignKeyConstraint(["bureau_id", "school_id"], ["schools.bureau_id", "schools.id"]),
        _in_school("submission_id", "fill_submissions"),
        sa.UniqueConstraint("bureau_id", "seq"),
        sa.UniqueConstraint("bureau_id", "school_id", "submission_id", "rev"),
        sa.CheckConstraint("seq >= 1", name="seq"),
    )
