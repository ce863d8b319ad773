"""One version: read it, preview it, take it away as a file, publish it, begin the next one from it."""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

import yaml
from flask import Response, flash, redirect, render_template, url_for
from flask_babel import gettext as _

from kernel.access.edge import access, current_actor, may
from kernel.database import new_id
from kernel.errors import Conflict, RuleBroken
from kernel.sheets import MEDIA_TYPE
from kernel.web.downloads import disposition
from kernel.web.forms import Form
from scorecards import labels, service
from scorecards.models import FormVersion
from scorecards.paper import paper_of
from scorecards.paper_xlsx import paper_xlsx
from scorecards.permissions import Permission
from scorecards.rule_words import repeat_words
from scorecards.schemas import CopyForm, VersionForm
from scorecards.views.blueprint import blueprint
from scorecards.views.sheet import sheet_of

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def version_page(version: FormVersion, problems: list[str] | None = None) -> str:
    actor = current_actor()
    template = service.get_template(actor, version.template_id)
    return render_template(
        "forms/version.html", version=version, template=template, sheet=sheet_of(version), labels=labels,
        edits=version.state == "draft" and may(Permission.MANAGE), questions=service.open_questions(version), problems=problems or [], copy_id=new_id(),
    )  # fmt: skip


@blueprint.get("/versions/<uuid:form_version_id>")
@access(Permission.READ)
def version(form_version_id: UUID) -> str:
    return version_page(service.get_version(current_actor(), form_version_id))


@blueprint.get("/versions/<uuid:form_version_id>/preview")
@access(Permission.READ)
def preview(form_version_id: UUID) -> str:
    shown = service.get_version(current_actor(), form_version_id)
    return render_template(
        "forms/preview.html", version=shown, sheet=sheet_of(shown), labels=labels, repeat_words=repeat_words,
        phrases=service.phrases_of(current_actor(), shown.template_id),
    )  # fmt: skip


@blueprint.get("/versions/<uuid:form_version_id>/download/<any(yaml, json, xlsx, docx):document_format>")
@access(Permission.READ)
def download(form_version_id: UUID, document_format: str) -> Response:
    shown = service.get_version(current_actor(), form_version_id)
    content, media_type = WRITERS[document_format](shown)
    filename = _("%(title)s-第%(number)s版", title=file_name(shown), number=shown.number) + f".{document_format}"
    response = Response(content, mimetype=media_type)
    response.headers["Content-Disposition"] = disposition("attachment", filename)
    return response


def file_name(version: FormVersion) -> str:
    """The form's title without what a file's name cannot hold."""
    name = re.sub(r'[\s/\\:*?"<>|]+', " ", str(version.form["title"]))
    return "".join(mark for mark in name if mark.isprintable())[:80].strip() or "form"


def _as_word(version: FormVersion) -> bytes:
    from scorecards.paper_docx import paper_docx  # the Word library is slow to load, and seldom wanted

    return paper_docx(paper_of(service.form_of(version)))


WRITERS: Mapping[str, Callable[[FormVersion], tuple[str | bytes, str]]] = {
    "json": lambda shown: (json.dumps(shown.form, ensure_ascii=False, indent=2), "application/json"),
    "yaml": lambda shown: (
        yaml.safe_dump(shown.form, allow_unicode=True, sort_keys=False, width=120),
        "application/yaml",
    ),
    "xlsx": lambda shown: (paper_xlsx(paper_of(service.form_of(shown))), MEDIA_TYPE),
    "docx": lambda shown: (_as_word(shown), DOCX),
}


@blueprint.post("/versions/<uuid:form_version_id>/publish")
@access(Permission.MANAGE)
def publish(form_version_id: UUID) -> Any:
    actor = current_actor()
    form = Form.submitted(VersionForm())
    with form.catching():
        service.publish(actor, form_version_id, form.load()["version"])
        flash(_("已发布。现在可以用它安排检查；这个版本从此不再改变。"), "success")
        return redirect(url_for("forms.version", form_version_id=form_version_id))
    return _refused(form_version_id, form)


@blueprint.post("/versions/<uuid:form_version_id>/copy")
@access(Permission.MANAGE)
def copy(form_version_id: UUID) -> Any:
    values = Form.submitted(CopyForm()).load()
    draft = service.copy_version(current_actor(), form_version_id, values["id"])
    flash(_("已建立新版本的草稿，原版本不受影响。"), "success")
    return redirect(url_for("forms.version", form_version_id=draft.id))


def _refused(form_version_id: UUID, form: Form) -> Any:
    """The page again, with the reasons at its top."""
    shown = service.get_version(current_actor(), form_version_id)
    problems = [message for messages in form.errors.values() for message in messages]
    return version_page(shown, problems), form.refusal_status


def refusing(form_version_id: UUID, error: RuleBroken | Conflict) -> Any:
    """For buttons in the sheet's rows: the page as it is now, with the reason."""
    shown = service.get_version(current_actor(), form_version_id)
    return version_page(shown, [error.message]), 409 if isinstance(error, Conflict) else 422
