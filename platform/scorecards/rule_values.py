"""A rule's document as the flat values of the item's page, and back: every shape's parameters side by side."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _

from kernel.errors import Invalid
from scorecards.form import decimal_text

LISTS = ("listed_deductions", "additive", "levels")
_COUNT = ("unit_label", "cap", "zero_at", "unresolved_factor", "free")
_TAKES: Mapping[str, tuple[str, ...]] = {
    "judged": ("step",),
    "count_deduction": ("unit_points", *_COUNT),
    "required_count": ("unit_points", "unit_label", "cap", "zero_at"),
    "tiers": ("unit_label", "counts"),
    "listed_deductions": ("cap",),
}
_FIELDS = ("step", "unit_points", "unit_label", "cap", "zero_at", "unresolved_factor", "free", "counts", "entries")


def plain(value: Any) -> Any:
    return decimal_text(value) if isinstance(value, Decimal) else value


def values_of_rule(rule: Mapping[str, Any]) -> dict[str, Any]:
    values = {name: rule[name] for name in _FIELDS if name in rule}
    values["shape"] = rule["shape"]
    if "tiers" in rule:
        values["tiers"] = [{"start": row["from"], "points": row["points"]} for row in rule["tiers"]]
    if cost := rule.get("unit_points_by"):
        values["cost_parameter"] = cost["parameter"]
        values["costs"] = [{"start": row["from"], "value": row["value"]} for row in cost["rows"]]
    if scale := rule.get("free_by") or rule.get("required"):
        values["scale_parameter"] = scale["parameter"]
        values["scale_rows"] = [{"start": row["from"], "value": row["value"]} for row in scale.get("rows", ())]
        values |= {f"scale_{name}": scale[name] for name in ("per", "rounding", "plus", "minimum") if name in scale}
    return values


def rule_from(values: Mapping[str, Any]) -> dict[str, Any]:
    """The rule's document; Invalid with the messages at their fields where the shape lacks what it needs."""
    shape = values["shape"]
    rule: dict[str, Any] = {"shape": shape}
    for name in _TAKES.get(shape, ()):
        value = plain(values[name])
        if value not in (None, ""):
            rule[name] = value
    if shape in LISTS:
        rule["entries"] = entries_from(_filled(values, "entries"))
    elif shape == "tiers":
        rows = _filled(values, "tiers")
        rule["tiers"] = [{"from": row["start"], "points": decimal_text(row["points"])} for row in rows]
    elif shape == "count_deduction":
        rule |= _count(values)
    elif shape == "required_count":
        if values["unit_points"] is None:
            raise Invalid({"unit_points": [_("请填写每处扣多少分。")]})
        rule["required"] = _scale(values)
    return rule


def _filled(values: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    rows: list[Mapping[str, Any]] = values[name]
    if not rows:
        raise Invalid({name: [_("请至少填写一行。")]})
    return rows


def _count(values: Mapping[str, Any]) -> dict[str, Any]:
    more: dict[str, Any] = {}
    if values["cost_parameter"]:
        more["unit_points_by"] = {"parameter": values["cost_parameter"], "rows": _rows(_filled(values, "costs"))}
    elif values["unit_points"] is None:
        raise Invalid({"unit_points": [_("请填写每处扣多少分。")]})
    if values["scale_parameter"]:
        more["free_by"] = _scale(values)
    return more


def _scale(values: Mapping[str, Any]) -> dict[str, Any]:
    if not values["scale_parameter"]:
        raise Invalid({"scale_parameter": [_("请选择按哪个参数计算。")]})
    if not values["scale_rows"] and values["scale_per"] is None:
        raise Invalid({"scale_per": [_("请填写每多少计 1，或者在下面列出各档。")]})
    scale: dict[str, Any] = {"parameter": values["scale_parameter"]}
    if values["scale_rows"]:
        scale["rows"] = _rows(values["scale_rows"])
    else:
        scale |= {"per": decimal_text(values["scale_per"]), "rounding": values["scale_rounding"] or "up"}
        scale["plus"] = values["scale_plus"] or 0
    scale["minimum"] = values["scale_minimum"] or 0
    return scale


def _rows(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, str]]:
    return [{"from": decimal_text(row["start"]), "value": decimal_text(row["value"])} for row in rows]


def entries_from(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """A new entry gets the next free code; those that answers refer to stay."""
    rows = list(rows)
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
