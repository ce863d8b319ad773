"""Adding, copying, removing and moving the parts of a draft. Each button sends the version it was shown with."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from kernel.access.edge import access, current_actor
from kernel.database import db, new_id
from kernel.errors import Conflict, Invalid, RuleBroken
from kernel.web.forms import Form
from scorecards import editing, labels
from scorecards.item_values import in_words
from scorecards.models import FormVersion
from scorecards.permissions import Permission
from scorecards.problems import FormInvalid
from scorecards.schemas import MoveForm, NewForm, SectionForm, VersionForm
from scorecards.service import arranging, get_version
from scorecards.settings_values import section_from
from scorecards.views.blueprint import blueprint
from scorecards.views.panel import refused, to_version
from scorecards.views.versions import refusing


def _pressed(
    form_version_id: UUID, change: Callable[[dict[str, Any]], Any], schema: type[VersionForm] = VersionForm
) -> Any:
    """Run a button's change; a refusal shows the sheet as it is now, with the reason. `change` gives an anchor."""
    try:
        values = Form.submitted(schema()).load()
        anchor = change(values)
    except FormInvalid as error:
        db.session.rollback()
        reasons = [message for messages in in_words(error).fields.values() for message in messages]
        return refusing(form_version_id, RuleBroken("form", "；".join(reasons)))
    except (Conflict, RuleBroken) as error:
        db.session.rollback()
        return refusing(form_version_id, error)
    return to_version(form_version_id, anchor)


@blueprint.get("/new")
@access(Permission.MANAGE)
def new_form() -> str:
    return render_template("forms/new.html", form=Form.blank(NewForm(), {"id": new_id()}), labels=labels)


@blueprint.post("/new")
@access(Permission.MANAGE)
def create_form() -> Any:
    form = Form.submitted(NewForm())
    with form.catching():
        values = form.load()
        version = arranging.new_form(current_actor(), values["id"], title=values["title"], kind=values["kind"])
        flash(_("已建立空白评分表的草稿，请逐条填写。"), "success")
        return redirect(url_for("forms.version", form_version_id=version.id))
    return render_template("forms/new.html", form=form, labels=labels), form.refusal_status


# --- items ------------------------------------------------------------------------------------------------------


@blueprint.post("/versions/<uuid:form_version_id>/items/<item_code>/copy")
@access(Permission.MANAGE)
def copy_item(form_version_id: UUID, item_code: str) -> Any:
    def change(values: dict[str, Any]) -> str:
        _version, code = arranging.copy_item(current_actor(), form_version_id, item_code, values["version"])
        return f"item-{code}"

    return _pressed(form_version_id, change)


@blueprint.post("/versions/<uuid:form_version_id>/items/<item_code>/remove")
@access(Permission.MANAGE)
def remove_item(form_version_id: UUID, item_code: str) -> Any:
    def change(values: dict[str, Any]) -> str:
        shown = get_version(current_actor(), form_version_id)
        arranging.remove_item(current_actor(), form_version_id, item_code, values["version"])
        flash(_("已删除第 %(no)s 条。", no=_number(shown, item_code)), "success")
        return "sheet"

    return _pressed(form_version_id, change)


def _number(version: FormVersion, item_code: str) -> str:
    try:
        return str(editing.item_of(version.form, item_code).get("no") or item_code)
    except KeyError:
        return item_code


@blueprint.post("/versions/<uuid:form_version_id>/items/<item_code>/move")
@access(Permission.MANAGE)
def move_item(form_version_id: UUID, item_code: str) -> Any:
    """By a button (`step`) or to a place (`section` and `position` among the section's other items)."""

    def change(values: dict[str, Any]) -> str:
        actor, seen = current_actor(), values["version"]
        if values["step"]:
            arranging.step_item(actor, form_version_id, item_code, seen, up=values["step"] == "up")
        elif values["section"] and values["position"] is not None:
            arranging.move_item(
                actor, form_version_id, item_code, seen, section_code=values["section"], position=values["position"]
            )
        else:
            raise Invalid({"step": [_("请选择移到哪里。")]})
        return f"item-{item_code}"

    return _pressed(form_version_id, change, MoveForm)


# --- sections ---------------------------------------------------------------------------------------------------


@blueprint.get("/versions/<uuid:form_version_id>/new-section")
@access(Permission.MANAGE)
def new_section(form_version_id: UUID) -> Any:
    version = get_version(current_actor(), form_version_id)
    if version.state != "draft":
        return to_version(form_version_id)
    return _section_page(Form.blank(SectionForm(), {"version": version.version}), version)


@blueprint.post("/versions/<uuid:form_version_id>/new-section")
@access(Permission.MANAGE)
def create_section(form_version_id: UUID) -> Any:
    actor = current_actor()
    get_version(actor, form_version_id)
    form = Form.submitted(SectionForm())
    with form.catching():
        values = form.load()
        try:
            _version, code = arranging.add_section(
                actor, form_version_id, section_from(values), values["version"], request.args.get("after") or None
            )
        except FormInvalid as error:
            raise in_words(error, form.schema.fields) from error
        flash(_("已增加一个部分。"), "success")
        return to_version(form_version_id, f"section-{code}")
    return refused(_section_page(form, get_version(actor, form_version_id)), form.refusal_status)


def _section_page(form: Form, version: FormVersion) -> str:
    if form.conflict is not None:
        form.values["version"] = version.version
    return render_template("forms/section.html", form=form, version=version, stored=None, labels=labels)


@blueprint.post("/versions/<uuid:form_version_id>/sections/<section_code>/copy")
@access(Permission.MANAGE)
def copy_section(form_version_id: UUID, section_code: str) -> Any:
    def change(values: dict[str, Any]) -> str:
        _version, code = arranging.copy_section(current_actor(), form_version_id, section_code, values["version"])
        return f"section-{code}"

    return _pressed(form_version_id, change)


@blueprint.post("/versions/<uuid:form_version_id>/sections/<section_code>/remove")
@access(Permission.MANAGE)
def remove_section(form_version_id: UUID, section_code: str) -> Any:
    def change(values: dict[str, Any]) -> str:
        arranging.remove_section(current_actor(), form_version_id, section_code, values["version"])
        flash(_("已删除这一部分及其条目。"), "success")
        return "sheet"

    return _pressed(form_version_id, change)


@blueprint.post("/versions/<uuid:form_version_id>/sections/<section_code>/move")
@access(Permission.MANAGE)
def move_section(form_version_id: UUID, section_code: str) -> Any:
    def change(values: dict[str, Any]) -> str:
        actor, seen = current_actor(), values["version"]
        if values["step"]:
            arranging.step_section(actor, form_version_id, section_code, seen, up=values["step"] == "up")
        elif values["position"] is not None:
            arranging.move_section(actor, form_version_id, section_code, seen, position=values["position"])
        else:
            raise Invalid({"step": [_("请选择移到哪里。")]})
        return f"section-{section_code}"

    return _pressed(form_version_id, change, MoveForm)


@blueprint.post("/versions/<uuid:form_version_id>/renumber")
@access(Permission.MANAGE)
def renumber(form_version_id: UUID) -> Any:
    def change(values: dict[str, Any]) -> str:
        arranging.renumber(current_actor(), form_version_id, values["version"])
        flash(_("已按顺序重新编号。"), "success")
        return "sheet"

    return _pressed(form_version_id, change)
