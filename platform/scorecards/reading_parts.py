"""Wordings that give each part of an item its own points: "各2分", "1.…（10分）2.…（5分）", "A.齐全10分B.不全5分"."""

import re
from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise

from scorecards.form import Additive, CountDeduction, Entry, Judged, Levels
from scorecards.reading_text import NUMBER, UNIT, number
from scorecards.reading_wholes import Whole

_EACH = re.compile(rf"(?:各|每(?:小)?(?:项|条|点|个|份|种))(?:得|计)?(?P<n>{NUMBER})分")
_EACH_COSTS = re.compile(
    rf"(?:各|每(?:小)?(?P<a>项|条|点|个|份|种))(?:得|计)?(?P<n>{NUMBER})分[,;](?:每)?(?:缺少?|少|有)?(?:一|1)(?P<unit>{UNIT})"
    rf"(?:不符合?|不合格|不达标|没有|缺失)?(?:要求)?(?:的)?(?:扣|-)(?P<m>{NUMBER})分(?:[,;]扣完(?:为|即)止)?"
)
_NUMBERING = re.compile(r"(?:(?<!\d)\d{1,2}[.．、)）](?!\d)|[(（]\d{1,2}[)）]|[①-⑳])")
_NAMED = re.compile(
    rf"(?:\d{{1,2}}[.、)](?!\d)|\(\d{{1,2}}\))?(?P<label>[^();\d扣每加]{{1,60}}?),?(?:\((?P<a>{NUMBER})分\)|(?:得|计)(?P<b>{NUMBER})分)[;,]?"
)
_LETTERED = re.compile(rf"(?P<letter>[A-E])[.、:)](?P<label>.{{1,40}}?)[,(:]?(?:得|计)?(?P<n>{NUMBER})分\)?[;,]?")


def read_parts(text: str, points: Decimal | None, item_text: str) -> Whole | None:
    """`item_text` as printed: "各2分" counts its numbered parts."""
    if points is None:
        return None
    return _costing(text, points) or _each(text, points, item_text) or _lettered(text, points) or _named(text, points)


def _additive(pairs: Sequence[tuple[str, Decimal]]) -> Additive:
    return Additive(tuple(Entry(str(at), label[:200], worth) for at, (label, worth) in enumerate(pairs, start=1)))


def _costing(text: str, points: Decimal) -> Whole | None:
    """ "每项2分,缺一项扣2分" says the same twice."""
    matched = _EACH_COSTS.fullmatch(text)
    if not matched or number(matched["n"]) != number(matched["m"]):
        return None
    if matched["a"] and matched["a"] != matched["unit"]:
        return None
    return Whole(CountDeduction(number(matched["n"]), matched["unit"]), 75, ("parts_read_as_counts",))


def _each(text: str, points: Decimal, item_text: str) -> Whole | None:
    matched = _EACH.fullmatch(text)
    if not matched:
        return None
    starts = list(_NUMBERING.finditer(item_text))
    if len(starts) < 2:
        return None
    ends = [start.start() for start in starts[1:]] + [len(item_text)]
    labels = [item_text[start.end() : end].strip(" ;；。,，、\n") for start, end in zip(starts, ends, strict=True)]
    worth = number(matched["n"])
    if not all(labels):
        return None
    if worth * len(labels) != points:
        return Whole(Judged(), 40, ("parts_do_not_close",))
    return Whole(_additive([(label, worth) for label in labels]), 75, ("parts_read_as_gains",))


def _lettered(text: str, points: Decimal) -> Whole | None:
    found = list(_LETTERED.finditer(text))
    if len(found) < 2 or "".join(one[0] for one in found) != text:
        return None
    pairs = [(one["label"], number(one["n"])) for one in found]
    falling = all(first[1] > second[1] for first, second in pairwise(pairs))
    if "".join(one["letter"] for one in found) != "ABCDE"[: len(found)] or not falling or pairs[0][1] != points:
        return None
    return Whole(Levels(_additive(pairs).entries), 85)


def _named(text: str, points: Decimal) -> Whole | None:
    found = list(_NAMED.finditer(text))
    if len(found) < 2 or "".join(one[0] for one in found) != text or not re.match(r"\d|\(", text):
        return None
    pairs = [(one["label"], number(one["a"] or one["b"])) for one in found]
    if sum((worth for _, worth in pairs), Decimal(0)) != points:
        return Whole(Judged(), 40, ("parts_do_not_close",))
    return Whole(_additive(pairs), 70, ("parts_read_as_gains",))
