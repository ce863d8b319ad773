"""Red-line hazards, apart from scores.

Revision: 0012, after 0011
"""

import sqlalchemy as sa
from alembic import op

from migrations import tenancy

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


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


def _instant(name: str, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def upgrade() -> None:
    op.create_table(
        "hazards",
        *_school_key(),
        sa.Column("inspection_id", sa.Uuid),
        *(
            sa.Column(name, sa.Text, nullable=False)
            for name in ("answer_key", "item_no", "text", "label", "basis", "place", "state", "found_by_name")
        ),
        _instant("found_at"),
        sa.Column("found_by", sa.Uuid, nullable=False),
        _instant("control_by"),
        _instant("remove_by"),
        _instant("closed_at", nullable=True),
        _instant("reminded_at", nullable=True),
        _instant("created_at"),
        sa.Column("created_by", sa.Uuid, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        _in_school("inspection_id", "inspections"),
        sa.CheckConstraint("state IN ('found', 'controlled', 'removed', 'closed', 'dismissed')", name="state"),
        sa.CheckConstraint("(inspection_id IS NULL) = (answer_key = '')", name="origin"),
        sa.CheckConstraint("(state IN ('closed', 'dismissed')) = (closed_at IS NOT NULL)", name="closed"),
    )
    op.create_index(
        "uq_hazards_answer", "hazards", ["bureau_id", "school_id", "inspection_id", "answer_key"], unique=True,
        postgresql_where=sa.text("inspection_id IS NOT NULL"),
    )  # fmt: skip
    op.create_index("ix_hazards_state", "hazards", ["bureau_id", "state", "found_at", "id"])
    op.create_index("ix_hazards_school", "hazards", ["bureau_id", "school_id", "state", "found_at", "id"])
    op.create_table(
        "hazard_events",
        *_school_key(),
        sa.Column("hazard_id", sa.Uuid, nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("event", "from_state", "to_state", "words", "by_name")),
        _instant("at"),
        sa.Column("by", sa.Uuid, nullable=False),
        _in_school("hazard_id", "hazards"),
    )
    op.create_index("ix_hazard_events_of", "hazard_events", ["bureau_id", "school_id", "hazard_id", "id"])
    op.create_table(
        "hazard_photos",
        *_school_key(),
        sa.Column("hazard_id", sa.Uuid, nullable=False),
        sa.Column("attachment_id", sa.Uuid, nullable=False),
        sa.Column("phase", sa.Text, nullable=False),
        _instant("added_at"),
        sa.Column("added_by", sa.Uuid, nullable=False),
        _in_school("hazard_id", "hazards"),
        _in_school("attachment_id", "attachments"),
        sa.CheckConstraint("phase IN ('found', 'proof')", name="phase"),
    )
    op.create_index("ix_hazard_photos_of", "hazard_photos", ["bureau_id", "school_id", "hazard_id", "id"])
    tenancy.protect_school_table("hazards", bureau="rw", school="rw")
    tenancy.protect_school_table("hazard_events", bureau="ra", school="ra")
    tenancy.protect_school_table("hazard_photos", bureau="ra", school="ra")
