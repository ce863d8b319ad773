"""Import of schools: template, upload, what would change, apply."""

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from flask_babel import gettext as _

from bureau.schools import labels, rules, service
from bureau.schools.models import SchoolImport
from bureau.schools.permissions import Permission
from bureau.schools.sheet import SPEC
from bureau.schools.views.downloads import download
from kernel.access.edge import access, current_actor
from kernel.errors import NotFound
from kernel.sheets import template_xlsx
from kernel.web.forms import uploaded

blueprint = Blueprint("school_imports", __name__, url_prefix="/schools/imports")
MOST_SHOWN = 100


@blueprint.get("")
@access(Permission.SCHOOLS_MANAGE)
def index() -> str:
    return _upload_page()


@blueprint.get("/template")
@access(Permission.SCHOOLS_MANAGE)
def template() -> Response:
    return download(template_xlsx(SPEC), _("学校导入模板.xlsx"))


@blueprint.post("")
@access(Permission.SCHOOLS_MANAGE)
def upload() -> Any:
    files = uploaded("file")
    if len(files) != 1:
        return _upload_page([_("请选择一个 .xlsx 或 .csv 文件。")]), 422
    record = service.check_import(current_actor(), filename=files[0].filename or "", data=files[0].read())
    return redirect(url_for("school_imports.show", import_id=record.id))


@blueprint.get("/<uuid:import_id>")
@access(Permission.SCHOOLS_MANAGE)
def show(import_id: UUID) -> str:
    actor = current_actor()
    record = service.get_import(actor, import_id)
    zone_names = service.zone_names(actor)
    return render_template(
        "schools/import.html",
        record=record,
        rows=[] if record.state == "refused" else [_line(row, zone_names) for row in record.rows[:MOST_SHOWN]],
        most=MOST_SHOWN,
    )


@blueprint.get("/<uuid:import_id>/errors")
@access(Permission.SCHOOLS_MANAGE)
def errors(import_id: UUID) -> Response:
    record = service.get_import(current_actor(), import_id)
    if record.sheet is None:
        raise NotFound
    return download(record.sheet, _("学校导入-错误标注.xlsx"))


@blueprint.post("/<uuid:import_id>/apply")
@access(Permission.SCHOOLS_MANAGE)
def apply(import_id: UUID) -> Any:
    record: SchoolImport = service.apply_import(current_actor(), import_id)
    flash(
        _(
            "导入完成：新建 %(created)s 所，更新 %(changed)s 所。",
            created=record.created_count,
            changed=record.changed_count,
        ),
        "success",
    )
    return redirect(url_for("schools.index"))


def _upload_page(messages: list[str] | None = None) -> str:
    return render_template(
        "schools/imports.html", messages=messages or [], recent=service.recent_imports(current_actor())
    )


def _line(row: dict[str, Any], zone_names: dict[int, str]) -> dict[str, Any]:
    """One row of the preview: what is new or changes, in words."""
    values = dict(row["values"])
    if row["zone"]:
        values["zone_id"] = row["zone"]
    fields = [name for name in rules.PROFILE_FIELDS if name in values]
    changed = [
        (
            labels.FIELD[name],
            labels.shown(name, row["before"].get(name), zone_names),
            labels.shown(name, values[name], zone_names),
        )
        for name in fields
    ]
    return {
        "row": row["row"],
        "code": row["code"],
        "name": row["name"],
        "is_new": not row["school_id"],
        "changed": changed,
    }
