"""A school reads its own released results, and nothing else."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from bureau.inspections import labels
from bureau.inspections.following import head_parts, line_parts
from bureau.inspections.models import InspectionResult
from bureau.inspections.permissions import Permission
from bureau.inspections.schemas_follow_up import AcknowledgementForm
from bureau.inspections.service import acknowledging, planning, publishing, results, revising
from bureau.inspections.views.accounts import account_view
from bureau.inspections.views.blueprint import blueprint
from bureau.inspections.views.compare import peer_group_name
from bureau.schools import service as schools
from kernel.access.edge import access, current_actor
from kernel.actor import Actor
from kernel.schemas import PageArguments
from kernel.web.forms import Form
from kernel.workdays.service import has_arrangement

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
    return _result_page(actor, result, result.account)


def _result_page(actor: Actor, result: InspectionResult, document: Any, revision: Any = None) -> str:
    """`revision`: an earlier reading of the result, shown instead of the one that stands."""
    plan = planning.get_plan(actor, result.plan_id)
    return render_template(
        "inspections/result.html",
        result=result if revision is None else revision,
        result_id=result.id,
        revision=revision,
        revisions=revising.revisions_of(actor, result.school_id, result.id),
        visit=results.released_visit(actor, result.id),
        plan=plan,
        kind=result.kind,
        school=schools.get_school(actor, result.school_id),
        account=account_view(document, "lost" if request.args.get("order") == "lost" else "form"),
        line_parts=line_parts(actor, result) if revision is None else {},
        head_parts=head_parts(actor, result) if revision is None else [],
        window=acknowledging.window_of(actor, result),
        acknowledgement=acknowledging.acknowledgement_of(actor, result.school_id, result.id),
        calendar_known=result.appeal_until is None or has_arrangement(actor, result.appeal_until.year),
        publication=publishing.publication_of(actor, result.school_id, result.id),
        peer_group=peer_group_name(result.stage, result.is_boarding),
        peers_chart=peers_chart,
        labels=labels,
    )


@blueprint.get("/results/<uuid:inspection_id>/revisions/<int:revision_number>")
@access(Permission.READ_OWN_RESULT)
def own_revision(inspection_id: UUID, revision_number: int) -> str:
    """How the result read at that time."""
    actor = current_actor()
    result = results.get_result(actor, actor.own_school_id(), inspection_id)
    found = revising.get_revision(actor, result.school_id, inspection_id, revision_number)
    return _result_page(actor, result, found.account, found)


@blueprint.post("/results/<uuid:inspection_id>/acknowledgement")
@access(Permission.ACKNOWLEDGE)
def acknowledge(inspection_id: UUID) -> Any:
    form = Form.submitted(AcknowledgementForm())
    with form.catching():
        acknowledging.acknowledge(current_actor(), inspection_id, form.load()["note"] or "")
        flash(_("已确认结果。"))
        return redirect(url_for("inspections.own_result", inspection_id=inspection_id))
    for messages in form.errors.values():
        for message in messages:
            flash(message, "danger")
    return redirect(url_for("inspections.own_result", inspection_id=inspection_id))


def peers_chart(peers: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "type": "bar",
        "categories": [f"{one['from']}–{one['to']}" for one in peers["bins"]],
        "series": [{"name": _("学校数"), "values": [one["count"] for one in peers["bins"]]}],
        "unit": _("所"),
    }
