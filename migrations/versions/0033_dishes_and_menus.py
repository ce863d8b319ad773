"""Dishes and recipes, the bureau's recommended dishes, weekly menus and what was made public of them.

Revision: 0033, after 0032
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from migrations import tenancy

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "recommended_dishes",
        sa.Column("bureau_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("search_name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("style", sa.Text(), nullable=False),
        sa.Column("portion", sa.Text(), nullable=False),
        sa.Column("meals", ARRAY(sa.Text()), nullable=False),
        sa.Column("allergens", ARRAY(sa.Text()), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "allergens <@ ARRAY['gluten', 'crustaceans', 'fish', 'eggs', 'peanuts', 'soy', 'milk', 'nuts']",
            name=op.f("ck_recommended_dishes_allergens"),
        ),
        sa.CheckConstraint(
            "meals <@ ARRAY['breakfast', 'morning_snack', 'lunch', 'afternoon_snack', 'dinner', 'night_snack']",
            name=op.f("ck_recommended_dishes_meals"),
        ),
        sa.CheckConstraint(
            "kind IN ('meat', 'half_meat', 'vegetable', 'soup', 'staple', 'fruit', 'dairy', 'snack', 'other')",
            name=op.f("ck_recommended_dishes_kind"),
        ),
        sa.CheckConstraint("portion IN ('scaled', 'fixed')", name=op.f("ck_recommended_dishes_portion")),
        sa.CheckConstraint(
            "style IN ('cooked', 'cold', 'raw', 'decorated_cake')", name=op.f("ck_recommended_dishes_style")
        ),
        sa.ForeignKeyConstraint(["bureau_id"], ["bureaus.id"], name=op.f("fk_recommended_dishes_bureau_id")),
        sa.PrimaryKeyConstraint("bureau_id", "id", name=op.f("pk_recommended_dishes")),
        sa.UniqueConstraint("bureau_id", "code", name=op.f("uq_recommended_dishes_bureau_id_code")),
    )
    op.create_table(
        "recommended_dish_ingredients",
        sa.Column("bureau_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("dish_id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("food_code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("net_grams", sa.Numeric(precision=9, scale=3), nullable=False),
        sa.Column("edible_percent", sa.Numeric(precision=5, scale=2), nullable=False),
        sa.Column("is_meat", sa.Boolean(), nullable=False),
        sa.Column("band_grams", JSONB, nullable=False),
        sa.Column("unit_grams", sa.Numeric(precision=9, scale=3), nullable=True),
        sa.CheckConstraint(
            "edible_percent > 0 AND edible_percent <= 100", name=op.f("ck_recommended_dish_ingredients_edible_percent")
        ),
        sa.CheckConstraint("net_grams > 0", name=op.f("ck_recommended_dish_ingredients_net_grams")),
        sa.CheckConstraint("unit_grams > 0", name=op.f("ck_recommended_dish_ingredients_unit_grams")),
        sa.ForeignKeyConstraint(
            ["bureau_id", "dish_id"],
            ["recommended_dishes.bureau_id", "recommended_dishes.id"],
            name=op.f("fk_recommended_dish_ingredients_bureau_id_dish_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "item_id"],
            ["catalogue_items.bureau_id", "catalogue_items.id"],
            name=op.f("fk_recommended_dish_ingredients_bureau_id_item_id"),
        ),
        sa.ForeignKeyConstraint(["bureau_id"], ["bureaus.id"], name=op.f("fk_recommended_dish_ingredients_bureau_id")),
        sa.PrimaryKeyConstraint("bureau_id", "id", name=op.f("pk_recommended_dish_ingredients")),
        sa.UniqueConstraint(
            "bureau_id", "dish_id", "position", name=op.f("uq_recommended_dish_ingredients_bureau_id_dish_id_position")
        ),
    )
    op.create_table(
        "dishes",
        sa.Column("bureau_id", sa.Integer(), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("recommended_id", sa.Uuid(), nullable=True),
        sa.Column("recommended_version", sa.Integer(), nullable=True),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("search_name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("style", sa.Text(), nullable=False),
        sa.Column("portion", sa.Text(), nullable=False),
        sa.Column("meals", ARRAY(sa.Text()), nullable=False),
        sa.Column("allergens", ARRAY(sa.Text()), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "allergens <@ ARRAY['gluten', 'crustaceans', 'fish', 'eggs', 'peanuts', 'soy', 'milk', 'nuts']",
            name=op.f("ck_dishes_allergens"),
        ),
        sa.CheckConstraint(
            "meals <@ ARRAY['breakfast', 'morning_snack', 'lunch', 'afternoon_snack', 'dinner', 'night_snack']",
            name=op.f("ck_dishes_meals"),
        ),
        sa.CheckConstraint(
            "kind IN ('meat', 'half_meat', 'vegetable', 'soup', 'staple', 'fruit', 'dairy', 'snack', 'other')",
            name=op.f("ck_dishes_kind"),
        ),
        sa.CheckConstraint("portion IN ('scaled', 'fixed')", name=op.f("ck_dishes_portion")),
        sa.CheckConstraint("style IN ('cooked', 'cold', 'raw', 'decorated_cake')", name=op.f("ck_dishes_style")),
        sa.ForeignKeyConstraint(
            ["bureau_id", "recommended_id"],
            ["recommended_dishes.bureau_id", "recommended_dishes.id"],
            name=op.f("fk_dishes_bureau_id_recommended_id"),
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "school_id"], ["schools.bureau_id", "schools.id"], name=op.f("fk_dishes_bureau_id_school_id")
        ),
        sa.PrimaryKeyConstraint("bureau_id", "school_id", "id", name=op.f("pk_dishes")),
        sa.UniqueConstraint("bureau_id", "school_id", "code", name=op.f("uq_dishes_bureau_id_school_id_code")),
    )
    op.create_index("ix_dishes_name", "dishes", ["bureau_id", "school_id", "search_name"], unique=False)
    op.create_index(
        "uq_dishes_recommended",
        "dishes",
        ["bureau_id", "school_id", "recommended_id"],
        unique=True,
        postgresql_where=sa.text("recommended_id IS NOT NULL"),
    )
    op.create_table(
        "dish_ingredients",
        sa.Column("bureau_id", sa.Integer(), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("dish_id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("food_code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("net_grams", sa.Numeric(precision=9, scale=3), nullable=False),
        sa.Column("edible_percent", sa.Numeric(precision=5, scale=2), nullable=False),
        sa.Column("is_meat", sa.Boolean(), nullable=False),
        sa.Column("band_grams", JSONB, nullable=False),
        sa.Column("unit_grams", sa.Numeric(precision=9, scale=3), nullable=True),
        sa.CheckConstraint(
            "edible_percent > 0 AND edible_percent <= 100", name=op.f("ck_dish_ingredients_edible_percent")
        ),
        sa.CheckConstraint("net_grams > 0", name=op.f("ck_dish_ingredients_net_grams")),
        sa.CheckConstraint("unit_grams > 0", name=op.f("ck_dish_ingredients_unit_grams")),
        sa.ForeignKeyConstraint(
            ["bureau_id", "item_id"],
            ["catalogue_items.bureau_id", "catalogue_items.id"],
            name=op.f("fk_dish_ingredients_bureau_id_item_id"),
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "school_id", "dish_id"],
            ["dishes.bureau_id", "dishes.school_id", "dishes.id"],
            name=op.f("fk_dish_ingredients_bureau_id_school_id_dish_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "school_id"],
            ["schools.bureau_id", "schools.id"],
            name=op.f("fk_dish_ingredients_bureau_id_school_id"),
        ),
        sa.PrimaryKeyConstraint("bureau_id", "school_id", "id", name=op.f("pk_dish_ingredients")),
        sa.UniqueConstraint(
            "bureau_id",
            "school_id",
            "dish_id",
            "position",
            name=op.f("uq_dish_ingredients_bureau_id_school_id_dish_id_position"),
        ),
    )
    op.create_index("ix_dish_ingredients_item", "dish_ingredients", ["bureau_id", "school_id", "item_id"], unique=False)
    op.create_table(
        "menus",
        sa.Column("bureau_id", sa.Integer(), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("monday", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("is_public", sa.Boolean(), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_by", sa.Uuid(), nullable=True),
        sa.Column("published_by_name", sa.Text(), nullable=False),
        sa.Column("days_ahead", sa.Integer(), nullable=True),
        sa.Column("failed", sa.Integer(), nullable=False),
        sa.Column("warned", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("proposal", JSONB, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("is_public = (state = 'published')", name=op.f("ck_menus_is_public")),
        sa.CheckConstraint("state IN ('draft', 'published', 'withdrawn')", name=op.f("ck_menus_state")),
        sa.CheckConstraint("(published_at IS NULL) = (edition = 0)", name=op.f("ck_menus_edition")),
        sa.CheckConstraint("extract(isodow FROM monday) = 1", name=op.f("ck_menus_monday")),
        sa.ForeignKeyConstraint(
            ["bureau_id", "school_id"], ["schools.bureau_id", "schools.id"], name=op.f("fk_menus_bureau_id_school_id")
        ),
        sa.PrimaryKeyConstraint("bureau_id", "school_id", "id", name=op.f("pk_menus")),
    )
    op.create_index("ix_menus_week", "menus", ["bureau_id", "monday", "school_id"], unique=False)
    op.create_index(
        "uq_menus_live",
        "menus",
        ["bureau_id", "school_id", "monday"],
        unique=True,
        postgresql_where=sa.text("state <> 'withdrawn'"),
    )
    op.create_table(
        "menu_meals",
        sa.Column("bureau_id", sa.Integer(), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("menu_id", sa.Uuid(), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("meal", sa.Text(), nullable=False),
        sa.Column("planned_diners", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "meal IN ('breakfast', 'morning_snack', 'lunch', 'afternoon_snack', 'dinner', 'night_snack')",
            name=op.f("ck_menu_meals_meal"),
        ),
        sa.CheckConstraint("planned_diners >= 0", name=op.f("ck_menu_meals_planned_diners")),
        sa.ForeignKeyConstraint(
            ["bureau_id", "school_id", "menu_id"],
            ["menus.bureau_id", "menus.school_id", "menus.id"],
            name=op.f("fk_menu_meals_bureau_id_school_id_menu_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "school_id"],
            ["schools.bureau_id", "schools.id"],
            name=op.f("fk_menu_meals_bureau_id_school_id"),
        ),
        sa.PrimaryKeyConstraint("bureau_id", "school_id", "id", name=op.f("pk_menu_meals")),
        sa.UniqueConstraint(
            "bureau_id",
            "school_id",
            "menu_id",
            "on_day",
            "meal",
            name=op.f("uq_menu_meals_bureau_id_school_id_menu_id_on_day_meal"),
        ),
    )
    op.create_index("ix_menu_meals_day", "menu_meals", ["bureau_id", "school_id", "on_day"], unique=False)
    op.create_table(
        "menu_dishes",
        sa.Column("bureau_id", sa.Integer(), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("menu_meal_id", sa.Uuid(), nullable=False),
        sa.Column("dish_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("dish_name", sa.Text(), nullable=False),
        sa.Column("dish_kind", sa.Text(), nullable=False),
        sa.Column("snapshot", JSONB, nullable=True),
        sa.ForeignKeyConstraint(
            ["bureau_id", "school_id", "dish_id"],
            ["dishes.bureau_id", "dishes.school_id", "dishes.id"],
            name=op.f("fk_menu_dishes_bureau_id_school_id_dish_id"),
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "school_id", "menu_meal_id"],
            ["menu_meals.bureau_id", "menu_meals.school_id", "menu_meals.id"],
            name=op.f("fk_menu_dishes_bureau_id_school_id_menu_meal_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "school_id"],
            ["schools.bureau_id", "schools.id"],
            name=op.f("fk_menu_dishes_bureau_id_school_id"),
        ),
        sa.PrimaryKeyConstraint("bureau_id", "school_id", "id", name=op.f("pk_menu_dishes")),
        sa.UniqueConstraint(
            "bureau_id",
            "school_id",
            "menu_meal_id",
            "dish_id",
            name=op.f("uq_menu_dishes_bureau_id_school_id_menu_meal_id_dish_id"),
        ),
    )
    op.create_index("ix_menu_dishes_dish", "menu_dishes", ["bureau_id", "school_id", "dish_id"], unique=False)
    op.create_table(
        "menu_publications",
        sa.Column("bureau_id", sa.Integer(), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("menu_id", sa.Uuid(), nullable=False),
        sa.Column("monday", sa.Date(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("from_state", sa.Text(), nullable=False),
        sa.Column("to_state", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=False),
        sa.Column("by_name", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("changes", JSONB, nullable=False),
        sa.Column("content", JSONB, nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("is_public", sa.Boolean(), nullable=False),
        sa.CheckConstraint("event = 'publish' OR reason <> ''", name=op.f("ck_menu_publications_reason")),
        sa.CheckConstraint(
            "event IN ('publish', 'amend', 'withdraw', 'discard')", name=op.f("ck_menu_publications_event")
        ),
        sa.CheckConstraint("number > 0", name=op.f("ck_menu_publications_number")),
        sa.ForeignKeyConstraint(
            ["bureau_id", "school_id", "menu_id"],
            ["menus.bureau_id", "menus.school_id", "menus.id"],
            name=op.f("fk_menu_publications_bureau_id_school_id_menu_id"),
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "school_id"],
            ["schools.bureau_id", "schools.id"],
            name=op.f("fk_menu_publications_bureau_id_school_id"),
        ),
        sa.PrimaryKeyConstraint("bureau_id", "school_id", "id", name=op.f("pk_menu_publications")),
        sa.UniqueConstraint(
            "bureau_id",
            "school_id",
            "menu_id",
            "number",
            name=op.f("uq_menu_publications_bureau_id_school_id_menu_id_number"),
        ),
    )
    op.create_index(
        "ix_menu_publications_week", "menu_publications", ["bureau_id", "school_id", "monday", "at", "id"], unique=False
    )

    tenancy.protect_bureau_table("recommended_dishes")
    tenancy.protect_bureau_table("recommended_dish_ingredients", bureau="rwd")
    tenancy.protect_school_table("dishes")
    tenancy.protect_school_table("dish_ingredients", school="rwd")
    tenancy.protect_school_table("menus")
    tenancy.protect_school_table("menu_meals", school="rwd")
    tenancy.protect_school_table("menu_dishes", school="rwd")
    tenancy.protect_school_table("menu_publications", school="ra")
    # The public page knows no tenant: it reads what was made public, and nothing else of this module.
    tenancy.show_to("menu_publications", "houqin_identity", "is_public")
