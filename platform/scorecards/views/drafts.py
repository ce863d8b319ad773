"""A draft as a whole: its settings and bands, the sections' heads, what the import left open."""

from typing import Any
from uuid import UUID

from flask import flash, render_template
from flask_babel import gettext as _

from kernel.access.edge import access, current_actor
from kernel.database import db
from kernel.errors import Conflict, NotFound, RuleBroken
from kernel.web.forms import Form
from scorecards import editing, labels, service
from scorecards.item_values import in_words
from scorecards.models import FormVersion
from scorecards.permissions import Permission
from scorecards.problems import FormInvalid
from scorecards.profile import PROFILE_PARAMETERS
from scorecards.rule_words import METRICS, OPERATORS
from scorecards.schemas import SectionForm, SettingsForm, SettleForm
from scorecards.settings_values import section_from, section_values, settings_from, settings_of
from scorecards.views.blueprint import blueprint
from scorecards.views.panel import refused, to_version
from scorecards.views.versions import refusing

SPARE = 2  # empty rows below each table of the page
TABLES = ("bands", "parameters", "limits", "verdicts")


@blueprint.get("/versions/<uuid:form_version_id>/settings")
@access(Permission.MANAGE)
def settings(form_version_id: UUID) -> Any:
    version = service.get_version(current_actor(), form_version_id)
    if version.state != "draft":
        return to_version(form_version_id)
    values = {**settings_of(version.form), "version": version.version}
    return _settings_page(Form.blank(SettingsForm(), values), version)


@blueprint.post("/versions/<uuid:form_version_id>/settings")
@access(Permission.MANAGE)
def save_settings(form_version_id: UUID) -> Any:
    actor = current_actor()
    service.get_version(actor, form_version_id)
    form = Form.submitted(SettingsForm())
    with form.catching():
        values = form.load()
        seen = values.pop("version")
        try:
            service.edit_settings(actor, form_version_id, settings_from(values), seen)
        except FormInvalid as error:
            raise in_words(error, form.schema.fields) from error
        flash(_("已保存，并重新检查了全表。"), "success")
        return to_version(form_version_id)
    return refused(_settings_page(form, service.get_version(actor, form_version_id)), form.refusal_status)


def _settings_page(form: Form, version: FormVersion) -> str:
    stored = settings_of(version.form)
    if form.conflict is not None:
        form.values["version"] = version.version
    versions = service.versions_of(current_actor(), version.template_id)
    rows = {
        name: range(len(found if isinstance(found := form.value(name, []), list) else []) + SPARE) for name in TABLES
    }
    return render_template(
        "forms/settings.html", form=form, version=version, stored=stored, labels=labels,
        rows=rows, kind_is_open=len(versions) == 1, metrics=METRICS, operators=OPERATORS,
        profile_parameters="、".join(f"{label}（{name}）" for name, label in PROFILE_PARAMETERS.items()),
    )  # fmt: skip


def _section(version: FormVersion, section_code: str) -> dict[str, Any]:
    try:
        return editing.section_of(version.form, section_code)
    except KeyError:
        raise NotFound(_("表中没有这一部分。")) from None


@blueprint.get("/versions/<uuid:form_version_id>/sections/<section_code>")
@access(Permission.MANAGE)
def edit_section(form_version_id: UUID, section_code: str) -> Any:
    version = service.get_version(current_actor(), form_version_id)
    stored = _section(version, section_code)
    if version.state != "draft":
        return to_version(form_version_id, f"section-{section_code}")
    return _section_page(
        Form.blank(SectionForm(), {**section_values(stored), "version": version.version}), version, stored
    )


@blueprint.post("/versions/<uuid:form_version_id>/sections/<section_code>")
@access(Permission.MANAGE)
def save_section(form_version_id: UUID, section_code: str) -> Any:
    actor = current_actor()
    _section(service.get_version(actor, form_version_id), section_code)
    form = Form.submitted(SectionForm())
    with form.catching():
        values = form.load()
        try:
            service.edit_section(actor, form_version_id, section_code, seen=values["version"], **section_from(values))
        except FormInvalid as error:
            raise in_words(error, form.schema.fields) from error
        flash(_("已保存，并重新检查了全表。"), "success")
        return to_version(form_version_id, f"section-{section_code}")
    version = service.get_version(actor, form_version_id)
    return refused(_section_page(form, version, _section(version, section_code)), form.refusal_status)


def _section_page(form: Form, version: FormVersion, stored: dict[str, Any]) -> str:
    if form.conflict is not None:
        form.values["version"] = version.version
    return render_template("forms/section.html", form=form, version=version, stored=stored, labels=labels)


@blueprint.post("/versions/<uuid:form_version_id>/settle")
@access(Permission.MANAGE)
def settle(form_version_id: UUID) -> Any:
    try:
        values = Form.submitted(SettleForm()).load()
        service.settle_finding(current_actor(), form_version_id, values["code"], values["where"], values["version"])
    except (Conflict, RuleBroken) as error:
        db.session.rollback()
        return refusing(form_version_id, error)
    flash(_("已记为核对过。"), "success")
    return to_version(form_version_id, "findings")
