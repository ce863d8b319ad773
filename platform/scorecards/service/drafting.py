"""Changes to a draft. Each checks the version seen, asks the doctor again and leaves the rest of the form alone."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import func, select

from kernel.actor import Actor
from kernel.database import db
from kernel.database.writing import flush, require_version
from kernel.errors import NotFound, RuleBroken
from scorecards import editing
from scorecards.form import Form
from scorecards.form_json import from_json, to_json
from scorecards.models import FormVersion
from scorecards.service.findings import kept_after, of_import
from scorecards.service.importing import digest_of, import_form
from scorecards.service.reading import form_of, get_template, get_version

Change = Callable[[Mapping[str, Any]], dict[str, Any]]


def edit_draft(actor: Actor, version_id: UUID, form: Form, seen: int | None) -> FormVersion:
    """Replace a draft's content."""
    return change_draft(actor, version_id, seen, lambda _document: to_json(form))


def edit_document(actor: Actor, version_id: UUID, document: Any, seen: int | None) -> FormVersion:
    """The same from a document; FormInvalid lists every fault with its path."""
    return change_draft(actor, version_id, seen, lambda _document: document)


def edit_item(actor: Actor, version_id: UUID, item_code: str, item: Mapping[str, Any], seen: int | None) -> FormVersion:
    """`item` is the whole item as scorecards.form_json has it. Whoever saves an item has looked at its rule."""
    looked_at = {**item, "review": ""}
    return change_draft(actor, version_id, seen, lambda document: editing.with_item(document, item_code, looked_at))


def confirm_item(actor: Actor, version_id: UUID, item_code: str, seen: int | None) -> FormVersion:
    """Somebody says that the rule was read rightly from its wording. What nobody could read has to be decided."""
    version = get_version(actor, version_id)
    review = _item(version, item_code).get("review", "")
    if not review:
        return version  # a second click
    if review == "decide":
        raise RuleBroken("form_review", _("这一条的计分规则没有读懂，请打开该条确定规则后保存。"))
    return change_draft(actor, version_id, seen, lambda document: editing.confirmed(document, item_code))


def edit_section(actor: Actor, version_id: UUID, section_code: str, *, seen: int | None, **changes: Any) -> FormVersion:
    """`changes`: fields of the section's head as scorecards.form_json has them."""
    return change_draft(
        actor, version_id, seen, lambda document: editing.with_section(document, section_code, **changes)
    )


def edit_settings(actor: Actor, version_id: UUID, settings: Mapping[str, Any], seen: int | None) -> FormVersion:
    """`settings`: every one of editing.SETTINGS, as scorecards.form_json has them."""
    return change_draft(actor, version_id, seen, lambda document: editing.with_settings(document, settings))


def settle_finding(actor: Actor, version_id: UUID, code: str, where: str, seen: int | None) -> FormVersion:
    """Somebody has dealt with what the import could not: it no longer stands in the way of publishing."""
    version = _draft(actor, version_id, seen)
    left = [one for one in version.findings if not (of_import(one) and one["code"] == code and one["where"] == where)]
    if len(left) == len(version.findings):
        raise NotFound(_("没有这条提示。"))
    version.findings = left
    flush(db.session())
    return version


def copy_version(actor: Actor, version_id: UUID, new_version_id: UUID) -> FormVersion:
    """The next version of the same form begins as a copy of this one."""
    version = get_version(actor, version_id)
    return import_form(
        actor, form_of(version), version_id=new_version_id, template_id=version.template_id,
        source_name=version.source_name,
    )  # fmt: skip


def _draft(actor: Actor, version_id: UUID, seen: int | None) -> FormVersion:
    version = get_version(actor, version_id)
    if version.state != "draft":
        raise RuleBroken("form_published", _("已发布的版本不能修改，请建立新版本。"))
    require_version(version, seen)
    return version


def _item(version: FormVersion, item_code: str) -> dict[str, Any]:
    try:
        return editing.item_of(version.form, item_code)
    except KeyError:
        raise NotFound(_("表中没有这一条。")) from None


def change_draft(actor: Actor, version_id: UUID, seen: int | None, change: Change) -> FormVersion:
    version = _draft(actor, version_id, seen)
    before = version.form
    try:
        changed = change(before)
    except KeyError:
        raise NotFound(_("表中没有这一部分。")) from None
    form = from_json(changed)
    document = to_json(form)
    if document == before:
        return version
    _follow(actor, version, form)
    version.form = document
    version.digest = digest_of(document)
    version.item_count = sum(1 for _item in form.items())
    version.findings = kept_after(form, version.findings, editing.changed_places(before, document))
    flush(db.session())
    return version


def _follow(actor: Actor, version: FormVersion, form: Form) -> None:
    """While a form has no other version, its name and kind are those of its only draft."""
    template = get_template(actor, version.template_id, lock=True)
    others = db.session.scalar(
        select(func.count()).select_from(FormVersion).where(
            FormVersion.bureau_id == actor.bureau_id,
            FormVersion.template_id == version.template_id,
            FormVersion.id != version.id,
        )
    )  # fmt: skip
    if others:
        if template.kind != form.kind:
            raise RuleBroken("form_kind", _("这份评分表已有其他版本，类别不能再改，请另建评分表。"))
        return
    template.title = form.title
    template.kind = form.kind
