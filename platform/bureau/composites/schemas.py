from typing import Any

from flask_babel import gettext as _
from marshmallow import ValidationError, fields, validate, validates_schema

from kernel.schemas import BaseSchema, Choice, Day, Identifier, Quantity, Text


class CompositePartIn(BaseSchema):
    title = Text(60, required=True)
    weight = Quantity(4, least="0.0001", most="10000", required=True)
    plan_id = Identifier(load_default=None, allow_none=True)
    form_version_id = Identifier(load_default=None, allow_none=True)
    first = Day(load_default=None, allow_none=True)
    last = Day(load_default=None, allow_none=True)

    @validates_schema
    def _one_source(self, data: dict[str, Any], **_kwargs: Any) -> None:
        if (data.get("plan_id") is None) == (data.get("form_version_id") is None):
            raise ValidationError(_("选一项检查计划，或选一份问卷表单，只选一种。"), "plan_id")
        if data.get("form_version_id") is not None:
            if data.get("first") is None or data.get("last") is None:
                raise ValidationError(_("请填写问卷的起止日期。"), "first")
            if data["last"] < data["first"]:
                raise ValidationError(_("结束日期不能早于开始日期。"), "last")


class CompositeIn(BaseSchema):
    id = Identifier(required=True)
    title = Text(100, required=True)
    missing = Choice(("refuse", "renormalise"), load_default="refuse")
    parts = fields.List(
        fields.Nested(CompositePartIn),
        required=True,
        validate=validate.Length(min=2, max=10),
    )


class CompositeOut(BaseSchema):
    id = fields.UUID()
    title = fields.String()
    missing = fields.String()
    version = fields.Integer()


class CompositeListOut(BaseSchema):
    items = fields.List(fields.Nested(CompositeOut))
    next_cursor = fields.String(allow_none=True)


class CompositeScoreOut(BaseSchema):
    school_id = fields.Integer()
    school_name = fields.String()
    stage = fields.String()
    is_boarding = fields.Boolean()
    rank = fields.Integer(allow_none=True)
    of = fields.Integer()
    result = fields.Dict(metadata={"description": "docs/form-schema.md §6: score, maximum, missing, account"})


class CompositeScoresOut(BaseSchema):
    items = fields.List(fields.Nested(CompositeScoreOut))
