"""What pages and API take and give of the catalogue."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from marshmallow import fields, pre_load, validate

from bureau.catalogue.rules import CertificateKind, ItemState, Storage
from kernel.api import PageSchema
from kernel.schemas import BaseSchema, Choice, Identifier, PageArguments, Quantity, Text, Whole

MOST_SHELF_LIFE = 3650  # days; beyond ten years it is a slip of the finger
MOST_UNITS = 20


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


class CatalogueItemIn(BaseSchema):
    """`shelf_life_days` null: nothing is printed on it (fresh produce, salt)."""

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


class ItemForm(CatalogueItemIn):
    """`id` was made when the page was shown. Rows of conversions left blank are none."""

    id = Identifier(required=True)
    version = Whole(1, load_default=None, allow_none=True, load_only=True)

    @pre_load
    def _without_blank_rows(self, data: Any, **_: Any) -> Any:
        return _drop(data, "conversions", lambda row: not any(str(value or "").strip() for value in row.values()))


class CatalogueItemOut(CatalogueItemIn):
    id = Identifier()
    category_name = fields.String()
    state = Choice(ItemState)
    version = fields.Integer()


class CatalogueItemPage(PageSchema):
    items = fields.List(fields.Nested(CatalogueItemOut))


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
