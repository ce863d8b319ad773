"""The pages of a table on its way in: template, upload, what would be written, the table with its errors, apply.

One set of pages for every kind of table that a school brings in: pupils here, attendance and payments above.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from flask_babel import gettext as _

from bureau.schools.views.downloads import download
from kernel.access.edge import access, current_actor
from kernel.actor import Actor
from kernel.errors import NotFound
from kernel.sheets import SheetSpec, template_xlsx
from kernel.web.forms import uploaded
from school.diners.models import RosterImport
from school.diners.service import rosters

MOST_SHOWN = 100


@dataclass(frozen=True, slots=True)
class Roster:
    """`title`, `help`: lazy translations. `line`: what one kept row says, as {"title", "is_new", "changes": [(label,
    before, after)]}. `back`: the endpoint of the list that it feeds, with its label. `spec`: of the columns."""

    kind: str
    name: str
    path: str
    permission: str
    title: Any
    help: Any
    spec: Callable[[], SheetSpec]
    check: Callable[..., RosterImport]
    apply: Callable[[Actor, UUID], RosterImport]
    line: Callable[[Mapping[str, Any]], dict[str, Any]]
    back: str
    back_label: Any
    export: str = ""
    template: Callable[[], bytes] | None = None

    @property
    def parameter(self) -> str:
        """The name of the import's id in its addresses: an id of another kind of table is another thing."""
        return f"{self.name}_import_id"


def add_pages(blueprint: Blueprint, roster: Roster) -> None:
    """Registers `<name>_imports`, `…_template`, `…_upload`, `…_import`, `…_errors`, `…_apply`."""
    base = f"{blueprint.name}.{roster.name}"

    def address(record: RosterImport) -> dict[str, Any]:
        return {roster.parameter: record.id}

    def upload_page(messages: list[str] | None = None) -> str:
        recent = rosters.recent_imports(current_actor(), roster.kind)
        return render_template("diners/imports.html", roster=roster, base=base, messages=messages or [], recent=recent)

    @access(roster.permission)
    def imports() -> str:
        return upload_page()

    @access(roster.permission)
    def template() -> Response:
        content = template_xlsx(roster.spec()) if roster.template is None else roster.template()
        return download(content, _("%(name)s模板.xlsx", name=roster.spec().name))

    @access(roster.permission)
    def upload() -> Any:
        files = uploaded("file")
        if len(files) != 1:
            return upload_page([_("请选择一个 .xlsx 或 .csv 文件。")]), 422
        record = roster.check(current_actor(), filename=files[0].filename or "", data=files[0].read())
        return redirect(url_for(f"{base}_import", **address(record)))

    @access(roster.permission)
    def show(**values: UUID) -> str:
        record = rosters.get_import(current_actor(), roster.kind, values[roster.parameter])
        rows = [] if record.state == "refused" else [roster.line(row) for row in record.rows[:MOST_SHOWN]]
        return render_template(
            "diners/import.html", roster=roster, base=base, record=record, rows=rows, most=MOST_SHOWN
        )

    @access(roster.permission)
    def errors(**values: UUID) -> Response:
        record = rosters.get_import(current_actor(), roster.kind, values[roster.parameter])
        if record.sheet is None:
            raise NotFound
        return download(record.sheet, _("%(name)s-错误标注.xlsx", name=roster.spec().name))

    @access(roster.permission)
    def apply(**values: UUID) -> Any:
        record = roster.apply(current_actor(), values[roster.parameter])
        count = record.created_count + record.changed_count
        flash(_("导入完成：写入 %(count)s 行。", count=count), "success")
        return redirect(url_for(roster.back))

    routes: tuple[tuple[str, str, str, Callable[..., Any]], ...] = (
        ("imports", "GET", "", imports),
        ("template", "GET", "/template", template),
        ("upload", "POST", "", upload),
        ("import", "GET", f"/<uuid:{roster.parameter}>", show),
        ("errors", "GET", f"/<uuid:{roster.parameter}>/errors", errors),
        ("apply", "POST", f"/<uuid:{roster.parameter}>/apply", apply),
    )
    for suffix, method, path, view in routes:
        blueprint.add_url_rule(f"{roster.path}{path}", f"{roster.name}_{suffix}", view, methods=[method])
