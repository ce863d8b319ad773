"""What pages and API take and give of prices. Prices typed by people are yuan, two places; kept and given as fen."""

from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _l
from marshmallow import fields, validate

from bureau.prices import rules
from kernel.api import PageSchema
from kernel.schemas import BaseSchema, Choice, Day, Flag, Identifier, PageArguments, Quantity, Text, Whole

MOST_FEN = 100_000_000  # a million yuan for one unit: beyond is a slip of the finger


class Yuan(Quantity):
    """A price above nothing."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(places=2, least="0.01", most="1000000", **kwargs)


def fen(price: Decimal) -> int:
    return int(price * 100)


class PriceSourceIn(BaseSchema):
    name = Text(60, required=True)
    kind = Choice(rules.SOURCE_KINDS, required=True)
    address = Text(200, load_default="")
    is_active = Flag()


class PriceSourceForm(PriceSourceIn):
    id = Identifier(required=True)
    version = Whole(1, load_default=None, allow_none=True)


class PriceSourceOut(PriceSourceIn):
    id = Identifier()
    version = fields.Integer()


class PriceSourceList(BaseSchema):
    items = fields.List(fields.Nested(PriceSourceOut))


class PriceSurveyIn(BaseSchema):
    """`method`: how the sources' prices are brought together."""

    title = Text(60, required=True)
    series = Choice(rules.SERIES, load_default="general")
    cycle = Choice(rules.CYCLES, load_default="weekly")
    first_day = Day(required=True)
    last_day = Day(required=True)
    method = Choice(rules.Method, load_default="average")
    item_ids = fields.List(Identifier(), load_default=list, validate=validate.Length(max=500))
    source_ids = fields.List(Identifier(), load_default=list, validate=validate.Length(max=30))


class PriceSurveyForm(PriceSurveyIn):
    id = Identifier(required=True)
    version = Whole(1, load_default=None, allow_none=True)


class PriceSurveyOut(BaseSchema):
    id = Identifier()
    number = fields.String()
    title = fields.String()
    series = fields.String()
    cycle = fields.String()
    first_day = fields.Date()
    last_day = fields.Date()
    method = fields.String()
    cutoff = fields.Decimal(as_string=True)
    least_sources = fields.Integer()
    state = fields.String()
    signed_at = fields.AwareDateTime(allow_none=True)
    signed_by_name = fields.String()
    version = fields.Integer()


class PriceSurveyPage(PageSchema):
    items = fields.List(fields.Nested(PriceSurveyOut))


class PriceListQuery(PageArguments):
    series = Choice(rules.SERIES, load_default=None, allow_none=True)


class PriceMoveIn(BaseSchema):
    event = Choice(("open", "close", "reopen", "cancel"), required=True)
    reason = Text(500, load_default="")


class PriceMoveForm(PriceMoveIn):
    version = Whole(1, required=True)


class PriceReasonIn(BaseSchema):
    reason = Text(500, required=True)


class SignForm(BaseSchema):
    version = Whole(1, required=True)


class ReasonForm(BaseSchema):
    version = Whole(1, required=True)
    reason = Text(500, load_default="")


class PriceSurveyorIn(BaseSchema):
    """A person with an account, or the name of one who gets a link."""

    person_id = Identifier(load_default=None, allow_none=True)
    name = Text(40, load_default="", allow_none=True)
    kind = Choice(rules.SURVEYOR_KINDS, required=True)


class PriceSurveyorForm(PriceSurveyorIn):
    id = Identifier(required=True)


class PriceSurveyorOut(BaseSchema):
    id = Identifier()
    name = fields.String()
    kind = fields.String()
    person_id = Identifier(allow_none=True)
    expires_at = fields.AwareDateTime(allow_none=True)
    revoked_at = fields.AwareDateTime(allow_none=True)
    most = fields.Integer()
    version = fields.Integer()


class PriceReportIn(BaseSchema):
    """`price` in yuan for one `unit`. `attachment_id`: a photo uploaded before, needed but of a price bulletin."""

    source_id = Identifier(required=True)
    item_id = Identifier(required=True)
    unit = Text(20, required=True)
    price = Yuan(required=True)
    seen_at = fields.AwareDateTime(
        load_default=None, allow_none=True, error_messages={"invalid": _l("时间格式不正确。")}
    )
    latitude = Quantity(places=6, least="-90", most="90", load_default=None, allow_none=True)
    longitude = Quantity(places=6, least="-180", most="180", load_default=None, allow_none=True)
    accuracy_m = Whole(0, 100_000, load_default=None, allow_none=True)
    note = Text(200, load_default="")
    attachment_id = Identifier(load_default=None, allow_none=True)


class PriceReportForm(PriceReportIn):
    id = Identifier(required=True)


class PriceReportOut(BaseSchema):
    id = Identifier()
    source_id = Identifier()
    item_id = Identifier()
    unit = fields.String()
    price_fen = fields.Integer()
    state = fields.String()
    reported_at = fields.AwareDateTime()


class PriceDecisionIn(BaseSchema):
    decision = Choice(("include", "exclude"), required=True)
    seen_state = Choice(rules.REPORT_STATES, required=True)
    reason = Text(300, load_default="")


class PriceBookIn(BaseSchema):
    title = Text(60, required=True)
    survey_id = Identifier(required=True)
    corrects_id = Identifier(load_default=None, allow_none=True)
    correction_reason = Text(300, load_default="")


class PriceBookForm(PriceBookIn):
    id = Identifier(required=True)


class PublicityIn(BaseSchema):
    """`effective_from` null: the day after the publicity."""

    effective_from = Day(load_default=None, allow_none=True)


class PublicityForm(PublicityIn):
    version = Whole(1, required=True)


class CorrectionIn(BaseSchema):
    """`price` in yuan for one unit of the line."""

    price = Yuan(required=True)
    reason = Text(300, required=True)


class CorrectionForm(CorrectionIn):
    version = Whole(1, required=True)
    item_id = Identifier(required=True)


class ObjectionIn(BaseSchema):
    item_id = Identifier(load_default=None, allow_none=True)
    text = Text(1000, required=True)


class ObjectionForm(ObjectionIn):
    id = Identifier(required=True)


class ObjectionAnswerIn(BaseSchema):
    decision = Choice(("upheld", "rejected"), required=True)
    text = Text(1000, required=True)


class ObjectionAnswerForm(ObjectionAnswerIn):
    version = Whole(1, required=True)


class ObjectionOut(BaseSchema):
    id = Identifier()
    book_id = Identifier()
    item_id = Identifier(allow_none=True)
    text = fields.String()
    state = fields.String()
    answer = fields.String()
    answered_at = fields.AwareDateTime(allow_none=True)
    version = fields.Integer()


class ObjectionList(BaseSchema):
    items = fields.List(fields.Nested(ObjectionOut))


class PriceBookOut(BaseSchema):
    id = Identifier()
    number = fields.String()
    title = fields.String()
    series = fields.String()
    state = fields.String()
    publicity_from = fields.Date(allow_none=True)
    publicity_until = fields.Date(allow_none=True)
    effective_from = fields.Date(allow_none=True)
    begins_on = fields.Date(allow_none=True)
    corrects_id = Identifier(allow_none=True)
    correction_reason = fields.String()
    digest = fields.String()
    version = fields.Integer()


class PriceBookPage(PageSchema):
    items = fields.List(fields.Nested(PriceBookOut))


class PriceLineSource(BaseSchema):
    name = fields.String()
    kind = fields.String()
    price = fields.String(metadata={"description": "yuan per unit"})


class PriceLineOut(BaseSchema):
    """`price_fen` for one `unit`."""

    item_id = Identifier()
    item_version = fields.Integer()
    code = fields.String()
    name = fields.String()
    specification = fields.String()
    category_name = fields.String()
    unit = fields.String()
    price_fen = fields.Integer()
    basis = fields.String()
    carried_from = fields.String(allow_none=True)
    correction_reason = fields.String()
    method = fields.String()
    source_count = fields.Integer()
    sources = fields.List(fields.Nested(PriceLineSource))
    previous_fen = fields.Integer(allow_none=True)
    change_percent = fields.Decimal(as_string=True, allow_none=True)
    is_triggered = fields.Boolean()


class PriceBookWhole(PriceBookOut):
    lines = fields.List(fields.Nested(PriceLineOut))


class PriceOnQuery(BaseSchema):
    """`on`: by default today."""

    item_id = Identifier(required=True)
    on = Day(load_default=None, allow_none=True)


class PriceOnOut(BaseSchema):
    book_id = Identifier()
    book_number = fields.String()
    series = fields.String()
    begins_on = fields.Date()
    item_id = Identifier()
    item_version = fields.Integer()
    unit = fields.String()
    price_fen = fields.Integer()
    basis = fields.String()
