"""What comes in from pages and API, and what goes out."""

from typing import Any

from marshmallow import fields, validate

from bureau.inspections.schemas import PlaceOut
from kernel.schemas import BaseSchema, Choice, Day, Text, Whole
from scorecards.form import KINDS


class EstimateIn(BaseSchema):
    kind = Choice(KINDS, required=True)


class DoubleIn(BaseSchema):
    percent = Whole(1, 100, required=True)
    scheduled_on = Day(required=True)
    ends_on = Day(required=True)
    inspector_ids = fields.List(fields.UUID(), required=True, validate=validate.Length(min=2, max=200))


class DataFlagLookIn(BaseSchema):
    note = Text(500, required=True)


class DataFlagsQuery(BaseSchema):
    looked = fields.Boolean(load_default=False)
    cursor = fields.String(load_default=None, validate=validate.Length(max=500))
    limit = fields.Integer(load_default=50, validate=validate.Range(1, 200))


class StrictnessEstimateOut(BaseSchema):
    person_id = fields.UUID()
    name = fields.String()
    standing = fields.String()
    visits = fields.Integer()
    effect = fields.Float(allow_none=True)
    low = fields.Float(allow_none=True)
    high = fields.Float(allow_none=True)


class StrictnessRunOut(BaseSchema):
    id = fields.UUID()
    kind = fields.String()
    starts_on = fields.Date()
    ends_on = fields.Date()
    refusal = fields.String()
    visits = fields.Integer()
    observations = fields.Integer()
    spread = fields.Dict()
    computed_at = fields.AwareDateTime()
    items = fields.List(fields.Nested(StrictnessEstimateOut))


class Interval(fields.Field):
    """(value, low, high) as an object, or null."""

    def _serialize(self, value: Any, attr: Any, obj: Any, **kwargs: Any) -> Any:
        return None if value is None else dict(zip(("value", "low", "high"), value, strict=True))


class ComparedOut(BaseSchema):
    place = fields.Nested(PlaceOut)
    percent = fields.Float(allow_none=True)
    grade = fields.String()
    stars = fields.Integer()
    tier = fields.Integer(allow_none=True)
    low = fields.Float(allow_none=True)
    high = fields.Float(allow_none=True)
    calibrated = Interval(metadata={"type": ["object", "null"]})


class ComparisonOut(BaseSchema):
    why_not = fields.String()
    items = fields.List(fields.Nested(ComparedOut))


class DataFlagOut(BaseSchema):
    id = fields.UUID()
    school_id = fields.Integer()
    inspection_id = fields.UUID()
    code = fields.String()
    params = fields.Dict()
    found_at = fields.AwareDateTime()
    looked_at = fields.AwareDateTime(allow_none=True)
    note = fields.String()


class DataFlagListOut(BaseSchema):
    items = fields.List(fields.Nested(DataFlagOut))
    next_cursor = fields.String(allow_none=True)
