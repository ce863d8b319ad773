"""Releases of open contracting data: what the world was told of each tender, as it was told, for good.

Revision: 0029, after 0028
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from migrations import tenancy

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "ocds_releases",
        sa.Column("bureau_id", sa.Integer, sa.ForeignKey("bureaus.id"), primary_key=True),
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("tender_id", sa.Uuid, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("ocid", sa.Text, nullable=False),
        sa.Column("tags", JSONB, nullable=False),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("body", JSONB, nullable=False),
        sa.Column("sha256", sa.Text, nullable=False),
        sa.ForeignKeyConstraint(["bureau_id", "tender_id"], ["tenders.bureau_id", "tenders.id"]),
        # Two that publish the same tender at once: the second is told, looks again and finds nothing new.
        sa.UniqueConstraint("bureau_id", "tender_id", "number"),
        sa.UniqueConstraint("bureau_id", "ocid", "number"),
        sa.CheckConstraint("number > 0", name="number"),
        sa.CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name="hash"),
    )
    op.create_index(
        "ix_ocds_releases_first", "ocds_releases", ["bureau_id", "id"], postgresql_where=sa.text("number = 1")
    )
    # Every row is public by what it is: whoever writes it leaves out what is not. Nobody changes or deletes one.
    tenancy.protect_bureau_table("ocds_releases", bureau="ra", zone=None, school=None, identity="r")
