"""What goes in and out of what follows a visit: review, acknowledgement, revisions, publication."""

from marshmallow import fields

from bureau.inspections.schemas import Points
from kernel.schemas import BaseSchema, Flag, Text, Whole


class AcknowledgementForm(BaseSchema):
    note = Text(500, load_default="", allow_none=True)


class AcknowledgementOut(BaseSchema):
    at = fields.AwareDateTime()
    by_name = fields.String()
    note = fields.String()


class ReviewForm(BaseSchema):
    version = Whole(1, required=True)
    note = Text(500, load_default="", allow_none=True)


class ReviewIn(BaseSchema):
    note = Text(500, load_default="", allow_none=True)


class FollowUpIn(BaseSchema):
    needs_review = Flag()
    doubles_unresolved = Flag()


class FollowUpForm(FollowUpIn):
    version = Whole(1, required=True)


class PublicationForm(BaseSchema):
    version = Whole(1, required=True)
    without_blocked = Flag()


class PublicationIn(BaseSchema):
    without_blocked = fields.Boolean(load_default=False)


class PublishedOut(BaseSchema):
    published = fields.Integer()


class StandingOut(BaseSchema):
    """`blocked`: "not_told", "appealed", "window_open", or "" where nothing is in the way."""

    school_id = fields.Integer()
    school_name = fields.String()
    inspection_id = fields.UUID()
    state = fields.String()
    window = fields.String()
    appeal_until = fields.Date(allow_none=True)
    blocked = fields.String()


class StandingsOut(BaseSchema):
    items = fields.List(fields.Nested(StandingOut))


class PublicationOut(BaseSchema):
    """`peers`: the shape of the peer group, {} where it is too small to hide single schools."""

    stage = fields.String()
    is_boarding = fields.Boolean()
    score = Points(allow_none=True)
    band = fields.String(allow_none=True)
    verdict = fields.String(allow_none=True)
    rank = fields.Integer(allow_none=True)
    of = fields.Integer()
    peers = fields.Dict(keys=fields.String())
    published_at = fields.AwareDateTime()


class RevisionOut(BaseSchema):
    number = fields.Integer()
    cause = fields.String()
    reason = fields.String()
    old_score = Points(allow_none=True)
    score = Points(allow_none=True)
    band = fields.String(allow_none=True)
    verdict = fields.String(allow_none=True)
    changes = fields.Dict(keys=fields.String())
    account = fields.Dict(keys=fields.String())
    at = fields.AwareDateTime()


class RevisionsOut(BaseSchema):
    items = fields.List(fields.Nested(RevisionOut))
