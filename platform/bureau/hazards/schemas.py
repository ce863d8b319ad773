from marshmallow import fields

from bureau.hazards.rules import TRANSITIONS
from kernel.schemas import BaseSchema, Choice, Identifier, PageArguments, Text, Whole

STATES = ("found", "controlled", "removed", "closed", "dismissed")
EVENTS = sorted({event for _state, event in TRANSITIONS})


class HazardIn(BaseSchema):
    id = Identifier(required=True)
    school_id = Whole(load_default=None, allow_none=True)
    text = Text(500, required=True)
    place = Text(100, load_default="")


class HazardStep(BaseSchema):
    event = Choice(EVENTS, required=True)
    words = Text(1000, required=True)


class HazardStepForm(HazardStep):
    version = Whole(required=True)


class HazardQuery(PageArguments):
    state = Choice(STATES, load_default=None, allow_none=True)


class HazardOut(BaseSchema):
    id = fields.UUID()
    school_id = fields.Integer()
    inspection_id = fields.UUID(allow_none=True)
    answer_key = fields.String()
    text = fields.String()
    label = fields.String()
    basis = fields.String()
    place = fields.String()
    state = fields.String()
    found_at = fields.AwareDateTime()
    found_by_name = fields.String()
    control_by = fields.AwareDateTime()
    remove_by = fields.AwareDateTime()
    closed_at = fields.AwareDateTime(allow_none=True)
    version = fields.Integer()


class HazardListOut(BaseSchema):
    items = fields.List(fields.Nested(HazardOut))
    next_cursor = fields.String(allow_none=True)
