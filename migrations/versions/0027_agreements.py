"""Framework agreements, prices, balances, changes, second stage.

Revision: 0027, after 0026
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from migrations import tenancy

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

OWN = f"bureau_id = {tenancy.BUREAU}"


def upgrade() -> None:
    op.create_table(
        "agreements",
        sa.Column("bureau_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("tender_id", sa.Uuid(), nullable=True),
        sa.Column("supplier_id", sa.Uuid(), nullable=False),
        sa.Column("supplier_name", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("state_reason", sa.Text(), nullable=False),
        sa.Column("second_stage", sa.Text(), nullable=False),
        sa.Column("notice_on", sa.Date(), nullable=True),
        sa.Column("sign_by", sa.Date(), nullable=True),
        sa.Column("supplier_signed_on", sa.Date(), nullable=True),
        sa.Column("bureau_signed_on", sa.Date(), nullable=True),
        sa.Column("signed_on", sa.Date(), nullable=True),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("terminated_on", sa.Date(), nullable=True),
        sa.Column("original_amount_fen", sa.BigInteger(), nullable=True),
        sa.Column("publish_by", sa.Date(), nullable=True),
        sa.Column("published_on", sa.Date(), nullable=True),
        sa.Column("is_public", sa.Boolean(), nullable=False),
        sa.Column("file_by", sa.Date(), nullable=True),
        sa.Column("filed_on", sa.Date(), nullable=True),
        sa.Column("filing_reference", sa.Text(), nullable=False),
        sa.Column("is_signed", sa.Boolean(), nullable=False),
        sa.Column("covers_all", sa.Boolean(), nullable=False),
        sa.Column("school_ids", sa.ARRAY(sa.Integer()), nullable=False),
        sa.Column("award_sha256", sa.Text(), nullable=False),
        sa.Column("supplier_data", JSONB, nullable=False),
        sa.Column("notes", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state = 'terminated') = (terminated_on IS NOT NULL)", name=op.f("ck_agreements_terminated")
        ),
        sa.CheckConstraint(
            "is_signed = (state IN ('signed', 'suspended', 'terminated'))", name=op.f("ck_agreements_is_signed")
        ),
        sa.CheckConstraint("second_stage IN ('direct', 'mini_competition')", name=op.f("ck_agreements_second_stage")),
        sa.CheckConstraint(
            "state IN ('pending', 'signed', 'suspended', 'terminated', 'cancelled')", name=op.f("ck_agreements_state")
        ),
        sa.CheckConstraint("NOT is_signed OR signed_on IS NOT NULL", name=op.f("ck_agreements_signed_on")),
        sa.CheckConstraint("first_day <= last_day", name=op.f("ck_agreements_days")),
        sa.CheckConstraint("is_public = (published_on IS NOT NULL)", name=op.f("ck_agreements_public")),
        sa.CheckConstraint("original_amount_fen > 0", name=op.f("ck_agreements_amount")),
        sa.CheckConstraint(
            "signed_on >= supplier_signed_on AND signed_on >= bureau_signed_on", name=op.f("ck_agreements_both_dates")
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "supplier_id"],
            ["bureau_suppliers.bureau_id", "bureau_suppliers.id"],
            name=op.f("fk_agreements_bureau_id_supplier_id"),
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "tender_id"],
            ["tenders.bureau_id", "tenders.id"],
            name=op.f("fk_agreements_bureau_id_tender_id"),
        ),
        sa.ForeignKeyConstraint(["bureau_id"], ["bureaus.id"], name=op.f("fk_agreements_bureau_id")),
        sa.PrimaryKeyConstraint("bureau_id", "id", name=op.f("pk_agreements")),
        sa.UniqueConstraint("bureau_id", "number", name=op.f("uq_agreements_bureau_id_number")),
        sa.UniqueConstraint("bureau_id", "supplier_id", "id", name=op.f("uq_agreements_bureau_id_supplier_id_id")),
    )
    op.create_index("ix_agreements_newest", "agreements", ["bureau_id", "state", "id"], unique=False)
    op.create_index("ix_agreements_supplier", "agreements", ["bureau_id", "supplier_id", "id"], unique=False)
    op.create_index("ix_agreements_tender", "agreements", ["bureau_id", "tender_id"], unique=False)
    op.create_table(
        "agreement_events",
        sa.Column("bureau_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("agreement_id", sa.Uuid(), nullable=False),
        sa.Column("supplier_id", sa.Uuid(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("from_state", sa.Text(), nullable=False),
        sa.Column("to_state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("details", JSONB, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("by_name", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["bureau_id", "supplier_id", "agreement_id"],
            ["agreements.bureau_id", "agreements.supplier_id", "agreements.id"],
            name=op.f("fk_agreement_events_bureau_id_supplier_id_agreement_id"),
        ),
        sa.ForeignKeyConstraint(["bureau_id"], ["bureaus.id"], name=op.f("fk_agreement_events_bureau_id")),
        sa.PrimaryKeyConstraint("bureau_id", "id", name=op.f("pk_agreement_events")),
    )
    op.create_index(
        "ix_agreement_events_agreement", "agreement_events", ["bureau_id", "agreement_id", "id"], unique=False
    )
    op.create_table(
        "agreement_lots",
        sa.Column("bureau_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("agreement_id", sa.Uuid(), nullable=False),
        sa.Column("supplier_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("tender_lot_id", sa.Uuid(), nullable=True),
        sa.Column("category_id", sa.Uuid(), nullable=True),
        sa.Column("zone_id", sa.Integer(), nullable=True),
        sa.Column("price_rule", sa.Text(), nullable=False),
        sa.Column("discount", sa.Numeric(precision=7, scale=4), nullable=True),
        sa.Column("hold_days", sa.Integer(), nullable=True),
        sa.Column("net_rate", sa.Numeric(precision=5, scale=2), nullable=True),
        sa.Column("settlement_notes", sa.Text(), nullable=False),
        sa.Column("balance_form", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("state_reason", sa.Text(), nullable=False),
        sa.Column("is_signed", sa.Boolean(), nullable=False),
        sa.Column("covers_all", sa.Boolean(), nullable=False),
        sa.Column("school_ids", sa.ARRAY(sa.Integer()), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(price_rule = 'discount') = (discount IS NOT NULL)", name=op.f("ck_agreement_lots_discount_rule")
        ),
        sa.CheckConstraint("balance_form IN ('pooled', 'per_school')", name=op.f("ck_agreement_lots_balance_form")),
        sa.CheckConstraint("price_rule IN ('fixed', 'discount')", name=op.f("ck_agreement_lots_price_rule")),
        sa.CheckConstraint("state IN ('active', 'suspended', 'cancelled')", name=op.f("ck_agreement_lots_state")),
        sa.CheckConstraint("discount >= 0 AND discount < 100", name=op.f("ck_agreement_lots_discount")),
        sa.CheckConstraint("hold_days > 0", name=op.f("ck_agreement_lots_hold")),
        sa.CheckConstraint("net_rate > 0 AND net_rate <= 100", name=op.f("ck_agreement_lots_net_rate")),
        sa.CheckConstraint("number > 0", name=op.f("ck_agreement_lots_number")),
        sa.ForeignKeyConstraint(
            ["bureau_id", "category_id"],
            ["catalogue_categories.bureau_id", "catalogue_categories.id"],
            name=op.f("fk_agreement_lots_bureau_id_category_id"),
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "supplier_id", "agreement_id"],
            ["agreements.bureau_id", "agreements.supplier_id", "agreements.id"],
            name=op.f("fk_agreement_lots_bureau_id_supplier_id_agreement_id"),
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "tender_lot_id"],
            ["tender_lots.bureau_id", "tender_lots.id"],
            name=op.f("fk_agreement_lots_bureau_id_tender_lot_id"),
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "zone_id"], ["zones.bureau_id", "zones.id"], name=op.f("fk_agreement_lots_bureau_id_zone_id")
        ),
        sa.ForeignKeyConstraint(["bureau_id"], ["bureaus.id"], name=op.f("fk_agreement_lots_bureau_id")),
        sa.PrimaryKeyConstraint("bureau_id", "id", name=op.f("pk_agreement_lots")),
        sa.UniqueConstraint(
            "bureau_id", "agreement_id", "id", name=op.f("uq_agreement_lots_bureau_id_agreement_id_id")
        ),
        sa.UniqueConstraint(
            "bureau_id", "agreement_id", "number", name=op.f("uq_agreement_lots_bureau_id_agreement_id_number")
        ),
    )
    op.create_index(
        "uq_agreement_lots_award",
        "agreement_lots",
        ["bureau_id", "tender_lot_id", "supplier_id"],
        unique=True,
        postgresql_where=sa.text("state <> 'cancelled'"),
    )
    op.create_table(
        "agreement_changes",
        sa.Column("bureau_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("agreement_id", sa.Uuid(), nullable=False),
        sa.Column("supplier_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("details", JSONB, nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("from_day", sa.Date(), nullable=False),
        sa.Column("is_urgent", sa.Boolean(), nullable=False),
        sa.Column("created_by_name", sa.Text(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_by_name", sa.Text(), nullable=False),
        sa.Column("decision_reason", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state = 'pending') OR decided_at IS NOT NULL OR is_urgent", name=op.f("ck_agreement_changes_decided")
        ),
        sa.CheckConstraint("NOT is_urgent OR kind = 'suspension'", name=op.f("ck_agreement_changes_urgent")),
        sa.CheckConstraint(
            "kind IN ('term_extension', 'price_change', 'item_added', 'quantity_supplement', 'supplier_data', 'suspension', 'resumption', 'termination')",
            name=op.f("ck_agreement_changes_kind"),
        ),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_agreement_changes_reason")),
        sa.CheckConstraint(
            "state <> 'active' OR is_urgent OR decided_by <> created_by", name=op.f("ck_agreement_changes_two_people")
        ),
        sa.CheckConstraint("state IN ('pending', 'active', 'cancelled')", name=op.f("ck_agreement_changes_state")),
        sa.CheckConstraint("(decided_at IS NULL) = (decided_by IS NULL)", name=op.f("ck_agreement_changes_decider")),
        sa.CheckConstraint("amount_fen >= 0", name=op.f("ck_agreement_changes_amount")),
        sa.CheckConstraint(
            "decided_by IS NULL OR NOT is_urgent OR decided_by <> created_by",
            name=op.f("ck_agreement_changes_urgent_two_people"),
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "supplier_id", "agreement_id"],
            ["agreements.bureau_id", "agreements.supplier_id", "agreements.id"],
            name=op.f("fk_agreement_changes_bureau_id_supplier_id_agreement_id"),
        ),
        sa.ForeignKeyConstraint(["bureau_id"], ["bureaus.id"], name=op.f("fk_agreement_changes_bureau_id")),
        sa.PrimaryKeyConstraint("bureau_id", "id", name=op.f("pk_agreement_changes")),
        sa.UniqueConstraint(
            "bureau_id", "agreement_id", "id", name=op.f("uq_agreement_changes_bureau_id_agreement_id_id")
        ),
        sa.UniqueConstraint(
            "bureau_id", "agreement_id", "number", name=op.f("uq_agreement_changes_bureau_id_agreement_id_number")
        ),
    )
    op.create_index(
        "uq_agreement_changes_pending",
        "agreement_changes",
        ["bureau_id", "agreement_id"],
        unique=True,
        postgresql_where=sa.text("state = 'pending'"),
    )
    op.create_table(
        "agreement_items",
        sa.Column("bureau_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("agreement_id", sa.Uuid(), nullable=False),
        sa.Column("supplier_id", sa.Uuid(), nullable=False),
        sa.Column("lot_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("item_version_id", sa.Uuid(), nullable=True),
        sa.Column("tender_item_id", sa.Uuid(), nullable=True),
        sa.Column("change_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("specification", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("unit_factor", sa.Numeric(precision=13, scale=6), nullable=False),
        sa.Column("fixed_price_fen", sa.BigInteger(), nullable=True),
        sa.Column("basis_price_fen", sa.BigInteger(), nullable=True),
        sa.Column("quantity", sa.Numeric(precision=14, scale=3), nullable=True),
        sa.Column("tolerance", sa.Numeric(precision=5, scale=2), nullable=False),
        sa.Column("is_signed", sa.Boolean(), nullable=False),
        sa.CheckConstraint("basis_price_fen > 0", name=op.f("ck_agreement_items_basis_price")),
        sa.CheckConstraint("fixed_price_fen > 0", name=op.f("ck_agreement_items_fixed_price")),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_agreement_items_quantity")),
        sa.CheckConstraint("tolerance >= 0 AND tolerance <= 100", name=op.f("ck_agreement_items_tolerance")),
        sa.CheckConstraint("unit_factor > 0", name=op.f("ck_agreement_items_unit_factor")),
        sa.ForeignKeyConstraint(
            ["bureau_id", "agreement_id", "change_id"],
            ["agreement_changes.bureau_id", "agreement_changes.agreement_id", "agreement_changes.id"],
            name=op.f("fk_agreement_items_bureau_id_agreement_id_change_id"),
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "agreement_id", "lot_id"],
            ["agreement_lots.bureau_id", "agreement_lots.agreement_id", "agreement_lots.id"],
            name=op.f("fk_agreement_items_bureau_id_agreement_id_lot_id"),
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "item_id"],
            ["catalogue_items.bureau_id", "catalogue_items.id"],
            name=op.f("fk_agreement_items_bureau_id_item_id"),
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "item_version_id"],
            ["catalogue_item_versions.bureau_id", "catalogue_item_versions.id"],
            name=op.f("fk_agreement_items_bureau_id_item_version_id"),
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "supplier_id", "agreement_id"],
            ["agreements.bureau_id", "agreements.supplier_id", "agreements.id"],
            name=op.f("fk_agreement_items_bureau_id_supplier_id_agreement_id"),
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "tender_item_id"],
            ["tender_items.bureau_id", "tender_items.id"],
            name=op.f("fk_agreement_items_bureau_id_tender_item_id"),
        ),
        sa.ForeignKeyConstraint(["bureau_id"], ["bureaus.id"], name=op.f("fk_agreement_items_bureau_id")),
        sa.PrimaryKeyConstraint("bureau_id", "id", name=op.f("pk_agreement_items")),
        sa.UniqueConstraint(
            "bureau_id", "agreement_id", "id", name=op.f("uq_agreement_items_bureau_id_agreement_id_id")
        ),
        sa.UniqueConstraint("bureau_id", "lot_id", "item_id", name=op.f("uq_agreement_items_bureau_id_lot_id_item_id")),
        sa.UniqueConstraint(
            "bureau_id", "lot_id", "position", name=op.f("uq_agreement_items_bureau_id_lot_id_position")
        ),
    )
    op.create_index(
        "ix_agreement_items_item", "agreement_items", ["bureau_id", "item_id", "agreement_id"], unique=False
    )
    op.create_table(
        "agreement_price_terms",
        sa.Column("bureau_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("agreement_id", sa.Uuid(), nullable=False),
        sa.Column("supplier_id", sa.Uuid(), nullable=False),
        sa.Column("lot_id", sa.Uuid(), nullable=False),
        sa.Column("agreement_item_id", sa.Uuid(), nullable=True),
        sa.Column("change_id", sa.Uuid(), nullable=False),
        sa.Column("from_day", sa.Date(), nullable=False),
        sa.Column("price_fen", sa.BigInteger(), nullable=True),
        sa.Column("discount", sa.Numeric(precision=7, scale=4), nullable=True),
        sa.CheckConstraint(
            "(agreement_item_id IS NULL) = (discount IS NOT NULL)", name=op.f("ck_agreement_price_terms_discount_lot")
        ),
        sa.CheckConstraint(
            "(agreement_item_id IS NULL) = (price_fen IS NULL)", name=op.f("ck_agreement_price_terms_price_item")
        ),
        sa.CheckConstraint("discount >= 0 AND discount < 100", name=op.f("ck_agreement_price_terms_discount")),
        sa.CheckConstraint("price_fen > 0", name=op.f("ck_agreement_price_terms_price")),
        sa.ForeignKeyConstraint(
            ["bureau_id", "agreement_id", "agreement_item_id"],
            ["agreement_items.bureau_id", "agreement_items.agreement_id", "agreement_items.id"],
            name="fk_agreement_price_terms_item",
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "agreement_id", "change_id"],
            ["agreement_changes.bureau_id", "agreement_changes.agreement_id", "agreement_changes.id"],
            name=op.f("fk_agreement_price_terms_bureau_id_agreement_id_change_id"),
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "agreement_id", "lot_id"],
            ["agreement_lots.bureau_id", "agreement_lots.agreement_id", "agreement_lots.id"],
            name=op.f("fk_agreement_price_terms_bureau_id_agreement_id_lot_id"),
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "supplier_id", "agreement_id"],
            ["agreements.bureau_id", "agreements.supplier_id", "agreements.id"],
            name=op.f("fk_agreement_price_terms_bureau_id_supplier_id_agreement_id"),
        ),
        sa.ForeignKeyConstraint(["bureau_id"], ["bureaus.id"], name=op.f("fk_agreement_price_terms_bureau_id")),
        sa.PrimaryKeyConstraint("bureau_id", "id", name=op.f("pk_agreement_price_terms")),
        sa.UniqueConstraint(
            "bureau_id",
            "change_id",
            "lot_id",
            "agreement_item_id",
            name="uq_agreement_price_terms_change",
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_index(
        "ix_agreement_price_terms_lot", "agreement_price_terms", ["bureau_id", "lot_id", "from_day"], unique=False
    )
    op.create_table(
        "agreement_documents",
        sa.Column("bureau_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("agreement_id", sa.Uuid(), nullable=False),
        sa.Column("supplier_id", sa.Uuid(), nullable=False),
        sa.Column("attachment_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("side", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("added_by", sa.Uuid(), nullable=False),
        sa.Column("added_by_name", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('signed', 'supplement', 'filing', 'other')", name=op.f("ck_agreement_documents_kind")
        ),
        sa.CheckConstraint("side IN ('bureau', 'supplier')", name=op.f("ck_agreement_documents_side")),
        sa.ForeignKeyConstraint(
            ["bureau_id", "supplier_id", "agreement_id"],
            ["agreements.bureau_id", "agreements.supplier_id", "agreements.id"],
            name=op.f("fk_agreement_documents_bureau_id_supplier_id_agreement_id"),
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "supplier_id", "attachment_id"],
            ["attachments.bureau_id", "attachments.supplier_id", "attachments.id"],
            name=op.f("fk_agreement_documents_bureau_id_supplier_id_attachment_id"),
        ),
        sa.ForeignKeyConstraint(["bureau_id"], ["bureaus.id"], name=op.f("fk_agreement_documents_bureau_id")),
        sa.PrimaryKeyConstraint("bureau_id", "id", name=op.f("pk_agreement_documents")),
    )
    op.create_index(
        "ix_agreement_documents_agreement", "agreement_documents", ["bureau_id", "agreement_id", "id"], unique=False
    )
    op.create_table(
        "agreement_balances",
        sa.Column("bureau_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("agreement_id", sa.Uuid(), nullable=False),
        sa.Column("supplier_id", sa.Uuid(), nullable=False),
        sa.Column("lot_id", sa.Uuid(), nullable=False),
        sa.Column("agreement_item_id", sa.Uuid(), nullable=True),
        sa.Column("school_id", sa.Integer(), nullable=True),
        sa.Column("quantity", sa.Numeric(precision=14, scale=3), nullable=True),
        sa.Column("reserved", sa.Numeric(precision=14, scale=3), nullable=False),
        sa.Column("used", sa.Numeric(precision=14, scale=3), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=True),
        sa.Column("reserved_fen", sa.BigInteger(), nullable=False),
        sa.Column("used_fen", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "agreement_item_id IS NOT NULL OR quantity IS NULL", name=op.f("ck_agreement_balances_lot_amount")
        ),
        sa.CheckConstraint("reserved + used <= quantity", name=op.f("ck_agreement_balances_quantity_left")),
        sa.CheckConstraint(
            "reserved >= 0 AND used >= 0 AND quantity >= 0", name=op.f("ck_agreement_balances_quantities")
        ),
        sa.CheckConstraint("reserved_fen + used_fen <= amount_fen", name=op.f("ck_agreement_balances_amount_left")),
        sa.CheckConstraint(
            "reserved_fen >= 0 AND used_fen >= 0 AND amount_fen >= 0", name=op.f("ck_agreement_balances_amounts")
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "agreement_id", "agreement_item_id"],
            ["agreement_items.bureau_id", "agreement_items.agreement_id", "agreement_items.id"],
            name="fk_agreement_balances_item",
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "agreement_id", "lot_id"],
            ["agreement_lots.bureau_id", "agreement_lots.agreement_id", "agreement_lots.id"],
            name=op.f("fk_agreement_balances_bureau_id_agreement_id_lot_id"),
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "school_id"],
            ["schools.bureau_id", "schools.id"],
            name=op.f("fk_agreement_balances_bureau_id_school_id"),
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "supplier_id", "agreement_id"],
            ["agreements.bureau_id", "agreements.supplier_id", "agreements.id"],
            name=op.f("fk_agreement_balances_bureau_id_supplier_id_agreement_id"),
        ),
        sa.ForeignKeyConstraint(["bureau_id"], ["bureaus.id"], name=op.f("fk_agreement_balances_bureau_id")),
        sa.PrimaryKeyConstraint("bureau_id", "id", name=op.f("pk_agreement_balances")),
        sa.UniqueConstraint(
            "bureau_id",
            "lot_id",
            "agreement_item_id",
            "school_id",
            name="uq_agreement_balances_place",
            postgresql_nulls_not_distinct=True,
        ),
        sa.UniqueConstraint("bureau_id", "school_id", "id", name=op.f("uq_agreement_balances_bureau_id_school_id_id")),
    )
    op.create_index(
        "ix_agreement_balances_agreement", "agreement_balances", ["bureau_id", "agreement_id", "lot_id"], unique=False
    )
    op.create_table(
        "balance_moves",
        sa.Column("bureau_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("agreement_id", sa.Uuid(), nullable=False),
        sa.Column("supplier_id", sa.Uuid(), nullable=False),
        sa.Column("balance_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("quantity_change", sa.Numeric(precision=14, scale=3), nullable=False),
        sa.Column("reserved_change", sa.Numeric(precision=14, scale=3), nullable=False),
        sa.Column("used_change", sa.Numeric(precision=14, scale=3), nullable=False),
        sa.Column("amount_fen_change", sa.BigInteger(), nullable=False),
        sa.Column("reserved_fen_change", sa.BigInteger(), nullable=False),
        sa.Column("used_fen_change", sa.BigInteger(), nullable=False),
        sa.Column("reference_kind", sa.Text(), nullable=False),
        sa.Column("reference_id", sa.Uuid(), nullable=False),
        sa.Column("order_line_id", sa.Uuid(), nullable=True),
        sa.Column("drawer_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("by_name", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('allocate', 'supplement', 'transfer_out', 'transfer_in', 'reserve', 'release', 'consume', 'give_back')",
            name=op.f("ck_balance_moves_kind"),
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "balance_id"],
            ["agreement_balances.bureau_id", "agreement_balances.id"],
            name=op.f("fk_balance_moves_bureau_id_balance_id"),
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "drawer_id"],
            ["schools.bureau_id", "schools.id"],
            name=op.f("fk_balance_moves_bureau_id_drawer_id"),
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "supplier_id", "agreement_id"],
            ["agreements.bureau_id", "agreements.supplier_id", "agreements.id"],
            name=op.f("fk_balance_moves_bureau_id_supplier_id_agreement_id"),
        ),
        sa.ForeignKeyConstraint(["bureau_id"], ["bureaus.id"], name=op.f("fk_balance_moves_bureau_id")),
        sa.PrimaryKeyConstraint("bureau_id", "id", name=op.f("pk_balance_moves")),
        sa.UniqueConstraint(
            "bureau_id",
            "balance_id",
            "kind",
            "reference_id",
            name=op.f("uq_balance_moves_bureau_id_balance_id_kind_reference_id"),
        ),
    )
    op.create_index("ix_balance_moves_balance", "balance_moves", ["bureau_id", "balance_id", "id"], unique=False)
    op.create_index(
        "ix_balance_moves_line",
        "balance_moves",
        ["bureau_id", "order_line_id"],
        unique=False,
        postgresql_where=sa.text("order_line_id IS NOT NULL"),
    )
    op.create_table(
        "mini_competitions",
        sa.Column("bureau_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("tender_lot_id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deadline", sa.DateTime(timezone=True), nullable=False),
        sa.Column("winner_id", sa.Uuid(), nullable=True),
        sa.Column("account", JSONB, nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("end_reason", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("(state = 'decided') = (winner_id IS NOT NULL)", name=op.f("ck_mini_competitions_winner")),
        sa.CheckConstraint(
            "state IN ('open', 'decided', 'cancelled', 'failed')", name=op.f("ck_mini_competitions_state")
        ),
        sa.CheckConstraint("opened_at < deadline", name=op.f("ck_mini_competitions_deadline")),
        sa.ForeignKeyConstraint(
            ["bureau_id", "school_id"],
            ["schools.bureau_id", "schools.id"],
            name=op.f("fk_mini_competitions_bureau_id_school_id"),
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "tender_lot_id"],
            ["tender_lots.bureau_id", "tender_lots.id"],
            name=op.f("fk_mini_competitions_bureau_id_tender_lot_id"),
        ),
        sa.ForeignKeyConstraint(["bureau_id"], ["bureaus.id"], name=op.f("fk_mini_competitions_bureau_id")),
        sa.PrimaryKeyConstraint("bureau_id", "id", name=op.f("pk_mini_competitions")),
        sa.UniqueConstraint("bureau_id", "number", name=op.f("uq_mini_competitions_bureau_id_number")),
        sa.UniqueConstraint("bureau_id", "school_id", "id", name=op.f("uq_mini_competitions_bureau_id_school_id_id")),
    )
    op.create_index("ix_mini_competitions_state", "mini_competitions", ["bureau_id", "state", "id"], unique=False)
    op.create_table(
        "mini_competition_items",
        sa.Column("bureau_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("competition_id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("quantity", sa.Numeric(precision=14, scale=3), nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_mini_competition_items_quantity")),
        sa.ForeignKeyConstraint(
            ["bureau_id", "competition_id"],
            ["mini_competitions.bureau_id", "mini_competitions.id"],
            name=op.f("fk_mini_competition_items_bureau_id_competition_id"),
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "item_id"],
            ["catalogue_items.bureau_id", "catalogue_items.id"],
            name=op.f("fk_mini_competition_items_bureau_id_item_id"),
        ),
        sa.ForeignKeyConstraint(["bureau_id"], ["bureaus.id"], name=op.f("fk_mini_competition_items_bureau_id")),
        sa.PrimaryKeyConstraint("bureau_id", "id", name=op.f("pk_mini_competition_items")),
        sa.UniqueConstraint(
            "bureau_id",
            "competition_id",
            "item_id",
            name=op.f("uq_mini_competition_items_bureau_id_competition_id_item_id"),
        ),
    )
    op.create_table(
        "mini_competition_invitations",
        sa.Column("bureau_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("competition_id", sa.Uuid(), nullable=False),
        sa.Column("agreement_id", sa.Uuid(), nullable=False),
        sa.Column("supplier_id", sa.Uuid(), nullable=False),
        sa.Column("ceilings", JSONB, nullable=False),
        sa.Column("invited_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["bureau_id", "competition_id"],
            ["mini_competitions.bureau_id", "mini_competitions.id"],
            name=op.f("fk_mini_competition_invitations_bureau_id_competition_id"),
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "supplier_id", "agreement_id"],
            ["agreements.bureau_id", "agreements.supplier_id", "agreements.id"],
            name="fk_mini_competition_invitations_agreement",
        ),
        sa.ForeignKeyConstraint(["bureau_id"], ["bureaus.id"], name=op.f("fk_mini_competition_invitations_bureau_id")),
        sa.PrimaryKeyConstraint("bureau_id", "id", name=op.f("pk_mini_competition_invitations")),
        sa.UniqueConstraint(
            "bureau_id", "competition_id", "supplier_id", name="uq_mini_competition_invitations_supplier"
        ),
    )
    op.create_table(
        "mini_competition_answers",
        sa.Column("bureau_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("competition_id", sa.Uuid(), nullable=False),
        sa.Column("supplier_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("prices", JSONB, nullable=False),
        sa.Column("total_fen", sa.BigInteger(), nullable=False),
        sa.Column("is_disclosed", sa.Boolean(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_by", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "state IN ('current', 'replaced', 'withdrawn')", name=op.f("ck_mini_competition_answers_state")
        ),
        sa.CheckConstraint("total_fen > 0 AND number > 0", name=op.f("ck_mini_competition_answers_total")),
        sa.ForeignKeyConstraint(
            ["bureau_id", "competition_id", "supplier_id"],
            [
                "mini_competition_invitations.bureau_id",
                "mini_competition_invitations.competition_id",
                "mini_competition_invitations.supplier_id",
            ],
            name="fk_mini_competition_answers_invitation",
        ),
        sa.ForeignKeyConstraint(["bureau_id"], ["bureaus.id"], name=op.f("fk_mini_competition_answers_bureau_id")),
        sa.PrimaryKeyConstraint("bureau_id", "id", name=op.f("pk_mini_competition_answers")),
        sa.UniqueConstraint(
            "bureau_id", "competition_id", "supplier_id", "number", name="uq_mini_competition_answers_number"
        ),
    )
    op.create_index(
        "uq_mini_competition_answers_current",
        "mini_competition_answers",
        ["bureau_id", "competition_id", "supplier_id"],
        unique=True,
        postgresql_where=sa.text("state = 'current'"),
    )
    op.create_table(
        "direct_choices",
        sa.Column("bureau_id", sa.Integer(), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("agreement_item_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("price_fen", sa.BigInteger(), nullable=False),
        sa.Column("offers", JSONB, nullable=False),
        sa.Column("chosen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("chosen_by", sa.Uuid(), nullable=False),
        sa.Column("chosen_by_name", sa.Text(), nullable=False),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_direct_choices_reason")),
        sa.ForeignKeyConstraint(
            ["bureau_id", "agreement_item_id"],
            ["agreement_items.bureau_id", "agreement_items.id"],
            name=op.f("fk_direct_choices_bureau_id_agreement_item_id"),
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "item_id"],
            ["catalogue_items.bureau_id", "catalogue_items.id"],
            name=op.f("fk_direct_choices_bureau_id_item_id"),
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "school_id"],
            ["schools.bureau_id", "schools.id"],
            name=op.f("fk_direct_choices_bureau_id_school_id"),
        ),
        sa.PrimaryKeyConstraint("bureau_id", "school_id", "id", name=op.f("pk_direct_choices")),
    )
    op.create_index(
        "ix_direct_choices_item", "direct_choices", ["bureau_id", "school_id", "item_id", "id"], unique=False
    )
    _protect_terms()
    _protect_balances()
    _protect_second_stage()


def _protect_terms() -> None:
    # What was agreed is not the runtime's to change: neither a price nor a discount nor a quantity has a right of update.
    tenancy.protect_supplier_table("agreements", supplier="r", zone="r")
    tenancy.protect_supplier_table("agreement_lots", bureau=None, supplier="r", zone="r")
    _bureau_keeps("agreement_lots", "state", "state_reason", "is_signed", "covers_all", "school_ids", "version")
    tenancy.protect_supplier_table("agreement_items", bureau=None, supplier="r", zone="r")
    _bureau_keeps("agreement_items", "is_signed")
    for table in ("agreements", "agreement_lots"):
        _show_school(table, "all", "is_signed AND covers_all")
        _show_school(table, "listed", f"is_signed AND {tenancy.SCHOOL} = ANY (school_ids)")
    _show_school("agreement_items", "signed", "is_signed")
    tenancy.protect_supplier_table("agreement_price_terms", bureau="ra", supplier="r", zone="r", school="r")
    tenancy.protect_supplier_table("agreement_changes", supplier="r", zone="r")
    _show_school("agreement_changes", "active", "state = 'active'")
    tenancy.protect_supplier_table("agreement_documents", bureau="ra", supplier="ra", zone="r")
    tenancy.protect_supplier_table("agreement_events", bureau="ra", supplier="r", zone="r")


def _protect_balances() -> None:
    """A school has no right to write a balance: the service takes for it, in the bureau's scope, under a row lock."""
    tenancy.protect_supplier_table("agreement_balances", bureau=None, supplier="r", zone="r")
    _bureau_keeps(
        "agreement_balances", "quantity", "reserved", "used", "amount_fen", "reserved_fen", "used_fen", "version"
    )
    _show_school("agreement_balances", "pool", "school_id IS NULL")
    _show_school("agreement_balances", "own", f"school_id = {tenancy.SCHOOL}")
    tenancy.protect_supplier_table("balance_moves", bureau="ra", supplier="r", zone="r")
    _show_school("balance_moves", "own", f"drawer_id = {tenancy.SCHOOL}")


def _protect_second_stage() -> None:
    tenancy.protect_bureau_table("mini_competitions", supplier="r")
    tenancy.protect_bureau_table("mini_competition_items", bureau="ra", supplier="r")
    tenancy.protect_supplier_table("mini_competition_invitations", bureau="ra", supplier="r")
    # Until the deadline an answer exists for the one who gave it alone; the clock, as the machine's operator, shows it.
    tenancy.protect_supplier_table("mini_competition_answers", bureau=None, supplier="ra")
    table = "mini_competition_answers"
    op.execute(f"GRANT UPDATE (state) ON {table} TO houqin_supplier")
    op.execute(
        f"CREATE POLICY {table}_supplier_replace ON {table} FOR UPDATE TO houqin_supplier"
        f" USING ({OWN} AND supplier_id = {tenancy.SUPPLIER} AND NOT is_disclosed)"
        f" WITH CHECK ({OWN} AND supplier_id = {tenancy.SUPPLIER})"
    )
    op.execute(f"GRANT SELECT ON {table} TO houqin_bureau")
    op.execute(
        f"CREATE POLICY {table}_bureau_see ON {table} FOR SELECT TO houqin_bureau USING ({OWN} AND is_disclosed)"
    )
    op.execute(f"GRANT SELECT, UPDATE (is_disclosed) ON {table} TO houqin_operator")
    op.execute(f"CREATE POLICY {table}_operator ON {table} FOR ALL TO houqin_operator USING ({OWN}) WITH CHECK ({OWN})")
    tenancy.protect_school_table("direct_choices", school="ra")


def _bureau_keeps(table: str, *columns: str) -> None:
    """The bureau reads and adds; of what stands it changes these columns only."""
    op.execute(f"GRANT SELECT, INSERT, UPDATE ({', '.join(columns)}) ON {table} TO houqin_bureau")
    op.execute(f"CREATE POLICY {table}_bureau ON {table} FOR ALL TO houqin_bureau USING ({OWN}) WITH CHECK ({OWN})")


def _show_school(table: str, name: str, condition: str) -> None:
    op.execute(f"GRANT SELECT ON {table} TO houqin_school")
    op.execute(
        f"CREATE POLICY {table}_school_{name} ON {table} FOR SELECT TO houqin_school USING ({OWN} AND {condition})"
    )
