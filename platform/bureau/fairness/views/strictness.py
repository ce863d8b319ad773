"""How strict inspectors are: for the bureau's leads, and each inspector's own."""

from typing import Any

from flask import redirect, render_template, request, url_for
from flask_babel import gettext as _

from bureau.fairness import labels
from bureau.fairness.permissions import Permission
from bureau.fairness.schemas import EstimateIn
from bureau.fairness.service import estimating
from bureau.fairness.views.blueprint import blueprint
from bureau.inspections import labels as inspection_labels
from kernel.access.edge import access, current_actor
from kernel.jobs import service as jobs
from kernel.web.forms import Form


@blueprint.get("/strictness")
@access(Permission.LEAD)
def strictness() -> str:
    actor = current_actor()
    kinds = list(inspection_labels.KINDS)
    kind = request.args.get("kind") if request.args.get("kind") in kinds else kinds[0]
    run = estimating.latest_run(actor, str(kind))
    rows = estimating.estimates(actor, run) if run else []
    estimated = [row for row in rows if row.effect is not None]
    reach = max((max(abs(row.low or 0), abs(row.high or 0)) for row in estimated), default=1.0)
    return render_template(
        "fairness/strictness.html",
        kind=kind,
        kinds=inspection_labels.KINDS,
        run=run,
        rows=rows,
        reach=reach or 1.0,
        groups=_groups(run, rows),
        labels=labels,
    )


def _groups(run: Any, rows: list[estimating.Estimated]) -> list[list[str]]:
    """The linked groups by name, where there is more than one."""
    names = {str(row.person_id): row.name for row in rows}
    groups = run.groups if run else []
    return [[names.get(person, "") for person in group] for group in groups] if len(groups) > 1 else []


@blueprint.post("/strictness")
@access(Permission.ESTIMATE)
def estimate() -> Any:
    kind = Form.submitted(EstimateIn()).load()["kind"]
    title = _("估计检查员宽严：%(kind)s", kind=inspection_labels.KINDS[kind])
    run = jobs.start(current_actor(), "fairness.estimate", title, {"kind": kind})
    return redirect(url_for("jobs.show", run_id=run.id))


@blueprint.get("/my-strictness")
@access(Permission.OWN)
def own() -> str:
    return render_template(
        "fairness/own.html",
        own=estimating.own_estimates(current_actor()),
        kinds=inspection_labels.KINDS,
        labels=labels,
    )
