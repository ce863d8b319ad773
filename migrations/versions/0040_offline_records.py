"""Receipts and daily records that were made on a phone without a network.

Revision: 0040, after 0039
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from migrations import tenancy

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "offline_records",
        sa.Column("bureau_id", sa.Integer(), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("person_name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("document", JSONB, nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("clock_offset_ms", sa.BigInteger(), nullable=False),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("counts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("flags", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("device_id", sa.Text(), nullable=False),
        sa.Column("device_label", sa.Text(), nullable=False),
        sa.Column("record_kind", sa.Text(), nullable=False),
        sa.Column("record_ids", sa.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.CheckConstraint("digest <> '' AND record_kind <> ''", name=op.f("ck_offline_records_named")),
        sa.CheckConstraint("cardinality(flags) = 0 OR counts_at = created_at", name=op.f("ck_offline_records_flags")),
        sa.CheckConstraint("cardinality(record_ids) > 0", name=op.f("ck_offline_records_record_ids")),
        sa.CheckConstraint(
            "claimed_at <= created_at AND counts_at >= claimed_at", name=op.f("ck_offline_records_counts_at")
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "person_id"],
            ["people.bureau_id", "people.id"],
            name=op.f("fk_offline_records_bureau_id_person_id"),
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "school_id"],
            ["schools.bureau_id", "schools.id"],
            name=op.f("fk_offline_records_bureau_id_school_id"),
        ),
        sa.PrimaryKeyConstraint("bureau_id", "school_id", "id", name=op.f("pk_offline_records")),
    )
    op.create_index(
        "ix_offline_records_flagged",
        "offline_records",
        ["bureau_id", "created_at", "id"],
        postgresql_where=sa.text("flags <> '{}'"),
    )
    op.create_index(
        "ix_offline_records_newest", "offline_records", ["bureau_id", "school_id", "created_at", "id"]
    )  # fmt: skip
    tenancy.protect_school_table("offline_records", school="ra")
