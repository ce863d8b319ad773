"""An inspector's month."""

from calendar import Calendar
from datetime import date, timedelta

from flask import render_template, request
from flask_babel import pgettext

from bureau.draws.schemas import CalendarQuery
from bureau.draws.views.blueprint import blueprint
from bureau.inspections import labels
from bureau.inspections.models import Inspection
from bureau.inspections.permissions import Permission
from bureau.inspections.service import calendars, planning
from bureau.inspections.service.visits import sees_every_visit
from kernel.access.edge import access, current_actor
from kernel.errors import Invalid
from kernel.web.dates import today
from kernel.web.forms import Form


@blueprint.get("/inspections/calendar")
@access(Permission.READ)
def calendar() -> str:
    actor = current_actor()
    asked = {name: request.args.get(name, "") for name in CalendarQuery().fields}
    try:
        data = Form.blank(CalendarQuery(), asked).load()
    except Invalid:
        data = dict(CalendarQuery().load({}))
    first, last = calendars.month_of(data["day"] or today())
    others = actor.level == "bureau" and sees_every_visit(actor)
    people = planning.available_inspectors(actor) if others else []
    person_id = data["person_id"] if others and data["person_id"] else actor.account_id
    if others and not data["person_id"] and people and all(one.id != actor.account_id for one in people):
        person_id = people[0].id
    visits = calendars.visits_of(actor, person_id, first, last)
    by_day: dict[date, list[tuple[Inspection, str, str]]] = {}
    for row in visits:
        by_day.setdefault(row[0].scheduled_on, []).append(row)
    return render_template(
        "draws/calendar.html",
        month=first,
        earlier=first - timedelta(days=1),
        later=last + timedelta(days=1),
        weeks=Calendar().monthdatescalendar(first.year, first.month),
        weekdays=_weekdays(),
        by_day=by_day,
        people=people,
        person_id=person_id,
        today=today(),
        labels=labels,
    )


def _weekdays() -> list[str]:
    return [
        pgettext("星期", "一"),
        pgettext("星期", "二"),
        pgettext("星期", "三"),
        pgettext("星期", "四"),
        pgettext("星期", "五"),
        pgettext("星期", "六"),
        pgettext("星期", "日"),
    ]
