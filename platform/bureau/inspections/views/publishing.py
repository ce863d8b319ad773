"""What follows the visits of a plan: its switches, who stands in the way of publication, and publishing."""

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _

from bureau.inspections import labels
from bureau.inspections.permissions import Permission
from bureau.inspections.rules import PUBLIC_STATES
from bureau.inspections.schemas_follow_up import FollowUpForm, PublicationForm
from bureau.inspections.service import planning, publishing
from bureau.inspections.views.blueprint import blueprint
from kernel.access.edge import access, current_actor
from kernel.policy import service as policy
from kernel.web.forms import Form


@blueprint.get("/plans/<uuid:plan_id>/publication")
@access(Permission.COMPARE)
def publication(plan_id: UUID) -> str:
    return _page(plan_id, Form.blank(PublicationForm()))


def _page(plan_id: UUID, form: Form) -> str:
    actor = current_actor()
    plan = planning.get_plan(actor, plan_id)
    rows = publishing.standing(actor, plan_id)
    return render_template(
        "inspections/publication.html",
        plan=plan,
        blocked=[row for row in rows if row.blocked],
        ready=[row for row in rows if row.state == "released" and not row.blocked],
        published=[row for row in rows if row.state in PUBLIC_STATES],
        form=form,
        deadline=policy.effective(actor.bureau_id, "inspection.publication.workdays"),
        labels=labels,
    )


@blueprint.post("/plans/<uuid:plan_id>/publication")
@access(Permission.PUBLISH)
def publish(plan_id: UUID) -> Any:
    form = Form.submitted(PublicationForm())
    with form.catching():
        data = form.load()
        count = publishing.publish(
            current_actor(), plan_id, data["version"], without_blocked=data["without_blocked"]
        )  # fmt: skip
        flash(_("已公布 %(count)s 所学校的结果。", count=count))
        return redirect(url_for("inspections.publication", plan_id=plan_id))
    return _page(plan_id, form), form.refusal_status


@blueprint.post("/plans/<uuid:plan_id>/follow-up")
@access(Permission.PLAN)
def configure_follow_up(plan_id: UUID) -> Any:
    form = Form.submitted(FollowUpForm())
    with form.catching():
        data = form.load()
        version = data.pop("version")
        publishing.configure(current_actor(), plan_id, version, **data)
        flash(_("已保存。"))
        return redirect(url_for("inspections.publication", plan_id=plan_id))
    return _page(plan_id, form), form.refusal_status
