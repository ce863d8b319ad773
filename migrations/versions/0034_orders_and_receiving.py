"""Call-off orders, shipments, receiving by two people, rejections, warnings of lots.

Revision: 0034, after 0033
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from migrations import tenancy

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

OF_SUPPLIER = f"bureau_id = {tenancy.BUREAU} AND supplier_id = {tenancy.SUPPLIER}"


def upgrade() -> None:
    _orders()
    _goods_receipts()
    _rejections()
    _protect_orders()
    _protect_receiving()


def _orders() -> None:
    op.create_table(
        "food_budgets",
        sa.Column("bureau_id", sa.Integer(), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("amount_fen >= 0", name=op.f("ck_food_budgets_amount")),
        sa.CheckConstraint("extract(day FROM month) = 1", name=op.f("ck_food_budgets_month")),
        sa.ForeignKeyConstraint(
            ["bureau_id", "school_id"],
            ["schools.bureau_id", "schools.id"],
            name=op.f("fk_food_budgets_bureau_id_school_id"),
        ),
        sa.PrimaryKeyConstraint("bureau_id", "school_id", "id", name=op.f("pk_food_budgets")),
        sa.UniqueConstraint("bureau_id", "school_id", "month", name=op.f("uq_food_budgets_bureau_id_school_id_month")),
    )
    op.create_table(
        "supply_orders",
        sa.Column("bureau_id", sa.Integer(), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("agreement_id", sa.Uuid(), nullable=False),
        sa.Column("agreement_number", sa.Text(), nullable=False),
        sa.Column("supplier_id", sa.Uuid(), nullable=False),
        sa.Column("supplier_name", sa.Text(), nullable=False),
        sa.Column("school_name", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("state_reason", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("deliver_on", sa.Date(), nullable=False),
        sa.Column("deliver_from", sa.Time(), nullable=True),
        sa.Column("deliver_until", sa.Time(), nullable=True),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("contact", sa.Text(), nullable=False),
        sa.Column("line_count", sa.Integer(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("budget_month", sa.Date(), nullable=False),
        sa.Column("content_digest", sa.Text(), nullable=False),
        sa.Column("created_by_name", sa.Text(), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("submitted_by", sa.Uuid(), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("approved_by", sa.Uuid(), nullable=True),
        sa.Column("approved_by_name", sa.Text(), nullable=False),
        sa.Column("is_sent", sa.Boolean(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("proposed_on", sa.Date(), nullable=True),
        sa.Column("proposal_reason", sa.Text(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "proposed_on IS NULL OR state IN ('sent', 'cancelled', 'declined')", name=op.f("ck_supply_orders_proposed")
        ),
        sa.CheckConstraint("source IN ('manual', 'proposal', 'repeat')", name=op.f("ck_supply_orders_source")),
        sa.CheckConstraint(
            "state IN ('draft', 'submitted', 'approved', 'sent', 'confirmed', 'shipped', 'received', 'closed', 'refused', 'cancelled', 'declined')",
            name=op.f("ck_supply_orders_state"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('sent', 'confirmed', 'shipped', 'received', 'closed', 'declined') OR is_sent",
            name=op.f("ck_supply_orders_sent_state"),
        ),
        sa.CheckConstraint("(approved_by IS NULL) = (approved_at IS NULL)", name=op.f("ck_supply_orders_approved")),
        sa.CheckConstraint("amount_fen >= 0 AND line_count > 0", name=op.f("ck_supply_orders_amount")),
        sa.CheckConstraint(
            "approved_by <> created_by AND approved_by <> submitted_by", name=op.f("ck_supply_orders_two_people")
        ),
        sa.CheckConstraint("deliver_from < deliver_until", name=op.f("ck_supply_orders_deliver_times")),
        sa.CheckConstraint("is_sent = (sent_at IS NOT NULL)", name=op.f("ck_supply_orders_sent")),
        sa.ForeignKeyConstraint(
            ["bureau_id", "school_id"],
            ["schools.bureau_id", "schools.id"],
            name=op.f("fk_supply_orders_bureau_id_school_id"),
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "supplier_id", "agreement_id"],
            ["agreements.bureau_id", "agreements.supplier_id", "agreements.id"],
            name="fk_supply_orders_agreement",
        ),
        sa.PrimaryKeyConstraint("bureau_id", "school_id", "id", name=op.f("pk_supply_orders")),
        sa.UniqueConstraint(
            "bureau_id", "school_id", "number", name=op.f("uq_supply_orders_bureau_id_school_id_number")
        ),
        sa.UniqueConstraint(
            "bureau_id",
            "school_id",
            "supplier_id",
            "id",
            name=op.f("uq_supply_orders_bureau_id_school_id_supplier_id_id"),
        ),
    )
    op.create_index("ix_supply_orders_agreement", "supply_orders", ["bureau_id", "agreement_id"], unique=False)
    op.create_index(
        "ix_supply_orders_budget", "supply_orders", ["bureau_id", "school_id", "budget_month"], unique=False
    )
    op.create_index("ix_supply_orders_bureau", "supply_orders", ["bureau_id", "deliver_on", "school_id"], unique=False)
    op.create_index(
        "ix_supply_orders_day", "supply_orders", ["bureau_id", "school_id", "deliver_on", "state"], unique=False
    )
    op.create_index("ix_supply_orders_newest", "supply_orders", ["bureau_id", "school_id", "id"], unique=False)
    op.create_index(
        "ix_supply_orders_own",
        "supply_orders",
        ["bureau_id", "supplier_id", "id"],
        unique=False,
        postgresql_where=sa.text("is_sent"),
    )
    op.create_index(
        "ix_supply_orders_supplier",
        "supply_orders",
        ["bureau_id", "supplier_id", "deliver_on", "id"],
        unique=False,
        postgresql_where=sa.text("is_sent"),
    )
    op.create_table(
        "supply_order_lines",
        sa.Column("bureau_id", sa.Integer(), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("supplier_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("agreement_id", sa.Uuid(), nullable=False),
        sa.Column("agreement_item_id", sa.Uuid(), nullable=False),
        sa.Column("item_name", sa.Text(), nullable=False),
        sa.Column("specification", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("unit_factor", sa.Numeric(precision=13, scale=6), nullable=False),
        sa.Column("base_unit", sa.Text(), nullable=False),
        sa.Column("quantity", sa.Numeric(precision=14, scale=3), nullable=False),
        sa.Column("unit_price_fen", sa.BigInteger(), nullable=False),
        sa.Column("book_id", sa.Uuid(), nullable=True),
        sa.Column("term_id", sa.Uuid(), nullable=True),
        sa.Column("price_account", JSONB, nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("tolerance", sa.Numeric(precision=5, scale=2), nullable=False),
        sa.Column("needed_base", sa.Numeric(precision=18, scale=6), nullable=True),
        sa.Column("received_quantity", sa.Numeric(precision=14, scale=3), nullable=False),
        sa.Column("rejected_quantity", sa.Numeric(precision=14, scale=3), nullable=False),
        sa.Column("waived_quantity", sa.Numeric(precision=14, scale=3), nullable=False),
        sa.Column("is_sent", sa.Boolean(), nullable=False),
        sa.CheckConstraint("quantity > 0 AND unit_factor > 0", name=op.f("ck_supply_order_lines_quantity")),
        sa.CheckConstraint(
            "received_quantity >= 0 AND rejected_quantity >= 0 AND waived_quantity >= 0",
            name=op.f("ck_supply_order_lines_counted"),
        ),
        sa.CheckConstraint("tolerance >= 0 AND tolerance <= 100", name=op.f("ck_supply_order_lines_tolerance")),
        sa.CheckConstraint("unit_price_fen >= 0 AND amount_fen >= 0", name=op.f("ck_supply_order_lines_amount")),
        sa.CheckConstraint("waived_quantity <= quantity", name=op.f("ck_supply_order_lines_waived")),
        sa.ForeignKeyConstraint(
            ["bureau_id", "agreement_id", "agreement_item_id"],
            ["agreement_items.bureau_id", "agreement_items.agreement_id", "agreement_items.id"],
            name="fk_supply_order_lines_agreement_item",
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "item_id"],
            ["catalogue_items.bureau_id", "catalogue_items.id"],
            name=op.f("fk_supply_order_lines_bureau_id_item_id"),
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "school_id", "supplier_id", "order_id"],
            ["supply_orders.bureau_id", "supply_orders.school_id", "supply_orders.supplier_id", "supply_orders.id"],
            name=op.f("fk_supply_order_lines_bureau_id_school_id_supplier_id_order_id"),
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "school_id"],
            ["schools.bureau_id", "schools.id"],
            name=op.f("fk_supply_order_lines_bureau_id_school_id"),
        ),
        sa.PrimaryKeyConstraint("bureau_id", "school_id", "id", name=op.f("pk_supply_order_lines")),
        sa.UniqueConstraint(
            "bureau_id", "school_id", "order_id", "agreement_item_id", name="uq_supply_order_lines_agreement_item"
        ),
        sa.UniqueConstraint(
            "bureau_id",
            "school_id",
            "order_id",
            "position",
            name=op.f("uq_supply_order_lines_bureau_id_school_id_order_id_position"),
        ),
        sa.UniqueConstraint(
            "bureau_id",
            "school_id",
            "supplier_id",
            "id",
            name=op.f("uq_supply_order_lines_bureau_id_school_id_supplier_id_id"),
        ),
    )
    op.create_index(
        "ix_supply_order_lines_item", "supply_order_lines", ["bureau_id", "school_id", "item_id"], unique=False
    )
    op.create_table(
        "supply_order_events",
        sa.Column("bureau_id", sa.Integer(), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("supplier_id", sa.Uuid(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("from_state", sa.Text(), nullable=False),
        sa.Column("to_state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("details", JSONB, nullable=False),
        sa.Column("side", sa.Text(), nullable=False),
        sa.Column("is_shown", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("by_name", sa.Text(), nullable=False),
        sa.CheckConstraint("side IN ('school', 'supplier', 'system')", name=op.f("ck_supply_order_events_side")),
        sa.ForeignKeyConstraint(
            ["bureau_id", "school_id", "supplier_id", "order_id"],
            ["supply_orders.bureau_id", "supply_orders.school_id", "supply_orders.supplier_id", "supply_orders.id"],
            name=op.f("fk_supply_order_events_bureau_id_school_id_supplier_id_order_id"),
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "school_id"],
            ["schools.bureau_id", "schools.id"],
            name=op.f("fk_supply_order_events_bureau_id_school_id"),
        ),
        sa.PrimaryKeyConstraint("bureau_id", "school_id", "id", name=op.f("pk_supply_order_events")),
    )
    op.create_index(
        "ix_supply_order_events_order",
        "supply_order_events",
        ["bureau_id", "school_id", "order_id", "id"],
        unique=False,
    )
    op.create_table(
        "shipments",
        sa.Column("bureau_id", sa.Integer(), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("supplier_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("state_reason", sa.Text(), nullable=False),
        sa.Column("shipped_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expected_on", sa.Date(), nullable=False),
        sa.Column("vehicle", sa.Text(), nullable=False),
        sa.Column("plate", sa.Text(), nullable=False),
        sa.Column("driver", sa.Text(), nullable=False),
        sa.Column("temperature_celsius", sa.Numeric(precision=5, scale=1), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("source_kind", sa.Text(), nullable=False),
        sa.Column("source_id", sa.Uuid(), nullable=True),
        sa.Column("is_by_school", sa.Boolean(), nullable=False),
        sa.Column("line_count", sa.Integer(), nullable=False),
        sa.Column("content_digest", sa.Text(), nullable=False),
        sa.Column("created_by_name", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("(source_kind = '') = (source_id IS NULL)", name=op.f("ck_shipments_source")),
        sa.CheckConstraint("state IN ('sent', 'received', 'cancelled')", name=op.f("ck_shipments_state")),
        sa.CheckConstraint("line_count > 0", name=op.f("ck_shipments_line_count")),
        sa.ForeignKeyConstraint(
            ["bureau_id", "school_id", "supplier_id", "order_id"],
            ["supply_orders.bureau_id", "supply_orders.school_id", "supply_orders.supplier_id", "supply_orders.id"],
            name=op.f("fk_shipments_bureau_id_school_id_supplier_id_order_id"),
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "school_id"],
            ["schools.bureau_id", "schools.id"],
            name=op.f("fk_shipments_bureau_id_school_id"),
        ),
        sa.PrimaryKeyConstraint("bureau_id", "school_id", "id", name=op.f("pk_shipments")),
        sa.UniqueConstraint("bureau_id", "code", name=op.f("uq_shipments_bureau_id_code")),
        sa.UniqueConstraint("bureau_id", "school_id", "number", name=op.f("uq_shipments_bureau_id_school_id_number")),
        sa.UniqueConstraint(
            "bureau_id", "school_id", "supplier_id", "id", name=op.f("uq_shipments_bureau_id_school_id_supplier_id_id")
        ),
    )
    op.create_index(
        "ix_shipments_expected", "shipments", ["bureau_id", "school_id", "state", "expected_on"], unique=False
    )
    op.create_index("ix_shipments_order", "shipments", ["bureau_id", "school_id", "order_id"], unique=False)
    op.create_index(
        "ix_shipments_source",
        "shipments",
        ["bureau_id", "school_id", "source_id"],
        unique=False,
        postgresql_where=sa.text("source_id IS NOT NULL"),
    )
    op.create_index("ix_shipments_supplier", "shipments", ["bureau_id", "supplier_id", "id"], unique=False)
    op.create_table(
        "shipment_lines",
        sa.Column("bureau_id", sa.Integer(), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("shipment_id", sa.Uuid(), nullable=False),
        sa.Column("order_line_id", sa.Uuid(), nullable=False),
        sa.Column("supplier_id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("batch_no", sa.Text(), nullable=False),
        sa.Column("production_date", sa.Date(), nullable=True),
        sa.Column("expiry_date", sa.Date(), nullable=True),
        sa.Column("quantity", sa.Numeric(precision=14, scale=3), nullable=False),
        sa.Column("unit_factor", sa.Numeric(precision=13, scale=6), nullable=False),
        sa.Column("arrived_quantity", sa.Numeric(precision=14, scale=3), nullable=True),
        sa.CheckConstraint("batch_no <> ''", name=op.f("ck_shipment_lines_batch_no")),
        sa.CheckConstraint("arrived_quantity >= 0", name=op.f("ck_shipment_lines_arrived")),
        sa.CheckConstraint("expiry_date > production_date", name=op.f("ck_shipment_lines_expiry")),
        sa.CheckConstraint("quantity > 0 AND unit_factor > 0", name=op.f("ck_shipment_lines_quantity")),
        sa.ForeignKeyConstraint(
            ["bureau_id", "item_id"],
            ["catalogue_items.bureau_id", "catalogue_items.id"],
            name=op.f("fk_shipment_lines_bureau_id_item_id"),
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "school_id", "supplier_id", "order_line_id"],
            [
                "supply_order_lines.bureau_id",
                "supply_order_lines.school_id",
                "supply_order_lines.supplier_id",
                "supply_order_lines.id",
            ],
            name="fk_shipment_lines_order_line",
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "school_id", "supplier_id", "shipment_id"],
            ["shipments.bureau_id", "shipments.school_id", "shipments.supplier_id", "shipments.id"],
            name=op.f("fk_shipment_lines_bureau_id_school_id_supplier_id_shipment_id"),
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "school_id"],
            ["schools.bureau_id", "schools.id"],
            name=op.f("fk_shipment_lines_bureau_id_school_id"),
        ),
        sa.PrimaryKeyConstraint("bureau_id", "school_id", "id", name=op.f("pk_shipment_lines")),
        sa.UniqueConstraint(
            "bureau_id",
            "school_id",
            "shipment_id",
            "position",
            name=op.f("uq_shipment_lines_bureau_id_school_id_shipment_id_position"),
        ),
        sa.UniqueConstraint(
            "bureau_id",
            "school_id",
            "supplier_id",
            "id",
            name=op.f("uq_shipment_lines_bureau_id_school_id_supplier_id_id"),
        ),
    )
    op.create_index(
        "ix_shipment_lines_batch", "shipment_lines", ["bureau_id", "supplier_id", "item_id", "batch_no"], unique=False
    )
    op.create_index(
        "ix_shipment_lines_order_line", "shipment_lines", ["bureau_id", "school_id", "order_line_id"], unique=False
    )
    op.create_table(
        "batch_certificates",
        sa.Column("bureau_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("supplier_id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("batch_no", sa.Text(), nullable=False),
        sa.Column("issued_by", sa.Text(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("covers_quantity", sa.Numeric(precision=18, scale=6), nullable=True),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("attachment_id", sa.Uuid(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("content_digest", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("state IN ('current', 'withdrawn')", name=op.f("ck_batch_certificates_state")),
        sa.CheckConstraint("covers_quantity > 0", name=op.f("ck_batch_certificates_covers")),
        sa.CheckConstraint("valid_until >= valid_from", name=op.f("ck_batch_certificates_valid")),
        sa.ForeignKeyConstraint(
            ["bureau_id", "item_id"],
            ["catalogue_items.bureau_id", "catalogue_items.id"],
            name=op.f("fk_batch_certificates_bureau_id_item_id"),
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "supplier_id", "attachment_id"],
            ["attachments.bureau_id", "attachments.supplier_id", "attachments.id"],
            name=op.f("fk_batch_certificates_bureau_id_supplier_id_attachment_id"),
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "supplier_id"],
            ["bureau_suppliers.bureau_id", "bureau_suppliers.id"],
            name=op.f("fk_batch_certificates_bureau_id_supplier_id"),
        ),
        sa.ForeignKeyConstraint(["bureau_id"], ["bureaus.id"], name=op.f("fk_batch_certificates_bureau_id")),
        sa.PrimaryKeyConstraint("bureau_id", "id", name=op.f("pk_batch_certificates")),
        sa.UniqueConstraint(
            "bureau_id", "supplier_id", "id", name=op.f("uq_batch_certificates_bureau_id_supplier_id_id")
        ),
    )
    op.create_index(
        "ix_batch_certificates_batch",
        "batch_certificates",
        ["bureau_id", "supplier_id", "item_id", "batch_no"],
        unique=False,
    )
    op.create_index(
        "ix_batch_certificates_newest", "batch_certificates", ["bureau_id", "supplier_id", "state"], unique=False
    )
    op.create_index("ix_batch_certificates_number", "batch_certificates", ["bureau_id", "kind", "number"], unique=False)
    op.create_index("ix_batch_certificates_sha256", "batch_certificates", ["bureau_id", "sha256"], unique=False)
    op.create_table(
        "shipment_certificates",
        sa.Column("bureau_id", sa.Integer(), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("shipment_id", sa.Uuid(), nullable=False),
        sa.Column("shipment_line_id", sa.Uuid(), nullable=False),
        sa.Column("supplier_id", sa.Uuid(), nullable=False),
        sa.Column("certificate_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["bureau_id", "school_id", "supplier_id", "shipment_id"],
            ["shipments.bureau_id", "shipments.school_id", "shipments.supplier_id", "shipments.id"],
            name="fk_shipment_certificates_shipment",
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "school_id", "supplier_id", "shipment_line_id"],
            ["shipment_lines.bureau_id", "shipment_lines.school_id", "shipment_lines.supplier_id", "shipment_lines.id"],
            name="fk_shipment_certificates_line",
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "school_id"],
            ["schools.bureau_id", "schools.id"],
            name=op.f("fk_shipment_certificates_bureau_id_school_id"),
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "supplier_id", "certificate_id"],
            ["batch_certificates.bureau_id", "batch_certificates.supplier_id", "batch_certificates.id"],
            name=op.f("fk_shipment_certificates_bureau_id_supplier_id_certificate_id"),
        ),
        sa.PrimaryKeyConstraint("bureau_id", "school_id", "id", name=op.f("pk_shipment_certificates")),
        sa.UniqueConstraint(
            "bureau_id", "school_id", "shipment_line_id", "certificate_id", name="uq_shipment_certificates_line"
        ),
    )
    op.create_index(
        "ix_shipment_certificates_certificate", "shipment_certificates", ["bureau_id", "certificate_id"], unique=False
    )
    op.create_table(
        "certificate_findings",
        sa.Column("bureau_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("supplier_id", sa.Uuid(), nullable=False),
        sa.Column("certificate_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("found_at_school_id", sa.Integer(), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_by", sa.Uuid(), nullable=True),
        sa.Column("settled_by_name", sa.Text(), nullable=False),
        sa.Column("settled_note", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "settled_at IS NULL OR settled_note <> ''", name=op.f("ck_certificate_findings_settled_note")
        ),
        sa.CheckConstraint("(settled_at IS NULL) = (settled_by IS NULL)", name=op.f("ck_certificate_findings_settled")),
        sa.ForeignKeyConstraint(
            ["bureau_id", "found_at_school_id"],
            ["schools.bureau_id", "schools.id"],
            name=op.f("fk_certificate_findings_bureau_id_found_at_school_id"),
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "supplier_id", "certificate_id"],
            ["batch_certificates.bureau_id", "batch_certificates.supplier_id", "batch_certificates.id"],
            name=op.f("fk_certificate_findings_bureau_id_supplier_id_certificate_id"),
        ),
        sa.ForeignKeyConstraint(["bureau_id"], ["bureaus.id"], name=op.f("fk_certificate_findings_bureau_id")),
        sa.PrimaryKeyConstraint("bureau_id", "id", name=op.f("pk_certificate_findings")),
        sa.UniqueConstraint(
            "bureau_id",
            "certificate_id",
            "code",
            "detail",
            name=op.f("uq_certificate_findings_bureau_id_certificate_id_code_detail"),
        ),
    )
    op.create_index("ix_certificate_findings_newest", "certificate_findings", ["bureau_id", "id"], unique=False)
    op.create_index(
        "ix_certificate_findings_open",
        "certificate_findings",
        ["bureau_id", "id"],
        unique=False,
        postgresql_where=sa.text("settled_at IS NULL"),
    )


def _goods_receipts() -> None:
    """Receipts of deliveries on an order beside those without one, which stay as they were."""
    for name in ("order_id", "shipment_id", "supplier_id", "second_received_by"):
        op.add_column("goods_receipts", sa.Column(name, sa.Uuid(), nullable=True))
    op.add_column("goods_receipts", sa.Column("refused", JSONB, nullable=False, server_default="{}"))
    op.alter_column("goods_receipts", "refused", server_default=None)
    op.add_column("goods_receipts", sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True))
    op.drop_constraint(op.f("ck_goods_receipts_state"), "goods_receipts")
    _check("goods_receipts", "state", "state IN ('awaiting', 'recorded', 'voided')")
    op.drop_constraint(op.f("ck_goods_receipts_void_reason"), "goods_receipts")
    _check("goods_receipts", "void_reason", "state <> 'voided' OR void_reason <> ''")
    _check("goods_receipts", "order", "shipment_id IS NULL OR (order_id IS NOT NULL AND supplier_id IS NOT NULL)")
    _check("goods_receipts", "awaiting", "state <> 'awaiting' OR shipment_id IS NOT NULL")
    _check("goods_receipts", "confirmed", "shipment_id IS NULL OR state <> 'recorded' OR confirmed_at IS NOT NULL")
    _check("goods_receipts", "two_people", "second_received_by <> received_by")
    op.create_foreign_key(
        op.f("fk_goods_receipts_bureau_id_supplier_id"), "goods_receipts", "bureau_suppliers",
        ["bureau_id", "supplier_id"], ["bureau_id", "id"],
    )  # fmt: skip
    for column, table in (("order_id", "supply_orders"), ("shipment_id", "shipments")):
        op.create_foreign_key(
            op.f(f"fk_goods_receipts_bureau_id_school_id_supplier_id_{column}"), "goods_receipts", table,
            ["bureau_id", "school_id", "supplier_id", column], ["bureau_id", "school_id", "supplier_id", "id"],
        )  # fmt: skip
    op.create_index(
        "uq_goods_receipts_shipment", "goods_receipts", ["bureau_id", "school_id", "shipment_id"], unique=True,
        postgresql_where=sa.text("state <> 'voided'"),
    )  # fmt: skip
    op.create_index("ix_goods_receipts_order", "goods_receipts", ["bureau_id", "school_id", "order_id"])
    lines = "goods_receipt_lines"
    for name in ("order_line_id", "shipment_line_id"):
        op.add_column(lines, sa.Column(name, sa.Uuid(), nullable=True))
    for name in ("ordered_quantity", "shipped_quantity", "arrived_quantity", "net_quantity"):
        op.add_column(lines, sa.Column(name, sa.Numeric(14, 3), nullable=True))
    op.add_column(lines, sa.Column("rejected_quantity", sa.Numeric(14, 3), nullable=False, server_default="0"))
    op.alter_column(lines, "rejected_quantity", server_default=None)
    op.add_column(lines, sa.Column("tolerance_percent", sa.Numeric(5, 2), nullable=True))
    op.drop_constraint(op.f("ck_goods_receipt_lines_quantity"), lines)
    _check(lines, "quantity", "quantity >= 0 AND quantity + rejected_quantity > 0 AND unit_factor > 0")
    _check(lines, "rejected", "rejected_quantity >= 0")
    _check(lines, "net", "net_quantity IS NULL OR net_quantity = quantity + rejected_quantity")
    _check(lines, "arrived", "net_quantity <= arrived_quantity")
    _check(lines, "shipment_line", "(shipment_line_id IS NULL) = (net_quantity IS NULL)")
    for column, table in (("order_line_id", "supply_order_lines"), ("shipment_line_id", "shipment_lines")):
        op.create_foreign_key(
            op.f(f"fk_goods_receipt_lines_bureau_id_school_id_{column}"), lines, table,
            ["bureau_id", "school_id", column], ["bureau_id", "school_id", "id"],
        )  # fmt: skip
    op.create_index("ix_goods_receipt_lines_order_line", lines, ["bureau_id", "school_id", "order_line_id"])
    op.create_table(
        "goods_receipt_confirmations",
        sa.Column("bureau_id", sa.Integer(), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("receipt_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("how", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("how IN ('here', 'own', 'offline')", name=op.f("ck_goods_receipt_confirmations_how")),
        sa.ForeignKeyConstraint(
            ["bureau_id", "school_id", "receipt_id"],
            ["goods_receipts.bureau_id", "goods_receipts.school_id", "goods_receipts.id"],
            name=op.f("fk_goods_receipt_confirmations_bureau_id_school_id_receipt_id"),
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "school_id"],
            ["schools.bureau_id", "schools.id"],
            name=op.f("fk_goods_receipt_confirmations_bureau_id_school_id"),
        ),
        sa.PrimaryKeyConstraint("bureau_id", "school_id", "id", name=op.f("pk_goods_receipt_confirmations")),
        sa.UniqueConstraint(
            "bureau_id", "school_id", "receipt_id", "account_id", name="uq_goods_receipt_confirmations_account"
        ),
    )


def _rejections() -> None:
    op.create_table(
        "goods_rejections",
        sa.Column("bureau_id", sa.Integer(), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("receipt_id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("shipment_id", sa.Uuid(), nullable=False),
        sa.Column("supplier_id", sa.Uuid(), nullable=False),
        sa.Column("supplier_name", sa.Text(), nullable=False),
        sa.Column("school_name", sa.Text(), nullable=False),
        sa.Column("rejected_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("wanted", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("is_safety", sa.Boolean(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("answer_note", sa.Text(), nullable=False),
        sa.Column("promised_on", sa.Date(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by_name", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("answer IN ('', 'replace', 'credit')", name=op.f("ck_goods_rejections_answer")),
        sa.CheckConstraint(
            "state IN ('open', 'replaced', 'credited', 'closed', 'voided')", name=op.f("ck_goods_rejections_state")
        ),
        sa.CheckConstraint("wanted IN ('replace', 'credit')", name=op.f("ck_goods_rejections_wanted")),
        sa.CheckConstraint("amount_fen >= 0", name=op.f("ck_goods_rejections_amount")),
        sa.ForeignKeyConstraint(
            ["bureau_id", "school_id", "receipt_id"],
            ["goods_receipts.bureau_id", "goods_receipts.school_id", "goods_receipts.id"],
            name=op.f("fk_goods_rejections_bureau_id_school_id_receipt_id"),
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "school_id", "supplier_id", "order_id"],
            ["supply_orders.bureau_id", "supply_orders.school_id", "supply_orders.supplier_id", "supply_orders.id"],
            name=op.f("fk_goods_rejections_bureau_id_school_id_supplier_id_order_id"),
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "school_id"],
            ["schools.bureau_id", "schools.id"],
            name=op.f("fk_goods_rejections_bureau_id_school_id"),
        ),
        sa.PrimaryKeyConstraint("bureau_id", "school_id", "id", name=op.f("pk_goods_rejections")),
        sa.UniqueConstraint(
            "bureau_id", "school_id", "number", name=op.f("uq_goods_rejections_bureau_id_school_id_number")
        ),
        sa.UniqueConstraint(
            "bureau_id", "school_id", "receipt_id", name=op.f("uq_goods_rejections_bureau_id_school_id_receipt_id")
        ),
        sa.UniqueConstraint(
            "bureau_id",
            "school_id",
            "supplier_id",
            "id",
            name=op.f("uq_goods_rejections_bureau_id_school_id_supplier_id_id"),
        ),
    )
    op.create_index("ix_goods_rejections_bureau", "goods_rejections", ["bureau_id", "id"], unique=False)
    op.create_index("ix_goods_rejections_newest", "goods_rejections", ["bureau_id", "school_id", "id"], unique=False)
    op.create_index(
        "ix_goods_rejections_order", "goods_rejections", ["bureau_id", "school_id", "order_id"], unique=False
    )
    op.create_index(
        "ix_goods_rejections_supplier", "goods_rejections", ["bureau_id", "supplier_id", "id"], unique=False
    )
    op.create_table(
        "goods_rejection_lines",
        sa.Column("bureau_id", sa.Integer(), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("rejection_id", sa.Uuid(), nullable=False),
        sa.Column("supplier_id", sa.Uuid(), nullable=False),
        sa.Column("receipt_line_id", sa.Uuid(), nullable=False),
        sa.Column("order_line_id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("item_name", sa.Text(), nullable=False),
        sa.Column("batch_no", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("unit_price_fen", sa.BigInteger(), nullable=False),
        sa.Column("quantity", sa.Numeric(precision=14, scale=3), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("replaced_quantity", sa.Numeric(precision=14, scale=3), nullable=False),
        sa.Column("credited_quantity", sa.Numeric(precision=14, scale=3), nullable=False),
        sa.CheckConstraint(
            "reason IN ('spoiled', 'contaminated', 'expired', 'too_warm', 'wrong_item', 'bad_quality', 'damaged', 'surplus', 'short_life', 'no_certificate', 'bad_certificate', 'lot_warned', 'other')",
            name=op.f("ck_goods_rejection_lines_reason"),
        ),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_goods_rejection_lines_quantity")),
        sa.CheckConstraint(
            "replaced_quantity + credited_quantity <= quantity", name=op.f("ck_goods_rejection_lines_balance")
        ),
        sa.CheckConstraint(
            "replaced_quantity >= 0 AND credited_quantity >= 0", name=op.f("ck_goods_rejection_lines_settled")
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "item_id"],
            ["catalogue_items.bureau_id", "catalogue_items.id"],
            name=op.f("fk_goods_rejection_lines_bureau_id_item_id"),
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "school_id", "order_line_id"],
            ["supply_order_lines.bureau_id", "supply_order_lines.school_id", "supply_order_lines.id"],
            name=op.f("fk_goods_rejection_lines_bureau_id_school_id_order_line_id"),
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "school_id", "receipt_line_id"],
            ["goods_receipt_lines.bureau_id", "goods_receipt_lines.school_id", "goods_receipt_lines.id"],
            name=op.f("fk_goods_rejection_lines_bureau_id_school_id_receipt_line_id"),
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "school_id", "supplier_id", "rejection_id"],
            [
                "goods_rejections.bureau_id",
                "goods_rejections.school_id",
                "goods_rejections.supplier_id",
                "goods_rejections.id",
            ],
            name="fk_goods_rejection_lines_rejection",
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "school_id"],
            ["schools.bureau_id", "schools.id"],
            name=op.f("fk_goods_rejection_lines_bureau_id_school_id"),
        ),
        sa.PrimaryKeyConstraint("bureau_id", "school_id", "id", name=op.f("pk_goods_rejection_lines")),
        sa.UniqueConstraint(
            "bureau_id",
            "school_id",
            "receipt_line_id",
            name=op.f("uq_goods_rejection_lines_bureau_id_school_id_receipt_line_id"),
        ),
        sa.UniqueConstraint(
            "bureau_id",
            "school_id",
            "supplier_id",
            "id",
            name=op.f("uq_goods_rejection_lines_bureau_id_school_id_supplier_id_id"),
        ),
    )
    op.create_index(
        "ix_goods_rejection_lines_batch", "goods_rejection_lines", ["bureau_id", "item_id", "batch_no"], unique=False
    )
    op.create_index(
        "ix_goods_rejection_lines_rejection",
        "goods_rejection_lines",
        ["bureau_id", "school_id", "rejection_id"],
        unique=False,
    )
    op.create_table(
        "goods_rejection_photos",
        sa.Column("bureau_id", sa.Integer(), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("rejection_id", sa.Uuid(), nullable=False),
        sa.Column("line_id", sa.Uuid(), nullable=False),
        sa.Column("supplier_id", sa.Uuid(), nullable=False),
        sa.Column("attachment_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["bureau_id", "school_id", "attachment_id"],
            ["attachments.bureau_id", "attachments.school_id", "attachments.id"],
            name=op.f("fk_goods_rejection_photos_bureau_id_school_id_attachment_id"),
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "school_id", "supplier_id", "line_id"],
            [
                "goods_rejection_lines.bureau_id",
                "goods_rejection_lines.school_id",
                "goods_rejection_lines.supplier_id",
                "goods_rejection_lines.id",
            ],
            name="fk_goods_rejection_photos_line",
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "school_id", "supplier_id", "rejection_id"],
            [
                "goods_rejections.bureau_id",
                "goods_rejections.school_id",
                "goods_rejections.supplier_id",
                "goods_rejections.id",
            ],
            name="fk_goods_rejection_photos_rejection",
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "school_id"],
            ["schools.bureau_id", "schools.id"],
            name=op.f("fk_goods_rejection_photos_bureau_id_school_id"),
        ),
        sa.PrimaryKeyConstraint("bureau_id", "school_id", "id", name=op.f("pk_goods_rejection_photos")),
    )
    op.create_index(
        "ix_goods_rejection_photos_rejection",
        "goods_rejection_photos",
        ["bureau_id", "school_id", "rejection_id"],
        unique=False,
    )
    op.create_table(
        "goods_rejection_events",
        sa.Column("bureau_id", sa.Integer(), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("rejection_id", sa.Uuid(), nullable=False),
        sa.Column("supplier_id", sa.Uuid(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("from_state", sa.Text(), nullable=False),
        sa.Column("to_state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("by_name", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["bureau_id", "school_id", "supplier_id", "rejection_id"],
            [
                "goods_rejections.bureau_id",
                "goods_rejections.school_id",
                "goods_rejections.supplier_id",
                "goods_rejections.id",
            ],
            name="fk_goods_rejection_events_rejection",
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "school_id"],
            ["schools.bureau_id", "schools.id"],
            name=op.f("fk_goods_rejection_events_bureau_id_school_id"),
        ),
        sa.PrimaryKeyConstraint("bureau_id", "school_id", "id", name=op.f("pk_goods_rejection_events")),
    )
    op.create_index(
        "ix_goods_rejection_events_rejection",
        "goods_rejection_events",
        ["bureau_id", "school_id", "rejection_id", "id"],
        unique=False,
    )
    op.create_table(
        "lot_warnings",
        sa.Column("bureau_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("supplier_id", sa.Uuid(), nullable=False),
        sa.Column("supplier_name", sa.Text(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("item_name", sa.Text(), nullable=False),
        sa.Column("batch_no", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("raised_by_school_id", sa.Integer(), nullable=True),
        sa.Column("raised_by_school_name", sa.Text(), nullable=False),
        sa.Column("rejection_id", sa.Uuid(), nullable=True),
        sa.Column("recall_id", sa.Uuid(), nullable=True),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lifted_by", sa.Uuid(), nullable=True),
        sa.Column("lifted_by_name", sa.Text(), nullable=False),
        sa.Column("lift_reason", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("lifted_at IS NULL OR lift_reason <> ''", name=op.f("ck_lot_warnings_lift_reason")),
        sa.CheckConstraint("(lifted_at IS NULL) = (lifted_by IS NULL)", name=op.f("ck_lot_warnings_lifted")),
        sa.CheckConstraint(
            "(rejection_id IS NULL) = (raised_by_school_id IS NULL)", name=op.f("ck_lot_warnings_rejection")
        ),
        sa.CheckConstraint("(rejection_id IS NULL) = (recall_id IS NOT NULL)", name=op.f("ck_lot_warnings_source")),
        sa.ForeignKeyConstraint(
            ["bureau_id", "item_id"],
            ["catalogue_items.bureau_id", "catalogue_items.id"],
            name=op.f("fk_lot_warnings_bureau_id_item_id"),
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "raised_by_school_id", "rejection_id"],
            ["goods_rejections.bureau_id", "goods_rejections.school_id", "goods_rejections.id"],
            name=op.f("fk_lot_warnings_bureau_id_raised_by_school_id_rejection_id"),
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "supplier_id"],
            ["bureau_suppliers.bureau_id", "bureau_suppliers.id"],
            name=op.f("fk_lot_warnings_bureau_id_supplier_id"),
        ),
        sa.ForeignKeyConstraint(["bureau_id"], ["bureaus.id"], name=op.f("fk_lot_warnings_bureau_id")),
        sa.PrimaryKeyConstraint("bureau_id", "id", name=op.f("pk_lot_warnings")),
    )
    op.create_index("ix_lot_warnings_newest", "lot_warnings", ["bureau_id", "id"], unique=False)
    op.create_index(
        "ix_lot_warnings_recall",
        "lot_warnings",
        ["bureau_id", "recall_id"],
        postgresql_where=sa.text("recall_id IS NOT NULL"),
    )
    op.create_index(
        "uq_lot_warnings_lot",
        "lot_warnings",
        ["bureau_id", "supplier_id", "item_id", "batch_no"],
        unique=True,
        postgresql_where=sa.text("lifted_at IS NULL"),
    )
    op.create_table(
        "lot_warning_schools",
        sa.Column("bureau_id", sa.Integer(), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("warning_id", sa.Uuid(), nullable=False),
        sa.Column("found_in", sa.Text(), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("acknowledged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("acknowledged_by", sa.Uuid(), nullable=True),
        sa.Column("acknowledged_by_name", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "found_in IN ('ordered', 'shipped', 'received')", name=op.f("ck_lot_warning_schools_found_in")
        ),
        sa.CheckConstraint(
            "(acknowledged_at IS NULL) = (acknowledged_by IS NULL)", name=op.f("ck_lot_warning_schools_acknowledged")
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "school_id"],
            ["schools.bureau_id", "schools.id"],
            name=op.f("fk_lot_warning_schools_bureau_id_school_id"),
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "warning_id"],
            ["lot_warnings.bureau_id", "lot_warnings.id"],
            name=op.f("fk_lot_warning_schools_bureau_id_warning_id"),
        ),
        sa.PrimaryKeyConstraint("bureau_id", "school_id", "id", name=op.f("pk_lot_warning_schools")),
        sa.UniqueConstraint(
            "bureau_id", "school_id", "warning_id", name=op.f("uq_lot_warning_schools_bureau_id_school_id_warning_id")
        ),
    )
    op.create_index("ix_lot_warning_schools_warning", "lot_warning_schools", ["bureau_id", "warning_id"], unique=False)


def _check(table: str, name: str, condition: str) -> None:
    op.create_check_constraint(op.f(f"ck_{table}_{name}"), table, condition)


def _protect_orders() -> None:
    tenancy.protect_school_table("food_budgets")
    tenancy.protect_school_table("supply_orders")
    tenancy.protect_school_table("supply_order_lines", school="rwd")
    tenancy.protect_school_table("supply_order_events", school="ra")
    tenancy.protect_school_table("shipments")
    tenancy.protect_school_table("shipment_lines")
    tenancy.protect_school_table("shipment_certificates", school="ra")
    tenancy.protect_supplier_table("batch_certificates", bureau="r", supplier=None, zone="r", school="r")
    tenancy.protect_supplier_table("certificate_findings", supplier="r", zone="r", school="r")
    # A supplier sees what was sent to it. Of an order it changes its answer, never what was ordered or at which price.
    tenancy.show_to("supply_orders", "houqin_supplier", f"{OF_SUPPLIER} AND is_sent")
    tenancy.show_to("supply_order_lines", "houqin_supplier", f"{OF_SUPPLIER} AND is_sent")
    tenancy.show_to("supply_order_events", "houqin_supplier", f"{OF_SUPPLIER} AND is_shown")
    for table in ("shipments", "shipment_lines", "shipment_certificates", "batch_certificates"):
        tenancy.show_to(table, "houqin_supplier", OF_SUPPLIER)
        _supplier_adds(table)
    _supplier_adds("supply_order_events")
    _supplier_keeps(
        "supply_orders", "state", "state_reason", "answered_at", "proposed_on", "proposal_reason", "version",
        condition="is_sent",
    )  # fmt: skip
    _supplier_keeps("shipments", "state", "state_reason", "version")
    _supplier_keeps("batch_certificates", "state", "version")


def _protect_receiving() -> None:
    tenancy.protect_school_table("goods_receipt_confirmations", school="ra")
    for table in ("goods_rejections", "goods_rejection_lines"):
        tenancy.protect_school_table(table)
    for table in ("goods_rejection_photos", "goods_rejection_events"):
        tenancy.protect_school_table(table, school="ra")
    for table in ("goods_rejections", "goods_rejection_lines", "goods_rejection_photos", "goods_rejection_events"):
        tenancy.show_to(table, "houqin_supplier", OF_SUPPLIER)
    _supplier_adds("goods_rejection_events")
    _supplier_keeps(
        "goods_rejections", "state", "answer", "answer_note", "promised_on", "answered_at", "answered_by_name",
        "version",
    )  # fmt: skip
    tenancy.protect_supplier_table("lot_warnings", supplier="r", zone="r", school="r")
    tenancy.protect_school_table("lot_warning_schools", bureau="rw")


def _supplier_adds(table: str) -> None:
    op.execute(f"GRANT INSERT ON {table} TO houqin_supplier")
    op.execute(
        f"CREATE POLICY {table}_supplier_add ON {table} FOR INSERT TO houqin_supplier WITH CHECK ({OF_SUPPLIER})"
    )


def _supplier_keeps(table: str, *columns: str, condition: str | None = None) -> None:
    """A supplier changes these columns of its rows."""
    own = f"{OF_SUPPLIER} AND {condition}" if condition else OF_SUPPLIER
    op.execute(f"GRANT UPDATE ({', '.join(columns)}) ON {table} TO houqin_supplier")
    op.execute(
        f"CREATE POLICY {table}_supplier_answer ON {table} FOR UPDATE TO houqin_supplier"
        f" USING ({own}) WITH CHECK ({own})"
    )
