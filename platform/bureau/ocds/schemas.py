"""Queries and lists of the public data. The packages themselves are described by the standard, not here."""

from marshmallow import fields

from kernel.api import PageSchema
from kernel.schemas import BaseSchema, Identifier, PageArguments, Text, Whole

MOST_PER_PAGE = 50  # releases are whole documents


class OcdsQuery(PageArguments):
    """`tender`: all releases of one tender, without pages."""

    tender = Identifier(load_default=None, allow_none=True)
    limit = Whole(1, MOST_PER_PAGE, load_default=20)


class OcdsProcessOut(BaseSchema):
    ocid = Text()
    tender_id = fields.UUID()
    title = Text()
    status = Text()
    releases = fields.Integer()
    released_at = fields.DateTime()


class OcdsProcessListOut(PageSchema):
    items = fields.List(fields.Nested(OcdsProcessOut))
