"""Dishes with their recipes, what the bureau recommends, weekly menus, and what was made public of them.

Food composition and nutrient standards are no tables: they are the same for every tenant and come with the service as
versioned files (see foods.py, standards.py). A dish keeps a food's code; a published menu keeps every figure it showed.
"""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, Numeric, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from kernel.database import (
    BureauOwned,
    Recorded,
    SchoolOwned,
    Versioned,
    db,
    fk_bureau,
    fk_in_bureau,
    fk_in_school,
    fk_school,
    now,
    one_of,
)

MEALS = ("breakfast", "morning_snack", "lunch", "afternoon_snack", "dinner", "night_snack")
KINDS = ("meat", "half_meat", "vegetable", "soup", "staple", "fruit", "dairy", "snack", "other")
STYLES = ("cooked", "cold", "raw", "decorated_cake")
PORTIONS = ("scaled", "fixed")
KNOWN_ALLERGENS = (
    "allergens <@ ARRAY['gluten', 'crustaceans', 'fish', 'eggs', 'peanuts', 'soy', 'milk', 'nuts']"
)  # fmt: skip


class DishColumns:
    """What a dish says of itself, at a school or in the bureau's list.

    `style`: how it is served; some styles no school canteen may serve. `portion`: scaled with what an age needs, or
    fixed (a carton of milk). `meals`: at which it may be proposed. `allergens`: what the cook declared; those of the ingredients come on top. `search_name`:
    lower case. `code`: the word by which a table in Excel names it again, unique within its owner.
    """

    code: Mapped[str]
    name: Mapped[str]
    search_name: Mapped[str]
    kind: Mapped[str]
    style: Mapped[str] = mapped_column(default="cooked")
    portion: Mapped[str] = mapped_column(default="scaled")
    meals: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)
    allergens: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)
    note: Mapped[str] = mapped_column(default="")
    is_active: Mapped[bool] = mapped_column(default=True)


class IngredientColumns:
    """`net_grams`: raw and edible, for one diner aged 9 to 11. `edible_percent`: of what is bought; gross = net ÷ that.
    `band_grams`: {age band: net grams} where another age gets not just its share. `unit_grams`: what one base unit of
    the item weighs, where its name does not say so (盒, 个). `food_code`: "" where the composition is unknown."""

    position: Mapped[int]
    food_code: Mapped[str] = mapped_column(default="")
    name: Mapped[str]
    net_grams: Mapped[Decimal] = mapped_column(Numeric(9, 3))
    edible_percent: Mapped[Decimal] = mapped_column(Numeric(5, 2), default=Decimal(100))
    is_meat: Mapped[bool] = mapped_column(default=False)
    band_grams: Mapped[dict[str, Any]] = mapped_column(default=dict)
    unit_grams: Mapped[Decimal | None] = mapped_column(Numeric(9, 3))


def _dish_checks() -> tuple[CheckConstraint, ...]:
    return (
        CheckConstraint(one_of("kind", KINDS), name="kind"),
        CheckConstraint(one_of("style", STYLES), name="style"),
        CheckConstraint(one_of("portion", PORTIONS), name="portion"),
        CheckConstraint(KNOWN_ALLERGENS, name="allergens"),
        CheckConstraint(f"meals <@ ARRAY[{', '.join(repr(meal) for meal in MEALS)}]", name="meals"),
    )


def _ingredient_checks() -> tuple[CheckConstraint, ...]:
    return (
        CheckConstraint("net_grams > 0", name="net_grams"),
        CheckConstraint("edible_percent > 0 AND edible_percent <= 100", name="edible_percent"),
        CheckConstraint("unit_grams > 0", name="unit_grams"),
    )


class RecommendedDish(DishColumns, Recorded, Versioned, BureauOwned, db.Model):
    """推荐菜品: the bureau's own; schools copy it and may change their copy."""

    __tablename__ = "recommended_dishes"
    __audited__ = True
    __table_args__ = (fk_bureau(), UniqueConstraint("bureau_id", "code"), *_dish_checks())


class RecommendedIngredient(IngredientColumns, BureauOwned, db.Model):
    __tablename__ = "recommended_dish_ingredients"
    __table_args__ = (
        fk_bureau(),
        ForeignKeyConstraint(
            ["bureau_id", "dish_id"], ["recommended_dishes.bureau_id", "recommended_dishes.id"], ondelete="CASCADE"
        ),
        fk_in_bureau("item_id", "catalogue_items"),
        UniqueConstraint("bureau_id", "dish_id", "position"),
        *_ingredient_checks(),
    )
    dish_id: Mapped[UUID]
    item_id: Mapped[UUID | None]


class Dish(DishColumns, Recorded, Versioned, SchoolOwned, db.Model):
    """菜品. `recommended_id`, `recommended_version`: what it was copied from, as it was then."""

    __tablename__ = "dishes"
    __audited__ = True
    __table_args__ = (
        fk_school(),
        fk_in_bureau("recommended_id", "recommended_dishes"),
        UniqueConstraint("bureau_id", "school_id", "code"),
        *_dish_checks(),
        Index(
            "uq_dishes_recommended", "bureau_id", "school_id", "recommended_id", unique=True,
            postgresql_where=text("recommended_id IS NOT NULL"),
        ),
        Index("ix_dishes_name", "bureau_id", "school_id", "search_name"),
    )  # fmt: skip
    recommended_id: Mapped[UUID | None]
    recommended_version: Mapped[int | None]


class DishIngredient(IngredientColumns, SchoolOwned, db.Model):
    __tablename__ = "dish_ingredients"
    __table_args__ = (
        fk_school(),
        fk_in_school("dish_id", "dishes", cascade=True),
        fk_in_bureau("item_id", "catalogue_items"),
        UniqueConstraint("bureau_id", "school_id", "dish_id", "position"),
        *_ingredient_checks(),
        # From an item to the dishes that use it.
        Index("ix_dish_ingredients_item", "bureau_id", "school_id", "item_id"),
    )
    dish_id: Mapped[UUID]
    item_id: Mapped[UUID | None]


class Menu(Recorded, Versioned, SchoolOwned, db.Model):
    """一周菜谱. One that is not withdrawn per school and week. Its meals and dishes always show how it stands now; what
    was public when stands in menu_publications.

    `days_ahead`: days from the first publication to the week's first meal. `failed`, `warned`: how many checks of the
    newest publication failed, or could only be warned of. `proposal`: what the proposer said when it last filled it.
    """

    __tablename__ = "menus"
    __audited__ = True
    __table_args__ = (
        fk_school(),
        CheckConstraint("state IN ('draft', 'published', 'withdrawn')", name="state"),
        CheckConstraint("extract(isodow FROM monday) = 1", name="monday"),
        CheckConstraint("is_public = (state = 'published')", name="is_public"),
        CheckConstraint("(published_at IS NULL) = (edition = 0)", name="edition"),
        Index(
            "uq_menus_live", "bureau_id", "school_id", "monday", unique=True,
            postgresql_where=text("state <> 'withdrawn'"),
        ),
        Index("ix_menus_week", "bureau_id", "monday", "school_id"),
    )  # fmt: skip
    monday: Mapped[date]
    state: Mapped[str] = mapped_column(default="draft")
    is_public: Mapped[bool] = mapped_column(default=False)
    edition: Mapped[int] = mapped_column(default=0)
    published_at: Mapped[datetime | None]
    published_by: Mapped[UUID | None]
    published_by_name: Mapped[str] = mapped_column(default="")
    days_ahead: Mapped[int | None]
    failed: Mapped[int] = mapped_column(default=0)
    warned: Mapped[int] = mapped_column(default=0)
    note: Mapped[str] = mapped_column(default="")
    proposal: Mapped[dict[str, Any]] = mapped_column(default=dict)


class MenuMeal(SchoolOwned, db.Model):
    """One meal of one day. `planned_diners` None: as many as the school expects."""

    __tablename__ = "menu_meals"
    __table_args__ = (
        fk_school(),
        fk_in_school("menu_id", "menus", cascade=True),
        UniqueConstraint("bureau_id", "school_id", "menu_id", "on_day", "meal"),
        CheckConstraint(one_of("meal", MEALS), name="meal"),
        CheckConstraint("planned_diners >= 0", name="planned_diners"),
        Index("ix_menu_meals_day", "bureau_id", "school_id", "on_day"),
    )
    menu_id: Mapped[UUID]
    on_day: Mapped[date]
    meal: Mapped[str]
    planned_diners: Mapped[int | None]


class MenuDish(SchoolOwned, db.Model):
    """`dish_name`, `dish_kind`: as when it was put there. `snapshot`: recipe, allergens and nutrition as published;
    None in a draft. A published dish's needs are reckoned from its snapshot, not from a recipe changed since."""

    __tablename__ = "menu_dishes"
    __table_args__ = (
        fk_school(),
        fk_in_school("menu_meal_id", "menu_meals", cascade=True),
        fk_in_school("dish_id", "dishes"),
        UniqueConstraint("bureau_id", "school_id", "menu_meal_id", "dish_id"),
        Index("ix_menu_dishes_dish", "bureau_id", "school_id", "dish_id"),
    )
    menu_meal_id: Mapped[UUID]
    dish_id: Mapped[UUID]
    position: Mapped[int]
    dish_name: Mapped[str]
    dish_kind: Mapped[str]
    snapshot: Mapped[dict[str, Any] | None]


class MenuPublication(SchoolOwned, db.Model):
    """What happened to a menu, in order: published, changed after that, withdrawn, or a draft thrown away. Append-only;
    `content` is the whole week as the public page shows it from then on, `digest` its SHA-256. `changes`: what a later
    edition does otherwise than the one before, [{"day", "meal", "removed", "added"}]."""

    __tablename__ = "menu_publications"
    __audited__ = True
    __table_args__ = (
        fk_school(),
        fk_in_school("menu_id", "menus"),
        UniqueConstraint("bureau_id", "school_id", "menu_id", "number"),
        CheckConstraint("event IN ('publish', 'amend', 'withdraw', 'discard')", name="event"),
        CheckConstraint("event = 'publish' OR reason <> ''", name="reason"),
        CheckConstraint("number > 0", name="number"),
        Index("ix_menu_publications_week", "bureau_id", "school_id", "monday", "at", "id"),
    )
    menu_id: Mapped[UUID]
    monday: Mapped[date]
    number: Mapped[int]
    event: Mapped[str]
    from_state: Mapped[str]
    to_state: Mapped[str]
    at: Mapped[datetime] = mapped_column(default=now)
    by: Mapped[UUID]
    by_name: Mapped[str]
    reason: Mapped[str] = mapped_column(default="")
    changes: Mapped[list[Any]] = mapped_column(default=list)
    content: Mapped[dict[str, Any]] = mapped_column(default=dict)
    digest: Mapped[str] = mapped_column(default="")
    is_public: Mapped[bool]
