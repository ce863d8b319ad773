"""Dishes and menus as spreadsheets."""

import base64
from typing import Any
from uuid import UUID

from flask import Response, flash, redirect, render_template, url_for
from flask_babel import gettext as _

from kernel.access.edge import access, current_actor
from kernel.database import db
from kernel.schemas import BaseSchema
from kernel.sheets import (
    MEDIA_TYPE,
    Parsed,
    SheetSpec,
    errors_xlsx,
    export_xlsx,
    placed_message,
    read_xlsx,
    template_xlsx,
)
from kernel.web.dates import today
from kernel.web.downloads import disposition
from kernel.web.forms import Form, uploaded
from school.canteen.permissions import Permission
from school.canteen.schemas import MenuVersionSchema
from school.canteen.service import menus
from school.canteen.service import sheets as service
from school.canteen.views.blueprint import blueprint

MOST_SHOWN = 50


class UploadForm(BaseSchema):
    """Only a file."""


@blueprint.get("/dishes/import")
@access(Permission.EDIT)
def import_dishes() -> str:
    return _page(Form.blank(UploadForm()), None)


@blueprint.get("/dishes/template.xlsx")
@access(Permission.EDIT)
def dish_template() -> Response:
    return _file(template_xlsx(service.DISHES), _("%(name)s-导入模板", name=service.DISHES.name))


@blueprint.get("/dishes/export.xlsx")
@access(Permission.READ)
def export_dishes() -> Response:
    actor = current_actor()
    rows = service.exported_dishes(actor, actor.own_school_id())
    return _file(
        export_xlsx(service.DISHES, rows), _("%(name)s-%(day)s", name=service.DISHES.name, day=today().isoformat())
    )


@blueprint.post("/dishes/import")
@access(Permission.EDIT)
def load_dishes() -> Any:
    form = Form.submitted(UploadForm())
    parsed = _parsed(form, service.DISHES)
    if parsed is None:
        return _page(form, None), 422
    result = service.import_dishes(current_actor(), parsed)
    if result.problems:
        return _refused(form, service.DISHES, parsed, result, None)
    flash(
        _("导入完成：新增 %(added)s 条，更新 %(changed)s 条。", added=result.added, changed=result.changed), "success"
    )
    return redirect(url_for("canteen.dish_list"))


@blueprint.get("/menus/<uuid:menu_id>/import")
@access(Permission.EDIT)
def import_menu(menu_id: UUID) -> str:
    actor = current_actor()
    return _page(Form.blank(MenuVersionSchema()), menus.get_menu(actor, actor.own_school_id(), menu_id))


@blueprint.get("/menus/template.xlsx")
@access(Permission.EDIT)
def menu_template() -> Response:
    return _file(template_xlsx(service.MENU), _("%(name)s-导入模板", name=service.MENU.name))


@blueprint.get("/menus/<uuid:menu_id>/export.xlsx")
@access(Permission.READ)
def export_menu(menu_id: UUID) -> Response:
    actor = current_actor()
    menu = menus.get_menu(actor, actor.own_school_id(), menu_id)
    rows = service.exported_menu(actor, menu)
    return _file(
        export_xlsx(service.MENU, rows), _("%(name)s-%(day)s", name=service.MENU.name, day=menu.monday.isoformat())
    )


@blueprint.post("/menus/<uuid:menu_id>/import")
@access(Permission.EDIT)
def load_menu(menu_id: UUID) -> Any:
    actor = current_actor()
    menu = menus.get_menu(actor, actor.own_school_id(), menu_id)
    form = Form.submitted(MenuVersionSchema())
    parsed = _parsed(form, service.MENU)
    if parsed is None:
        return _page(form, menu), 422
    with form.catching():
        result = service.import_menu(actor, menu_id, form.load()["version"], parsed)
        if result.problems:
            return _refused(form, service.MENU, parsed, result, menu)
        flash(_("已导入 %(count)s 餐。", count=result.changed), "success")
        return redirect(url_for("canteen.menu", menu_id=menu_id))
    return _page(form, menus.get_menu(actor, actor.own_school_id(), menu_id)), form.refusal_status


def _parsed(form: Form, spec: SheetSpec) -> Parsed | None:
    files = uploaded("file")
    if not files:
        form.errors["file"] = [_("请选择要导入的表格文件。")]
        return None
    return read_xlsx(spec, files[0].stream.read())


def _refused(form: Form, spec: SheetSpec, parsed: Parsed, result: service.Imported, menu: Any) -> Any:
    db.session.rollback()
    marked = base64.b64encode(errors_xlsx(spec, parsed, result.problems)).decode()
    problems = [placed_message(spec, one) for one in result.problems]
    return _page(form, menu, problems=problems, most=MOST_SHOWN, marked=f"data:{MEDIA_TYPE};base64,{marked}"), 422


def _page(form: Form, menu: Any, **context: Any) -> str:
    return render_template("canteen/import.html", form=form, plan=menu, **context)


def _file(content: bytes, name: str) -> Response:
    response = Response(content, mimetype=MEDIA_TYPE)
    response.headers["Content-Disposition"] = disposition("attachment", f"{name}.xlsx")
    return response
