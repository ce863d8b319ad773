"""Changes to a draft's document (scorecards.form_json), part by part. Each gives a new document, unchecked:
`form_json.from_json` says whether it still is a form. A part that does not exist is a KeyError."""

from collections.abc import Mapping, Sequence
from typing import Any

Document = Mapping[str, Any]
SETTINGS = (
    "title", "kind", "total", "mode", "na_policy", "places", "source", "bands", "parameters", "limits", "repeat",
    "bonus_cap", "verdicts", "notes",
)  # fmt: skip


def place_of_item(document: Document, code: str) -> tuple[int, int]:
    """Positions of the section and of the item within it."""
    for at, section in enumerate(document["sections"]):
        for position, item in enumerate(section.get("items", ())):
            if item["code"] == code:
                return at, position
    raise KeyError(code)


def item_of(document: Document, code: str) -> dict[str, Any]:
    at, position = place_of_item(document, code)
    return dict(document["sections"][at]["items"][position])


def section_of(document: Document, code: str) -> dict[str, Any]:
    for section in document["sections"]:
        if section["code"] == code:
            return dict(section)
    raise KeyError(code)


def with_item(document: Document, code: str, item: Mapping[str, Any]) -> dict[str, Any]:
    """`item` replaces the whole item; its code stays, because answers and accounts refer to it."""
    at, position = place_of_item(document, code)
    sections = [dict(section) for section in document["sections"]]
    items = list(sections[at]["items"])
    items[position] = {**item, "code": code}
    sections[at]["items"] = items
    return {**document, "sections": sections}


def with_section(document: Document, code: str, **changes: Any) -> dict[str, Any]:
    """`changes`: fields of the section as scorecards.form_json has them, except its code and items."""
    section_of(document, code)
    sections = [{**section, **changes} if section["code"] == code else section for section in document["sections"]]
    return {**document, "sections": sections}


def with_settings(document: Document, settings: Mapping[str, Any]) -> dict[str, Any]:
    """`settings` holds every one of SETTINGS."""
    return {**document, **{name: settings[name] for name in SETTINGS}}


def confirmed(document: Document, code: str) -> dict[str, Any]:
    item = item_of(document, code)
    item.pop("review", None)
    return with_item(document, code, item)


def changed_places(before: Document, after: Document) -> set[str]:
    """Where two documents differ, as findings name places: "item:…", "section:…", "band:…", "form"."""
    places: set[str] = set()
    for kind, old, new in (
        ("item", _items(before), _items(after)),
        ("section", _sections(before), _sections(after)),
        ("band", _named(before.get("bands", ()), "label"), _named(after.get("bands", ()), "label")),
    ):
        places |= {f"{kind}:{name}" for name in {*old, *new} if old.get(name) != new.get(name)}
    if before.get("verdicts") != after.get("verdicts"):
        rules = [*_verdicts(before), *_verdicts(after)]
        places |= {f"verdict:{rule['label']}" for rule in rules}
    return places


def _named(rows: Sequence[Mapping[str, Any]], name: str) -> dict[str, Any]:
    return {row[name]: row for row in rows}


def _items(document: Document) -> dict[str, Any]:
    return {item["code"]: item for section in document["sections"] for item in section.get("items", ())}


def _sections(document: Document) -> dict[str, Any]:
    """Without their items, which have places of their own."""
    return {
        section["code"]: {name: value for name, value in section.items() if name != "items"}
        for section in document["sections"]
    }


def _verdicts(document: Document) -> Sequence[Mapping[str, Any]]:
    rules: Sequence[Mapping[str, Any]] = (document.get("verdicts") or {}).get("rules", ())
    return rules
