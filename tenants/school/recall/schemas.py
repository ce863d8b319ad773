from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from kernel.schemas import BaseSchema, Choice, Day, Flag, Identifier, PageArguments, Text, Whole
from school.diners.rules import Meal
from school.recall.rules import Trigger
from school.recall.service.asking import MOST_DAYS, problems

MEALS = [meal.value for meal in Meal]


class TraceQuery(BaseSchema):
    """What a trace begins from; which fields count depends on `kind`."""

    kind = Choice([kind.value for kind in Trigger], load_default=Trigger.LOT.value)
    batch_no = Text(100, load_default="")
    number = Text(100, load_default="")
    school_id = Whole(load_default=None, allow_none=True)
    on_day = Day(load_default=None, allow_none=True)
    until_day = Day(load_default=None, allow_none=True)
    meal = Choice(["", *MEALS], load_default="")
    dish_id = Identifier(load_default=None, allow_none=True)
    lot = fields.List(
        fields.String(validate=validate.Length(max=64)), load_default=list, validate=validate.Length(max=200)
    )

    @validates_schema
    def _complete(self, data: dict[str, Any], **_more: Any) -> None:
        found = problems(data)
        if found:
            raise ValidationError(found)


class RecallIn(TraceQuery):
    """`lot`: the digests of the chosen lots, as the trace gave them; none: those that the trace itself chooses."""

    id = Identifier(required=True)
    reason = Text(500, required=True)
    instructions = Text(1000, load_default="")
    is_drill = Flag()
    begun_at = fields.AwareDateTime(load_default=None, allow_none=True)
    incident_school_id = Whole(load_default=None, allow_none=True)
    incident_id = Identifier(load_default=None, allow_none=True)


class RecallForm(RecallIn):
    tell = Flag()


class RecallEnd(BaseSchema):
    event = Choice(["lift", "close", "drop"], required=True)
    reason = Text(500, required=True)


class RecallEndForm(RecallEnd):
    version = Whole(required=True)


class RecallTellForm(BaseSchema):
    version = Whole(required=True)


class SecureIn(BaseSchema):
    found = Text(200, required=True)
    words = Text(1000, load_default="")


class SecureForm(SecureIn):
    version = Whole(required=True)


class IncidentIn(BaseSchema):
    id = Identifier(required=True)
    on_day = Day(required=True)
    meal = Choice(MEALS, required=True)
    sick_count = Whole(1, 100_000, required=True)
    symptoms = Text(500, required=True)
    noticed_at = fields.AwareDateTime(required=True)
    measures = Text(1000, load_default="")


class DismissForm(BaseSchema):
    reason = Text(500, required=True)
    version = Whole(required=True)


class RecallQuery(PageArguments):
    pass


class LotOut(BaseSchema):
    digest = fields.String()
    item_id = fields.UUID()
    item_name = fields.String()
    batch_no = fields.String()
    supplier_id = fields.UUID(allow_none=True)
    supplier_name = fields.String()
    is_recorded = fields.Boolean()
    is_chosen = fields.Boolean()


class TracedMealOut(BaseSchema):
    on_day = fields.Date()
    meal = fields.String()
    dishes = fields.List(fields.String())
    is_recorded = fields.Boolean()
    diners = fields.Integer(allow_none=True)
    classes = fields.Integer()
    samples = fields.Integer()


class TracedSchoolOut(BaseSchema):
    """Quantities by base unit, as text."""

    school_id = fields.Integer()
    school_name = fields.String()
    came = fields.Dict(keys=fields.String(), values=fields.String())
    left = fields.Dict(keys=fields.String(), values=fields.String())
    used = fields.Dict(keys=fields.String(), values=fields.String())
    deliveries = fields.Integer()
    transits = fields.Integer()
    diners = fields.Integer()
    samples = fields.Integer()
    meals = fields.List(fields.Nested(TracedMealOut))


class TraceOut(BaseSchema):
    lots = fields.List(fields.Nested(LotOut))
    schools = fields.List(fields.Nested(TracedSchoolOut))
    milliseconds = fields.Integer()


class RecallOut(BaseSchema):
    id = fields.UUID()
    number = fields.String()
    is_drill = fields.Boolean()
    trigger_kind = fields.String()
    trigger = fields.Dict()
    lots = fields.List(fields.Dict())
    totals = fields.Dict()
    reason = fields.String()
    instructions = fields.String()
    state = fields.String()
    begun_at = fields.AwareDateTime()
    traced_ms = fields.Integer()
    told_at = fields.AwareDateTime(allow_none=True)
    ended_at = fields.AwareDateTime(allow_none=True)
    end_reason = fields.String()
    version = fields.Integer()


class RecallListOut(BaseSchema):
    items = fields.List(fields.Nested(RecallOut))
    next_cursor = fields.String(allow_none=True)


class RecallPartOut(BaseSchema):
    recall_id = fields.UUID()
    number = fields.String()
    is_drill = fields.Boolean()
    is_over = fields.Boolean()
    reason = fields.String()
    instructions = fields.String()
    lots = fields.List(fields.Dict())
    part = fields.Dict()
    state = fields.String()
    told_at = fields.AwareDateTime()
    seen_at = fields.AwareDateTime(allow_none=True)
    secured_at = fields.AwareDateTime(allow_none=True)
    found = fields.String()
    words = fields.String()
    version = fields.Integer()


class IncidentOut(BaseSchema):
    id = fields.UUID()
    school_id = fields.Integer()
    on_day = fields.Date()
    meal = fields.String()
    sick_count = fields.Integer()
    symptoms = fields.String()
    noticed_at = fields.AwareDateTime()
    report_by = fields.AwareDateTime()
    measures = fields.String()
    state = fields.String()
    end_reason = fields.String()
    version = fields.Integer()


__all__ = ["MOST_DAYS"]
