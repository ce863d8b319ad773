"""A new evaluation over a reported result, as it goes in and out."""

from marshmallow import fields

from bureau.evaluation import labels
from kernel.api import PageSchema
from kernel.schemas import BaseSchema, Choice, Day, Identifier, Text, Whole


class ReEvaluationIn(BaseSchema):
    """`finding`: what was found wrong, with the facts."""

    reason_code = Choice(labels.RESCORING_REASONS, required=True)
    finding = Text(2000, required=True)


class ReEvaluationForm(ReEvaluationIn):
    id = Identifier(required=True)
    version = Whole(1, required=True)


class FinanceReportIn(BaseSchema):
    reported_on = Day(required=True)
    reference = Text(200, load_default="", allow_none=True)


class FinanceReportForm(FinanceReportIn):
    version = Whole(1, required=True)


class EvaluatedPlaceOut(BaseSchema):
    """A valid bid's place; `total` exact, "n/d"."""

    lot = fields.Integer()
    bid = fields.String()
    bidder = fields.String()
    place = fields.Integer()
    total = fields.String()


class ReEvaluationOut(BaseSchema):
    id = fields.UUID()
    tender_id = fields.UUID()
    state = fields.String()
    reason_code = fields.String()
    finding = fields.String()
    attachment_id = fields.UUID(allow_none=True)
    from_state = fields.String()
    needs_second = fields.Boolean()
    created_at = fields.AwareDateTime()
    created_by_name = fields.String()
    confirmed_at = fields.AwareDateTime(allow_none=True)
    confirmed_by_name = fields.String()
    began_at = fields.AwareDateTime(allow_none=True)
    finished_at = fields.AwareDateTime(allow_none=True)
    before = fields.List(fields.Nested(EvaluatedPlaceOut))
    after = fields.List(fields.Nested(EvaluatedPlaceOut))
    is_changed = fields.Boolean(allow_none=True)
    reported_on = fields.Date(allow_none=True)
    reported_reference = fields.String()
    version = fields.Integer()


class ReEvaluationListOut(PageSchema):
    items = fields.List(fields.Nested(ReEvaluationOut))
