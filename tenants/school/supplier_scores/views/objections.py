"""The bureau: objections of suppliers, and what becomes of them."""

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from bureau.suppliers.service.finding import names_of
from kernel.access.edge import access, current_actor
from kernel.errors import Invalid
from kernel.web.forms import Form
from school.supplier_scores.permissions import Permission
from school.supplier_scores.schemas import ObjectionDecisionForm, ObjectionQuery
from school.supplier_scores.service import facts, objecting
from school.supplier_scores.views.blueprint import blueprint
from school.supplier_scores.views.parts import PAGE, record_url, words


@blueprint.get("/objections")
@access(Permission.READ)
def objections() -> str:
    actor = current_actor()
    form = Form.blank(ObjectionQuery(), dict(request.args.items()))
    try:
        query = form.load()
    except Invalid:
        query = ObjectionQuery().load({})
    page = objecting.list_objections(actor, state=query["state"], cursor=query["cursor"], limit=PAGE)
    more = {"state": query["state"]} if query["state"] else {}
    return render_template(
        "supplier_scores/objections.html", page=page, state_chosen=query["state"],
        names=names_of(actor, {row.supplier_id for row in page.items}),
        found=facts.facts_by_id(actor, {row.fact_id for row in page.items}),
        next_url=url_for("supplier_scores.objections", cursor=page.next_cursor, **more) if page.next_cursor else None,
        first_url=url_for("supplier_scores.objections", **more) if query["cursor"] else None, **words(),
    )  # fmt: skip


@blueprint.get("/objections/<uuid:fact_objection_id>")
@access(Permission.READ)
def objection(fact_objection_id: UUID) -> str:
    return _page(fact_objection_id, Form.blank(ObjectionDecisionForm()))


def _page(fact_objection_id: UUID, form: Form) -> str:
    actor = current_actor()
    row = objecting.get_objection(actor, fact_objection_id)
    fact = facts.get_fact(actor, row.fact_id)
    return render_template(
        "supplier_scores/objection.html", row=row, fact=fact, form=form, events=objecting.events_of(row),
        name=names_of(actor, [row.supplier_id]).get(row.supplier_id, ""), record_url=record_url,
        stood_in=objecting.stood_in(actor, fact), **words(),
    )  # fmt: skip


@blueprint.post("/objections/<uuid:fact_objection_id>")
@access(Permission.DECIDE)
def decide(fact_objection_id: UUID) -> Any:
    actor = current_actor()
    objecting.get_objection(actor, fact_objection_id)
    form = Form.submitted(ObjectionDecisionForm())
    with form.catching():
        values = form.load()
        objecting.decide(actor, fact_objection_id, values.pop("version"), **values)
        flash(_("已处理，并已通知供应商。"), "success")
        return redirect(url_for("supplier_scores.objections", state="open"))
    return _page(fact_objection_id, form), form.refusal_status
