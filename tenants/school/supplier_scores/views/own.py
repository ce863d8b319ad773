"""A supplier: its own score and facts, and its objections."""

from typing import Any
from uuid import UUID

from flask import Response, flash, redirect, render_template, url_for
from flask_babel import gettext as _

from kernel.access.edge import access, current_actor
from kernel.database import new_id
from kernel.web.forms import Form
from school.supplier_scores import sheets
from school.supplier_scores.permissions import Permission
from school.supplier_scores.schemas import FactObjectionForm, ObjectionVersionForm
from school.supplier_scores.service import facts, objecting, publishing, reading
from school.supplier_scores.views.blueprint import blueprint
from school.supplier_scores.views.bureau import spreadsheet
from school.supplier_scores.views.parts import facts_of, one_upload, record_url, words


@blueprint.get("/own")
@access(Permission.READ_OWN)
def own() -> str:
    actor = current_actor()
    mine = actor.own_supplier_id()
    run, standing = reading.standing(actor, mine, actor.scope_label)
    page = objecting.list_objections(actor, limit=20)
    return render_template(
        "supplier_scores/own.html", run=run, one=standing, months=reading.monthly(actor, mine), objections=page.items,
        found=facts.facts_by_id(actor, {row.fact_id for row in page.items}),
        history=publishing.scores_of(actor, mine), **facts_of(mine, "supplier_scores.own", {}),
    )  # fmt: skip


@blueprint.get("/own/sheet")
@access(Permission.READ_OWN)
def own_sheet() -> Response:
    actor = current_actor()
    return spreadsheet(sheets.facts_xlsx(actor, actor.own_supplier_id()), "supplier-facts")


@blueprint.get("/own/facts/<uuid:own_fact_id>")
@access(Permission.READ_OWN)
def own_fact(own_fact_id: UUID) -> str:
    return _fact_page(own_fact_id, Form.blank(FactObjectionForm(), {"id": new_id()}))


def _fact_page(fact_id: UUID, form: Form) -> str:
    actor = current_actor()
    fact = facts.get_fact(actor, fact_id)
    objection = objecting.objection_of(actor, fact)
    return render_template(
        "supplier_scores/own_fact.html", fact=fact, form=form, objection=objection, record_url=record_url,
        events=objecting.events_of(objection) if objection else [], problem=objecting.problem(actor, fact),
        answer_until=objecting.answer_until(actor, fact), **words(),
    )  # fmt: skip


@blueprint.post("/own/facts/<uuid:own_fact_id>")
@access(Permission.OBJECT)
def object_to(own_fact_id: UUID) -> Any:
    actor = current_actor()
    facts.get_fact(actor, own_fact_id)
    form = Form.submitted(FactObjectionForm())
    with form.catching():
        values = form.load()
        objecting.object_to(actor, own_fact_id, values["id"], values["reason"], one_upload("evidence"))
        flash(_("异议已提交，教育局处理后会通知您。"), "success")
        return redirect(url_for("supplier_scores.own_fact", own_fact_id=own_fact_id))
    return _fact_page(own_fact_id, form), form.refusal_status


@blueprint.post("/own/objections/<uuid:own_fact_objection_id>/withdrawal")
@access(Permission.OBJECT)
def withdraw(own_fact_objection_id: UUID) -> Any:
    actor = current_actor()
    fact_id = objecting.get_objection(actor, own_fact_objection_id).fact_id
    form = Form.submitted(ObjectionVersionForm())
    with form.catching():
        objecting.withdraw(actor, own_fact_objection_id, form.load()["version"])
        flash(_("异议已撤回。"), "success")
        return redirect(url_for("supplier_scores.own_fact", own_fact_id=fact_id))
    return _fact_page(fact_id, form), form.refusal_status
