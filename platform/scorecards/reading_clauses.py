"""What one clause of a scoring text says: a cost, a cap, a threshold, a veto, or nothing that is understood."""

import re
from dataclasses import dataclass, field
from decimal import Decimal

from scorecards.form import NO_VETO, Veto
from scorecards.reading_text import DEDUCT, NUMBER, UNIT, number

RED_LINE = "重大事故隐患"
ONE_VOTE = "一票否决"

_TAGS = {
    "校车": "school_bus",
    "化学实验室": "chemistry_lab",
    "实验室": "laboratory",
    "宿舍": "boarding",
    "寄宿": "boarding",
    "食堂": "canteen",
    "电梯": "lift",
    "锅炉": "boiler",
    "泳池": "swimming_pool",
    "游泳": "swimming_pool",
    "燃气": "gas",
    "小卖部": "shop",
}


@dataclass(slots=True)
class Parts:
    """What the clauses of one text said."""

    counts: list[tuple[Decimal, str, str]] = field(default_factory=list)  # amount, unit, the clause
    singles: list[tuple[Decimal, str]] = field(default_factory=list)  # amount, label
    gains: list[tuple[Decimal, str]] = field(default_factory=list)
    all_lost: list[str] = field(default_factory=list)
    cap: Decimal | None = None
    zero_at: int | None = None
    factor: Decimal = Decimal(1)
    na_allowed: bool = False
    na_in_full: bool = False
    tags: tuple[str, ...] = ()
    veto: Veto = NO_VETO
    veto_clause: str = ""
    veto_said: str = ""
    unit_zero: bool = False
    doubtful: bool = False
    wanted: bool = False
    unread: list[str] = field(default_factory=list)


_TO_THE_END = re.compile(
    r"(?:直至|至|以)?(?:本项|该项|此项)?(?:分值?)?扣(?:完|光|尽)(?:本项|该项|此项)?(?:分值?)?(?:为止|即止|止)?"
)
_CAP = re.compile(
    rf"(?:本项|该项|此项|全年|每学期)?(?:满|最多扣?|最高扣?|最多不超过|累计(?:最多|最高)?扣?|扣满|上限|不超过|扣分不超过|限扣)(?P<n>{NUMBER})分?(?:为?止|封顶|为限)?"
    rf"|(?:以)?(?P<m>{NUMBER})分(?:封顶|为限)|扣完(?P<k>{NUMBER})分为?止"
)
_DOUBLE = re.compile(
    r"(?:复查|复检|再查|回头看|整改后|逾期)?.{0,8}(?:未修|未改|未整改|仍|再犯|不改)?.{0,6}(?:加倍|双倍|翻倍)(?:扣分)?"
)
_LOSES = (
    r"(?<![\d.])(?:0|零)分|不得分|不给分|不计分|扣(?:完|光|除)?(?:全部|该项|本项)?(?:全)?(?:部)?分值?|全扣|该项0|本项0"
)
_ZERO_AT = re.compile(
    rf"(?:有|少|缺|达|达到|超过|满|>=|>|累计|发现)*(?P<n>{NUMBER}){UNIT}(?P<over>及?以上|或以上)?(?:的|者|问题|未修)*"
    rf"(?:则|就)?(?:该项|本项|此项)?(?:记|得|为|计)?(?:{_LOSES})"
)
_NA = re.compile(
    r"(?:如)?(?:无|没有|未设|不含|未开设)(?P<what>.{1,12}?)(?:的|者|时|学校)?(?:则|可|视为|为|作)?(?:不适用|合理缺项|缺项|不评|不考核)"
    r"|(?:如)?(?:无|没有|未设|不含|未开设)(?P<full>[^\d扣,;]{1,12}?)(?:的|者|时)?(?:学校|单位)?(?:的)?,?(?:此项|该项|本项)(?:不扣分|得满分|计满分|按满分计?|视为满分|不计)"
)
_ALL_FORM = re.compile(
    r"(?:则|即)?(?:全表|总分|整表|全部项目|本次检查|总评|本表)(?:记|得|为|计|按)?(?<![\d.])(?:0|零)分?(?:处理)?|.{0,20}(?:全表|总分|整表)(?:记|得|为|计)?(?:0|零)分?"
)
# "本寝室记0分": the sheet of one room is the form, so that all of it is lost; a person confirms how far that reaches.
_UNIT_ZERO = re.compile(
    r"(?P<if>.{0,60}?)(?:的|者)?,?(?:则|即)?(?:本|该)间?(?:寝室|宿舍|房间|窗口|档口|班级|班|楼层|食堂|餐厅|校车|车辆|实验室|教室|处室|单位|学校|校)"
    r"(?:本次|本周|当日|当周|当月|当次|卫生|内务|安全|检查|考核|评比|成绩|得分|总分)*(?:直接|一律)?(?:记|得|为|计|按|评)?(?<![\d.])(?:0|零)分(?:处理|计算?)?"
)
_RED = re.compile(r"(?:任意?一?(?:条|项)?|凡|有)?.{0,12}(?:判|判定|认定|构成|属于?).{0,3}重大(?:事故)?隐患")
_ONE_VOTE = re.compile(r".{0,20}(?:一票否决|单项否决|否决项)(?:制)?")
_ALL = re.compile(
    r"(?P<if>.{0,60}?)(?:的|者|则|即|时)?,?(?:(?:本项|该项|此项)(?:不得分|不给分|不计分)|(?:扣除?|扣完|扣光)(?:该项|本项|此项)?(?:的)?(?:全部|全)(?:部)?分值?|全扣|不得分|不给分|扣全分|(?:该项|本项|此项)?(?:记|得|计|为)?(?<![\d.])(?:0|零)分|(?:该项|本项|此项)(?:记|得|计|为)?(?:0|零)分?|(?:该项|本项)分扣完)"
)
_ALL_OR = re.compile(r"[^\d扣每]{0,20}(?:100%)?(?:的|者)?(?:得|计|给)(?:满分|全分)")
# Where and how it is looked at: says nothing about points.
_METHOD = re.compile(
    r"(?:(?:现场|实地|随机|抽查|查看|查阅|检查|听取|座谈|询问|访谈|问卷|翻阅|观看|核查|察看|看|查)(?:和|及|与|、|并)?)+"
    r"[\u4e00-\u9fff、\"“”]{0,16}(?:资料|记录|台账|档案|文件|现场|汇报|情况|材料|实物|设施|访谈|查看|检查|察看|询问|座谈|证|票据)?"
)
# What is wanted, before what its lack costs: "每学期不少于2次".
_WANTED = re.compile(r"[^扣得加倍]{0,40}(?:不少于|至少|不低于|不得少于|应当?|须|必须|要求|>=)[^扣得加倍]{1,40}")
_DOWNGRADE = re.compile(
    r"(?P<if>.{0,40}?)(?:的|者)?(?:则|即|,)?(?:该?(?:食堂|学校|宿舍|单位|窗口)|本次检查|年度考核|考核|检查|总评|等级|直接)*"
    r"(?:直接)?(?:评定?|判定?|认定|定|视|确定|降)(?:为|至)[\"“]?(?P<label>不合格|不达标|不及格|差|C级|D级|整改|未达标|最低等级?)[\"”]?(?:等次|等级|级别|单位)?"
)
_WITHHELD = re.compile(
    r"(?P<if>.{0,40}?)(?:的|者)?(?:则|即)?(?P<label>(?:取消|不得|不能|不予|不授予|撤销|一律不得)(?:当年|年度|本年度|其)?(?:参与|参加)?(?:评为|评定为|评优|评先|评比|评选|评定|定为|被评为|认定|创建)[^扣\d]{0,16})"
)
_RESULT = re.compile(
    r"(?:不得|不能|不予|取消)[^,，。；;()（）]{1,16}"
    r"|(?:直接|一律|均|即|则)*(?:评定?|判定?|认定|确定|视|定|降)(?:为|至)[^,，。；;、()（）的]{1,8}|(?:总分|全表|总评)(?:记|计|为|得)?(?:0|零)分"
)
_TIME = ("周", "月", "年", "天", "日", "学期", "季", "学年", "季度")
_EACH = re.compile(
    rf"(?P<lead>.{{0,40}}?)每(?P<verb>缺少?|少|发现|有|出现|查出|漏|差|低|超|迟|多)?(?:一|1(?![\d.]))?(?P<unit>{UNIT})(?P<times>每次)?"
    rf"(?P<rest>.{{0,30}}?)(?:的|者|则)?{DEDUCT}(?P<n>{NUMBER})分?"
)
_ONE_OF = re.compile(
    rf"(?P<lead>.{{0,30}}?)(?P<verb>缺少?|少|发现|有|出现|查出|漏|差)?(?:一|(?<!\d)1(?![\d.]))(?P<unit>{UNIT})(?P<rest>.{{0,30}}?)(?:的|者|则)?{DEDUCT}(?P<n>{NUMBER})分?"
)
_KINDS = re.compile(
    rf".{{0,6}}?(?P<k>{NUMBER})(?P<unit>[种项类条点])(?:缺失|问题|情形|情况|不符合?|内容)?.{{0,6}}?各?{DEDUCT}(?P<n>{NUMBER})分?"
)
_SINGLE = re.compile(rf"(?P<if>.{{0,40}}?)(?:的|者|则)?{DEDUCT}(?P<n>{NUMBER})分?")
_GAIN = re.compile(rf"(?P<if>.{{1,40}}?)(?:的|者)?(?:得|计)(?P<n>{NUMBER})分")
# Free text inside a match must not hide another rule: "优5分、差0分" is not "(优5分、差) 0分".
_HIDES_RULE = re.compile(rf"扣|不?得分|{NUMBER}分|[得加]{NUMBER}|-\d|加倍|否决")


def _tags(what: str) -> tuple[str, ...]:
    return next(((tag,) for word, tag in _TAGS.items() if word in what), ())


def _modifier(clause: str, parts: Parts) -> bool:
    """Clauses that only bend a rule: caps, thresholds, doubling, "does not apply"."""
    if _TO_THE_END.fullmatch(clause):
        return True
    if _METHOD.fullmatch(clause) and not re.search(r"\d|扣|分|得|未|不|无|缺", clause):
        return True
    if _WANTED.fullmatch(clause) and not re.search(r"分|否决|每[处项次人]", clause):
        parts.wanted = True
        return True
    if matched := _CAP.fullmatch(clause):
        parts.cap = number(matched["n"] or matched["m"] or matched["k"])
        return True
    if _DOUBLE.fullmatch(clause):
        parts.factor = Decimal(2)
        return True
    if matched := _NA.fullmatch(clause):
        parts.na_allowed = True
        parts.na_in_full = bool(matched["full"])
        parts.tags = _tags(matched["what"] or matched["full"])
        return True
    if matched := _ZERO_AT.fullmatch(clause):
        limit = number(matched["n"])
        if limit == int(limit) and limit >= 1:
            beyond = clause.startswith(("超过", ">")) and not clause.startswith(">=") and not matched["over"]
            parts.zero_at = int(limit) + (1 if beyond else 0)
            return True
    return False


def _veto(clause: str, parts: Parts) -> bool:
    if _RED.fullmatch(clause):
        parts.veto = Veto("verdict", RED_LINE)
    elif _ALL_FORM.fullmatch(clause):
        parts.veto = Veto("form_zero")
    elif clean(_UNIT_ZERO.fullmatch(clause)):
        parts.veto = Veto("form_zero")
        parts.unit_zero = True
    elif _ONE_VOTE.fullmatch(clause):
        parts.veto = Veto("verdict", ONE_VOTE)
    elif (matched := clean(_DOWNGRADE.fullmatch(clause))) or (matched := clean(_WITHHELD.fullmatch(clause))):
        parts.veto = Veto("verdict", matched["label"])
        parts.veto_said = matched["if"]
    else:
        return False
    parts.veto_clause = clause
    return True


def _unit(text: str, times: bool) -> str:
    return "人次" if text == "人" and times else text


def clean(matched: re.Match[str] | None) -> re.Match[str] | None:
    """The match, unless its free text hides another rule."""
    if matched is None:
        return None
    free = [text for name, text in matched.groupdict().items() if name in ("if", "lead", "rest") and text]
    return None if any(_HIDES_RULE.search(text) for text in free) else matched


def _cost(clause: str, parts: Parts) -> bool:
    if matched := clean(_EACH.fullmatch(clause)):
        unit = _unit(matched["unit"], bool(matched["times"]) or matched["rest"].startswith("每次"))
        # "每周检查少于一次的扣1分": once, or for every week?
        often = matched["unit"] in _TIME and re.search(r"[\d一二两三]次|少于|不足|低于", matched["rest"])
        parts.doubtful = parts.doubtful or bool(often)
        parts.counts.append((number(matched["n"]), unit, matched["lead"] + matched["rest"]))
    elif matched := _KINDS.fullmatch(clause):
        parts.counts.append((number(matched["n"]), matched["unit"], ""))
        parts.cap = number(matched["n"]) * number(matched["k"]) if number(matched["k"]) > 1 else parts.cap
    elif matched := clean(_ONE_OF.fullmatch(clause)):
        parts.counts.append((number(matched["n"]), matched["unit"], matched["lead"] + matched["rest"]))
    elif (matched := clean(_SINGLE.fullmatch(clause))) and "每" not in matched["if"]:
        labels = (
            matched["if"].split("、") if "各" in clause[matched.end("if") : matched.start("n")] else [matched["if"]]
        )
        parts.singles.extend((number(matched["n"]), label) for label in labels)
        # "不足3人扣2": a threshold, or two per person missing?
        # "缺一撂扣2": a unit that is not known, so perhaps two for each.
        threshold = r"\d|(?:缺少?|少|发现|有|出现|查出|漏|差|每)一[\u4e00-\u9fff]{1,3}$"
        parts.doubtful = parts.doubtful or bool(re.search(threshold, matched["if"]))
    else:
        return False
    return True


def _everything(clause: str, parts: Parts) -> bool:
    matched = clean(_ALL.fullmatch(clause))
    if matched:
        parts.all_lost.append(matched["if"])
        return True
    return bool(_ALL_OR.fullmatch(clause))


def take(clause: str, parts: Parts) -> None:
    if _modifier(clause, parts) or _veto(clause, parts) or _everything(clause, parts) or _cost(clause, parts):
        return
    trimmed = _TO_THE_END.sub("", clause)
    if trimmed and trimmed != clause:
        take(trimmed, parts)
        return
    if matched := clean(_GAIN.fullmatch(clause)):
        parts.gains.append((number(matched["n"]), matched["if"]))
    else:
        parts.unread.append(clause)


def veto_result(text: str) -> str:
    """What a heading or a remark says that its list of vetoes leads to: "有下列情形之一的，直接定为不合格" → "直接定为不合格"."""
    matched = _RESULT.search(text)
    return matched[0] if matched else ""
