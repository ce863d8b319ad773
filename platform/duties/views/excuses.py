"""Asking for duties to be excused, and deciding it."""

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from duties import labels
from duties.models import DutyExcuse
from duties.permissions import Permission
from duties.rules import EXCUSE_STATES, EXCUSES
from duties.schemas import DutyDecisionForm, DutyExcuseForm, DutyVersionForm
from duties.service import board, choosing, excusing
from duties.service.plans import every_kind
from duties.views.blueprint import blueprint
from kernel.access.edge import access, current_actor, may
from kernel.database import new_id
from kernel.web.dates import today
from kernel.web.forms import Form


@blueprint.get("/excuses")
@access(Permission.READ)
def list_excuses() -> str:
    actor = current_actor()
    page = excusing.list_excuses(actor, cursor=request.args.get("cursor"))
    return render_template("duties/excuses.html", page=page, words=labels, state=None, schools={}, is_own=True)


@blueprint.get("/excuses/new")
@access(Permission.EXCUSE)
def new_excuse() -> str:
    day = today().isoformat()
    chosen = request.args.get("kind")
    values = {"id": str(new_id()), "first_day": day, "last_day": day, "kinds": [chosen] if chosen else [], "meals": []}
    return _new_page(Form.blank(DutyExcuseForm(), values))


def _new_page(form: Form) -> str:
    actor = current_actor()
    plans, facts = choosing.own_planning(actor)
    plan = plans.plan_of(facts)
    return render_template(
        "duties/excuse_form.html", form=form, kinds=[(owed.kind.code, owed.kind.title) for owed in plan.owed],
        meals=[(meal, labels.MEALS[meal]) for meal in plan.meals], words=labels,
    )  # fmt: skip


@blueprint.post("/excuses/new")
@access(Permission.EXCUSE)
def ask_excuse() -> Any:
    form = Form.submitted(DutyExcuseForm())
    with form.catching():
        data = form.load()
        row = excusing.ask(current_actor(), data.pop("id"), **data)
        flash(_("已提交，等待片区或教育局确认。"), "success")
        return redirect(url_for("duties.show_excuse", duty_excuse_id=row.id))
    return _new_page(form), form.refusal_status


@blueprint.get("/excuses/<uuid:duty_excuse_id>")
@access(Permission.READ)
def show_excuse(duty_excuse_id: UUID) -> str:
    actor = current_actor()
    row = excusing.get_excuse(actor, actor.own_school_id(), duty_excuse_id)
    return _page(row, Form.blank(DutyVersionForm()))


def _page(row: DutyExcuse, form: Form, school: str = "") -> str:
    actor = current_actor()
    kinds = every_kind(actor.bureau_id, [row.school_id], figures=False)
    return render_template(
        "duties/excuse.html", excuse=row, form=form, school=school, words=labels,
        kinds=[str(kinds[code].title) if code in kinds else code for code in row.kinds],
        events=excusing.events_of(row),
        may_withdraw=not school and row.state == "asked" and may(Permission.EXCUSE),
        decisions=[event for event in ("confirm", "refuse") if school and (row.state, event) in EXCUSES
                   and may(Permission.DECIDE)],
    )  # fmt: skip


@blueprint.post("/excuses/<uuid:duty_excuse_id>/withdraw")
@access(Permission.EXCUSE)
def withdraw_excuse(duty_excuse_id: UUID) -> Any:
    actor = current_actor()
    row = excusing.get_excuse(actor, actor.own_school_id(), duty_excuse_id)
    form = Form.submitted(DutyVersionForm())
    with form.catching():
        excusing.withdraw(actor, row.id, form.load()["version"])
        flash(_("已撤回。"), "success")
        return redirect(url_for("duties.show_excuse", duty_excuse_id=duty_excuse_id))
    return _page(excusing.get_excuse(actor, actor.own_school_id(), duty_excuse_id), form), form.refusal_status


@blueprint.get("/board/excuses")
@access(Permission.OVERSEE)
def excuses_of_schools() -> str:
    """Those that wait, or by state."""
    actor = current_actor()
    state = request.args.get("state", "asked")
    state = state if state in EXCUSE_STATES else "asked"
    page = excusing.list_excuses(actor, state=state, cursor=request.args.get("cursor"))
    schools = {school.id: school.name for school in board.schools_of(actor)}
    return render_template("duties/excuses.html", page=page, words=labels, state=state, schools=schools, is_own=False)


@blueprint.get("/board/schools/<int:school_id>/excuses/<uuid:duty_excuse_id>")
@access(Permission.OVERSEE)
def excuse_of_school(school_id: int, duty_excuse_id: UUID) -> str:
    actor = current_actor()
    school = board.school_facts(actor, school_id)
    row = excusing.get_excuse(actor, school_id, duty_excuse_id)
    return _page(row, Form.blank(DutyDecisionForm()), school.name)


@blueprint.post("/board/schools/<int:school_id>/excuses/<uuid:duty_excuse_id>")
@access(Permission.DECIDE)
def decide_excuse(school_id: int, duty_excuse_id: UUID) -> Any:
    actor = current_actor()
    school = board.school_facts(actor, school_id)
    excusing.get_excuse(actor, school_id, duty_excuse_id)
    form = Form.submitted(DutyDecisionForm())
    with form.catching():
        values, seen = form.load_edit()
        excusing.decide(actor, school_id, duty_excuse_id, seen, values["event"], values["why"])
        flash(_("已处理。"), "success")
        return redirect(url_for("duties.excuses_of_schools"))
    return _page(excusing.get_excuse(actor, school_id, duty_excuse_id), form, school.name), form.refusal_status
