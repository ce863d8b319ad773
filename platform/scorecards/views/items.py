"""One item of a draft: confirm what was read, change it, or add one."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import flash, render_template, request, url_for
from flask_babel import gettext as _

from kernel.access.edge import access, current_actor
from kernel.database import db
from kernel.errors import Conflict, NotFound, RuleBroken
from kernel.web.forms import Form
from scorecards import editing, labels, service, structure
from scorecards.form_json import SHAPES
from scorecards.item_values import LISTS, in_words, item_from, values_of
from scorecards.models import FormVersion
from scorecards.permissions import Permission
from scorecards.problems import FormInvalid
from scorecards.schemas import ItemForm, VersionForm
from scorecards.service import arranging
from scorecards.views.blueprint import blueprint
from scorecards.views.panel import refused, to_version
from scorecards.views.sheet import sheet_of
from scorecards.views.versions import refusing

SPARE_ROWS = 3
TABLES = ("entries", "tiers", "costs", "scale_rows")
FIRST_RULE: Mapping[str, Any] = {"shape": "all_or_nothing"}


def _draft(form_version_id: UUID, item_code: str) -> tuple[FormVersion, dict[str, Any]]:
    version = service.get_version(current_actor(), form_version_id)
    try:
        return version, editing.item_of(version.form, item_code)
    except KeyError:
        raise NotFound(_("表中没有这一条。")) from None


@blueprint.get("/versions/<uuid:form_version_id>/items/<item_code>")
@access(Permission.MANAGE)
def edit_item(form_version_id: UUID, item_code: str) -> Any:
    version, item = _draft(form_version_id, item_code)
    if version.state != "draft":
        return to_version(form_version_id, f"item-{item_code}")
    return _page(Form.blank(ItemForm(), {**values_of(item), "version": version.version}), version, item)


@blueprint.get("/versions/<uuid:form_version_id>/rule-fields")
@access(Permission.MANAGE)
def rule_fields(form_version_id: UUID) -> str:
    """The fields of another shape, while the page is being filled in; `item`: of which item, none of a new one."""
    version = service.get_version(current_actor(), form_version_id)
    try:
        item = editing.item_of(version.form, request.args.get("item", ""))
    except KeyError:
        item = {"rule": FIRST_RULE}
    shape = request.args.get("shape", "")
    values = {**values_of(item), "shape": shape if shape in SHAPES else item["rule"]["shape"]}
    form = Form.blank(ItemForm(), values)
    return render_template("forms/_rule_fields.html", **_rule_context(form, version))


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
        return to_version(form_version_id, f"item-{item_code}")
    version, stored = _draft(form_version_id, item_code)
    return refused(_page(form, version, stored), form.refusal_status)


@blueprint.post("/versions/<uuid:form_version_id>/items/<item_code>/confirm")
@access(Permission.MANAGE)
def confirm_item(form_version_id: UUID, item_code: str) -> Any:
    try:
        seen = Form.submitted(VersionForm()).load()["version"]
        service.confirm_item(current_actor(), form_version_id, item_code, seen)
    except (Conflict, RuleBroken) as error:
        db.session.rollback()
        return refusing(form_version_id, error)
    return to_version(form_version_id, f"item-{item_code}")


# --- a new item -------------------------------------------------------------------------------------------------


def _section(form_version_id: UUID, section_code: str) -> tuple[FormVersion, dict[str, Any]]:
    version = service.get_version(current_actor(), form_version_id)
    try:
        return version, editing.section_of(version.form, section_code)
    except KeyError:
        raise NotFound(_("表中没有这一部分。")) from None


@blueprint.get("/versions/<uuid:form_version_id>/sections/<section_code>/new-item")
@access(Permission.MANAGE)
def new_item(form_version_id: UUID, section_code: str) -> Any:
    version, section = _section(form_version_id, section_code)
    if version.state != "draft":
        return to_version(form_version_id)
    values = {
        "no": structure.next_number(version.form, section_code), "shape": FIRST_RULE["shape"], "veto_effect": "none",
        "version": version.version,
    }  # fmt: skip
    return _page(Form.blank(ItemForm(), values), version, None, section)


@blueprint.post("/versions/<uuid:form_version_id>/sections/<section_code>/new-item")
@access(Permission.MANAGE)
def create_item(form_version_id: UUID, section_code: str) -> Any:
    _section(form_version_id, section_code)
    form = Form.submitted(ItemForm())
    with form.catching():
        values = form.load()
        try:
            _version, code = arranging.add_item(
                current_actor(), form_version_id, section_code, item_from(values, {}), values["version"],
                request.args.get("after") or None,
            )  # fmt: skip
        except FormInvalid as error:
            raise in_words(error, form.schema.fields) from error
        flash(_("已增加第 %(no)s 条。", no=values["no"] or code), "success")
        return to_version(form_version_id, f"item-{code}")
    version, section = _section(form_version_id, section_code)
    return refused(_page(form, version, None, section), form.refusal_status)


# --- the page ---------------------------------------------------------------------------------------------------


def _rows(form: Form, name: str) -> range:
    found = form.value(name, [])
    return range((len(found) if isinstance(found, list) else 0) + SPARE_ROWS)


def _rule_context(form: Form, version: FormVersion) -> dict[str, Any]:
    return {
        "form": form, "version": version, "rows": {name: _rows(form, name) for name in TABLES}, "labels": labels,
        "lists": LISTS, "parameters": [(one["name"], one["label"]) for one in version.form.get("parameters", ())],
    }  # fmt: skip


def _page(
    form: Form, version: FormVersion, stored: Mapping[str, Any] | None, section: Mapping[str, Any] | None = None
) -> str:
    """After a stale edit the form takes over the version stored now: sending it again is a decision in sight of both."""
    if form.conflict is not None:
        form.values["version"] = version.version
    shown = None
    if stored is not None:
        rows = (one for part in sheet_of(version).sections for one in part.items)
        shown = next(one for one in rows if one.item.code == stored["code"])
    if section is not None:
        after = request.args.get("after") or None
        action = url_for("forms.create_item", form_version_id=version.id, section_code=section["code"], after=after)
    else:
        assert stored is not None
        action = url_for("forms.save_item", form_version_id=version.id, item_code=stored["code"])
    tags = dict(labels.TAGS) | {tag: tag for tag in (stored or {}).get("tags", ()) if tag not in labels.TAGS}
    return render_template(
        "forms/item.html", **_rule_context(form, version), shown=shown, section=section, action=action,
        tags=tags.items(), bands=[band["label"] for band in version.form.get("bands", ())],
    )  # fmt: skip
