"""Sealed bids, the officers' keys, the opening.

Revision: 0023, after 0022
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from migrations import tenancy

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "officer_keys",
        sa.Column("bureau_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("identity_ciphertext", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("state IN ('active', 'retired', 'lost')", name=op.f("ck_officer_keys_state")),
        sa.ForeignKeyConstraint(
            ["bureau_id", "person_id"],
            ["people.bureau_id", "people.id"],
            name=op.f("fk_officer_keys_bureau_id_person_id"),
        ),
        sa.ForeignKeyConstraint(["bureau_id"], ["bureaus.id"], name=op.f("fk_officer_keys_bureau_id")),
        sa.PrimaryKeyConstraint("bureau_id", "id", name=op.f("pk_officer_keys")),
    )
    op.create_index(
        "uq_officer_keys_active",
        "officer_keys",
        ["bureau_id", "person_id"],
        unique=True,
        postgresql_where=sa.text("state = 'active'"),
    )
    op.create_table(
        "opening_officers",
        sa.Column("bureau_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tender_id", sa.Uuid(), nullable=False),
        sa.Column("seat", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("officer_key_id", sa.Uuid(), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("is_public", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("seat IN ('procurement', 'supervision', 'escrow')", name=op.f("ck_opening_officers_seat")),
        sa.ForeignKeyConstraint(
            ["bureau_id", "officer_key_id"],
            ["officer_keys.bureau_id", "officer_keys.id"],
            name=op.f("fk_opening_officers_bureau_id_officer_key_id"),
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "person_id"],
            ["people.bureau_id", "people.id"],
            name=op.f("fk_opening_officers_bureau_id_person_id"),
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "tender_id"],
            ["tenders.bureau_id", "tenders.id"],
            name=op.f("fk_opening_officers_bureau_id_tender_id"),
        ),
        sa.ForeignKeyConstraint(["bureau_id"], ["bureaus.id"], name=op.f("fk_opening_officers_bureau_id")),
        sa.PrimaryKeyConstraint("bureau_id", "id", name=op.f("pk_opening_officers")),
        sa.UniqueConstraint(
            "bureau_id", "tender_id", "person_id", name=op.f("uq_opening_officers_bureau_id_tender_id_person_id")
        ),
        sa.UniqueConstraint(
            "bureau_id", "tender_id", "seat", name=op.f("uq_opening_officers_bureau_id_tender_id_seat")
        ),
    )
    op.create_table(
        "bids",
        sa.Column("bureau_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tender_id", sa.Uuid(), nullable=False),
        sa.Column("lot_id", sa.Uuid(), nullable=False),
        sa.Column("supplier_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("is_disclosed", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("reason_article", sa.Text(), nullable=False),
        sa.Column("withdrawal", JSONB, nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state IN ('sealed', 'withdrawn', 'unopened', 'opened', 'unopenable', 'qualified', 'disqualified', 'invalid', 'scored', 'won', 'lost')",
            name=op.f("ck_bids_state"),
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "supplier_id"],
            ["bureau_suppliers.bureau_id", "bureau_suppliers.id"],
            name=op.f("fk_bids_bureau_id_supplier_id"),
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "tender_id", "lot_id"],
            ["tender_lots.bureau_id", "tender_lots.tender_id", "tender_lots.id"],
            name=op.f("fk_bids_bureau_id_tender_id_lot_id"),
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "tender_id"], ["tenders.bureau_id", "tenders.id"], name=op.f("fk_bids_bureau_id_tender_id")
        ),
        sa.ForeignKeyConstraint(["bureau_id"], ["bureaus.id"], name=op.f("fk_bids_bureau_id")),
        sa.PrimaryKeyConstraint("bureau_id", "id", name=op.f("pk_bids")),
        sa.UniqueConstraint("bureau_id", "lot_id", "id", name=op.f("uq_bids_bureau_id_lot_id_id")),
        sa.UniqueConstraint("bureau_id", "supplier_id", "id", name=op.f("uq_bids_bureau_id_supplier_id_id")),
    )
    op.create_index("ix_bids_supplier", "bids", ["bureau_id", "supplier_id", "id"], unique=False)
    op.create_index("ix_bids_tender", "bids", ["bureau_id", "tender_id", "lot_id"], unique=False)
    op.create_index(
        "uq_bids_live",
        "bids",
        ["bureau_id", "lot_id", "supplier_id"],
        unique=True,
        postgresql_where=sa.text("state <> 'withdrawn'"),
    )
    op.create_table(
        "bid_submissions",
        sa.Column("bureau_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tender_id", sa.Uuid(), nullable=False),
        sa.Column("lot_id", sa.Uuid(), nullable=False),
        sa.Column("bid_id", sa.Uuid(), nullable=False),
        sa.Column("supplier_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("receipt_number", sa.Text(), nullable=False),
        sa.Column("sealed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sealed_by", sa.Uuid(), nullable=False),
        sa.Column("ciphertext_sha256", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("shares", JSONB, nullable=False),
        sa.Column("shares_sha256", sa.Text(), nullable=False),
        sa.Column("receipt", JSONB, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("is_disclosed", sa.Boolean(), nullable=False),
        sa.CheckConstraint("ciphertext_sha256 ~ '^[0-9a-f]{64}$'", name=op.f("ck_bid_submissions_hash")),
        sa.CheckConstraint("state IN ('current', 'replaced', 'withdrawn')", name=op.f("ck_bid_submissions_state")),
        sa.CheckConstraint("size > 0 AND number > 0", name=op.f("ck_bid_submissions_size")),
        sa.ForeignKeyConstraint(
            ["bureau_id", "supplier_id", "bid_id"],
            ["bids.bureau_id", "bids.supplier_id", "bids.id"],
            name=op.f("fk_bid_submissions_bureau_id_supplier_id_bid_id"),
        ),
        sa.ForeignKeyConstraint(["bureau_id"], ["bureaus.id"], name=op.f("fk_bid_submissions_bureau_id")),
        sa.PrimaryKeyConstraint("bureau_id", "id", name=op.f("pk_bid_submissions")),
        sa.UniqueConstraint("bureau_id", "bid_id", "number", name=op.f("uq_bid_submissions_bureau_id_bid_id_number")),
        sa.UniqueConstraint("bureau_id", "receipt_number", name=op.f("uq_bid_submissions_bureau_id_receipt_number")),
        sa.UniqueConstraint("bureau_id", "supplier_id", "id", name=op.f("uq_bid_submissions_bureau_id_supplier_id_id")),
    )
    op.create_index(
        "ix_bid_submissions_tender", "bid_submissions", ["bureau_id", "tender_id", "sealed_at"], unique=False
    )
    op.create_index(
        "uq_bid_submissions_current",
        "bid_submissions",
        ["bureau_id", "bid_id"],
        unique=True,
        postgresql_where=sa.text("state = 'current'"),
    )
    op.create_table(
        "bid_traces",
        sa.Column("bureau_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("supplier_id", sa.Uuid(), nullable=False),
        sa.Column("tender_id", sa.Uuid(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("user_agent", sa.Text(), nullable=False),
        sa.Column("device", JSONB, nullable=False),
        sa.Column("is_disclosed", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["bureau_id", "supplier_id", "id"],
            ["bid_submissions.bureau_id", "bid_submissions.supplier_id", "bid_submissions.id"],
            name=op.f("fk_bid_traces_bureau_id_supplier_id_id"),
        ),
        sa.ForeignKeyConstraint(["bureau_id"], ["bureaus.id"], name=op.f("fk_bid_traces_bureau_id")),
        sa.PrimaryKeyConstraint("bureau_id", "id", name=op.f("pk_bid_traces")),
    )
    op.create_table(
        "openings",
        sa.Column("bureau_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("hashes", JSONB, nullable=False),
        sa.Column("hashes_sha256", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("minutes", JSONB, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("(state = 'opened') = (opened_at IS NOT NULL)", name=op.f("ck_openings_opened")),
        sa.CheckConstraint("state IN ('waiting', 'opened', 'nothing_to_open')", name=op.f("ck_openings_state")),
        sa.ForeignKeyConstraint(
            ["bureau_id", "id"], ["tenders.bureau_id", "tenders.id"], name=op.f("fk_openings_bureau_id_id")
        ),
        sa.ForeignKeyConstraint(["bureau_id"], ["bureaus.id"], name=op.f("fk_openings_bureau_id")),
        sa.PrimaryKeyConstraint("bureau_id", "id", name=op.f("pk_openings")),
    )
    op.create_table(
        "opening_presences",
        sa.Column("bureau_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tender_id", sa.Uuid(), nullable=False),
        sa.Column("seat", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.CheckConstraint("seat IN ('procurement', 'supervision', 'escrow')", name=op.f("ck_opening_presences_seat")),
        sa.ForeignKeyConstraint(
            ["bureau_id", "tender_id"],
            ["tenders.bureau_id", "tenders.id"],
            name=op.f("fk_opening_presences_bureau_id_tender_id"),
        ),
        sa.ForeignKeyConstraint(["bureau_id"], ["bureaus.id"], name=op.f("fk_opening_presences_bureau_id")),
        sa.PrimaryKeyConstraint("bureau_id", "id", name=op.f("pk_opening_presences")),
        sa.UniqueConstraint(
            "bureau_id", "tender_id", "seat", name=op.f("uq_opening_presences_bureau_id_tender_id_seat")
        ),
    )
    op.create_table(
        "opening_shares",
        sa.Column("bureau_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tender_id", sa.Uuid(), nullable=False),
        sa.Column("submission_id", sa.Uuid(), nullable=False),
        sa.Column("seat", sa.Text(), nullable=False),
        sa.Column("share", sa.Text(), nullable=False),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("seat IN ('procurement', 'supervision', 'escrow')", name=op.f("ck_opening_shares_seat")),
        sa.CheckConstraint("problem IN ('', 'broken', 'mismatch')", name=op.f("ck_opening_shares_problem")),
        sa.ForeignKeyConstraint(
            ["bureau_id", "submission_id"],
            ["bid_submissions.bureau_id", "bid_submissions.id"],
            name=op.f("fk_opening_shares_bureau_id_submission_id"),
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "tender_id"],
            ["tenders.bureau_id", "tenders.id"],
            name=op.f("fk_opening_shares_bureau_id_tender_id"),
        ),
        sa.ForeignKeyConstraint(["bureau_id"], ["bureaus.id"], name=op.f("fk_opening_shares_bureau_id")),
        sa.PrimaryKeyConstraint("bureau_id", "id", name=op.f("pk_opening_shares")),
        sa.UniqueConstraint(
            "bureau_id", "submission_id", "seat", name=op.f("uq_opening_shares_bureau_id_submission_id_seat")
        ),
    )
    op.create_table(
        "opened_bids",
        sa.Column("bureau_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tender_id", sa.Uuid(), nullable=False),
        sa.Column("lot_id", sa.Uuid(), nullable=False),
        sa.Column("supplier_id", sa.Uuid(), nullable=False),
        sa.Column("submission_id", sa.Uuid(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("plaintext_sha256", sa.Text(), nullable=False),
        sa.Column("identity", sa.Text(), nullable=False),
        sa.Column("package", JSONB, nullable=False),
        sa.Column("price_form", sa.Text(), nullable=False),
        sa.Column("total_fen", sa.BigInteger(), nullable=True),
        sa.Column("total_words", sa.Text(), nullable=False),
        sa.Column("discount", sa.Numeric(precision=7, scale=4), nullable=True),
        sa.CheckConstraint(
            "(price_form = 'discount') = (discount IS NOT NULL)", name=op.f("ck_opened_bids_discount_form")
        ),
        sa.CheckConstraint("(price_form = 'fixed') = (total_fen IS NOT NULL)", name=op.f("ck_opened_bids_total")),
        sa.CheckConstraint("plaintext_sha256 ~ '^[0-9a-f]{64}$'", name=op.f("ck_opened_bids_hash")),
        sa.CheckConstraint("price_form IN ('fixed', 'discount')", name=op.f("ck_opened_bids_price_form")),
        sa.CheckConstraint("discount >= 0 AND discount < 100", name=op.f("ck_opened_bids_discount")),
        sa.ForeignKeyConstraint(
            ["bureau_id", "supplier_id", "id"],
            ["bids.bureau_id", "bids.supplier_id", "bids.id"],
            name=op.f("fk_opened_bids_bureau_id_supplier_id_id"),
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "supplier_id", "submission_id"],
            ["bid_submissions.bureau_id", "bid_submissions.supplier_id", "bid_submissions.id"],
            name=op.f("fk_opened_bids_bureau_id_supplier_id_submission_id"),
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "tender_id", "lot_id"],
            ["tender_lots.bureau_id", "tender_lots.tender_id", "tender_lots.id"],
            name=op.f("fk_opened_bids_bureau_id_tender_id_lot_id"),
        ),
        sa.ForeignKeyConstraint(["bureau_id"], ["bureaus.id"], name=op.f("fk_opened_bids_bureau_id")),
        sa.PrimaryKeyConstraint("bureau_id", "id", name=op.f("pk_opened_bids")),
    )
    op.create_index("ix_opened_bids_lot", "opened_bids", ["bureau_id", "lot_id"], unique=False)
    op.create_table(
        "opened_bid_items",
        sa.Column("bureau_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("bid_id", sa.Uuid(), nullable=False),
        sa.Column("supplier_id", sa.Uuid(), nullable=False),
        sa.Column("tender_item_id", sa.Uuid(), nullable=False),
        sa.Column("unit_price_fen", sa.BigInteger(), nullable=False),
        sa.Column("quantity", sa.Numeric(precision=14, scale=3), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("brand", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.CheckConstraint("unit_price_fen >= 0 AND amount_fen >= 0", name=op.f("ck_opened_bid_items_price")),
        sa.ForeignKeyConstraint(
            ["bureau_id", "bid_id"],
            ["opened_bids.bureau_id", "opened_bids.id"],
            name=op.f("fk_opened_bid_items_bureau_id_bid_id"),
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "tender_item_id"],
            ["tender_items.bureau_id", "tender_items.id"],
            name=op.f("fk_opened_bid_items_bureau_id_tender_item_id"),
        ),
        sa.ForeignKeyConstraint(["bureau_id"], ["bureaus.id"], name=op.f("fk_opened_bid_items_bureau_id")),
        sa.PrimaryKeyConstraint("bureau_id", "id", name=op.f("pk_opened_bid_items")),
        sa.UniqueConstraint(
            "bureau_id", "bid_id", "tender_item_id", name=op.f("uq_opened_bid_items_bureau_id_bid_id_tender_item_id")
        ),
    )
    op.create_table(
        "opened_bid_files",
        sa.Column("bureau_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("bid_id", sa.Uuid(), nullable=False),
        sa.Column("supplier_id", sa.Uuid(), nullable=False),
        sa.Column("file_key", sa.Text(), nullable=False),
        sa.Column("attachment_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("metadata_found", JSONB, nullable=False),
        sa.ForeignKeyConstraint(
            ["bureau_id", "attachment_id"],
            ["attachments.bureau_id", "attachments.id"],
            name=op.f("fk_opened_bid_files_bureau_id_attachment_id"),
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "bid_id"],
            ["opened_bids.bureau_id", "opened_bids.id"],
            name=op.f("fk_opened_bid_files_bureau_id_bid_id"),
        ),
        sa.ForeignKeyConstraint(["bureau_id"], ["bureaus.id"], name=op.f("fk_opened_bid_files_bureau_id")),
        sa.PrimaryKeyConstraint("bureau_id", "id", name=op.f("pk_opened_bid_files")),
        sa.UniqueConstraint(
            "bureau_id", "bid_id", "file_key", name=op.f("uq_opened_bid_files_bureau_id_bid_id_file_key")
        ),
    )
    tenancy.protect_bureau_table("officer_keys", zone=None, school=None)
    tenancy.protect_bureau_table("opening_officers", bureau="rwd", zone=None, school=None)
    tenancy.show_to("opening_officers", "houqin_supplier", f"bureau_id = {tenancy.BUREAU} AND is_public")
    # Until the deadline a bid exists for its bidder alone: not even its number is told (Order 87, Art. 28 and 33).
    tenancy.protect_supplier_table("bids", bureau=None, supplier="rw")
    tenancy.protect_supplier_table("bid_submissions", bureau=None, supplier="rw")
    tenancy.protect_supplier_table("bid_traces", bureau=None, supplier="a")
    for table in ("bids", "bid_submissions", "bid_traces"):
        tenancy.show_to(table, "houqin_bureau", f"bureau_id = {tenancy.BUREAU} AND is_disclosed")
        tenancy.disclosed_by_clock(table)
    op.execute("GRANT UPDATE ON bids TO houqin_bureau")
    op.execute(
        "CREATE POLICY bids_bureau_judge ON bids FOR UPDATE TO houqin_bureau"
        f" USING (bureau_id = {tenancy.BUREAU} AND is_disclosed) WITH CHECK (bureau_id = {tenancy.BUREAU} AND is_disclosed)"
    )
    op.execute("GRANT UPDATE (state) ON bids TO houqin_operator")
    tenancy.protect_bureau_table("openings", zone="r", school=None)
    tenancy.show_to("openings", "houqin_supplier", f"bureau_id = {tenancy.BUREAU}")
    tenancy.show_to("openings", "houqin_identity", "true")
    for table in ("opening_presences", "opening_shares"):
        tenancy.protect_bureau_table(table, bureau="ra", zone=None, school=None)
    for table in ("opened_bids", "opened_bid_items", "opened_bid_files"):
        tenancy.protect_supplier_table(table, bureau="ra", supplier="r")
