"""Award decisions, their terms, and a letter to every bidder.

Revision: 0025, after 0024
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from migrations import tenancy

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "award_procedures",
        sa.Column("bureau_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("decide_by", sa.Date(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("publish_by", sa.Date(), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("notice_ends_on", sa.Date(), nullable=True),
        sa.Column("challenge_until", sa.Date(), nullable=True),
        sa.Column("sign_by", sa.Date(), nullable=True),
        sa.Column("notice_id", sa.Uuid(), nullable=True),
        sa.Column("unknown_years", JSONB, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(published_at IS NULL) = (challenge_until IS NULL)", name=op.f("ck_award_procedures_challenge")
        ),
        sa.CheckConstraint(
            "(published_at IS NULL) = (notice_ends_on IS NULL)", name=op.f("ck_award_procedures_published")
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "id"], ["tenders.bureau_id", "tenders.id"], name=op.f("fk_award_procedures_bureau_id_id")
        ),
        sa.ForeignKeyConstraint(["bureau_id"], ["bureaus.id"], name=op.f("fk_award_procedures_bureau_id")),
        sa.PrimaryKeyConstraint("bureau_id", "id", name=op.f("pk_award_procedures")),
    )
    op.create_table(
        "lot_awards",
        sa.Column("bureau_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tender_id", sa.Uuid(), nullable=False),
        sa.Column("lot_id", sa.Uuid(), nullable=False),
        sa.Column("bid_id", sa.Uuid(), nullable=False),
        sa.Column("supplier_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=True),
        sa.Column("discount", sa.Numeric(precision=7, scale=4), nullable=True),
        sa.Column("account", JSONB, nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=False),
        sa.Column("decided_by_name", sa.Text(), nullable=False),
        sa.Column("is_silent", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("cancel_asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancel_asked_by", sa.Uuid(), nullable=True),
        sa.Column("cancel_asked_by_name", sa.Text(), nullable=False),
        sa.Column("cancel_code", sa.Text(), nullable=False),
        sa.Column("cancel_reason", sa.Text(), nullable=False),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancelled_by", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("(state = 'cancelled') = (cancelled_at IS NOT NULL)", name=op.f("ck_lot_awards_cancelled")),
        sa.CheckConstraint("state = 'active' OR cancel_reason <> ''", name=op.f("ck_lot_awards_cancel_reason")),
        sa.CheckConstraint("state IN ('active', 'cancelled')", name=op.f("ck_lot_awards_state")),
        sa.CheckConstraint("(amount_fen IS NULL) <> (discount IS NULL)", name=op.f("ck_lot_awards_price")),
        sa.CheckConstraint(
            "cancelled_by IS DISTINCT FROM cancel_asked_by OR cancelled_by IS NULL",
            name=op.f("ck_lot_awards_two_people"),
        ),
        sa.CheckConstraint("place > 0 AND rank > 0", name=op.f("ck_lot_awards_place")),
        sa.ForeignKeyConstraint(
            ["bureau_id", "supplier_id", "bid_id"],
            ["bids.bureau_id", "bids.supplier_id", "bids.id"],
            name=op.f("fk_lot_awards_bureau_id_supplier_id_bid_id"),
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "tender_id", "lot_id"],
            ["tender_lots.bureau_id", "tender_lots.tender_id", "tender_lots.id"],
            name=op.f("fk_lot_awards_bureau_id_tender_id_lot_id"),
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "tender_id"],
            ["tenders.bureau_id", "tenders.id"],
            name=op.f("fk_lot_awards_bureau_id_tender_id"),
        ),
        sa.ForeignKeyConstraint(["bureau_id"], ["bureaus.id"], name=op.f("fk_lot_awards_bureau_id")),
        sa.PrimaryKeyConstraint("bureau_id", "id", name=op.f("pk_lot_awards")),
        sa.UniqueConstraint("bureau_id", "supplier_id", "id", name=op.f("uq_lot_awards_bureau_id_supplier_id_id")),
    )
    op.create_index("ix_lot_awards_supplier", "lot_awards", ["bureau_id", "supplier_id", "id"], unique=False)
    op.create_index("ix_lot_awards_tender", "lot_awards", ["bureau_id", "tender_id", "lot_id", "place"], unique=False)
    op.create_index(
        "uq_lot_awards_bid",
        "lot_awards",
        ["bureau_id", "bid_id"],
        unique=True,
        postgresql_where=sa.text("state = 'active'"),
    )
    op.create_index(
        "uq_lot_awards_place",
        "lot_awards",
        ["bureau_id", "lot_id", "place"],
        unique=True,
        postgresql_where=sa.text("state = 'active'"),
    )
    op.create_table(
        "award_passed_over",
        sa.Column("bureau_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tender_id", sa.Uuid(), nullable=False),
        sa.Column("lot_id", sa.Uuid(), nullable=False),
        sa.Column("bid_id", sa.Uuid(), nullable=False),
        sa.Column("supplier_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("by_name", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "code IN ('lot_limit', 'gave_up', 'found_ineligible', 'force_majeure')",
            name=op.f("ck_award_passed_over_code"),
        ),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_award_passed_over_reason")),
        sa.ForeignKeyConstraint(
            ["bureau_id", "supplier_id", "bid_id"],
            ["bids.bureau_id", "bids.supplier_id", "bids.id"],
            name=op.f("fk_award_passed_over_bureau_id_supplier_id_bid_id"),
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "tender_id", "lot_id"],
            ["tender_lots.bureau_id", "tender_lots.tender_id", "tender_lots.id"],
            name=op.f("fk_award_passed_over_bureau_id_tender_id_lot_id"),
        ),
        sa.ForeignKeyConstraint(["bureau_id"], ["bureaus.id"], name=op.f("fk_award_passed_over_bureau_id")),
        sa.PrimaryKeyConstraint("bureau_id", "id", name=op.f("pk_award_passed_over")),
        sa.UniqueConstraint("bureau_id", "bid_id", name=op.f("uq_award_passed_over_bureau_id_bid_id")),
    )
    op.create_table(
        "award_letters",
        sa.Column("bureau_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tender_id", sa.Uuid(), nullable=False),
        sa.Column("lot_id", sa.Uuid(), nullable=False),
        sa.Column("bid_id", sa.Uuid(), nullable=False),
        sa.Column("supplier_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("body", JSONB, nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("issued_by", sa.Uuid(), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_reason", sa.Text(), nullable=False),
        sa.CheckConstraint("kind IN ('award', 'loss', 'invalid', 'unopened')", name=op.f("ck_award_letters_kind")),
        sa.ForeignKeyConstraint(
            ["bureau_id", "supplier_id", "bid_id"],
            ["bids.bureau_id", "bids.supplier_id", "bids.id"],
            name=op.f("fk_award_letters_bureau_id_supplier_id_bid_id"),
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "tender_id", "lot_id"],
            ["tender_lots.bureau_id", "tender_lots.tender_id", "tender_lots.id"],
            name=op.f("fk_award_letters_bureau_id_tender_id_lot_id"),
        ),
        sa.ForeignKeyConstraint(["bureau_id"], ["bureaus.id"], name=op.f("fk_award_letters_bureau_id")),
        sa.PrimaryKeyConstraint("bureau_id", "id", name=op.f("pk_award_letters")),
        sa.UniqueConstraint("bureau_id", "code", name=op.f("uq_award_letters_bureau_id_code")),
        sa.UniqueConstraint("bureau_id", "number", name=op.f("uq_award_letters_bureau_id_number")),
    )
    op.create_index("ix_award_letters_supplier", "award_letters", ["bureau_id", "supplier_id", "id"], unique=False)
    op.create_index("ix_award_letters_tender", "award_letters", ["bureau_id", "tender_id", "id"], unique=False)
    op.create_index(
        "uq_award_letters_standing",
        "award_letters",
        ["bureau_id", "bid_id"],
        unique=True,
        postgresql_where=sa.text("withdrawn_at IS NULL"),
    )
    tenancy.protect_bureau_table("award_procedures", school=None)
    tenancy.protect_supplier_table("lot_awards", bureau="rw", supplier="r", zone="r")
    tenancy.protect_supplier_table("award_passed_over", bureau="ra", supplier="r")
    # Whoever holds a letter may ask by its code whether it stands.
    tenancy.protect_supplier_table("award_letters", bureau="rw", supplier="r", identity="r")
    # A bidder's opening of a letter is noted; nothing else of it can be written by anybody but its withdrawal.
    op.execute("REVOKE UPDATE ON award_letters FROM houqin_bureau")
    op.execute("GRANT UPDATE (withdrawn_at, withdrawn_reason) ON award_letters TO houqin_bureau")
    op.execute("GRANT UPDATE (read_at) ON award_letters TO houqin_supplier")
    own = f"bureau_id = {tenancy.BUREAU} AND supplier_id = {tenancy.SUPPLIER}"
    op.execute(
        "CREATE POLICY award_letters_supplier_read_at ON award_letters FOR UPDATE TO houqin_supplier"
        f" USING ({own}) WITH CHECK ({own})"
    )
