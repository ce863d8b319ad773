"""What the bureau sees of schools' self-checks: who overrates itself, who checks on time, what was asked for."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from bureau.inspections.rules import SUBMITTED_STATES
from bureau.inspections.service import planning
from bureau.oversight import self_checks as service
from bureau.oversight.permissions import Permission
from bureau.oversight.self_check_schemas import SelfCheckEndForm, SelfCheckRequestForm
from bureau.oversight.views import blueprint
from bureau.schools import service as schools
from kernel.access.edge import access, current_actor
from kernel.database import new_id
from kernel.errors import NotFound
from kernel.web.dates import today
from kernel.web.forms import Form
from scorecards import service as forms


@blueprint.get("/self-checks/scores")
@access(Permission.READ)
def self_check_scores() -> str:
    """Schools × (self, official, difference) of one plan, those who overrate themselves most first."""
    actor = current_actor()
    listed = planning.list_plans(actor)
    plans = [row["plan"] for row in listed]
    # Unasked, the newest that has anything to compare.
    scored = [row["plan"] for row in listed if any(row["counts"].get(state) for state in SUBMITTED_STATES)]
    usual = (scored or plans or [None])[0]
    chosen = next((plan for plan in plans if str(plan.id) == request.args.get("plan_id")), usual)
    if request.args.get("plan_id") and (chosen is None or str(chosen.id) != request.args["plan_id"]):
        raise NotFound
    rows = service.scores(actor, chosen.id) if chosen is not None else []
    return render_template(
        "oversight/self_check_scores.html", plans=plans, plan=chosen, rows=rows, summary=service.summary(rows)
    )


@blueprint.get("/self-checks/punctuality")
@access(Permission.READ)
def self_check_punctuality() -> str:
    """Share of the recurring checks done on time, per school, for a month."""
    first = service.month_of(request.args.get("month", ""))
    last = service.end_of(first)
    return render_template(
        "oversight/self_check_punctuality.html",
        month=first, rows=service.punctual_rows(current_actor(), first, last),
        earlier=(first - timedelta(days=1)).strftime("%Y-%m"), later=(last + timedelta(days=1)).strftime("%Y-%m"),
    )  # fmt: skip


@blueprint.get("/self-checks/requests")
@access(Permission.READ)
def self_check_requests() -> str:
    feed = service.feed()
    return render_template(
        "oversight/self_check_requests.html", requests=feed.requests(current_actor()), rhythms=feed.rhythms,
        today=today(),
    )  # fmt: skip


@blueprint.get("/self-checks/requests/new")
@access(Permission.ASK)
def new_self_check_request() -> str:
    values = {
        "id": str(new_id()), "rhythm": "once", "starts_on": today().isoformat(), "school_ids": [], "weekdays": [],
        "plan_id": request.args.get("plan_id", ""),
    }  # fmt: skip
    return _form_page(Form.blank(SelfCheckRequestForm(), values))


@blueprint.post("/self-checks/requests/new")
@access(Permission.ASK)
def ask_for_self_checks() -> Any:
    form = Form.submitted(SelfCheckRequestForm())
    with form.catching():
        data = form.load()
        count = service.feed().ask(current_actor(), data.pop("id"), data.pop("school_ids"), **data)
        flash(_("已向 %(count)s 所学校布置自查。", count=count))
        return redirect(url_for("oversight.self_check_requests"))
    return _form_page(form), form.refusal_status


def _form_page(form: Form) -> str:
    actor = current_actor()
    feed = service.feed()
    return render_template(
        "oversight/self_check_request.html",
        form=form,
        rhythms=feed.rhythms,
        roles=feed.roles,
        plans=[(row["plan"].id, row["plan"].title) for row in planning.list_plans(actor)],
        versions=[(version.id, f"{title} v{version.number}") for version, title in forms.published_versions(actor)],
        schools=[(row.id, row.name) for row in schools.all_schools(actor) if row.state == "active"],
    )


@blueprint.post("/self-checks/requests/<uuid:self_check_request_id>/end")
@access(Permission.ASK)
def end_self_check_request(self_check_request_id: UUID) -> Any:
    """It ends today, at all its schools; what was owed until then stays."""
    day: date = Form.submitted(SelfCheckEndForm()).load()["ends_on"] or today()
    service.feed().end(current_actor(), self_check_request_id, day)
    flash(_("已结束。"))
    return redirect(url_for("oversight.self_check_requests"))
