"""What goes in and out."""

from marshmallow import fields

from bureau.collusion.labels import KINDS, METHODS, STATES
from bureau.collusion.rules.decisions import EVENTS
from kernel.schemas import BaseSchema, Choice, Text, Whole


class SignDecisionForm(BaseSchema):
    event = Choice(EVENTS, required=True)
    reason = Text(1000, required=True)
    version = Whole(1, required=True)


class SignDecisionIn(BaseSchema):
    event = Choice(EVENTS, required=True)
    reason = Text(1000, required=True)


class CollusionSignOut(BaseSchema):
    id = fields.UUID()
    tender_id = fields.UUID()
    lot_id = fields.UUID(allow_none=True)
    kind = Choice(tuple(KINDS))
    method = Choice(tuple(METHODS))
    article = fields.String()
    parties = fields.List(fields.Dict())
    evidence = fields.List(fields.Dict())
    figures = fields.Dict()
    found_at = fields.AwareDateTime()
    state = Choice(tuple(STATES))
    reason = fields.String()
    decided_at = fields.AwareDateTime(allow_none=True)
    version = fields.Integer()


class CollusionSignListOut(BaseSchema):
    items = fields.List(fields.Nested(CollusionSignOut))
