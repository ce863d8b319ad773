"""A school reads its own released results, and nothing else."""

from typing import Any
from uuid import UUID

from flask import render_template, request, url_for

from bureau.inspections import labels
from bureau.inspections.permissions import Permission
from bureau.inspections.service import planning, results
from bureau.inspections.views.accounts import account_view
from bureau.inspections.views.blueprint import blueprint
from bureau.schools import service as schools
from kernel.access.edge import access, current_actor
from kernel.schemas import PageArguments
from kernel.web.forms import Form

PAGE = 20


@blueprint.get("/results")
@access(Permission.READ_OWN_RESULT)
def own_results() -> str:
    actor = current_actor()
    cursor = Form.blank(PageArguments(), {"cursor": request.args.get("cursor", "")}).load()["cursor"]
    page = results.own_results(actor, cursor, PAGE)
    return render_template(
        "inspections/results.html",
        page=page,
        first_url=url_for("inspections.own_results") if cursor else None,
        next_url=url_for("inspections.own_results", cursor=page.next_cursor) if page.next_cursor else None,
        labels=labels,
    )


@blueprint.get("/results/<uuid:inspection_id>")
@access(Permission.READ_OWN_RESULT)
def own_result(inspection_id: UUID) -> Any:
    actor = current_actor()
    school_id = actor.own_school_id()
    result = results.get_result(actor, school_id, inspection_id)
    visit = results.released_visit(actor, inspection_id)
    return render_template(
        "inspections/result.html",
        result=result,
        visit=visit,
        plan=planning.get_plan(actor, result.plan_id),
        school=schools.get_school(actor, school_id),
        account=account_view(result.account, "lost" if request.args.get("order") == "lost" else "form"),
        labels=labels,
    )
