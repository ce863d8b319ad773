"""One visit as the bureau sees it: how it stands, what was found, what happened; and what the bureau decides."""

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from bureau.inspections import labels, rules
from bureau.inspections.following import line_parts
from bureau.inspections.panels import visit_parts
from bureau.inspections.permissions import Permission
from bureau.inspections.schemas import ReasonIn, VersionIn
from bureau.inspections.schemas_follow_up import ReviewForm
from bureau.inspections.service import acknowledging, planning, reading, results, revising, visits
from bureau.inspections.views.accounts import account_view
from bureau.inspections.views.blueprint import blueprint
from bureau.schools import service as schools
from kernel.access.edge import access, current_actor
from kernel.web.forms import Form


@blueprint.get("/visits/<int:school_id>/<uuid:inspection_id>")
@access(Permission.READ)
def visit(school_id: int, inspection_id: UUID) -> str:
    return _visit_page(school_id, inspection_id, Form.blank(ReasonIn()))


def _visit_page(school_id: int, inspection_id: UUID, form: Form) -> str:
    actor = current_actor()
    found = visits.get_inspection(actor, school_id, inspection_id)
    result = None
    if found.state in rules.SUBMITTED_STATES:
        result = results.get_result(actor, school_id, inspection_id)
    document = result.account if result is not None else reading.draft_account(actor, found)
    return render_template(
        "inspections/visit.html",
        visit=found,
        plan=planning.get_plan(actor, found.plan_id),
        school=schools.get_school(actor, school_id),
        inspectors=reading.inspectors_of(actor, [found]).get(found.id, []),
        events=reading.events_of(actor, found),
        result=result,
        account=account_view(document, "lost" if request.args.get("order") == "lost" else "form"),
        is_mine=visits.is_assigned(actor, found),
        told=found.state in rules.TOLD_STATES,
        line_parts=line_parts(actor, result) if result is not None and found.state in rules.TOLD_STATES else {},
        lost=revising.lost_lines(result.account) if result is not None else {},
        revisions=revising.revisions_of(actor, school_id, inspection_id) if result is not None else [],
        window=acknowledging.window_of(actor, result) if result is not None else "",
        acknowledgement=acknowledging.acknowledgement_of(actor, school_id, inspection_id),
        form=form,
        panels=[part.panel(actor, found) for part in visit_parts() if part.panel is not None],
        labels=labels,
    )


@blueprint.get("/visits/<int:school_id>/<uuid:inspection_id>/revisions/<int:revision_number>")
@access(Permission.READ)
def visit_revision(school_id: int, inspection_id: UUID, revision_number: int) -> str:
    """How the result read at that time."""
    actor = current_actor()
    found = visits.get_inspection(actor, school_id, inspection_id)
    revision = revising.get_revision(actor, school_id, inspection_id, revision_number)
    return render_template(
        "inspections/revision.html",
        visit=found,
        plan=planning.get_plan(actor, found.plan_id),
        school=schools.get_school(actor, school_id),
        revision=revision,
        account=account_view(revision.account),
        labels=labels,
    )


@blueprint.post("/visits/<int:school_id>/<uuid:inspection_id>/release")
@access(Permission.PLAN)
def release(school_id: int, inspection_id: UUID) -> Any:
    """Fields `severity-<item key>` say how soon an item is to be rectified, where the releaser decides otherwise."""
    form = Form.submitted(VersionIn())
    chosen = {
        name.removeprefix("severity-"): value
        for name, value in request.form.items()
        if name.startswith("severity-") and value in labels.SEVERITIES
    }
    with form.catching():
        results.release(current_actor(), school_id, inspection_id, form.load()["version"], adjust=chosen)
        flash(_("结果已告知学校。"))
        return redirect(url_for("inspections.visit", school_id=school_id, inspection_id=inspection_id))
    return _visit_page(school_id, inspection_id, form), form.refusal_status


@blueprint.post("/visits/<int:school_id>/<uuid:inspection_id>/review")
@access(Permission.REVIEW)
def review_result(school_id: int, inspection_id: UUID) -> Any:
    form = Form.submitted(ReviewForm())
    with form.catching():
        data = form.load()
        results.review(current_actor(), school_id, inspection_id, data["version"], data["note"] or "")
        flash(_("已复核。"))
        return redirect(url_for("inspections.visit", school_id=school_id, inspection_id=inspection_id))
    return _visit_page(school_id, inspection_id, form), form.refusal_status


@blueprint.post("/visits/<int:school_id>/<uuid:inspection_id>/return")
@access(Permission.PLAN)
def send_back(school_id: int, inspection_id: UUID) -> Any:
    form = Form.submitted(ReasonIn())
    with form.catching():
        data = form.load()
        results.send_back(current_actor(), school_id, inspection_id, data["reason"], data["version"])
        flash(_("已退回，检查员可以补正后重新提交。"))
        return redirect(url_for("inspections.visit", school_id=school_id, inspection_id=inspection_id))
    return _visit_page(school_id, inspection_id, form), form.refusal_status


@blueprint.post("/visits/<int:school_id>/<uuid:inspection_id>/cancel")
@access(Permission.PLAN)
def cancel(school_id: int, inspection_id: UUID) -> Any:
    form = Form.submitted(ReasonIn())
    with form.catching():
        data = form.load()
        planning.cancel(current_actor(), school_id, inspection_id, data["reason"], data["version"])
        flash(_("检查已取消。"))
        return redirect(url_for("inspections.visit", school_id=school_id, inspection_id=inspection_id))
    return _visit_page(school_id, inspection_id, form), form.refusal_status
