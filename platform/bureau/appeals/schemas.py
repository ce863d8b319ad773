"""What goes in and out."""

from marshmallow import fields

from bureau.appeals.labels import STATES
from bureau.inspections.schemas import Points
from kernel.api import PageSchema
from kernel.schemas import BaseSchema, Choice, Identifier, PageArguments, Text, Whole

MOST_KEY = 90  # an item's code, "@", a unit's code


class AppealForm(BaseSchema):
    """`id`: made by the page. `version`: of a draft that is changed."""

    id = Identifier(required=True)
    inspection_id = Identifier(required=True)
    item_code = Text(MOST_KEY, required=True)
    reason = Text(2000, required=True)
    version = Whole(1, load_default=None, allow_none=True)


class AppealIn(BaseSchema):
    inspection_id = Identifier(required=True)
    item_code = Text(MOST_KEY, required=True)
    reason = Text(2000, required=True)


class EvidenceFile(BaseSchema):
    evidence = fields.Raw(required=True, metadata={"type": "string", "format": "binary"})


class EvidenceOut(BaseSchema):
    id = fields.UUID()
    attachment_id = fields.UUID()
    added_at = fields.AwareDateTime()


class WithdrawalForm(BaseSchema):
    version = Whole(1, required=True)
    reason = Text(500, load_default="", allow_none=True)


class WithdrawalIn(BaseSchema):
    reason = Text(500, load_default="", allow_none=True)


class DecisionForm(BaseSchema):
    """The answer of an upheld appeal comes in the fields of its item, as on the inspector's page."""

    version = Whole(1, required=True)
    outcome = Choice(("upheld", "rejected"), required=True)
    reason = Text(2000, required=True)


class DecisionIn(BaseSchema):
    """`answer`: of an upheld appeal, scorecards.answers' JSON for the item."""

    outcome = Choice(("upheld", "rejected"), required=True)
    reason = Text(2000, required=True)
    answer = fields.Raw(load_default=None, allow_none=True)


class AppealOut(BaseSchema):
    id = fields.UUID()
    school_id = fields.Integer()
    inspection_id = fields.UUID()
    plan_id = fields.UUID()
    item_code = fields.String()
    item_no = fields.String()
    item_text = fields.String()
    lost = Points()
    reason = fields.String()
    state = fields.String()
    sent_at = fields.AwareDateTime(allow_none=True)
    decided_at = fields.AwareDateTime(allow_none=True)
    decision_reason = fields.String()
    revision = fields.Integer(allow_none=True)
    version = fields.Integer()


class AppealListOut(PageSchema):
    items = fields.List(fields.Nested(AppealOut))


class AppealQuery(PageArguments):
    state = Choice([state for state in STATES if state != "draft"], load_default=None, allow_none=True)
    plan_id = Identifier(load_default=None, allow_none=True)


class RateOut(BaseSchema):
    key = fields.String()
    label = fields.String()
    visits = fields.Integer()
    sent = fields.Integer()
    decided = fields.Integer()
    upheld = fields.Integer()
    rate = Points(allow_none=True)


class StatisticsOut(BaseSchema):
    items = fields.List(fields.Nested(RateOut))
    inspectors = fields.List(fields.Nested(RateOut))


class StatisticsQuery(BaseSchema):
    days = Whole(1, 3660, load_default=365)
    plan_id = Identifier(load_default=None, allow_none=True)
