"""Classes: the list, one class's form."""

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _

from bureau.people.service import people_with_role
from bureau.roles import Role
from bureau.schools.labels import STAGE
from bureau.schools.service import get_school
from kernel.access.edge import access, current_actor
from kernel.database import new_id
from kernel.web.forms import Form
from school.diners.permissions import Permission
from school.diners.schemas import ClassForm
from school.diners.service import classes
from school.diners.views.blueprint import blueprint


@blueprint.get("/diners/classes")
@access(Permission.READ)
def class_list() -> str:
    actor = current_actor()
    return render_template(
        "diners/classes.html", rows=classes.all_classes(actor, actor.own_school_id()), teachers=dict(_teachers())
    )


@blueprint.get("/diners/classes/new")
@access(Permission.MANAGE)
def new_class() -> str:
    actor = current_actor()
    values = {"id": new_id(), "stage": get_school(actor, actor.own_school_id()).stage, "is_active": True}
    return _form_page(Form.blank(ClassForm(), values), None)


@blueprint.get("/diners/classes/<uuid:class_id>")
@access(Permission.MANAGE)
def edit_class(class_id: UUID) -> str:
    actor = current_actor()
    row = classes.get_class(actor, actor.own_school_id(), class_id)
    return _form_page(Form.blank(ClassForm(), {**ClassForm().dump(row), "teacher_id": row.teacher_id}), row)


@blueprint.post("/diners/classes")
@access(Permission.MANAGE)
def create_class() -> Any:
    form = Form.submitted(ClassForm())
    with form.catching():
        values = form.load()
        values.pop("version")
        count = values.pop("pupil_count")
        row = classes.open_class(current_actor(), values.pop("id"), {**values, "is_active": True})
        if count:
            row.pupil_count = count
        flash(_("已保存。"), "success")
        return redirect(url_for("diners.class_list"))
    return _form_page(form, None), form.refusal_status


@blueprint.post("/diners/classes/<uuid:class_id>")
@access(Permission.MANAGE)
def save_class(class_id: UUID) -> Any:
    actor = current_actor()
    row = classes.get_class(actor, actor.own_school_id(), class_id)
    form = Form.submitted(ClassForm())
    with form.catching():
        values, version = form.load_edit()
        classes.edit_class(actor, class_id, version, values)
        flash(_("已保存。"), "success")
        return redirect(url_for("diners.class_list"))
    return _form_page(form, row), form.refusal_status


def _form_page(form: Form, row: Any) -> str:
    return render_template(
        "diners/class_form.html", form=form, row=row, stages=list(STAGE.items()), teachers=_teachers()
    )


def _teachers() -> list[tuple[str, str]]:
    """Whoever holds a teacher's post at this school."""
    return [(str(person.id), person.display_name) for person in people_with_role(current_actor(), Role.TEACHER)]
