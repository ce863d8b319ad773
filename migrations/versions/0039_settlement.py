"""Monthly statements with suppliers, their invoices, payments and differences.

Revision: 0039, after 0038
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from migrations import tenancy

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None

OF_SUPPLIER = f"bureau_id = {tenancy.BUREAU} AND supplier_id = {tenancy.SUPPLIER}"


def upgrade() -> None:
    _tables()
    _protect()


def _tables() -> None:
    op.create_table(
        "settlement_accounts",
        sa.Column("bureau_id", sa.Integer(), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("supplier_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["bureau_id", "school_id"],
            ["schools.bureau_id", "schools.id"],
            name=op.f("fk_settlement_accounts_bureau_id_school_id"),
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "supplier_id"],
            ["bureau_suppliers.bureau_id", "bureau_suppliers.id"],
            name=op.f("fk_settlement_accounts_bureau_id_supplier_id"),
        ),
        sa.PrimaryKeyConstraint("bureau_id", "school_id", "id", name=op.f("pk_settlement_accounts")),
        sa.UniqueConstraint(
            "bureau_id", "school_id", "supplier_id", name=op.f("uq_settlement_accounts_bureau_id_school_id_supplier_id")
        ),
    )
    op.create_table(
        "settlement_months",
        sa.Column("bureau_id", sa.Integer(), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("statement_count", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.CheckConstraint("extract(day FROM month) = 1", name=op.f("ck_settlement_months_month")),
        sa.CheckConstraint("statement_count >= 0", name=op.f("ck_settlement_months_count")),
        sa.ForeignKeyConstraint(
            ["bureau_id", "school_id"],
            ["schools.bureau_id", "schools.id"],
            name=op.f("fk_settlement_months_bureau_id_school_id"),
        ),
        sa.PrimaryKeyConstraint("bureau_id", "school_id", "id", name=op.f("pk_settlement_months")),
        sa.UniqueConstraint(
            "bureau_id", "school_id", "month", name=op.f("uq_settlement_months_bureau_id_school_id_month")
        ),
    )
    op.create_index(
        "ix_settlement_months_month", "settlement_months", ["bureau_id", "month", "school_id"], unique=False
    )
    op.create_table(
        "supplier_statements",
        sa.Column("bureau_id", sa.Integer(), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("supplier_id", sa.Uuid(), nullable=False),
        sa.Column("supplier_name", sa.Text(), nullable=False),
        sa.Column("school_name", sa.Text(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("state_reason", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("line_count", sa.Integer(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("created_by_name", sa.Text(), nullable=False),
        sa.Column("is_sent", sa.Boolean(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_by", sa.Uuid(), nullable=True),
        sa.Column("sent_by_name", sa.Text(), nullable=False),
        sa.Column("answer_due_on", sa.Date(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("agreed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("agreed_by_name", sa.Text(), nullable=False),
        sa.Column("payment_days", sa.Integer(), nullable=False),
        sa.Column("invoiced_fen", sa.BigInteger(), nullable=False),
        sa.Column("checked_fen", sa.BigInteger(), nullable=False),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("approved_by", sa.Uuid(), nullable=True),
        sa.Column("approved_by_name", sa.Text(), nullable=False),
        sa.Column("paid_fen", sa.BigInteger(), nullable=False),
        sa.Column("paid_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state IN ('agreed', 'invoiced', 'approved', 'paid')) = (agreed_at IS NOT NULL)",
            name=op.f("ck_supplier_statements_agreed"),
        ),
        sa.CheckConstraint(
            "is_sent = (sent_by IS NOT NULL) AND is_sent = (digest <> '')", name=op.f("ck_supplier_statements_sent_by")
        ),
        sa.CheckConstraint(
            "state <> 'approved' OR approved_at IS NOT NULL", name=op.f("ck_supplier_statements_approved_state")
        ),
        sa.CheckConstraint("state <> 'paid' OR paid_fen = amount_fen", name=op.f("ck_supplier_statements_paid_state")),
        sa.CheckConstraint(
            "state IN ('draft', 'sent', 'disputed', 'agreed', 'invoiced', 'approved', 'paid', 'withdrawn')",
            name=op.f("ck_supplier_statements_state"),
        ),
        sa.CheckConstraint(
            "state IN ('draft', 'withdrawn') OR is_sent", name=op.f("ck_supplier_statements_sent_state")
        ),
        sa.CheckConstraint(
            "state NOT IN ('invoiced', 'approved', 'paid') OR checked_fen = amount_fen",
            name=op.f("ck_supplier_statements_invoiced_state"),
        ),
        sa.CheckConstraint(
            "(amount_fen >= 0 AND checked_fen BETWEEN 0 AND amount_fen) OR (amount_fen < 0 AND checked_fen BETWEEN amount_fen AND 0)",
            name=op.f("ck_supplier_statements_checked"),
        ),
        sa.CheckConstraint(
            "(amount_fen >= 0 AND invoiced_fen BETWEEN 0 AND amount_fen) OR (amount_fen < 0 AND invoiced_fen BETWEEN amount_fen AND 0)",
            name=op.f("ck_supplier_statements_invoiced"),
        ),
        sa.CheckConstraint(
            "(amount_fen >= 0 AND paid_fen BETWEEN 0 AND amount_fen) OR (amount_fen < 0 AND paid_fen BETWEEN amount_fen AND 0)",
            name=op.f("ck_supplier_statements_paid"),
        ),
        sa.CheckConstraint(
            "(approved_by IS NULL) = (approved_at IS NULL)", name=op.f("ck_supplier_statements_approved")
        ),
        sa.CheckConstraint(
            "approved_by <> created_by AND approved_by <> sent_by", name=op.f("ck_supplier_statements_two_people")
        ),
        sa.CheckConstraint("extract(day FROM month) = 1", name=op.f("ck_supplier_statements_month")),
        sa.CheckConstraint(
            "is_sent = (sent_at IS NOT NULL) AND is_sent = (revision > 0)", name=op.f("ck_supplier_statements_sent")
        ),
        sa.CheckConstraint(
            "paid_fen = 0 OR approved_at IS NOT NULL", name=op.f("ck_supplier_statements_paid_approved")
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "school_id"],
            ["schools.bureau_id", "schools.id"],
            name=op.f("fk_supplier_statements_bureau_id_school_id"),
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "supplier_id"],
            ["bureau_suppliers.bureau_id", "bureau_suppliers.id"],
            name=op.f("fk_supplier_statements_bureau_id_supplier_id"),
        ),
        sa.PrimaryKeyConstraint("bureau_id", "school_id", "id", name=op.f("pk_supplier_statements")),
        sa.UniqueConstraint(
            "bureau_id", "school_id", "number", name=op.f("uq_supplier_statements_bureau_id_school_id_number")
        ),
        sa.UniqueConstraint(
            "bureau_id",
            "school_id",
            "supplier_id",
            "id",
            name=op.f("uq_supplier_statements_bureau_id_school_id_supplier_id_id"),
        ),
    )
    op.create_index(
        "ix_supplier_statements_month", "supplier_statements", ["bureau_id", "month", "school_id"], unique=False
    )
    op.create_index(
        "ix_supplier_statements_newest", "supplier_statements", ["bureau_id", "school_id", "month", "id"], unique=False
    )
    op.create_index(
        "ix_supplier_statements_supplier",
        "supplier_statements",
        ["bureau_id", "supplier_id", "month", "id"],
        unique=False,
    )
    op.create_index(
        "ix_supplier_statements_unpaid",
        "supplier_statements",
        ["bureau_id", "agreed_at", "school_id"],
        unique=False,
        postgresql_where=sa.text("state IN ('agreed', 'invoiced', 'approved')"),
    )
    op.create_index(
        "uq_supplier_statements_live",
        "supplier_statements",
        ["bureau_id", "school_id", "supplier_id", "month"],
        unique=True,
        postgresql_where=sa.text("state <> 'withdrawn'"),
    )
    op.create_table(
        "supplier_statement_lines",
        sa.Column("bureau_id", sa.Integer(), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("statement_id", sa.Uuid(), nullable=False),
        sa.Column("supplier_id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("source_id", sa.Uuid(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("receipt_id", sa.Uuid(), nullable=True),
        sa.Column("receipt_line_id", sa.Uuid(), nullable=True),
        sa.Column("receipt_number", sa.Text(), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=True),
        sa.Column("order_number", sa.Text(), nullable=False),
        sa.Column("order_line_id", sa.Uuid(), nullable=True),
        sa.Column("price_on", sa.Date(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("specification", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("batch_no", sa.Text(), nullable=False),
        sa.Column("ordered_quantity", sa.Numeric(precision=14, scale=3), nullable=True),
        sa.Column("shipped_quantity", sa.Numeric(precision=14, scale=3), nullable=True),
        sa.Column("arrived_quantity", sa.Numeric(precision=14, scale=3), nullable=True),
        sa.Column("net_quantity", sa.Numeric(precision=14, scale=3), nullable=True),
        sa.Column("rejected_quantity", sa.Numeric(precision=14, scale=3), nullable=True),
        sa.Column("quantity", sa.Numeric(precision=14, scale=3), nullable=True),
        sa.Column("unit_price_fen", sa.BigInteger(), nullable=True),
        sa.Column("agreement_item_id", sa.Uuid(), nullable=True),
        sa.Column("book_id", sa.Uuid(), nullable=True),
        sa.Column("term_id", sa.Uuid(), nullable=True),
        sa.Column("book_number", sa.Text(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("memo_fen", sa.BigInteger(), nullable=False),
        sa.Column("reasons", JSONB, nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.CheckConstraint("kind <> 'credit' OR amount_fen = 0", name=op.f("ck_supplier_statement_lines_credit")),
        sa.CheckConstraint(
            "kind IN ('receipt', 'credit', 'correction', 'note', 'adjustment')",
            name=op.f("ck_supplier_statement_lines_kind"),
        ),
        sa.CheckConstraint(
            "kind NOT IN ('receipt', 'correction') OR receipt_line_id IS NOT NULL",
            name=op.f("ck_supplier_statement_lines_receipt_line"),
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "school_id", "receipt_line_id"],
            ["goods_receipt_lines.bureau_id", "goods_receipt_lines.school_id", "goods_receipt_lines.id"],
            name=op.f("fk_supplier_statement_lines_bureau_id_school_id_receipt_line_id"),
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "school_id", "supplier_id", "statement_id"],
            [
                "supplier_statements.bureau_id",
                "supplier_statements.school_id",
                "supplier_statements.supplier_id",
                "supplier_statements.id",
            ],
            name="fk_supplier_statement_lines_statement",
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "school_id"],
            ["schools.bureau_id", "schools.id"],
            name=op.f("fk_supplier_statement_lines_bureau_id_school_id"),
        ),
        sa.PrimaryKeyConstraint("bureau_id", "school_id", "id", name=op.f("pk_supplier_statement_lines")),
        sa.UniqueConstraint(
            "bureau_id",
            "school_id",
            "statement_id",
            "revision",
            "kind",
            "source_id",
            name="uq_supplier_statement_lines_source",
        ),
        sa.UniqueConstraint(
            "bureau_id",
            "school_id",
            "statement_id",
            "revision",
            "position",
            name=op.f("uq_supplier_statement_lines_bureau_id_school_id_statement_id_revision_position"),
        ),
        sa.UniqueConstraint(
            "bureau_id",
            "school_id",
            "supplier_id",
            "id",
            name=op.f("uq_supplier_statement_lines_bureau_id_school_id_supplier_id_id"),
        ),
    )
    op.create_index(
        "ix_supplier_statement_lines_receipt",
        "supplier_statement_lines",
        ["bureau_id", "school_id", "receipt_id"],
        unique=False,
    )
    op.create_index(
        "ix_supplier_statement_lines_source",
        "supplier_statement_lines",
        ["bureau_id", "school_id", "source_id"],
        unique=False,
    )
    op.create_table(
        "supplier_statement_objections",
        sa.Column("bureau_id", sa.Integer(), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("statement_id", sa.Uuid(), nullable=False),
        sa.Column("supplier_id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("line_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("raised_by_name", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by", sa.Uuid(), nullable=True),
        sa.Column("answered_by_name", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("answered_at IS NULL OR answer <> ''", name=op.f("ck_supplier_statement_objections_answer")),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_supplier_statement_objections_reason")),
        sa.CheckConstraint(
            "(answered_at IS NULL) = (answered_by IS NULL)", name=op.f("ck_supplier_statement_objections_answered")
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "school_id", "supplier_id", "line_id"],
            [
                "supplier_statement_lines.bureau_id",
                "supplier_statement_lines.school_id",
                "supplier_statement_lines.supplier_id",
                "supplier_statement_lines.id",
            ],
            name="fk_supplier_statement_objections_line",
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "school_id", "supplier_id", "statement_id"],
            [
                "supplier_statements.bureau_id",
                "supplier_statements.school_id",
                "supplier_statements.supplier_id",
                "supplier_statements.id",
            ],
            name="fk_supplier_statement_objections_statement",
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "school_id"],
            ["schools.bureau_id", "schools.id"],
            name=op.f("fk_supplier_statement_objections_bureau_id_school_id"),
        ),
        sa.PrimaryKeyConstraint("bureau_id", "school_id", "id", name=op.f("pk_supplier_statement_objections")),
    )
    op.create_index(
        "ix_supplier_statement_objections_statement",
        "supplier_statement_objections",
        ["bureau_id", "school_id", "statement_id", "id"],
        unique=False,
    )
    op.create_table(
        "supplier_statement_events",
        sa.Column("bureau_id", sa.Integer(), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("statement_id", sa.Uuid(), nullable=False),
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
        sa.CheckConstraint("side IN ('school', 'supplier', 'system')", name=op.f("ck_supplier_statement_events_side")),
        sa.ForeignKeyConstraint(
            ["bureau_id", "school_id", "supplier_id", "statement_id"],
            [
                "supplier_statements.bureau_id",
                "supplier_statements.school_id",
                "supplier_statements.supplier_id",
                "supplier_statements.id",
            ],
            name="fk_supplier_statement_events_statement",
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "school_id"],
            ["schools.bureau_id", "schools.id"],
            name=op.f("fk_supplier_statement_events_bureau_id_school_id"),
        ),
        sa.PrimaryKeyConstraint("bureau_id", "school_id", "id", name=op.f("pk_supplier_statement_events")),
    )
    op.create_index(
        "ix_supplier_statement_events_statement",
        "supplier_statement_events",
        ["bureau_id", "school_id", "statement_id", "id"],
        unique=False,
    )
    op.create_table(
        "supplier_invoices",
        sa.Column("bureau_id", sa.Integer(), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("supplier_id", sa.Uuid(), nullable=False),
        sa.Column("supplier_name", sa.Text(), nullable=False),
        sa.Column("school_name", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("tax_fen", sa.BigInteger(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("matched_fen", sa.BigInteger(), nullable=False),
        sa.Column("school_attachment_id", sa.Uuid(), nullable=True),
        sa.Column("supplier_attachment_id", sa.Uuid(), nullable=True),
        sa.Column("content_digest", sa.Text(), nullable=False),
        sa.Column("created_by_name", sa.Text(), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("checked_by_name", sa.Text(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by_name", sa.Text(), nullable=False),
        sa.Column("end_reason", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state IN ('refused', 'voided')) = (ended_at IS NOT NULL)", name=op.f("ck_supplier_invoices_ended")
        ),
        sa.CheckConstraint("ended_at IS NULL OR end_reason <> ''", name=op.f("ck_supplier_invoices_end_reason")),
        sa.CheckConstraint("state <> 'checked' OR checked_at IS NOT NULL", name=op.f("ck_supplier_invoices_checked")),
        sa.CheckConstraint(
            "state IN ('recorded', 'checked', 'refused', 'voided')", name=op.f("ck_supplier_invoices_state")
        ),
        sa.CheckConstraint(
            "(amount_fen > 0 AND matched_fen BETWEEN 0 AND amount_fen) OR (amount_fen < 0 AND matched_fen BETWEEN amount_fen AND 0)",
            name=op.f("ck_supplier_invoices_matched"),
        ),
        sa.CheckConstraint(
            "abs(tax_fen) < abs(amount_fen) AND tax_fen::numeric * amount_fen >= 0",
            name=op.f("ck_supplier_invoices_tax"),
        ),
        sa.CheckConstraint("amount_fen <> 0", name=op.f("ck_supplier_invoices_amount")),
        sa.CheckConstraint(
            "num_nonnulls(school_attachment_id, supplier_attachment_id) = 1", name=op.f("ck_supplier_invoices_scan")
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "school_id", "school_attachment_id"],
            ["attachments.bureau_id", "attachments.school_id", "attachments.id"],
            name="fk_supplier_invoices_school_attachment",
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "school_id"],
            ["schools.bureau_id", "schools.id"],
            name=op.f("fk_supplier_invoices_bureau_id_school_id"),
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "supplier_id"],
            ["bureau_suppliers.bureau_id", "bureau_suppliers.id"],
            name=op.f("fk_supplier_invoices_bureau_id_supplier_id"),
        ),
        sa.PrimaryKeyConstraint("bureau_id", "school_id", "id", name=op.f("pk_supplier_invoices")),
        sa.UniqueConstraint(
            "bureau_id",
            "school_id",
            "supplier_id",
            "id",
            name=op.f("uq_supplier_invoices_bureau_id_school_id_supplier_id_id"),
        ),
    )
    op.create_index("ix_supplier_invoices_newest", "supplier_invoices", ["bureau_id", "school_id", "id"], unique=False)
    op.create_index(
        "ix_supplier_invoices_supplier", "supplier_invoices", ["bureau_id", "supplier_id", "id"], unique=False
    )
    op.create_index(
        "uq_supplier_invoices_number",
        "supplier_invoices",
        ["bureau_id", "supplier_id", "number"],
        unique=True,
        postgresql_where=sa.text("state IN ('recorded', 'checked')"),
    )
    op.create_table(
        "supplier_invoice_matches",
        sa.Column("bureau_id", sa.Integer(), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("invoice_id", sa.Uuid(), nullable=False),
        sa.Column("statement_id", sa.Uuid(), nullable=False),
        sa.Column("supplier_id", sa.Uuid(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("amount_fen <> 0", name=op.f("ck_supplier_invoice_matches_amount")),
        sa.ForeignKeyConstraint(
            ["bureau_id", "school_id", "supplier_id", "invoice_id"],
            [
                "supplier_invoices.bureau_id",
                "supplier_invoices.school_id",
                "supplier_invoices.supplier_id",
                "supplier_invoices.id",
            ],
            name="fk_supplier_invoice_matches_invoice",
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "school_id", "supplier_id", "statement_id"],
            [
                "supplier_statements.bureau_id",
                "supplier_statements.school_id",
                "supplier_statements.supplier_id",
                "supplier_statements.id",
            ],
            name="fk_supplier_invoice_matches_statement",
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "school_id"],
            ["schools.bureau_id", "schools.id"],
            name=op.f("fk_supplier_invoice_matches_bureau_id_school_id"),
        ),
        sa.PrimaryKeyConstraint("bureau_id", "school_id", "id", name=op.f("pk_supplier_invoice_matches")),
        sa.UniqueConstraint(
            "bureau_id", "school_id", "invoice_id", "statement_id", name="uq_supplier_invoice_matches_pair"
        ),
    )
    op.create_index(
        "ix_supplier_invoice_matches_statement",
        "supplier_invoice_matches",
        ["bureau_id", "school_id", "statement_id"],
        unique=False,
    )
    op.create_table(
        "supplier_payments",
        sa.Column("bureau_id", sa.Integer(), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("statement_id", sa.Uuid(), nullable=False),
        sa.Column("supplier_id", sa.Uuid(), nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("recorded_by_name", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.CheckConstraint("reference <> ''", name=op.f("ck_supplier_payments_reference")),
        sa.CheckConstraint("amount_fen <> 0", name=op.f("ck_supplier_payments_amount")),
        sa.ForeignKeyConstraint(
            ["bureau_id", "school_id", "supplier_id", "statement_id"],
            [
                "supplier_statements.bureau_id",
                "supplier_statements.school_id",
                "supplier_statements.supplier_id",
                "supplier_statements.id",
            ],
            name="fk_supplier_payments_statement",
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "school_id"],
            ["schools.bureau_id", "schools.id"],
            name=op.f("fk_supplier_payments_bureau_id_school_id"),
        ),
        sa.PrimaryKeyConstraint("bureau_id", "school_id", "id", name=op.f("pk_supplier_payments")),
    )
    op.create_index(
        "ix_supplier_payments_statement", "supplier_payments", ["bureau_id", "school_id", "statement_id"], unique=False
    )
    op.create_table(
        "settlement_adjustments",
        sa.Column("bureau_id", sa.Integer(), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("supplier_id", sa.Uuid(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("line_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("created_by_name", sa.Text(), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_settlement_adjustments_reason")),
        sa.CheckConstraint(
            "(withdrawn_at IS NULL) = (withdrawn_by IS NULL)", name=op.f("ck_settlement_adjustments_withdrawn")
        ),
        sa.CheckConstraint("amount_fen <> 0", name=op.f("ck_settlement_adjustments_amount")),
        sa.CheckConstraint("extract(day FROM month) = 1", name=op.f("ck_settlement_adjustments_month")),
        sa.ForeignKeyConstraint(
            ["bureau_id", "school_id", "supplier_id", "line_id"],
            [
                "supplier_statement_lines.bureau_id",
                "supplier_statement_lines.school_id",
                "supplier_statement_lines.supplier_id",
                "supplier_statement_lines.id",
            ],
            name="fk_settlement_adjustments_line",
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "school_id"],
            ["schools.bureau_id", "schools.id"],
            name=op.f("fk_settlement_adjustments_bureau_id_school_id"),
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "supplier_id"],
            ["bureau_suppliers.bureau_id", "bureau_suppliers.id"],
            name=op.f("fk_settlement_adjustments_bureau_id_supplier_id"),
        ),
        sa.PrimaryKeyConstraint("bureau_id", "school_id", "id", name=op.f("pk_settlement_adjustments")),
    )
    op.create_index(
        "ix_settlement_adjustments_month",
        "settlement_adjustments",
        ["bureau_id", "school_id", "supplier_id", "month"],
        unique=False,
    )
    op.create_table(
        "price_difference_notes",
        sa.Column("bureau_id", sa.Integer(), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("statement_id", sa.Uuid(), nullable=False),
        sa.Column("supplier_id", sa.Uuid(), nullable=False),
        sa.Column("supplier_name", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("line_count", sa.Integer(), nullable=False),
        sa.Column("created_by_name", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.CheckConstraint("line_count > 0", name=op.f("ck_price_difference_notes_line_count")),
        sa.ForeignKeyConstraint(
            ["bureau_id", "school_id", "supplier_id", "statement_id"],
            [
                "supplier_statements.bureau_id",
                "supplier_statements.school_id",
                "supplier_statements.supplier_id",
                "supplier_statements.id",
            ],
            name="fk_price_difference_notes_statement",
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "school_id"],
            ["schools.bureau_id", "schools.id"],
            name=op.f("fk_price_difference_notes_bureau_id_school_id"),
        ),
        sa.PrimaryKeyConstraint("bureau_id", "school_id", "id", name=op.f("pk_price_difference_notes")),
        sa.UniqueConstraint(
            "bureau_id", "school_id", "number", name=op.f("uq_price_difference_notes_bureau_id_school_id_number")
        ),
        sa.UniqueConstraint(
            "bureau_id",
            "school_id",
            "supplier_id",
            "id",
            name=op.f("uq_price_difference_notes_bureau_id_school_id_supplier_id_id"),
        ),
    )
    op.create_index(
        "ix_price_difference_notes_newest", "price_difference_notes", ["bureau_id", "school_id", "id"], unique=False
    )
    op.create_index(
        "ix_price_difference_notes_statement",
        "price_difference_notes",
        ["bureau_id", "school_id", "statement_id"],
        unique=False,
    )
    op.create_table(
        "price_difference_lines",
        sa.Column("bureau_id", sa.Integer(), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("note_id", sa.Uuid(), nullable=False),
        sa.Column("supplier_id", sa.Uuid(), nullable=False),
        sa.Column("line_id", sa.Uuid(), nullable=False),
        sa.Column("receipt_line_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("quantity", sa.Numeric(precision=14, scale=3), nullable=False),
        sa.Column("agreement_item_id", sa.Uuid(), nullable=False),
        sa.Column("old_price_fen", sa.BigInteger(), nullable=False),
        sa.Column("old_book_id", sa.Uuid(), nullable=True),
        sa.Column("old_term_id", sa.Uuid(), nullable=True),
        sa.Column("new_price_fen", sa.BigInteger(), nullable=False),
        sa.Column("new_book_id", sa.Uuid(), nullable=True),
        sa.Column("new_term_id", sa.Uuid(), nullable=True),
        sa.Column("new_book_number", sa.Text(), nullable=False),
        sa.Column("settled_fen", sa.BigInteger(), nullable=False),
        sa.Column("due_fen", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("due_fen <> settled_fen", name=op.f("ck_price_difference_lines_difference")),
        sa.ForeignKeyConstraint(
            ["bureau_id", "school_id", "supplier_id", "line_id"],
            [
                "supplier_statement_lines.bureau_id",
                "supplier_statement_lines.school_id",
                "supplier_statement_lines.supplier_id",
                "supplier_statement_lines.id",
            ],
            name="fk_price_difference_lines_line",
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "school_id", "supplier_id", "note_id"],
            [
                "price_difference_notes.bureau_id",
                "price_difference_notes.school_id",
                "price_difference_notes.supplier_id",
                "price_difference_notes.id",
            ],
            name="fk_price_difference_lines_note",
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "school_id"],
            ["schools.bureau_id", "schools.id"],
            name=op.f("fk_price_difference_lines_bureau_id_school_id"),
        ),
        sa.PrimaryKeyConstraint("bureau_id", "school_id", "id", name=op.f("pk_price_difference_lines")),
        sa.UniqueConstraint(
            "bureau_id",
            "school_id",
            "note_id",
            "receipt_line_id",
            name=op.f("uq_price_difference_lines_bureau_id_school_id_note_id_receipt_line_id"),
        ),
    )
    op.create_index(
        "ix_price_difference_lines_receipt_line",
        "price_difference_lines",
        ["bureau_id", "school_id", "receipt_line_id"],
        unique=False,
    )


def _protect() -> None:
    tenancy.protect_school_table("settlement_accounts")
    tenancy.protect_school_table("settlement_months")
    tenancy.protect_school_table("supplier_statements")
    # What was sent, said, matched, paid or noted is never altered.
    for table in (
        "supplier_statement_lines", "supplier_statement_events", "supplier_invoice_matches", "supplier_payments",
        "price_difference_notes", "price_difference_lines",
    ):  # fmt: skip
        tenancy.protect_school_table(table, school="ra")
    tenancy.protect_school_table("supplier_statement_objections")
    tenancy.protect_school_table("supplier_invoices")
    tenancy.protect_school_table("settlement_adjustments")
    # A company sees its own, from the first sending on, and never changes what was sent.
    tenancy.show_to("supplier_statements", "houqin_supplier", f"{OF_SUPPLIER} AND is_sent")
    tenancy.show_to("supplier_statement_events", "houqin_supplier", f"{OF_SUPPLIER} AND is_shown")
    for table in (
        "supplier_statement_lines", "supplier_statement_objections", "supplier_invoices", "supplier_invoice_matches",
        "supplier_payments", "price_difference_notes", "price_difference_lines",
    ):  # fmt: skip
        tenancy.show_to(table, "houqin_supplier", OF_SUPPLIER)
    for table in (
        "supplier_statement_objections", "supplier_statement_events", "supplier_invoices", "supplier_invoice_matches",
    ):  # fmt: skip
        op.execute(f"GRANT INSERT ON {table} TO houqin_supplier")
        op.execute(
            f"CREATE POLICY {table}_supplier_add ON {table} FOR INSERT TO houqin_supplier WITH CHECK ({OF_SUPPLIER})"
        )
    _supplier_keeps(
        "supplier_statements",
        "state, state_reason, answered_at, agreed_at, agreed_by_name, invoiced_fen, paid_at, version",
        f"{OF_SUPPLIER} AND is_sent",
    )
    _supplier_keeps(
        "supplier_invoices", "state, matched_fen, ended_at, ended_by_name, end_reason, version", OF_SUPPLIER
    )


def _supplier_keeps(table: str, columns: str, own: str) -> None:
    op.execute(f"GRANT UPDATE ({columns}) ON {table} TO houqin_supplier")
    op.execute(
        f"CREATE POLICY {table}_supplier_answer ON {table} FOR UPDATE TO houqin_supplier"
        f" USING ({own}) WITH CHECK ({own})"
    )
