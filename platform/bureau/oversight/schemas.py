"""What the oversight pages and API are asked, and what they answer."""

from marshmallow import fields

from kernel.api import PageSchema
from kernel.schemas import BaseSchema, Day, Identifier, PageArguments, Whole


class SpanQuery(BaseSchema):
    """Days from `from_day` to `until_day`; by default the last 30. At most 366."""

    from_day = Day(load_default=None, allow_none=True)
    until_day = Day(load_default=None, allow_none=True)


class UncertifiedQuery(SpanQuery, PageArguments):
    limit = Whole(1, 200, load_default=20)
    school_id = Whole(1, load_default=None, allow_none=True)
    zone_id = Whole(1, load_default=None, allow_none=True)
    category_id = Identifier(load_default=None, allow_none=True)


class UncertifiedReceiptOut(BaseSchema):
    id = fields.UUID()
    school_id = fields.Integer()
    school_name = fields.String()
    number = fields.String()
    received_at = fields.AwareDateTime()
    supplier_name = fields.String()
    received_by_name = fields.String()
    missing = fields.List(fields.String())


class UncertifiedReceiptPage(PageSchema):
    items = fields.List(fields.Nested(UncertifiedReceiptOut))


class SchoolReceiptCountOut(BaseSchema):
    school_id = fields.Integer()
    school_name = fields.String()
    zone_name = fields.String()
    received = fields.Integer()
    uncertified = fields.Integer()


class CategoryReceiptCountOut(BaseSchema):
    category_id = fields.UUID()
    category_name = fields.String()
    schools = fields.Integer()
    receipts = fields.Integer()


class UncertifiedReceiptSummary(BaseSchema):
    from_day = Day()
    until_day = Day()
    schools = fields.List(fields.Nested(SchoolReceiptCountOut))
    categories = fields.List(fields.Nested(CategoryReceiptCountOut))
