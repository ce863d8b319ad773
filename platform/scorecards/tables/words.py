"""Small things that stand inside cells: numbers before a text, points in brackets, marks, sum and signature lines."""

import re
import unicodedata
from decimal import Decimal, InvalidOperation
from typing import NamedTuple

from scorecards.form import decimal_text

_CN = "一二三四五六七八九十百"
# The style of a number tells its level: an outer one is less.
_NUMBERINGS: tuple[tuple[int, str], ...] = (
    (0, rf"第[{_CN}\d]{{1,4}}(?:部分|章|类|篇)[、.:：]?"),
    (1, rf"[{_CN}]{{1,3}}[、.．:：]"),
    (2, rf"[(（][{_CN}]{{1,3}}[)）][、.]?"),
    (1, r"A\d{1,2}(?:[、.．:：-]|(?=[^\dA-Za-z.-]))"),
    (2, r"B\d{1,2}(?:[、.．:：-]|(?=[^\dA-Za-z.-]))"),
    (3, r"C\d{1,2}(?:[、.．:：-]|(?=[^\dA-Za-z.-]))"),
    (4, r"\d{1,2}(?:[.．-]\d{1,2}){1,3}(?:[、.．:：]|(?=[^\d%分年月日次人处.]))"),
    (3, r"\d{1,3}[、．:：]|\d{1,3}\.(?!\d)"),
    (5, r"[(（]\d{1,2}[)）][、.]?|\d{1,2}[)）]"),
    (6, r"[①-⑳⑴-⒇㈠-㈩❶-❿➀-➉]"),
)
_COMPILED = tuple((rank, re.compile(pattern)) for rank, pattern in _NUMBERINGS)
MARKS = "★☆※▲△*＊●◆◎■#"
_MARK = re.compile(rf"[{re.escape(MARKS)}]{{1,3}}")
_FIGURE = r"\d{1,4}(?:\.\d{1,4})?"
_BRACKETED = re.compile(
    rf"[(（\[【]\s*(?:本项|该项|满分|共计?|合计|总分|分值|计|标准分)?\s*[:：]?\s*(?P<n>{_FIGURE})\s*(?:分值?|′|'|’)\s*[)）\]】]"
)
_TAIL = re.compile(rf"(?<![\d.+≥≤><=至到~-])\s*[,，:：、;；]?\s*(?:共|计|满分)?(?P<n>{_FIGURE})\s*分\s*[。;；]?$")
_POINTS = re.compile(rf"(?:满分|共|计|合计)?[:：]?[+]?(?P<n>{_FIGURE})(?:分|′|'|’|%)?")
_RANGE = re.compile(rf"0(?:分)?[-~至到—～]+(?P<n>{_FIGURE})(?:分)?")
SUM = re.compile(
    r"(?P<what>合计|总计|小计|总分|共计|总得分|得分合计|累计|合计得分|合计分值?|总分值|得分总计|总评分|考核总分|实得总分|得分|总成绩)(?:\(?.{0,8}\)?)?[:：]?.{0,20}"
)
SIGNED = re.compile(
    r"(?:被?(?:检查|考核|评估|督查|受检|评价|考评|验收)(?:单位|学校|人员?|组|小组|对象|部门|食堂|时间|日期|人签[字名]|组长)|学校(?:名称)?|单位(?:名称)?|校名|(?:填表|记录|负责|陪同|评分|责任|制表|审核)人|检查员|评委|"
    r"校长|园长|(?:检查|考核)?(?:日期|时间)|签[字名]|(?:单位)?盖章|公章|联系(?:人|电话))[^:：。]{0,16}(?:[:：]|[(（]?(?:签[字名]|盖章)[)）]?|_{2,}|$)"
    r"|[\s_\d]{0,8}年[\s_\d]{1,8}月[\s_\d]{1,8}日?"
)
ATTACHED = re.compile(r"(?:附件|附表|附录|表|附)\s*[\d一二三四五六七八九十]{0,3}(?:-\d{1,2})?[:：]?")
NOTE = re.compile(
    r"(?:注|备注|说明|附注|评分说明|填表说明|使用说明|考核说明|计分说明|检查说明|评分办法|计分办法|考核办法|计分方法|评分方法|评定(?:标准|办法|等级)|等级(?:评定|划分|标准)|考核等次|结果(?:评定|运用|判定)|"
    r"判定(?:标准|规则|办法)|评价等级|评级标准|合理缺项|缺项|填写说明|备\s*注)(?:[一二三四五六七八九\d]{0,2})\s*[:：.、)）(（]|注\d?[:：.]"
)


class Numbered(NamedTuple):
    """`rank` 0 outermost; None where the text begins with no number."""

    rank: int | None
    number: str
    rest: str


def plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip()


def numbered(text: str) -> Numbered:
    stripped = text.strip()
    # NFKC would make ① a 1 and （一） a (一); the length stays the same for 全角, which is all that matters here.
    narrow = "".join(_narrow(mark) for mark in stripped)
    for rank, pattern in _COMPILED:
        if matched := pattern.match(narrow):
            number = stripped[: matched.end()].strip().strip("、.．:：")
            return Numbered(rank, number, stripped[matched.end() :].strip())
    return Numbered(None, "", stripped)


def _narrow(mark: str) -> str:
    return chr(ord(mark) - 0xFEE0) if "！" <= mark <= "～" else mark


def points_of(text: str) -> Decimal | None:
    """What a points cell says: "10", "１０分", "（10分）", "10′", "0-5"; None where it says anything else."""
    words = re.sub(r"\s", "", plain(text)).strip("()[]【】")
    if not words or len(words) > 20:
        return None
    matched = _POINTS.fullmatch(words) or _RANGE.fullmatch(words)
    return decimal(matched["n"]) if matched else None


def decimal(text: str) -> Decimal | None:
    try:
        return Decimal(decimal_text(Decimal(text)))
    except InvalidOperation:
        return None


def bracketed_points(text: str) -> list[Decimal]:
    return [found for matched in _BRACKETED.finditer(plain(text)) if (found := decimal(matched["n"])) is not None]


def without_points(text: str) -> str:
    """The text less its bracketed points."""
    pattern = re.compile(_BRACKETED.pattern.replace(r"\d", r"[\d０-９]"))
    return re.sub(r"[ \t]{2,}", " ", pattern.sub("", text)).strip()


_BARE = re.compile(r"(?<=[\u4e00-\u9fff])\((?P<n>\d{1,3}(?:\.5)?)\)$")


def bare_points(text: str) -> bool:
    """Whether heading_points takes a figure that does not say 分: "办园条件（40）"."""
    return not bracketed_points(text) and _BARE.search(plain(text)) is not None


def heading_points(text: str) -> tuple[str, Decimal | None]:
    """ "一、食堂管理（20分）" → title and 20; also "食堂管理 20分"."""
    found = bracketed_points(text)
    if len(found) == 1:
        return without_points(text), found[0]
    narrow = plain(text)
    if not found and (matched := _BARE.search(narrow)):
        return narrow[: matched.start()].strip(), decimal(matched["n"])  # "办园条件（40）"
    if not found and (matched := _TAIL.search(narrow)) and matched.start() > 0:
        return narrow[: matched.start()].strip(), decimal(matched["n"])
    return text.strip(), None


def marks_of(*texts: str) -> tuple[str, list[str]]:
    """A mark (★, ※※, * …) that begins or ends one of the texts, and the texts without it."""
    mark = ""
    cleaned: list[str] = []
    for text in texts:
        stripped = text.strip()
        for matched in (_MARK.match(stripped), re.search(rf"{_MARK.pattern}$", stripped)):
            if matched and matched[0] != stripped:
                mark = mark or matched[0].replace("＊", "*")
                stripped = (stripped[: matched.start()] + stripped[matched.end() :]).strip()
                break
        else:
            if stripped and _MARK.fullmatch(stripped):
                mark, stripped = mark or stripped.replace("＊", "*"), ""
        cleaned.append(stripped)
    return mark, cleaned


def one_line(text: str) -> str:
    """Line breaks that only fold a text are dropped; those after a mark of its own stay."""
    return (
        re.sub(r"\s*\n\s*", "", re.sub(r"(?<=[。；;：:，,、.])\s*\n\s*", "\n", text)).strip()
        if "\n" in text
        else text.strip()
    )


_SCORES = re.compile(
    r"扣|不得分|不给分|得满分|酌情|[得计]\s*[\d０-９]+(?:\.\d+)?\s*分|否决|加\s*[\d０-９]+(?:\.\d+)?\s*分"
)


def scoring_tail(text: str) -> str:
    """The end of a text that scores: "地面干净。每处不洁扣1分" → "每处不洁扣1分"; "" where nothing does."""
    inside = [found for found in re.findall(r"[(（]([^()（）]*)[)）]", text) if _SCORES.search(found) and "分" in found]
    outside = re.sub(r"[(（][^()（）]*[)）]", "", text)
    for marks in (r"(?<=[。；;\n])", r"(?<=[，,：:])"):
        pieces = [piece for piece in re.split(marks, outside) if piece.strip()]
        scoring = [place for place, piece in enumerate(pieces) if _SCORES.search(piece)]
        if scoring and (scoring[0] > 0 or marks != r"(?<=[。；;\n])"):
            return "".join(pieces[scoring[0] :]).strip(" ，,。；;\n")
    return "；".join(inside) if inside else ""


def graded(label: str, text: str) -> str:
    """A bare figure below a heading that gives it its sense: "5" below 评分标准/优 is "优5分", "2" below 扣分值 "扣2分"."""
    figure = points_of(text)
    if figure is None or not re.fullmatch(r"\s*[\d０-９.]+\s*分?\s*", text):
        return text
    last = label.rsplit("/", 1)[-1]
    if "/" in label and re.fullmatch(
        r"[A-D][级等]?|优秀?|良好?|中等?|一般|合格|较?差|好|较好|不合格|及格|不及格", last
    ):
        return f"{last}{decimal_text(figure)}分"
    return f"扣{decimal_text(figure)}分" if "扣" in label else text
