"""Which column of a table is what, by the many wordings of its heading; where those leave it open, by its content."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from scorecards.tables.grid import Cell, Grid, Row, data_cells, filled

# level: project, category, A and B level. result: what the inspector fills in, not imported. either: text or rule,
# by its content; topic: text where there is no other, else a level.
Role: TypeAlias = Literal["no", "level", "topic", "text", "either", "rule", "points", "method", "note", "result"]

_WHO = r"(?:检查|考核|评估|评价|考评|评审|督查|督导|督评|验收|自查|巡查|核查|查验|评比|测评|测评|管理|工作|创建|考察|排查|隐患|监督)"
_HEADINGS: tuple[tuple[Role, str], ...] = (
    ("no", r"序号|编号|序|项次|条款号?|条号|次序|no|代码|指标编号|项目编号|指标序号|条目号"),
    ("result", r"(?:\S{0,6})(?:得分|扣分(?:情况|原因|理由|记录|值合计)?|实扣分?|自评分?|考评分|评估分|评审分|复核分|核定分|实评分|存在(?:的)?(?:主要)?问题.{0,6})"),
    ("result", rf"(?:是否)?(?:基本|不)?(?:符合|合格|达标|适用)(?:要求)?|是|否|有|无|是/?否|符合/?不符合|是\(√\).*|{_WHO}(?:情况|结果|记录|得分|评分|意见)(?:记录)?|"
     r"自查(?:情况|结果)?|自评(?:情况|结果)?|整改.{0,8}|完成情况|落实情况|结果|问题(?:描述|记录|清单)?|不足|评定(?:等级|结果)|等级|小计|单项得分|合计|实际.{0,4}|"
     r"检查人.{0,6}|签名|签字|责任人|责任部门|责任单位|照片|检查时间|日期|[√×xX]|缺项|评分|打分|复评|初评|自检|自评|\S{0,4}[自复考]评|他评|县评|校评|考评|评分级别|现场记录|发现问题"),
    ("points", r"(?:标准|基准|应得|配|赋|基本|考核|满|设定|规定|最高|单项|项目|权重|评价|评估)?(?:分值|分数|满分|标准分|基准分|基本分|权重|权值|配分|应得分|赋分)(?:\(?分\)?|\(%\))?|分|标准分|基准分|总分|应得|满分值|配分值|权重分"),
    ("method", rf"{_WHO}(?:方法|方式|途径|手段|形式|办法)(?:和途径|及途径)?|信息采集.{{0,4}}|(?:佐证|支撑|备查|印证|查阅|评估|所需|主要|检查|考核|提供|备检|档案)(?:材料|资料)(?:目录|清单)?|"
     r"查看(?:资料|内容)|资料(?:清单|目录|来源)|查验(?:资料|方法)|数据来源|方法|评估途径|检查途径|方式"),
    ("either", r"标准要求|(?:检查|考核|评估|评价|考评|工作|验收|管理|督导|达标)标准|标准|(?:检查|考核|考评|评价|评估|验收|工作)(?:细则|办法)|细则|要求及标准|检查标准及要求"),
    ("rule", rf"(?:{_WHO})?(?:\(?(?:评分|扣分|计分|赋分|打分|得分|记分|给分|加分|加扣分|加减分|奖惩|评定|判定|评判|评分\(扣分\)|扣\(加\)分|评\(扣\)分|记扣分)\)?)+(?:标准|细则|办法|方法|规则|依据|说明|准则|要点|规定|要求|值)?|"
     r"扣分项目?|加分项目?|扣分标准.*|评分标准.*|评分细则.*|扣分值?|(?:检查|考核|评估)(?:与|及|和)评分.{0,6}"),
    ("text", rf"(?:{_WHO})?(?:具体)?(?:内容|要点|事项|条目|要求|观测点|观察点|考点|主要内容|项目(?:及|和|与)?内容|内容(?:及|和|与)(?:标准|要求|分值)|要素与要求|指标内容|指标内涵|指标要求|指标描述)|"
     r"主要观测点|观测点|三级指标|C级指标|内容|(?:检查|督查|考核|督导)重点|(?:基本|工作|管理)要求|评价内容.*|检查要点.*|细则(?:与|和)标准|指标(?:与|和)要求|考核细则与标准|问题情形|情形|违规情形|检查内容.*|考核内容.*|评估要点.*|具体要求|规范要求"),
    ("text", rf"(?:{_WHO})?(?:指标|内容|项目|要点|要求|事项)(?:及|和|与)(?:{_WHO}|评分|扣分|计分)?(?:标准|细则|办法|要求)|(?:评分|评定|评选|评比|申报)(?:内容|项目|要点|要求)|(?:一票)?否决(?:情形|事项|内容|条款|指标)|条件(?:内容)?"),
    ("level", rf"(?:{_WHO})?(?:项目|类别|指标)(?:及|和|与)分值|[一二ABab]级(?:{_WHO})?(?:指标|项目|要素)?|[AB](?:级)?指标|[12]级指标|(?:{_WHO})?(?:类别|大项|模块|板块|类型|维度|一级项目|二级项目|分类|领域|环节|部位|区域|场所|范围|方面)|项目类别|类"),
    ("topic", rf"(?:{_WHO})?(?:项目|指标|要素|小项|分项|子项|条款|名称|科目)(?:名称)?|[三四C]级(?:指标|项目|要素)?|C(?:级)?指标"),
    ("note", r"备注|说明|备注说明|备注\(?.*\)?|附注|依据|检查依据|法律依据|政策依据|文件依据|适用范围|扣分项?代码"),
)  # fmt: skip
_PATTERNS = tuple((role, re.compile(pattern, re.IGNORECASE)) for role, pattern in _HEADINGS)
_POINTS_FIRST = re.compile(r"分值|满分|标准分|权重|配分|应得分|分数|基准分|基本分|赋分")
_SCORING = re.compile(r"扣|不得分|得\s*\d|得满分|得分|否决|\d\s*分|酌情|为0分|零分")
HEADING_WITHIN = 60
MOST_HEADING = 30  # characters of one heading


@dataclass(frozen=True, slots=True)
class Columns:
    """Places of a table's columns. `levels`: outermost first. `level_points`: place of a level → place of its points.
    `answers`: places of blank yes/no columns. `labels`: what the heading says at each place."""

    no: int | None = None
    levels: tuple[int, ...] = ()
    level_points: tuple[tuple[int, int], ...] = ()
    text: int | None = None
    rules: tuple[int, ...] = ()
    points: int | None = None
    other_points: tuple[int, ...] = ()
    methods: tuple[int, ...] = ()
    notes: tuple[int, ...] = ()
    yes_no: bool = False
    labels: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Header:
    """Rows `first`..`last` of the grid are the heading."""

    first: int
    last: int
    labels: tuple[str, ...]
    roles: tuple[Role | None, ...] = field(default=())


def heading_words(text: str) -> str:
    plain = re.sub(r"[\s:：*＊□☐○]+", "", unicodedata.normalize("NFKC", text))
    return re.sub(r"\((?:\d+分?|满分\d+分?|分)\)$", "", plain).replace("（", "(")


def role_of(text: str) -> Role | None:
    words = heading_words(text)
    if not words or len(words) > MOST_HEADING:
        return None
    for candidate in dict.fromkeys((words, re.sub(r"\(.*?\)", "", words), re.sub(r"[/、与和及]", "", words))):
        for role, pattern in _PATTERNS:
            if candidate and pattern.fullmatch(candidate):
                return role
    return None


def _known(row: Row, at: int | None = None) -> list[Role]:
    return [role for cell in filled(row) if (at is None or cell.row == at) for role in [role_of(cell.text)] if role]


def is_heading(row: Row) -> bool:
    cells = filled(row)
    if len(cells) < 2 or any(len(cell.text) > 40 for cell in cells):
        return False
    known = _known(row)
    what = {"level", "topic", "text", "either", "rule"} & set(known)
    return bool(what) and len(known) >= 2 and len(known) * 2 >= len(cells) and (len(set(known)) >= 2 or len(known) > 2)


def headers(grid: Grid) -> Iterator[Header]:
    """Every heading of a grid, repeated ones too."""
    at = 0
    while at < len(grid.rows):
        if is_heading(grid.rows[at]):
            last = _last(grid, at)
            yield _header(grid, at, last)
            at = last
        at += 1


def _last(grid: Grid, first: int) -> int:
    """A heading goes on in the next row where that splits a merged cell of it into further headings."""
    last = first
    while last + 1 < len(grid.rows) and last < first + 2:
        row, above = grid.rows[last + 1], grid.rows[first]
        own = [cell for cell in filled(row) if cell.row == last + 1]
        reaching = [cell for cell in filled(row) if cell.row <= last]
        over_split = any(
            _wide(above, place) for place, cell in enumerate(row) if cell in own and place < len(above)
        )  # fmt: skip
        named = sum(1 for cell in own if role_of(cell.text))
        short = all(len(cell.text) <= 20 for cell in own)
        if own and short and ((reaching and over_split) or (named == len(own) and named >= 2)):
            last += 1
            continue
        if not own and reaching and all(cell.row >= first for cell in reaching):
            last += 1
            continue
        break
    return last


def _wide(row: Row, place: int) -> bool:
    return sum(1 for cell in row if cell is row[place] or cell == row[place]) > 1 and bool(row[place].text)


def _header(grid: Grid, first: int, last: int) -> Header:
    width = max(len(grid.rows[at]) for at in range(first, last + 1))
    labels: list[str] = []
    roles: list[Role | None] = []
    for place in range(width):
        stack: list[Cell] = []
        for at in range(first, last + 1):
            row = grid.rows[at]
            if place < len(row) and row[place].text and row[place] not in stack:
                stack.append(row[place])
        labels.append("/".join(heading_words(cell.text) for cell in stack))
        lower = role_of(stack[-1].text) if stack else None
        upper = role_of(stack[0].text) if stack else None
        # 自评｜考评 below 得分 stay results; 内容｜标准 below 考核内容及标准 are their own.
        roles.append("result" if upper == "result" else "points" if upper == "points" else lower or upper)
    return Header(first, last, tuple(labels), tuple(roles))


def columns_of(grid: Grid, header: Header, rows: range) -> Columns:
    """`rows`: the data rows below the heading."""
    places: dict[Role, list[int]] = {}
    for place, role in enumerate(header.roles):
        if role and not _same_as_left(grid, header, place):
            places.setdefault(role, []).append(place)
    share = {place: _share(grid, rows, place) for place in range(len(header.roles))}
    no = next(iter(places.get("no", [])), None)
    levels = sorted(places.get("level", []))
    topics = sorted(places.get("topic", []))
    texts = sorted(places.get("text", []))
    rules = sorted(places.get("rule", []))
    either = sorted(places.get("either", []))
    points = sorted(places.get("points", []))
    results = places.get("result", [])
    # A column of filled scoring words is a rule, whatever blank column its heading sounds like.
    if not rules:
        rules = [
            place for place in results if share[place] >= 0.3 and _POINTS_FIRST.search(header.labels[place]) is None
        ]
        results = [place for place in results if place not in rules]
    rules += [place for place in points if _is_wording(grid, rows, place)]
    points = [place for place in points if place not in rules]
    for place in either:
        # "评价项目 | 分值 | 评价标准": the items stand under 项目 where every row has its own.
        named = texts or any(_one_each(grid, rows, topic, place) for topic in (*topics, *levels))
        if named and not rules and share[place] >= 0.3:
            rules.append(place)
        else:
            texts.append(place)
    texts.sort()
    for place in list(texts):
        # 检查内容 | 考核标准, the latter all 扣分: the heading says text, the cells say rule.
        if not rules and len(texts) > 1 and place != texts[0] and share[place] >= 0.5:
            texts.remove(place)
            rules.append(place)
    if not texts and topics:
        texts = [topics.pop()]
    levels = sorted([*levels, *topics])
    if not texts and levels and (not rules or _each_row(grid, rows, levels[-1])):
        texts = [levels.pop()]
    if not texts and rules:
        texts = [rules.pop(0)]
        rules = rules or list(texts)
    text = texts[-1] if texts else None
    levels = sorted([*levels, *texts[:-1]])
    own_points, level_points, other_points = _points_of(points, levels, text, header)
    if own_points is not None and (level := _whose(grid, rows, own_points, levels, text)) is not None:
        level_points[level] = own_points
        own_points = None
    used = {no, text, *levels, *rules, *points, *places.get("method", []), *places.get("note", []), *results}
    blank_answers = [
        place for place in results if re.search(r"符合|合格|是|否|达标|有|无|结果|情况", header.labels[place])
    ]
    return Columns(
        no=no,
        levels=tuple(levels),
        level_points=tuple(level_points.items()),
        text=text,
        rules=tuple(sorted(rules)),
        points=own_points,
        other_points=tuple(other_points),
        methods=tuple(places.get("method", [])),
        notes=tuple(places.get("note", [])),
        yes_no=own_points is None and not rules and bool(blank_answers),
        labels=header.labels,
        unknown=tuple(
            label
            for place, label in enumerate(header.labels)
            if label and place not in used and not _same_as_left(grid, header, place)
        ),
    )


def _same_as_left(grid: Grid, header: Header, place: int) -> bool:
    row = grid.rows[header.last]
    if not place or place >= len(row) or row[place] != row[place - 1]:
        return False
    return header.labels[place] == header.labels[place - 1]


def _share(grid: Grid, rows: range, place: int) -> float:
    texts = [cell.text for cell in data_cells(grid, rows, place)]
    return sum(1 for text in texts if _SCORING.search(text)) / len(texts) if texts else 0.0


def _is_wording(grid: Grid, rows: range, place: int) -> bool:
    """A column 分值 whose cells say "每处扣2分" holds rules."""
    texts = [cell.text for cell in data_cells(grid, rows, place)]
    return bool(texts) and sum(1 for text in texts if "扣" in text or len(text) > 12) * 2 > len(texts)


def _each_row(grid: Grid, rows: range, place: int) -> bool:
    """Whether nearly every row has a cell of its own here."""
    own = sum(1 for _ in data_cells(grid, rows, place))
    return own * 10 >= 9 * sum(1 for at in rows if filled(grid.rows[at]))


def _one_each(grid: Grid, rows: range, level: int, place: int) -> bool:
    """Whether nearly every cell at `place` has a cell of its own at `level`."""
    found = [
        (row[level], row[place])
        for row in (grid.rows[at] for at in rows)
        if max(level, place) < len(row) and row[level].text and row[place].text and row[level] != row[place]
    ]
    return len({cell for cell, _ in found}) * 10 >= 9 * len({cell for _, cell in found}) > 0


def _whose(grid: Grid, rows: range, points: int, levels: list[int], text: int | None) -> int | None:
    """The level left of the only points column, where its cells reach as far down as that level's and several items
    stand beside each: then the points are the level's."""
    left = [level for level in levels if level < points]
    if not left or text is None or points > text:
        return None
    level = left[-1]
    starts = {cell.row for cell in data_cells(grid, rows, points)}
    of_level = {cell.row for cell in data_cells(grid, rows, level)}
    of_text = {cell.row for cell in data_cells(grid, rows, text)}
    return level if starts and starts <= of_level and of_text - starts else None


def _points_of(
    points: list[int], levels: list[int], text: int | None, header: Header
) -> tuple[int | None, dict[int, int], list[int]]:
    """The items' points, those of the levels, and further ones (a column for each kind of school)."""
    if len(points) <= 1:
        return (points[0] if points else None), {}, []
    of_levels: dict[int, int] = {}
    rest: list[int] = []
    for place in points:
        left = [level for level in levels if level < place]
        between = left and (text is None or text > place or text < left[-1])
        if between and left[-1] not in of_levels and (text is None or place < text):
            of_levels[left[-1]] = place
        else:
            rest.append(place)
    if not rest:
        last = max(points)
        return last, {level: place for level, place in of_levels.items() if place != last}, []
    named = [place for place in rest if re.search(r"食堂|学校|中小学|校", header.labels[place])]
    own = named[0] if named else rest[0]
    return own, of_levels, [place for place in rest if place != own]
