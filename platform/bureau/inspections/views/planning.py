"""The bureau plans: rounds of visits, who goes where and when."""

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from bureau.draws.service import campaign
from bureau.inspections import labels, rules
from bureau.inspections.permissions import Permission
from bureau.inspections.schemas import AssignmentForm, SchoolFilter, VersionIn, VisitFilter
from bureau.inspections.schemas_planning import CampaignIn, plan_values
from bureau.inspections.service import planning, reading, results
from bureau.inspections.views.blueprint import blueprint
from bureau.schools import labels as school_labels
from bureau.schools import service as schools
from bureau.schools.models import School
from kernel.access.edge import access, current_actor
from kernel.actor import Actor
from kernel.database import new_id
from kernel.errors import Invalid
from kernel.web.dates import today
from kernel.web.forms import Form
from scorecards import service as forms


@blueprint.get("/plans")
@access(Permission.COMPARE)
def plans() -> str:
    listed = [{**row, "progress": rules.progress_of(row["counts"])} for row in planning.list_plans(current_actor())]
    return render_template("inspections/plans.html", rows=listed, labels=labels)


@blueprint.get("/plans/new")
@access(Permission.PLAN)
def new_plan() -> str:
    blank = {"id": str(new_id()), "starts_on": today().isoformat(), "releases_on_submit": True}
    wanted = request.args.get("form_version_id", "")
    return _plan_page(Form.blank(CampaignIn(), {**blank, "form_version_id": wanted}))


@blueprint.post("/plans/new")
@access(Permission.PLAN)
def create_plan() -> Any:
    form = Form.submitted(CampaignIn())
    with form.catching():
        plan = planning.create_plan(current_actor(), **plan_values(form.load()))
        flash(_("已建立检查计划，请选择学校。"))
        return redirect(url_for("draws.plan_schools", plan_id=plan.id))
    return _plan_page(form), form.refusal_status


def _plan_page(form: Form) -> str:
    options = [
        (version.id, _("%(kind)s｜%(title)s（第 %(number)s 版，%(items)s 项）",
                       kind=labels.KINDS[version.form["kind"]], title=title, number=version.number,
                       items=version.item_count))
        for version, title in forms.published_versions(current_actor())
    ]  # fmt: skip
    return render_template("inspections/plan_form.html", form=form, options=options)


@blueprint.get("/plans/<uuid:plan_id>")
@access(Permission.COMPARE)
def plan(plan_id: UUID) -> str:
    actor = current_actor()
    found = planning.get_plan(actor, plan_id)
    rows = results.plan_visits(actor, plan_id)
    counts: dict[str, int] = {}
    for row in rows:
        counts[row.Inspection.state] = counts.get(row.Inspection.state, 0) + 1
    state = _asked(VisitFilter(), {"state": request.args.get("state", "")})["state"]
    shown = [row for row in rows if state is None or row.Inspection.state == state]
    return render_template(
        "inspections/plan.html",
        plan=found,
        version=forms.get_version(actor, found.form_version_id),
        rows=shown,
        chosen=state,
        counts=counts,
        progress=rules.progress_of(counts),
        inspectors=reading.inspectors_of(actor, [row.Inspection for row in shown]),
        labels=labels,
        today=today(),
    )


@blueprint.post("/plans/<uuid:plan_id>/close")
@access(Permission.PLAN)
def close_plan(plan_id: UUID) -> Any:
    data = Form.submitted(VersionIn()).load()
    planning.close_plan(current_actor(), plan_id, data["version"])
    flash(_("计划已结束，不再安排新的检查；已安排的可以继续完成。"))
    return redirect(url_for("inspections.plan", plan_id=plan_id))


@blueprint.get("/plans/<uuid:plan_id>/assign")
@access(Permission.PLAN)
def assign(plan_id: UUID) -> str:
    actor = current_actor()
    found = planning.get_plan(actor, plan_id)
    first = max(found.starts_on, min(today(), found.ends_on))
    asked = {name: request.args.get(name, "") for name in SchoolFilter().fields}
    return _assignment_page(actor, plan_id, Form.blank(AssignmentForm(), {**asked, "scheduled_on": first.isoformat()}))


@blueprint.post("/plans/<uuid:plan_id>/assign")
@access(Permission.PLAN)
def save_assignment(plan_id: UUID) -> Any:
    actor = current_actor()
    planning.get_plan(actor, plan_id)
    form = Form.submitted(AssignmentForm())
    with form.catching():
        data = form.load()
        school_ids = data["school_ids"]
        if data["all_filtered"]:
            school_ids = [school.id for school in _offered(actor, plan_id, data) if school.id not in school_ids]
            school_ids = [*data["school_ids"], *school_ids]
        if not school_ids:
            raise Invalid({"school_ids": [_("请至少选择一所学校。")]})
        inspectors = [data["lead_id"], *data["member_ids"]]
        visits = planning.assign(actor, plan_id, school_ids, inspectors, data["scheduled_on"])
        flash(_("已安排 %(count)s 所学校的检查。", count=len(visits)))
        return redirect(url_for("inspections.plan", plan_id=plan_id))
    return _assignment_page(actor, plan_id, form), form.refusal_status


def _assignment_page(actor: Actor, plan_id: UUID, form: Form) -> str:
    asked = _asked(SchoolFilter(), {name: form.value(name) for name in SchoolFilter().fields})
    offered = _offered(actor, plan_id, asked)
    planned = {row.Inspection.school_id for row in results.plan_visits(actor, plan_id)}
    return render_template(
        "inspections/assign.html",
        plan=planning.get_plan(actor, plan_id),
        form=form,
        asked=asked,
        schools=offered,
        planned=planned,
        inspectors=planning.available_inspectors(actor),
        zone_names=schools.zone_names(actor),
        school_labels=school_labels,
    )


def _offered(actor: Actor, plan_id: UUID, asked: dict[str, Any]) -> list[School]:
    """Schools of the plan's list (of the bureau, while the list is empty) that the filter shows, without those whose visit
    has begun or was drawn."""
    boarding = None if asked["is_boarding"] is None else asked["is_boarding"] == "1"
    filters = schools.SchoolFilters(
        zone_id=asked["zone_id"], stage=asked["stage"], is_boarding=boarding, state="active"
    )
    begun = {
        row.Inspection.school_id
        for row in results.plan_visits(actor, plan_id)
        if row.Inspection.state not in ("planned", "cancelled")
        or (row.Inspection.state == "planned" and row.Inspection.draw_id is not None)
    }
    listed = campaign.covered_ids(actor, plan_id)
    return [
        school
        for school in schools.all_schools(actor, filters)
        if school.id not in begun and (not listed or school.id in listed)
    ]


def _asked(schema: Any, values: dict[str, Any]) -> dict[str, Any]:
    """A filter as typed into the address; what cannot be read filters nothing."""
    form = Form.blank(schema, values)
    try:
        return form.load()
    except Invalid:
        return dict(schema.load({}))
