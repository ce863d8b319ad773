"""What pages and API take and give of the catalogue."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from marshmallow import fields, pre_load, validate

from bureau.catalogue.rules import CertificateKind, ItemState, Storage, Subject
from kernel.api import PageSchema
from kernel.schemas import BaseSchema, Choice, Flag, Identifier, PageArguments, Quantity, Text, Whole

MOST_SHELF_LIFE = 3650  # days; beyond ten years it is a slip of the finger
MOST_UNITS = 20
MOST_PACKS = 20


class PlainQuantity(Quantity):
    """Given without the padding zeros that the column keeps: "25" rather than "25.000000"."""

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> Any:
        return format(value.normalize(), "f") if isinstance(value, Decimal) else value


class CertificateRequirementSchema(BaseSchema):
    """`label`: the bureau's own wording on the receipt form; empty means the standard name of the kind."""

    kind = Choice(CertificateKind, required=True)
    label = Text(60, load_default="")


class CatalogueCategoryIn(BaseSchema):
    code = Text(20, required=True)
    name = Text(60, required=True)
    parent_id = Identifier(load_default=None, allow_none=True)
    storage = Choice(Storage, load_default=Storage.AMBIENT.value)
    subject = Choice(Subject, load_default=Subject.FOOD.value)
    requirements = fields.List(
        fields.Nested(CertificateRequirementSchema),
        load_default=list,
        validate=validate.Length(0, len(CertificateKind)),
    )


class CategoryForm(CatalogueCategoryIn):
    """`id` was made when the page was shown. The page sends a row for every kind; only those checked carry it."""

    id = Identifier(required=True)
    version = Whole(1, load_default=None, allow_none=True, load_only=True)

    @pre_load
    def _only_checked(self, data: Any, **_: Any) -> Any:
        return _drop(data, "requirements", lambda row: not row.get("kind"))


class CatalogueCategoryOut(CatalogueCategoryIn):
    id = Identifier()
    version = fields.Integer()


class UnitConversionSchema(BaseSchema):
    """One `unit` is exactly `factor` base units."""

    unit = Text(20, required=True)
    factor = PlainQuantity(places=6, least="0.000001", most="1000000", required=True)


class PackSizeSchema(BaseSchema):
    """A size that the good is delivered in: its words and how many base units it holds."""

    label = Text(40, required=True)
    quantity = PlainQuantity(places=6, least="0.000001", most="1000000", required=True)


class CatalogueItemIn(BaseSchema):
    """`shelf_life_days` null: nothing is printed on it (fresh produce, salt). `ingredient`: code in a table of food
    composition. `brand_note`: what a brand must be equal to; it names none as required."""

    code = Text(20, required=True)
    name = Text(60, required=True)
    category_id = Identifier(required=True)
    specification = Text(200, load_default="")
    standard = Text(100, load_default="")
    base_unit = Text(20, required=True)
    shelf_life_days = Whole(1, MOST_SHELF_LIFE, load_default=None, allow_none=True)
    storage = Choice(Storage, load_default=Storage.AMBIENT.value)
    conversions = fields.List(
        fields.Nested(UnitConversionSchema), load_default=list, validate=validate.Length(0, MOST_UNITS)
    )
    pack_sizes = fields.List(fields.Nested(PackSizeSchema), load_default=list, validate=validate.Length(0, MOST_PACKS))
    ingredient = Text(40, load_default="")
    brand_note = Text(200, load_default="")


class ItemForm(CatalogueItemIn):
    """`id` was made when the page was shown. Rows of conversions left blank are none."""

    id = Identifier(required=True)
    version = Whole(1, load_default=None, allow_none=True, load_only=True)

    @pre_load
    def _without_blank_rows(self, data: Any, **_: Any) -> Any:
        def is_blank(row: Mapping[str, Any]) -> bool:
            return not any(str(value or "").strip() for value in row.values())

        return _drop(_drop(data, "conversions", is_blank), "pack_sizes", is_blank)


class CatalogueItemOut(CatalogueItemIn):
    id = Identifier()
    category_name = fields.String()
    state = Choice(ItemState)
    version = fields.Integer()
    current_version = fields.Integer(metadata={"description": "number of the newest published version, 0: none yet"})


class CatalogueItemPage(PageSchema):
    items = fields.List(fields.Nested(CatalogueItemOut))


class CatalogueVersionOut(BaseSchema):
    """An item as it was published: a full copy."""

    id = Identifier()
    item_id = Identifier()
    number = fields.Integer()
    code = fields.String()
    name = fields.String()
    specification = fields.String()
    standard = fields.String()
    base_unit = fields.String()
    conversions = fields.List(fields.Nested(UnitConversionSchema))
    pack_sizes = fields.List(fields.Nested(PackSizeSchema))
    shelf_life_days = fields.Integer(allow_none=True)
    storage = fields.String()
    ingredient = fields.String()
    brand_note = fields.String()
    category_id = Identifier()
    category_code = fields.String()
    category_name = fields.String()
    subject = fields.String()
    certificates = fields.List(fields.Nested(CertificateRequirementSchema))
    published_at = fields.AwareDateTime()


class CatalogueChangeOut(BaseSchema):
    field = fields.String()
    before = fields.Raw(allow_none=True)
    after = fields.Raw(allow_none=True)


class CatalogueStepOut(BaseSchema):
    version = fields.Nested(CatalogueVersionOut)
    changes = fields.List(fields.Nested(CatalogueChangeOut))


class CatalogueHistory(BaseSchema):
    """Newest first, each with what it changed."""

    items = fields.List(fields.Nested(CatalogueStepOut))


class OrderableItemOut(CatalogueItemOut):
    is_favourite = fields.Boolean()


class OrderablePage(PageSchema):
    items = fields.List(fields.Nested(OrderableItemOut))


class OrderableQuery(PageArguments):
    q = Text(60, load_default="", allow_none=True)
    category_id = Identifier(load_default=None, allow_none=True)
    favourites = Flag()


class FavouriteIn(BaseSchema):
    is_favourite = fields.Boolean(required=True)


class CatalogueItemQuery(PageArguments):
    """`q`: part of name, specification or code. Schools see published items only, whatever `state` says."""

    q = Text(60, load_default="", allow_none=True)
    category_id = Identifier(load_default=None, allow_none=True)
    state = Choice(ItemState, load_default=None, allow_none=True)


class CatalogueCategoryList(BaseSchema):
    items = fields.List(fields.Nested(CatalogueCategoryOut))


class VersionForm(BaseSchema):
    version = Whole(1, required=True)


def _drop(data: Any, name: str, is_blank: Any) -> Any:
    if not isinstance(data, Mapping) or not isinstance(data.get(name), list):
        return data
    rows = [row for row in data[name] if not (isinstance(row, Mapping) and is_blank(row))]
    return {**data, name: rows}
