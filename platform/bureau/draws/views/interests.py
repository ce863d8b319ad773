"""My interests: where I must not inspect, and why. Whoever plans enters them for others too."""

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _

from bureau.draws import labels
from bureau.draws.permissions import Permission
from bureau.draws.schemas import InterestForm, SeenForm
from bureau.draws.service import interests
from bureau.draws.views.blueprint import blueprint
from bureau.inspections.service import planning
from bureau.schools import service as schools
from kernel.access.edge import access, current_actor, may
from kernel.database import new_id
from kernel.errors import Denied
from kernel.web.dates import today
from kernel.web.forms import Form


@blueprint.get("/inspections/interests")
@access(Permission.DECLARE)
def my_interests() -> str:
    return _page(_blank())


@blueprint.get("/inspections/interests/all")
@access(Permission.MANAGE_INTERESTS)
def all_interests() -> str:
    return _page(_blank())


@blueprint.post("/inspections/interests")
@access(Permission.DECLARE)
def declare_interest() -> Any:
    return _declare("draws.my_interests")


@blueprint.post("/inspections/interests/all")
@access(Permission.MANAGE_INTERESTS)
def enter_interest() -> Any:
    return _declare("draws.all_interests")


def _declare(back: str) -> Any:
    actor = current_actor()
    form = Form.submitted(InterestForm())
    with form.catching():
        data = form.load()
        data["person_id"] = data["person_id"] or actor.account_id
        interests.declare(actor, **{**data, "reason": data["reason"] or ""})
        flash(_("已登记，今后抽取和安排都会回避。"))
        return redirect(url_for(back))
    return _page(form), form.refusal_status


@blueprint.post("/inspections/interests/<uuid:interest_id>/withdraw")
@access(Permission.DECLARE)
def withdraw_interest(interest_id: UUID) -> Any:
    return _withdraw(interest_id, "draws.my_interests")


@blueprint.post("/inspections/interests/all/<uuid:interest_id>/withdraw")
@access(Permission.MANAGE_INTERESTS)
def end_interest(interest_id: UUID) -> Any:
    return _withdraw(interest_id, "draws.all_interests")


def _withdraw(interest_id: UUID, back: str) -> Any:
    form = Form.submitted(SeenForm())
    interests.withdraw_interest(current_actor(), interest_id, form.load()["version"])
    flash(_("已撤销，记录仍保留。"))
    return redirect(url_for(back))


def _blank() -> Form:
    return Form.blank(InterestForm(), {"id": str(new_id()), "valid_from": today().isoformat()})


def _page(form: Form) -> str:
    actor = current_actor()
    if not (may(Permission.DECLARE) or may(Permission.MANAGE_INTERESTS)):
        raise Denied(Permission.DECLARE)
    manages = interests.manages(actor)
    return render_template(
        "draws/interests.html",
        form=form,
        rows=interests.list_interests(actor),
        manages=manages,
        inspectors=planning.available_inspectors(actor) if manages else [],
        schools=schools.all_schools(actor, schools.SchoolFilters()),
        labels=labels,
        today=today(),
        post="draws.enter_interest" if manages else "draws.declare_interest",
        end="draws.end_interest" if manages else "draws.withdraw_interest",
    )
