"""A version beside another one of the same form."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import render_template, request
from flask_babel import gettext as _

from kernel.access.edge import access, current_actor
from kernel.errors import NotFound
from scorecards import labels, service
from scorecards.comparing import WORDS, ItemChange, Piece
from scorecards.form import Item, decimal_text
from scorecards.permissions import Permission
from scorecards.rule_words import rule_words, verdict_words, veto_words
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


def _rule(item: Item) -> str:
    return "；".join(rule_words(item.rule, item.points))


def _yes(value: bool) -> str:
    return _("是") if value else _("否")


_VALUES: Mapping[str, Callable[[Item], str]] = {
    "code": lambda item: item.code,
    "no": lambda item: item.no,
    "points": lambda item: "—" if item.points is None else decimal_text(item.points),
    "rule": _rule,
    "veto": lambda item: veto_words(item.veto) or labels.VETO_EFFECTS["none"],
    "key": lambda item: _yes(item.key),
    "na_allowed": lambda item: _yes(item.na_allowed),
    "tags": lambda item: "、".join(str(labels.TAGS.get(tag, tag)) for tag in item.tags) or "—",
    "mark": lambda item: item.mark or "—",
    "bonus": lambda item: _yes(item.bonus),
}


def changes_of(change: ItemChange) -> list[ShownChange]:
    if change.old is None or change.new is None:
        return []
    shown = []
    for name in change.fields:
        label = labels.FIELDS.get(name, _("编码") if name == "code" else name)
        if name in WORDS:
            shown.append(ShownChange(label, pieces=tuple(change.pieces(name))))
        elif name in _VALUES:
            old, new = _VALUES[name](change.old), _VALUES[name](change.new)
            shown.append(ShownChange(label, str(old), str(new)))
    return shown


def _settings(settings: Mapping[str, tuple[Any, Any]]) -> list[ShownChange]:
    return [
        ShownChange(labels.FIELDS.get(name, _("判定表") if name == "verdicts" else _("原表说明")), *map(_setting(name), both))
        for name, both in settings.items()
    ]


def _setting(name: str) -> Callable[[Any], str]:
    def words(value: Any) -> str:
        if value is None or value == () or value == "":
            return "—"
        if name == "bands":
            return "；".join(f"{one.label} ≥ {decimal_text(one.minimum)}" for one in value)
        if name == "verdicts":
            return "；".join(f"{rule.label}：{verdict_words(rule)}" for rule in value.rules)
        if name == "parameters":
            return "；".join(f"{one.label}（{one.name}）" for one in value)
        if name == "limits":
            effects = labels.LIMIT_EFFECTS
            return "；".join(f"{one.mark} ≥ {one.at_least}：{effects[one.effect]} {one.label}".strip() for one in value)
        if name == "repeat":
            return f"{value.unit_label}（{labels.AGGREGATES[value.aggregate]}）"
        if name == "notes":
            return "；".join(value)
        tables: Mapping[str, Mapping[str, Any]] = {
            "kind": labels.KINDS, "mode": labels.MODES, "na_policy": labels.NA_POLICIES,
        }  # fmt: skip
        if name in tables:
            return str(tables[name][value])
        return decimal_text(value) if hasattr(value, "as_tuple") else str(value)

    return words


def _sections(sections: Mapping[str, tuple[Any, Any]]) -> list[ShownChange]:
    shown = []
    for old, new in sections.values():
        if old is None or new is None:
            label = _("增加部分") if old is None else _("删除部分")
            shown.append(ShownChange(label, "" if old is None else old.title, "" if new is None else new.title))
            continue
        shown.append(ShownChange(_("修改部分"), _head(old), _head(new)))
    return shown


def _head(section: Any) -> str:
    parts = [section.title]
    if section.points is not None:
        parts.append(_("%(points)s 分", points=decimal_text(section.points)))
    if section.cap is not None:
        parts.append(_("最多扣 %(points)s 分", points=decimal_text(section.cap)))
    if section.na_allowed:
        parts.append(_("可整体不适用"))
    if section.repeat:
        parts.append(f"{section.repeat.unit_label}（{labels.AGGREGATES[section.repeat.aggregate]}）")
    if section.note:
        parts.append(section.note)
    return "，".join(str(part) for part in parts)


