"""A plan's draws: commit, draw, look, publish, withdraw, download."""

from typing import Any
from uuid import UUID

import orjson
from flask import Response, flash, redirect, render_template, url_for
from flask_babel import gettext as _

from bureau.draws import labels
from bureau.draws.permissions import Permission
from bureau.draws.risk import RULE, TIERS
from bureau.draws.schemas import DrawForm, DrawReasonForm, RevealForm, SeenForm
from bureau.draws.service import campaign, drawing
from bureau.draws.service.pools import Settings
from bureau.draws.verification import verify
from bureau.draws.views.blueprint import blueprint
from bureau.inspections.labels import STATES as VISIT_STATES
from bureau.inspections.service import planning, teams
from kernel.access.edge import access, current_actor
from kernel.actor import Actor
from kernel.database import new_id
from kernel.policy import service as policy
from kernel.web.dates import today
from kernel.web.downloads import disposition
from kernel.web.forms import Form


@blueprint.get("/inspections/plans/<uuid:plan_id>/draws")
@access(Permission.READ)
def plan_draws(plan_id: UUID) -> str:
    actor = current_actor()
    plan = planning.get_plan(actor, plan_id)
    return render_template(
        "draws/index.html", plan=plan, rows=drawing.list_draws(actor, plan_id), labels=labels,
        covered=len(campaign.covered_ids(actor, plan_id)),
    )  # fmt: skip


@blueprint.get("/inspections/plans/<uuid:plan_id>/draws/new")
@access(Permission.RUN)
def new_draw(plan_id: UUID) -> str:
    actor = current_actor()
    plan = planning.get_plan(actor, plan_id)
    first = max(plan.starts_on, min(today(), plan.ends_on))
    blank = {
        "id": str(new_id()), "first_day": first.isoformat(), "last_day": plan.ends_on.isoformat(),
        "team_size": int(policy.effective(actor.bureau_id, teams.TEAM).number),
        "visits_a_day": int(policy.effective(actor.bureau_id, teams.A_DAY).number),
        "order": "random", "weighted": True, "mix": True,
        "inspector_ids": [str(person.id) for person in planning.available_inspectors(actor)],
    }  # fmt: skip
    return _new_page(actor, plan_id, Form.blank(DrawForm(), blank))


@blueprint.post("/inspections/plans/<uuid:plan_id>/draws/new")
@access(Permission.RUN)
def commit(plan_id: UUID) -> Any:
    actor = current_actor()
    planning.get_plan(actor, plan_id)
    form = Form.submitted(DrawForm())
    with form.catching():
        data = form.load()
        draw_id = data.pop("id")
        row = drawing.commit(actor, plan_id, draw_id, settings_of(data))
        flash(_("已公布承诺。名单、规则和种子从此固定；现在可以把承诺发给各方，再抽取。"))
        return redirect(url_for("draws.draw", draw_id=row.id))
    return _new_page(actor, plan_id, form), form.refusal_status


def settings_of(data: dict[str, Any]) -> Settings:
    """From PlanDrawIn's values."""
    values = dict(data)
    strata = {tier: values.pop(tier) for tier in TIERS}
    return Settings(strata=strata, **{**values, "public_value": values.get("public_value") or ""})


def _new_page(actor: Actor, plan_id: UUID, form: Form) -> str:
    plan = planning.get_plan(actor, plan_id)
    visited = campaign.visited_ids(actor, plan.id)
    left = [row for row in campaign.covered(actor, plan) if row.school.id not in visited]
    return render_template(
        "draws/new.html",
        plan=plan,
        form=form,
        left={tier: sum(row.risk.tier == tier for row in left) for tier in TIERS},
        inspectors=planning.available_inspectors(actor),
        least=policy.effective(actor.bureau_id, teams.TEAM),
        most=policy.effective(actor.bureau_id, teams.A_DAY),
        rule=RULE,
        labels=labels,
    )


@blueprint.get("/inspections/draws/<uuid:draw_id>")
@access(Permission.READ)
def draw(draw_id: UUID) -> str:
    return _page(draw_id, Form.blank(RevealForm()), Form.blank(DrawReasonForm()))


def _page(draw_id: UUID, form: Form, reason: Form) -> str:
    actor = current_actor()
    row = drawing.get_draw(actor, draw_id)
    document = drawing.document_of(row)
    schools, inspectors = drawing.names_of(document)
    return render_template(
        "draws/draw.html",
        draw=row,
        plan=planning.get_plan(actor, row.plan_id),
        document=document,
        schools=schools,
        inspectors=inspectors,
        checks=verify(document) if document["seed"] else [],
        ahead=drawing.open_visits(actor, row),
        departures=drawing.departures(actor, row, document),
        visit_states=VISIT_STATES,
        public_url=url_for("draws.public_draw", bureau_id=row.bureau_id, draw_id=row.id, _external=True),
        form=form,
        reason=reason,
        labels=labels,
    )


@blueprint.post("/inspections/draws/<uuid:draw_id>/reveal")
@access(Permission.RUN)
def reveal(draw_id: UUID) -> Any:
    form = Form.submitted(RevealForm())
    with form.catching():
        data = form.load()
        drawing.reveal(current_actor(), draw_id, data["public_value"] or "", data["version"])
        flash(_("抽取完成，检查已安排，检查员已收到通知。"))
        return redirect(url_for("draws.draw", draw_id=draw_id))
    return _page(draw_id, form, Form.blank(DrawReasonForm())), form.refusal_status


@blueprint.post("/inspections/draws/<uuid:draw_id>/publish")
@access(Permission.RUN)
def publish(draw_id: UUID) -> Any:
    form = Form.submitted(SeenForm())
    with form.catching():
        drawing.publish(current_actor(), draw_id, form.load()["version"])
        flash(_("已公布：任何人都可以下载并重新验证这次抽取。"))
        return redirect(url_for("draws.draw", draw_id=draw_id))
    return _page(draw_id, form, Form.blank(DrawReasonForm())), form.refusal_status


@blueprint.post("/inspections/draws/<uuid:draw_id>/withdraw")
@access(Permission.RUN)
def withdraw(draw_id: UUID) -> Any:
    form = Form.submitted(DrawReasonForm())
    with form.catching():
        data = form.load()
        drawing.withdraw(current_actor(), draw_id, data["reason"], data["version"])
        flash(_("已撤回，公开页上仍能看到承诺和原因。"))
        return redirect(url_for("draws.draw", draw_id=draw_id))
    return _page(draw_id, Form.blank(RevealForm()), form), form.refusal_status


@blueprint.get("/inspections/draws/<uuid:draw_id>/document.json")
@access(Permission.READ)
def draw_document(draw_id: UUID) -> Response:
    row = drawing.get_draw(current_actor(), draw_id)
    return json_file(drawing.document_of(row))


def json_file(document: dict[str, Any]) -> Response:
    response = Response(orjson.dumps(document, option=orjson.OPT_INDENT_2), mimetype="application/json")
    response.headers["Content-Disposition"] = disposition("attachment", f"draw-{document['id']}.json")
    return response
