"""Prints of photos, and photos that look like an older one.

Revision: 0017, after 0016
"""

import sqlalchemy as sa
from alembic import op

from migrations import tenancy

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "photo_prints",
        sa.Column("bureau_id", sa.Integer, sa.ForeignKey("bureaus.id"), primary_key=True),
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("across", sa.BigInteger, nullable=False),
        sa.Column("down", sa.BigInteger, nullable=False),
        *(sa.Column(f"quarter_{part}", sa.Integer, nullable=False) for part in (1, 2, 3, 4)),
        sa.Column("plain", sa.Boolean, nullable=False),
        sa.Column("printed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["bureau_id", "id"], ["attachments.bureau_id", "attachments.id"]),
    )
    for part in (1, 2, 3, 4):
        op.create_index(f"ix_photo_prints_quarter_{part}", "photo_prints", ["bureau_id", f"quarter_{part}"])
    op.create_table(
        "photo_matches",
        sa.Column("bureau_id", sa.Integer, sa.ForeignKey("bureaus.id"), primary_key=True),
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("later_id", sa.Uuid, nullable=False),
        sa.Column("earlier_id", sa.Uuid, nullable=False),
        sa.Column("bits", sa.Integer, nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("looked_at", sa.DateTime(timezone=True)),
        sa.Column("looked_by", sa.Uuid),
        sa.Column("note", sa.Text, nullable=False),
        sa.ForeignKeyConstraint(["bureau_id", "later_id"], ["photo_prints.bureau_id", "photo_prints.id"]),
        sa.ForeignKeyConstraint(["bureau_id", "earlier_id"], ["photo_prints.bureau_id", "photo_prints.id"]),
        sa.UniqueConstraint("bureau_id", "later_id", "earlier_id"),
        sa.CheckConstraint("later_id <> earlier_id", name="two_photos"),
        sa.CheckConstraint("(looked_at IS NULL) = (looked_by IS NULL)", name="looked"),
    )
    op.create_index("ix_photo_matches_open", "photo_matches", ["bureau_id", "looked_at", "found_at"])
    tenancy.protect_bureau_table("photo_prints", bureau="ra", zone=None, school=None)
    tenancy.protect_bureau_table("photo_matches", bureau="rw", zone=None, school=None)
