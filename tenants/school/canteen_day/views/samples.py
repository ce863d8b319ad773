"""The sample cupboard: what is kept, what may be thrown away now; labels; one sample as its QR code shows it."""

from datetime import date
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from markupsafe import Markup
from marshmallow import fields, validate

from bureau.schools.service import get_school
from kernel.access.edge import access, current_actor
from kernel.database import now
from kernel.schemas import BaseSchema, Choice, Day, Identifier
from kernel.web.dates import today
from kernel.web.forms import Form
from school.canteen_day import kinds
from school.canteen_day.permissions import Permission
from school.canteen_day.service import figures as keys
from school.canteen_day.service import reading
from school.canteen_day.service import samples as service
from school.canteen_day.service.completing import records_of
from school.canteen_day.service.figures import Figures
from school.canteen_day.views.blueprint import blueprint
from school.diners.labels import MEALS
from school.diners.rules import Meal


class LabelQuery(BaseSchema):
    day = Day(load_default=None, allow_none=True)
    meal = Choice(Meal, load_default=None, allow_none=True)


class DisposeForm(BaseSchema):
    sample_ids = fields.List(Identifier(), required=True, validate=validate.Length(1, 200))


@blueprint.get("/canteen-day/food-samples")
@access(Permission.READ)
def samples() -> str:
    return _cupboard(Form.blank(DisposeForm()))


def _cupboard(form: Form) -> str:
    actor = current_actor()
    found = service.kept(actor, actor.own_school_id())
    figures = Figures(actor.bureau_id, actor.own_school_id(), today())
    return render_template(
        "canteen_day/samples.html", form=form, kept=found, current=now(), meal_names=MEALS,
        source=figures.citation(keys.HOURS, keys.SAMPLE_MOST),
    )  # fmt: skip


@blueprint.post("/canteen-day/food-samples/disposal")
@access(Permission.RECORD)
def dispose() -> Any:
    form = Form.submitted(DisposeForm())
    if not form.values.get("sample_ids"):
        flash(_("没有勾选留样。"), "warning")
        return redirect(url_for("canteen_day.samples"))
    with form.catching():
        count = service.dispose_due(current_actor(), form.load()["sample_ids"])
        flash(ngettext("已处置 %(num)s 份留样。", "已处置 %(num)s 份留样。", count), "success")
        return redirect(url_for("canteen_day.samples"))
    return _cupboard(form), form.refusal_status


@blueprint.get("/canteen-day/food-samples/labels")
@access(Permission.READ)
def labels() -> str:
    """Labels of a day's samples, to print and stick on."""
    actor = current_actor()
    query = Form.blank(LabelQuery(), dict(request.args.items())).load()
    day: date = query["day"] or today()
    found = [
        one
        for one in records_of(actor, kinds.SAMPLE, actor.own_school_id(), day, day)
        if query["meal"] in (None, one.meal)
    ]
    pictures = {one.id: Markup(service.qr_of(one.id)) for one in found}  # noqa: S704 - drawn here
    school = get_school(actor, actor.own_school_id())
    return render_template(
        "canteen_day/labels.html", found=found, pictures=pictures, meal_names=MEALS, day=day, school=school
    )


@blueprint.get("/canteen-day/food-samples/<uuid:food_sample_id>")
@access(Permission.READ)
def sample(food_sample_id: UUID) -> Any:
    """What the QR code on a label opens: the sample with its corrections."""
    actor = current_actor()
    found = service.get_sample(actor, actor.own_school_id(), food_sample_id)
    reading.mark_late(actor, found.school_id, [found])
    return render_template(
        "canteen_day/sample.html", sample=found, current=now(), meal_names=MEALS,
        picture=Markup(service.qr_of(found.id)),  # noqa: S704 - drawn here
    )  # fmt: skip
