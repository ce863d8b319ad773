"""What goes in and out."""

from marshmallow import fields, validate

from bureau.inspections.schemas import Points
from bureau.rectifications.labels import OVERDUE, SEVERITIES, STATES
from kernel.api import PageSchema
from kernel.schemas import BaseSchema, Choice, Day, Flag, Identifier, PageArguments, Quantity, Text, Whole
from scorecards.labels import KINDS

MOST_COST_FEN = 10**12


class BoardQuery(PageArguments):
    state = Choice(STATES, load_default=None, allow_none=True)
    tone = Choice(OVERDUE, load_default=None, allow_none=True)
    severity = Choice(SEVERITIES, load_default=None, allow_none=True)
    kind = Choice(KINDS, load_default=None, allow_none=True)
    zone_id = Whole(1, load_default=None, allow_none=True)
    school_id = Whole(1, load_default=None, allow_none=True)
    plan_id = Identifier(load_default=None, allow_none=True)


class PhotoForm(BaseSchema):
    """`id`: made by the page. `before_id`: the before-photo from whose place it was taken."""

    id = Identifier(required=True)
    before_id = Identifier(load_default=None, allow_none=True)


class PhotoQuery(BaseSchema):
    before_id = Identifier(load_default=None, allow_none=True)
    taken_at = fields.AwareDateTime(load_default=None, allow_none=True)


class PhotoFile(BaseSchema):
    photo = fields.Raw(required=True, metadata={"type": "string", "format": "binary"})


class RectificationPhotoOut(BaseSchema):
    id = fields.UUID()
    attachment_id = fields.UUID()
    before_id = fields.UUID(allow_none=True)
    phase = fields.String()
    added_at = fields.AwareDateTime()


class ReplyForm(BaseSchema):
    """`cost`: yuan."""

    id = Identifier(required=True)
    version = Whole(1, required=True)
    text = Text(2000, required=True)
    cost = Quantity(2, "0", "99999999", load_default=None, allow_none=True)


class ReplyIn(BaseSchema):
    text = Text(2000, required=True)
    cost_fen = Whole(0, MOST_COST_FEN, load_default=None, allow_none=True)


class ReplyOut(BaseSchema):
    id = fields.UUID()
    number = fields.Integer()
    text = fields.String()
    cost_fen = fields.Integer(allow_none=True)
    at = fields.AwareDateTime()
    outcome = fields.String(allow_none=True)
    outcome_reason = fields.String()


class ExtensionForm(BaseSchema):
    id = Identifier(required=True)
    reason = Text(500, required=True)
    wanted_until = Day(required=True)


class ExtensionIn(BaseSchema):
    reason = Text(500, required=True)
    wanted_until = Day(required=True)


class ExtensionOut(BaseSchema):
    id = fields.UUID()
    reason = fields.String()
    wanted_until = fields.Date()
    state = fields.String()
    granted_until = fields.Date(allow_none=True)
    decision_reason = fields.String()
    version = fields.Integer()


class ExtensionDecisionIn(BaseSchema):
    granted = Flag()
    reason = Text(500, load_default="", allow_none=True)
    until = Day(load_default=None, allow_none=True)


class ExtensionDecisionForm(ExtensionDecisionIn):
    extension_id = Identifier(required=True)
    version = Whole(1, required=True)


class CheckIn(BaseSchema):
    reason = Text(500, load_default="", allow_none=True)


class CheckForm(CheckIn):
    version = Whole(1, required=True)


class SendBackIn(BaseSchema):
    reason = Text(500, required=True)
    due_on = Day(load_default=None, allow_none=True)


class SendBackForm(SendBackIn):
    version = Whole(1, required=True)


class AdjustIn(BaseSchema):
    reason = Text(500, required=True)
    severity = Choice(SEVERITIES, load_default=None, allow_none=True)
    due_on = Day(load_default=None, allow_none=True)


class AdjustForm(AdjustIn):
    version = Whole(1, required=True)


class RecheckIn(BaseSchema):
    fixed = Flag()
    remark = Text(1000, load_default="", allow_none=True)


class RecheckForm(BaseSchema):
    version = Whole(1, required=True)
    fixed = Choice(("yes", "no"), required=True)
    remark = Text(1000, load_default="", allow_none=True)


class DrawForm(BaseSchema):
    id = Identifier(required=True)
    public_value = Text(100, load_default="", allow_none=True)
    share = Whole(1, 100, load_default=None, allow_none=True)


class ReinspectionDrawIn(BaseSchema):
    public_value = Text(100, load_default="", allow_none=True)
    share = Whole(1, 100, load_default=None, allow_none=True)


class ReinspectionDrawOut(BaseSchema):
    """`pool`, `drawn`: ids of rectifications; `seed` and `share` give `drawn` from `pool` again (docs/glossary)."""

    id = fields.UUID()
    seed = fields.String()
    share = fields.Integer()
    pool = fields.List(fields.String())
    drawn = fields.List(fields.String())
    drawn_at = fields.AwareDateTime()


class RectificationOut(BaseSchema):
    id = fields.UUID()
    school_id = fields.Integer()
    inspection_id = fields.UUID()
    plan_id = fields.UUID()
    kind = fields.String()
    item_code = fields.String()
    item_no = fields.String()
    item_text = fields.String()
    found = fields.String()
    lost = Points()
    before_photos = fields.List(fields.String())
    severity = fields.String()
    state = fields.String()
    due_on = fields.Date()
    first_due_on = fields.Date()
    opened_at = fields.AwareDateTime()
    closed_at = fields.AwareDateTime(allow_none=True)
    times_unresolved = fields.Integer()
    version = fields.Integer()


class RectificationListOut(PageSchema):
    items = fields.List(fields.Nested(RectificationOut))


class ManyForm(BaseSchema):
    """`chosen`: "school:rectification:version" of each row ticked."""

    chosen = fields.List(fields.String(validate=validate.Length(max=80)), required=True,
                         validate=validate.Length(1, 200))  # fmt: skip
