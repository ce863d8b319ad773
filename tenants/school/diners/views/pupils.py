"""Pupils: the list, one pupil's form, what must not be eaten by whom, and the table in and out."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from bureau.schools.views.downloads import download
from kernel.access.edge import access, current_actor
from kernel.database import new_id
from kernel.errors import Invalid
from kernel.sheets import export_xlsx
from kernel.web.dates import today
from kernel.web.forms import Form
from school.diners import labels
from school.diners.permissions import Permission
from school.diners.schemas import PupilForm, PupilQuery
from school.diners.service import classes, importing, pupils
from school.diners.service.pupils import PupilFilters
from school.diners.sheet import SPEC, export_rows
from school.diners.views.blueprint import blueprint
from school.diners.views.rosters import Roster, add_pages

FILTERS = ("class_id", "text", "is_allergic", "has_left")


@blueprint.get("/pupils")
@access(Permission.READ_PUPILS)
def pupil_list() -> str:
    actor = current_actor()
    form = Form.blank(PupilQuery(), dict(request.args.items()))
    try:
        query = form.load()
    except Invalid as error:
        form.reject(error)
        query = PupilQuery().load({})
    filters = PupilFilters(**{name: query[name] for name in FILTERS})
    page = pupils.list_pupils(actor, filters, cursor=query["cursor"], limit=query["limit"])
    rows = classes.all_classes(actor, actor.own_school_id())
    chosen: dict[str, Any] = {name: value for name, value in request.args.items() if name in FILTERS and value}
    return render_template(
        "diners/pupils.html", form=form, page=page, labels=labels, filtered=bool(chosen),
        class_names={row.id: row.name for row in rows},
        class_options=[(row.id, row.name) for row in rows if row.is_active],
        first_url=url_for("diners.pupil_list", **chosen) if query["cursor"] else None,
        next_url=url_for("diners.pupil_list", **chosen, cursor=page.next_cursor) if page.next_cursor else None,
    )  # fmt: skip


@blueprint.get("/pupils/allergies")
@access(Permission.READ_PUPILS)
def allergies() -> str:
    rows = pupils.allergic_pupils(current_actor())
    return render_template("diners/allergies.html", rows=rows, labels=labels, today=today())


@blueprint.get("/pupils/export")
@access(Permission.MANAGE_PUPILS)
def export_pupils() -> Response:
    actor = current_actor()
    names = {row.id: row.name for row in classes.all_classes(actor, actor.own_school_id())}
    rows = export_rows(pupils.all_pupils(actor, with_left=True), names)
    return download(export_xlsx(SPEC, rows), _("学生名单.xlsx"))


@blueprint.get("/pupils/new")
@access(Permission.MANAGE_PUPILS)
def new_pupil() -> str:
    return _form_page(Form.blank(PupilForm(), {"id": new_id()}), None)


@blueprint.post("/pupils")
@access(Permission.MANAGE_PUPILS)
def create_pupil() -> Any:
    form = Form.submitted(PupilForm())
    with form.catching():
        values = form.load()
        values.pop("version")
        pupils.add_pupil(current_actor(), values.pop("id"), values)
        flash(_("已保存。"), "success")
        return redirect(url_for("diners.pupil_list", class_id=values["class_id"]))
    return _form_page(form, None), form.refusal_status


@blueprint.get("/pupils/<uuid:pupil_id>")
@access(Permission.MANAGE_PUPILS)
def edit_pupil(pupil_id: UUID) -> str:
    actor = current_actor()
    row = pupils.get_pupil(actor, actor.own_school_id(), pupil_id)
    return _form_page(Form.blank(PupilForm(), PupilForm().dump(row)), row)


@blueprint.post("/pupils/<uuid:pupil_id>")
@access(Permission.MANAGE_PUPILS)
def save_pupil(pupil_id: UUID) -> Any:
    actor = current_actor()
    row = pupils.get_pupil(actor, actor.own_school_id(), pupil_id)
    form = Form.submitted(PupilForm())
    with form.catching():
        values, version = form.load_edit()
        pupils.edit_pupil(actor, pupil_id, version, values)
        flash(_("已保存。"), "success")
        return redirect(url_for("diners.pupil_list", class_id=values["class_id"]))
    return _form_page(form, row), form.refusal_status


def _form_page(form: Form, row: Any) -> str:
    actor = current_actor()
    options = [(one.id, one.name) for one in classes.all_classes(actor, actor.own_school_id()) if one.is_active]
    return render_template("diners/pupil_form.html", form=form, row=row, class_options=options, labels=labels)


FIELD_LABELS = {
    "name": _l("姓名"),
    "class_id": _l("班级"),
    "sex": _l("性别"),
    "birth_date": _l("出生日期"),
    "is_boarder": _l("住校"),
    "allergens": _l("过敏原"),
    "allergy_note": _l("过敏说明"),
    "left_on": _l("离校日期"),
}


def _line(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "title": f"{row['number']} {row['name']}",
        "is_new": row["id"] is None,
        "row": row["row"],
        "detail": "" if row["id"] is None else "、".join(str(FIELD_LABELS[name]) for name in row["values"]),
    }


add_pages(
    blueprint,
    Roster(
        kind=importing.KIND, name="pupils", path="/pupils/imports", permission=Permission.MANAGE_PUPILS,
        title=_l("导入学生"),
        help=_l("以学号对应：学号已有的更新，没有的新建；空着的格子不改动原来的内容。转出、毕业的学生填写离校日期。"),
        spec=lambda: SPEC, check=importing.check_import, apply=importing.apply_import, line=_line,
        back="diners.pupil_list", back_label=_l("学生"), export="diners.export_pupils",
    ),
)  # fmt: skip
