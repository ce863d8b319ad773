"""Signs of collusion found after the opening, and what became of them; weights tried before publication.

Revision: 0028, after 0027
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from migrations import tenancy

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

STATES = "('open', 'dismissed', 'referred', 'invalid')"


def upgrade() -> None:
    op.create_table(
        "collusion_runs",
        sa.Column("bureau_id", sa.Integer, sa.ForeignKey("bureaus.id"), primary_key=True),
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("tender_id", sa.Uuid, nullable=False),
        sa.Column("ran_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Uuid, nullable=False),
        sa.Column("by_name", sa.Text, nullable=False),
        sa.Column("bids", sa.Integer, nullable=False),
        sa.Column("signs", sa.Integer, nullable=False),
        sa.Column("new_signs", sa.Integer, nullable=False),
        sa.Column("thresholds", JSONB, nullable=False),
        sa.ForeignKeyConstraint(["bureau_id", "tender_id"], ["tenders.bureau_id", "tenders.id"]),
        sa.CheckConstraint("bids >= 0 AND signs >= 0 AND new_signs <= signs", name="counts"),
    )
    op.create_index("ix_collusion_runs_tender", "collusion_runs", ["bureau_id", "tender_id", "id"])
    op.create_table(
        "collusion_signs",
        sa.Column("bureau_id", sa.Integer, sa.ForeignKey("bureaus.id"), primary_key=True),
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("tender_id", sa.Uuid, nullable=False),
        sa.Column("lot_id", sa.Uuid),
        sa.Column("run_id", sa.Uuid, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("method", sa.Text, nullable=False),
        sa.Column("article", sa.Text, nullable=False),
        sa.Column("parties", JSONB, nullable=False),
        sa.Column("evidence", JSONB, nullable=False),
        sa.Column("figures", JSONB, nullable=False),
        sa.Column("content_sha256", sa.Text, nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True)),
        sa.Column("decided_by", sa.Uuid),
        sa.ForeignKeyConstraint(["bureau_id", "tender_id"], ["tenders.bureau_id", "tenders.id"]),
        sa.ForeignKeyConstraint(["bureau_id", "run_id"], ["collusion_runs.bureau_id", "collusion_runs.id"]),
        sa.ForeignKeyConstraint(
            ["bureau_id", "tender_id", "lot_id"], ["tender_lots.bureau_id", "tender_lots.tender_id", "tender_lots.id"]
        ),
        sa.UniqueConstraint("bureau_id", "tender_id", "content_sha256"),
        sa.CheckConstraint(
            "kind IN ('same_author', 'same_agent', 'same_contact', 'price_pattern', 'mixed_files', 'same_bond', 'rotation')",
            name="kind",
        ),
        sa.CheckConstraint(f"state IN {STATES}", name="state"),
        sa.CheckConstraint("(state = 'open') = (decided_at IS NULL)", name="decided"),
        sa.CheckConstraint("state = 'open' OR reason <> ''", name="reason"),
        sa.CheckConstraint("content_sha256 ~ '^[0-9a-f]{64}$'", name="hash"),
    )
    op.create_index("ix_collusion_signs_state", "collusion_signs", ["bureau_id", "state", "id"])
    op.create_table(
        "collusion_sign_bids",
        sa.Column("bureau_id", sa.Integer, sa.ForeignKey("bureaus.id"), primary_key=True),
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("sign_id", sa.Uuid, nullable=False),
        sa.Column("bid_id", sa.Uuid, nullable=False),
        sa.Column("supplier_id", sa.Uuid, nullable=False),
        sa.ForeignKeyConstraint(["bureau_id", "sign_id"], ["collusion_signs.bureau_id", "collusion_signs.id"]),
        sa.ForeignKeyConstraint(
            ["bureau_id", "supplier_id", "bid_id"], ["bids.bureau_id", "bids.supplier_id", "bids.id"]
        ),
        sa.UniqueConstraint("bureau_id", "sign_id", "bid_id"),
    )
    op.create_index("ix_collusion_sign_bids_bid", "collusion_sign_bids", ["bureau_id", "bid_id"])
    op.create_table(
        "collusion_decisions",
        sa.Column("bureau_id", sa.Integer, sa.ForeignKey("bureaus.id"), primary_key=True),
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("sign_id", sa.Uuid, nullable=False),
        sa.Column("event", sa.Text, nullable=False),
        sa.Column("from_state", sa.Text, nullable=False),
        sa.Column("to_state", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Uuid, nullable=False),
        sa.Column("by_name", sa.Text, nullable=False),
        sa.ForeignKeyConstraint(["bureau_id", "sign_id"], ["collusion_signs.bureau_id", "collusion_signs.id"]),
        sa.CheckConstraint(f"from_state IN {STATES}", name="from_state"),
        sa.CheckConstraint(f"to_state IN {STATES}", name="to_state"),
        sa.CheckConstraint("reason <> ''", name="reason"),
    )
    op.create_index("ix_collusion_decisions_sign", "collusion_decisions", ["bureau_id", "sign_id", "id"])
    op.create_table(
        "tender_simulations",
        sa.Column("bureau_id", sa.Integer, sa.ForeignKey("bureaus.id"), primary_key=True),
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("tender_id", sa.Uuid, nullable=False),
        sa.Column("lot_id", sa.Uuid),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("source_lot_id", sa.Uuid),
        sa.Column("source_title", sa.Text, nullable=False),
        sa.Column("factors", JSONB, nullable=False),
        sa.Column("bids", JSONB, nullable=False),
        sa.Column("report", JSONB, nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.Uuid, nullable=False),
        sa.Column("made_by_name", sa.Text, nullable=False),
        sa.ForeignKeyConstraint(["bureau_id", "tender_id"], ["tenders.bureau_id", "tenders.id"]),
        sa.ForeignKeyConstraint(["bureau_id", "source_lot_id"], ["tender_lots.bureau_id", "tender_lots.id"]),
        sa.CheckConstraint("source IN ('past', 'table')", name="source"),
        sa.CheckConstraint("(source = 'past') = (source_lot_id IS NOT NULL)", name="source_lot"),
    )
    op.create_index("ix_tender_simulations_tender", "tender_simulations", ["bureau_id", "tender_id", "id"])
    # Neither schools nor suppliers nor zones see any of it, whatever the code does.
    tenancy.protect_bureau_table("collusion_runs", bureau="ra", zone=None, school=None)
    tenancy.protect_bureau_table("collusion_signs", zone=None, school=None)
    tenancy.protect_bureau_table("collusion_sign_bids", bureau="ra", zone=None, school=None)
    tenancy.protect_bureau_table("collusion_decisions", bureau="ra", zone=None, school=None)
    tenancy.protect_bureau_table("tender_simulations", bureau="ra", zone=None, school=None)
