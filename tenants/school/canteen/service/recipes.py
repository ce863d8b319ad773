"""What the school's dishes and the bureau's recommended ones have in common: how they are checked and written."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select

from bureau.catalogue.models import CatalogueItem
from kernel.actor import Actor
from kernel.database import db
from kernel.errors import Invalid
from school.canteen import rules
from school.canteen.figures import Recipe
from school.canteen.foods import food_of, named
from school.canteen.models import Dish, DishIngredient, RecommendedDish, RecommendedIngredient
from school.canteen.rules import Band, Line
from school.diners.rules import in_order

AnyDish = Dish | RecommendedDish
FIELDS = ("code", "name", "kind", "style", "portion", "meals", "allergens", "note", "is_active")
LINE_FIELDS = (
    "item_id", "food_code", "name", "net_grams", "edible_percent", "is_meat", "band_grams", "unit_grams",
)  # fmt: skip
UNIT_KNOWN = {*rules.MASS_UNITS, *rules.VOLUME_UNITS}


def checked(
    actor: Actor, values: Mapping[str, Any], lines: Sequence[Mapping[str, Any]]
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Values and lines as they are written, or Invalid with every problem at its field.

    What a line leaves out is taken from its food: the code by the name, the edible share, whether it is meat. The
    catalogue's item brings its own food code where one is linked.
    """
    problems: dict[str, list[str]] = {}
    items = _items(actor, [line["item_id"] for line in lines if line.get("item_id")])
    written = []
    for number, line in enumerate(lines):
        item = items.get(line.get("item_id"))
        if line.get("item_id") and item is None:
            problems[f"ingredients.{number}.item_id"] = [_("目录中没有这项物品。")]
        row = filled(line, item)
        if row["food_code"] and food_of(row["food_code"]) is None:
            problems[f"ingredients.{number}.food_code"] = [_("食物成分表中没有这个编码。")]
        if item is not None and item.base_unit not in UNIT_KNOWN and row["unit_grams"] is None:
            problems[f"ingredients.{number}.unit_grams"] = [
                _("请填写每%(unit)s重多少克，否则无法计算用量和成本。", unit=item.base_unit)
            ]
        for band, grams in row["band_grams"].items():
            if band not in set(Band) or Decimal(str(grams)) < 0:
                problems[f"ingredients.{number}.band_grams"] = [_("各年龄段的克重填写有误。")]
        written.append(row)
    if len({row["name"] for row in written}) < len(written):
        problems["ingredients"] = [_("同一种食材请合并为一行。")]
    if problems:
        raise Invalid(problems)
    meals = [str(meal) for meal in in_order(values["meals"])]
    allergens = sorted(set(values["allergens"]))
    return {**{name: values[name] for name in FIELDS}, "meals": meals, "allergens": allergens}, written


def filled(line: Mapping[str, Any], item: CatalogueItem | None) -> dict[str, Any]:
    """A line with everything that can be known of it."""
    name = line.get("name") or (item.name if item else "")
    code = line.get("food_code") or (item.ingredient if item and food_of(item.ingredient) else "")
    food = food_of(code) or (named(name) if not code else None)
    edible, is_meat = line.get("edible_percent"), line.get("is_meat")
    grams = {
        band: format(Decimal(str(value)).normalize(), "f")
        for band, value in (line.get("band_grams") or {}).items()
        if value is not None
    }
    return {
        "item_id": line.get("item_id"),
        "food_code": food.code if food else code,
        "name": name,
        "net_grams": line["net_grams"],
        "edible_percent": edible if edible is not None else (food.edible_percent if food else Decimal(100)),
        "is_meat": is_meat if is_meat is not None else bool(food and food.is_meat),
        "band_grams": grams,
        "unit_grams": line.get("unit_grams"),
    }


def fill(dish: AnyDish, values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        if getattr(dish, name) != value:
            setattr(dish, name, value)
    dish.search_name = f"{dish.name} {dish.code}".lower()


def same_content(
    dish: AnyDish, lines: Sequence[Any], values: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]
) -> bool:
    if any(getattr(dish, name) != value for name, value in values.items()) or len(lines) != len(rows):
        return False
    return all(getattr(old, name) == row[name] for old, row in zip(lines, rows, strict=True) for name in LINE_FIELDS)


def recipe_of(dish: AnyDish, lines: Sequence[DishIngredient | RecommendedIngredient]) -> Recipe:
    return Recipe(
        key=str(dish.id), name=dish.name, kind=dish.kind, lines=tuple(map(plain, lines)), style=dish.style,
        portion=dish.portion, allergens=frozenset(dish.allergens),
    )  # fmt: skip


def plain(row: Any) -> Line:
    """A table's row as a plain line."""
    return Line(
        name=row.name, net_grams=row.net_grams, food_code=row.food_code, item_id=row.item_id,
        edible_percent=row.edible_percent, is_meat=row.is_meat, band_grams=row.band_grams, unit_grams=row.unit_grams,
    )  # fmt: skip


def units_of(actor: Actor, item_ids: Sequence[Any]) -> dict[object, str]:
    """Item → its base unit, retired ones too: an old menu is reckoned with them."""
    ids = {item_id for item_id in item_ids if item_id is not None}
    if not ids:
        return {}
    rows = db.session.execute(
        select(CatalogueItem.id, CatalogueItem.base_unit).where(
            CatalogueItem.bureau_id == actor.bureau_id, CatalogueItem.id.in_(ids)
        )
    )
    return {row.id: row.base_unit for row in rows}


def _items(actor: Actor, item_ids: Sequence[UUID]) -> dict[Any, CatalogueItem]:
    if not item_ids:
        return {}
    rows = db.session.scalars(
        select(CatalogueItem).where(CatalogueItem.bureau_id == actor.bureau_id, CatalogueItem.id.in_(set(item_ids)))
    )
    return {row.id: row for row in rows}
