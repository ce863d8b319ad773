"""Tenders, lots, items, criteria, documents, questions, notices; who took the documents.

Revision: 0022, after 0021
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from migrations import tenancy

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "tenders",
        sa.Column("bureau_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("suspended_from", sa.Text(), nullable=True),
        sa.Column("suspended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("rule_pack", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("award_method", sa.Text(), nullable=False),
        sa.Column("price_form", sa.Text(), nullable=False),
        sa.Column("budget_fen", sa.BigInteger(), nullable=False),
        sa.Column("is_large", sa.Boolean(), nullable=False),
        sa.Column("is_framework", sa.Boolean(), nullable=False),
        sa.Column("framework_from", sa.Date(), nullable=True),
        sa.Column("framework_until", sa.Date(), nullable=True),
        sa.Column("competition", sa.Text(), nullable=False),
        sa.Column("second_stage", sa.Text(), nullable=False),
        sa.Column("winners_per_lot", sa.Integer(), nullable=False),
        sa.Column("most_lots_bid", sa.Integer(), nullable=True),
        sa.Column("most_lots_won", sa.Integer(), nullable=True),
        sa.Column("small_firm_deduction", sa.Numeric(precision=5, scale=2), nullable=False),
        sa.Column("is_reserved", sa.Boolean(), nullable=False),
        sa.Column("bid_bond_fen", sa.BigInteger(), nullable=False),
        sa.Column("requirements", sa.Text(), nullable=False),
        sa.Column("documents_from", sa.DateTime(timezone=True), nullable=True),
        sa.Column("documents_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("questions_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("bid_deadline", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("is_public", sa.Boolean(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("next_check", sa.DateTime(timezone=True), nullable=True),
        sa.Column("takers_checked", sa.DateTime(timezone=True), nullable=True),
        sa.Column("round_id", sa.Uuid(), nullable=True),
        sa.Column("retender_of_id", sa.Uuid(), nullable=True),
        sa.Column("end_reason", sa.Text(), nullable=False),
        sa.Column("settings", JSONB, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("(state = 'suspended') = (suspended_from IS NOT NULL)", name=op.f("ck_tenders_suspended")),
        sa.CheckConstraint("(state = 'suspended') = (suspended_at IS NOT NULL)", name=op.f("ck_tenders_suspended_at")),
        sa.CheckConstraint("competition IN ('price', 'quality')", name=op.f("ck_tenders_competition")),
        sa.CheckConstraint("award_method IN ('comprehensive', 'lowest_price')", name=op.f("ck_tenders_award_method")),
        sa.CheckConstraint("price_form IN ('fixed', 'discount')", name=op.f("ck_tenders_price_form")),
        sa.CheckConstraint("rule_pack IN ('order_87', 'order_110', 'internal')", name=op.f("ck_tenders_rule_pack")),
        sa.CheckConstraint("second_stage IN ('direct', 'mini_competition')", name=op.f("ck_tenders_second_stage")),
        sa.CheckConstraint(
            "state IN ('draft', 'review', 'bidding', 'opening', 'qualification_review', 'evaluation', 'report', 'award_decision', 'award_notice', 'challenge_window', 'contracting', 'complete', 'suspended', 'terminated', 'failed')",
            name=op.f("ck_tenders_state"),
        ),
        sa.CheckConstraint("subject IN ('goods', 'services')", name=op.f("ck_tenders_subject")),
        sa.CheckConstraint("(published_at IS NOT NULL) = is_public", name=op.f("ck_tenders_public")),
        sa.CheckConstraint("NOT is_framework OR framework_until IS NOT NULL", name=op.f("ck_tenders_framework_term")),
        sa.CheckConstraint("budget_fen > 0", name=op.f("ck_tenders_budget")),
        sa.CheckConstraint("framework_from <= framework_until", name=op.f("ck_tenders_framework")),
        sa.CheckConstraint("most_lots_bid > 0", name=op.f("ck_tenders_most_lots_bid")),
        sa.CheckConstraint("most_lots_won > 0", name=op.f("ck_tenders_most_lots_won")),
        sa.CheckConstraint("published_at < bid_deadline", name=op.f("ck_tenders_deadline")),
        sa.CheckConstraint(
            "winners_per_lot > 0 AND (is_framework OR winners_per_lot = 1)", name=op.f("ck_tenders_winners_per_lot")
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "retender_of_id"],
            ["tenders.bureau_id", "tenders.id"],
            name=op.f("fk_tenders_bureau_id_retender_of_id"),
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "round_id"],
            ["demand_rounds.bureau_id", "demand_rounds.id"],
            name=op.f("fk_tenders_bureau_id_round_id"),
        ),
        sa.ForeignKeyConstraint(["bureau_id"], ["bureaus.id"], name=op.f("fk_tenders_bureau_id")),
        sa.PrimaryKeyConstraint("bureau_id", "id", name=op.f("pk_tenders")),
        sa.UniqueConstraint("bureau_id", "number", name=op.f("uq_tenders_bureau_id_number")),
    )
    op.create_index(
        "ix_tenders_due",
        "tenders",
        ["bureau_id", "next_check"],
        unique=False,
        postgresql_where=sa.text("next_check IS NOT NULL"),
    )
    op.create_index("ix_tenders_newest", "tenders", ["bureau_id", "state", "id"], unique=False)
    op.create_table(
        "tender_events",
        sa.Column("bureau_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tender_id", sa.Uuid(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("from_state", sa.Text(), nullable=False),
        sa.Column("to_state", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("by_name", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["bureau_id", "tender_id"],
            ["tenders.bureau_id", "tenders.id"],
            name=op.f("fk_tender_events_bureau_id_tender_id"),
        ),
        sa.ForeignKeyConstraint(["bureau_id"], ["bureaus.id"], name=op.f("fk_tender_events_bureau_id")),
        sa.PrimaryKeyConstraint("bureau_id", "id", name=op.f("pk_tender_events")),
    )
    op.create_index("ix_tender_events_tender", "tender_events", ["bureau_id", "tender_id", "id"], unique=False)
    op.create_table(
        "tender_lots",
        sa.Column("bureau_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tender_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("category_id", sa.Uuid(), nullable=True),
        sa.Column("zone_id", sa.Integer(), nullable=True),
        sa.Column("ceiling_fen", sa.BigInteger(), nullable=True),
        sa.Column("demand_lot_id", sa.Uuid(), nullable=True),
        sa.Column("fail_reason", sa.Text(), nullable=False),
        sa.Column("is_public", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("state IN ('active', 'failed', 'awarded', 'cancelled')", name=op.f("ck_tender_lots_state")),
        sa.CheckConstraint("ceiling_fen > 0", name=op.f("ck_tender_lots_ceiling")),
        sa.CheckConstraint("number > 0", name=op.f("ck_tender_lots_number")),
        sa.ForeignKeyConstraint(
            ["bureau_id", "category_id"],
            ["catalogue_categories.bureau_id", "catalogue_categories.id"],
            name=op.f("fk_tender_lots_bureau_id_category_id"),
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "demand_lot_id"],
            ["demand_lots.bureau_id", "demand_lots.id"],
            name=op.f("fk_tender_lots_bureau_id_demand_lot_id"),
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "tender_id"],
            ["tenders.bureau_id", "tenders.id"],
            name=op.f("fk_tender_lots_bureau_id_tender_id"),
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "zone_id"], ["zones.bureau_id", "zones.id"], name=op.f("fk_tender_lots_bureau_id_zone_id")
        ),
        sa.ForeignKeyConstraint(["bureau_id"], ["bureaus.id"], name=op.f("fk_tender_lots_bureau_id")),
        sa.PrimaryKeyConstraint("bureau_id", "id", name=op.f("pk_tender_lots")),
        sa.UniqueConstraint("bureau_id", "tender_id", "id", name=op.f("uq_tender_lots_bureau_id_tender_id_id")),
        sa.UniqueConstraint("bureau_id", "tender_id", "number", name=op.f("uq_tender_lots_bureau_id_tender_id_number")),
    )
    op.create_table(
        "tender_items",
        sa.Column("bureau_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tender_id", sa.Uuid(), nullable=False),
        sa.Column("lot_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("item_version_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("specification", sa.Text(), nullable=False),
        sa.Column("standard", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("quantity", sa.Numeric(precision=14, scale=3), nullable=False),
        sa.Column("ceiling_unit_price_fen", sa.BigInteger(), nullable=True),
        sa.Column("is_core", sa.Boolean(), nullable=False),
        sa.Column("is_public", sa.Boolean(), nullable=False),
        sa.CheckConstraint("ceiling_unit_price_fen > 0", name=op.f("ck_tender_items_ceiling")),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_tender_items_quantity")),
        sa.ForeignKeyConstraint(
            ["bureau_id", "item_id"],
            ["catalogue_items.bureau_id", "catalogue_items.id"],
            name=op.f("fk_tender_items_bureau_id_item_id"),
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "tender_id", "lot_id"],
            ["tender_lots.bureau_id", "tender_lots.tender_id", "tender_lots.id"],
            name=op.f("fk_tender_items_bureau_id_tender_id_lot_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["bureau_id"], ["bureaus.id"], name=op.f("fk_tender_items_bureau_id")),
        sa.PrimaryKeyConstraint("bureau_id", "id", name=op.f("pk_tender_items")),
        sa.UniqueConstraint("bureau_id", "lot_id", "item_id", name=op.f("uq_tender_items_bureau_id_lot_id_item_id")),
        sa.UniqueConstraint("bureau_id", "lot_id", "position", name=op.f("uq_tender_items_bureau_id_lot_id_position")),
    )
    op.create_table(
        "tender_criteria",
        sa.Column("bureau_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tender_id", sa.Uuid(), nullable=False),
        sa.Column("lot_id", sa.Uuid(), nullable=True),
        sa.Column("part", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("points", sa.Numeric(precision=6, scale=2), nullable=False),
        sa.Column("scale", sa.Text(), nullable=False),
        sa.Column("levels", JSONB, nullable=False),
        sa.Column("is_objective", sa.Boolean(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("is_public", sa.Boolean(), nullable=False),
        sa.CheckConstraint("(part = 'price') = (scale = 'formula')", name=op.f("ck_tender_criteria_price")),
        sa.CheckConstraint(
            "(scale = 'pass_fail') = (part IN ('qualification', 'conformity'))",
            name=op.f("ck_tender_criteria_part_scale"),
        ),
        sa.CheckConstraint("(scale = 'pass_fail') = (points = 0)", name=op.f("ck_tender_criteria_pass_fail")),
        sa.CheckConstraint(
            "part IN ('qualification', 'conformity', 'technical', 'commercial', 'price')",
            name=op.f("ck_tender_criteria_part"),
        ),
        sa.CheckConstraint(
            "scale IN ('judged', 'levels', 'formula', 'pass_fail')", name=op.f("ck_tender_criteria_scale")
        ),
        sa.CheckConstraint("points >= 0 AND points <= 100", name=op.f("ck_tender_criteria_points")),
        sa.ForeignKeyConstraint(
            ["bureau_id", "tender_id", "lot_id"],
            ["tender_lots.bureau_id", "tender_lots.tender_id", "tender_lots.id"],
            name=op.f("fk_tender_criteria_bureau_id_tender_id_lot_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "tender_id"],
            ["tenders.bureau_id", "tenders.id"],
            name=op.f("fk_tender_criteria_bureau_id_tender_id"),
        ),
        sa.ForeignKeyConstraint(["bureau_id"], ["bureaus.id"], name=op.f("fk_tender_criteria_bureau_id")),
        sa.PrimaryKeyConstraint("bureau_id", "id", name=op.f("pk_tender_criteria")),
    )
    op.create_index(
        "uq_tender_criteria_code",
        "tender_criteria",
        ["bureau_id", "tender_id", "lot_id", "code"],
        unique=True,
        postgresql_nulls_not_distinct=True,
    )
    op.create_table(
        "tender_documents",
        sa.Column("bureau_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tender_id", sa.Uuid(), nullable=False),
        sa.Column("attachment_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("issued_by", sa.Uuid(), nullable=False),
        sa.Column("is_public", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["bureau_id", "attachment_id"],
            ["attachments.bureau_id", "attachments.id"],
            name=op.f("fk_tender_documents_bureau_id_attachment_id"),
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "tender_id"],
            ["tenders.bureau_id", "tenders.id"],
            name=op.f("fk_tender_documents_bureau_id_tender_id"),
        ),
        sa.ForeignKeyConstraint(["bureau_id"], ["bureaus.id"], name=op.f("fk_tender_documents_bureau_id")),
        sa.PrimaryKeyConstraint("bureau_id", "id", name=op.f("pk_tender_documents")),
    )
    op.create_index("ix_tender_documents_tender", "tender_documents", ["bureau_id", "tender_id", "id"], unique=False)
    op.create_table(
        "tender_document_takers",
        sa.Column("bureau_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tender_id", sa.Uuid(), nullable=False),
        sa.Column("supplier_id", sa.Uuid(), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_by", sa.Uuid(), nullable=False),
        sa.Column("is_disclosed", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["bureau_id", "supplier_id"],
            ["bureau_suppliers.bureau_id", "bureau_suppliers.id"],
            name=op.f("fk_tender_document_takers_bureau_id_supplier_id"),
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "tender_id"],
            ["tenders.bureau_id", "tenders.id"],
            name=op.f("fk_tender_document_takers_bureau_id_tender_id"),
        ),
        sa.ForeignKeyConstraint(["bureau_id"], ["bureaus.id"], name=op.f("fk_tender_document_takers_bureau_id")),
        sa.PrimaryKeyConstraint("bureau_id", "id", name=op.f("pk_tender_document_takers")),
        sa.UniqueConstraint(
            "bureau_id",
            "tender_id",
            "supplier_id",
            name=op.f("uq_tender_document_takers_bureau_id_tender_id_supplier_id"),
        ),
    )
    op.create_table(
        "tender_questions",
        sa.Column("bureau_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tender_id", sa.Uuid(), nullable=False),
        sa.Column("lot_id", sa.Uuid(), nullable=True),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by", sa.Uuid(), nullable=True),
        sa.Column("affects_bids", sa.Boolean(), nullable=False),
        sa.Column("is_public", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("(answered_at IS NULL) = (answer IS NULL)", name=op.f("ck_tender_questions_answer")),
        sa.CheckConstraint("NOT is_public OR answered_at IS NOT NULL", name=op.f("ck_tender_questions_public")),
        sa.ForeignKeyConstraint(
            ["bureau_id", "tender_id", "lot_id"],
            ["tender_lots.bureau_id", "tender_lots.tender_id", "tender_lots.id"],
            name=op.f("fk_tender_questions_bureau_id_tender_id_lot_id"),
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "tender_id"],
            ["tenders.bureau_id", "tenders.id"],
            name=op.f("fk_tender_questions_bureau_id_tender_id"),
        ),
        sa.ForeignKeyConstraint(["bureau_id"], ["bureaus.id"], name=op.f("fk_tender_questions_bureau_id")),
        sa.PrimaryKeyConstraint("bureau_id", "id", name=op.f("pk_tender_questions")),
    )
    op.create_index("ix_tender_questions_tender", "tender_questions", ["bureau_id", "tender_id", "id"], unique=False)
    op.create_table(
        "tender_askers",
        sa.Column("bureau_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("supplier_id", sa.Uuid(), nullable=False),
        sa.Column("tender_id", sa.Uuid(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["bureau_id", "id"],
            ["tender_questions.bureau_id", "tender_questions.id"],
            name=op.f("fk_tender_askers_bureau_id_id"),
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "supplier_id"],
            ["bureau_suppliers.bureau_id", "bureau_suppliers.id"],
            name=op.f("fk_tender_askers_bureau_id_supplier_id"),
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "tender_id"],
            ["tenders.bureau_id", "tenders.id"],
            name=op.f("fk_tender_askers_bureau_id_tender_id"),
        ),
        sa.ForeignKeyConstraint(["bureau_id"], ["bureaus.id"], name=op.f("fk_tender_askers_bureau_id")),
        sa.PrimaryKeyConstraint("bureau_id", "id", name=op.f("pk_tender_askers")),
    )
    op.create_index(
        "ix_tender_askers_supplier", "tender_askers", ["bureau_id", "supplier_id", "tender_id"], unique=False
    )
    op.create_table(
        "tender_notices",
        sa.Column("bureau_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tender_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("body", JSONB, nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_by", sa.Uuid(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["bureau_id", "tender_id"],
            ["tenders.bureau_id", "tenders.id"],
            name=op.f("fk_tender_notices_bureau_id_tender_id"),
        ),
        sa.ForeignKeyConstraint(["bureau_id"], ["bureaus.id"], name=op.f("fk_tender_notices_bureau_id")),
        sa.PrimaryKeyConstraint("bureau_id", "id", name=op.f("pk_tender_notices")),
        sa.UniqueConstraint("bureau_id", "number", name=op.f("uq_tender_notices_bureau_id_number")),
    )
    op.create_index(
        "ix_tender_notices_tender", "tender_notices", ["bureau_id", "tender_id", "published_at"], unique=False
    )
    op.create_table(
        "tender_waivers",
        sa.Column("bureau_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tender_id", sa.Uuid(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("found", sa.Text(), nullable=False),
        sa.Column("demanded", sa.Text(), nullable=False),
        sa.Column("citation", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("by_name", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["bureau_id", "tender_id"],
            ["tenders.bureau_id", "tenders.id"],
            name=op.f("fk_tender_waivers_bureau_id_tender_id"),
        ),
        sa.ForeignKeyConstraint(["bureau_id"], ["bureaus.id"], name=op.f("fk_tender_waivers_bureau_id")),
        sa.PrimaryKeyConstraint("bureau_id", "id", name=op.f("pk_tender_waivers")),
    )
    op.create_index("ix_tender_waivers_tender", "tender_waivers", ["bureau_id", "tender_id", "id"], unique=False)
    op.create_table(
        "tender_criteria_sets",
        sa.Column("bureau_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("criteria", JSONB, nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["bureau_id"], ["bureaus.id"], name=op.f("fk_tender_criteria_sets_bureau_id")),
        sa.PrimaryKeyConstraint("bureau_id", "id", name=op.f("pk_tender_criteria_sets")),
        sa.UniqueConstraint("bureau_id", "name", name=op.f("uq_tender_criteria_sets_bureau_id_name")),
    )
    for table in ("tenders", "tender_lots", "tender_items", "tender_criteria", "tender_documents", "tender_questions"):
        tenancy.protect_bureau_table(table, bureau="rwd", school_condition="is_public")
        tenancy.show_to(table, "houqin_supplier", f"bureau_id = {tenancy.BUREAU} AND is_public")
        tenancy.show_to(table, "houqin_identity", "is_public")
    # A question is added by the one who asks it; whose it is stands in tender_askers, which the bureau cannot read.
    op.execute("GRANT INSERT ON tender_questions TO houqin_supplier")
    op.execute(
        "CREATE POLICY tender_questions_ask ON tender_questions FOR INSERT TO houqin_supplier"
        f" WITH CHECK (bureau_id = {tenancy.BUREAU} AND NOT is_public)"
    )
    tenancy.protect_bureau_table("tender_events", bureau="ra", school=None)
    tenancy.protect_bureau_table("tender_waivers", bureau="ra", zone=None, school=None)
    tenancy.protect_bureau_table("tender_criteria_sets", zone=None, school=None)
    tenancy.protect_bureau_table("tender_notices", bureau="ra")
    tenancy.show_to("tender_notices", "houqin_supplier", f"bureau_id = {tenancy.BUREAU}")
    tenancy.show_to("tender_notices", "houqin_identity", "true")
    tenancy.protect_supplier_table("tender_askers", bureau=None, supplier="ra")
    # The bureau sees who took the documents once the clock has disclosed it (Order 87, Art. 28).
    tenancy.protect_supplier_table("tender_document_takers", bureau=None, supplier="ra")
    tenancy.show_to("tender_document_takers", "houqin_bureau", f"bureau_id = {tenancy.BUREAU} AND is_disclosed")
    tenancy.disclosed_by_clock("tender_document_takers")
