"""Meal plans, their prices, and who is on them."""

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _

from kernel.access.edge import access, current_actor
from kernel.database import new_id
from kernel.errors import Invalid
from kernel.web.dates import today
from kernel.web.forms import Form
from school.canteen_books import labels, rules
from school.canteen_books.permissions import Permission
from school.canteen_books.schemas import EnrolForm, PlanForm, PriceForm, Yuan
from school.canteen_books.service import limits, plans
from school.canteen_books.views.blueprint import blueprint
from school.diners.labels import MEALS
from school.diners.rules import Meal
from school.diners.service.counting import active_classes
from school.diners.service.meals import meals_served
from school.diners.service.pupils import all_pupils, by_numbers


@blueprint.get("/meal-plans")
@access(Permission.READ)
def plan_list() -> str:
    actor = current_actor()
    rows = plans.all_plans(actor, actor.own_school_id())
    prices: dict[UUID, list[Any]] = {}
    for price in plans.prices_of(actor, actor.own_school_id()):
        prices.setdefault(price.plan_id, []).append(price)
    return render_template(
        "canteen_books/plans.html",
        rows=rows,
        prices=prices,
        labels=labels,
        meals=MEALS,
        counts=plans.count_enrolled(actor),
    )


@blueprint.get("/meal-plans/new")
@access(Permission.PLAN)
def new_plan() -> str:
    actor = current_actor()
    values = {
        "id": new_id(), "kind": "monthly", "refund_mode": "carry", "is_default_present": True, "is_active": True,
        "meals": [meal.value for meal in meals_served(actor, actor.own_school_id())],
    }  # fmt: skip
    return _form_page(Form.blank(PlanForm(), values), None)


@blueprint.post("/meal-plans")
@access(Permission.PLAN)
def create_plan() -> Any:
    form = Form.submitted(PlanForm())
    with form.catching():
        values = form.load()
        values.pop("version")
        found = plans.save_plan(current_actor(), values.pop("id"), None, {**values, "is_active": True})
        flash(_("已保存，请接着定价。"), "success")
        return redirect(url_for("canteen_books.plan", meal_plan_id=found.id))
    return _form_page(form, None), form.refusal_status


@blueprint.get("/meal-plans/<uuid:meal_plan_id>")
@access(Permission.PLAN)
def plan(meal_plan_id: UUID) -> str:
    return _plan_page(meal_plan_id)


def _plan_page(
    plan_id: UUID, form: Form | None = None, price_form: Form | None = None, enrol_form: Form | None = None
) -> str:
    actor = current_actor()
    found = plans.get_plan(actor, actor.own_school_id(), plan_id)
    month = rules.month_of(today())
    unit = "month" if found.kind == "monthly" else "meal"
    asked: list[Meal | None] = [None] if unit == "month" else [Meal(meal) for meal in found.meals]
    bounds = [(meal, limits.applicable(actor, found.school_id, unit, meal, month)) for meal in asked]
    return render_template(
        "canteen_books/plan.html", plan=found, prices=plans.prices_of(actor, found.school_id, [plan_id]), labels=labels,
        meals=MEALS, form=form or Form.blank(PlanForm(), PlanForm().dump(found)),
        price_form=price_form or Form.blank(PriceForm(), {"from_month": f"{month:%Y-%m}"}),
        enrol_form=enrol_form or Form.blank(EnrolForm(), {"from_day": today().isoformat()}),
        bounds=bounds, meal_options=[(meal, MEALS[meal]) for meal in found.meals],
        classes=[(one.id, one.name) for one in active_classes(actor, found.school_id)],
        count=plans.count_enrolled(actor).get(plan_id, 0),
    )  # fmt: skip


def _form_page(form: Form, row: Any) -> str:
    return render_template("canteen_books/plan_form.html", form=form, row=row, labels=labels, meals=MEALS)


@blueprint.post("/meal-plans/<uuid:meal_plan_id>")
@access(Permission.PLAN)
def save_plan(meal_plan_id: UUID) -> Any:
    actor = current_actor()
    plans.get_plan(actor, actor.own_school_id(), meal_plan_id)
    form = Form.submitted(PlanForm())
    with form.catching():
        values, version = form.load_edit()
        plans.save_plan(actor, meal_plan_id, version, values)
        flash(_("已保存。"), "success")
        return redirect(url_for("canteen_books.plan", meal_plan_id=meal_plan_id))
    return _plan_page(meal_plan_id, form=form), form.refusal_status


@blueprint.post("/meal-plans/<uuid:meal_plan_id>/prices")
@access(Permission.PLAN)
def set_price(meal_plan_id: UUID) -> Any:
    actor = current_actor()
    plans.get_plan(actor, actor.own_school_id(), meal_plan_id)
    form = Form.submitted(PriceForm())
    with form.catching():
        data = form.load()
        plans.set_price(actor, meal_plan_id, data["from_month"], Yuan.fen(data["price"]), data["meal"])
        flash(_("价格已保存。"), "success")
        return redirect(url_for("canteen_books.plan", meal_plan_id=meal_plan_id))
    return _plan_page(meal_plan_id, price_form=form), form.refusal_status


@blueprint.post("/meal-plans/<uuid:meal_plan_id>/pupils")
@access(Permission.PLAN)
def enrol(meal_plan_id: UUID) -> Any:
    actor = current_actor()
    plans.get_plan(actor, actor.own_school_id(), meal_plan_id)
    form = Form.submitted(EnrolForm())
    with form.catching():
        data = form.load()
        wanted = set(by_numbers(actor, data["numbers"])) if data["numbers"] else set()
        for class_id in data["class_ids"]:
            wanted |= {pupil.id for pupil in all_pupils(actor, class_id=class_id)}
        if not wanted:
            raise Invalid({"class_ids": [_("请选择班级或填写学号。")]})
        count = plans.enrol(actor, wanted, meal_plan_id, data["from_day"])
        flash(_("已有 %(count)s 名学生加入方案。", count=count), "success")
        return redirect(url_for("canteen_books.plan", meal_plan_id=meal_plan_id))
    return _plan_page(meal_plan_id, enrol_form=form), form.refusal_status
