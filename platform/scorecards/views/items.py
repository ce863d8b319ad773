"""One item of a draft: confirm what was read, or change it."""

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from kernel.access.edge import access, current_actor
from kernel.database import db
from kernel.errors import Conflict, NotFound, RuleBroken
from kernel.web.forms import Form
from scorecards import editing, labels, service
from scorecards.form_json import SHAPES
from scorecards.item_values import LISTS, in_words, item_from, values_of
from scorecards.models import FormVersion
from scorecards.permissions import Permission
from scorecards.problems import FormInvalid
from scorecards.schemas import ItemForm, VersionForm
from scorecards.views.blueprint import blueprint
from scorecards.views.sheet import sheet_of
from scorecards.views.versions import refusing

SPARE_ROWS = 3


def _draft(form_version_id: UUID, item_code: str) -> tuple[FormVersion, dict[str, Any]]:
    version = service.get_version(current_actor(), form_version_id)
    try:
        return version, editing.item_of(version.form, item_code)
    except KeyError:
        raise NotFound(_("表中没有这一条。")) from None


def _back(form_version_id: UUID, item_code: str) -> Any:
    return redirect(url_for("forms.version", form_version_id=form_version_id, _anchor=f"item-{item_code}"))


@blueprint.get("/versions/<uuid:form_version_id>/items/<item_code>")
@access(Permission.MANAGE)
def edit_item(form_version_id: UUID, item_code: str) -> Any:
    version, item = _draft(form_version_id, item_code)
    if version.state != "draft":
        return _back(form_version_id, item_code)
    return _page(Form.blank(ItemForm(), {**values_of(item), "version": version.version}), version, item)


@blueprint.get("/versions/<uuid:form_version_id>/items/<item_code>/rule")
@access(Permission.MANAGE)
def rule_fields(form_version_id: UUID, item_code: str) -> str:
    """The fields of another shape, while the page is being filled in."""
    _version, item = _draft(form_version_id, item_code)
    shape = request.args.get("shape", "")
    values = {**values_of(item), "shape": shape if shape in SHAPES else item["rule"]["shape"]}
    form = Form.blank(ItemForm(), values)
    return render_template("forms/_rule_fields.html", form=form, rows=_rows(form), labels=labels, lists=LISTS)


@blueprint.post("/versions/<uuid:form_version_id>/items/<item_code>")
@access(Permission.MANAGE)
def save_item(form_version_id: UUID, item_code: str) -> Any:
    _version, before = _draft(form_version_id, item_code)
    form = Form.submitted(ItemForm())
    with form.catching():
        values = form.load()
        try:
            item = item_from(values, before)
            service.edit_item(current_actor(), form_version_id, item_code, item, values["version"])
        except FormInvalid as error:
            raise in_words(error, form.schema.fields) from error
        flash(_("已保存第 %(no)s 条，并重新检查了全表。", no=values["no"] or item_code), "success")
        return _back(form_version_id, item_code)
    version, stored = _draft(form_version_id, item_code)
    return _page(form, version, stored), form.refusal_status


@blueprint.post("/versions/<uuid:form_version_id>/items/<item_code>/confirm")
@access(Permission.MANAGE)
def confirm_item(form_version_id: UUID, item_code: str) -> Any:
    try:
        seen = Form.submitted(VersionForm()).load()["version"]
        service.confirm_item(current_actor(), form_version_id, item_code, seen)
    except (Conflict, RuleBroken) as error:
        db.session.rollback()
        return refusing(form_version_id, error)
    return _back(form_version_id, item_code)


def _rows(form: Form) -> range:
    entries = form.value("entries", [])
    return range((len(entries) if isinstance(entries, list) else 0) + SPARE_ROWS)


def _page(form: Form, version: FormVersion, stored: dict[str, Any]) -> str:
    """After a stale edit the form takes over the version stored now: sending it again is a decision in sight of both."""
    if form.conflict is not None:
        form.values["version"] = version.version
    shown = next(
        one for section in sheet_of(version).sections for one in section.items if one.item.code == stored["code"]
    )
    tags = dict(labels.TAGS) | {tag: tag for tag in stored.get("tags", ()) if tag not in labels.TAGS}
    return render_template(
        "forms/item.html", form=form, version=version, shown=shown, labels=labels, rows=_rows(form), lists=LISTS,
        tags=tags.items(), bands=[band["label"] for band in version.form.get("bands", ())],
    )  # fmt: skip
