"""What the bureau asks of schools' self-checks, and what it is answered."""

from marshmallow import fields, validate

from kernel.schemas import BaseSchema, Choice, Day, Flag, Identifier, Text, Whole

RHYTHMS = ("once", "daily", "weekly", "monthly", "term")


class SelfCheckRequestIn(BaseSchema):
    """With `plan_id` the form is the plan's, and no `school_ids` means every school that it visits."""

    title = Text(60, required=True)
    plan_id = Identifier(load_default=None, allow_none=True)
    form_version_id = Identifier(load_default=None, allow_none=True)
    school_ids = fields.List(Whole(1), load_default=list, validate=validate.Length(max=2000))
    rhythm = Choice(RHYTHMS, required=True)
    weekdays = fields.List(Whole(0, 6), load_default=list, validate=validate.Length(max=7))
    month_day = Whole(1, 31, load_default=None, allow_none=True)
    workdays_only = Flag()
    role = fields.String(load_default="", validate=validate.Length(max=40))
    starts_on = Day(required=True)
    ends_on = Day(load_default=None, allow_none=True)
    grace_days = Whole(0, 60, load_default=None, allow_none=True)


class SelfCheckRequestForm(SelfCheckRequestIn):
    id = Identifier(required=True)


class SelfCheckEndForm(BaseSchema):
    ends_on = Day(load_default=None, allow_none=True)


class SelfCheckEndIn(BaseSchema):
    ends_on = Day(required=True)


class SelfCheckAskedOut(BaseSchema):
    schools = fields.Integer()


class SelfCheckPlanQuery(BaseSchema):
    plan_id = Identifier(required=True)


class SelfCheckScoreOut(BaseSchema):
    """`own`, `official`: scores; null where there is none. `difference`: own − official."""

    school_id = fields.Integer()
    school_name = fields.String(attribute="name")
    check_id = fields.UUID(allow_none=True)
    own = fields.Decimal(as_string=True, allow_none=True)
    official = fields.Decimal(as_string=True, allow_none=True)
    difference = fields.Decimal(as_string=True, allow_none=True)


class SelfCheckScoreListOut(BaseSchema):
    items = fields.List(fields.Nested(SelfCheckScoreOut))


class SelfCheckMonthQuery(BaseSchema):
    month = fields.String(load_default="", validate=validate.Length(max=7))


class SelfCheckPunctualityOut(BaseSchema):
    school_id = fields.Integer()
    school_name = fields.String(attribute="name")
    expected = fields.Integer()
    on_time = fields.Integer()
    late = fields.Integer()
    undone = fields.Integer()


class SelfCheckPunctualityListOut(BaseSchema):
    items = fields.List(fields.Nested(SelfCheckPunctualityOut))
