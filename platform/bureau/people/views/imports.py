"""Staff from a spreadsheet: template, check, import, result to hand out."""

from typing import Any

from flask import Response, flash, render_template
from flask_babel import gettext as _

from bureau.people import service
from bureau.people.permissions import Permission
from bureau.people.service.importing import RESULT
from bureau.people.views import pages
from bureau.schools.views.downloads import download
from kernel.access.edge import access, current_actor
from kernel.errors import Invalid
from kernel.sheets import Parsed, errors_xlsx, export_xlsx, placed_message, read_xlsx, template_xlsx
from kernel.web.forms import uploaded

MOST_LISTED = 20


@pages.get("/import")
@access(Permission.MANAGE)
def import_form() -> str:
    return render_template("people/import.html", messages=[])


@pages.get("/import/template")
@access(Permission.MANAGE)
def import_template() -> Response:
    return download(template_xlsx(service.sheet_for(current_actor())), _("人员导入模板.xlsx"))


@pages.post("/import")
@access(Permission.MANAGE)
def import_people() -> Any:
    """The result sheet, which holds the one-time passwords and exists nowhere else."""
    actor = current_actor()
    spec = service.sheet_for(actor)
    try:
        parsed = _uploaded()
        result = service.import_people(actor, parsed) if parsed.is_whole else None
    except Invalid as error:
        return render_template("people/import.html", messages=error.fields["file"]), 422
    problems = parsed.problems if result is None else result.problems
    if result is None or problems:
        messages = [placed_message(spec, problem) for problem in problems[:MOST_LISTED]]
        if len(problems) > MOST_LISTED:
            messages.append(_("……共 %(count)s 处错误。", count=len(problems)))
        return render_template("people/import.html", messages=messages), 422
    return download(export_xlsx(RESULT, result.rows), _("人员导入结果.xlsx"))


@pages.post("/import/check")
@access(Permission.MANAGE)
def check_import() -> Any:
    """Nothing is written: the same sheet with its wrong cells marked, or the word that it may be imported."""
    actor = current_actor()
    spec = service.sheet_for(actor)
    try:
        parsed = _uploaded()
    except Invalid as error:
        return render_template("people/import.html", messages=error.fields["file"]), 422
    problems = service.problems_of(actor, parsed) if parsed.is_whole else parsed.problems
    if problems:
        return download(errors_xlsx(spec, parsed, problems), _("人员导入-错误标注.xlsx"))
    flash(_("检查通过，共 %(count)s 行，可以导入。请重新选择同一文件后点“导入”。", count=len(parsed.rows)), "success")
    return render_template("people/import.html", messages=[])


def _uploaded() -> Parsed:
    files = uploaded("file")
    if len(files) != 1:
        raise Invalid({"file": [_("请选择一个 .xlsx 或 .csv 文件。")]})
    return read_xlsx(service.sheet_for(current_actor()), files[0].read())
