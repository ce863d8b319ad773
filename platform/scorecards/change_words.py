"""Values of a form as the comparison of two versions shows them."""

from collections.abc import Callable, Mapping
from typing import Any

from flask_babel import gettext as _

from scorecards import labels
from scorecards.form import Item, Section, decimal_text
from scorecards.rule_words import limit_words, repeat_words, rule_words, share_words, verdict_words, veto_words


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


def item_words(item: Item, name: str) -> str:
    """The field `name` of an item."""
    return str(_VALUES[name](item) if name in _VALUES else getattr(item, name))


def _bands(value: Any) -> str:
    return "；".join(f"{one.label} ≥ {decimal_text(one.minimum)}" for one in value)


_SETTINGS: Mapping[str, Callable[[Any], Any]] = {
    "bands": _bands,
    "limits": lambda value: "；".join(limit_words(one) for one in value),
    "verdicts": lambda value: "；".join(f"{rule.label}：{verdict_words(rule)}" for rule in value.rules),
    "parameters": lambda value: "；".join(f"{one.label}（{one.name}）" for one in value),
    "repeat": repeat_words,
    "notes": "；".join,
    "kind": labels.KINDS.__getitem__,
    "mode": labels.MODES.__getitem__,
    "na_policy": labels.NA_POLICIES.__getitem__,
    "total": decimal_text,
    "bonus_cap": decimal_text,
}


def setting_words(name: str, value: Any) -> str:
    """The field `name` of a form."""
    return "—" if value is None or value in ((), "") else str(_SETTINGS.get(name, str)(value))


def section_words(section: Section) -> str:
    parts = [section.title]
    if section.points is not None:
        parts.append(_("%(points)s 分", points=decimal_text(section.points)))
    if section.cap is not None:
        parts.append(_("最多扣 %(points)s 分", points=decimal_text(section.cap)))
    if section.na_allowed:
        parts.append(_("可整体不适用"))
    if section.repeat:
        parts.append(repeat_words(section.repeat))
    if section.na_share:
        parts.append(share_words(section.na_share))
    if section.note:
        parts.append(section.note)
    return "，".join(str(part) for part in parts)
