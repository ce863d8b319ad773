"""The bureau: warnings, suspensions, removals, and the appeals against them."""

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _

from bureau.suppliers import labels, schemas
from bureau.suppliers.permissions import Permission
from bureau.suppliers.service import measures, standing
from bureau.suppliers.service.finding import get_supplier
from bureau.suppliers.views import one_upload, pages
from bureau.suppliers.views.bureau import show_page
from kernel.access.edge import access, current_actor
from kernel.database import new_id
from kernel.web.dates import today
from kernel.web.forms import Form


@pages.get("/<uuid:supplier_id>/measures/new")
@access(Permission.MEASURE)
def new_measure(supplier_id: UUID) -> str:
    values = {"id": new_id(), "from_day": today().isoformat()}
    return _measure_page(supplier_id, Form.blank(schemas.MeasureForm(), values))


@pages.post("/<uuid:supplier_id>/measures/new")
@access(Permission.MEASURE)
def impose(supplier_id: UUID) -> Any:
    actor = current_actor()
    get_supplier(actor, supplier_id)
    form = Form.submitted(schemas.MeasureForm())
    with form.catching():
        values = form.load()
        made = measures.impose(actor, supplier_id, values.pop("id"), evidence=one_upload("evidence"), **values)
        flash(_("清退已提出，待第二人确认。") if made.state == "proposed" else _("已作出，并已通知企业。"), "success")
        return redirect(url_for("suppliers.show", supplier_id=supplier_id))
    return _measure_page(supplier_id, form), form.refusal_status


def _measure_page(supplier_id: UUID, form: Form) -> str:
    actor = current_actor()
    return render_template(
        "suppliers/measure.html", supplier=get_supplier(actor, supplier_id), form=form, labels=labels,
        names=standing.category_names(actor),
    )  # fmt: skip


@pages.post("/<uuid:supplier_id>/measures/<uuid:measure_id>/confirmation")
@access(Permission.MEASURE)
def confirm_removal(supplier_id: UUID, measure_id: UUID) -> Any:
    return _step(supplier_id, measure_id, "confirm")


@pages.post("/<uuid:supplier_id>/measures/<uuid:measure_id>/end")
@access(Permission.MEASURE)
def end_measure(supplier_id: UUID, measure_id: UUID) -> Any:
    """Lifts what is in force, drops what is only proposed."""
    return _step(supplier_id, measure_id, "end")


def _step(supplier_id: UUID, measure_id: UUID, step: str) -> Any:
    actor = current_actor()
    measure = measures.get_measure(actor, supplier_id, measure_id)
    form = Form.submitted(schemas.ReasonForm())
    with form.catching():
        values = form.load()
        if step == "confirm":
            measures.confirm_removal(actor, supplier_id, measure_id, values["version"])
        else:
            end = measures.drop if measure.state == "proposed" else measures.lift
            end(actor, supplier_id, measure_id, values["version"], values["reason"])
        flash(_("已保存。"), "success")
        return redirect(url_for("suppliers.show", supplier_id=supplier_id))
    return show_page(supplier_id, form), form.refusal_status


@pages.post("/<uuid:supplier_id>/appeals/<uuid:supplier_appeal_id>/decision")
@access(Permission.APPEAL)
def decide_appeal(supplier_id: UUID, supplier_appeal_id: UUID) -> Any:
    actor = current_actor()
    get_supplier(actor, supplier_id)
    form = Form.submitted(schemas.AppealDecisionForm())
    with form.catching():
        values = form.load()
        measures.decide_appeal(actor, supplier_id, supplier_appeal_id, values.pop("version"), **values)
        flash(_("申诉已复核，并已通知企业。"), "success")
        return redirect(url_for("suppliers.show", supplier_id=supplier_id))
    return show_page(supplier_id, form), form.refusal_status
