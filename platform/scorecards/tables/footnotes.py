"""What stands above and below a table: bands, the total, what a mark means, rules for the whole sheet."""

import re
from decimal import Decimal
from typing import Any

from scorecards.form import decimal_text
from scorecards.tables.words import MARKS, plain

_N = r"(?P<{0}>\d{{1,4}}(?:\.\d{{1,4}})?)"
_UNIT = r"(?:分|%)?"
_IN = r"(?:\((?:含|包括|不含)[^)]{0,8}\))?"
_LABEL = (
    r"(?:特?优秀?|良好?|中等?|一般|较?差|优良|合格|基本合格|不合格|及格|不及格|达标|基本达标|不达标|未达标|先进|示范|规范|满意|基本满意|不满意|较好|好|薄弱|整改|"
    r"[A-Ea-eⅠ-Ⅴ](?:\+|-)?[级等档类]?|[一二三四五][级等档类星](?:级|等)?|[甲乙丙丁][级等]?|[\u4e00-\u9fff]{1,6}(?:[级等档星]|单位|学校|食堂|宿舍)|不评级|不予评级|黄牌|红牌|警告|通报批评|限期整改)"
)
_BEFORE = re.compile(
    r"^(?:考核|检查|评估|评价|考评|评定|最终|综合|总)?(?:得分|总分|分数|成绩|分值|得分率|总得分|评分)?(?:率)?(?:为|在|达到?|达)?"
)
_AFTER_LABEL = re.compile(
    rf"(?:的)?(?:单位|学校|食堂|者)?(?:评定|判定|评|定|列|视|认定|确定)?(?:为|是|:|属于?)?[\"“'「]?(?P<label>{_LABEL})[\"”'」]?(?:等次|等级|级别|档次?|单位)?"
)
_RANGES: tuple[tuple[str, str], ...] = (
    ("between", rf"{_N.format('low')}{_UNIT}{_IN}(?:\(?含?\)?)(?P<open>及?以上)?(?:-|~|至|到|—|–|～){_N.format('high')}{_UNIT}{_IN}(?P<below>及?以下)?(?:之间)?"),
    ("between", rf"{_N.format('low')}{_UNIT}{_IN}(?:及?以上|\(含\)以上)[,、]?(?:且|并)?(?:不足|不满|低于|小于|未满|<)?{_N.format('high')}{_UNIT}{_IN}(?P<below>及?以下|以内)?"),
    ("between", rf"(?:>=|≥|大于等于|不低于){_N.format('low')}{_UNIT}[,、]?(?:且|并且|,)?(?:<=|≤|<|小于|低于|不足){_N.format('high')}{_UNIT}"),
    ("turned", rf"(?:<=|≤|<|小于|低于|不足){_N.format('high')}{_UNIT}[,、]?(?:且|并且|,)?(?:>=|≥|大于等于|不低于){_N.format('low')}{_UNIT}"),
    ("between", rf"{_N.format('low')}{_UNIT}(?:<=|≤|<)(?:得分率?|总分|分数|x|X|S|成绩)?(?:<=|≤|<){_N.format('high')}{_UNIT}"),
    ("turned", rf"{_N.format('high')}{_UNIT}(?:>=|≥|>)(?:得分率?|总分|分数|x|X|S|成绩)(?:>=|≥|>){_N.format('low')}{_UNIT}"),
    ("least", rf"{_N.format('low')}{_UNIT}{_IN}(?:\(含\))?(?:及|或|和)?(?:其)?以上{_IN}"),
    ("least", rf"(?:得分率?|总分|[xX]|S)?(?:>=|≥|>|大于等于|大于|不低于|不少于|达到|高于|超过){_N.format('low')}{_UNIT}(?:及?以上)?"),
    ("below", rf"{_N.format('high')}{_UNIT}{_IN}(?:\(不含\))?(?:及|或|和)?以下{_IN}"),
    ("below", rf"(?:得分率?|总分|[xX]|S)?(?:<=|≤|<|小于等于|小于|低于|不足|不满|未达到?|未满|不到){_N.format('high')}{_UNIT}(?:及?以下)?"),
)  # fmt: skip
_COMPILED = tuple((kind, re.compile(pattern)) for kind, pattern in _RANGES)
_LABEL_FIRST = re.compile(
    rf"^(?:评定?为?|定为)?[\"“'「]?(?P<label>{_LABEL})[\"”'」]?(?:等次|等级|级别|单位)?(?:的?标准)?[:\s(为是]?(?:得分率?|总分|分数|成绩)?(?:为|在|是)?"
)
_TOTAL = re.compile(
    r"(?:满分|总分值?|共计?|总计|合计|基本分|基础分|本表|全表)(?:为|是|共|计|满分|按)*[:：]?\s*(?P<n>\d{1,4}(?:\.\d{1,2})?)\s*分(?!以|及|钟|\s*[-~至])|[实采]?[用行]?(?P<m>\d{2,4})分制"
)
_LEGEND = re.compile(
    rf"[\"“'(]?(?P<mark>[{re.escape(MARKS)}]{{1,3}})[\"”')]?(?:号|标志|标记|标识|项目|条款|的|项|标注|者|为|条目|指标){{0,4}}(?:的|项|条款|指标|内容|项目|条目)?(?:,|均|表示|代表|为|是|指|系|即|属于?|:|：)+(?P<what>[^,;。；,]{{1,24}})"
)
_SEPARATE = re.compile(r"[,;。；，、\n|]|\s{2,}|(?<=[分%上下]\))(?=[\u4e00-\u9fffA-E])(?![为是的者评定])")


def read_bands(text: str, total: Decimal | None) -> tuple[list[dict[str, Any]], list[str]]:
    """The bands that a note spells, best first, and those of its parts that name a grade and a figure but were not
    understood. A note that names fewer than two grades is none about bands. Percentages become points of `total`."""
    narrow = re.sub(r"[ \t]", "", plain(text)).replace("〜", "~").replace("～", "~").replace("—", "-").replace("–", "-")
    rate = "得分率" in narrow or bool(re.search(r"\d%", narrow))
    found: list[dict[str, Any]] = []
    unread: list[str] = []
    for part in _parts(narrow):
        band = _band(part)
        if band is None:
            if re.search(_LABEL, part) and re.search(r"\d", part) and re.search(r"分|%|以上|以下|[<>≥≤]", part):
                unread.append(part)
            continue
        if band["label"] not in {one["label"] for one in found}:
            found.append(band)
    if len(found) < 2 and not (found and re.fullmatch("合格|达标|及格|通过", found[0]["label"])):
        return [], []
    if len(found) == 1:
        # "80分以上为合格" says what the rest is as well.
        found.append({"label": f"不{found[0]['label']}", "min": "0", "inferred": True})
    if rate and total is not None and total != 100:
        for band in found:
            for key in ("min", "max"):
                if band.get(key) is not None:
                    band[key] = _share(band[key], total)
    starts = {band["min"] for band in found}
    for band in found:
        # "60分以下" ends where the next band begins and does not contain it.
        if band.pop("open", False) and band["max"] in starts:
            del band["max"]
    return sorted(found, key=lambda band: Decimal(band["min"]), reverse=True), unread


def _share(figure: str, total: Decimal) -> str:
    return decimal_text(round(Decimal(figure) * total / 100, 4))


def _parts(text: str) -> list[str]:
    """Clauses; "80分以上，90分以下为良好" stays together because its first half names no grade."""
    parts: list[str] = []
    held = ""
    for piece in _SEPARATE.split(re.sub(r"^.{0,16}?(?:标准|等级|等次|划分|说明|办法|如下|结果|注)[:：]", "", text)):
        numbered = re.match(r"(?:\d{1,2}[.、)]|[(①-⑩]\d?\)?)(?=\D|\d{2,3}分)", piece.strip())
        if numbered and held:
            parts.append(held)  # a further point of the note: what was held says nothing of it
            held = ""
        piece = re.sub(r"^[其中]+", "", piece.strip()[numbered.end() if numbered else 0 :])
        if not piece:
            continue
        whole = f"{held},{piece}" if held else piece
        has_label = re.search(_LABEL, whole) is not None
        if not held and _TOTAL.fullmatch(piece):
            continue
        if re.search(r"\d", piece) and not has_label and len(whole) < 40:
            held = whole
        else:
            parts.append(whole)
            held = ""
    return [*parts, held] if held else parts


def _band(part: str) -> dict[str, Any] | None:
    words = part.strip("()[]。.;")
    for kind, pattern in _COMPILED:
        for matched in pattern.finditer(words):
            before, after = words[: matched.start()], words[matched.end() :]
            label = _label(before, after)
            if label:
                return _figures(kind, matched, label)
    return None


def _label(before: str, after: str) -> str | None:
    rest = re.sub(r"^[)\]者]*", "", after)
    if _BEFORE.fullmatch(before) and (matched := _AFTER_LABEL.fullmatch(rest.strip("()"))):
        return matched["label"]
    first = _LABEL_FIRST.fullmatch(before)
    if first and re.fullmatch(r"[)\]分之间者]*", rest):
        return first["label"]
    return None


def _figures(kind: str, matched: re.Match[str], label: str) -> dict[str, Any]:
    groups = matched.groupdict()
    low, high = groups.get("low"), groups.get("high")
    if kind == "least":
        return {"label": label, "min": decimal_text(Decimal(str(low)))}
    if kind == "below":
        closed = re.search(r"[及含=≤]|不超过", matched[0]) is not None
        return {"label": label, "min": "0", "max": decimal_text(Decimal(str(high))), "open": not closed}
    first, second = sorted((Decimal(str(low)), Decimal(str(high))))
    return {"label": label, "min": decimal_text(first), "max": decimal_text(second)}


def read_total(text: str) -> Decimal | None:
    """ "满分100分", "共100分", "百分制"."""
    narrow = plain(text)
    if matched := _TOTAL.search(narrow):
        return Decimal(decimal_text(Decimal(matched["n"] or matched["m"])))
    return Decimal(100) if "百分制" in narrow else None


def read_legend(text: str) -> dict[str, str]:
    """Mark → what the sheet says it means."""
    narrow = plain(text).replace("＊", "*")
    return {matched["mark"]: matched["what"] for matched in _LEGEND.finditer(narrow)}


def is_na_rule(text: str) -> bool:
    return bool(
        re.search(
            r"合理缺项|缺项.{0,12}(?:标化|折算|换算|不计|不扣)|不适用.{0,16}(?:折算|换算|标化|剔除|不计入)", plain(text)
        )
    )


def is_veto_heading(text: str) -> bool:
    """A line after which the red lines of a sheet are listed."""
    narrow = plain(text)
    if re.search(r"一票否决|否决(?:项|性|指标|条款)|前置条件|红线", narrow) and len(narrow) <= 60:
        return True
    return bool(
        re.search(r"有?下列(?:情形|情况|行为|问题|条件)?.{0,6}(?:之一|任一|任何).{0,40}", narrow)
        and re.search(r"不合格|否决|取消|0分|零分|不得|差|不达标|降|不予", narrow)
    )


KIND_WORDS: tuple[tuple[str, str], ...] = (
    ("canteen", r"食堂|餐饮|餐厅|食品|饮食|伙房|伙食|膳食|陪餐|供餐|饭堂|厨房"),
    ("dormitory", r"宿舍|公寓|寝室|住宿|寄宿"),
    ("safety", r"安全|消防|隐患|安防|平安|校车|危化|实验室|防汛|防溺水|欺凌|保卫|门卫|反恐|应急"),
    ("logistics", r"后勤|总务|物业|保洁|绿化|维修|设施|资产|仓库|环境|水电|卫生"),
)


def kind_of(title: str, content: str) -> tuple[str, bool]:
    """The kind that the words speak of, and whether the title says it ("学生宿舍安全卫生检查" is a dormitory's)."""
    for kind, words in KIND_WORDS[:2]:
        if re.search(words, title):
            return kind, True
    places = {kind: found.start() for kind, words in KIND_WORDS[2:] if (found := re.search(words, title))}
    if places:
        return min(places, key=lambda kind: places[kind]), True
    counted = {kind: len(re.findall(words, content)) for kind, words in KIND_WORDS}
    best = max(counted, key=lambda kind: counted[kind])
    return (best if counted[best] else "logistics"), False
