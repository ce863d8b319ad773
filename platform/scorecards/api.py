"""Forms over REST. The same services as the pages; documents are scorecards.form_json's."""

import base64
import json
from typing import Any
from uuid import UUID

from flask_babel import gettext as _

from kernel.access.edge import access, current_actor
from kernel.api import ApiBlueprint, seen_version
from kernel.errors import Invalid
from scorecards import service
from scorecards.doctor_text import finding_text
from scorecards.finding import finding
from scorecards.importing import Imported, read_data
from scorecards.item_values import in_words
from scorecards.models import FormVersion
from scorecards.permissions import Permission
from scorecards.plain_yaml import Unreadable, read_plain_json
from scorecards.problems import FormInvalid
from scorecards.schemas import (
    CopyIn,
    DocumentIn,
    FormIn,
    FormQuery,
    FormTemplateOut,
    FormTemplatePage,
    FormVersionOut,
)
from scorecards.service import Listed
from scorecards.views.sheet import shown_finding, shown_findings

blueprint = ApiBlueprint("forms", __name__, description="Scored forms: templates and versions")


def _template_out(listed: Listed) -> dict[str, Any]:
    template = listed.template
    return {
        "id": template.id, "title": template.title, "kind": template.kind, "state": template.state,
        "version": template.version, "versions": listed.versions,
    }  # fmt: skip


def _template(template_id: UUID) -> dict[str, Any]:
    actor = current_actor()
    template = service.get_template(actor, template_id)
    return _template_out(Listed(template, service.versions_of(actor, template_id)))


def _version_out(version: FormVersion) -> dict[str, Any]:
    return {
        "id": version.id, "template_id": version.template_id, "number": version.number, "state": version.state,
        "title": version.form["title"], "digest": version.digest, "item_count": version.item_count,
        "source_name": version.source_name, "published_at": version.published_at, "version": version.version,
        "document": version.form,
        "findings": [
            {"severity": one.severity, "code": one.code, "where": one.where, "message": one.text}
            for one in shown_findings(version)
        ],
        "can_publish": version.state == "draft" and not service.open_questions(version),
    }  # fmt: skip


def _exact(document: dict[str, Any]) -> Any:
    """Through our own reader: within its limits, numbers exact, nothing that the database cannot keep."""
    try:
        return read_plain_json(json.dumps(document, ensure_ascii=False).encode("utf-8", "surrogatepass"))
    except Unreadable as error:
        raise Invalid({"document": [finding_text(finding("error", error.code, **error.params))]}) from error
    except (RecursionError, ValueError) as error:
        raise Invalid({"document": [_("内容无法读取。")]}) from error


def _read_content(data: dict[str, Any]) -> Imported:
    if data["content"] is None:
        raise Invalid({"document": [_("请给出评分表的内容（document）或文件（content）。")]})
    try:
        content = base64.b64decode(data["content"], validate=True)
    except ValueError as error:
        raise Invalid({"content": [_("不是有效的 Base64。")]}) from error
    try:
        return service.read_file(data["source_name"], content, data["table"])
    except Invalid as error:
        raise Invalid({"content" if name == "file" else name: said for name, said in error.fields.items()}) from error


@blueprint.route("/forms", methods=["GET"])
@access(Permission.READ)
@blueprint.arguments(FormQuery, location="query")
@blueprint.response(200, FormTemplatePage)
def list_forms(query: dict[str, Any]) -> dict[str, Any]:
    """Newest first; `q` is part of the title. Outside the bureau only what is published."""
    page = service.list_templates(current_actor(), **query)
    return {"items": [_template_out(listed) for listed in page.items], "next_cursor": page.next_cursor}


@blueprint.route("/forms", methods=["POST"])
@access(Permission.MANAGE)
@blueprint.arguments(FormIn)
@blueprint.response(201, FormVersionOut)
def import_form(data: dict[str, Any]) -> dict[str, Any]:
    """Import a form as a draft. Sent twice with the same content it is the same draft.

    A draft may have findings of severity "error"; they keep it from being published.
    """
    imported = _read_content(data) if data["document"] is None else read_data(_exact(data["document"]))
    if imported.form is None:
        found = [shown_finding(one) for one in imported.findings]
        raise Invalid({"document": [f"{one.place}：{one.text}" for one in found]})
    version = service.import_form(
        current_actor(), imported.form, imported.findings,
        version_id=data["id"], template_id=data["template_id"], source_name=data["source_name"],
    )  # fmt: skip
    return _version_out(version)


@blueprint.route("/forms/<uuid:template_id>", methods=["GET"])
@access(Permission.READ)
@blueprint.response(200, FormTemplateOut)
def get_form(template_id: UUID) -> dict[str, Any]:
    return _template(template_id)


@blueprint.route("/forms/<uuid:template_id>/retire", methods=["POST"])
@access(Permission.MANAGE)
@blueprint.response(200, FormTemplateOut)
def retire_form(template_id: UUID) -> dict[str, Any]:
    """Needs If-Match with the template's version seen."""
    service.retire_template(current_actor(), template_id, seen_version())
    return _template(template_id)


@blueprint.route("/forms/<uuid:template_id>/reactivate", methods=["POST"])
@access(Permission.MANAGE)
@blueprint.response(200, FormTemplateOut)
def reactivate_form(template_id: UUID) -> dict[str, Any]:
    """Needs If-Match with the template's version seen."""
    service.retire_template(current_actor(), template_id, seen_version(), retired=False)
    return _template(template_id)


@blueprint.route("/form-versions/<uuid:form_version_id>", methods=["GET"])
@access(Permission.READ)
@blueprint.response(200, FormVersionOut)
def get_version(form_version_id: UUID) -> dict[str, Any]:
    """The whole form, with what the doctor says of it."""
    return _version_out(service.get_version(current_actor(), form_version_id))


@blueprint.route("/form-versions/<uuid:form_version_id>/document", methods=["PUT"])
@access(Permission.MANAGE)
@blueprint.arguments(DocumentIn)
@blueprint.response(200, FormVersionOut)
def put_document(data: dict[str, Any], form_version_id: UUID) -> dict[str, Any]:
    """Replace a draft's content; the doctor looks again. Needs If-Match with the version seen."""
    document = _exact(data["document"])
    try:
        version = service.edit_document(current_actor(), form_version_id, document, seen_version())
    except FormInvalid as error:
        raise in_words(error, prefix="document.") from error
    return _version_out(version)


@blueprint.route("/form-versions/<uuid:form_version_id>/publish", methods=["POST"])
@access(Permission.MANAGE)
@blueprint.response(200, FormVersionOut)
def publish_version(form_version_id: UUID) -> dict[str, Any]:
    """Needs If-Match with the version seen. From here on the version never changes."""
    return _version_out(service.publish(current_actor(), form_version_id, seen_version()))


@blueprint.route("/form-versions/<uuid:form_version_id>/copies", methods=["POST"])
@access(Permission.MANAGE)
@blueprint.arguments(CopyIn)
@blueprint.response(201, FormVersionOut)
def copy_version(data: dict[str, Any], form_version_id: UUID) -> dict[str, Any]:
    """The next version of the same form, as a draft copied from this one."""
    return _version_out(service.copy_version(current_actor(), form_version_id, data["id"]))
