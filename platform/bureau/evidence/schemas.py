from marshmallow import fields

from kernel.schemas import BaseSchema, Flag, PageArguments, Text


class MatchLookIn(BaseSchema):
    note = Text(500, required=True)


class MatchesQuery(PageArguments):
    looked = Flag()


class MatchOut(BaseSchema):
    id = fields.UUID()
    later_id = fields.UUID()
    earlier_id = fields.UUID()
    bits = fields.Integer(metadata={"description": "differing bits of 128"})
    found_at = fields.AwareDateTime()
    looked_at = fields.AwareDateTime(allow_none=True)
    note = fields.String()


class MatchListOut(BaseSchema):
    items = fields.List(fields.Nested(MatchOut))
    next_cursor = fields.String(allow_none=True)
