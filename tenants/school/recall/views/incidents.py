"""Suspected incidents: a school reports, the bureau traces or dismisses."""

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from bureau.schools.service.schools import school_names
from kernel.access.edge import access, current_actor
from kernel.database import new_id, now
from kernel.policy import service as policy
from kernel.web.dates import today
from kernel.web.forms import Form
from school.diners.labels import MEALS
from school.recall import labels
from school.recall.permissions import Permission
from school.recall.schemas import DismissForm, IncidentIn
from school.recall.service import answering, reading
from school.recall.views.blueprint import blueprint


@blueprint.get("/incidents")
@access(Permission.READ_INCIDENT)
def incidents() -> str:
    actor = current_actor()
    page = reading.list_incidents(actor, cursor=request.args.get("cursor"))
    names = school_names(actor, {row.school_id for row in page.items})
    return render_template("recall/incidents.html", page=page, labels=labels, meals=MEALS, names=names, now=now())


@blueprint.get("/incidents/new")
@access(Permission.REPORT)
def new_incident() -> str:
    return _report_page(Form.blank(IncidentIn(), {"id": str(new_id()), "on_day": today().isoformat()}))


@blueprint.post("/incidents/new")
@access(Permission.REPORT)
def report_incident() -> Any:
    form = Form.submitted(IncidentIn())
    form.values.setdefault("noticed_at", now().isoformat())
    with form.catching():
        incident = answering.report_incident(current_actor(), **form.load())
        flash(_("已上报教育局。请保留该餐留样，立即停用可疑食材，并向市场监管、卫健部门报告。"), "warning")
        return redirect(url_for("recall.reported", incident_id=incident.id))
    return _report_page(form), form.refusal_status


def _report_page(form: Form) -> str:
    actor = current_actor()
    figure = policy.effective(actor.bureau_id, answering.REPORT_FIGURE, school_id=actor.school_id)
    return render_template("recall/report_incident.html", form=form, meals=list(MEALS.items()), figure=figure)


@blueprint.get("/incidents/<uuid:incident_id>/reported")
@access(Permission.REPORT)
def reported(incident_id: UUID) -> str:
    """What whoever reported sees: that it arrived, and what to do now."""
    actor = current_actor()
    return _incident_page(actor.own_school_id(), incident_id, Form.blank(DismissForm()))


@blueprint.get("/incidents/<int:school_id>/<uuid:incident_id>")
@access(Permission.READ_INCIDENT)
def incident(school_id: int, incident_id: UUID) -> str:
    return _incident_page(school_id, incident_id, Form.blank(DismissForm()))


@blueprint.post("/incidents/<int:school_id>/<uuid:incident_id>/dismiss")
@access(Permission.MANAGE)
def dismiss(school_id: int, incident_id: UUID) -> Any:
    form = Form.submitted(DismissForm())
    with form.catching():
        values = form.load()
        answering.dismiss_incident(current_actor(), school_id, incident_id, values["version"], values["reason"])
        flash(_("已记录结论。"), "success")
        return redirect(url_for("recall.incident", school_id=school_id, incident_id=incident_id))
    return _incident_page(school_id, incident_id, form), form.refusal_status


def _incident_page(school_id: int, incident_id: UUID, form: Form) -> str:
    actor = current_actor()
    row = answering.get_incident(actor, school_id, incident_id)
    return render_template(
        "recall/incident.html", incident=row, labels=labels, meals=MEALS, form=form, now=now(),
        school_name=school_names(actor, {school_id}).get(school_id, ""), recalls=reading.recalls_of_incident(actor, row),
    )  # fmt: skip
