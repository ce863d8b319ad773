"""A form's settings and a section's head as the flat values of their pages, and back."""

from collections.abc import Iterable, Mapping
from typing import Any

from scorecards.form import decimal_text
from scorecards.rule_values import plain

_PLAIN = ("title", "kind", "total", "mode", "na_policy", "places", "source", "bonus_cap")
_DEFAULTS: Mapping[str, Any] = {
    "mode": "sum", "na_policy": "refuse", "places": 1, "source": "", "total": None, "bonus_cap": None,
}  # fmt: skip
_PARAMETER = ("name", "label", "unit", "source")
_LIMIT = ("at_least", "effect", "label", "mark", "note")


def settings_from(values: Mapping[str, Any]) -> dict[str, Any]:
    """Every one of editing.SETTINGS."""
    return {
        **{name: plain(values[name]) for name in _PLAIN},
        "bands": [
            {"label": row["label"], "min": decimal_text(row["minimum"]), "max": plain(row["maximum"])}
            for row in values["bands"]
        ],
        "parameters": [{name: row[name] for name in _PARAMETER if row[name]} for row in values["parameters"]],
        "limits": [{name: row[name] for name in _LIMIT if row[name]} for row in values["limits"]],
        "repeat": repeat_from(values),
        "verdicts": _verdicts_from(values),
        "notes": [line.strip() for line in values["notes"].splitlines() if line.strip()],
    }


def settings_of(document: Mapping[str, Any]) -> dict[str, Any]:
    """With the defaults that the document leaves out."""
    values = {**_DEFAULTS, **{name: document[name] for name in _PLAIN if name in document}}
    verdicts = document.get("verdicts") or {}
    return {
        **values,
        "bands": [
            {"label": band["label"], "minimum": band["min"], "maximum": band.get("max")}
            for band in document.get("bands", ())
        ],
        "parameters": [{"source": "profile", **row} for row in document.get("parameters", ())],
        "limits": list(document.get("limits", ())),
        **repeat_values(document.get("repeat")),
        "verdicts": list(_verdict_rows(verdicts.get("rules", ()))),
        "min_key": verdicts.get("min_key"),
        "min_general": verdicts.get("min_general"),
        "notes": "\n".join(document.get("notes", ())),
    }


def repeat_from(values: Mapping[str, Any]) -> dict[str, Any] | None:
    if not values["repeat_label"]:
        return None
    return {
        "unit_label": values["repeat_label"],
        "aggregate": values["repeat_aggregate"] or "mean",
        "minimum_units": 1 if values["repeat_minimum"] is None else values["repeat_minimum"],
    }


def repeat_values(repeat: Mapping[str, Any] | None) -> dict[str, Any]:
    found = repeat or {}
    return {
        "repeat_label": found.get("unit_label", ""),
        "repeat_aggregate": found.get("aggregate", "mean"),
        "repeat_minimum": found.get("minimum_units", 1),
    }


def _verdict_rows(rules: Iterable[Mapping[str, Any]]) -> Iterable[dict[str, Any]]:
    """One row per condition: rows of the same label and `way` hold together, its ways are alternatives."""
    for rule in rules:
        for way, conditions in enumerate(rule["any"], start=1):
            for one in conditions:
                yield {
                    "label": rule["label"], "way": way, "metric": one["metric"], "operator": one["op"],
                    "value": one["value"],
                }  # fmt: skip


def _verdicts_from(values: Mapping[str, Any]) -> dict[str, Any] | None:
    rules: dict[str, dict[int, list[dict[str, str]]]] = {}
    for row in values["verdicts"]:
        ways = rules.setdefault(row["label"], {})
        condition = {"metric": row["metric"], "op": row["operator"], "value": decimal_text(row["value"])}
        ways.setdefault(row["way"] or 1, []).append(condition)
    if not rules:
        return None
    return {
        "rules": [{"label": label, "any": [ways[way] for way in sorted(ways)]} for label, ways in rules.items()],
        "min_key": values["min_key"],
        "min_general": values["min_general"],
    }


def section_from(values: Mapping[str, Any]) -> dict[str, Any]:
    share = None
    if values["na_percent"] is not None:
        share = {"percent": decimal_text(values["na_percent"]), "of": values["na_of"] or "points"}
    return {
        "title": values["title"], "points": plain(values["points"]), "note": values["note"], "cap": plain(values["cap"]),
        "na_allowed": values["na_allowed"], "na_share": share, "repeat": repeat_from(values),
    }  # fmt: skip


def section_values(section: Mapping[str, Any]) -> dict[str, Any]:
    share = section.get("na_share") or {}
    return {
        **{name: section.get(name, "") for name in ("title", "points", "note", "cap")},
        "na_allowed": section.get("na_allowed", False),
        "na_percent": share.get("percent"), "na_of": share.get("of", "points"),
        **repeat_values(section.get("repeat")),
    }  # fmt: skip
