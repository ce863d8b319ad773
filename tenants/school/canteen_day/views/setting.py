"""The lists behind the records: refrigerators, water machines, the supervision group's members, whose turn it is."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from kernel.access.edge import access, current_actor
from kernel.database import new_id
from kernel.errors import NotFound
from kernel.schemas import BaseSchema, Choice, Day, Identifier, Text, Whole
from kernel.web.dates import today
from kernel.web.forms import Form
from school.canteen_day import labels, schemas
from school.canteen_day.group_models import SupervisionMember
from school.canteen_day.models import Refrigerator, WaterMachine
from school.canteen_day.permissions import Permission
from school.canteen_day.service import equipment as service
from school.canteen_day.service import roster as turns
from school.canteen_day.views.blueprint import blueprint
from school.diners.labels import MEALS
from school.diners.rules import Meal


class _Listed(BaseSchema):
    id = Identifier(required=True)
    version = Whole(1, load_default=None, allow_none=True)


class RefrigeratorForm(_Listed, schemas.RefrigeratorIn):
    pass


class WaterMachineForm(_Listed, schemas.WaterMachineIn):
    pass


class MemberForm(_Listed, schemas.SupervisionMemberIn):
    pass


LISTS: dict[str, tuple[Any, type[BaseSchema]]] = {
    "refrigerators": (Refrigerator, RefrigeratorForm),
    "machines": (WaterMachine, WaterMachineForm),
    "members": (SupervisionMember, MemberForm),
}


class RosterQuery(BaseSchema):
    month = Day(load_default=None, allow_none=True)


class RotateForm(BaseSchema):
    """`names`: one to a line, in the order of their turns."""

    meal = Choice(Meal, required=True)
    names = Text(2000, required=True)
    first = Day(required=True)
    last = Day(required=True)


@blueprint.get("/canteen-day/equipment")
@access(Permission.READ)
def equipment() -> str:
    return _equipment(None, None)


def _equipment(listed: str | None, form: Form | None) -> str:
    """`form`: of the list that was refused; the others are empty."""
    actor = current_actor()
    forms = {
        name: Form.blank(schema(), {"id": str(new_id()), "is_active": "1"}) for name, (_m, schema) in LISTS.items()
    }
    if listed is not None and form is not None:
        forms[listed] = form
    found = {name: service.list_all(actor, model, actor.own_school_id()) for name, (model, _s) in LISTS.items()}
    return render_template("canteen_day/equipment.html", forms=forms, found=found, labels=labels)


@blueprint.post("/canteen-day/equipment/<equipment_list>")
@access(Permission.MANAGE)
def save_equipment(equipment_list: str) -> Any:
    if equipment_list not in LISTS:
        raise NotFound
    model, schema = LISTS[equipment_list]
    form = Form.submitted(schema())
    with form.catching():
        values = form.load()
        row_id, version = values.pop("id"), values.pop("version")
        service.save(current_actor(), model, row_id, values, version)
        flash(_("已保存。"), "success")
        return redirect(url_for("canteen_day.equipment") + f"#{equipment_list}")
    return _equipment(equipment_list, form), form.refusal_status


@blueprint.get("/canteen-day/roster")
@access(Permission.READ)
def roster() -> str:
    return _roster(Form.blank(RotateForm(), {"meal": Meal.LUNCH.value, "first": today(), "last": _month_end(today())}))


def _month_end(day: date) -> date:
    after = (day.replace(day=28) + timedelta(days=4)).replace(day=1)
    return after - timedelta(days=1)


def _roster(form: Form) -> str:
    actor = current_actor()
    query = Form.blank(RosterQuery(), {"month": request.args.get("month", "")}).load()
    first = (query["month"] or today()).replace(day=1)
    found = turns.turns(actor, actor.own_school_id(), first, _month_end(first))
    return render_template(
        "canteen_day/roster.html", form=form, turns=found, first=first, meal_names=MEALS, today=today(),
        before=(first - timedelta(days=1)).replace(day=1), after=_month_end(first) + timedelta(days=1),
    )  # fmt: skip


@blueprint.post("/canteen-day/roster")
@access(Permission.MANAGE)
def rotate() -> Any:
    form = Form.submitted(RotateForm())
    with form.catching():
        values = form.load()
        names = [name.strip() for name in values["names"].replace("、", "\n").splitlines() if name.strip()]
        count = turns.rotate(current_actor(), values["meal"], names, values["first"], values["last"])
        flash(_("已安排 %(count)s 天的陪餐。", count=count), "success")
        return redirect(url_for("canteen_day.roster", month=values["first"]))
    return _roster(form), form.refusal_status


@blueprint.post("/canteen-day/roster/<uuid:accompanying_turn_id>/removal")
@access(Permission.MANAGE)
def remove_turn(accompanying_turn_id: UUID) -> Any:
    turns.remove(current_actor(), accompanying_turn_id)
    flash(_("已删除这个安排。"), "success")
    return redirect(url_for("canteen_day.roster"))
