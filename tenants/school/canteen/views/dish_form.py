"""The page's form of a dish, at a school or in the bureau's list: rows of ingredients, goods by their code."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from marshmallow import fields, validate

from bureau.catalogue.models import CatalogueItem
from bureau.catalogue.service.items import published_items
from kernel.actor import Actor
from kernel.errors import Invalid
from kernel.schemas import BaseSchema, Choice, Quantity, Text
from kernel.web.forms import Form
from school.canteen import labels
from school.canteen.foods import foods
from school.canteen.rules import Band
from school.canteen.schemas import MOST_INGREDIENTS, DishForm
from school.diners.labels import ALLERGENS, MEALS

BLANK_ROWS = 3
MEAT_CHOICES = ("yes", "no")


class IngredientRow(BaseSchema):
    """A row as typed: the good by its code and name, the bands' grams in columns of their own."""

    name = Text(60, load_default="")
    net_grams = Quantity(places=3, least="0.001", most="2000", load_default=None, allow_none=True)
    item = Text(80, load_default="")
    food_code = Text(20, load_default="")
    edible_percent = Quantity(places=2, least="0.01", most="100", load_default=None, allow_none=True)
    meat = Choice(MEAT_CHOICES, load_default=None, allow_none=True)
    unit_grams = Quantity(places=3, least="0.001", most="100000", load_default=None, allow_none=True)
    under_6 = Quantity(places=3, least="0", most="2000", load_default=None, allow_none=True)
    age_6_8 = Quantity(places=3, least="0", most="2000", load_default=None, allow_none=True)
    age_12_14 = Quantity(places=3, least="0", most="2000", load_default=None, allow_none=True)
    age_15_17 = Quantity(places=3, least="0", most="2000", load_default=None, allow_none=True)


BAND_FIELDS = {
    "under_6": Band.UNDER_6, "age_6_8": Band.AGE_6_8, "age_12_14": Band.AGE_12_14, "age_15_17": Band.AGE_15_17,
}  # fmt: skip


class DishPageForm(DishForm):
    code = Text(20, load_default="")
    ingredients = fields.List(
        fields.Nested(IngredientRow), load_default=list, validate=validate.Length(0, MOST_INGREDIENTS + BLANK_ROWS)
    )


def submitted() -> Form:
    form = Form.submitted(DishPageForm())
    rows = form.values.get("ingredients")
    if isinstance(rows, list):
        form.values["ingredients"] = [row for row in rows if any(str(value).strip() for value in row.values())]
    return form


def loaded(actor: Actor, form: Form) -> dict[str, Any]:
    """As the services take it; the good's code is looked up, whatever stands behind it."""
    values = form.load()
    items = {item.code.lower(): item for item in published_items(actor)}
    problems: dict[str, list[str]] = {}
    lines = []
    for number, row in enumerate(values["ingredients"]):
        item = _item_of(row["item"], items)
        if row["item"] and item is None:
            problems[f"ingredients.{number}.item"] = [_("目录中没有这项物品，请从提示中选择。")]
        if not row["name"] and item is None:
            problems[f"ingredients.{number}.name"] = [_("请填写食材名称。")]
        if row["net_grams"] is None:
            problems[f"ingredients.{number}.net_grams"] = [_("请填写每人净重。")]
        meat = row["meat"]
        lines.append(
            {
                "item_id": item.id if item else None, "food_code": row["food_code"], "name": row["name"],
                "net_grams": row["net_grams"], "edible_percent": row["edible_percent"],
                "is_meat": None if meat is None else meat == "yes", "unit_grams": row["unit_grams"],
                "band_grams": {str(band): row[name] for name, band in BAND_FIELDS.items() if row[name] is not None},
            }
        )  # fmt: skip
    if problems:
        raise Invalid(problems)
    return {**values, "ingredients": lines}


def _item_of(typed: str, items: Mapping[str, CatalogueItem]) -> CatalogueItem | None:
    """ "LI03 猪五花肉", "LI03" or "猪五花肉"."""
    code = typed.split(" ")[0].lower()
    return items.get(code) or next((item for item in items.values() if typed and item.name == typed), None)


def values_of(actor: Actor, dish: Any, lines: Sequence[Any]) -> dict[str, Any]:
    """What the form shows of a stored dish."""
    items = {item.id: item for item in published_items(actor)}
    rows = []
    for line in lines:
        item = items.get(line.item_id)
        rows.append(
            {
                "name": line.name, "net_grams": _plain(line.net_grams), "food_code": line.food_code,
                "edible_percent": _plain(line.edible_percent), "item": f"{item.code} {item.name}" if item else "",
                "meat": "yes" if line.is_meat else "no", "unit_grams": _plain(line.unit_grams),
                **{name: line.band_grams.get(str(band), "") for name, band in BAND_FIELDS.items()},
            }
        )  # fmt: skip
    names = ("id", "code", "name", "kind", "style", "portion", "meals", "allergens", "note", "is_active", "version")
    return {**{name: getattr(dish, name) for name in names}, "ingredients": rows}


def _plain(value: Decimal | None) -> str:
    return "" if value is None else format(value.normalize(), "f")


def context(actor: Actor) -> dict[str, Any]:
    """What the form's choices are."""
    return {
        "labels": labels,
        "kind_options": list(labels.KINDS.items()),
        "style_options": list(labels.STYLES.items()),
        "portion_options": list(labels.PORTIONS.items()),
        "meal_options": list(MEALS.items()),
        "allergen_options": list(ALLERGENS.items()),
        "food_names": [food.name for food in foods().values()],
        "items": published_items(actor),
        "bands": [(name, labels.BANDS[band]) for name, band in BAND_FIELDS.items()],
        "blank_rows": BLANK_ROWS,
    }
