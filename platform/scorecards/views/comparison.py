"""A version beside another one of the same form."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import render_template, request
from flask_babel import gettext as _

from kernel.access.edge import access, current_actor
from kernel.errors import NotFound
from scorecards import labels, service
from scorecards.change_words import item_words, section_words, setting_words
from scorecards.comparing import WORDS, ItemChange, Piece
from scorecards.permissions import Permission
from scorecards.service.comparing import beside, compared
from scorecards.views.blueprint import blueprint


@dataclass(frozen=True, slots=True)
class ShownChange:
    """One line of the comparison: `pieces` where words were compared mark by mark, else old and new."""

    label: Any
    old: str = ""
    new: str = ""
    pieces: tuple[Piece, ...] = ()


@blueprint.get("/versions/<uuid:form_version_id>/comparison")
@access(Permission.READ)
def comparison(form_version_id: UUID) -> str:
    """`with`: the other version's id; by default the one before."""
    actor = current_actor()
    version = service.get_version(actor, form_version_id)
    others = [one for one in service.versions_of(actor, version.template_id) if one.id != version.id]
    other = beside(actor, version, _chosen())
    found = compared(other, version) if other else None
    return render_template(
        "forms/comparison.html", version=version, other=other, others=others, found=found, labels=labels,
        changes_of=changes_of, settings=_settings(found.settings) if found else [],
        sections=_sections(found.sections) if found else [],
        titles={section["code"]: section.get("title") or section["code"] for section in version.form["sections"]},
    )  # fmt: skip


def _chosen() -> UUID | None:
    raw = request.args.get("with", "")
    if not raw:
        return None
    try:
        return UUID(raw)
    except ValueError:
        raise NotFound(_("没有这个评分表版本。")) from None


def changes_of(change: ItemChange) -> list[ShownChange]:
    if change.old is None or change.new is None:
        return []
    shown = []
    for name in change.fields:
        label = labels.FIELDS.get(name, _("编码") if name == "code" else name)
        if name in WORDS:
            shown.append(ShownChange(label, pieces=tuple(change.pieces(name))))
        else:
            shown.append(ShownChange(label, item_words(change.old, name), item_words(change.new, name)))
    return shown


def _settings(settings: Mapping[str, tuple[Any, Any]]) -> list[ShownChange]:
    names = {"verdicts": _("判定表"), "notes": _("原表说明")}
    return [
        ShownChange(
            labels.FIELDS.get(name) or names.get(name, name), setting_words(name, old), setting_words(name, new)
        )
        for name, (old, new) in settings.items()
    ]


def _sections(sections: Mapping[str, tuple[Any, Any]]) -> list[ShownChange]:
    shown = []
    for old, new in sections.values():
        if old is None or new is None:
            label = _("增加部分") if old is None else _("删除部分")
            shown.append(ShownChange(label, "" if old is None else old.title, "" if new is None else new.title))
            continue
        shown.append(ShownChange(_("修改部分"), section_words(old), section_words(new)))
    return shown
