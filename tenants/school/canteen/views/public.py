"""The week's menu for families: no sign-in. Nothing here knows of an actor."""

from datetime import date, timedelta

from flask import render_template, request

from kernel.access import PUBLIC
from kernel.access.edge import access
from kernel.errors import Invalid
from kernel.web.dates import today
from kernel.web.forms import Form
from school.canteen import labels
from school.canteen.rules import monday_of
from school.canteen.schemas import WeekQuery
from school.canteen.service.public import public_week
from school.canteen.views.blueprint import public_blueprint
from school.diners.labels import ALLERGENS, MEALS


@public_blueprint.get("/<bureau_code>/<school_code>")
@access(PUBLIC)
def week(bureau_code: str, school_code: str) -> str:
    form = Form.blank(WeekQuery(), {name: value for name, value in request.args.items() if name == "week"})
    try:
        chosen = form.load()["week"]
    except Invalid:
        chosen = None
    monday = monday_of(chosen or today())
    found = public_week(bureau_code, school_code, monday)
    days = [(date.fromisoformat(row["day"]), row["meals"]) for row in found.content.get("days", ())]
    return render_template(
        "canteen/public.html", found=found, bureau=found.bureau, school=found.school, monday=monday, days=days,
        labels=labels, meals=MEALS, allergens=ALLERGENS, week_end=monday + timedelta(days=6),
        before=max((one for one in found.weeks if one < monday), default=None),
        after=min((one for one in found.weeks if one > monday), default=None),
    )  # fmt: skip
