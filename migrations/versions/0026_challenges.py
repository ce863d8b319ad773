"""Enquiries, challenges and complaints with their clocks.

Revision: 0026, after 0025
"""

import sqlalchemy as sa
from alembic import op

from migrations import tenancy

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "challenges",
        sa.Column("bureau_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tender_id", sa.Uuid(), nullable=False),
        sa.Column("lot_id", sa.Uuid(), nullable=True),
        sa.Column("supplier_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("request", sa.Text(), nullable=False),
        sa.Column("legal_basis", sa.Text(), nullable=False),
        sa.Column("known_on", sa.Date(), nullable=False),
        sa.Column("filed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("may_affect_result", sa.Boolean(), nullable=False),
        sa.Column("answer_by", sa.Date(), nullable=False),
        sa.Column("correct_by", sa.Date(), nullable=True),
        sa.Column("state_reason", sa.Text(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("is_founded", sa.Boolean(), nullable=True),
        sa.Column("remedy", sa.Text(), nullable=False),
        sa.Column("complaint_until", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("(state = 'answered') = (answered_at IS NOT NULL)", name=op.f("ck_challenges_answered")),
        sa.CheckConstraint("kind = 'enquiry' OR (facts <> '' AND request <> '')", name=op.f("ck_challenges_content")),
        sa.CheckConstraint("kind IN ('enquiry', 'challenge')", name=op.f("ck_challenges_kind")),
        sa.CheckConstraint("stage IN ('documents', 'process', 'result')", name=op.f("ck_challenges_stage")),
        sa.CheckConstraint(
            "state IN ('filed', 'returned', 'accepted', 'rejected', 'answered', 'withdrawn')",
            name=op.f("ck_challenges_state"),
        ),
        sa.CheckConstraint("(answered_at IS NULL) = (is_founded IS NULL)", name=op.f("ck_challenges_founded")),
        sa.ForeignKeyConstraint(
            ["bureau_id", "supplier_id"],
            ["bureau_suppliers.bureau_id", "bureau_suppliers.id"],
            name=op.f("fk_challenges_bureau_id_supplier_id"),
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "tender_id", "lot_id"],
            ["tender_lots.bureau_id", "tender_lots.tender_id", "tender_lots.id"],
            name=op.f("fk_challenges_bureau_id_tender_id_lot_id"),
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "tender_id"],
            ["tenders.bureau_id", "tenders.id"],
            name=op.f("fk_challenges_bureau_id_tender_id"),
        ),
        sa.ForeignKeyConstraint(["bureau_id"], ["bureaus.id"], name=op.f("fk_challenges_bureau_id")),
        sa.PrimaryKeyConstraint("bureau_id", "id", name=op.f("pk_challenges")),
        sa.UniqueConstraint("bureau_id", "number", name=op.f("uq_challenges_bureau_id_number")),
        sa.UniqueConstraint("bureau_id", "supplier_id", "id", name=op.f("uq_challenges_bureau_id_supplier_id_id")),
    )
    op.create_index(
        "ix_challenges_open",
        "challenges",
        ["bureau_id", "answer_by"],
        unique=False,
        postgresql_where=sa.text("state IN ('filed', 'accepted')"),
    )
    op.create_index("ix_challenges_supplier", "challenges", ["bureau_id", "supplier_id", "id"], unique=False)
    op.create_index("ix_challenges_tender", "challenges", ["bureau_id", "tender_id", "id"], unique=False)
    op.create_table(
        "challenge_files",
        sa.Column("bureau_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("challenge_id", sa.Uuid(), nullable=False),
        sa.Column("supplier_id", sa.Uuid(), nullable=False),
        sa.Column("attachment_id", sa.Uuid(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["bureau_id", "supplier_id", "attachment_id"],
            ["attachments.bureau_id", "attachments.supplier_id", "attachments.id"],
            name=op.f("fk_challenge_files_bureau_id_supplier_id_attachment_id"),
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "supplier_id", "challenge_id"],
            ["challenges.bureau_id", "challenges.supplier_id", "challenges.id"],
            name=op.f("fk_challenge_files_bureau_id_supplier_id_challenge_id"),
        ),
        sa.ForeignKeyConstraint(["bureau_id"], ["bureaus.id"], name=op.f("fk_challenge_files_bureau_id")),
        sa.PrimaryKeyConstraint("bureau_id", "id", name=op.f("pk_challenge_files")),
        sa.UniqueConstraint(
            "bureau_id",
            "challenge_id",
            "attachment_id",
            name=op.f("uq_challenge_files_bureau_id_challenge_id_attachment_id"),
        ),
    )
    op.create_table(
        "challenge_events",
        sa.Column("bureau_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("challenge_id", sa.Uuid(), nullable=False),
        sa.Column("supplier_id", sa.Uuid(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("from_state", sa.Text(), nullable=False),
        sa.Column("to_state", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("by_name", sa.Text(), nullable=False),
        sa.Column("by_bureau", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["bureau_id", "supplier_id", "challenge_id"],
            ["challenges.bureau_id", "challenges.supplier_id", "challenges.id"],
            name=op.f("fk_challenge_events_bureau_id_supplier_id_challenge_id"),
        ),
        sa.ForeignKeyConstraint(["bureau_id"], ["bureaus.id"], name=op.f("fk_challenge_events_bureau_id")),
        sa.PrimaryKeyConstraint("bureau_id", "id", name=op.f("pk_challenge_events")),
    )
    op.create_index(
        "ix_challenge_events_challenge", "challenge_events", ["bureau_id", "challenge_id", "id"], unique=False
    )
    op.create_table(
        "challenge_copies",
        sa.Column("bureau_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("challenge_id", sa.Uuid(), nullable=False),
        sa.Column("tender_id", sa.Uuid(), nullable=False),
        sa.Column("supplier_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("remedy", sa.Text(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["bureau_id", "challenge_id"],
            ["challenges.bureau_id", "challenges.id"],
            name=op.f("fk_challenge_copies_bureau_id_challenge_id"),
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "supplier_id"],
            ["bureau_suppliers.bureau_id", "bureau_suppliers.id"],
            name=op.f("fk_challenge_copies_bureau_id_supplier_id"),
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "tender_id"],
            ["tenders.bureau_id", "tenders.id"],
            name=op.f("fk_challenge_copies_bureau_id_tender_id"),
        ),
        sa.ForeignKeyConstraint(["bureau_id"], ["bureaus.id"], name=op.f("fk_challenge_copies_bureau_id")),
        sa.PrimaryKeyConstraint("bureau_id", "id", name=op.f("pk_challenge_copies")),
        sa.UniqueConstraint(
            "bureau_id",
            "challenge_id",
            "supplier_id",
            name=op.f("uq_challenge_copies_bureau_id_challenge_id_supplier_id"),
        ),
    )
    op.create_index(
        "ix_challenge_copies_supplier", "challenge_copies", ["bureau_id", "supplier_id", "id"], unique=False
    )
    op.create_table(
        "complaints",
        sa.Column("bureau_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("challenge_id", sa.Uuid(), nullable=False),
        sa.Column("supplier_id", sa.Uuid(), nullable=False),
        sa.Column("tender_id", sa.Uuid(), nullable=False),
        sa.Column("authority", sa.Text(), nullable=False),
        sa.Column("filed_on", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("review_by", sa.Date(), nullable=False),
        sa.Column("accepted_on", sa.Date(), nullable=True),
        sa.Column("copies_by", sa.Date(), nullable=True),
        sa.Column("copy_on", sa.Date(), nullable=True),
        sa.Column("reply_by", sa.Date(), nullable=True),
        sa.Column("replied_on", sa.Date(), nullable=True),
        sa.Column("decision_by", sa.Date(), nullable=True),
        sa.Column("suspended_until", sa.Date(), nullable=True),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("(state = 'decided') = (outcome IS NOT NULL)", name=op.f("ck_complaints_decided")),
        sa.CheckConstraint("outcome IN ('upheld', 'dismissed', 'unfounded')", name=op.f("ck_complaints_outcome")),
        sa.CheckConstraint(
            "state IN ('filed', 'accepted', 'refused', 'decided', 'withdrawn')", name=op.f("ck_complaints_state")
        ),
        sa.CheckConstraint("(outcome IS NULL) = (decided_on IS NULL)", name=op.f("ck_complaints_decided_on")),
        sa.ForeignKeyConstraint(
            ["bureau_id", "supplier_id", "challenge_id"],
            ["challenges.bureau_id", "challenges.supplier_id", "challenges.id"],
            name=op.f("fk_complaints_bureau_id_supplier_id_challenge_id"),
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "tender_id"],
            ["tenders.bureau_id", "tenders.id"],
            name=op.f("fk_complaints_bureau_id_tender_id"),
        ),
        sa.ForeignKeyConstraint(["bureau_id"], ["bureaus.id"], name=op.f("fk_complaints_bureau_id")),
        sa.PrimaryKeyConstraint("bureau_id", "id", name=op.f("pk_complaints")),
        sa.UniqueConstraint("bureau_id", "challenge_id", name=op.f("uq_complaints_bureau_id_challenge_id")),
    )
    op.create_index("ix_complaints_tender", "complaints", ["bureau_id", "tender_id", "id"], unique=False)
    tenancy.protect_supplier_table("challenges", bureau="rw", supplier="rw")
    tenancy.protect_supplier_table("challenge_files", bureau="r", supplier="ra")
    tenancy.protect_supplier_table("challenge_events", bureau="ra", supplier="ra")
    tenancy.protect_supplier_table("challenge_copies", bureau="ra", supplier="r")
    tenancy.protect_supplier_table("complaints", bureau="rw", supplier="r")
    # A supplier files, corrects and withdraws; what it is told is written by the bureau alone.
    op.execute("REVOKE UPDATE ON challenges FROM houqin_supplier")
    op.execute(
        "GRANT UPDATE (facts, request, legal_basis, filed_at, answer_by, correct_by, state, state_reason, version)"
        " ON challenges TO houqin_supplier"
    )
