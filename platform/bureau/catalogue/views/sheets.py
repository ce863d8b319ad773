"""Import and export of the catalogue as spreadsheets."""

import base64
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from flask_babel import gettext as _

from bureau.catalogue.permissions import Permission
from bureau.catalogue.service import sheets as service
from kernel.access.edge import access, current_actor
from kernel.database import db
from kernel.schemas import BaseSchema, Choice, Flag
from kernel.sheets import MEDIA_TYPE, errors_xlsx, export_xlsx, placed_message, read_xlsx, template_xlsx
from kernel.web.dates import today
from kernel.web.downloads import disposition
from kernel.web.forms import Form, uploaded

blueprint = Blueprint("catalogue_sheet", __name__, url_prefix="/catalogue/sheet")
SPECS = {"items": service.ITEMS, "categories": service.CATEGORIES}
MOST_SHOWN = 50


class ImportForm(BaseSchema):
    """`what`: which sheet; `publish`: new items are published at once."""

    what = Choice(SPECS, load_default="items")
    publish = Flag()


@blueprint.get("")
@access(Permission.MANAGE)
def upload() -> str:
    return render_template("catalogue/import.html", form=Form.blank(ImportForm(), {"what": "items", "publish": True}))


@blueprint.get("/template/<any(items, categories):what>")
@access(Permission.MANAGE)
def template(what: str) -> Response:
    spec = SPECS[what]
    return _file(template_xlsx(spec), _("%(name)s-导入模板", name=spec.name))


@blueprint.post("")
@access(Permission.MANAGE)
def load() -> Any:
    form = Form.submitted(ImportForm())
    result: Any = None
    with form.catching():
        values = form.load()
        files = uploaded("file")
        if not files:
            form.errors["file"] = [_("请选择要导入的表格文件。")]
            return render_template("catalogue/import.html", form=form), 422
        spec = SPECS[values["what"]]
        parsed = read_xlsx(spec, files[0].stream.read())
        if values["what"] == "items":
            result = service.import_items(current_actor(), parsed, publish=values["publish"])
        else:
            result = service.import_categories(current_actor(), parsed)
        if not result.problems:
            counts = {"added": result.added, "changed": result.changed}
            flash(_("导入完成：新增 %(added)s 条，更新 %(changed)s 条。", **counts), "success")
            return redirect(url_for("catalogue.index" if values["what"] == "items" else "catalogue_categories.index"))
        db.session.rollback()
        marked = base64.b64encode(errors_xlsx(spec, parsed, result.problems)).decode()
        return render_template(
            "catalogue/import.html", form=form, problems=[placed_message(spec, one) for one in result.problems],
            most=MOST_SHOWN, marked=f"data:{MEDIA_TYPE};base64,{marked}",
        ), 422  # fmt: skip
    return render_template("catalogue/import.html", form=form), form.refusal_status


@blueprint.get("/export")
@access(Permission.READ)
def export() -> Response:
    rows = service.exported_items(current_actor())
    name = _("%(name)s-%(day)s", name=service.EXPORTED.name, day=today().isoformat())
    return _file(export_xlsx(service.EXPORTED, rows), name)


def _file(content: bytes, name: str) -> Response:
    response = Response(content, mimetype=MEDIA_TYPE)
    response.headers["Content-Disposition"] = disposition("attachment", f"{name}.xlsx")
    return response
