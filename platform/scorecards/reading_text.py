"""Words and figures of scoring texts: 全角 and Chinese digits, units, clauses."""

import re
import unicodedata
from decimal import Decimal

_DIGITS = {
    "零": 0,
    "〇": 0,
    "一": 1,
    "二": 2,
    "两": 2,
    "三": 3,
    "四": 4,
    "五": 5,
    "六": 6,
    "七": 7,
    "八": 8,
    "九": 9,
}

NUMBER = r"(?:\d{1,6}(?:\.\d{1,4})?|半|[一二两三四五六七八九]?十[一二三四五六七八九]?|[零一二两三四五六七八九])"
UNIT = (
    r"(?:人次|人日|学期|学年|季度|年级|课时|小时|百分点|个百分点|[处次人项例起个件条天日份台张间室床科种类门户车辆本页节班盏块扇只名位期篇点校株匹周月岗具支套把根幅副组栋层所瓶袋箱桶盘口座盒罐样款道幢棵片张批趟辆年季%]"
    r"|\d+(?:\.\d+)?%)"
)
DEDUCT = r"(?:各?扣除?|各?减|倒扣|各?-)"
# A dash between figures that stands for "to"; a minus sign before a figure stands for a deduction.
RANGE = r"(?:-|~|至|到)"

_DASHES = str.maketrans({"−": "-", "–": "-", "—": "-", "﹣": "-", "～": "~", "〜": "~", "≧": "≥", "≦": "≤", "、": "、"})


def normalise(text: str) -> str:
    """NFKC turns 全角 digits, letters and punctuation into ASCII; blanks go, "≥" becomes ">="."""
    plain = unicodedata.normalize("NFKC", text).translate(_DASHES)
    plain = plain.replace("≥", ">=").replace("≤", "<=").replace("。", ";").replace("\n", ";")
    return re.sub(r"\s+", "", plain)


def number(text: str) -> Decimal:
    """The value of what NUMBER matched."""
    if text == "半":
        return Decimal("0.5")
    if "十" in text:
        tens, _, ones = text.partition("十")
        return Decimal(10 * _DIGITS.get(tens, 1) + _DIGITS.get(ones, 0))
    return Decimal(_DIGITS[text]) if text in _DIGITS else Decimal(text)


def _enumerated(clause: str) -> list[str]:
    """ "甲扣1分、乙扣2分" is two clauses; "桌椅、门窗每处扣1分" is one."""
    pieces = clause.split("、")
    costs = re.compile(rf"{DEDUCT}{NUMBER}分?$")
    return pieces if all(costs.search(piece) for piece in pieces) else [clause]


def clauses(text: str) -> list[str]:
    """Of a normalised text: parted at ; and , outside brackets; bracketed remarks stand as clauses of their own."""
    parts: list[str] = []
    remarks: list[str] = []
    current = ""
    depth = 0
    for mark in text:
        if mark in "([【":
            depth += 1
            if depth == 1:
                remarks.append("")
                continue
        if mark in ")]】" and depth:
            depth -= 1
            if not depth:
                continue
        if depth:
            remarks[-1] += mark
        elif mark in ";,":
            parts.append(current)
            current = ""
        else:
            current += mark
    whole = [part for group in (*parts, current, *remarks) for part in _enumerated(group)]
    return _joined([re.sub(r"^\d{1,2}[.、)](?!\d)", "", part) for part in whole if part])


def _joined(parts: list[str]) -> list[str]:
    """ "未建立制度的,本项不得分" is one clause: its condition stands before the comma."""
    out: list[str] = []
    for part in parts:
        before = out[-1] if out else ""
        if (
            re.search(r"(?:的|者|时|情形之一)$", before)
            and not re.search(r"\d|扣|分|得|否决|每", before)
            and re.match(
                r"扣|不得分|不给分|[本该此]项|每|酌情|视|则|一票|全扣|[一1]" + UNIT + "|评|判|直接|取消|不得", part
            )
        ):
            out[-1] = before + part
        else:
            out.append(part)
    return out
