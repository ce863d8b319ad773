"""各校食堂: what was missing or out of range, school by school; from here to a school's day."""

from datetime import timedelta

from flask import render_template, request

from kernel.access.edge import access, current_actor
from kernel.errors import Invalid
from kernel.schemas import BaseSchema, Day
from kernel.web.dates import today
from kernel.web.forms import Form
from school.canteen_day.permissions import Permission
from school.canteen_day.service import overseeing
from school.canteen_day.views.blueprint import blueprint

USUAL = timedelta(days=6)
LONGEST = timedelta(days=200)


class OversightQuery(BaseSchema):
    from_day = Day(load_default=None, allow_none=True)
    until_day = Day(load_default=None, allow_none=True)


@blueprint.get("/oversight/canteen-day")
@access(Permission.OVERSEE)
def oversight() -> str:
    form = Form.blank(OversightQuery(), dict(request.args.items()))
    try:
        query = form.load()
    except Invalid as error:
        form.reject(error)
        query = OversightQuery().load({})
    last = min(query["until_day"] or today(), today())
    first = max(min(query["from_day"] or last - USUAL, last), last - LONGEST)
    form.values |= {"from_day": first, "until_day": last}
    lines = overseeing.lines(current_actor(), first, last)
    totals = {name: sum(line.counts[name] for line in lines) for name in overseeing.COUNTS}
    return render_template("canteen_day/oversight.html", form=form, lines=lines, totals=totals, day=last)
