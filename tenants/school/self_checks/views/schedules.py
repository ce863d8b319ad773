"""The school's schedules, and the calendar of what was done, is late or was missed."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from bureau.schools.term_calendar import months
from kernel.access.edge import access, current_actor, may
from kernel.database import new_id
from kernel.web.dates import today
from kernel.web.forms import Form
from school.self_checks import labels, rules
from school.self_checks.permissions import Permission
from school.self_checks.schemas import SelfCheckScheduleEditForm, SelfCheckScheduleForm
from school.self_checks.service import due, reading, schedules
from school.self_checks.views.blueprint import blueprint
from school.self_checks.views.checks import form_choices


@blueprint.get("/self-checks/calendar")
@access(Permission.READ)
def calendar() -> str:
    actor = current_actor()
    return calendar_page(actor.own_school_id(), "self_checks.calendar", {})


def calendar_page(school_id: int, endpoint: str, ids: dict[str, Any]) -> str:
    """The month of the address (2026-11), else this one."""
    actor = current_actor()
    first = month_of(request.args.get("month", ""))
    last = (first + timedelta(days=31)).replace(day=1) - rules.ONE_DAY
    owed = due.occurrences_of(actor, school_id, first, last)
    by_day: dict[date, list[due.Owed]] = {}
    for one in owed:
        # What spans days (a term, a request with a deadline) stands at the day it is due, or at the month's end.
        by_day.setdefault(min(max(one.occurrence.due_on, first), last), []).append(one)
    counts = {name: sum(one.standing == name for one in owed) for name in labels.STANDINGS}
    return render_template(
        "self_checks/calendar.html",
        month=first,
        grid=months(first, last)[0],
        by_day=by_day,
        counts=counts,
        earlier=(first - rules.ONE_DAY).replace(day=1),
        later=last + rules.ONE_DAY,
        today=today(),
        address=lambda day: url_for(endpoint, month=day.strftime("%Y-%m"), **ids),
        may_do=lambda schedule: actor.level == "school" and schedules.may_do(actor, schedule),
        startable=rules.STARTABLE,
        new_id=new_id,
        is_own=actor.level == "school",
        school_id=school_id,
        words=labels,
    )


def month_of(text: str) -> date:
    """ "2026-11" → its first day; this month for anything else."""
    try:
        found = date.fromisoformat(f"{text}-01")
    except ValueError:
        found = today().replace(day=1)
    return found if 2000 <= found.year <= 2199 else today().replace(day=1)


@blueprint.get("/self-checks/schedules")
@access(Permission.READ)
def list_schedules() -> str:
    actor = current_actor()
    found = schedules.list_schedules(actor, actor.own_school_id())
    return render_template(
        "self_checks/schedules.html",
        schedules=found,
        titles=reading.form_titles(actor, [row.form_version_id for row in found]),
        today=today(),
        words=labels,
    )


@blueprint.get("/self-checks/schedules/new")
@access(Permission.SCHEDULE)
def new_schedule() -> str:
    day = today().isoformat()
    return _new_page(
        Form.blank(
            SelfCheckScheduleForm(),
            {"id": str(new_id()), "rhythm": "daily", "starts_on": day, "workdays_only": "1", "weekdays": []},
        )
    )


@blueprint.post("/self-checks/schedules/new")
@access(Permission.SCHEDULE)
def create_schedule() -> Any:
    form = Form.submitted(SelfCheckScheduleForm())
    with form.catching():
        data = form.load()
        schedules.create_schedule(current_actor(), data.pop("id"), **data)
        flash(_("已保存。"))
        return redirect(url_for("self_checks.list_schedules"))
    return _new_page(form), form.refusal_status


def _new_page(form: Form) -> str:
    return render_template(
        "self_checks/schedule_form.html", form=form, choices=form_choices(current_actor()), words=labels
    )


@blueprint.get("/self-checks/schedules/<uuid:self_check_schedule_id>")
@access(Permission.READ)
def show_schedule(self_check_schedule_id: UUID) -> str:
    actor = current_actor()
    found = schedules.get_schedule(actor, actor.own_school_id(), self_check_schedule_id)
    values = {"title": found.title, "role": found.role, "ends_on": found.ends_on or "", "version": found.version}
    return _schedule_page(self_check_schedule_id, Form.blank(SelfCheckScheduleEditForm(), values))


@blueprint.post("/self-checks/schedules/<uuid:self_check_schedule_id>")
@access(Permission.SCHEDULE)
def edit_schedule(self_check_schedule_id: UUID) -> Any:
    actor = current_actor()
    schedules.get_schedule(actor, actor.own_school_id(), self_check_schedule_id)
    form = Form.submitted(SelfCheckScheduleEditForm())
    with form.catching():
        values, seen = form.load_edit()
        schedules.edit_schedule(actor, self_check_schedule_id, seen, **values)
        flash(_("已保存。"))
        return redirect(url_for("self_checks.list_schedules"))
    return _schedule_page(self_check_schedule_id, form), form.refusal_status


def _schedule_page(schedule_id: UUID, form: Form) -> str:
    actor = current_actor()
    found = schedules.get_schedule(actor, actor.own_school_id(), schedule_id)
    return render_template(
        "self_checks/schedule.html",
        schedule=found,
        form=form,
        form_title=reading.form_titles(actor, [found.form_version_id]).get(found.form_version_id, ""),
        checks=reading.list_checks(actor, found.school_id, schedule_id=found.id, limit=10).items,
        may_edit=may(Permission.SCHEDULE) and found.owner == "school",
        words=labels,
    )
