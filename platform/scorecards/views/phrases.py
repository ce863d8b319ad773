"""The phrase library of a form: what inspectors may pick instead of typing it."""

import base64
from typing import Any
from uuid import UUID

from flask import Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from kernel.access.edge import access, current_actor
from kernel.database import db, new_id
from kernel.sheets import MEDIA_TYPE, errors_xlsx, export_xlsx, placed_message, read_xlsx, template_xlsx
from kernel.web.downloads import disposition
from kernel.web.forms import Form, uploaded
from scorecards import labels, service
from scorecards.form import Item
from scorecards.models import FormVersion, ItemPhrase
from scorecards.permissions import Permission
from scorecards.phrase_answers import FAILED, FOUND, kind_of, suggestion_text
from scorecards.schemas import PhraseForm, StepForm, VersionForm
from scorecards.service import phrase_sheet, phrases
from scorecards.service.simulating import often_written
from scorecards.views.blueprint import blueprint
from scorecards.views.versions import file_name

MOST_SHOWN = 50


def _here(template_id: UUID, item_code: str = "") -> Any:
    return redirect(
        url_for("forms.phrases", template_id=template_id, _anchor=f"item-{item_code}" if item_code else None)
    )


@blueprint.get("/<uuid:template_id>/phrases", endpoint="phrases")
@access(Permission.READ)
def show_phrases(template_id: UUID) -> str:
    return _page(template_id)


def _page(template_id: UUID, **more: Any) -> str:
    actor = current_actor()
    version = phrases.newest_version(actor, template_id)
    form = service.form_of(version)
    of_item: dict[str, list[ItemPhrase]] = {}
    for phrase in phrases.list_phrases(actor, template_id):
        of_item.setdefault(phrase.item_code, []).append(phrase)
    known = {item.code for item in form.items()}
    return render_template(
        "forms/phrases.html", version=version, form=form, of_item=of_item, labels=labels,
        orphans=[one for code, rows in of_item.items() if code not in known for one in rows],
        suggestion_text=suggestion_text, **more,
    )  # fmt: skip


def _item(version: FormVersion, code: str) -> Item | None:
    return next((item for item in service.form_of(version).items() if item.code == code), None)


@blueprint.get("/<uuid:template_id>/phrases/new")
@access(Permission.MANAGE)
def new_phrase(template_id: UUID) -> str:
    """`item`: at which item; `text`, `suggestion`: what the remarks often written propose."""
    version = phrases.newest_version(current_actor(), template_id)
    given = {name: request.args.get(name, "") for name in ("text", "suggestion")}
    values = {"id": new_id(), "item_code": request.args.get("item", ""), **given}
    return _phrase_page(Form.blank(PhraseForm(), values), version, None)


@blueprint.post("/<uuid:template_id>/phrases")
@access(Permission.MANAGE)
def create_phrase(template_id: UUID) -> Any:
    form = Form.submitted(PhraseForm())
    with form.catching():
        values = form.load()
        phrases.save_phrase(current_actor(), template_id, values["id"], _values(values))
        flash(_("已保存。"), "success")
        return _here(template_id, values["item_code"])
    return _phrase_page(form, phrases.newest_version(current_actor(), template_id), None), form.refusal_status


@blueprint.get("/<uuid:template_id>/phrases/<uuid:phrase_id>")
@access(Permission.MANAGE)
def edit_phrase(template_id: UUID, phrase_id: UUID) -> str:
    actor = current_actor()
    phrase = phrases.get_phrase(actor, template_id, phrase_id)
    version = phrases.newest_version(actor, template_id)
    item = _item(version, phrase.item_code)
    values = {
        "id": phrase.id, "item_code": phrase.item_code, "text": phrase.text, "basis": phrase.basis,
        "suggestion": suggestion_text(item, phrase.answer) if item else "", "version": phrase.version,
    }  # fmt: skip
    return _phrase_page(Form.blank(PhraseForm(), values), version, phrase)


@blueprint.post("/<uuid:template_id>/phrases/<uuid:phrase_id>")
@access(Permission.MANAGE)
def save_phrase(template_id: UUID, phrase_id: UUID) -> Any:
    actor = current_actor()
    phrases.get_phrase(actor, template_id, phrase_id)
    form = Form.submitted(PhraseForm())
    with form.catching():
        values, seen = form.load_edit()
        phrases.save_phrase(actor, template_id, phrase_id, _values(values), seen)
        flash(_("已保存。"), "success")
        return _here(template_id, values["item_code"])
    stored = phrases.get_phrase(actor, template_id, phrase_id)
    return _phrase_page(form, phrases.newest_version(actor, template_id), stored), form.refusal_status


def _values(values: dict[str, Any]) -> phrases.PhraseValues:
    return phrases.PhraseValues(values["item_code"], values["text"], values["basis"], values["suggestion"])


def _phrase_page(form: Form, version: FormVersion, stored: ItemPhrase | None) -> str:
    if form.conflict is not None and stored is not None:
        form.values["version"] = stored.version
    rows = list(service.form_of(version).items())
    item = next((one for one in rows if one.code == form.value("item_code")), None)
    return render_template(
        "forms/phrase.html", form=form, version=version, stored=stored, labels=labels, item=item,
        items=[(one.code, f"{one.no or one.code} {one.text[:40]}") for one in rows],
        offers=_offers(item) if item else [], kind=kind_of(item) if item else "",
        suggestion_text=suggestion_text,
    )  # fmt: skip


def _offers(item: Item) -> list[str]:
    """What may be written as a suggestion, to pick from."""
    kind = kind_of(item)
    if kind in ("checked", "level"):
        return [entry.label for entry in getattr(item.rule, "entries", ())]
    return {"met": [FAILED[0]], "found": [FOUND[0]], "count": ["1", "2", "3"]}.get(kind, [])


@blueprint.post("/<uuid:template_id>/phrases/<uuid:phrase_id>/move")
@access(Permission.MANAGE)
def move_phrase(template_id: UUID, phrase_id: UUID) -> Any:
    actor = current_actor()
    values = Form.submitted(StepForm()).load()
    phrases.move_phrase(actor, template_id, phrase_id, up=values["step"] == "up")
    return _here(template_id, phrases.get_phrase(actor, template_id, phrase_id).item_code)


@blueprint.post("/<uuid:template_id>/phrases/<uuid:phrase_id>/retire")
@access(Permission.MANAGE)
def retire_phrase(template_id: UUID, phrase_id: UUID) -> Any:
    return _set_retired(template_id, phrase_id, True)


@blueprint.post("/<uuid:template_id>/phrases/<uuid:phrase_id>/reactivate")
@access(Permission.MANAGE)
def reactivate_phrase(template_id: UUID, phrase_id: UUID) -> Any:
    return _set_retired(template_id, phrase_id, False)


def _set_retired(template_id: UUID, phrase_id: UUID, retired: bool) -> Any:
    seen = Form.submitted(VersionForm()).load()["version"]
    phrase = phrases.retire_phrase(current_actor(), template_id, phrase_id, seen, retired=retired)
    return _here(template_id, phrase.item_code)


@blueprint.get("/<uuid:template_id>/phrases/suggestions")
@access(Permission.MANAGE)
def phrase_suggestions(template_id: UUID) -> str:
    """Remarks that inspectors keep writing and that are no phrase yet."""
    actor = current_actor()
    version = phrases.newest_version(actor, template_id)
    known = phrases.phrases_by_text(phrases.list_phrases(actor, template_id))
    items = {item.code: item for item in service.form_of(version).items()}
    found = [
        one for one in often_written(actor, template_id)
        if one.item_code in items and (one.item_code, one.text) not in known
    ]  # fmt: skip
    return render_template(
        "forms/phrase_suggestions.html", version=version, found=found, items=items, suggestion_text=suggestion_text
    )


# --- Excel ------------------------------------------------------------------------------------------------------


@blueprint.get("/<uuid:template_id>/phrases/template.xlsx")
@access(Permission.MANAGE)
def phrase_template(template_id: UUID) -> Response:
    version = phrases.newest_version(current_actor(), template_id)
    return _file(template_xlsx(phrase_sheet.PHRASES), _("%(title)s-短语导入模板", title=file_name(version)))


@blueprint.get("/<uuid:template_id>/phrases/export.xlsx")
@access(Permission.READ)
def export_phrases(template_id: UUID) -> Response:
    actor = current_actor()
    version = phrases.newest_version(actor, template_id)
    rows = phrase_sheet.exported_phrases(actor, template_id)
    return _file(export_xlsx(phrase_sheet.EXPORTED, rows), _("%(title)s-常见问题短语", title=file_name(version)))


@blueprint.post("/<uuid:template_id>/phrases/import")
@access(Permission.MANAGE)
def import_phrases(template_id: UUID) -> Any:
    actor = current_actor()
    phrases.newest_version(actor, template_id)
    files = uploaded("file")
    if not files:
        return _page(template_id, file_problem=_("请选择要导入的表格文件。")), 422
    parsed = read_xlsx(phrase_sheet.PHRASES, files[0].stream.read())
    result = phrase_sheet.import_phrases(actor, template_id, parsed)
    if not result.problems:
        flash(
            _("导入完成：新增 %(added)s 条，更新 %(changed)s 条。", added=result.added, changed=result.changed),
            "success",
        )
        return _here(template_id)
    db.session.rollback()
    marked = base64.b64encode(errors_xlsx(phrase_sheet.PHRASES, parsed, result.problems)).decode()
    shown = [placed_message(phrase_sheet.PHRASES, one) for one in result.problems]
    return _page(
        template_id, problems=shown, most=MOST_SHOWN, marked=f"data:{MEDIA_TYPE};base64,{marked}"
    ), 422  # fmt: skip


def _file(content: bytes, name: str) -> Response:
    response = Response(content, mimetype=MEDIA_TYPE)
    response.headers["Content-Disposition"] = disposition("attachment", f"{name}.xlsx")
    return response
