"""The bureau's view: who reported how many, and how many pupils there are; no names."""

from datetime import timedelta

from flask import render_template, request

from bureau.schools.service import all_schools
from kernel.access.edge import access, current_actor
from kernel.errors import Invalid
from kernel.web.dates import today
from kernel.web.forms import Form
from school.diners.permissions import Permission
from school.diners.schemas import DayQuery
from school.diners.service import overseeing
from school.diners.views.blueprint import blueprint


@blueprint.get("/diners/oversight")
@access(Permission.OVERSEE)
def oversight() -> str:
    actor = current_actor()
    form = Form.blank(DayQuery(), dict(request.args.items()))
    try:
        day = form.load()["day"] or today()
    except Invalid as error:
        form.reject(error)
        day = today()
    numbers = overseeing.numbers(actor, day)
    rows = [(school, numbers[school.id]) for school in all_schools(actor) if school.id in numbers]
    return render_template(
        "diners/oversight.html", day=day, form=form, rows=rows, previous_day=day - timedelta(days=1),
        next_day=day + timedelta(days=1), today=today(),
    )  # fmt: skip
