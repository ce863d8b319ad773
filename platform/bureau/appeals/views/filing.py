"""The school: its appeals, writing one, sending, withdrawing."""

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from bureau.appeals import labels
from bureau.appeals.models import Appeal
from bureau.appeals.permissions import Permission
from bureau.appeals.schemas import AppealForm, WithdrawalForm
from bureau.appeals.service import filing, reading
from bureau.appeals.views.blueprint import blueprint
from bureau.inspections.service import planning, results
from bureau.inspections.service.acknowledging import window_of
from bureau.inspections.service.revising import lines_of
from bureau.inspections.views.accounts import account_view
from kernel.access.edge import access, current_actor
from kernel.database import new_id
from kernel.errors import NotFound
from kernel.schemas import PageArguments
from kernel.web.forms import Form, uploaded

PAGE = 30


@blueprint.get("/")
@access(Permission.READ_OWN)
def own() -> str:
    actor = current_actor()
    cursor = Form.blank(PageArguments(), {"cursor": request.args.get("cursor", "")}).load()["cursor"]
    page = reading.own_appeals(actor, cursor, PAGE)
    return render_template(
        "appeals/own.html",
        page=page,
        first_url=url_for("appeals.own") if cursor else None,
        next_url=url_for("appeals.own", cursor=page.next_cursor) if page.next_cursor else None,
        labels=labels,
    )


@blueprint.get("/new")
@access(Permission.APPEAL)
def new() -> str:
    """`inspection_id`, `item`: what is contested."""
    values = {"id": str(new_id()), "inspection_id": request.args.get("inspection_id", ""),
              "item_code": request.args.get("item", "")}  # fmt: skip
    return _form_page(Form.blank(AppealForm(), values))


@blueprint.post("/new")
@access(Permission.APPEAL)
def create() -> Any:
    return _save(Form.submitted(AppealForm()))


def _save(form: Form) -> Any:
    """Keep what was written and chosen; with the button "send" hand it in as well. All or nothing."""
    actor = current_actor()
    with form.catching():
        values = form.load()
        appeal_id, seen = values.pop("id"), values.pop("version")
        appeal = filing.save_draft(actor, appeal_id, seen, **values)
        for file in uploaded("evidence"):
            filing.add_evidence(actor, appeal.id, new_id(), file.read(), file.filename or "")
        if request.form.get("action") == "send":
            filing.send(actor, appeal.id, appeal.version)
            flash(_("申诉已提交，由未参加检查的人员复核。"))
        else:
            flash(_("已保存草稿，尚未提交。"))
        return redirect(url_for("appeals.show", appeal_id=appeal.id))
    return _form_page(form), form.refusal_status


def _form_page(form: Form, appeal: Appeal | None = None) -> str:
    actor = current_actor()
    inspection_id = _uuid(form.value("inspection_id"))
    result = results.get_result(actor, actor.own_school_id(), inspection_id)
    key = str(form.value("item_code"))
    if key not in lines_of(result.account):
        raise NotFound(_("表单中没有这一项。"))
    line = next(line for section in account_view(result.account).sections for line in section.lines if line.key == key)
    return render_template(
        "appeals/form.html",
        form=form,
        appeal=appeal,
        line=line,
        result=result,
        plan=planning.get_plan(actor, result.plan_id),
        evidence=filing.evidence_of(actor, appeal) if appeal else [],
        window=window_of(actor, result),
    )


def _uuid(text: Any) -> UUID:
    try:
        return UUID(str(text))
    except ValueError:
        raise NotFound(_("没有这份检查结果。")) from None


@blueprint.get("/<uuid:appeal_id>")
@access(Permission.READ_OWN)
def show(appeal_id: UUID) -> str:
    return _own_page(appeal_id, Form.blank(WithdrawalForm()))


def _own_page(appeal_id: UUID, form: Form) -> str:
    actor = current_actor()
    appeal = filing.own_appeal(actor, appeal_id)
    result = results.get_result(actor, appeal.school_id, appeal.inspection_id)
    return render_template(
        "appeals/show.html",
        appeal=appeal,
        plan=planning.get_plan(actor, appeal.plan_id),
        result=result,
        evidence=filing.evidence_of(actor, appeal),
        events=reading.events_of(actor, appeal),
        window=window_of(actor, result),
        form=form,
        labels=labels,
    )


@blueprint.get("/<uuid:appeal_id>/edit")
@access(Permission.APPEAL)
def edit(appeal_id: UUID) -> Any:
    appeal = filing.own_appeal(current_actor(), appeal_id)
    if appeal.state != "draft":
        return redirect(url_for("appeals.show", appeal_id=appeal.id))
    return _form_page(Form.blank(AppealForm(), AppealForm().dump(appeal)), appeal)


@blueprint.post("/<uuid:appeal_id>/edit")
@access(Permission.APPEAL)
def save(appeal_id: UUID) -> Any:
    appeal = filing.own_appeal(current_actor(), appeal_id)
    form = Form.submitted(AppealForm())
    form.values.update(id=str(appeal.id), inspection_id=str(appeal.inspection_id), item_code=appeal.item_code)
    return _save(form)


@blueprint.post("/<uuid:appeal_id>/evidence/<uuid:evidence_id>/remove")
@access(Permission.APPEAL)
def remove_evidence(appeal_id: UUID, evidence_id: UUID) -> Any:
    filing.remove_evidence(current_actor(), appeal_id, evidence_id)
    return redirect(url_for("appeals.edit", appeal_id=appeal_id))


@blueprint.post("/<uuid:appeal_id>/withdrawal")
@access(Permission.APPEAL)
def withdraw(appeal_id: UUID) -> Any:
    form = Form.submitted(WithdrawalForm())
    with form.catching():
        data = form.load()
        filing.withdraw(current_actor(), appeal_id, data["version"], data["reason"] or "")
        flash(_("申诉已撤回。"))
        return redirect(url_for("appeals.show", appeal_id=appeal_id))
    return _own_page(appeal_id, form), form.refusal_status
