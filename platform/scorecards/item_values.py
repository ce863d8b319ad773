"""An item's document as the flat values of its page, and back; a form's refusal in words, at the page's fields."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _

from kernel.errors import Invalid
from scorecards.problem_text import PROBLEMS
from scorecards.problems import FormInvalid
from scorecards.rule_values import LISTS, plain, rule_from, values_of_rule

__all__ = ["LISTS", "in_words", "item_from", "values_of"]

PLAIN = (
    "no", "text", "points", "method", "rule_text", "key", "na_allowed", "tags", "note", "mark", "bonus",
)  # fmt: skip
_VETO = ("effect", "label", "condition", "on_loss")


def values_of(item: Mapping[str, Any]) -> dict[str, Any]:
    veto = item.get("veto", {})
    values = {name: item[name] for name in PLAIN if name in item} | values_of_rule(item["rule"])
    return {"veto_effect": "none", **values, **{f"veto_{name}": veto[name] for name in _VETO if name in veto}}


def item_from(values: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
    """The item's document; Invalid with the messages at their fields where the shape lacks what it needs."""
    item = {**before, **{name: plain(values[name]) for name in PLAIN}, "rule": rule_from(values)}
    item.pop("veto", None)
    if values["veto_effect"] != "none":
        item["veto"] = {name: values[f"veto_{name}"] for name in _VETO}
    return item


# A field of the document → that of the page, which may belong to the rule or the repeat.
_NAMES = {
    "min": "minimum", "max": "maximum", "unit_points_by": "costs", "free_by": "scale_rows", "required": "scale_rows",
    "na_share": "na_percent", "repeat": "repeat_label", "op": "operator", "from": "start",
}  # fmt: skip


def in_words(error: FormInvalid, known: Mapping[str, Any] | None = None, prefix: str = "") -> Invalid:
    """The same refusal with words. For a page: `known` are its fields, and each problem stands at the one it names."""
    messages: dict[str, list[str]] = {}
    for problem in error.problems:
        text = str(PROBLEMS[problem.code]) % dict(problem.params)
        if known is None:
            messages.setdefault(prefix + problem.path, []).append(text)
            continue
        field = _field(problem.path, known)
        shown = text if field != "_form" else _("%(path)s：%(problem)s", path=problem.path, problem=text)
        messages.setdefault(field, []).append(shown)
    return Invalid(messages)


def _field(path: str, known: Mapping[str, Any]) -> str:
    """ "sections.0.items.2.rule.entries.1.points" → "entries.1.points"; "_form" for what the page does not show."""
    parts = [_NAMES.get(part, part) for part in path.split(".")]
    for start in range(len(parts)):
        rest = parts[start:]
        if rest[0] == "veto" and len(rest) > 1 and f"veto_{rest[1]}" in known:
            return f"veto_{rest[1]}"
        if rest[0] == "veto" and "veto_effect" in known:
            return "veto_effect"
        if rest[0] in known and rest[0] not in ("sections", "items"):
            if rest[0] in ("costs", "scale_rows", "repeat_label", "na_percent", "verdicts"):
                return rest[0]
            return ".".join(rest)
    return "_form"
