"""Sections and items of the table-like YAML: fields, stable codes, rules read from their wording."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation
from typing import Any

from scorecards.finding import Finding, Severity, finding
from scorecards.form import POINTS_PLACES, WITHOUT_POINTS, Item, Judged, Section, Veto, YesNo, decimal_text
from scorecards.reading import LIKELY, Reading, read_rule

MAX_POINTS = Decimal(100_000)
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,19}", re.ASCII)
_KNOWN_ITEM = {
    "no",
    "text",
    "points",
    "method",
    "rule",
    "veto",
    "key",
    "inferred_points",
    "note",
    "na_allowed",
    "mark",
    "bonus",
}
# What only the reading of a table adds: what it has to say, what stands in for a rule that the table lacks, red lines.
_OF_TABLE = {"said", "assume", "must_pass"}
_KNOWN_SECTION = {"title", "points", "items", "note", "sum_mismatch", "points_inferred"}


@dataclass(slots=True)
class Source:
    """Takes fields from raw data; what does not fit becomes a finding."""

    findings: list[Finding] = field(default_factory=list)
    readings: dict[str, Reading] = field(default_factory=dict)
    codes: set[str] = field(default_factory=set)
    of_table: bool = False

    def said(self, raw: Mapping[str, Any], where: str) -> None:
        """What the reading of the table had to say of this part."""
        if self.of_table:
            for severity, code, params in raw.get("said") or ():
                self.add(severity, code, where, **params)

    def add(self, severity: Severity, code: str, where: str = "form", **params: Any) -> None:
        self.findings.append(finding(severity, code, where, **params))

    def text(self, raw: Mapping[str, Any], key: str, where: str, limit: int = 2000) -> str:
        value = raw.get(key)
        if value is None:
            return ""
        if isinstance(value, (int, Decimal)) and not isinstance(value, bool):
            value = str(value)
        if not isinstance(value, str):
            self.add("error", "field_not_text", where, field=key)
            return ""
        if len(value) > limit:
            self.add("warning", "field_too_long", where, field=key, limit=limit)
        return value.strip()[:limit]

    def points(self, raw: Mapping[str, Any], key: str, where: str) -> Decimal | None:
        """Figures as numbers or as text with 全角 digits ("１０分")."""
        value = raw.get(key)
        if value is None or value == "":
            return None
        found: Decimal | None = None
        if isinstance(value, (int, Decimal)) and not isinstance(value, bool):
            found = Decimal(value)
        elif isinstance(value, str):
            words = unicodedata.normalize("NFKC", value).strip().removesuffix("分").strip()
            try:
                found = Decimal(words) if len(words) <= 20 else None
            except InvalidOperation:
                found = None
        if found is None or not found.is_finite() or not 0 <= found <= MAX_POINTS:
            self.add("error", "field_not_points", where, field=key, value=str(value)[:40])
            return None
        if found != round(found, POINTS_PLACES):
            self.add("error", "field_not_points", where, field=key, value=str(value)[:40])
            return None
        return Decimal(decimal_text(found))


def read_section(source: Source, raw: Any, place: int) -> Section:
    where = f"section:{place}"
    if not isinstance(raw, Mapping):
        source.add("error", "section_unreadable", where)
        return Section(code=str(place), title=str(place))
    items = raw.get("items")
    if items is not None and not isinstance(items, list):
        source.add("error", "section_unreadable", where)
        items = []
    if raw.get("points_inferred") is True:
        source.add("info", "points_inferred", where)
    note = source.text(raw, "note", where)
    if note:
        source.add("warning", "section_note", where, text=note[:200])
    source.said(raw, where)
    for key in set(raw) - _KNOWN_SECTION - ({"said", "veto", "cap"} if source.of_table else set()):
        source.add("info", "key_ignored", where, key=str(key)[:80])
    found = [read_item(source, item, place, number) for number, item in enumerate(items or [], start=1)]
    return Section(
        code=str(place),
        title=source.text(raw, "title", where, limit=200) or str(place),
        points=source.points(raw, "points", where) or None,
        items=tuple(item for item in found if item is not None),
        note=note,
        cap=source.points(raw, "cap", where) if source.of_table else None,
    )


def _code(source: Source, no: str, section: int, number: int) -> str:
    """The printed number where it can serve and is not taken (two levels A1/A2 may both have a B1)."""
    plain = unicodedata.normalize("NFKC", no).strip().rstrip(".、)")
    printed = (plain, f"{section}.{plain}") if plain else ()
    for code in (*printed, f"{section}.{number}", f"s{section}-{number}"):
        if _CODE.fullmatch(code) and code not in source.codes:
            source.codes.add(code)
            return code
    raise AssertionError("s{section}-{number} is free by construction")


def _assumed(how: str, points: Decimal | None, text: str, veto: bool) -> Reading:
    """The rule of an item whose table has none of its own: never taken without a person's word."""
    if how == "yes_no" and not points:
        return Reading(rule=YesNo(), confidence=85)
    if how.startswith("rule:"):
        read = read_rule(how.removeprefix("rule:"), points, item_text=text, veto=veto)
        return replace(read, confidence=min(read.confidence, 75), doubts=(*read.doubts, "rule_of_sheet"))
    return Reading(rule=Judged(), confidence=60, doubts=("no_rule_text",))


def read_item(source: Source, raw: Any, section: int, number: int) -> Item | None:
    if not isinstance(raw, Mapping):
        source.add("error", "item_unreadable", f"section:{section}", number=number)
        return None
    spot = f"section:{section}"
    no = source.text(raw, "no", spot, limit=40)
    code = _code(source, no, section, number)
    where = f"item:{code}"
    text = source.text(raw, "text", where)
    if not text:
        source.add("error", "item_without_text", where, number=number)
        text = no or code
    points = source.points(raw, "points", where)
    rule_text = source.text(raw, "rule", where)
    veto = raw.get("veto") is True
    reading = read_rule(rule_text, points, item_text=text, veto=veto)
    if source.of_table and not rule_text and raw.get("assume"):
        assumed = str(raw["assume"])
        reading = _assumed(assumed, points, text, veto)
        rule_text = assumed.removeprefix("rule:") if assumed.startswith("rule:") else ""
    if source.of_table and raw.get("must_pass") is True and reading.veto.effect == "none":
        must_pass = Veto("fail", "不合格", on_loss=True)
        reading = replace(
            reading, veto=must_pass, confidence=min(reading.confidence, 70), doubts=(*reading.doubts, "must_pass_label")
        )
    source.readings[code] = reading
    rule = reading.rule
    if reading.confidence < LIKELY and not isinstance(rule, WITHOUT_POINTS):
        # Not understood: the inspector judges freely within the item's points until a person has decided.
        rule = Judged()
    for doubt in reading.doubts:
        severity: Severity = "info" if reading.review == "" else "warning"
        if doubt == "parts_do_not_close" and reading.review == "decide":
            severity = "error"  # the parts are named, the judging hides that they do not add up
        source.add(severity, f"doubt_{doubt}", where, text=rule_text[:200], confidence=reading.confidence)
    if raw.get("inferred_points") is True:
        source.add("info", "points_inferred", where)
    source.said(raw, where)
    for key in set(raw) - _KNOWN_ITEM - (_OF_TABLE if source.of_table else set()):
        source.add("info", "key_ignored", where, key=str(key)[:80])
    item = Item(
        code=code,
        no=no or code,
        text=text,
        points=None if isinstance(rule, WITHOUT_POINTS) and not points else points,
        method=source.text(raw, "method", where, limit=200),
        rule=rule,
        rule_text=rule_text,
        veto=reading.veto,
        key=raw.get("key") is True,
        na_allowed=reading.na_allowed or raw.get("na_allowed") is True,
        tags=reading.tags,
        review=reading.review,
        mark=source.text(raw, "mark", where, limit=8),
        note=source.text(raw, "note", where),
    )
    return item if points or points is None else replace(item, points=None)
