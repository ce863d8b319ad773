"""Review, committee, scores, ranking, report.

Revision: 0024, after 0023
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from migrations import tenancy

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

# Set by the use case for the moment it reads somebody's own rows, and taken back at once.
PERSON = "nullif(current_setting('app.person_id', true), '')::uuid"
MEMBER = "nullif(current_setting('app.member_id', true), '')::uuid"
OWN = f"bureau_id = {tenancy.BUREAU}"


def upgrade() -> None:
    op.create_table(
        "experts",
        sa.Column("bureau_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("employer", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("state_reason", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("state IN ('active', 'paused', 'removed')", name=op.f("ck_experts_state")),
        sa.ForeignKeyConstraint(
            ["bureau_id", "id"], ["people.bureau_id", "people.id"], name=op.f("fk_experts_bureau_id_id")
        ),
        sa.ForeignKeyConstraint(["bureau_id"], ["bureaus.id"], name=op.f("fk_experts_bureau_id")),
        sa.PrimaryKeyConstraint("bureau_id", "id", name=op.f("pk_experts")),
    )
    op.create_index("ix_experts_state", "experts", ["bureau_id", "state", "id"], unique=False)
    op.create_table(
        "expert_specialties",
        sa.Column("bureau_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("expert_id", sa.Uuid(), nullable=False),
        sa.Column("category_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["bureau_id", "category_id"],
            ["catalogue_categories.bureau_id", "catalogue_categories.id"],
            name=op.f("fk_expert_specialties_bureau_id_category_id"),
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "expert_id"],
            ["experts.bureau_id", "experts.id"],
            name=op.f("fk_expert_specialties_bureau_id_expert_id"),
        ),
        sa.ForeignKeyConstraint(["bureau_id"], ["bureaus.id"], name=op.f("fk_expert_specialties_bureau_id")),
        sa.PrimaryKeyConstraint("bureau_id", "id", name=op.f("pk_expert_specialties")),
        sa.UniqueConstraint(
            "bureau_id", "expert_id", "category_id", name=op.f("uq_expert_specialties_bureau_id_expert_id_category_id")
        ),
    )
    op.create_table(
        "expert_interests",
        sa.Column("bureau_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("expert_id", sa.Uuid(), nullable=False),
        sa.Column("supplier_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('employed', 'shareholder', 'relative', 'adviser', 'other')", name=op.f("ck_expert_interests_kind")
        ),
        sa.CheckConstraint("valid_until IS NULL OR valid_from <= valid_until", name=op.f("ck_expert_interests_span")),
        sa.ForeignKeyConstraint(
            ["bureau_id", "expert_id"],
            ["experts.bureau_id", "experts.id"],
            name=op.f("fk_expert_interests_bureau_id_expert_id"),
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "supplier_id"],
            ["bureau_suppliers.bureau_id", "bureau_suppliers.id"],
            name=op.f("fk_expert_interests_bureau_id_supplier_id"),
        ),
        sa.ForeignKeyConstraint(["bureau_id"], ["bureaus.id"], name=op.f("fk_expert_interests_bureau_id")),
        sa.PrimaryKeyConstraint("bureau_id", "id", name=op.f("pk_expert_interests")),
    )
    op.create_index("ix_expert_interests_expert", "expert_interests", ["bureau_id", "expert_id"], unique=False)
    op.create_index("ix_expert_interests_supplier", "expert_interests", ["bureau_id", "supplier_id"], unique=False)
    op.create_table(
        "evaluation_committees",
        sa.Column("bureau_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tender_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("purchaser_seats", sa.Integer(), nullable=False),
        sa.Column("commitment", sa.Text(), nullable=False),
        sa.Column("wants_public_value", sa.Text(), nullable=False),
        sa.Column("public_value", sa.Text(), nullable=False),
        sa.Column("result_digest", sa.Text(), nullable=True),
        sa.Column("drawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("drawn_by", sa.Uuid(), nullable=True),
        sa.Column("scoring_from", sa.DateTime(timezone=True), nullable=True),
        sa.Column("locked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("is_disclosed", sa.Boolean(), nullable=False),
        sa.Column("end_reason", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("commitment ~ '^[0-9a-f]{64}$'", name=op.f("ck_evaluation_committees_commitment")),
        sa.CheckConstraint("state <> 'committed' OR drawn_at IS NULL", name=op.f("ck_evaluation_committees_drawn")),
        sa.CheckConstraint(
            "state IN ('committed', 'formed', 'declared', 'scoring', 'consensus', 'signed', 'dissolved')",
            name=op.f("ck_evaluation_committees_state"),
        ),
        sa.CheckConstraint(
            "size > 0 AND purchaser_seats >= 0 AND purchaser_seats < size", name=op.f("ck_evaluation_committees_size")
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "tender_id"],
            ["tenders.bureau_id", "tenders.id"],
            name=op.f("fk_evaluation_committees_bureau_id_tender_id"),
        ),
        sa.ForeignKeyConstraint(["bureau_id"], ["bureaus.id"], name=op.f("fk_evaluation_committees_bureau_id")),
        sa.PrimaryKeyConstraint("bureau_id", "id", name=op.f("pk_evaluation_committees")),
        sa.UniqueConstraint(
            "bureau_id", "tender_id", "id", name=op.f("uq_evaluation_committees_bureau_id_tender_id_id")
        ),
    )
    op.create_index(
        "uq_evaluation_committees_live",
        "evaluation_committees",
        ["bureau_id", "tender_id"],
        unique=True,
        postgresql_where=sa.text("state <> 'dissolved'"),
    )
    op.create_table(
        "committee_draws",
        sa.Column("bureau_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("rules", JSONB, nullable=False),
        sa.Column("pools", JSONB, nullable=False),
        sa.Column("seed", sa.Text(), nullable=True),
        sa.Column("result", JSONB, nullable=True),
        sa.Column("is_disclosed", sa.Boolean(), nullable=False),
        sa.CheckConstraint("(seed IS NULL) = (result IS NULL)", name=op.f("ck_committee_draws_drawn")),
        sa.ForeignKeyConstraint(
            ["bureau_id", "id"],
            ["evaluation_committees.bureau_id", "evaluation_committees.id"],
            name=op.f("fk_committee_draws_bureau_id_id"),
        ),
        sa.ForeignKeyConstraint(["bureau_id"], ["bureaus.id"], name=op.f("fk_committee_draws_bureau_id")),
        sa.PrimaryKeyConstraint("bureau_id", "id", name=op.f("pk_committee_draws")),
    )
    op.create_table(
        "committee_seeds",
        sa.Column("bureau_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("seed", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("length(seed) = 32", name=op.f("ck_committee_seeds_length")),
        sa.ForeignKeyConstraint(
            ["bureau_id", "id"],
            ["evaluation_committees.bureau_id", "evaluation_committees.id"],
            name=op.f("fk_committee_seeds_bureau_id_id"),
        ),
        sa.ForeignKeyConstraint(["bureau_id"], ["bureaus.id"], name=op.f("fk_committee_seeds_bureau_id")),
        sa.PrimaryKeyConstraint("bureau_id", "id", name=op.f("pk_committee_seeds")),
    )
    op.create_table(
        "committee_members",
        sa.Column("bureau_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("committee_id", sa.Uuid(), nullable=False),
        sa.Column("tender_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("seat", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("is_head", sa.Boolean(), nullable=False),
        sa.Column("head_choice", sa.Integer(), nullable=True),
        sa.Column("invited_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("declared_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("declaration", sa.Text(), nullable=False),
        sa.Column("replaces_id", sa.Uuid(), nullable=True),
        sa.Column("is_disclosed", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("(seat = 'expert') = (place IS NOT NULL)", name=op.f("ck_committee_members_place")),
        sa.CheckConstraint("NOT is_head OR seat = 'expert'", name=op.f("ck_committee_members_head")),
        sa.CheckConstraint("seat IN ('expert', 'purchaser')", name=op.f("ck_committee_members_seat")),
        sa.CheckConstraint("state IN ('invited', 'declared', 'recused')", name=op.f("ck_committee_members_state")),
        sa.ForeignKeyConstraint(
            ["bureau_id", "person_id"],
            ["people.bureau_id", "people.id"],
            name=op.f("fk_committee_members_bureau_id_person_id"),
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "tender_id", "committee_id"],
            ["evaluation_committees.bureau_id", "evaluation_committees.tender_id", "evaluation_committees.id"],
            name=op.f("fk_committee_members_bureau_id_tender_id_committee_id"),
        ),
        sa.ForeignKeyConstraint(["bureau_id"], ["bureaus.id"], name=op.f("fk_committee_members_bureau_id")),
        sa.PrimaryKeyConstraint("bureau_id", "id", name=op.f("pk_committee_members")),
        sa.UniqueConstraint(
            "bureau_id", "committee_id", "person_id", name=op.f("uq_committee_members_bureau_id_committee_id_person_id")
        ),
        sa.UniqueConstraint("bureau_id", "tender_id", "id", name=op.f("uq_committee_members_bureau_id_tender_id_id")),
    )
    op.create_index(
        "ix_committee_members_person", "committee_members", ["bureau_id", "person_id", "tender_id"], unique=False
    )
    op.create_index(
        "uq_committee_members_head",
        "committee_members",
        ["bureau_id", "committee_id"],
        unique=True,
        postgresql_where=sa.text("is_head"),
    )
    op.create_index(
        "uq_committee_members_number",
        "committee_members",
        ["bureau_id", "committee_id", "number"],
        unique=True,
        postgresql_where=sa.text("state <> 'recused'"),
    )
    op.create_table(
        "evaluation_events",
        sa.Column("bureau_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tender_id", sa.Uuid(), nullable=False),
        sa.Column("lot_id", sa.Uuid(), nullable=True),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("from_state", sa.Text(), nullable=False),
        sa.Column("to_state", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.Column("by_name", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["bureau_id", "tender_id"],
            ["tenders.bureau_id", "tenders.id"],
            name=op.f("fk_evaluation_events_bureau_id_tender_id"),
        ),
        sa.ForeignKeyConstraint(["bureau_id"], ["bureaus.id"], name=op.f("fk_evaluation_events_bureau_id")),
        sa.PrimaryKeyConstraint("bureau_id", "id", name=op.f("pk_evaluation_events")),
    )
    op.create_index("ix_evaluation_events_tender", "evaluation_events", ["bureau_id", "tender_id", "id"], unique=False)
    op.create_table(
        "evaluations",
        sa.Column("bureau_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tender_id", sa.Uuid(), nullable=False),
        sa.Column("lot_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("prices_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("computed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state IN ('reviewing', 'scoring', 'consensus', 'signed', 'refused')", name=op.f("ck_evaluations_state")
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "tender_id", "lot_id"],
            ["tender_lots.bureau_id", "tender_lots.tender_id", "tender_lots.id"],
            name=op.f("fk_evaluations_bureau_id_tender_id_lot_id"),
        ),
        sa.ForeignKeyConstraint(["bureau_id"], ["bureaus.id"], name=op.f("fk_evaluations_bureau_id")),
        sa.PrimaryKeyConstraint("bureau_id", "id", name=op.f("pk_evaluations")),
        sa.UniqueConstraint("bureau_id", "lot_id", name=op.f("uq_evaluations_bureau_id_lot_id")),
    )
    op.create_table(
        "qualification_reviews",
        sa.Column("bureau_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tender_id", sa.Uuid(), nullable=False),
        sa.Column("lot_id", sa.Uuid(), nullable=False),
        sa.Column("bid_id", sa.Uuid(), nullable=False),
        sa.Column("criterion_id", sa.Uuid(), nullable=False),
        sa.Column("passed", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("article", sa.Text(), nullable=False),
        sa.Column("reviewed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reviewed_by", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("passed OR reason <> ''", name=op.f("ck_qualification_reviews_reason")),
        sa.ForeignKeyConstraint(
            ["bureau_id", "criterion_id"],
            ["tender_criteria.bureau_id", "tender_criteria.id"],
            name=op.f("fk_qualification_reviews_bureau_id_criterion_id"),
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "lot_id", "bid_id"],
            ["bids.bureau_id", "bids.lot_id", "bids.id"],
            name=op.f("fk_qualification_reviews_bureau_id_lot_id_bid_id"),
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "tender_id", "lot_id"],
            ["tender_lots.bureau_id", "tender_lots.tender_id", "tender_lots.id"],
            name=op.f("fk_qualification_reviews_bureau_id_tender_id_lot_id"),
        ),
        sa.ForeignKeyConstraint(["bureau_id"], ["bureaus.id"], name=op.f("fk_qualification_reviews_bureau_id")),
        sa.PrimaryKeyConstraint("bureau_id", "id", name=op.f("pk_qualification_reviews")),
        sa.UniqueConstraint(
            "bureau_id", "bid_id", "criterion_id", name=op.f("uq_qualification_reviews_bureau_id_bid_id_criterion_id")
        ),
    )
    op.create_index(
        "ix_qualification_reviews_tender", "qualification_reviews", ["bureau_id", "tender_id"], unique=False
    )
    op.create_table(
        "conformity_votes",
        sa.Column("bureau_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tender_id", sa.Uuid(), nullable=False),
        sa.Column("lot_id", sa.Uuid(), nullable=False),
        sa.Column("bid_id", sa.Uuid(), nullable=False),
        sa.Column("criterion_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("passed", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("passed OR reason <> ''", name=op.f("ck_conformity_votes_reason")),
        sa.ForeignKeyConstraint(
            ["bureau_id", "criterion_id"],
            ["tender_criteria.bureau_id", "tender_criteria.id"],
            name=op.f("fk_conformity_votes_bureau_id_criterion_id"),
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "lot_id", "bid_id"],
            ["bids.bureau_id", "bids.lot_id", "bids.id"],
            name=op.f("fk_conformity_votes_bureau_id_lot_id_bid_id"),
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "tender_id", "member_id"],
            ["committee_members.bureau_id", "committee_members.tender_id", "committee_members.id"],
            name=op.f("fk_conformity_votes_bureau_id_tender_id_member_id"),
        ),
        sa.ForeignKeyConstraint(["bureau_id"], ["bureaus.id"], name=op.f("fk_conformity_votes_bureau_id")),
        sa.PrimaryKeyConstraint("bureau_id", "id", name=op.f("pk_conformity_votes")),
        sa.UniqueConstraint(
            "bureau_id",
            "bid_id",
            "criterion_id",
            "member_id",
            name=op.f("uq_conformity_votes_bureau_id_bid_id_criterion_id_member_id"),
        ),
    )
    op.create_index("ix_conformity_votes_tender", "conformity_votes", ["bureau_id", "tender_id"], unique=False)
    op.create_table(
        "conformity_reviews",
        sa.Column("bureau_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tender_id", sa.Uuid(), nullable=False),
        sa.Column("lot_id", sa.Uuid(), nullable=False),
        sa.Column("bid_id", sa.Uuid(), nullable=False),
        sa.Column("criterion_id", sa.Uuid(), nullable=False),
        sa.Column("passed", sa.Boolean(), nullable=False),
        sa.Column("votes_for", sa.Integer(), nullable=False),
        sa.Column("votes_against", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["bureau_id", "criterion_id"],
            ["tender_criteria.bureau_id", "tender_criteria.id"],
            name=op.f("fk_conformity_reviews_bureau_id_criterion_id"),
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "lot_id", "bid_id"],
            ["bids.bureau_id", "bids.lot_id", "bids.id"],
            name=op.f("fk_conformity_reviews_bureau_id_lot_id_bid_id"),
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "tender_id"],
            ["tenders.bureau_id", "tenders.id"],
            name=op.f("fk_conformity_reviews_bureau_id_tender_id"),
        ),
        sa.ForeignKeyConstraint(["bureau_id"], ["bureaus.id"], name=op.f("fk_conformity_reviews_bureau_id")),
        sa.PrimaryKeyConstraint("bureau_id", "id", name=op.f("pk_conformity_reviews")),
        sa.UniqueConstraint(
            "bureau_id", "bid_id", "criterion_id", name=op.f("uq_conformity_reviews_bureau_id_bid_id_criterion_id")
        ),
    )
    op.create_table(
        "price_corrections",
        sa.Column("bureau_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tender_id", sa.Uuid(), nullable=False),
        sa.Column("lot_id", sa.Uuid(), nullable=False),
        sa.Column("bid_id", sa.Uuid(), nullable=False),
        sa.Column("supplier_id", sa.Uuid(), nullable=False),
        sa.Column("read_fen", sa.BigInteger(), nullable=False),
        sa.Column("corrected_fen", sa.BigInteger(), nullable=False),
        sa.Column("steps", JSONB, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deadline", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by", sa.Uuid(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state IN ('confirmed', 'refused')) = (answered_at IS NOT NULL)",
            name=op.f("ck_price_corrections_answered"),
        ),
        sa.CheckConstraint(
            "state IN ('asked', 'confirmed', 'refused', 'lapsed')", name=op.f("ck_price_corrections_state")
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "lot_id", "bid_id"],
            ["bids.bureau_id", "bids.lot_id", "bids.id"],
            name=op.f("fk_price_corrections_bureau_id_lot_id_bid_id"),
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "supplier_id", "bid_id"],
            ["bids.bureau_id", "bids.supplier_id", "bids.id"],
            name=op.f("fk_price_corrections_bureau_id_supplier_id_bid_id"),
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "tender_id", "lot_id"],
            ["tender_lots.bureau_id", "tender_lots.tender_id", "tender_lots.id"],
            name=op.f("fk_price_corrections_bureau_id_tender_id_lot_id"),
        ),
        sa.ForeignKeyConstraint(["bureau_id"], ["bureaus.id"], name=op.f("fk_price_corrections_bureau_id")),
        sa.PrimaryKeyConstraint("bureau_id", "id", name=op.f("pk_price_corrections")),
        sa.UniqueConstraint("bureau_id", "bid_id", name=op.f("uq_price_corrections_bureau_id_bid_id")),
    )
    op.create_index(
        "ix_price_corrections_supplier", "price_corrections", ["bureau_id", "supplier_id", "state"], unique=False
    )
    op.create_index("ix_price_corrections_tender", "price_corrections", ["bureau_id", "tender_id"], unique=False)
    op.create_table(
        "abnormal_reviews",
        sa.Column("bureau_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tender_id", sa.Uuid(), nullable=False),
        sa.Column("lot_id", sa.Uuid(), nullable=False),
        sa.Column("bid_id", sa.Uuid(), nullable=False),
        sa.Column("supplier_id", sa.Uuid(), nullable=False),
        sa.Column("reasons", JSONB, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deadline", sa.DateTime(timezone=True), nullable=False),
        sa.Column("explanation", sa.Text(), nullable=False),
        sa.Column("explained_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("explained_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decision_reason", sa.Text(), nullable=False),
        sa.Column("votes_for", sa.Integer(), nullable=False),
        sa.Column("votes_against", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state IN ('accepted', 'rejected')) = (decided_at IS NOT NULL)", name=op.f("ck_abnormal_reviews_decided")
        ),
        sa.CheckConstraint(
            "state IN ('asked', 'explained', 'silent', 'accepted', 'rejected')", name=op.f("ck_abnormal_reviews_state")
        ),
        sa.CheckConstraint("asked_at < deadline", name=op.f("ck_abnormal_reviews_deadline")),
        sa.ForeignKeyConstraint(
            ["bureau_id", "lot_id", "bid_id"],
            ["bids.bureau_id", "bids.lot_id", "bids.id"],
            name=op.f("fk_abnormal_reviews_bureau_id_lot_id_bid_id"),
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "supplier_id", "bid_id"],
            ["bids.bureau_id", "bids.supplier_id", "bids.id"],
            name=op.f("fk_abnormal_reviews_bureau_id_supplier_id_bid_id"),
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "tender_id", "lot_id"],
            ["tender_lots.bureau_id", "tender_lots.tender_id", "tender_lots.id"],
            name=op.f("fk_abnormal_reviews_bureau_id_tender_id_lot_id"),
        ),
        sa.ForeignKeyConstraint(["bureau_id"], ["bureaus.id"], name=op.f("fk_abnormal_reviews_bureau_id")),
        sa.PrimaryKeyConstraint("bureau_id", "id", name=op.f("pk_abnormal_reviews")),
        sa.UniqueConstraint("bureau_id", "bid_id", name=op.f("uq_abnormal_reviews_bureau_id_bid_id")),
        sa.UniqueConstraint(
            "bureau_id", "supplier_id", "id", name=op.f("uq_abnormal_reviews_bureau_id_supplier_id_id")
        ),
        sa.UniqueConstraint("bureau_id", "tender_id", "id", name=op.f("uq_abnormal_reviews_bureau_id_tender_id_id")),
    )
    op.create_index(
        "ix_abnormal_reviews_supplier", "abnormal_reviews", ["bureau_id", "supplier_id", "state"], unique=False
    )
    op.create_table(
        "abnormal_review_files",
        sa.Column("bureau_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("review_id", sa.Uuid(), nullable=False),
        sa.Column("supplier_id", sa.Uuid(), nullable=False),
        sa.Column("attachment_id", sa.Uuid(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("added_by", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["bureau_id", "supplier_id", "attachment_id"],
            ["attachments.bureau_id", "attachments.supplier_id", "attachments.id"],
            name=op.f("fk_abnormal_review_files_bureau_id_supplier_id_attachment_id"),
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "supplier_id", "review_id"],
            ["abnormal_reviews.bureau_id", "abnormal_reviews.supplier_id", "abnormal_reviews.id"],
            name=op.f("fk_abnormal_review_files_bureau_id_supplier_id_review_id"),
        ),
        sa.ForeignKeyConstraint(["bureau_id"], ["bureaus.id"], name=op.f("fk_abnormal_review_files_bureau_id")),
        sa.PrimaryKeyConstraint("bureau_id", "id", name=op.f("pk_abnormal_review_files")),
        sa.UniqueConstraint(
            "bureau_id",
            "review_id",
            "attachment_id",
            name=op.f("uq_abnormal_review_files_bureau_id_review_id_attachment_id"),
        ),
    )
    op.create_table(
        "abnormal_votes",
        sa.Column("bureau_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tender_id", sa.Uuid(), nullable=False),
        sa.Column("review_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("accepts", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_abnormal_votes_reason")),
        sa.ForeignKeyConstraint(
            ["bureau_id", "tender_id", "member_id"],
            ["committee_members.bureau_id", "committee_members.tender_id", "committee_members.id"],
            name=op.f("fk_abnormal_votes_bureau_id_tender_id_member_id"),
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "tender_id", "review_id"],
            ["abnormal_reviews.bureau_id", "abnormal_reviews.tender_id", "abnormal_reviews.id"],
            name=op.f("fk_abnormal_votes_bureau_id_tender_id_review_id"),
        ),
        sa.ForeignKeyConstraint(["bureau_id"], ["bureaus.id"], name=op.f("fk_abnormal_votes_bureau_id")),
        sa.PrimaryKeyConstraint("bureau_id", "id", name=op.f("pk_abnormal_votes")),
        sa.UniqueConstraint(
            "bureau_id", "review_id", "member_id", name=op.f("uq_abnormal_votes_bureau_id_review_id_member_id")
        ),
    )
    op.create_table(
        "score_sheets",
        sa.Column("bureau_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tender_id", sa.Uuid(), nullable=False),
        sa.Column("lot_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("locked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("content_sha256", sa.Text(), nullable=True),
        sa.Column("is_disclosed", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("(state = 'locked') = (locked_at IS NOT NULL)", name=op.f("ck_score_sheets_locked")),
        sa.CheckConstraint("NOT is_disclosed OR state = 'locked'", name=op.f("ck_score_sheets_disclosed")),
        sa.CheckConstraint("state IN ('open', 'locked')", name=op.f("ck_score_sheets_state")),
        sa.CheckConstraint("(locked_at IS NULL) = (content_sha256 IS NULL)", name=op.f("ck_score_sheets_content")),
        sa.ForeignKeyConstraint(
            ["bureau_id", "tender_id", "lot_id"],
            ["tender_lots.bureau_id", "tender_lots.tender_id", "tender_lots.id"],
            name=op.f("fk_score_sheets_bureau_id_tender_id_lot_id"),
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "tender_id", "member_id"],
            ["committee_members.bureau_id", "committee_members.tender_id", "committee_members.id"],
            name=op.f("fk_score_sheets_bureau_id_tender_id_member_id"),
        ),
        sa.ForeignKeyConstraint(["bureau_id"], ["bureaus.id"], name=op.f("fk_score_sheets_bureau_id")),
        sa.PrimaryKeyConstraint("bureau_id", "id", name=op.f("pk_score_sheets")),
        sa.UniqueConstraint(
            "bureau_id", "lot_id", "member_id", "id", name=op.f("uq_score_sheets_bureau_id_lot_id_member_id_id")
        ),
        sa.UniqueConstraint(
            "bureau_id", "lot_id", "member_id", name=op.f("uq_score_sheets_bureau_id_lot_id_member_id")
        ),
    )
    op.create_index("ix_score_sheets_tender", "score_sheets", ["bureau_id", "tender_id"], unique=False)
    op.create_table(
        "bid_scores",
        sa.Column("bureau_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sheet_id", sa.Uuid(), nullable=False),
        sa.Column("lot_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("bid_id", sa.Uuid(), nullable=False),
        sa.Column("criterion_id", sa.Uuid(), nullable=False),
        sa.Column("points", sa.Numeric(precision=8, scale=4), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("is_locked", sa.Boolean(), nullable=False),
        sa.Column("is_disclosed", sa.Boolean(), nullable=False),
        sa.CheckConstraint("NOT is_disclosed OR is_locked", name=op.f("ck_bid_scores_disclosed")),
        sa.CheckConstraint("points >= 0", name=op.f("ck_bid_scores_points")),
        sa.ForeignKeyConstraint(
            ["bureau_id", "criterion_id"],
            ["tender_criteria.bureau_id", "tender_criteria.id"],
            name=op.f("fk_bid_scores_bureau_id_criterion_id"),
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "lot_id", "bid_id"],
            ["bids.bureau_id", "bids.lot_id", "bids.id"],
            name=op.f("fk_bid_scores_bureau_id_lot_id_bid_id"),
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "lot_id", "member_id", "sheet_id"],
            ["score_sheets.bureau_id", "score_sheets.lot_id", "score_sheets.member_id", "score_sheets.id"],
            name=op.f("fk_bid_scores_bureau_id_lot_id_member_id_sheet_id"),
        ),
        sa.ForeignKeyConstraint(["bureau_id"], ["bureaus.id"], name=op.f("fk_bid_scores_bureau_id")),
        sa.PrimaryKeyConstraint("bureau_id", "id", name=op.f("pk_bid_scores")),
        sa.UniqueConstraint("bureau_id", "lot_id", "id", name=op.f("uq_bid_scores_bureau_id_lot_id_id")),
        sa.UniqueConstraint(
            "bureau_id",
            "sheet_id",
            "bid_id",
            "criterion_id",
            name=op.f("uq_bid_scores_bureau_id_sheet_id_bid_id_criterion_id"),
        ),
    )
    op.create_index("ix_bid_scores_lot", "bid_scores", ["bureau_id", "lot_id"], unique=False)
    op.create_table(
        "rescorings",
        sa.Column("bureau_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tender_id", sa.Uuid(), nullable=False),
        sa.Column("lot_id", sa.Uuid(), nullable=False),
        sa.Column("score_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("points_before", sa.Numeric(precision=8, scale=4), nullable=False),
        sa.Column("points_after", sa.Numeric(precision=8, scale=4), nullable=False),
        sa.Column("reason_code", sa.Text(), nullable=False),
        sa.Column("explanation", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("explanation <> ''", name=op.f("ck_rescorings_explanation")),
        sa.CheckConstraint(
            "reason_code IN ('sum_error', 'out_of_range', 'objective_differs', 'extreme')",
            name=op.f("ck_rescorings_reason_code"),
        ),
        sa.CheckConstraint("points_before <> points_after AND points_after >= 0", name=op.f("ck_rescorings_points")),
        sa.ForeignKeyConstraint(
            ["bureau_id", "lot_id", "score_id"],
            ["bid_scores.bureau_id", "bid_scores.lot_id", "bid_scores.id"],
            name=op.f("fk_rescorings_bureau_id_lot_id_score_id"),
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "tender_id", "lot_id"],
            ["tender_lots.bureau_id", "tender_lots.tender_id", "tender_lots.id"],
            name=op.f("fk_rescorings_bureau_id_tender_id_lot_id"),
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "tender_id", "member_id"],
            ["committee_members.bureau_id", "committee_members.tender_id", "committee_members.id"],
            name=op.f("fk_rescorings_bureau_id_tender_id_member_id"),
        ),
        sa.ForeignKeyConstraint(["bureau_id"], ["bureaus.id"], name=op.f("fk_rescorings_bureau_id")),
        sa.PrimaryKeyConstraint("bureau_id", "id", name=op.f("pk_rescorings")),
    )
    op.create_index("ix_rescorings_lot", "rescorings", ["bureau_id", "lot_id", "id"], unique=False)
    op.create_table(
        "bid_results",
        sa.Column("bureau_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tender_id", sa.Uuid(), nullable=False),
        sa.Column("lot_id", sa.Uuid(), nullable=False),
        sa.Column("bid_id", sa.Uuid(), nullable=False),
        sa.Column("supplier_id", sa.Uuid(), nullable=False),
        sa.Column("is_valid", sa.Boolean(), nullable=False),
        sa.Column("reason_code", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("article", sa.Text(), nullable=False),
        sa.Column("bid_price_fen", sa.BigInteger(), nullable=True),
        sa.Column("evaluated_price_fen", sa.BigInteger(), nullable=True),
        sa.Column("discount", sa.Numeric(precision=7, scale=4), nullable=True),
        sa.Column("price_points", sa.Text(), nullable=True),
        sa.Column("price_points_shown", sa.Numeric(precision=12, scale=4), nullable=True),
        sa.Column("total", sa.Text(), nullable=True),
        sa.Column("total_shown", sa.Numeric(precision=12, scale=4), nullable=True),
        sa.Column("place", sa.Integer(), nullable=True),
        sa.Column("account", JSONB, nullable=False),
        sa.Column("computed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("is_valid OR reason_code <> ''", name=op.f("ck_bid_results_reason")),
        sa.CheckConstraint("is_valid = (place IS NOT NULL)", name=op.f("ck_bid_results_place")),
        sa.CheckConstraint("is_valid = (total IS NOT NULL)", name=op.f("ck_bid_results_total")),
        sa.ForeignKeyConstraint(
            ["bureau_id", "lot_id", "bid_id"],
            ["bids.bureau_id", "bids.lot_id", "bids.id"],
            name=op.f("fk_bid_results_bureau_id_lot_id_bid_id"),
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "supplier_id", "bid_id"],
            ["bids.bureau_id", "bids.supplier_id", "bids.id"],
            name=op.f("fk_bid_results_bureau_id_supplier_id_bid_id"),
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "tender_id", "lot_id"],
            ["tender_lots.bureau_id", "tender_lots.tender_id", "tender_lots.id"],
            name=op.f("fk_bid_results_bureau_id_tender_id_lot_id"),
        ),
        sa.ForeignKeyConstraint(["bureau_id"], ["bureaus.id"], name=op.f("fk_bid_results_bureau_id")),
        sa.PrimaryKeyConstraint("bureau_id", "id", name=op.f("pk_bid_results")),
        sa.UniqueConstraint("bureau_id", "bid_id", name=op.f("uq_bid_results_bureau_id_bid_id")),
    )
    op.create_index("ix_bid_results_lot", "bid_results", ["bureau_id", "lot_id", "place"], unique=False)
    op.create_index("ix_bid_results_tender", "bid_results", ["bureau_id", "tender_id"], unique=False)
    op.create_table(
        "evaluation_reports",
        sa.Column("bureau_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tender_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("body", JSONB, nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("sign_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("(state = 'signed') = (signed_at IS NOT NULL)", name=op.f("ck_evaluation_reports_signed")),
        sa.CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name=op.f("ck_evaluation_reports_hash")),
        sa.CheckConstraint("state IN ('signing', 'signed', 'withdrawn')", name=op.f("ck_evaluation_reports_state")),
        sa.ForeignKeyConstraint(
            ["bureau_id", "tender_id"],
            ["tenders.bureau_id", "tenders.id"],
            name=op.f("fk_evaluation_reports_bureau_id_tender_id"),
        ),
        sa.ForeignKeyConstraint(["bureau_id"], ["bureaus.id"], name=op.f("fk_evaluation_reports_bureau_id")),
        sa.PrimaryKeyConstraint("bureau_id", "id", name=op.f("pk_evaluation_reports")),
        sa.UniqueConstraint("bureau_id", "number", name=op.f("uq_evaluation_reports_bureau_id_number")),
        sa.UniqueConstraint("bureau_id", "tender_id", "id", name=op.f("uq_evaluation_reports_bureau_id_tender_id_id")),
    )
    op.create_index(
        "ix_evaluation_reports_tender", "evaluation_reports", ["bureau_id", "tender_id", "id"], unique=False
    )
    op.create_table(
        "report_signatures",
        sa.Column("bureau_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tender_id", sa.Uuid(), nullable=False),
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("member_number", sa.Integer(), nullable=False),
        sa.Column("opinion", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(opinion = 'dissents') = (reason <> '')", name=op.f("ck_report_signatures_reason")),
        sa.CheckConstraint("opinion IN ('agrees', 'dissents', 'deemed')", name=op.f("ck_report_signatures_opinion")),
        sa.ForeignKeyConstraint(
            ["bureau_id", "tender_id", "member_id"],
            ["committee_members.bureau_id", "committee_members.tender_id", "committee_members.id"],
            name=op.f("fk_report_signatures_bureau_id_tender_id_member_id"),
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "tender_id", "report_id"],
            ["evaluation_reports.bureau_id", "evaluation_reports.tender_id", "evaluation_reports.id"],
            name=op.f("fk_report_signatures_bureau_id_tender_id_report_id"),
        ),
        sa.ForeignKeyConstraint(["bureau_id"], ["bureaus.id"], name=op.f("fk_report_signatures_bureau_id")),
        sa.PrimaryKeyConstraint("bureau_id", "id", name=op.f("pk_report_signatures")),
        sa.UniqueConstraint(
            "bureau_id", "report_id", "member_id", name=op.f("uq_report_signatures_bureau_id_report_id_member_id")
        ),
    )
    for table in ("experts", "expert_interests", "evaluation_committees", "evaluations", "qualification_reviews",
                  "conformity_votes", "abnormal_votes", "bid_results", "evaluation_reports"):  # fmt: skip
        tenancy.protect_bureau_table(table, zone=None, school=None)
    tenancy.protect_bureau_table("expert_specialties", bureau="rwd", zone=None, school=None)
    for table in ("evaluation_events", "conformity_reviews", "rescorings", "report_signatures"):
        tenancy.protect_bureau_table(table, bureau="ra", zone=None, school=None)
    tenancy.protect_supplier_table("abnormal_review_files", bureau="r", supplier="ra")
    tenancy.protect_supplier_table("price_corrections", supplier="r")
    tenancy.protect_supplier_table("abnormal_reviews", supplier="r")
    _answer("price_corrections", "state, answered_at, answered_by, answer, version", "state = 'asked'",
            "state <> 'asked' AND state <> 'lapsed'")  # fmt: skip
    _answer("abnormal_reviews", "state, explanation, explained_at, explained_by, version", "decided_at IS NULL",
            "state = 'explained'")  # fmt: skip
    for table in ("committee_draws", "committee_seeds", "committee_members", "score_sheets", "bid_scores"):
        tenancy.protect(table)
    # Who sits on the committee and how it was drawn: read by the bureau once the result is out.
    for table in ("committee_draws", "committee_members"):
        _policy(table, "bureau", "seen", "SELECT", using="is_disclosed")
        _operate(table, "SELECT, INSERT, UPDATE")
    _policy("committee_members", "bureau", "own", "SELECT", using=f"person_id = {PERSON}")
    op.execute(
        "GRANT UPDATE (state, head_choice, declared_at, declaration, version) ON committee_members TO houqin_bureau"
    )
    _policy("committee_members", "bureau", "word", "UPDATE", using=f"person_id = {PERSON}", check=f"person_id = {PERSON}",
            grant=False)  # fmt: skip
    _policy("committee_seeds", "bureau", "add", "INSERT", check="true")
    _operate("committee_seeds", "SELECT")
    # A member's scores: the member's own until all have locked; a locked one cannot be written by anybody.
    for table, still_open in (("score_sheets", "state = 'open'"), ("bid_scores", "NOT is_locked")):
        own = f"member_id = {MEMBER}"
        _policy(table, "bureau", "seen", "SELECT", using="is_disclosed")
        _policy(table, "bureau", "own", "SELECT", using=own)
        _policy(table, "bureau", "begin", "INSERT", check=f"{own} AND {still_open} AND NOT is_disclosed")
        _policy(
            table, "bureau", "write", "UPDATE", using=f"{own} AND {still_open}", check=f"{own} AND NOT is_disclosed"
        )
        _operate(table, "SELECT, UPDATE (is_disclosed)")
    _policy("bid_scores", "bureau", "clear", "DELETE", using=f"member_id = {MEMBER} AND NOT is_locked")


def _policy(
    table: str, role: str, name: str, command: str, *, using: str = "", check: str = "", grant: bool = True
) -> None:
    if grant:
        op.execute(f"GRANT {command} ON {table} TO houqin_{role}")
    clauses = f" USING ({OWN} AND {using})" if using else ""
    clauses += f" WITH CHECK ({OWN} AND {check})" if check else ""
    op.execute(f"CREATE POLICY {table}_{role}_{name} ON {table} FOR {command} TO houqin_{role}{clauses}")


def _operate(table: str, rights: str) -> None:
    """The one use case that draws, discloses or counts reads these rows as the machine's operator, in one bureau."""
    op.execute(f"GRANT {rights} ON {table} TO houqin_operator")
    op.execute(f"CREATE POLICY {table}_operator ON {table} FOR ALL TO houqin_operator USING ({OWN}) WITH CHECK ({OWN})")


def _answer(table: str, columns: str, before: str, after: str) -> None:
    """A supplier answers on its own row, and can neither undo an answer nor decide itself."""
    own = f"{OWN} AND supplier_id = {tenancy.SUPPLIER}"
    op.execute(f"GRANT UPDATE ({columns}) ON {table} TO houqin_supplier")
    op.execute(
        f"CREATE POLICY {table}_supplier_answer ON {table} FOR UPDATE TO houqin_supplier"
        f" USING ({own} AND {before}) WITH CHECK ({own} AND {after})"
    )
