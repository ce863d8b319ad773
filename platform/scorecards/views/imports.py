"""A form comes in: from a file, or from an example that comes with the product."""

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any
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
from scorecards.schemas import ImportForm
from scorecards.upload import read_upload
from scorecards.views.blueprint import blueprint
from scorecards.views.sheet import ShownFinding, shown_finding


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
        name, imported = _chosen(values)
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


def _chosen(values: dict[str, Any]) -> tuple[str, Imported]:
    """The file's name, and what was read from it."""
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
    data = files[0].stream.read(MAX_BYTES + 1)
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
    findings = [finding for finding in imported.findings if finding.code != "kind_unknown"]
    return Imported(replace(imported.form, kind=kind), findings, imported.readings)


def _page(form: Form, template: FormTemplate | None, refused: list[ShownFinding] | None = None) -> str:
    shown = [one for one in _examples() if template is None or one.form.kind == template.kind]
    return render_template(
        "forms/import.html", form=form, template=template, refused=refused or [], examples=shown, labels=labels,
        limit_kb=MAX_BYTES // 1024,
    )  # fmt: skip
