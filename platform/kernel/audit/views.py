"""Reading the audit."""

from typing import Any
from uuid import UUID

from flask import Blueprint, render_template, request
from marshmallow import fields, validate

from kernel.access.edge import access, current_actor
from kernel.audit import service
from kernel.audit.permissions import Permission
from kernel.schemas import BaseSchema
from kernel.web.forms import Form

blueprint = Blueprint("audit", __name__, url_prefix="/audit")


class EntriesQuery(BaseSchema):
    action = fields.String(load_default=None, allow_none=True, validate=validate.Length(max=100))
    cursor = fields.String(load_default=None, allow_none=True, validate=validate.Length(max=600))


@blueprint.get("/")
@access(Permission.READ)
def index() -> Any:
    actor = current_actor()
    form = Form.blank(EntriesQuery(), request.args.to_dict())
    page = None
    with form.catching():
        query = form.load()
        page = service.list_entries(actor, action=query["action"], cursor=query["cursor"])
    state = service.seal_state(actor) if actor.level == "bureau" else None
    rendered = render_template(
        "audit/index.html", form=form, page=page, rows=page.items if page else [], state=state,
        actions=service.actions(actor),
    )  # fmt: skip
    return rendered if page else (rendered, 422)


@blueprint.get("/<uuid:entry_id>")
@access(Permission.READ)
def show(entry_id: UUID) -> str:
    return render_template("audit/show.html", entry=service.get_entry(current_actor(), entry_id))
