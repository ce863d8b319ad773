"""领用申请: asked for on a phone, decided on a phone, given out with the batches proposed."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _

from kernel.access.edge import access, current_actor, may
from kernel.database import new_id
from kernel.web.dates import today
from kernel.web.forms import Form
from school.stores import labels, schemas
from school.stores.permissions import Permission
from school.stores.service import balances, goods, requesting, worklists
from school.stores.service.giving import give_out_goods
from school.stores.service.steps import steps_of
from school.stores.views.blueprint import blueprint
from school.stores.views.moving import form_page, picked_lines
from school.stores.views.stock import addresses, query_of
from school.stores.work_api import sees_all_requests


@blueprint.get("/store-requisitions")
@access(Permission.READ_REQUESTS)
def requisitions() -> str:
    actor = current_actor()
    form, query = query_of(schemas.StoreRequisitionQuery)
    search = dict(query)
    own = search.pop("mine") or not sees_all_requests()
    requester = actor.account_id if own else None
    page = worklists.list_requisitions(actor, actor.own_school_id(), requester_id=requester, **search)
    return render_template(
        "stores/requisitions.html", form=form, page=page, labels=labels, sees_all=sees_all_requests(),
        **addresses("stores.requisitions", page, query),
    )  # fmt: skip


@blueprint.get("/store-requisitions/new")
@access(Permission.REQUEST)
def new_requisition() -> str:
    values = {"id": str(new_id()), "wanted_on": _next_day().isoformat(), "lines": []}
    return form_page("stores/request.html", Form.blank(schemas.StoreRequisitionForm(), values), "request")


def _next_day() -> Any:
    """Goods are wanted tomorrow unless somebody says otherwise; never on a weekend by default."""
    day = today() + timedelta(days=1)
    return day + timedelta(days=max(0, 8 - day.isoweekday())) if day.isoweekday() > 5 else day


@blueprint.post("/store-requisitions/new")
@access(Permission.REQUEST)
def create_requisition() -> Any:
    actor = current_actor()
    form = Form.submitted(schemas.StoreRequisitionForm())
    if picked_lines(form):
        return form_page("stores/request.html", form, "request")
    with form.catching():
        values = form.load()
        lines = [requesting.Wanted(**line) for line in values.pop("lines")]
        row = requesting.submit(actor, values.pop("id"), lines, **values)
        flash(_("已提交，单号 %(number)s。", number=row.number), "success")
        return redirect(url_for("stores.show_requisition", store_requisition_id=row.id))
    return form_page("stores/request.html", form, "request"), form.refusal_status


@blueprint.get("/store-requisitions/<uuid:store_requisition_id>")
@access(Permission.READ_REQUESTS)
def show_requisition(store_requisition_id: UUID) -> str:
    return _page(store_requisition_id)


def _page(requisition_id: UUID, form: Form | None = None) -> str:
    actor = current_actor()
    school_id = actor.own_school_id()
    row = worklists.get_requisition(actor, school_id, requisition_id, sees_all=sees_all_requests())
    lines = requesting.lines_of(actor, school_id, row.id)
    known = goods.own_goods(actor, [line.good_id for line in lines])
    takes = {}
    if row.state == "approved" and may(Permission.KEEP):
        takes = balances.proposal(
            actor, school_id, [(line.good_id, line.approved_quantity) for line in lines if line.approved_quantity]
        )
    return render_template(
        "stores/requisition.html", row=row, lines=lines, goods=known, takes=takes, labels=labels, form=form,
        steps=steps_of(actor, school_id, row.id), is_own=row.requester_id == actor.account_id, new_id=new_id,
    )  # fmt: skip


def _step(requisition_id: UUID, schema: Any, act: Any) -> Any:
    actor = current_actor()
    worklists.get_requisition(actor, actor.own_school_id(), requisition_id, sees_all=sees_all_requests())
    form = Form.submitted(schema)
    with form.catching():
        flash(act(actor, form.load()), "success")
        return redirect(url_for("stores.show_requisition", store_requisition_id=requisition_id))
    return _page(requisition_id, form), form.refusal_status


@blueprint.post("/store-requisitions/<uuid:store_requisition_id>/decision")
@access(Permission.DECIDE)
def decide_requisition(store_requisition_id: UUID) -> Any:
    def act(actor: Any, values: dict[str, Any]) -> str:
        is_approved = values["decision"] == "yes"
        requesting.decide(
            actor, store_requisition_id, values["version"], is_approved=is_approved, reason=values["reason"]
        )
        return _("已批准。") if is_approved else _("已退回申请人。")

    return _step(store_requisition_id, schemas.StoreDecisionForm(), act)


@blueprint.post("/store-requisitions/<uuid:store_requisition_id>/cancel")
@access(Permission.REQUEST)
def cancel_requisition(store_requisition_id: UUID) -> Any:
    def act(actor: Any, values: dict[str, Any]) -> str:
        requesting.cancel(actor, store_requisition_id, values["version"])
        return _("已撤销。")

    return _step(store_requisition_id, schemas.StoreReasonForm(), act)


@blueprint.post("/store-requisitions/<uuid:store_requisition_id>/issue")
@access(Permission.KEEP)
def issue_requisition(store_requisition_id: UUID) -> Any:
    def act(actor: Any, values: dict[str, Any]) -> str:
        row = give_out_goods(actor, store_requisition_id, values["version"], values["document_id"], values["lines"])
        return _("已备好，等第二名保管人员确认。") if row.state == "prepared" else _("已发放。")

    return _step(store_requisition_id, schemas.StoreGivingForm(), act)
