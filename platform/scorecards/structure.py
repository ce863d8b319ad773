"""Adding, copying, removing and ordering what a draft consists of. Pure, on documents (see scorecards.editing).

A code stays with its item for ever: answers, accounts, phrases and the comparison of versions refer to it. So a new
item never takes a code that any version of the form has used (`taken`), and moving or renumbering changes no code.
A part that does not exist is a KeyError.
"""

import re
import unicodedata
from collections.abc import Collection, Mapping
from copy import deepcopy
from typing import Any

from scorecards.editing import Document, place_of_item

_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}", re.ASCII)
_COUNTED = re.compile(r"(?P<head>.*?)(?P<number>\d{1,6})(?P<tail>\D{0,2})", re.DOTALL)


def codes_of(document: Document) -> set[str]:
    """Of items and of sections: a section's own "not applicable" is answered under its code."""
    items = {item["code"] for section in document["sections"] for item in section.get("items", ())}
    return items | {section["code"] for section in document["sections"]}


def _sections(document: Document) -> list[dict[str, Any]]:
    return [{**section, "items": list(section.get("items", ()))} for section in document["sections"]]


def _at(document: Document, section_code: str) -> int:
    for at, section in enumerate(document["sections"]):
        if section["code"] == section_code:
            return at
    raise KeyError(section_code)


def free_code(wanted: str, taken: Collection[str]) -> str:
    """The printed number where it can serve, else the next free "n…"."""
    plain = unicodedata.normalize("NFKC", wanted).strip().rstrip(".、)")
    if _CODE.fullmatch(plain) and plain not in taken:
        return plain
    return next(code for code in (f"n{number}" for number in range(1, 100_000)) if code not in taken)


def next_number(document: Document, section_code: str) -> str:
    """What the next item of a section would be numbered: one more than the last above it, "" where none counts."""
    used = {item.get("no", "") for section in document["sections"] for item in section.get("items", ())}
    at = _at(document, section_code)
    for section in reversed(document["sections"][: at + 1]):
        for item in reversed(section.get("items", ())):
            matched = _COUNTED.fullmatch(unicodedata.normalize("NFKC", item.get("no", "")))
            if matched:
                numbers = range(int(matched["number"]) + 1, 10_000_000)
                return next(no for no in (f"{matched['head']}{n}{matched['tail']}" for n in numbers) if no not in used)
    return "" if used - {""} else "1"


def with_new_item(
    document: Document, section_code: str, item: Mapping[str, Any], taken: Collection[str], after: str | None = None
) -> tuple[dict[str, Any], str]:
    """`item` without a code, at the end of the section or behind the item `after`; gives its code too."""
    sections = _sections(document)
    items = sections[_at(document, section_code)]["items"]
    code = free_code(item.get("no", ""), {*taken, *codes_of(document)})
    position = len(items)
    if after is not None:
        position = next((place for place, one in enumerate(items, start=1) if one["code"] == after), position)
    items.insert(position, {**item, "code": code})
    return {**document, "sections": sections}, code


def with_copied_item(document: Document, code: str, taken: Collection[str]) -> tuple[dict[str, Any], str]:
    """Behind its model, numbered on. Whoever copies has yet to say what differs, so the rule counts as unconfirmed
    only where its model did."""
    at, position = place_of_item(document, code)
    section = document["sections"][at]
    model = deepcopy(section["items"][position])
    model.pop("code")
    model["no"] = next_number(document, section["code"])
    return with_new_item(document, section["code"], model, taken, after=code)


def without_item(document: Document, code: str) -> dict[str, Any]:
    at, position = place_of_item(document, code)
    sections = _sections(document)
    del sections[at]["items"][position]
    return {**document, "sections": sections}


def with_moved_item(document: Document, code: str, section_code: str, position: int) -> dict[str, Any]:
    """To `position` (0: first) among the other items of `section_code`; beyond the end it is the last."""
    at, place = place_of_item(document, code)
    to = _at(document, section_code)
    sections = _sections(document)
    item = sections[at]["items"].pop(place)
    sections[to]["items"].insert(max(position, 0), item)
    return {**document, "sections": sections}


def with_stepped_item(document: Document, code: str, *, up: bool) -> dict[str, Any]:
    """One place up or down; at the edge of its section it goes over into the next one, at the form's it stays."""
    at, place = place_of_item(document, code)
    sections = document["sections"]
    if up and place == 0:
        return with_moved_item(document, code, sections[at - 1]["code"], 10**6) if at else dict(document)
    if not up and place == len(sections[at]["items"]) - 1:
        return (
            with_moved_item(document, code, sections[at + 1]["code"], 0) if at + 1 < len(sections) else dict(document)
        )
    return with_moved_item(document, code, sections[at]["code"], place - 1 if up else place + 1)


def with_new_section(
    document: Document, section: Mapping[str, Any], taken: Collection[str], after: str | None = None
) -> tuple[dict[str, Any], str]:
    """`section` without code and items, at the end or behind `after`."""
    sections = _sections(document)
    used = {*taken, *codes_of(document)}
    code = free_code(f"s{len(sections) + 1}", used)
    position = len(sections) if after is None else _at(document, after) + 1
    sections.insert(position, {"code": code, **section, "items": []})
    return {**document, "sections": sections}, code


def with_copied_section(document: Document, code: str, taken: Collection[str]) -> tuple[dict[str, Any], str]:
    """With all its items, each under a code of its own."""
    model = document["sections"][_at(document, code)]
    kept = {name: value for name, value in model.items() if name not in ("code", "items")}
    changed, new_code = with_new_section(document, deepcopy(kept), taken, after=code)
    for item in model.get("items", ()):
        plain = {name: value for name, value in deepcopy(item).items() if name != "code"}
        changed, _item_code = with_new_item(changed, new_code, {**plain, "no": ""}, taken)
    return changed, new_code


def without_section(document: Document, code: str) -> dict[str, Any]:
    """And without its items."""
    sections = _sections(document)
    del sections[_at(document, code)]
    return {**document, "sections": sections}


def with_moved_section(document: Document, code: str, position: int) -> dict[str, Any]:
    sections = _sections(document)
    section = sections.pop(_at(document, code))
    sections.insert(max(position, 0), section)
    return {**document, "sections": sections}


def with_stepped_section(document: Document, code: str, *, up: bool) -> dict[str, Any]:
    return with_moved_section(document, code, _at(document, code) + (-1 if up else 1))


def renumbered(document: Document) -> dict[str, Any]:
    """The printed numbers run 1, 2, 3 … through the whole form; codes stay."""
    sections = _sections(document)
    number = 0
    for section in sections:
        for place, item in enumerate(section["items"]):
            number += 1
            section["items"][place] = {**item, "no": str(number)}
    return {**document, "sections": sections}
