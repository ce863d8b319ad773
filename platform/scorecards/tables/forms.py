"""A workbook or a document → the forms in it, each as data that scorecards.importing takes in."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import PurePath
from typing import Any

from scorecards.form import decimal_text
from scorecards.reading import read_rule
from scorecards.tables import footnotes, words
from scorecards.tables.chapters import Table, raw_sections
from scorecards.tables.columns import Columns, Header, columns_of, headers
from scorecards.tables.docx import PART, read_document
from scorecards.tables.grid import Grid, filled
from scorecards.tables.parts import Line
from scorecards.tables.rows import read_rows
from scorecards.tables.xlsx import read_workbook
from scorecards.verdict_text import read_verdict

MOST_FORMS = 20
_TITLE = re.compile(
    r".{2,60}(?:表|标准|细则|办法|清单|要点|方案|指南|体系|手册|要求|评分|考核|评估|检查|[册单])(?:[(（\[【《].{0,40})?"
)
_SHEET_NAME = re.compile(r"sheet\s*\d*|工作表\s*\d*|表\s*\d+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Found:
    """A form in a file. `name` tells it from the others: the sheet's, or its own title in a document."""

    name: str
    raw: Mapping[str, Any]
    items: int = 0


@dataclass(slots=True)
class _Form:
    first: int
    tables: list[Header] = field(default_factory=list)
    end: int = 0


def is_document(data: bytes) -> bool:
    """Of a zip archive: whether Word made it."""
    return PART.encode() in data


def read_forms(name: str, data: bytes) -> list[Found]:
    """Raises kernel.sheets.workbook.Unreadable."""
    grids = [read_document(data)] if data.startswith(b"PK") and is_document(data) else read_workbook(data)
    stem = PurePath(name.replace("\\", "/")).stem[:100]
    found: list[Found] = []
    for grid in grids:
        for form in _forms(grid):
            if len(found) < MOST_FORMS and (one := _read(grid, form, stem)) is not None:
                found.append(one)
    return _named_apart(found)


def _named_apart(found: list[Found]) -> list[Found]:
    seen: dict[str, int] = {}
    out = []
    for one in found:
        seen[one.name] = seen.get(one.name, 0) + 1
        out.append(one if seen[one.name] == 1 else Found(f"{one.name} ({seen[one.name]})", one.raw, one.items))
    return out


def _solo(grid: Grid, at: int) -> str:
    """The text of a row that holds one cell only."""
    cells = filled(grid.rows[at])
    return cells[0].text.strip() if len(cells) == 1 else ""


def _looks_like_title(text: str) -> bool:
    plain = re.sub(r"\s", "", words.plain(text))
    return (
        bool(_TITLE.fullmatch(plain))
        and words.numbered(plain).rank is None
        and not words.NOTE.match(plain)
        and not re.search(r"[。;；:：]", plain)
    )


def _forms(grid: Grid) -> list[_Form]:
    """A title above a further heading begins another form; without one the heading only repeats or changes."""
    forms: list[_Form] = []
    last = -1
    for header in headers(grid):
        start = _title_row(grid, last + 1, header.first) if forms else 0
        if not forms or start is not None:
            if forms:
                assert start is not None
                forms[-1].end = start
            forms.append(_Form(start or 0))
        forms[-1].tables.append(header)
        last = header.last
    if forms:
        forms[-1].end = len(grid.rows)
    return forms


def _title_row(grid: Grid, low: int, high: int) -> int | None:
    """The row of the title nearest above a heading, or of the 附件 line above it."""
    for at in range(high - 1, max(low, high - 8) - 1, -1):
        if _looks_like_title(_solo(grid, at)):
            if at > low and words.ATTACHED.fullmatch(words.plain(_solo(grid, at - 1))):
                return at - 1
            return at
    return None


def _read(grid: Grid, form: _Form, stem: str) -> Found | None:
    top = [text for at in range(form.first, form.tables[0].first) if (text := _line(grid, at))]
    found: list[tuple[Header, Columns, range]] = []
    for place, header in enumerate(form.tables):
        end = form.tables[place + 1].first if place + 1 < len(form.tables) else form.end
        rows = range(header.last + 1, end)
        same = next((columns for other, columns, _ in found if other.labels == header.labels), None)
        found.append((header, same or columns_of(grid, header, rows), rows))
    title, notes = _title(top, grid.name, stem)
    first = next((note for note in notes if _opens_section(note)), "")
    table = read_rows(grid, found, first)
    notes = [note for note in notes if note != first]
    columns = found[0][1]
    raw = _raw(title, notes, table, columns)
    items = sum(len(section["items"]) for section in raw["sections"])
    if not items:
        return None
    named = grid.name if grid.name and not _SHEET_NAME.fullmatch(grid.name) else title
    return Found((named or title)[:80], raw, items)


def _opens_section(text: str) -> bool:
    """ "一、安全管理（60分）" between the title and the first table."""
    rank = words.numbered(text).rank
    return rank in (0, 1, 2) and len(text) <= 40 and not text.endswith(("。", "；", ";", "：", ":"))


def _line(grid: Grid, at: int) -> str:
    return " ".join(cell.text for cell in filled(grid.rows[at]) if cell.row == at).strip()


def _title(top: list[str], sheet: str, stem: str) -> tuple[str, list[str]]:
    """The title, and what else stands above the table."""
    kept = [text for text in top if not words.ATTACHED.fullmatch(words.plain(text))]
    plain = [re.sub(r"\s", "", words.plain(text)) for text in kept]
    places = [at for at, text in enumerate(plain) if _looks_like_title(text)] or [
        at
        for at, text in enumerate(plain)
        if 3 <= len(text) <= 60
        and not words.SIGNED.match(text)
        and not words.NOTE.match(text)
        and not text.endswith("。")
    ]
    if not places:
        name = sheet if sheet and not _SHEET_NAME.fullmatch(sheet) else stem
        return name[:200], kept
    title = re.sub(r"\s*\n\s*", "", kept[places[0]])
    if re.search(r"[\u4e00-\u9fff]\s+[\u4e00-\u9fff]", title):  # 食 堂 检 查 表
        title = re.sub(r"(?<=[\u4e00-\u9fff])\s+(?=[\u4e00-\u9fff])", "", title)
    rest = [text for at, text in enumerate(kept) if at != places[0] and not words.SIGNED.match(plain[at])]
    return title[:200], rest


def _raw(title: str, above: list[str], table: Table, columns: Columns) -> dict[str, Any]:
    notes = [*above, *table.all_notes()]
    said = table.said
    legend: dict[str, str] = {}
    for note in notes:
        legend.update(footnotes.read_legend(note))
    total = _total(title, notes, table)
    bands: list[dict[str, Any]] = []
    for note in notes:
        read, unread = footnotes.read_bands(note, total)
        if read and not bands:
            bands = read
            said += [("warning", "band_words_unread", {"text": text[:100]}) for text in unread]
    verdicts = [] if bands else [verdict for note in notes for verdict in _verdicts(note)]
    common = _common_rule(columns, notes)
    sections = raw_sections(table, legend, lambda line: _assumed(line, columns, common))
    for section in sections:
        section["title"] = section["title"] or "检查内容"
    content = " ".join(item["text"] for section in sections for item in section["items"])
    kind, sure = footnotes.kind_of(title, content)
    said.append(("info" if sure else "warning", "kind_guessed", {"kind": kind}))
    for label in columns.unknown:
        said.append(("warning", "column_not_read", {"column": label[:40]}))
    if columns.other_points:
        names = "、".join(
            columns.labels[place] for place in (columns.points, *columns.other_points) if place is not None
        )
        said.append(
            ("warning", "several_points_columns", {"columns": names[:200], "used": columns.labels[columns.points or 0]})
        )
    if common:
        said.append(("info", "common_rule", {"text": common[:200]}))
    elif not columns.rules and not columns.yes_no and columns.points is not None:
        said.append(("warning", "no_rule_column", {}))
    scoring: dict[str, Any] = {}
    na_rule = next((note for note in notes if footnotes.is_na_rule(note)), None)
    if na_rule:
        scoring["na_rule"] = na_rule[:500]
    if total is not None and _only_deducts(sections):
        scoring["model"] = "deduct_from_total"
    elif _share_section_points(sections):
        # Each part has its points, its items only what they cost: the part loses no more than it has.
        scoring["model"] = "deduct_from_total"
        for section in sections:
            section["cap"] = section["points"]
        if total is None:
            total = sum((Decimal(section["points"]) for section in sections if section["points"]), Decimal(0))
        said.append(("warning", "section_points_shared", {}))
    return {
        "title": title,
        "kind": kind,
        "total": None if total is None else decimal_text(total),
        "sections": sections,
        "bands": bands or verdicts,
        "scoring": scoring,
        "notes": [re.sub(r"\s*\n\s*", " ", note)[:500] for note in notes],
        "said": said,
    }


def _total(title: str, notes: list[str], table: Table) -> Decimal | None:
    """From the title, a note or the sum row; where they differ, that is said."""
    bracketed = words.bracketed_points(title)
    stated = bracketed[0] if len(bracketed) == 1 else footnotes.read_total(title)
    matched = re.search(r"其中[,，]?(?:附)?加分(?:项)?[^\d,，]{0,4}(\d{1,3})分", words.plain(title))
    if stated is not None and matched:
        stated -= Decimal(matched[1])  # bonus items earn over the total
    for note in notes:
        stated = stated if stated is not None else footnotes.read_total(note)
    sums = [figure for what, figure in table.sums if not what.startswith(("小计", "得分", "实得", "总评分"))]
    summed = sums[-1] if sums else None
    if stated is not None and summed is not None and stated != summed:
        table.said.append(("warning", "total_differs", {"stated": stated, "summed": summed}))
    return stated if stated is not None else summed


def _verdicts(note: str) -> list[dict[str, Any]]:
    """ "基本符合：重点项不合格不超过1项，且一般项合格率达到70%": a verdict and its wording, where that is understood."""
    found = []
    for text in re.split(r"\n|[。]", note):
        matched = re.fullmatch(r"\s*(?:\d[.、])?[\"“]?(?P<label>[^:：\"”]{1,12})[\"”]?[:：](?P<words>.{4,200})", text)
        if matched and read_verdict(matched["label"], matched["words"].rstrip("；; ")) is not None:
            found.append({"label": matched["label"].strip(), "rule": matched["words"].rstrip("；; ")})
    return found


def _common_rule(columns: Columns, notes: list[str]) -> str:
    """Without a column of rules, a note may hold the one rule for all: "每发现一处不符合扣1分，扣完为止"."""
    if columns.rules:
        return ""
    for note in notes:
        text = re.sub(
            r"^(?:注|备注|说明|评分(?:办法|说明|标准)|计分(?:办法|方法))\d?[:：.]\s*", "", words.plain(note)
        ).strip()
        if len(text) <= 80 and re.search(r"扣|不得分", text) and not re.search(r"\d分(?:及?以[上下]|以内)", text):
            reading = read_rule(re.sub(r"^(?:以上|上述|各项|每项|凡)(?:各项|项目|内容)?[,，]?", "", text), None)
            if reading.confidence >= 80:
                return text
    return ""


def _assumed(line: Line, columns: Columns, common: str) -> str:
    """What stands in for a rule that is nowhere in the table; a person confirms it."""
    if common:
        return f"rule:{common}"
    said = " ".join(part.text for part in line.parts)
    # The text may score itself: "地面干净。每处不洁扣1分", "有制度得2分，上墙得1分".
    tail = words.scoring_tail(said)
    if tail and (not columns.rules or re.search(r"加\s*[\d０-９.]+\s*分", tail)):
        return f"rule:{tail}"
    if columns.yes_no or (
        columns.points is None and not columns.rules and line.points is None and not _has_figures(line)
    ):
        return "yes_no"
    if not columns.rules:
        return "judged"
    return ""


def _share_section_points(sections: list[dict[str, Any]]) -> bool:
    items = [item for section in sections for item in section["items"] if not item.get("veto")]
    scored = [section for section in sections if not all(item.get("veto") for item in section["items"])]
    if not items or any(item["points"] is not None for item in items) or not all(one["points"] for one in scored):
        return False
    return all(re.search(r"扣\s*[\d０-９一二三半]", item["rule"]) for item in items)


def _has_figures(line: Line) -> bool:
    return any(words.bracketed_points(part.text) for part in line.parts)


def _only_deducts(sections: list[dict[str, Any]]) -> bool:
    """Whether no item has points, and the rules say what is taken from the total."""
    items = [item for section in sections for item in section["items"] if not item.get("veto")]
    if not items or any(item["points"] is not None for item in items):
        return False
    deducting = sum(1 for item in items if re.search(r"扣\s*[\d０-９一二三半]", item["rule"]))
    return deducting * 2 > len(items) and not any(section["points"] for section in sections)
