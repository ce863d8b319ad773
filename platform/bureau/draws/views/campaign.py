"""The steps of a plan after its form: which schools, and on which day in which order."""

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from bureau.draws import labels
from bureau.draws.schemas import ArrangeForm, CampaignFilter, CampaignForm
from bureau.draws.service import campaign
from bureau.draws.views.blueprint import blueprint
from bureau.inspections import labels as inspection_labels
from bureau.inspections.permissions import Permission
from bureau.inspections.service import calendars, planning
from bureau.schools import labels as school_labels
from bureau.schools import service as schools
from kernel.access.edge import access, current_actor
from kernel.actor import Actor
from kernel.errors import Invalid
from kernel.web.forms import Form


@blueprint.get("/inspections/plans/<uuid:plan_id>/schools")
@access(Permission.PLAN)
def plan_schools(plan_id: UUID) -> str:
    asked = {name: request.args.get(name, "") for name in CampaignFilter().fields}
    return _schools_page(current_actor(), plan_id, Form.blank(CampaignForm(), asked))


@blueprint.post("/inspections/plans/<uuid:plan_id>/schools")
@access(Permission.PLAN)
def add_plan_schools(plan_id: UUID) -> Any:
    actor = current_actor()
    plan = planning.get_plan(actor, plan_id, lock=True)
    form = Form.submitted(CampaignForm())
    with form.catching():
        data = form.load()
        chosen = set(data["school_ids"])
        if data["all_filtered"]:
            chosen |= {row.school.id for row in campaign.proposed(actor, plan, _wanted(data))}
        if not chosen:
            raise Invalid({"school_ids": [_("请至少选择一所学校。")]})
        added = campaign.add_schools(actor, plan, chosen)
        flash(_("已把 %(count)s 所学校加入名单。名单从此固定，以后筛选条件变化也不会改变它。", count=added))
        return redirect(url_for("draws.plan_schools", plan_id=plan_id))
    return _schools_page(actor, plan_id, form), form.refusal_status


@blueprint.post("/inspections/plans/<uuid:plan_id>/schools/<int:school_id>/remove")
@access(Permission.PLAN)
def remove_plan_school(plan_id: UUID, school_id: int) -> Any:
    actor = current_actor()
    campaign.remove_school(actor, planning.get_plan(actor, plan_id, lock=True), school_id)
    flash(_("已从名单中移除。"))
    return redirect(url_for("draws.plan_schools", plan_id=plan_id))


def _schools_page(actor: Actor, plan_id: UUID, form: Form) -> str:
    plan = planning.get_plan(actor, plan_id)
    asked = _asked({name: form.value(name) for name in CampaignFilter().fields})
    filtered = form.is_submitted or any(value is not None for value in asked.values()) or "stage" in request.args
    return render_template(
        "draws/schools.html",
        plan=plan,
        form=form,
        asked=asked,
        filtered=filtered,
        proposed=campaign.proposed(actor, plan, _wanted(asked)) if filtered and plan.state == "open" else [],
        covered=campaign.covered(actor, plan),
        visited=campaign.visited_ids(actor, plan.id),
        zone_names=schools.zone_names(actor),
        school_labels=school_labels,
        labels=labels,
    )


def _wanted(asked: dict[str, Any]) -> campaign.Wanted:
    return campaign.Wanted(
        stage=asked["stage"],
        is_boarding=None if asked["is_boarding"] is None else asked["is_boarding"] == "1",
        zone_id=asked["zone_id"],
        canteen_mode=asked["canteen_mode"],
        tier=asked["tier"],
    )


def _asked(values: dict[str, Any]) -> dict[str, Any]:
    """A filter as typed into the address; what cannot be read filters nothing."""
    try:
        return Form.blank(CampaignFilter(), values).load()
    except Invalid:
        return dict(CampaignFilter().load({}))


@blueprint.get("/inspections/plans/<uuid:plan_id>/days")
@access(Permission.COMPARE)
def plan_days(plan_id: UUID) -> str:
    actor = current_actor()
    plan = planning.get_plan(actor, plan_id)
    return render_template(
        "draws/days.html",
        plan=plan,
        days=calendars.days_of_plan(actor, plan),
        orders=labels.ORDERS,
        labels=inspection_labels,
    )


@blueprint.post("/inspections/plans/<uuid:plan_id>/days")
@access(Permission.PLAN)
def arrange_days(plan_id: UUID) -> Any:
    data = Form.submitted(ArrangeForm()).load()
    placed = calendars.arrange(current_actor(), plan_id, data["order"])
    flash(_("已排好 %(count)s 所学校的当天顺序。", count=placed))
    return redirect(url_for("draws.plan_days", plan_id=plan_id))
