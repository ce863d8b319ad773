from marshmallow import fields

from kernel.schemas import BaseSchema, Choice, PageArguments, Text, Whole

KINDS = ("record", "notice", "bulletin", "letter")
VISIT_KINDS = ("record", "notice", "letter")


class PaperKindIn(BaseSchema):
    kind = Choice(VISIT_KINDS, required=True)


class PaperWithdrawal(BaseSchema):
    reason = Text(300, required=True)


class PaperWithdrawalForm(PaperWithdrawal):
    version = Whole(required=True)


class PaperQuery(PageArguments):
    plan_id = fields.UUID(load_default=None)
    inspection_id = fields.UUID(load_default=None)
    kind = Choice(KINDS, load_default=None)


class PaperOut(BaseSchema):
    id = fields.UUID()
    school_id = fields.Integer(allow_none=True)
    kind = fields.String()
    number = fields.String()
    title = fields.String()
    plan_id = fields.UUID()
    inspection_id = fields.UUID(allow_none=True)
    data = fields.Dict()
    attachment_id = fields.UUID()
    sha256 = fields.String()
    state = fields.String()
    issued_at = fields.AwareDateTime()
    issued_by_name = fields.String()
    withdrawn_at = fields.AwareDateTime(allow_none=True)
    withdrawn_reason = fields.String()
    version = fields.Integer()


class PaperListOut(BaseSchema):
    items = fields.List(fields.Nested(PaperOut))
    next_cursor = fields.String(allow_none=True)
