"""REST: one's own jobs."""

from typing import Any
from uuid import UUID

from marshmallow import fields

from kernel.access.edge import access, current_actor
from kernel.api import ApiBlueprint
from kernel.jobs import service
from kernel.jobs.permissions import Permission
from kernel.schemas import BaseSchema

blp = ApiBlueprint("jobs", __name__)


class JobRunOut(BaseSchema):
    id = fields.UUID()
    task = fields.String()
    title = fields.String()
    state = fields.String()
    progress = fields.Integer()
    message = fields.String()
    result = fields.Dict(keys=fields.String())
    attachment_id = fields.UUID(allow_none=True)
    created_at = fields.AwareDateTime()
    finished_at = fields.AwareDateTime(allow_none=True)


class JobRunsOut(BaseSchema):
    items = fields.List(fields.Nested(JobRunOut))


@blp.route("/jobs", methods=["GET"])
@access(Permission.READ_OWN)
@blp.response(200, JobRunsOut)
def list_jobs() -> dict[str, Any]:
    return {"items": service.list_runs(current_actor())}


@blp.route("/jobs/<uuid:run_id>", methods=["GET"])
@access(Permission.READ_OWN)
@blp.response(200, JobRunOut)
def show_job(run_id: UUID) -> Any:
    return service.get_run(current_actor(), run_id)
