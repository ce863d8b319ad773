"""A plan's schools beside their peers, trends over the rounds, and what zones and stages lose."""

from datetime import date
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from bureau.fairness import labels
from bureau.fairness.permissions import Permission
from bureau.fairness.schemas import DoubleIn
from bureau.fairness.service import comparing, doubles, flagging, trends
from bureau.fairness.views.blueprint import blueprint
from bureau.inspections import labels as inspection_labels
from bureau.inspections.service import planning
from bureau.inspections.views.compare import peer_group_name
from bureau.schools import labels as school_labels
from kernel.access.edge import access, current_actor, may
from kernel.errors import Invalid
from kernel.web.dates import today
from kernel.web.forms import Form

YEARS = 3


@blueprint.get("/plans/<uuid:plan_id>/comparison")
@access(Permission.COMPARE)
def comparison(plan_id: UUID) -> str:
    actor = current_actor()
    plan = planning.get_plan(actor, plan_id)
    found = comparing.compare(actor, plan_id, calibrated=may(Permission.LEAD))
    asked = (request.args.get("stage", ""), request.args.get("is_boarding") == "1")
    chosen = asked if asked in found.groups else max(found.groups, key=lambda key: len(found.groups[key]), default=None)
    return render_template(
        "fairness/comparison.html",
        plan=plan,
        comparison=found,
        groups=[(key, peer_group_name(*key), len(rows)) for key, rows in found.groups.items()],
        chosen=chosen,
        chosen_name=peer_group_name(*chosen) if chosen else "",
        rows=found.groups[chosen] if chosen else [],
        why_not=labels.WHY_NOT[found.why_not] if found.why_not else "",
        shows_calibrated=may(Permission.LEAD),
        double=doubles.double_plan(actor, plan_id),
        items=flagging.items_that_tell_nothing(actor, plan.form_version_id),
        labels=labels,
    )


@blueprint.get("/plans/<uuid:plan_id>/losses")
@access(Permission.COMPARE)
def losses(plan_id: UUID) -> str:
    actor = current_actor()
    by = "stage" if request.args.get("by") == "stage" else "zone_id"
    groups, rows = trends.lost_by(actor, plan_id, by)
    return render_template(
        "fairness/losses.html",
        plan=planning.get_plan(actor, plan_id),
        by=by,
        names=_names(actor, by, groups),
        rows=rows,
    )


@blueprint.get("/trends")
@access(Permission.COMPARE)
def trend() -> str:
    actor = current_actor()
    kinds = list(inspection_labels.KINDS)
    kind = request.args.get("kind") if request.args.get("kind") in kinds else kinds[0]
    by = request.args.get("by") if request.args.get("by") in ("stage", "zone_id") else "all"
    last = today()
    points = trends.trend(actor, str(kind), str(by), last.replace(year=last.year - YEARS, day=1), last)
    return render_template(
        "fairness/trends.html",
        kind=kind,
        kinds=inspection_labels.KINDS,
        by=by,
        points=points,
        names=dict(
            zip({p.group: 1 for p in points}, _names(actor, str(by), list({p.group: 1 for p in points})), strict=True)
        ),
        chart=_trend_chart(actor, str(by), points),
    )


def _names(actor: Any, by: str, groups: list[Any]) -> list[str]:
    if by == "stage":
        return [str(school_labels.STAGE[group]) for group in groups]
    if by == "zone_id":
        zones = trends.zone_names(actor)
        return [zones.get(group, "") or _("未分片区") for group in groups]
    return [_("全部学校") for _group in groups]


def _trend_chart(actor: Any, by: str, points: list[trends.Point]) -> dict[str, Any]:
    rounds: dict[UUID, tuple[date, str]] = {point.plan_id: (point.starts_on, point.plan_title) for point in points}
    groups = list({point.group: None for point in points})
    known = {(point.plan_id, point.group): float(round(point.mean, 1)) for point in points}
    names = _names(actor, by, groups)
    return {
        "type": "line",
        "categories": [f"{day:%Y-%m} {title}" for day, title in rounds.values()],
        "series": [
            {"name": name, "values": [known.get((plan, group)) for plan in rounds]}
            for group, name in zip(groups, names, strict=True)
        ],
        "unit": "%",
    }


@blueprint.get("/plans/<uuid:plan_id>/double")
@access(Permission.DOUBLE)
def new_double(plan_id: UUID) -> Any:
    actor = current_actor()
    if (double := doubles.double_plan(actor, plan_id)) is not None:
        return redirect(url_for("inspections.plan", plan_id=double.id))
    day = today().isoformat()
    return _double_page(plan_id, Form.blank(DoubleIn(), {"percent": 10, "scheduled_on": day, "ends_on": day}))


@blueprint.post("/plans/<uuid:plan_id>/double")
@access(Permission.DOUBLE)
def create_double(plan_id: UUID) -> Any:
    form = Form.submitted(DoubleIn())
    with form.catching():
        double = doubles.plan_doubles(current_actor(), plan_id, **form.load())
        flash(_("已抽取学校并安排背靠背复评。"))
        return redirect(url_for("inspections.plan", plan_id=double.id))
    return _double_page(plan_id, form), form.refusal_status


def _double_page(plan_id: UUID, form: Form) -> str:
    actor = current_actor()
    plan = planning.get_plan(actor, plan_id)
    if plan.double_of is not None:
        raise Invalid({"plan_id": [_("这已是复评计划，不能再安排复评。")]})
    return render_template(
        "fairness/double.html", plan=plan, form=form, inspectors=planning.available_inspectors(actor)
    )
