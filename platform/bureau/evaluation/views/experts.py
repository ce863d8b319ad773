"""The pool of experts; an expert's own interests."""

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _

from bureau.catalogue.service.categories import list_categories
from bureau.evaluation import labels, schemas
from bureau.evaluation.permissions import Permission
from bureau.evaluation.service import experts
from bureau.evaluation.views.blueprint import blueprint
from bureau.evaluation.views.steps import step
from bureau.roles import Role
from bureau.suppliers.service.finding import names_of, supplier_choices
from kernel.access.edge import access, current_actor
from kernel.database import new_id
from kernel.errors import NotFound
from kernel.web.forms import Form


@blueprint.get("/experts")
@access(Permission.READ_EXPERTS)
def pool() -> str:
    actor = current_actor()
    return render_template(
        "evaluation/experts.html", rows=experts.list_experts(actor), candidates=experts.candidates(actor),
        categories={row.id: row.name for row in list_categories(actor)}, labels=labels,
    )  # fmt: skip


@blueprint.get("/experts/<uuid:expert_id>")
@access(Permission.READ_EXPERTS)
def expert(expert_id: UUID) -> str:
    actor = current_actor()
    found = next((row for row in experts.list_experts(actor) if row.expert.id == expert_id), None)
    values: dict[str, Any] = {"state": "active"}
    if found is not None:
        values = {
            "version": found.expert.version, "employer": found.expert.employer, "title": found.expert.title,
            "state": found.expert.state, "state_reason": found.expert.state_reason,
            "category_ids": [str(one) for one in found.categories],
        }  # fmt: skip
    return _page(expert_id, Form.blank(schemas.ExpertForm(), values))


def _page(expert_id: UUID, form: Form) -> str:
    actor = current_actor()
    people = experts.holders(actor.bureau_id, Role.COMMITTEE_EXPERT)
    rows = {row.expert.id: row.name for row in experts.list_experts(actor)}
    name = rows.get(expert_id) or next((one.display_name for one in people if one.id == expert_id), None)
    if name is None:
        raise NotFound(_("没有这位评审专家。"))
    interests = experts.interests_of(actor, [expert_id])
    return render_template(
        "evaluation/expert.html", expert_id=expert_id, name=name, form=form, labels=labels,
        categories=[(row.id, row.name) for row in list_categories(actor)], interests=interests,
        suppliers=supplier_choices(actor), names=names_of(actor, {row.supplier_id for row in interests}),
        interest_id=new_id(), known=expert_id in rows,
    )  # fmt: skip


@blueprint.post("/experts/<uuid:expert_id>")
@access(Permission.MANAGE_EXPERTS)
def save_expert(expert_id: UUID) -> Any:
    form = Form.submitted(schemas.ExpertForm())
    with form.catching():
        data = form.load()
        seen = data.pop("version")
        texts = {name: data[name] or "" for name in ("employer", "title", "state_reason")}
        experts.save_expert(current_actor(), expert_id, seen, **{**data, **texts})
        flash(_("已保存。"), "success")
        return redirect(url_for("evaluation.pool"), 303)
    return _page(expert_id, form), form.refusal_status


@blueprint.post("/experts/<uuid:expert_id>/interests")
@access(Permission.MANAGE_EXPERTS)
def enter_interest(expert_id: UUID) -> Any:
    def run(data: dict[str, Any]) -> None:
        interest_id, reason = data.pop("id"), data.pop("reason") or ""
        data["expert_id"] = expert_id
        experts.declare_interest(current_actor(), interest_id, reason=reason, **data)

    return step(
        url_for("evaluation.expert", expert_id=expert_id),
        schemas.ExpertInterestForm(),
        run,
        _("已登记。"),
        lambda: experts.get_expert(current_actor(), expert_id),
    )


@blueprint.post("/interests/<uuid:expert_interest_id>/withdrawal")
@access(Permission.MANAGE_EXPERTS)
def withdraw_interest(expert_interest_id: UUID) -> Any:
    actor = current_actor()
    row = experts.get_interest(actor, expert_interest_id)
    return step(
        url_for("evaluation.expert", expert_id=row.expert_id), schemas.SeenVersionForm(),
        lambda data: experts.withdraw_interest(actor, expert_interest_id, data["version"]), _("已撤回。"), lambda: experts.get_interest(actor, expert_interest_id))  # fmt: skip


@blueprint.get("/interests")
@access(Permission.DECLARE)
def own_interests() -> str:
    actor = current_actor()
    rows = experts.interests_of(actor, [actor.account_id])
    return render_template(
        "evaluation/interests.html", rows=rows, labels=labels, suppliers=supplier_choices(actor),
        names=names_of(actor, {row.supplier_id for row in rows}), interest_id=new_id(),
        form=Form.blank(schemas.ExpertInterestForm()),
    )  # fmt: skip


@blueprint.post("/interests")
@access(Permission.DECLARE)
def declare_interest() -> Any:
    actor = current_actor()

    def run(data: dict[str, Any]) -> None:
        interest_id, reason = data.pop("id"), data.pop("reason") or ""
        data["expert_id"] = actor.account_id
        experts.declare_interest(actor, interest_id, reason=reason, **data)

    return step(url_for("evaluation.own_interests"), schemas.ExpertInterestForm(), run, _("已申报。"), lambda: None)


@blueprint.post("/interests/<uuid:expert_interest_id>/own-withdrawal")
@access(Permission.DECLARE)
def withdraw_own_interest(expert_interest_id: UUID) -> Any:
    actor = current_actor()
    experts.get_interest(actor, expert_interest_id, own=True)
    return step(
        url_for("evaluation.own_interests"), schemas.SeenVersionForm(),
        lambda data: experts.withdraw_interest(actor, expert_interest_id, data["version"], own=True), _("已撤回。"), lambda: experts.get_interest(actor, expert_interest_id, own=True))  # fmt: skip
