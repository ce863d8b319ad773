"""The calendar of working days: a year's arrangement, the bureau's own days, and a reckoner of deadlines."""

from datetime import date
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.http import dump_options_header

from kernel.access.edge import access, current_actor
from kernel.errors import Invalid
from kernel.files import service as files
from kernel.schemas import BaseSchema
from kernel.sheets import MEDIA_TYPE, errors_xlsx, export_xlsx, placed_message, template_xlsx
from kernel.web.dates import today
from kernel.web.forms import Form, uploaded
from kernel.workdays import service
from kernel.workdays.permissions import Permission
from kernel.workdays.schemas import DayForm, ReckonQuery, YearQuery

blueprint = Blueprint("workdays", __name__, url_prefix="/workdays")


@blueprint.get("/")
@access(Permission.READ)
def index() -> Any:
    return _page(Form.blank(DayForm(), {"kind": "free"}))


def _page(form: Form, status: int = 200) -> Any:
    actor = current_actor()
    query = Form.blank(YearQuery(), {name: request.args[name] for name in ("year", "errors") if name in request.args})
    year, errors_id = today().year, None
    with query.catching():
        asked = query.load()
        year, errors_id = asked["year"] or year, asked["errors"]
    reckon, reckoned = _reckoned()
    rendered = render_template(
        "workdays/index.html", form=form, year=year, spans=service.spans(service.special_days(actor, date(year, 1, 1), date(year, 12, 31))),
        is_known=service.has_arrangement(actor, year), this_year=today().year, errors_id=errors_id, reckon=reckon,
        reckoned=reckoned,
    )  # fmt: skip
    return rendered, 422 if query.errors or reckon.errors else status


def _reckoned() -> tuple[Form, Any]:
    """The reckoner's form as typed, and its answer where it was asked."""
    typed = {name: request.args[name] for name in ("start", "count") if name in request.args}
    form = Form.blank(ReckonQuery(), typed or {"start": today().isoformat(), "count": "15"})
    if not typed:
        return form, None
    with form.catching():
        data = form.load()
        return form, service.add_workdays(current_actor(), data["start"], data["count"])
    return form, None


@blueprint.post("/")
@access(Permission.MANAGE)
def set_day() -> Any:
    form = Form.submitted(DayForm())
    with form.catching():
        data = form.load()
        service.set_day(current_actor(), data["day"], is_workday=data["kind"] == "worked", name=data["name"])
        flash(_("已保存。"), "success")
        return redirect(url_for("workdays.index", year=data["day"].year))
    return _page(form, form.refusal_status)


@blueprint.post("/remove")
@access(Permission.MANAGE)
def remove_day() -> Any:
    data = Form.submitted(DayForm(only=("day",))).load()
    service.remove_day(current_actor(), data["day"])
    flash(_("已恢复为全国安排。"), "success")
    return redirect(url_for("workdays.index", year=data["day"].year))


@blueprint.post("/import")
@access(Permission.MANAGE)
def import_days() -> Any:
    actor = current_actor()
    form = Form(BaseSchema(), submitted=True)
    with form.catching():
        chosen = uploaded("file")
        if len(chosen) != 1:
            raise Invalid({"file": [_("请选择要导入的表格。")]})
        parsed = service.read_days(chosen[0].read())
        if any(problem.row is None for problem in parsed.problems):
            raise Invalid({"file": [placed_message(service.SPEC, problem) for problem in parsed.problems[:20]]})
        if not parsed.is_whole:
            kept = files.store(
                actor,
                errors_xlsx(service.SPEC, parsed),
                name=_("工作日安排（标注错误）") + ".xlsx",
                purpose="import_errors",
            )
            flash(_("表格中有 %(count)s 处错误，没有写入任何内容。", count=len(parsed.problems)), "danger")
            return redirect(url_for("workdays.index", errors=kept.id))
        count = service.import_days(actor, parsed)
        flash(_("已导入 %(count)s 天。", count=count), "success")
        return redirect(url_for("workdays.index", year=parsed.rows[0].values["day"].year))
    page = Form.blank(DayForm(), {"kind": "free"})
    page.errors = dict(form.errors)
    return _page(page, 422)


@blueprint.get("/template")
@access(Permission.MANAGE)
def template() -> Response:
    return _download(template_xlsx(service.SPEC), _("工作日安排模板"))


@blueprint.get("/export")
@access(Permission.READ)
def export() -> Response:
    form = Form.blank(YearQuery(), {"year": request.args.get("year") or str(today().year)})
    year = form.load()["year"]
    days = service.special_days(current_actor(), date(year, 1, 1), date(year, 12, 31))
    return _download(export_xlsx(service.SPEC, service.export_rows(days)), _("%(year)s年工作日安排", year=year))


def _download(data: bytes, name: str) -> Response:
    response = Response(data, mimetype=MEDIA_TYPE)
    response.headers["Content-Disposition"] = dump_options_header("attachment", {"filename": f"{name}.xlsx"})
    return response
