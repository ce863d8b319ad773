"""Pages: the board, one hazard, reporting one."""

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from bureau.hazards import labels, rules
from bureau.hazards.permissions import Permission
from bureau.hazards.schemas import STATES, HazardIn, HazardStepForm
from bureau.hazards.service import finding, handling, moving, reading
from bureau.schools import service as schools
from kernel.access.edge import access, current_actor, may
from kernel.database import new_id, now
from kernel.web.forms import Form, uploaded

blueprint = Blueprint("hazards", __name__, url_prefix="/hazards")


@blueprint.get("/")
@access(Permission.READ)
def index() -> str:
    actor = current_actor()
    asked = request.args.get("state", "")
    state = asked if asked in STATES else None
    page = reading.list_hazards(actor, state=state, cursor=request.args.get("cursor"))
    at = now()
    return render_template(
        "hazards/index.html",
        page=page,
        state=state,
        counts=reading.counts(actor),
        clocks={row[0].id: _clock(row[0], at) for row in page.items},
        labels=labels,
    )


def _clock(hazard: Any, at: Any) -> rules.Countdown:
    return rules.countdown(hazard.state, hazard.control_by, hazard.remove_by, at)


@blueprint.get("/report")
@access(Permission.REPORT)
def new() -> str:
    return _report_page(Form.blank(HazardIn(), {"id": str(new_id()), "school_id": request.args.get("school_id", "")}))


@blueprint.post("/report")
@access(Permission.REPORT)
def report() -> Any:
    form = Form.submitted(HazardIn())
    with form.catching():
        photos = [file.read() for file in uploaded("photos")]
        hazard = finding.report(current_actor(), **form.load(), photos=photos)
        flash(_("已上报，相关人员已收到提醒。"))
        return redirect(url_for("hazards.show", school_id=hazard.school_id, hazard_id=hazard.id))
    return _report_page(form), form.refusal_status


def _report_page(form: Form) -> str:
    actor = current_actor()
    options = (
        []
        if actor.level == "school"
        else [(row.id, row.name) for row in schools.all_schools(actor) if row.state == "active"]
    )
    return render_template("hazards/report.html", form=form, options=options)


@blueprint.get("/<int:school_id>/<uuid:hazard_id>")
@access(Permission.READ)
def show(school_id: int, hazard_id: UUID) -> str:
    return _page(school_id, hazard_id, Form.blank(HazardStepForm()))


@blueprint.post("/<int:school_id>/<uuid:hazard_id>/control")
@access(Permission.ACT)
def act(school_id: int, hazard_id: UUID) -> Any:
    """The school's steps."""
    return _step(school_id, hazard_id)


@blueprint.post("/<int:school_id>/<uuid:hazard_id>/decision")
@access(Permission.DECIDE)
def decide(school_id: int, hazard_id: UUID) -> Any:
    """The bureau's steps."""
    return _step(school_id, hazard_id)


def _step(school_id: int, hazard_id: UUID) -> Any:
    form = Form.submitted(HazardStepForm())
    with form.catching():
        data = form.load()
        photos = [file.read() for file in uploaded("photos")]
        handling.act(
            current_actor(), school_id, hazard_id, data["event"], data["words"], data["version"], photos=photos
        )
        flash(_("已记录。"))
        return redirect(url_for("hazards.show", school_id=school_id, hazard_id=hazard_id))
    return _page(school_id, hazard_id, form), form.refusal_status


def _page(school_id: int, hazard_id: UUID, form: Form) -> str:
    actor = current_actor()
    hazard = moving.get_hazard(actor, school_id, hazard_id)
    events = handling.BY_SCHOOL if actor.level == "school" else handling.BY_BUREAU
    allowed = may(Permission.ACT) or may(Permission.DECIDE)
    possible = [event for event in events if (hazard.state, event) in rules.TRANSITIONS] if allowed else []
    return render_template(
        "hazards/show.html",
        hazard=hazard,
        school_name=schools.school_names(actor, {school_id}).get(school_id, ""),
        clock=_clock(hazard, now()),
        events=reading.events_of(hazard),
        photos=reading.photos_of(hazard),
        form=form,
        options=[(event, labels.EVENT[event]) for event in possible],
        action="hazards.act" if actor.level == "school" else "hazards.decide",
        takes_photos=actor.level == "school",
        labels=labels,
    )
