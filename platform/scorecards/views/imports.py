"""A form comes in: from a file, or from an example that comes with the product."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any
from urllib.parse import quote
from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _

from kernel.access.edge import access, current_actor
from kernel.database import new_id
from kernel.errors import Invalid
from kernel.web.forms import Form, uploaded
from scorecards import doctor, examples, labels, service
from scorecards import form as forms
from scorecards.finding import has_errors
from scorecards.form import base_of
from scorecards.importing import Imported
from scorecards.models import FormTemplate
from scorecards.permissions import Permission
from scorecards.plain_yaml import MAX_BYTES
from scorecards.reading_token import packed, unpacked
from scorecards.rule_words import rule_words, veto_words
from scorecards.schemas import ImportForm
from scorecards.tables.template import template_xlsx
from scorecards.upload import MAX_UPLOAD, is_table, read_all, read_upload
from scorecards.views.blueprint import blueprint
from scorecards.views.sheet import ShownFinding, shown_finding

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True, slots=True)
class Example:
    name: str
    form: forms.Form

    @property
    def base(self) -> Any:
        return base_of(self.form)


@lru_cache(maxsize=1)
def _examples() -> tuple[Example, ...]:
    return tuple(Example(name, examples.load(name)) for name in examples.names())


@blueprint.get("/import")
@access(Permission.MANAGE)
def upload() -> str:
    return _page(Form.blank(ImportForm(), {"id": new_id()}), None)


@blueprint.get("/<uuid:template_id>/import")
@access(Permission.MANAGE)
def upload_version(template_id: UUID) -> str:
    template = service.get_template(current_actor(), template_id)
    return _page(Form.blank(ImportForm(), {"id": new_id()}), template)


@blueprint.post("/import")
@access(Permission.MANAGE)
def load() -> Any:
    return _load(None)


@blueprint.post("/<uuid:template_id>/import")
@access(Permission.MANAGE)
def load_version(template_id: UUID) -> Any:
    return _load(service.get_template(current_actor(), template_id))


def _load(template: FormTemplate | None) -> Any:
    form = Form.submitted(ImportForm())
    refused: list[ShownFinding] = []
    template_id = template.id if template else None
    with form.catching():
        values = form.load()
        if (found := _read_tables(values)) and any(one.form for _, one in found):
            return _shown(form, template, found)
        name, imported = found[0] if found else _chosen(values)
        if values["kind"]:
            imported = _as_kind(imported, values["kind"])
        if imported.form is not None:
            version = service.import_form(
                current_actor(), imported.form, imported.findings,
                version_id=values["id"], template_id=template_id, source_name=name,
            )  # fmt: skip
            if has_errors(imported.findings) or service.open_questions(version):
                flash(_("已导入为草稿。请按下面的提示核对，然后发布。"), "warning")
            else:
                flash(_("已导入为草稿，检查没有发现错误。核对后即可发布。"), "success")
            return redirect(url_for("forms.version", form_version_id=version.id))
        refused = [shown_finding(finding) for finding in imported.findings]
    if template_id is not None:
        template = service.get_template(current_actor(), template_id)  # the refusal has rolled the first one back
    return _page(form, template, refused), form.refusal_status


def _read_tables(values: dict[str, Any]) -> list[tuple[str, Imported]]:
    """What a workbook or document holds; [] of any other file. It is shown before it becomes a draft."""
    files = [] if values["example"] or values["reading"] else uploaded("file")
    if not files:
        return []
    name = _plain_name(files[0].filename or "")
    data = files[0].stream.read(MAX_UPLOAD + 1)
    files[0].stream.seek(0)
    return [(name, one) for one in read_all(name, data)] if is_table(name, data) else []


@dataclass(frozen=True, slots=True)
class ReadItem:
    item: forms.Item
    confidence: int
    rule_lines: Sequence[str]
    veto: str
    findings: Sequence[ShownFinding]


@dataclass(frozen=True, slots=True)
class ReadForm:
    """`waiting`: how many items somebody has to confirm or decide. `others`: findings at no item."""

    name: str
    form: forms.Form
    sections: Sequence[tuple[forms.Section, Sequence[ReadItem]]]
    others: Sequence[ShownFinding]
    errors: int
    token: str
    draft_id: UUID

    @property
    def waiting(self) -> Sequence[forms.Item]:
        return [item for item in self.form.items() if item.review]

    @property
    def base(self) -> Any:
        return base_of(self.form)

    @property
    def item_count(self) -> int:
        return sum(1 for _item in self.form.items())


def _shown(form: Form, template: FormTemplate | None, found: list[tuple[str, Imported]]) -> str:
    """What was read, item by item, before anything is kept."""
    if template is not None:
        found = [(name, _as_kind(one, template.kind)) for name, one in found]
    elif form.value("kind"):
        found = [(name, _as_kind(one, form.value("kind"))) for name, one in found]
    return render_template(
        "forms/import_read.html", form=form, template=template, labels=labels,
        read=[_read_form(name, imported) for name, imported in found if imported.form is not None],
    )  # fmt: skip


def _read_form(file_name: str, imported: Imported) -> ReadForm:
    assert imported.form is not None
    shown = [shown_finding(finding) for finding in imported.findings]
    by_item: dict[str, list[ShownFinding]] = {}
    for one in shown:
        # What the badge beside the rule says already is not said twice.
        if one.item_code and one.code not in ("rule_needs_person", "rule_to_confirm"):
            by_item.setdefault(one.item_code, []).append(one)
    return ReadForm(
        name=imported.name,
        form=imported.form,
        sections=[
            (section, [_read_item(imported, item, by_item.get(item.code, ())) for item in section.items])
            for section in imported.form.sections
        ],
        others=[one for one in shown if not one.item_code],
        errors=sum(one.severity == "error" for one in shown),
        token=packed(file_name, imported),
        draft_id=new_id(),
    )


def _read_item(imported: Imported, item: forms.Item, findings: Sequence[ShownFinding]) -> ReadItem:
    reading = imported.readings.get(item.code)
    return ReadItem(
        item=item,
        confidence=reading.confidence if reading else 0,
        rule_lines=rule_words(item.rule, item.points),
        veto=veto_words(item.veto, on_finding=isinstance(item.rule, forms.VetoOnly)),
        findings=findings,
    )


@blueprint.get("/import/template")
@access(Permission.MANAGE)
def import_template() -> Any:
    """A workbook with an example, to be filled in."""
    name = quote(_("评分表模板") + ".xlsx")
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{name}", "Cache-Control": "no-store"}
    return template_xlsx(), {"Content-Type": XLSX, **headers}


def _chosen(values: dict[str, Any]) -> tuple[str, Imported]:
    """The file's name, and what was read from it."""
    if values["reading"]:
        carried = unpacked(values["reading"])
        if carried is None:
            raise Invalid({"file": [_("这一页已过期，请重新选择文件。")]})
        return carried
    if values["example"]:
        try:
            example = examples.load(values["example"])
        except KeyError:
            raise Invalid({"example": [_("请从列出的示例中选择。")]}) from None
        return values["example"], Imported(example, doctor.check(example), {})
    files = uploaded("file")
    if not files:
        raise Invalid({"file": [_("请选择文件。")]})
    name = files[0].filename or ""
    data = files[0].stream.read(MAX_UPLOAD + 1)
    files[0].close()
    return _plain_name(name), read_upload(name, data)


def _plain_name(name: str) -> str:
    """A client may send any name; only its readable characters are kept, of its last part."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(mark for mark in last if mark.isprintable() and not "\ud800" <= mark <= "\udfff")[:200]


def _as_kind(imported: Imported, kind: Any) -> Imported:
    """The person's own word on the kind: the file's, or its silence, no longer matters."""
    if imported.form is None:
        return imported
    findings = [finding for finding in imported.findings if finding.code not in ("kind_unknown", "kind_guessed")]
    return replace(imported, form=replace(imported.form, kind=kind), findings=findings)


def _page(form: Form, template: FormTemplate | None, refused: list[ShownFinding] | None = None) -> str:
    shown = [one for one in _examples() if template is None or one.form.kind == template.kind]
    return render_template(
        "forms/import.html", form=form, template=template, refused=refused or [], examples=shown, labels=labels,
        limit_kb=MAX_BYTES // 1024, limit_mb=MAX_UPLOAD // 1024 // 1024,
    )  # fmt: skip
