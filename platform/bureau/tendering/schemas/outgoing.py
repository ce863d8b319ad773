"""What goes out."""

from marshmallow import fields

from kernel.api import PageSchema
from kernel.schemas import BaseSchema


class TenderItemOut(BaseSchema):
    id = fields.UUID()
    item_id = fields.UUID()
    item_version_id = fields.UUID(allow_none=True)
    position = fields.Integer()
    name = fields.String()
    specification = fields.String()
    standard = fields.String()
    unit = fields.String()
    quantity = fields.Decimal(as_string=True)
    ceiling_unit_price_fen = fields.Integer(allow_none=True)
    is_core = fields.Boolean()


class TenderLotOut(BaseSchema):
    id = fields.UUID()
    number = fields.Integer()
    title = fields.String()
    state = fields.String()
    category_id = fields.UUID(allow_none=True)
    zone_id = fields.Integer(allow_none=True)
    ceiling_fen = fields.Integer(allow_none=True)
    fail_reason = fields.String()
    version = fields.Integer()
    items = fields.List(fields.Nested(TenderItemOut))


class CriterionOut(BaseSchema):
    id = fields.UUID()
    lot_id = fields.UUID(allow_none=True)
    part = fields.String()
    code = fields.String()
    title = fields.String()
    description = fields.String()
    points = fields.Decimal(as_string=True)
    scale = fields.String()
    levels = fields.List(fields.Dict())
    is_objective = fields.Boolean()


class TenderDocumentOut(BaseSchema):
    id = fields.UUID()
    title = fields.String()
    kind = fields.String()
    issued_at = fields.AwareDateTime()


class TenderHeadOut(BaseSchema):
    id = fields.UUID()
    number = fields.String()
    title = fields.String()
    state = fields.String()
    rule_pack = fields.String()
    subject = fields.String()
    award_method = fields.String()
    price_form = fields.String()
    budget_fen = fields.Integer()
    bid_bond_fen = fields.Integer()
    is_large = fields.Boolean()
    is_framework = fields.Boolean()
    is_reserved = fields.Boolean()
    framework_from = fields.Date(allow_none=True)
    framework_until = fields.Date(allow_none=True)
    competition = fields.String()
    second_stage = fields.String()
    winners_per_lot = fields.Integer()
    most_lots_bid = fields.Integer(allow_none=True)
    most_lots_won = fields.Integer(allow_none=True)
    small_firm_deduction = fields.Decimal(as_string=True)
    requirements = fields.String()
    documents_until = fields.AwareDateTime(allow_none=True)
    questions_until = fields.AwareDateTime(allow_none=True)
    bid_deadline = fields.AwareDateTime(allow_none=True)
    published_at = fields.AwareDateTime(allow_none=True)
    end_reason = fields.String()
    round_id = fields.UUID(allow_none=True)
    retender_of_id = fields.UUID(allow_none=True)
    version = fields.Integer()


class TenderOut(TenderHeadOut):
    lots = fields.List(fields.Nested(TenderLotOut))
    criteria = fields.List(fields.Nested(CriterionOut))
    documents = fields.List(fields.Nested(TenderDocumentOut))


class TenderListOut(PageSchema):
    items = fields.List(fields.Nested(TenderHeadOut))


class RuleFindingOut(BaseSchema):
    rule = fields.String()
    outcome = fields.String()
    found = fields.String()
    demanded = fields.String()
    unit = fields.String()
    citation = fields.String()
    places = fields.List(fields.String())


class RuleReportOut(BaseSchema):
    items = fields.List(fields.Nested(RuleFindingOut))


class WaiverOut(BaseSchema):
    id = fields.UUID()
    rule = fields.String()
    found = fields.String()
    demanded = fields.String()
    citation = fields.String()
    reason = fields.String()
    at = fields.AwareDateTime()
    by_name = fields.String()


class TenderNoticeOut(BaseSchema):
    id = fields.UUID()
    kind = fields.String()
    number = fields.String()
    title = fields.String()
    body = fields.Dict()
    sha256 = fields.String()
    published_at = fields.AwareDateTime()
    ends_on = fields.Date(allow_none=True)


class TenderNoticeListOut(BaseSchema):
    items = fields.List(fields.Nested(TenderNoticeOut))


class TenderQuestionOut(BaseSchema):
    id = fields.UUID()
    lot_id = fields.UUID(allow_none=True)
    question = fields.String()
    asked_at = fields.AwareDateTime()
    answer = fields.String(allow_none=True)
    answered_at = fields.AwareDateTime(allow_none=True)
    affects_bids = fields.Boolean()
    version = fields.Integer()


class TenderQuestionListOut(BaseSchema):
    items = fields.List(fields.Nested(TenderQuestionOut))


class OwnQuestionOut(BaseSchema):
    id = fields.UUID()
    question = fields.String()
    asked_at = fields.AwareDateTime()
