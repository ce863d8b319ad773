from marshmallow import fields, validate

from kernel.schemas import BaseSchema, Day, Identifier, PageArguments, Text, Whole


class SurveyIn(BaseSchema):
    batch = Identifier(required=True)
    title = Text(60, required=True)
    form_version_id = Identifier(required=True)
    school_ids = fields.List(fields.Integer(), load_default=list, validate=validate.Length(max=2000))
    first = Day(required=True)
    last = Day(required=True)
    most = Whole(1, 100_000, load_default=None, allow_none=True)


class SurveySeen(BaseSchema):
    version = Whole(required=True)


class SurveyQuery(PageArguments):
    pass


class SurveyOut(BaseSchema):
    id = fields.UUID()
    school_id = fields.Integer()
    title = fields.String()
    owner = fields.String()
    form_version_id = fields.UUID()
    opens_at = fields.AwareDateTime()
    closes_at = fields.AwareDateTime()
    closed_at = fields.AwareDateTime(allow_none=True)
    most = fields.Integer()
    version = fields.Integer()


class SurveyListOut(BaseSchema):
    items = fields.List(fields.Nested(SurveyOut))
    next_cursor = fields.String(allow_none=True)


class SurveyTallyOut(BaseSchema):
    answers = fields.Integer()
    counted = fields.Integer()
    mean = fields.Decimal(as_string=True, allow_none=True, metadata={"description": "percent"})
    items = fields.Dict()
