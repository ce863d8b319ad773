"""The deduction that goes with a phrase, as a person writes it in one cell, and back.

"2" of a counted item, "不符合" of an all-or-nothing one, the labels of listed entries parted by "；" with "×2" behind
what is counted, a level's label. Pure: raises Unread, whose words are elsewhere.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from scorecards.answers import EXPECTED, read_answers
from scorecards.engine import score
from scorecards.form import Entry, Form, Item, decimal_text
from scorecards.form_json import shape_of

FAILED = ("不符合", "不合格", "否", "不达标", "not met", "no")
FOUND = ("发现", "是", "有", "found", "yes")
_PARTS = re.compile(r"[；;\n]+")
_TIMES = re.compile(r"(?P<label>.+?)\s*[×x*]\s*(?P<times>\d{1,4})")


class Unread(ValueError):
    """The text names nothing that the item's rule knows."""


def kind_of(item: Item) -> str:
    return str(EXPECTED[shape_of(item.rule)])


def suggestion_text(item: Item, answer: Mapping[str, Any] | None) -> str:
    """ "" where there is none; what no longer fits the item's rule is left out."""
    kind = kind_of(item)
    value = (answer or {}).get(kind)
    if value is None:
        return ""
    if kind == "met":
        return "" if value else FAILED[0]
    if kind == "found":
        return FOUND[0] if value else ""
    if kind == "checked":
        labels = {entry.code: entry.label for entry in _entries(item)}
        named = [(labels[code], times) for code, times in value.items() if code in labels]
        return "；".join(label if times == 1 else f"{label}×{times}" for label, times in named)
    if kind == "level":
        return next((entry.label for entry in _entries(item) if entry.code == value), "")
    return str(value)


def check_suggestion(form: Form, code: str, answer: Mapping[str, Any]) -> None:
    """AnswersInvalid where the item's rule does not take it: the engine's own word."""
    score(form, read_answers(form, {code: answer}))


def read_suggestion(item: Item, text: str) -> dict[str, Any] | None:
    """The answer's JSON; None of a blank."""
    words = unicodedata.normalize("NFKC", text).strip()
    if not words:
        return None
    kind = kind_of(item)
    if kind == "met" and words in FAILED:
        return {"met": False}
    if kind == "found" and words in FOUND:
        return {"found": True}
    if kind == "count" and words.isascii() and words.isdigit() and len(words) <= 6:
        return {"count": int(words)}
    if kind == "judged":
        return {"judged": _mark(words)}
    if kind == "level":
        return {"level": _entry(item, words).code}
    if kind == "checked":
        return {"checked": _checked(item, words)}
    raise Unread(words)


def _mark(words: str) -> str:
    try:
        number = Decimal(words.removesuffix("分")) if len(words) <= 20 else None
    except InvalidOperation:
        number = None
    if number is None or not number.is_finite() or number < 0:
        raise Unread(words)
    return decimal_text(number)


def _checked(item: Item, words: str) -> dict[str, int]:
    chosen: dict[str, int] = {}
    for part in filter(None, (part.strip() for part in _PARTS.split(words))):
        try:
            code, times = _entry(item, part).code, 1
        except Unread:
            matched = _TIMES.fullmatch(part)
            if matched is None:
                raise
            code, times = _entry(item, matched["label"]).code, int(matched["times"])
        chosen[code] = times
    return chosen


def _entries(item: Item) -> Sequence[Entry]:
    return getattr(item.rule, "entries", ())


def _entry(item: Item, words: str) -> Entry:
    for entry in _entries(item):
        if words in (unicodedata.normalize("NFKC", entry.label), entry.code):
            return entry
    raise Unread(words)
