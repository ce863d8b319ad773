"""Wordings that only make sense as a whole: tiers by count, levels by rate, staffing by pupils, shares of the points."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from scorecards.form import (
    AllOrNothing,
    CountDeduction,
    Entry,
    Judged,
    Levels,
    RequiredCount,
    Rule,
    Scale,
    ScaleRow,
    Tier,
    Tiers,
    decimal_text,
)
from scorecards.reading_text import NUMBER, RANGE, UNIT, number

PUPILS = "pupils"
BEDS = "beds"


@dataclass(frozen=True, slots=True)
class Whole:
    """`parameters`: names that the rule needs, see PARAMETERS in scorecards.importing."""

    rule: Rule
    confidence: int
    doubts: tuple[str, ...] = ()
    parameters: tuple[str, ...] = ()


_COUNT = r"(?:有|缺少?|少|发现|出现|查出|达到?|满足|符合|做到|具备|完成|仅有?|只有?)*"
_TIER = re.compile(
    rf"(?P<verb>{_COUNT})(?P<n>{NUMBER})(?P<unit>{UNIT})(?P<what>[^\d扣得]{{0,12}}?)(?P<over>及?以上|或以上)?(?P<after>[^\d扣得]{{0,10}}?)(?:的|者)?(?:本项|该项)?"
    rf"(?:(?P<cost>(?:扣除?|减|-)(?P<minus>{NUMBER})分?)|(?:得|计|给)(?P<plus>{NUMBER})分?|(?P<none>不得分|不给分|(?:得|计|为|记)?(?:0|零)分|扣完|全扣))"
)
_ALL_TIER = re.compile(
    rf"(?:(?P<n>{NUMBER})(?P<unit>{UNIT}))?(?:全部|均|都|全)(?:符合|达到|达标|满足|具备|合格|做到)(?:要求|标准)?(?:的|者)?得(?:(?P<plus>{NUMBER})分|满分)"
)
_NO_TIER = re.compile(
    r"(?:全部|均|都|全)(?:不符合|不达标|不满足|没有|未做到|不具备|未达到)(?:的|者)?(?:不得分|得?0分)|(?:没有|无)(?:的|者)?(?:不得分|得?0分)"
)
_CLEAN_TIER = re.compile(
    rf"(?:全部|均|都)?(?:无缺项|无缺失|无问题|齐全|符合|完好|合格|未发现|没有问题)(?:要求)?(?:的|者)?得(?:(?P<plus>{NUMBER})分|满分)"
)
_RATE = re.compile(
    rf"(?P<label>[^扣]{{0,20}}?(?:\d+(?:\.\d+)?%|{NUMBER}{UNIT}|{NUMBER}成)[^扣得]{{0,16}}?)(?:的|者)?(?:(?:得|计|给|为)(?:(?P<n>{NUMBER})分?|(?P<full>满分|全分))|(?P<none>不得分|不给分|(?:得|计)?(?:0|零)分))"
)
_SHARE = re.compile(
    r"(?P<label>[^\d扣每加]{1,16}?)(?:的|者)?(?:[得计给](?:分|该项)?(?:(?P<full>满分|全分|全部分值?|分$)|(?P<half>一半(?:分值?)?|半分|50%(?:的?分值?)?|1/2分?)|(?P<part>(?P<percent>\d{1,2})%(?:的?分值?)?)|(?P<n>"
    + NUMBER
    + r")分?)|(?P<none>不得分|不给分|不计分|(?:得|计)?(?:0|零)分))"
)
_GRADE_MARKS = re.compile(rf"(?:[优良中差好劣]|合格|及格)(?P<n>{NUMBER})分?")
_IN_TURN = re.compile(
    rf"按?(?P<labels>[^\d、,扣]{{1,6}}(?:、[^\d、,扣]{{1,6}}?){{1,5}})(?:[二三四五]个?)?(?:等次|等级|档次?)?(?:分别|依次)(?:得|计|为|赋)?(?P<figures>{NUMBER}分?(?:、{NUMBER}分?){{1,5}})"
)
_GRADE_RANGES = re.compile(
    rf"(?:[ABCD][级等]?|优秀?|良好?|中等?|一般|合格|基本合格|较好|好|较?差|不合格|及格|不及格)[:(为得]*(?P<low>{NUMBER})分?(?:{RANGE}(?P<high>{NUMBER})分?|(?:及?以下|以上))\)?"
)
_STAFF = re.compile(
    rf"(?:应?按|原则上)?(?:照)?每(?P<per>\d{{1,5}}|[百千]|一百|五百|一千|[一二三四五六七八九]百)(?:名|个|位)?(?:在校|寄宿|住校|住宿)?(?:学生|生|师生|人)(?:应|须|至少|需)*(?:配备?|设|有|配置|不少于|安排)?(?:不少于|至少)?(?P<n>{NUMBER})(?P<unit>[名人个位])(?P<who>[^\d扣,;]{{0,16}})"
)
_SHORT = re.compile(rf"(?:每)?(?:缺少?|少|差|不足)(?:配)?(?:1|一)(?P<unit>[名人个位])(?:的)?扣(?P<n>{NUMBER})分?")
_BED_ROW = re.compile(rf"(?P<beds>{NUMBER})人间(?:每床|每人)?(?:扣|-)?(?P<n>{NUMBER})分?(?:/(?:床|人))?")
_PER_UNIT = re.compile(rf"(?:扣|-|减)?(?P<n>{NUMBER})分/(?:每)?(?P<unit>{UNIT})")
_BARE = re.compile(rf"(?:每)?(?:1|一)(?P<unit>[处次人起例件间台])(?P<n>{NUMBER})分")
_PARTS = re.compile(rf"共(?P<k>{NUMBER})(?:小?项|条|点|个)|每(?:小)?(?:项|条|点|个)(?P<n>{NUMBER})分")
_HUNDREDS = {"百": 100, "一百": 100, "千": 1000, "一千": 1000}
_NEGATIVE = re.compile(r"缺|少|不|未|无|发现|查出|问题|违|差|漏|坏|损")


def read_whole(clauses: Sequence[str], text: str, points: Decimal | None) -> Whole | None:
    """None where the text is none of these."""
    for read in (_tiers, _rates, _shares, _marks, _ranges, _staff, _beds, _per_unit, _counted_parts):
        found = read(clauses, text, points)
        if found is not None:
            return found
    return None


def _falling(values: Sequence[Decimal]) -> bool:
    return all(first > second for first, second in pairwise(values))


def _tiers(clauses: Sequence[str], text: str, points: Decimal | None) -> Whole | None:
    """ "一处扣1分,两处扣3分,三处及以上不得分"; "满足3项得5分,满足2项得3分,都不满足不得分"."""
    if points is None or len(clauses) < 2:
        return None
    rows: dict[int, Decimal] = {}
    units: list[str] = []
    earning = losing = False
    open_end = False
    for clause in clauses:
        if (whole := _ALL_TIER.fullmatch(clause)) and whole["n"]:
            rows[int(number(whole["n"]))] = number(whole["plus"]) if whole["plus"] else points
            units.append(whole["unit"])
            earning = True
        elif _NO_TIER.fullmatch(clause):
            rows[0] = Decimal(0)
            earning = True
        elif clean := _CLEAN_TIER.fullmatch(clause):
            rows[0] = number(clean["plus"]) if clean["plus"] else points
        elif (matched := _TIER.fullmatch(clause)) and number(matched["n"]) == int(number(matched["n"])):
            count = int(number(matched["n"]))
            if count in rows:
                return None
            if matched["minus"]:
                rows[count], losing = points - number(matched["minus"]), True
            else:
                rows[count] = number(matched["plus"]) if matched["plus"] else Decimal(0)
                negative = bool(_NEGATIVE.search(matched["verb"] + matched["what"] + matched["after"]))
                losing = losing or negative
                earning = earning or (not negative and bool(matched["plus"]))
            open_end = open_end or bool(matched["over"]) or bool(matched["none"])
            units.append(matched["unit"])
        else:
            return None
    if len([count for count in rows if count]) < 2 or len(set(units)) != 1 or (losing and earning):
        return None
    if any(value < 0 or value > points for value in rows.values()):
        return None
    if sum(1 for clause in clauses if (one := _TIER.fullmatch(clause)) and one["minus"]) == 1 and not earning:
        return None  # "每处扣1分,3处以上不得分": a count with a threshold
    if losing or not earning:
        rows.setdefault(0, points)
        values = [rows[count] for count in sorted(rows)]
        if not _falling(values) or values[0] != points:
            return None
        rule = Tiers(tuple(Tier(count, rows[count]) for count in sorted(rows)), units[0])
        return Whole(rule, 90 if open_end else 75, () if open_end else ("tiers_open_end",))
    rows.setdefault(0, Decimal(0))
    values = [rows[count] for count in sorted(rows, reverse=True)]
    if not _falling(values) or values[0] != points:
        return None
    rule = Tiers(tuple(Tier(count, rows[count]) for count in sorted(rows)), units[0], "present")
    return Whole(rule, 85)


def _levels(pairs: Sequence[tuple[str, Decimal]]) -> Levels:
    return Levels(tuple(Entry(str(at), label[:200], points) for at, (label, points) in enumerate(pairs, start=1)))


def _rates(clauses: Sequence[str], text: str, points: Decimal | None) -> Whole | None:
    """ "满意度≥90%得5分,80%-89%得3分,低于80%不得分"."""
    matches = [_RATE.fullmatch(clause) for clause in clauses]
    if points is None or len(matches) < 2 or not all(matches) or "%" not in text:
        return None
    pairs = [
        (found["label"], Decimal(0) if found["none"] else points if found["full"] else number(found["n"]))
        for found in matches
        if found
    ]
    if not _falling([value for _, value in pairs]) or pairs[0][1] != points:
        return None
    if len(pairs) == 2 and pairs[1][1] == 0:
        return Whole(AllOrNothing(), 90)
    return Whole(
        _levels(pairs), 90 if pairs[-1][1] == 0 else 75, () if pairs[-1][1] == 0 else ("levels_end_above_zero",)
    )


def _shares(clauses: Sequence[str], text: str, points: Decimal | None) -> Whole | None:
    """ "全部符合得满分,基本符合得一半分,不符合不得分"."""
    matches = [_SHARE.fullmatch(clause) for clause in clauses]
    if len(matches) < 2 or not all(matches) or not re.search(r"满分|全分|一半|半分|\d%|得分", text):
        return None
    pairs: list[tuple[str, Decimal]] = []
    for found in matches:
        assert found is not None
        if found["none"]:
            pairs.append((found["label"], Decimal(0)))
        elif found["n"]:
            pairs.append((found["label"], number(found["n"])))
        elif points is None:
            return None
        else:
            share = (
                Decimal(1) if found["full"] else Decimal("0.5") if found["half"] else Decimal(found["percent"]) / 100
            )
            pairs.append((found["label"], Decimal(decimal_text(points * share))))
    if not _falling([value for _, value in pairs]) or (points is not None and pairs[0][1] != points):
        return None
    if len(pairs) == 2 and pairs[1][1] == 0:
        return Whole(AllOrNothing(), 90)
    return Whole(
        _levels(pairs), 90 if pairs[-1][1] == 0 else 75, () if pairs[-1][1] == 0 else ("levels_end_above_zero",)
    )


def _marks(clauses: Sequence[str], text: str, points: Decimal | None) -> Whole | None:
    """ "优3良2差0"; "按优、良、中、差分别得5、4、3、0分"."""
    if matched := _IN_TURN.fullmatch(text):
        labels, figures = matched["labels"].split("、"), re.findall(NUMBER, matched["figures"])
        turns = [(label, number(figure)) for label, figure in zip(labels, figures, strict=False)]
        if len(labels) != len(figures) or not _falling([value for _, value in turns]):
            return None
        return None if points is not None and turns[0][1] != points else Whole(_levels(turns), 85)
    found = list(_GRADE_MARKS.finditer(text))
    if len(found) < 2 or "".join(one[0] for one in found) != re.sub(r"[,;、]", "", text):
        return None
    pairs = [(one[0][: one.start("n") - one.start()], number(one["n"])) for one in found]
    if not _falling([value for _, value in pairs]) or (points is not None and pairs[0][1] != points):
        return None
    return Whole(_levels(pairs), 85)


def _ranges(clauses: Sequence[str], text: str, points: Decimal | None) -> Whole | None:
    """ "优秀(9-10分)良好(7-8分)…": a mark within the points, the grades only guide it."""
    found = list(_GRADE_RANGES.finditer(text))
    if len(found) < 2 or points is None:
        return None
    rest = re.sub(r"[,;、()]", "", _GRADE_RANGES.sub("", text))
    rest = re.sub(rf"^(?:好|优秀?){points}分", "", rest)
    highest = max(number(one["high"] or one["low"]) for one in found)
    if re.sub(rf"(?:[优良中差好]|较好|一般|较差)(?:{NUMBER})分?", "", rest) or highest > points:
        return None
    return Whole(Judged(), 75, ("grades_guide_mark",))


def _per(text: str) -> Decimal:
    if text in _HUNDREDS:
        return Decimal(_HUNDREDS[text])
    return number(text[0]) * 100 if text.endswith("百") else Decimal(text)


def _staff(clauses: Sequence[str], text: str, points: Decimal | None) -> Whole | None:
    """ "每500名学生配备1名保安,每缺1名扣2分"."""
    rest = [clause for clause in clauses if not re.fullmatch(r"扣完(?:本项|该项)?(?:分值?)?为止", clause)]
    if len(rest) != 2:
        return None
    staff, short = _STAFF.fullmatch(rest[0]), _SHORT.fullmatch(rest[1])
    if not staff or not short or number(staff["n"]) < 1 or _per(staff["per"]) <= 0:
        return None
    per = _per(staff["per"]) / number(staff["n"])
    if per != int(per):
        return None
    rule = RequiredCount(Scale(parameter=PUPILS, per=per), number(short["n"]), staff["unit"])
    return Whole(rule, 75, ("staff_rounded_up",), (PUPILS,))


def _beds(clauses: Sequence[str], text: str, points: Decimal | None) -> Whole | None:
    """ "8人间10/床,6人间15,5人间20": the cost of one bed by the room's size."""
    found = [_BED_ROW.fullmatch(clause) for clause in clauses]
    if len(found) < 2 or not all(found):
        return None
    rows = sorted((number(one["beds"]), number(one["n"])) for one in found if one)
    if len({beds for beds, _ in rows}) < len(rows):
        return None
    scale = Scale(parameter=BEDS, rows=tuple(ScaleRow(beds, cost) for beds, cost in rows))
    rule = CountDeduction(max(cost for _, cost in rows), "床", unit_points_by=scale)
    return Whole(rule, 60, ("by_room_size",), (BEDS,))


def _per_unit(clauses: Sequence[str], text: str, points: Decimal | None) -> Whole | None:
    """ "扣2分/处", "2分/处", "一处1分"."""
    rest = [clause for clause in clauses if not re.fullmatch(r"扣完(?:本项|该项)?(?:分值?)?为止", clause)]
    if len(rest) == 2 and (cost := _PER_UNIT.fullmatch(rest[1])):
        # "发现1例未登记的,扣0.5分/例": the clause before names the same unit.
        named = re.fullmatch(rf"(?:发现|有|出现|查出|每)?(?:1|一)?(?P<unit>{UNIT})[^扣得\d]{{0,20}}", rest[0])
        rest = rest[1:] if named and named["unit"] == cost["unit"] else rest
    if len(rest) != 1:
        return None
    if matched := _PER_UNIT.fullmatch(rest[0]):
        sure = rest[0][0] in "扣-减"
        return Whole(
            CountDeduction(number(matched["n"]), matched["unit"]), 90 if sure else 70, () if sure else ("cost_or_gain",)
        )
    if matched := _BARE.fullmatch(rest[0]):
        return Whole(CountDeduction(number(matched["n"]), matched["unit"]), 65, ("cost_or_gain",))
    return None


def _counted_parts(clauses: Sequence[str], text: str, points: Decimal | None) -> Whole | None:
    """ "共5项,每项1分": each part bears its share."""
    found = [_PARTS.fullmatch(clause) for clause in clauses]
    if len(found) != 2 or not all(found) or points is None:
        return None
    count = next((number(one["k"]) for one in found if one and one["k"]), None)
    each = next((number(one["n"]) for one in found if one and one["n"]), None)
    if count is None or each is None or count * each != points:
        return None
    return Whole(CountDeduction(each, "项"), 70, ("parts_read_as_counts",))
