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
    tenancy.protect_school_table("school_classes")
    # Pupils are persons: the bureau and its zones read numbers, of the classes and of the counts.
    tenancy.protect_school_table("pupils", bureau=None, zone=None)
    tenancy.protect_school_table("served_meals")
    tenancy.protect_school_table("diner_counts")
    tenancy.protect_school_table("roster_imports", bureau=None, zone=None, school="rwd")
