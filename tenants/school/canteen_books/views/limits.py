"""The bureau's limits of what a school may charge; schools read them."""

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _

from bureau.schools.labels import STAGE
from kernel.access.edge import access, current_actor
from kernel.database import new_id
from kernel.web.dates import today
from kernel.web.forms import Form
from school.canteen_books import labels
from school.canteen_books.permissions import Permission
from school.canteen_books.schemas import LimitForm
from school.canteen_books.service import limits
from school.canteen_books.views.blueprint import blueprint
from school.diners.labels import MEALS


@blueprint.get("/charge-limits")
@access(Permission.LIMITS_READ)
def limit_list() -> str:
    rows = limits.all_limits(current_actor())
    return render_template(
        "canteen_books/limits.html", rows=rows, labels=labels, stages=STAGE, meals=MEALS, today=today()
    )


@blueprint.get("/charge-limits/new")
@access(Permission.LIMITS)
def new_limit() -> str:
    return _form_page(Form.blank(LimitForm(), {"id": new_id(), "unit": "month"}), None)


@blueprint.get("/charge-limits/<uuid:charge_limit_id>")
@access(Permission.LIMITS)
def edit_limit(charge_limit_id: UUID) -> str:
    row = limits.get_limit(current_actor(), charge_limit_id)
    values = {**LimitForm().dump(row), "limit": f"{row.limit_fen / 100:.2f}"}
    return _form_page(Form.blank(LimitForm(), values), row)


@blueprint.post("/charge-limits")
@access(Permission.LIMITS)
def create_limit() -> Any:
    form = Form.submitted(LimitForm())
    with form.catching():
        values = form.load()
        values.pop("version")
        limits.save_limit(current_actor(), values.pop("id"), None, values)
        flash(_("已保存。"), "success")
        return redirect(url_for("canteen_books.limit_list"))
    return _form_page(form, None), form.refusal_status


@blueprint.post("/charge-limits/<uuid:charge_limit_id>")
@access(Permission.LIMITS)
def save_limit(charge_limit_id: UUID) -> Any:
    actor = current_actor()
    row = limits.get_limit(actor, charge_limit_id)
    form = Form.submitted(LimitForm())
    with form.catching():
        values, version = form.load_edit()
        limits.save_limit(actor, charge_limit_id, version, values)
        flash(_("已保存。"), "success")
        return redirect(url_for("canteen_books.limit_list"))
    return _form_page(form, row), form.refusal_status


def _form_page(form: Form, row: Any) -> str:
    return render_template(
        "canteen_books/limit_form.html", form=form, row=row, labels=labels, stages=list(STAGE.items()),
        meals=list(MEALS.items()),
    )  # fmt: skip
