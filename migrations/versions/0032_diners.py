"""Classes, pupils, meal plans, counts of diners, and the canteen's books.

Revision: 0032, after 0031
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from migrations import tenancy

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "school_classes",
        sa.Column("bureau_id", sa.Integer(), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("grade", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("pupil_count", sa.Integer(), nullable=False),
        sa.Column("allergic_count", sa.Integer(), nullable=False),
        sa.Column("teacher_id", sa.Uuid(), nullable=True),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "stage IN ('kindergarten', 'primary', 'junior', 'nine_year', 'senior', 'vocational', 'special')",
            name=op.f("ck_school_classes_stage"),
        ),
        sa.CheckConstraint("grade BETWEEN 0 AND 12 AND number BETWEEN 1 AND 99", name=op.f("ck_school_classes_place")),
        sa.CheckConstraint(
            "pupil_count >= 0 AND allergic_count BETWEEN 0 AND pupil_count", name=op.f("ck_school_classes_counts")
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "school_id"],
            ["schools.bureau_id", "schools.id"],
            name=op.f("fk_school_classes_bureau_id_school_id"),
        ),
        sa.PrimaryKeyConstraint("bureau_id", "school_id", "id", name=op.f("pk_school_classes")),
    )
    op.create_index(
        "uq_school_classes_name",
        "school_classes",
        ["bureau_id", "school_id", "name"],
        unique=True,
        postgresql_where="is_active",
    )
    op.create_table(
        "pupils",
        sa.Column("bureau_id", sa.Integer(), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("class_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("search_name", sa.Text(), nullable=False),
        sa.Column("sex", sa.Text(), nullable=False),
        sa.Column("birth_date", sa.Date(), nullable=True),
        sa.Column("is_boarder", sa.Boolean(), nullable=False),
        sa.Column("allergens", ARRAY(sa.Text()), nullable=False),
        sa.Column("allergy_note", sa.Text(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("left_on", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "allergens <@ ARRAY['gluten', 'crustaceans', 'fish', 'eggs', 'peanuts', 'soy', 'milk', 'nuts']",
            name=op.f("ck_pupils_allergens"),
        ),
        sa.CheckConstraint("sex IN ('male', 'female')", name=op.f("ck_pupils_sex")),
        sa.CheckConstraint("is_active = (left_on IS NULL)", name=op.f("ck_pupils_left")),
        sa.ForeignKeyConstraint(
            ["bureau_id", "school_id", "class_id"],
            ["school_classes.bureau_id", "school_classes.school_id", "school_classes.id"],
            name=op.f("fk_pupils_bureau_id_school_id_class_id"),
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "school_id"], ["schools.bureau_id", "schools.id"], name=op.f("fk_pupils_bureau_id_school_id")
        ),
        sa.PrimaryKeyConstraint("bureau_id", "school_id", "id", name=op.f("pk_pupils")),
        sa.UniqueConstraint("bureau_id", "school_id", "number", name=op.f("uq_pupils_bureau_id_school_id_number")),
    )
    op.create_index("ix_pupils_class", "pupils", ["bureau_id", "school_id", "class_id"], unique=False)
    op.create_index("ix_pupils_name", "pupils", ["bureau_id", "school_id", "search_name"], unique=False)
    op.create_table(
        "served_meals",
        sa.Column("bureau_id", sa.Integer(), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("meal", sa.Text(), nullable=False),
        sa.Column("is_served", sa.Boolean(), nullable=False),
        sa.Column("days_before", sa.Integer(), nullable=False),
        sa.Column("report_until", sa.Time(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "meal IN ('breakfast', 'morning_snack', 'lunch', 'afternoon_snack', 'dinner', 'night_snack')",
            name=op.f("ck_served_meals_meal"),
        ),
        sa.CheckConstraint("days_before BETWEEN 0 AND 7", name=op.f("ck_served_meals_days_before")),
        sa.ForeignKeyConstraint(
            ["bureau_id", "school_id"],
            ["schools.bureau_id", "schools.id"],
            name=op.f("fk_served_meals_bureau_id_school_id"),
        ),
        sa.PrimaryKeyConstraint("bureau_id", "school_id", "id", name=op.f("pk_served_meals")),
        sa.UniqueConstraint("bureau_id", "school_id", "meal", name=op.f("uq_served_meals_bureau_id_school_id_meal")),
    )
    op.create_table(
        "diner_counts",
        sa.Column("bureau_id", sa.Integer(), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("meal", sa.Text(), nullable=False),
        sa.Column("class_id", sa.Uuid(), nullable=True),
        sa.Column("planned", sa.Integer(), nullable=False),
        sa.Column("actual", sa.Integer(), nullable=True),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reported_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "meal IN ('breakfast', 'morning_snack', 'lunch', 'afternoon_snack', 'dinner', 'night_snack')",
            name=op.f("ck_diner_counts_meal"),
        ),
        sa.CheckConstraint("planned >= 0 AND actual >= 0", name=op.f("ck_diner_counts_counts")),
        sa.ForeignKeyConstraint(
            ["bureau_id", "school_id", "class_id"],
            ["school_classes.bureau_id", "school_classes.school_id", "school_classes.id"],
            name=op.f("fk_diner_counts_bureau_id_school_id_class_id"),
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "school_id"],
            ["schools.bureau_id", "schools.id"],
            name=op.f("fk_diner_counts_bureau_id_school_id"),
        ),
        sa.PrimaryKeyConstraint("bureau_id", "school_id", "id", name=op.f("pk_diner_counts")),
        sa.UniqueConstraint(
            "bureau_id",
            "school_id",
            "on_day",
            "meal",
            "class_id",
            name="uq_diner_counts_place",
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_table(
        "roster_imports",
        sa.Column("bureau_id", sa.Integer(), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("filename", sa.Text(), nullable=False),
        sa.Column("rows", JSONB, nullable=False),
        sa.Column("sheet", sa.LargeBinary(), nullable=True),
        sa.Column("created_count", sa.Integer(), nullable=False),
        sa.Column("changed_count", sa.Integer(), nullable=False),
        sa.Column("unchanged_count", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("state IN ('refused', 'checked', 'applied')", name=op.f("ck_roster_imports_state")),
        sa.ForeignKeyConstraint(
            ["bureau_id", "school_id"],
            ["schools.bureau_id", "schools.id"],
            name=op.f("fk_roster_imports_bureau_id_school_id"),
        ),
        sa.PrimaryKeyConstraint("bureau_id", "school_id", "id", name=op.f("pk_roster_imports")),
    )
    op.create_index(
        "ix_roster_imports_newest",
        "roster_imports",
        ["bureau_id", "school_id", "kind", "created_at", "id"],
        unique=False,
    )
    op.create_table(
        "charge_limits",
        sa.Column("bureau_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("setting", sa.Text(), nullable=True),
        sa.Column("stage", sa.Text(), nullable=True),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("meal", sa.Text(), nullable=True),
        sa.Column("limit_fen", sa.BigInteger(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("citation", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("setting IN ('urban', 'town', 'rural')", name=op.f("ck_charge_limits_setting")),
        sa.CheckConstraint("unit = 'meal' OR meal IS NULL", name=op.f("ck_charge_limits_meal")),
        sa.CheckConstraint("unit IN ('month', 'meal')", name=op.f("ck_charge_limits_unit")),
        sa.CheckConstraint("limit_fen > 0", name=op.f("ck_charge_limits_limit")),
        sa.CheckConstraint("valid_to > valid_from", name=op.f("ck_charge_limits_span")),
        sa.ForeignKeyConstraint(["bureau_id"], ["bureaus.id"], name=op.f("fk_charge_limits_bureau_id")),
        sa.PrimaryKeyConstraint("bureau_id", "id", name=op.f("pk_charge_limits")),
    )
    op.create_index("ix_charge_limits_day", "charge_limits", ["bureau_id", "valid_from"], unique=False)
    op.create_table(
        "book_accounts",
        sa.Column("bureau_id", sa.Integer(), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("fund", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.CheckConstraint("fund IN ('pupils', 'staff', 'improvement', 'aid')", name=op.f("ck_book_accounts_fund")),
        sa.CheckConstraint(
            "kind IN ('asset', 'liability', 'surplus', 'income', 'cost')", name=op.f("ck_book_accounts_kind")
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "school_id"],
            ["schools.bureau_id", "schools.id"],
            name=op.f("fk_book_accounts_bureau_id_school_id"),
        ),
        sa.PrimaryKeyConstraint("bureau_id", "school_id", "id", name=op.f("pk_book_accounts")),
        sa.UniqueConstraint(
            "bureau_id", "school_id", "code", "fund", name=op.f("uq_book_accounts_bureau_id_school_id_code_fund")
        ),
    )
    op.create_index("uq_book_accounts_code", "book_accounts", ["bureau_id", "school_id", "code"], unique=True)
    op.create_table(
        "book_months",
        sa.Column("bureau_id", sa.Integer(), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("meal_days", JSONB, nullable=False),
        sa.Column("prepared_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("prepared_by", sa.Uuid(), nullable=True),
        sa.Column("prepared_by_name", sa.Text(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by", sa.Uuid(), nullable=True),
        sa.Column("closed_by_name", sa.Text(), nullable=False),
        sa.Column("content_digest", sa.Text(), nullable=False),
        sa.Column("figures", JSONB, nullable=False),
        sa.Column("income_fen", sa.BigInteger(), nullable=False),
        sa.Column("cost_fen", sa.BigInteger(), nullable=False),
        sa.Column("materials_fen", sa.BigInteger(), nullable=False),
        sa.Column("wages_fen", sa.BigInteger(), nullable=False),
        sa.Column("term_income_fen", sa.BigInteger(), nullable=False),
        sa.Column("term_result_fen", sa.BigInteger(), nullable=False),
        sa.Column("finding_count", sa.Integer(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("(state = 'open') = (prepared_at IS NULL)", name=op.f("ck_book_months_prepared")),
        sa.CheckConstraint(
            "(state IN ('closed', 'reopening')) = (closed_at IS NOT NULL)", name=op.f("ck_book_months_closed")
        ),
        sa.CheckConstraint("state IN ('open', 'prepared', 'closed', 'reopening')", name=op.f("ck_book_months_state")),
        sa.CheckConstraint("(published_at IS NULL) OR (closed_at IS NOT NULL)", name=op.f("ck_book_months_published")),
        sa.CheckConstraint("closed_by <> prepared_by", name=op.f("ck_book_months_second_person")),
        sa.CheckConstraint("extract(day from month) = 1", name=op.f("ck_book_months_month")),
        sa.ForeignKeyConstraint(
            ["bureau_id", "school_id"],
            ["schools.bureau_id", "schools.id"],
            name=op.f("fk_book_months_bureau_id_school_id"),
        ),
        sa.PrimaryKeyConstraint("bureau_id", "school_id", "id", name=op.f("pk_book_months")),
        sa.UniqueConstraint("bureau_id", "school_id", "month", name=op.f("uq_book_months_bureau_id_school_id_month")),
    )
    op.create_index("ix_book_months_month", "book_months", ["bureau_id", "month", "school_id"], unique=False)
    op.create_table(
        "book_events",
        sa.Column("bureau_id", sa.Integer(), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("subject_kind", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("from_state", sa.Text(), nullable=False),
        sa.Column("to_state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("by_name", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "subject_kind IN ('month', 'voucher', 'refund', 'statement')", name=op.f("ck_book_events_subject_kind")
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "school_id"],
            ["schools.bureau_id", "schools.id"],
            name=op.f("fk_book_events_bureau_id_school_id"),
        ),
        sa.PrimaryKeyConstraint("bureau_id", "school_id", "id", name=op.f("pk_book_events")),
    )
    op.create_index(
        "ix_book_events_subject", "book_events", ["bureau_id", "school_id", "subject_id", "id"], unique=False
    )
    op.create_table(
        "book_payees",
        sa.Column("bureau_id", sa.Integer(), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('supplier', 'canteen_staff', 'teacher', 'utility', 'service', 'other')",
            name=op.f("ck_book_payees_kind"),
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "school_id"],
            ["schools.bureau_id", "schools.id"],
            name=op.f("fk_book_payees_bureau_id_school_id"),
        ),
        sa.PrimaryKeyConstraint("bureau_id", "school_id", "id", name=op.f("pk_book_payees")),
    )
    op.create_index(
        "uq_book_payees_name",
        "book_payees",
        ["bureau_id", "school_id", "name"],
        unique=True,
        postgresql_where=sa.text("is_active"),
    )
    op.create_table(
        "book_vouchers",
        sa.Column("bureau_id", sa.Integer(), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("template", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("moves", JSONB, nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("payee_id", sa.Uuid(), nullable=True),
        sa.Column("attachment_id", sa.Uuid(), nullable=True),
        sa.Column("source_ids", JSONB, nullable=False),
        sa.Column("reverses_id", sa.Uuid(), nullable=True),
        sa.Column("needs_signature", sa.Boolean(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("created_by_name", sa.Text(), nullable=False),
        sa.Column("signed_by", sa.Uuid(), nullable=True),
        sa.Column("signed_by_name", sa.Text(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_by_name", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state IN ('entered', 'signed')) = (decided_at IS NULL)", name=op.f("ck_book_vouchers_decided")
        ),
        sa.CheckConstraint(
            "decided_by <> created_by OR state = 'withdrawn'", name=op.f("ck_book_vouchers_second_person")
        ),
        sa.CheckConstraint(
            "kind IN ('opening', 'voucher', 'payments', 'refunds', 'stores', 'aid', 'surplus_return', 'charges', 'staff_share', 'fund_use', 'result')",
            name=op.f("ck_book_vouchers_kind"),
        ),
        sa.CheckConstraint(
            "state IN ('entered', 'signed', 'approved', 'refused', 'withdrawn')", name=op.f("ck_book_vouchers_state")
        ),
        sa.CheckConstraint("amount_fen > 0", name=op.f("ck_book_vouchers_amount")),
        sa.CheckConstraint(
            "signed_by <> created_by AND signed_by <> decided_by", name=op.f("ck_book_vouchers_cashier")
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "school_id", "attachment_id"],
            ["attachments.bureau_id", "attachments.school_id", "attachments.id"],
            name=op.f("fk_book_vouchers_bureau_id_school_id_attachment_id"),
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "school_id", "payee_id"],
            ["book_payees.bureau_id", "book_payees.school_id", "book_payees.id"],
            name=op.f("fk_book_vouchers_bureau_id_school_id_payee_id"),
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "school_id"],
            ["schools.bureau_id", "schools.id"],
            name=op.f("fk_book_vouchers_bureau_id_school_id"),
        ),
        sa.PrimaryKeyConstraint("bureau_id", "school_id", "id", name=op.f("pk_book_vouchers")),
    )
    op.create_index(
        "ix_book_vouchers_newest", "book_vouchers", ["bureau_id", "school_id", "created_at", "id"], unique=False
    )
    op.create_index(
        "ix_book_vouchers_waiting",
        "book_vouchers",
        ["bureau_id", "school_id", "month"],
        unique=False,
        postgresql_where=sa.text("state IN ('entered', 'signed')"),
    )
    op.create_table(
        "book_entries",
        sa.Column("bureau_id", sa.Integer(), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("line_count", sa.Integer(), nullable=False),
        sa.Column("voucher_id", sa.Uuid(), nullable=True),
        sa.Column("payee_id", sa.Uuid(), nullable=True),
        sa.Column("reverses_id", sa.Uuid(), nullable=True),
        sa.Column("entered_by", sa.Uuid(), nullable=False),
        sa.Column("entered_by_name", sa.Text(), nullable=False),
        sa.Column("signed_by", sa.Uuid(), nullable=True),
        sa.Column("signed_by_name", sa.Text(), nullable=False),
        sa.Column("approved_by", sa.Uuid(), nullable=False),
        sa.Column("approved_by_name", sa.Text(), nullable=False),
        sa.Column("posted_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind IN ('opening', 'voucher', 'payments', 'refunds', 'stores', 'aid', 'surplus_return', 'charges', 'staff_share', 'fund_use', 'result')",
            name=op.f("ck_book_entries_kind"),
        ),
        sa.CheckConstraint("amount_fen > 0 AND line_count > 0", name=op.f("ck_book_entries_amount")),
        sa.CheckConstraint("approved_by <> entered_by", name=op.f("ck_book_entries_second_person")),
        sa.CheckConstraint("on_day >= month AND on_day < month + 31", name=op.f("ck_book_entries_on_day")),
        sa.CheckConstraint(
            "signed_by <> entered_by AND signed_by <> approved_by", name=op.f("ck_book_entries_cashier")
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "school_id", "month"],
            ["book_months.bureau_id", "book_months.school_id", "book_months.month"],
            name=op.f("fk_book_entries_bureau_id_school_id_month"),
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "school_id", "payee_id"],
            ["book_payees.bureau_id", "book_payees.school_id", "book_payees.id"],
            name=op.f("fk_book_entries_bureau_id_school_id_payee_id"),
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "school_id", "reverses_id"],
            ["book_entries.bureau_id", "book_entries.school_id", "book_entries.id"],
            name=op.f("fk_book_entries_bureau_id_school_id_reverses_id"),
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "school_id"],
            ["schools.bureau_id", "schools.id"],
            name=op.f("fk_book_entries_bureau_id_school_id"),
        ),
        sa.PrimaryKeyConstraint("bureau_id", "school_id", "id", name=op.f("pk_book_entries")),
        sa.UniqueConstraint("bureau_id", "school_id", "id", "month", "kind", name="uq_book_entries_facts"),
        sa.UniqueConstraint(
            "bureau_id", "school_id", "number", name=op.f("uq_book_entries_bureau_id_school_id_number")
        ),
    )
    op.create_index(
        "ix_book_entries_month", "book_entries", ["bureau_id", "school_id", "month", "posted_at", "id"], unique=False
    )
    op.create_index(
        "uq_book_entries_reverses",
        "book_entries",
        ["bureau_id", "school_id", "reverses_id"],
        unique=True,
        postgresql_where=sa.text("reverses_id IS NOT NULL"),
    )
    op.create_index(
        "uq_book_entries_voucher",
        "book_entries",
        ["bureau_id", "school_id", "voucher_id"],
        unique=True,
        postgresql_where=sa.text("voucher_id IS NOT NULL"),
    )
    op.create_table(
        "book_lines",
        sa.Column("bureau_id", sa.Integer(), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("debit_code", sa.Text(), nullable=False),
        sa.Column("debit_fund", sa.Text(), nullable=False),
        sa.Column("credit_code", sa.Text(), nullable=False),
        sa.Column("credit_fund", sa.Text(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("pupil_id", sa.Uuid(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "(debit_code = '2203' OR credit_code = '2203') = (pupil_id IS NOT NULL)", name=op.f("ck_book_lines_pupil")
        ),
        sa.CheckConstraint(
            "debit_fund = credit_fund OR kind IN ('aid', 'fund_use', 'staff_share')", name=op.f("ck_book_lines_funds")
        ),
        sa.CheckConstraint("amount_fen > 0", name=op.f("ck_book_lines_amount")),
        sa.CheckConstraint("debit_code <> credit_code", name=op.f("ck_book_lines_accounts")),
        sa.ForeignKeyConstraint(
            ["bureau_id", "school_id", "credit_code", "credit_fund"],
            ["book_accounts.bureau_id", "book_accounts.school_id", "book_accounts.code", "book_accounts.fund"],
            name="fk_book_lines_credit_code",
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "school_id", "debit_code", "debit_fund"],
            ["book_accounts.bureau_id", "book_accounts.school_id", "book_accounts.code", "book_accounts.fund"],
            name="fk_book_lines_debit_code",
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "school_id", "entry_id", "month", "kind"],
            [
                "book_entries.bureau_id",
                "book_entries.school_id",
                "book_entries.id",
                "book_entries.month",
                "book_entries.kind",
            ],
            name="fk_book_lines_entry",
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "school_id", "pupil_id"],
            ["pupils.bureau_id", "pupils.school_id", "pupils.id"],
            name=op.f("fk_book_lines_bureau_id_school_id_pupil_id"),
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "school_id"],
            ["schools.bureau_id", "schools.id"],
            name=op.f("fk_book_lines_bureau_id_school_id"),
        ),
        sa.PrimaryKeyConstraint("bureau_id", "school_id", "id", name=op.f("pk_book_lines")),
        sa.UniqueConstraint(
            "bureau_id",
            "school_id",
            "entry_id",
            "position",
            name=op.f("uq_book_lines_bureau_id_school_id_entry_id_position"),
        ),
    )
    op.create_index(
        "ix_book_lines_month",
        "book_lines",
        ["bureau_id", "school_id", "month", "debit_code", "credit_code"],
        unique=False,
    )
    op.create_index(
        "ix_book_lines_pupil",
        "book_lines",
        ["bureau_id", "school_id", "pupil_id", "month"],
        unique=False,
        postgresql_where=sa.text("pupil_id IS NOT NULL"),
    )
    op.create_table(
        "book_account_months",
        sa.Column("bureau_id", sa.Integer(), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("opening_fen", sa.BigInteger(), nullable=False),
        sa.Column("debit_fen", sa.BigInteger(), nullable=False),
        sa.Column("credit_fen", sa.BigInteger(), nullable=False),
        sa.Column("closing_fen", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("extract(day from month) = 1", name=op.f("ck_book_account_months_month")),
        sa.ForeignKeyConstraint(
            ["bureau_id", "school_id"],
            ["schools.bureau_id", "schools.id"],
            name=op.f("fk_book_account_months_bureau_id_school_id"),
        ),
        sa.PrimaryKeyConstraint("bureau_id", "school_id", "id", name=op.f("pk_book_account_months")),
        sa.UniqueConstraint(
            "bureau_id",
            "school_id",
            "month",
            "code",
            name=op.f("uq_book_account_months_bureau_id_school_id_month_code"),
        ),
    )
    op.create_table(
        "book_findings",
        sa.Column("bureau_id", sa.Integer(), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("tone", sa.Text(), nullable=False),
        sa.Column("params", JSONB, nullable=False),
        sa.Column("citation", sa.Text(), nullable=False),
        sa.CheckConstraint("tone IN ('warning', 'danger')", name=op.f("ck_book_findings_tone")),
        sa.CheckConstraint("extract(day from month) = 1", name=op.f("ck_book_findings_month")),
        sa.ForeignKeyConstraint(
            ["bureau_id", "school_id"],
            ["schools.bureau_id", "schools.id"],
            name=op.f("fk_book_findings_bureau_id_school_id"),
        ),
        sa.PrimaryKeyConstraint("bureau_id", "school_id", "id", name=op.f("pk_book_findings")),
    )
    op.create_index("ix_book_findings_month", "book_findings", ["bureau_id", "month", "school_id"], unique=False)
    op.create_table(
        "canteen_statements",
        sa.Column("bureau_id", sa.Integer(), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_by_name", sa.Text(), nullable=False),
        sa.Column("figures", JSONB, nullable=False),
        sa.Column("content_digest", sa.Text(), nullable=False),
        sa.Column("replaced_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.CheckConstraint("extract(day from month) = 1", name=op.f("ck_canteen_statements_month")),
        sa.ForeignKeyConstraint(
            ["bureau_id", "school_id"],
            ["schools.bureau_id", "schools.id"],
            name=op.f("fk_canteen_statements_bureau_id_school_id"),
        ),
        sa.PrimaryKeyConstraint("bureau_id", "school_id", "id", name=op.f("pk_canteen_statements")),
    )
    op.create_index(
        "ix_canteen_statements_month", "canteen_statements", ["bureau_id", "month", "school_id"], unique=False
    )
    op.create_index(
        "uq_canteen_statements_live",
        "canteen_statements",
        ["bureau_id", "school_id", "month"],
        unique=True,
        postgresql_where=sa.text("replaced_at IS NULL"),
    )
    op.create_table(
        "meal_plans",
        sa.Column("bureau_id", sa.Integer(), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("meals", JSONB, nullable=False),
        sa.Column("is_default_present", sa.Boolean(), nullable=False),
        sa.Column("refund_mode", sa.Text(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("kind = 'per_meal' OR is_default_present", name=op.f("ck_meal_plans_presence")),
        sa.CheckConstraint("kind IN ('monthly', 'per_meal')", name=op.f("ck_meal_plans_kind")),
        sa.CheckConstraint("refund_mode IN ('carry', 'pay_out')", name=op.f("ck_meal_plans_refund_mode")),
        sa.ForeignKeyConstraint(
            ["bureau_id", "school_id"],
            ["schools.bureau_id", "schools.id"],
            name=op.f("fk_meal_plans_bureau_id_school_id"),
        ),
        sa.PrimaryKeyConstraint("bureau_id", "school_id", "id", name=op.f("pk_meal_plans")),
    )
    op.create_index(
        "uq_meal_plans_name",
        "meal_plans",
        ["bureau_id", "school_id", "name"],
        unique=True,
        postgresql_where=sa.text("is_active"),
    )
    op.create_table(
        "meal_prices",
        sa.Column("bureau_id", sa.Integer(), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("meal", sa.Text(), nullable=True),
        sa.Column("price_fen", sa.BigInteger(), nullable=False),
        sa.Column("from_month", sa.Date(), nullable=False),
        sa.Column("limit_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "meal IN ('breakfast', 'morning_snack', 'lunch', 'afternoon_snack', 'dinner', 'night_snack')",
            name=op.f("ck_meal_prices_meal"),
        ),
        sa.CheckConstraint("extract(day from from_month) = 1", name=op.f("ck_meal_prices_from_month")),
        sa.CheckConstraint("price_fen > 0", name=op.f("ck_meal_prices_price")),
        sa.ForeignKeyConstraint(
            ["bureau_id", "limit_id"],
            ["charge_limits.bureau_id", "charge_limits.id"],
            name=op.f("fk_meal_prices_bureau_id_limit_id"),
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "school_id", "plan_id"],
            ["meal_plans.bureau_id", "meal_plans.school_id", "meal_plans.id"],
            name=op.f("fk_meal_prices_bureau_id_school_id_plan_id"),
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "school_id"],
            ["schools.bureau_id", "schools.id"],
            name=op.f("fk_meal_prices_bureau_id_school_id"),
        ),
        sa.PrimaryKeyConstraint("bureau_id", "school_id", "id", name=op.f("pk_meal_prices")),
        sa.UniqueConstraint(
            "bureau_id",
            "school_id",
            "plan_id",
            "meal",
            "from_month",
            name="uq_meal_prices_place",
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_table(
        "meal_enrolments",
        sa.Column("bureau_id", sa.Integer(), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("pupil_id", sa.Uuid(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("from_day", sa.Date(), nullable=False),
        sa.Column("until_day", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("until_day >= from_day", name=op.f("ck_meal_enrolments_span")),
        sa.ForeignKeyConstraint(
            ["bureau_id", "school_id", "plan_id"],
            ["meal_plans.bureau_id", "meal_plans.school_id", "meal_plans.id"],
            name=op.f("fk_meal_enrolments_bureau_id_school_id_plan_id"),
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "school_id", "pupil_id"],
            ["pupils.bureau_id", "pupils.school_id", "pupils.id"],
            name=op.f("fk_meal_enrolments_bureau_id_school_id_pupil_id"),
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "school_id"],
            ["schools.bureau_id", "schools.id"],
            name=op.f("fk_meal_enrolments_bureau_id_school_id"),
        ),
        sa.PrimaryKeyConstraint("bureau_id", "school_id", "id", name=op.f("pk_meal_enrolments")),
    )
    op.create_index(
        "ix_meal_enrolments_pupil", "meal_enrolments", ["bureau_id", "school_id", "pupil_id", "from_day"], unique=False
    )
    op.create_index(
        "uq_meal_enrolments_open",
        "meal_enrolments",
        ["bureau_id", "school_id", "pupil_id"],
        unique=True,
        postgresql_where=sa.text("until_day IS NULL"),
    )
    op.create_table(
        "attendance",
        sa.Column("bureau_id", sa.Integer(), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("pupil_id", sa.Uuid(), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("meal", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "meal IN ('breakfast', 'morning_snack', 'lunch', 'afternoon_snack', 'dinner', 'night_snack')",
            name=op.f("ck_attendance_meal"),
        ),
        sa.CheckConstraint("source IN ('class', 'import', 'office')", name=op.f("ck_attendance_source")),
        sa.CheckConstraint("state IN ('absent', 'present')", name=op.f("ck_attendance_state")),
        sa.ForeignKeyConstraint(
            ["bureau_id", "school_id", "pupil_id"],
            ["pupils.bureau_id", "pupils.school_id", "pupils.id"],
            name=op.f("fk_attendance_bureau_id_school_id_pupil_id"),
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "school_id"],
            ["schools.bureau_id", "schools.id"],
            name=op.f("fk_attendance_bureau_id_school_id"),
        ),
        sa.PrimaryKeyConstraint("bureau_id", "school_id", "id", name=op.f("pk_attendance")),
        sa.UniqueConstraint(
            "bureau_id",
            "school_id",
            "on_day",
            "pupil_id",
            "meal",
            name=op.f("uq_attendance_bureau_id_school_id_on_day_pupil_id_meal"),
        ),
    )
    op.create_index("ix_attendance_pupil", "attendance", ["bureau_id", "school_id", "pupil_id", "on_day"], unique=False)
    op.create_table(
        "meal_payments",
        sa.Column("bureau_id", sa.Integer(), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("pupil_id", sa.Uuid(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("received_by_name", sa.Text(), nullable=False),
        sa.Column("voucher_id", sa.Uuid(), nullable=True),
        sa.Column("voided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("void_reason", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.CheckConstraint("(voided_at IS NULL) = (void_reason = '')", name=op.f("ck_meal_payments_voided")),
        sa.CheckConstraint("method IN ('cash', 'bank', 'platform')", name=op.f("ck_meal_payments_method")),
        sa.CheckConstraint("amount_fen > 0", name=op.f("ck_meal_payments_amount")),
        sa.CheckConstraint("voided_at IS NULL OR voucher_id IS NULL", name=op.f("ck_meal_payments_booked")),
        sa.ForeignKeyConstraint(
            ["bureau_id", "school_id", "pupil_id"],
            ["pupils.bureau_id", "pupils.school_id", "pupils.id"],
            name=op.f("fk_meal_payments_bureau_id_school_id_pupil_id"),
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "school_id", "voucher_id"],
            ["book_vouchers.bureau_id", "book_vouchers.school_id", "book_vouchers.id"],
            name=op.f("fk_meal_payments_bureau_id_school_id_voucher_id"),
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "school_id"],
            ["schools.bureau_id", "schools.id"],
            name=op.f("fk_meal_payments_bureau_id_school_id"),
        ),
        sa.PrimaryKeyConstraint("bureau_id", "school_id", "id", name=op.f("pk_meal_payments")),
        sa.UniqueConstraint(
            "bureau_id", "school_id", "number", name=op.f("uq_meal_payments_bureau_id_school_id_number")
        ),
    )
    op.create_index(
        "ix_meal_payments_newest", "meal_payments", ["bureau_id", "school_id", "paid_on", "id"], unique=False
    )
    op.create_index("ix_meal_payments_pupil", "meal_payments", ["bureau_id", "school_id", "pupil_id"], unique=False)
    op.create_index(
        "ix_meal_payments_waiting",
        "meal_payments",
        ["bureau_id", "school_id", "paid_on"],
        unique=False,
        postgresql_where=sa.text("voucher_id IS NULL AND voided_at IS NULL"),
    )
    op.create_table(
        "pupil_months",
        sa.Column("bureau_id", sa.Integer(), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("pupil_id", sa.Uuid(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=True),
        sa.Column("opening_fen", sa.BigInteger(), nullable=False),
        sa.Column("paid_fen", sa.BigInteger(), nullable=False),
        sa.Column("charge_fen", sa.BigInteger(), nullable=False),
        sa.Column("refund_fen", sa.BigInteger(), nullable=False),
        sa.Column("used_fen", sa.BigInteger(), nullable=False),
        sa.Column("returned_fen", sa.BigInteger(), nullable=False),
        sa.Column("closing_fen", sa.BigInteger(), nullable=False),
        sa.Column("meals_eaten", sa.Integer(), nullable=False),
        sa.Column("meals_missed", sa.Integer(), nullable=False),
        sa.Column("meals_refunded", sa.Integer(), nullable=False),
        sa.Column("aided_days", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "closing_fen = opening_fen + paid_fen - used_fen - returned_fen", name=op.f("ck_pupil_months_closing")
        ),
        sa.CheckConstraint("extract(day from month) = 1", name=op.f("ck_pupil_months_month")),
        sa.CheckConstraint("used_fen = charge_fen - refund_fen", name=op.f("ck_pupil_months_used")),
        sa.ForeignKeyConstraint(
            ["bureau_id", "school_id", "pupil_id"],
            ["pupils.bureau_id", "pupils.school_id", "pupils.id"],
            name=op.f("fk_pupil_months_bureau_id_school_id_pupil_id"),
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "school_id"],
            ["schools.bureau_id", "schools.id"],
            name=op.f("fk_pupil_months_bureau_id_school_id"),
        ),
        sa.PrimaryKeyConstraint("bureau_id", "school_id", "id", name=op.f("pk_pupil_months")),
        sa.UniqueConstraint(
            "bureau_id",
            "school_id",
            "month",
            "pupil_id",
            name=op.f("uq_pupil_months_bureau_id_school_id_month_pupil_id"),
        ),
    )
    op.create_table(
        "meal_refunds",
        sa.Column("bureau_id", sa.Integer(), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("pupil_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("method", sa.Text(), nullable=True),
        sa.Column("paid_on", sa.Date(), nullable=True),
        sa.Column("paid_by_name", sa.Text(), nullable=False),
        sa.Column("signed_by_name", sa.Text(), nullable=False),
        sa.Column("voucher_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("(state = 'paid') = (paid_on IS NOT NULL)", name=op.f("ck_meal_refunds_paid")),
        sa.CheckConstraint("method IN ('cash', 'bank', 'platform')", name=op.f("ck_meal_refunds_method")),
        sa.CheckConstraint("reason IN ('month', 'term', 'leaver')", name=op.f("ck_meal_refunds_reason")),
        sa.CheckConstraint("state IN ('due', 'paid', 'void')", name=op.f("ck_meal_refunds_state")),
        sa.CheckConstraint("voucher_id IS NULL OR state = 'paid'", name=op.f("ck_meal_refunds_booked")),
        sa.CheckConstraint("amount_fen > 0", name=op.f("ck_meal_refunds_amount")),
        sa.CheckConstraint("extract(day from month) = 1", name=op.f("ck_meal_refunds_month")),
        sa.ForeignKeyConstraint(
            ["bureau_id", "school_id", "pupil_id"],
            ["pupils.bureau_id", "pupils.school_id", "pupils.id"],
            name=op.f("fk_meal_refunds_bureau_id_school_id_pupil_id"),
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "school_id", "voucher_id"],
            ["book_vouchers.bureau_id", "book_vouchers.school_id", "book_vouchers.id"],
            name=op.f("fk_meal_refunds_bureau_id_school_id_voucher_id"),
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "school_id"],
            ["schools.bureau_id", "schools.id"],
            name=op.f("fk_meal_refunds_bureau_id_school_id"),
        ),
        sa.PrimaryKeyConstraint("bureau_id", "school_id", "id", name=op.f("pk_meal_refunds")),
    )
    op.create_index("ix_meal_refunds_month", "meal_refunds", ["bureau_id", "school_id", "month", "state"], unique=False)
    op.create_index(
        "uq_meal_refunds_live",
        "meal_refunds",
        ["bureau_id", "school_id", "month", "pupil_id", "reason"],
        unique=True,
        postgresql_where=sa.text("state = 'due'"),
    )
    op.create_table(
        "aid_grants",
        sa.Column("bureau_id", sa.Integer(), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("fund", sa.Text(), nullable=False),
        sa.Column("pupil_id", sa.Uuid(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("from_day", sa.Date(), nullable=False),
        sa.Column("until_day", sa.Date(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("voucher_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("fund IN ('improvement', 'aid')", name=op.f("ck_aid_grants_fund")),
        sa.CheckConstraint("amount_fen > 0", name=op.f("ck_aid_grants_amount")),
        sa.CheckConstraint("until_day >= from_day", name=op.f("ck_aid_grants_span")),
        sa.ForeignKeyConstraint(
            ["bureau_id", "school_id", "pupil_id"],
            ["pupils.bureau_id", "pupils.school_id", "pupils.id"],
            name=op.f("fk_aid_grants_bureau_id_school_id_pupil_id"),
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "school_id", "voucher_id"],
            ["book_vouchers.bureau_id", "book_vouchers.school_id", "book_vouchers.id"],
            name=op.f("fk_aid_grants_bureau_id_school_id_voucher_id"),
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "school_id"],
            ["schools.bureau_id", "schools.id"],
            name=op.f("fk_aid_grants_bureau_id_school_id"),
        ),
        sa.PrimaryKeyConstraint("bureau_id", "school_id", "id", name=op.f("pk_aid_grants")),
        sa.UniqueConstraint(
            "bureau_id",
            "school_id",
            "fund",
            "pupil_id",
            "from_day",
            name=op.f("uq_aid_grants_bureau_id_school_id_fund_pupil_id_from_day"),
        ),
    )
    tenancy.protect_school_table("school_classes")
    # Pupils are persons: the bureau and its zones read numbers, of the classes and of the counts.
    tenancy.protect_school_table("pupils", bureau=None, zone=None)
    tenancy.protect_school_table("served_meals")
    tenancy.protect_school_table("diner_counts")
    tenancy.protect_school_table("roster_imports", bureau=None, zone=None, school="rwd")
    tenancy.protect_bureau_table("charge_limits")
    tenancy.protect_school_table("book_accounts", school="ra")
    tenancy.protect_school_table("book_months")
    tenancy.protect_school_table("book_events", school="ra")
    tenancy.protect_school_table("book_payees")
    tenancy.protect_school_table("book_vouchers")
    # What stands in the books is added to and read, never changed: nobody holds the right to.
    tenancy.protect_school_table("book_entries", school="ra")
    tenancy.protect_school_table("book_lines", school="ra")
    tenancy.protect_school_table("book_account_months", school="rwd")
    tenancy.protect_school_table("book_findings", school="rwd")
    tenancy.protect_school_table("canteen_statements", identity="r")
    tenancy.protect_school_table("meal_plans")
    tenancy.protect_school_table("meal_prices", school="ra")
    for named in ("meal_enrolments", "meal_payments", "meal_refunds", "aid_grants"):
        tenancy.protect_school_table(named, bureau=None, zone=None)
    for named in ("attendance", "pupil_months"):
        tenancy.protect_school_table(named, bureau=None, zone=None, school="rwd")
