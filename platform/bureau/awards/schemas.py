"""What goes in and out."""

from typing import Any

from marshmallow import fields, pre_load

from bureau.awards.labels import PASSING
from kernel.api import PageSchema
from kernel.schemas import BaseSchema, Choice, Identifier, Text, Whole

ASKABLE = tuple(code for code in PASSING if code != "lot_limit")


class PassingIn(BaseSchema):
    """A candidate that shall not win. `reason` with its facts."""

    bid_id = Identifier(required=True)
    code = Choice(tuple(PASSING), required=True)
    reason = Text(1000, required=True)


class AwardDecisionIn(BaseSchema):
    """`winners`: bids in the order of their places."""

    winners = fields.List(Identifier(), required=True)
    passing = fields.List(fields.Nested(PassingIn), load_default=list)
    reason = Text(1000, load_default="", allow_none=True)


class AwardDecisionForm(AwardDecisionIn):
    """A candidate for whom no case was chosen is not passed over: its empty row falls away."""

    winners = fields.List(Identifier(), load_default=list)

    @pre_load
    def drop_empty(self, data: dict[str, Any], **_more: Any) -> dict[str, Any]:
        rows = data.get("passing") or []
        return {**data, "passing": [row for row in rows if isinstance(row, dict) and row.get("code")]}


class LotFailureIn(BaseSchema):
    """`passing`: every candidate that could still win."""

    passing = fields.List(fields.Nested(PassingIn), load_default=list)
    reason = Text(1000, required=True)


class LotFailureForm(AwardDecisionForm):
    reason = Text(1000, required=True)
    version = Whole(1, required=True)


class CancellationIn(BaseSchema):
    code = Choice(ASKABLE, required=True)
    reason = Text(1000, required=True)


class CancellationForm(CancellationIn):
    version = Whole(1, required=True)


class AwardVersionForm(BaseSchema):
    version = Whole(1, required=True)


class AwardOut(BaseSchema):
    id = fields.UUID()
    tender_id = fields.UUID()
    lot_id = fields.UUID()
    bid_id = fields.UUID()
    supplier_id = fields.UUID()
    place = fields.Integer()
    rank = fields.Integer()
    state = fields.String()
    amount_fen = fields.Integer(allow_none=True)
    discount = fields.Decimal(as_string=True, allow_none=True)
    decided_at = fields.AwareDateTime()
    decided_by_name = fields.String()
    is_silent = fields.Boolean()
    reason = fields.String()
    cancel_reason = fields.String()
    cancelled_at = fields.AwareDateTime(allow_none=True)
    version = fields.Integer()


class AwardProcedureOut(BaseSchema):
    id = fields.UUID()
    received_on = fields.Date()
    decide_by = fields.Date()
    decided_at = fields.AwareDateTime(allow_none=True)
    publish_by = fields.Date(allow_none=True)
    published_at = fields.AwareDateTime(allow_none=True)
    notice_ends_on = fields.Date(allow_none=True)
    challenge_until = fields.Date(allow_none=True)
    sign_by = fields.Date(allow_none=True)
    notice_id = fields.UUID(allow_none=True)


class FailedLotOut(BaseSchema):
    id = fields.UUID()
    tender_id = fields.UUID()
    state = fields.String()
    fail_reason = fields.String()
    version = fields.Integer()


class AwardListOut(BaseSchema):
    """`procedure`: None before the report was delivered."""

    procedure = fields.Nested(AwardProcedureOut, allow_none=True)
    awards = fields.List(fields.Nested(AwardOut))


class AwardLetterOut(BaseSchema):
    id = fields.UUID()
    tender_id = fields.UUID()
    lot_id = fields.UUID()
    kind = fields.String()
    number = fields.String()
    body = fields.Dict()
    sha256 = fields.String()
    issued_at = fields.AwareDateTime()
    read_at = fields.AwareDateTime(allow_none=True)
    withdrawn_at = fields.AwareDateTime(allow_none=True)
    withdrawn_reason = fields.String()


class AwardLetterListOut(PageSchema):
    items = fields.List(fields.Nested(AwardLetterOut))
