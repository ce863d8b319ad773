"""REST: one's own notices."""

from typing import Any
from uuid import UUID

from marshmallow import fields

from kernel.access import MEMBER
from kernel.access.edge import access, current_actor
from kernel.api import ApiBlueprint, PageSchema
from kernel.notices import service
from kernel.schemas import BaseSchema, PageArguments

blp = ApiBlueprint("notices", __name__)


class NoticeOut(BaseSchema):
    id = fields.UUID()
    kind = fields.String()
    title = fields.String()
    body = fields.String()
    url = fields.String()
    created_at = fields.AwareDateTime()
    read_at = fields.AwareDateTime(allow_none=True)


class NoticesOut(PageSchema):
    items = fields.List(fields.Nested(NoticeOut))


@blp.route("/notices", methods=["GET"])
@access(MEMBER)
@blp.arguments(PageArguments, location="query")
@blp.response(200, NoticesOut)
def list_notices(query: dict[str, Any]) -> Any:
    return service.inbox(current_actor(), query["cursor"], query["limit"])


@blp.route("/notices/<uuid:notice_id>/read", methods=["POST"])
@access(MEMBER)
@blp.response(200, NoticeOut)
def read_notice(notice_id: UUID) -> Any:
    return service.open_notice(current_actor(), notice_id)
