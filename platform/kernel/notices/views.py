"""The inbox."""

from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for

from kernel.access import MEMBER
from kernel.access.edge import access, current_actor
from kernel.notices import service
from kernel.web.shell.views import safe_next

blueprint = Blueprint("notices", __name__, url_prefix="/notices")


@blueprint.get("/")
@access(MEMBER)
def inbox() -> str:
    page = service.inbox(current_actor(), request.args.get("cursor"), 30)
    return render_template("notices/inbox.html", page=page, page_rows=page.items)


@blueprint.post("/<uuid:notice_id>/open")
@access(MEMBER)
def open_notice(notice_id: UUID) -> Any:
    """Marks it read and goes where it leads; a POST, because it changes something."""
    notice = service.open_notice(current_actor(), notice_id)
    return redirect(safe_next(notice.url) or url_for("notices.inbox"))


@blueprint.post("/read-all")
@access(MEMBER)
def read_all() -> Any:
    service.read_all(current_actor())
    return redirect(url_for("notices.inbox"))
