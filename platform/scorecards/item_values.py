"""An item's document as the flat values of its page, and back."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _

from kernel.errors import Invalid
from scorecards.form import decimal_text
from scorecards.problem_text import PROBLEMS
from scorecards.problems import FormInvalid

PLAIN = ("no", "text", "points", "method", "rule_text", "key", "na_allowed", "tags", "note")
LISTS = ("listed_deductions", "additive", "levels")
_RULE_FIELDS = ("step", "unit_points", "unit_label", "cap", "zero_at", "unresolved_factor", "entries")
_TAKES: Mapping[str, tuple[str, ...]] = {
    "judged": ("step",),
    "count_deduction": ("unit_points", "unit_label", "cap", "zero_at", "unresolved_factor"),
    "listed_deductions": ("entries", "cap"),
    "additive": ("entries",),
    "levels": ("entries",),
}


def values_of(item: Mapping[str, Any]) -> dict[str, Any]:
    rule = item["rule"]
    veto = item.get("veto", {})
    values = {name: item[name] for name in PLAIN if name in item}
    values |= {name: rule[name] for name in _RULE_FIELDS if name in rule}
    values |= {f"veto_{name}": veto[name] for name in ("effect", "label", "condition", "on_loss") if name in veto}
    return {"veto_effect": "none", **values, "shape": rule["shape"]}


def item_from(values: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
    """The item's document; Invalid with the messages at their fields where the shape lacks what it needs."""
    item = {**before, **{name: _plain(values[name]) for name in PLAIN}}
    item["rule"] = _rule(values)
    effect = values["veto_effect"]
    item["veto"] = (
        {}
        if effect == "none"
        else {
            "effect": effect,
            "label": values["veto_label"],
            "condition": values["veto_condition"],
            "on_loss": values["veto_on_loss"],
        }
    )
    if effect == "none":
        del item["veto"]
    return item


def _rule(values: Mapping[str, Any]) -> dict[str, Any]:
    shape = values["shape"]
    if shape == "count_deduction" and values["unit_points"] is None:
        raise Invalid({"unit_points": [_("请填写每处扣多少分。")]})
    if shape in LISTS and not values["entries"]:
        raise Invalid({"entries": [_("请至少填写一行。")]})
    rule: dict[str, Any] = {"shape": shape}
    for name in _TAKES.get(shape, ()):
        value = _entries(values["entries"]) if name == "entries" else _plain(values[name])
        if value not in (None, ""):
            rule[name] = value
    return rule


def _entries(rows: list[Mapping[str, Any]]) -> list[dict[str, Any]]:
    taken = {row["code"] for row in rows if row["code"]}
    free = (str(number) for number in range(1, 10_000) if str(number) not in taken)
    return [
        {
            "code": row["code"] or next(free),
            "label": row["label"],
            "points": decimal_text(row["points"]),
            "repeatable": row["repeatable"],
        }
        for row in rows
    ]


def _plain(value: Any) -> Any:
    return decimal_text(value) if isinstance(value, Decimal) else value


def settings_from(values: Mapping[str, Any]) -> dict[str, Any]:
    bands = [
        {"label": row["label"], "min": decimal_text(row["minimum"]), "max": _plain(row["maximum"])}
        for row in values["bands"]
    ]
    return {**{name: _plain(value) for name, value in values.items()}, "bands": bands}


def settings_of(document: Mapping[str, Any]) -> dict[str, Any]:
    """With the defaults that the document leaves out."""
    values = {"mode": "sum", "na_policy": "refuse", "places": 1, "source": "", "total": None}
    values |= {name: document[name] for name in ("title", "kind", *values) if name in document}
    bands = [
        {"label": band["label"], "minimum": band["min"], "maximum": band.get("max")}
        for band in document.get("bands", ())
    ]
    return {**values, "bands": bands}


_NAMES = {"min": "minimum", "max": "maximum"}


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
            return ".".join(rest)
    return "_form"
