"""Reads the wording of a scoring rule and proposes a rule, with how sure it is.

Never a silent guess: below SURE a person confirms the proposal, below LIKELY the item is merely judged 0..points
until a person has decided. Every clause of the text must be understood, otherwise the whole reading is doubtful.
"""

import re
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import pairwise
from typing import TypeAlias

from scorecards.form import (
    NO_VETO,
    Additive,
    AllOrNothing,
    CountDeduction,
    Entry,
    Judged,
    Levels,
    ListedDeductions,
    Review,
    Rule,
    Unscored,
    Veto,
    VetoOnly,
    YesNo,
)
from scorecards.reading_clauses import ONE_VOTE, RED_LINE, Parts, clean, take
from scorecards.reading_parts import read_parts
from scorecards.reading_text import DEDUCT, NUMBER, RANGE, UNIT, clauses, normalise, number
from scorecards.reading_wholes import read_whole

SURE = 80
LIKELY = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """`confidence` 0..100; `doubts` are codes with their wording in scorecards.doctor_text. `bonus`: it earns over the
    total. `parameters`: names of figures of the school that the rule needs."""

    rule: Rule
    veto: Veto = NO_VETO
    na_allowed: bool = False
    tags: tuple[str, ...] = ()
    bonus: bool = False
    parameters: tuple[str, ...] = ()
    confidence: int = 95
    doubts: tuple[str, ...] = ()

    @property
    def review(self) -> Review:
        return "" if self.confidence >= SURE else "confirm" if self.confidence >= LIKELY else "decide"


_NEVER = re.compile(r".{0,20}(?:不设分值?|不计分值?|不评分|不作?评分)(?:不适用)?|不适用")
_YES_NO = re.compile(r"(?:是/?否|是\(?√?\)?/?否.*|符合/?不符合|合格/?不合格|有/?无|√/?×)")
_JUDGED = re.compile(
    rf".{{0,20}}(?:主观|酌情|视情|视情况|情况(?:打|评|给|赋)分|按程度|综合评定|综合评价).{{0,16}}|.{{0,10}}(?:0|零){RANGE}(?P<high>{NUMBER})分?(?:评分|打分|计分|评定)?"
)
_SPAN = re.compile(rf"(?P<if>.{{0,30}}?)(?:扣|减|得|计|评){NUMBER}分?{RANGE}(?P<high>{NUMBER})分?")
_SUM = re.compile(rf"{NUMBER}(?:分)?(?:\+{NUMBER}(?:分)?)+")
_OR = re.compile(rf"(?P<if>.{{0,20}}?)(?P<how>{DEDUCT}){NUMBER}分?(?:或(?:扣)?{NUMBER}分?)+")
_BONUS = re.compile(rf"(?P<if>.{{0,40}}?)(?:的|者)?(?:酌情)?(?:每次|各|再|另|奖励性)?加(?P<n>{NUMBER})分?")
_LEVEL = re.compile(rf"(?P<label>[^\d扣]{{1,20}}?)(?:的|者)?[得记计给为:]?(?P<n>{NUMBER})分?")
_LEVEL_NONE = re.compile(r"(?P<label>[^\d扣]{1,20}?)(?:的|者)?(?:不得分|(?:得|记|计)?(?<![\d.])(?:0|零)分)")
_GAIN_EACH = re.compile(
    rf"每(?:有|达到|完成|做到|符合|具备|满足|建立)?(?:一|1)?(?P<unit>{UNIT})(?:达标|合格|符合)?(?:得|计)(?P<n>{NUMBER})分?"
)
_NAMED = re.compile(rf"(?P<if>[^\d扣每加]{{1,40}}?)[得计]?(?P<n>{NUMBER})分")
_GRADES = re.compile(
    r"基本达标|部分达标|未达标|基本合格|优秀?|良好?|中等?|一般|合格|及格|较?差|有|无|没有|不?达标|不合格|不及格|好|较好|[ABCD][级等档]?|[一二三四甲乙丙丁][等级]|完善|基本完善|不完善|齐全|较齐全|不齐全|[^\d]{0,6}(?:达到|基本达到|部分达到|未达到|符合|基本符合|部分符合|不符合)[^\d]{0,4}"
)


def _entries(pairs: list[tuple[Decimal, str]], repeatable: bool = False) -> tuple[Entry, ...]:
    return tuple(
        Entry(str(place), (label or f"第{place}种情形")[:200], points, repeatable)
        for place, (points, label) in enumerate(pairs, start=1)
    )


def _levels_of(parts_of_text: list[str], points: Decimal | None) -> Levels | AllOrNothing | None:
    """ "优5分,良4分,差0分": every clause names a grade, the points fall."""
    pairs: list[tuple[Decimal, str]] = []
    for clause in parts_of_text:
        matched = _LEVEL_NONE.fullmatch(clause)
        if matched and _GRADES.fullmatch(matched["label"]):
            pairs.append((Decimal(0), matched["label"]))
            continue
        matched = _LEVEL.fullmatch(clause)
        if not matched or not _GRADES.fullmatch(matched["label"]):
            return None
        pairs.append((number(matched["n"]), matched["label"]))
    falling = all(first[0] > second[0] for first, second in pairwise(pairs))
    if len(pairs) < 2 or not falling or (points is not None and pairs[0][0] != points):
        return None
    if len(pairs) == 2 and points is not None and pairs[1][0] == 0:
        return AllOrNothing()
    return Levels(_entries(pairs))


def _whole_text(text: str, parts_of_text: list[str], points: Decimal | None, item_text: str) -> Reading | None:
    """Wordings that only make sense as a whole."""
    if _YES_NO.fullmatch(text):
        return Reading(rule=YesNo(), doubts=("yes_no_with_points",) if points else (), confidence=60 if points else 95)
    if _NEVER.fullmatch(re.sub(r"[()]", "", text)):
        return Reading(rule=Unscored(), confidence=95 if points is None else 40)
    if _SUM.fullmatch(text):
        return _sum(text, points, item_text)
    if bonus := _bonus(parts_of_text, points):
        return bonus
    if known := read_parts(text, points, item_text):
        return Reading(rule=known.rule, confidence=known.confidence, doubts=known.doubts)
    if known := read_whole(parts_of_text, text, points):
        return Reading(
            rule=known.rule, confidence=known.confidence, doubts=known.doubts, parameters=known.parameters
        )  # fmt: skip
    if matched := _OR.fullmatch(text):
        amounts = [number(found) for found in re.findall(NUMBER, text[matched.start("how") :])]
        whole = points if points is not None else max(amounts)
        if max(amounts) <= whole:
            pairs = [
                (whole, "未发现"),
                *((whole - amount, f"扣{amount.normalize():f}分") for amount in sorted(amounts)),
            ]
            return Reading(rule=Levels(_entries(pairs)), confidence=85)
    named = re.split(r"[;,、]", text)
    levels = _levels_of(named, points)
    if levels:
        return Reading(rule=levels, confidence=90)
    gains = [_NAMED.fullmatch(clause) for clause in named]
    if len(gains) > 1 and all(gains):
        pairs = [(number(gain["n"]), gain["if"]) for gain in gains if gain]
        if sum(amount for amount, _ in pairs) == points and all(amount for amount, _ in pairs):
            return Reading(rule=Additive(_entries(pairs)), confidence=70, doubts=("parts_read_as_gains",))
    capped = rf"[,;](?:最多|最高|累计不超过)得?{re.escape(str(points))}分?(?:为止)?$"
    if matched := _GAIN_EACH.fullmatch(re.sub(capped, "", text)):
        return Reading(rule=Additive((Entry("1", f"每{matched['unit']}", number(matched["n"]), True),)), confidence=80)
    spans = [clause for clause in parts_of_text if clean(_SPAN.fullmatch(clause)) or _JUDGED.fullmatch(clause)]
    if spans and len(parts_of_text) > 1 and points is not None:
        parts = Parts()
        for clause in parts_of_text:
            if clause not in spans:
                take(clause, parts)
        if not parts.unread and parts.veto.effect == "none":
            # "未开展不得分,开展不到位扣1-3分": what lies between is for the inspector to judge.
            return Reading(rule=Judged(), confidence=65, doubts=("partly_judged",))
    if matched := clean(_SPAN.fullmatch(text)) or _JUDGED.fullmatch(text):
        high = number(matched["high"]) if matched["high"] else None
        doubtful = (
            points is None or (high is not None and high != points) or bool(re.search(rf"每|一{UNIT}|[;,]", text))
        )
        doubts = ("mark_range_differs",) if doubtful else ("step_assumed",)
        return Reading(rule=Judged(), confidence=55 if doubtful else 90, doubts=doubts)
    return None


def _bonus(parts_of_text: list[str], points: Decimal | None) -> Reading | None:
    """ "获国家级表彰加3分,省级加2分": earns over the total."""
    clauses = [
        clause
        for clause in parts_of_text
        if not re.fullmatch(rf"(?:最多|最高|累计(?:最多|不超过)?|不超过)加?{NUMBER}分?|加分项[:]?", clause)
    ]
    found = [_BONUS.fullmatch(re.sub(r"^加分项?[:]?", "", clause)) for clause in clauses]
    if not clauses or not all(found) or any("扣" in clause for clause in clauses):
        return None
    each = [bool(one and one["if"].startswith("每")) for one in found]
    pairs = [(number(one["n"]), one["if"]) for one in found if one]
    doubts = ("bonus_read",) if points is not None else ("bonus_read", "bonus_without_points")
    rows = tuple(replace(entry, repeatable=counted) for entry, counted in zip(_entries(pairs), each, strict=True))
    return Reading(rule=Additive(rows), bonus=True, confidence=70 if points is not None else 55, doubts=doubts)


def _sum(text: str, points: Decimal | None, item_text: str) -> Reading:
    """ "2+3": sub-points; their names are the item's own parts where there are as many."""
    amounts = [number(found) for found in re.findall(NUMBER, text)]
    named = [part for part in re.split(r"[、,;及和]", normalise(item_text)) if part]
    fits = len(named) == len(amounts)
    labels = named if fits else [f"第{place}部分" for place in range(1, len(amounts) + 1)]
    closes = points is not None and sum(amounts) == points
    doubts = () if fits and closes else ("parts_unnamed",) if closes else ("parts_do_not_close",)
    return Reading(
        rule=Additive(_entries(list(zip(amounts, labels, strict=True)))),
        confidence=85 if fits and closes else 70 if closes else 55,
        doubts=doubts,
    )


def read_rule(rule_text: str, points: Decimal | None, *, item_text: str = "", veto: bool = False) -> Reading:
    """`points` of the item (None: none printed); `veto`: the source marks the item as a veto item."""
    # "3处以上(含3处)": from three on, which is how 以上 is read anyway.
    # A blank after an amount parts clauses where a cell has no other marks: "未测温扣20分 未记录扣10分".
    parted = re.sub(r"(?<=分)[ \t\u3000]+(?=[\u4e00-\u9fff])(?![及以为至到的者封])", "；", rule_text)
    text = re.sub(r"\((?:含|包括|均?含本数)[^()]{0,8}\)", "", normalise(parted))
    if not text:
        return Reading(rule=Judged(), confidence=0, doubts=("no_rule_text",))
    reading = _named_by_item(_read(text, points, item_text, veto), item_text)
    if re.search(r"加[\d一二三四五半]|加分", text) and not reading.bonus:
        doubts = (*reading.doubts, "bonus_read")
        reading = replace(reading, confidence=min(reading.confidence, 70), doubts=doubts)
    return reading


def _named_by_item(reading: Reading, item_text: str) -> Reading:
    """ "扣2分" beside "黑板未擦": what costs is the item itself."""
    rule = reading.rule
    if isinstance(rule, ListedDeductions) and len(rule.entries) == 1 and rule.entries[0].label == "第1种情形":
        named = replace(rule.entries[0], label=item_text.strip()[:200] or rule.entries[0].label)
        return replace(reading, rule=replace(rule, entries=(named,)))
    return reading


def _read(text: str, points: Decimal | None, item_text: str, veto: bool) -> Reading:
    parts_of_text = clauses(text)
    whole = _whole_text(text, parts_of_text, points, item_text)
    if whole is not None:
        return whole
    parts = Parts()
    for clause in parts_of_text:
        take(clause, parts)
    reading = _assemble(parts, points)
    if parts.unread and reading.confidence >= LIKELY:
        # Words without any figure or consequence are a description; anything else may change the rule.
        telling = any(re.search(r"\d|扣|分|得|加|倍|否决|每", clause) for clause in parts.unread)
        lead_in = all(clause.endswith(("的", "者")) for clause in parts.unread)
        limit = 45 if telling else 85 if lead_in else 75
        doubts = (*reading.doubts, "clause_not_understood")
        reading = replace(reading, confidence=min(reading.confidence, limit), doubts=doubts)
    if veto and points is None and reading.confidence < LIKELY:
        return Reading(
            rule=VetoOnly(), veto=Veto("verdict", ONE_VOTE), confidence=60, doubts=("veto_marked_not_worded",)
        )  # fmt: skip
    if veto and reading.veto.effect == "none" and reading.confidence:
        marked = Veto("verdict", ONE_VOTE, on_loss=True)
        doubts = (*reading.doubts, "veto_marked_not_worded")
        reading = replace(reading, veto=marked, confidence=min(reading.confidence, 70), doubts=doubts)
    return reading


def _assemble(parts: Parts, points: Decimal | None) -> Reading:
    reading = _rule_of(parts, points)
    if parts.doubtful:
        doubts = (*reading.doubts, "threshold_or_unit")
        reading = replace(reading, confidence=min(reading.confidence, 60), doubts=doubts)
    if parts.wanted and reading.confidence > 85:
        reading = replace(reading, confidence=85)
    if parts.na_in_full:
        doubts = (*reading.doubts, "na_in_full")
        reading = replace(reading, confidence=min(reading.confidence, 70), doubts=doubts)
    return replace(reading, na_allowed=parts.na_allowed, tags=parts.tags)


_Costs: TypeAlias = list[tuple[Decimal, str, bool]]


def _rule_of(parts: Parts, points: Decimal | None) -> Reading:
    costs: _Costs = [(amount, f"{label or '每'}({unit})", True) for amount, unit, label in parts.counts]
    costs += [(amount, label, False) for amount, label in parts.singles]
    if parts.veto.effect != "none":
        return _vetoing(parts, points)
    conditions = [condition for condition in parts.all_lost if condition]
    item_zero = Veto("item_zero", condition="; ".join(conditions)) if conditions else NO_VETO
    if len(parts.counts) == 1 and len(costs) == 1:
        amount, unit, _ = parts.counts[0]
        rule = CountDeduction(amount, unit, parts.cap, parts.zero_at, parts.factor)
        return Reading(rule=rule, veto=item_zero, confidence=95 if amount else 0)
    plain = parts.zero_at is None and parts.factor == 1
    if len(costs) == 1 and plain:
        amount, label, _ = costs[0]
        if points is not None and amount == points:
            return Reading(rule=AllOrNothing())
        return Reading(rule=ListedDeductions(_entries([(amount, label)]), parts.cap), veto=item_zero, confidence=85)
    if len(costs) > 1 and plain:
        entries = tuple(
            Entry(str(place), (label or f"第{place}种情形")[:200], amount, repeatable)
            for place, (amount, label, repeatable) in enumerate(costs, start=1)
        )
        return Reading(rule=ListedDeductions(entries, parts.cap), veto=item_zero, confidence=90)
    # "发现一起不得分": a threshold of one finding leaves nothing to count.
    if (parts.all_lost or parts.zero_at == 1) and not costs and not parts.gains:
        return Reading(rule=AllOrNothing(), confidence=95 if len(parts.all_lost) <= 1 else 80)
    if parts.gains and not costs:
        return _gaining(parts, points)
    return Reading(rule=Judged(), confidence=20, doubts=("shape_unknown",))


def _vetoing(parts: Parts, points: Decimal | None) -> Reading:
    if parts.counts or parts.singles or parts.gains or parts.all_lost:
        # "每处扣1分; 情节严重的一票否决": the rule as it stands, the veto by its own condition.
        veto = replace(parts.veto, condition=parts.veto_clause)
        without = _rule_of(replace(parts, veto=NO_VETO), points)
        doubts = (*without.doubts, "veto_and_points")
        return replace(without, veto=veto, confidence=min(without.confidence, 70), doubts=doubts)
    if parts.unit_zero:
        rule: Rule = VetoOnly() if points is None else AllOrNothing()
        veto = replace(parts.veto, on_loss=points is not None)
        return Reading(rule=rule, veto=veto, confidence=70, doubts=("unit_zero",))
    if points is None:
        sure = parts.veto.label in (ONE_VOTE, RED_LINE) or parts.veto.effect != "verdict"
        doubts = () if sure else ("veto_label_read",)
        return Reading(rule=VetoOnly(), veto=parts.veto, confidence=90 if sure else 75, doubts=doubts)
    # Points and a veto: losing the points is plain, what the veto does to the form is not said.
    veto = replace(parts.veto, on_loss=True)
    return Reading(rule=AllOrNothing(), veto=veto, confidence=70, doubts=("veto_reach_unsaid",))


def _gaining(parts: Parts, points: Decimal | None) -> Reading:
    total = sum(amount for amount, _ in parts.gains)
    if len(parts.gains) == 1 and total == points:
        return Reading(rule=AllOrNothing(), confidence=90)
    falling = all(first[0] > second[0] for first, second in pairwise(parts.gains))
    if parts.all_lost and falling and parts.gains[0][0] == points:
        # "有且完整得5分, 不完整得3分, 无不得分": grades in all but name.
        pairs = [*parts.gains, (Decimal(0), parts.all_lost[0])]
        return Reading(rule=Levels(_entries(pairs)), confidence=75, doubts=("gains_read_as_levels",))
    closes = points is not None and total == points and not parts.all_lost
    rule = Additive(_entries(parts.gains))
    return Reading(rule=rule, confidence=90 if closes else 55, doubts=() if closes else ("parts_do_not_close",))
