"""One's own jobs: the list, and one with its progress bar."""

from typing import Any
from uuid import UUID

from flask import Blueprint, render_template, request

from kernel.access.edge import access, current_actor
from kernel.jobs import service
from kernel.jobs.permissions import Permission

blueprint = Blueprint("jobs", __name__, url_prefix="/jobs")


@blueprint.get("/")
@access(Permission.READ_OWN)
def index() -> str:
    return render_template("jobs/index.html", runs=service.list_runs(current_actor()))


@blueprint.get("/<uuid:run_id>")
@access(Permission.READ_OWN)
def show(run_id: UUID) -> Any:
    run = service.get_run(current_actor(), run_id)
    template = "jobs/progress.html" if request.headers.get("HX-Request") else "jobs/show.html"
    return render_template(template, run=run)
