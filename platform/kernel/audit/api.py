"""REST: the audit, to read."""

from typing import Any

from marshmallow import fields

from kernel.access.edge import access, current_actor
from kernel.api import ApiBlueprint, PageSchema
from kernel.audit import service
from kernel.audit.permissions import Permission
from kernel.schemas import BaseSchema, PageArguments

blp = ApiBlueprint("audit", __name__)


class AuditEntryOut(BaseSchema):
    id = fields.UUID()
    school_id = fields.Integer(allow_none=True)
    at = fields.AwareDateTime()
    actor_id = fields.UUID()
    actor_name = fields.String()
    action = fields.String()
    request_id = fields.String()
    changes = fields.List(fields.Dict(keys=fields.String()))


class AuditEntriesOut(PageSchema):
    items = fields.List(fields.Nested(AuditEntryOut))


@blp.route("/audit-entries", methods=["GET"])
@access(Permission.READ)
@blp.arguments(PageArguments, location="query")
@blp.response(200, AuditEntriesOut)
def list_entries(query: dict[str, Any]) -> Any:
    return service.list_entries(current_actor(), cursor=query["cursor"], limit=query["limit"])
