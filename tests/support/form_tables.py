"""Scored forms drawn as the tables that bureaus make of them: three layouts, as workbook and as Word document.

`Drawing` is the page before it becomes a file: lines of cells with how far each reaches to the right and downwards.
"""

import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import docx
import openpyxl

from scorecards.form import Form, bands_from_best, base_of

CN = "一二三四五六七八九十"


@dataclass
class Drawing:
    """`cells`: text, row, column, rows, columns. Rows of a document that stand outside the table are paragraphs."""

    width: int
    cells: list[tuple[str, int, int, int, int]] = field(default_factory=list)
    rows: int = 0
    outside: set[int] = field(default_factory=set)
    breaks: set[int] = field(default_factory=set)

    def line(self, *texts: Any) -> int:
        """A row of single cells; None leaves a place to what reaches into it."""
        for column, text in enumerate(texts):
            if text is not None and text != "":
                self.cells.append((str(text), self.rows, column, 1, 1))
        self.rows += 1
        return self.rows - 1

    def across(self, text: str, *, outside: bool = False) -> int:
        self.cells.append((text, self.rows, 0, 1, self.width))
        if outside:
            self.outside.add(self.rows)
        self.rows += 1
        return self.rows - 1

    def put(self, text: Any, row: int, column: int, down: int = 1, right: int = 1) -> None:
        self.cells.append((str(text), row, column, down, right))


def as_xlsx(*drawings: Drawing, names: Sequence[str] = ()) -> bytes:
    book = openpyxl.Workbook()
    for place, drawing in enumerate(drawings):
        sheet = book.active if place == 0 else book.create_sheet()
        assert sheet is not None
        if place < len(names):
            sheet.title = names[place]
        for text, row, column, down, right in drawing.cells:
            plain = text.replace(".", "", 1)
            value: Any = text
            if plain.isascii() and plain.isdecimal() and column and len(plain) < 12:
                value = float(text) if "." in text else int(text)
            sheet.cell(row + 1, column + 1, value)
            if down > 1 or right > 1:
                sheet.merge_cells(
                    start_row=row + 1, start_column=column + 1, end_row=row + down, end_column=column + right
                )
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def as_docx(*drawings: Drawing) -> bytes:
    document = docx.Document()
    for drawing in drawings:
        _draw(document, drawing)
    target = io.BytesIO()
    document.save(target)
    return target.getvalue()


def _draw(document: Any, drawing: Drawing) -> None:
    inside: list[int] = []
    for row in [*range(drawing.rows), None]:
        ends = row is None or row in drawing.outside or row in drawing.breaks
        if ends and inside:
            _table(document, drawing, inside)
            inside = []
        if row is None:
            break
        if row in drawing.outside:
            document.add_paragraph(next(text for text, at, *_ in drawing.cells if at == row))
        else:
            inside.append(row)


def _table(document: Any, drawing: Drawing, rows: list[int]) -> None:
    table = document.add_table(len(rows), drawing.width)
    grid = [list(row.cells) for row in table.rows]
    for text, row, column, down, right in drawing.cells:
        if row not in rows:
            continue
        at = row - rows[0]
        cell = grid[at][column]
        if down > 1 or right > 1:
            cell = cell.merge(grid[min(at + down, len(rows)) - 1][column + right - 1])
        cell.text = text
    document.add_paragraph("")


def as_collected(form: Form) -> dict[str, Any]:
    """A form as the table-like data in which forms are collected: its rules only by their wording."""
    best = bands_from_best(form)
    tops = [base_of(form), *(band.minimum for band in best)]
    return {
        "title": form.title,
        "kind": form.kind,
        "total": None if form.total is None else _plain(form.total),
        "sections": [
            {
                "title": section.title,
                "points": None if section.points is None else _plain(section.points),
                "items": [
                    {
                        "no": item.no, "text": item.text, "points": None if item.points is None else _plain(item.points),
                        "method": item.method, "rule": item.rule_text, "key": item.key, "veto": item.veto.effect != "none",
                    }
                    for item in section.items
                ],
            }
            for section in form.sections
        ],
        "bands": [
            {"label": band.label, "min": _plain(band.minimum), "max": _plain(top)}
            for band, top in zip(best, tops, strict=False)
        ],
    }  # fmt: skip


def _plain(value: Decimal) -> Any:
    return int(value) if value == int(value) else value


# --- any form in three layouts ----------------------------------------------------------------------------------


def _wide(text: Any) -> str:
    """In 全角 digits."""
    return "".join(chr(ord(mark) + 0xFEE0) if mark.isdigit() else mark for mark in str(text))


def _notes(raw: Mapping[str, Any]) -> list[str]:
    bands = raw.get("bands") or []
    notes = []
    spelled = []
    for band in bands:
        if band.get("rule"):
            notes.append(f"{band['label']}：{band['rule']}")
        elif band["min"] == 0:
            spelled.append(f"{band['max']}分以下为{band['label']}")
        elif band["max"] == raw["total"]:
            spelled.append(f"{band['min']}分以上为{band['label']}")
        else:
            spelled.append(f"{band['min']}～{band['max']}分为{band['label']}")
    if spelled:
        notes.append("注：" + "，".join(spelled) + "。")
    scoring = raw.get("scoring") or {}
    if scoring.get("na_rule"):
        notes.append("缺项处理：" + scoring["na_rule"])
    if scoring.get("min_sample"):
        notes.append(scoring["min_sample"])
    items = [item for section in raw["sections"] for item in section["items"]]
    if any(item.get("key") for item in items):
        notes.append("说明：标“★”的为重点项")
    return notes


def _mark(item: Mapping[str, Any]) -> str:
    return ("★" if item.get("key") else "") + str(item["text"])


def _points(value: Any) -> str:
    return "" if value is None else str(value)


def _titled(section: Mapping[str, Any], place: int | None = None) -> str:
    number = "" if place is None else f"{CN[place - 1] if place <= 10 else '十' + CN[place - 11]}、"
    return f"{number}{section['title']}" + (f"（{section['points']}分）" if section.get("points") else "")


def flat(raw: Mapping[str, Any]) -> Drawing:
    """One heading row; the project merged down over its items, its points in its title; a sum row."""
    page = Drawing(8)
    page.across(str(raw["title"]), outside=True)
    page.across("被检查单位：____________    检查时间：____年__月__日", outside=True)
    page.line("序号", "项目", "检查内容", "分值", "评分标准", "考核方法", "得分", "备注")
    for section in raw["sections"]:
        first = page.rows
        for item in section["items"]:
            page.line(item["no"], None, _mark(item), _points(item["points"]), item["rule"], item["method"])
        if section["items"]:
            page.put(_titled(section), first, 1, len(section["items"]))
    if raw.get("total"):
        at = page.line(None, None, None, raw["total"])
        page.put("合计", at, 0, 1, 3)
    for note in _notes(raw):
        page.across(note)
    page.across("检查人员（签字）：            被检查单位负责人（签字）：")
    return page


def headed(raw: Mapping[str, Any]) -> Drawing:
    """A heading of two rows, repeated on the next page; sections as rows across; 全角 figures; subtotals."""
    page = Drawing(8)
    page.across("附件2", outside=True)
    page.across(str(raw["title"]) + (f"（满分{raw['total']}分）" if raw.get("total") else ""), outside=True)

    def heading() -> None:
        first = page.line(None, None, None, None, None, "检查情况", None)
        page.line(None, None, None, None, None, "存在问题", "自评分", "考评分")
        for column, words in enumerate(("编号", "检查要点", "扣分标准", "满分", "检查方式")):
            page.put(words, first, column, 2)
        page.cells = [cell for cell in page.cells if cell[:3] != ("检查情况", first, 5)]
        page.put("检查情况", first, 5, 1, 3)

    heading()
    for place, section in enumerate(raw["sections"], start=1):
        if place == 3:
            page.breaks.add(page.rows)
            heading()
        page.across(_titled(section, place))
        for item in section["items"]:
            points = _points(item["points"])
            page.line(item["no"], _mark(item), item["rule"], _wide(points) + "分" if points else "", item["method"])
        if section.get("points"):
            page.line("小计", None, None, section["points"])
    for note in _notes(raw):
        page.across(note, outside=True)
    return page


def levelled(raw: Mapping[str, Any]) -> Drawing:
    """A and B levels with the points of each beside it; the items' points stand in their texts."""
    page = Drawing(7)
    page.across(str(raw["title"]))
    if raw.get("total"):
        page.across(f"说明：本表满分{raw['total']}分。", outside=False)
    page.line("一级指标", "分值", "序号", "评估要点", "计分办法", "查验方法", "考评得分")
    for section in raw["sections"]:
        first = page.rows
        for item in section["items"]:
            inline = f"（{item['points']}分）" if item["points"] is not None else ""
            page.line(None, None, item["no"], _mark(item) + inline, item["rule"], item["method"])
        if section["items"]:
            page.put(section["title"], first, 0, len(section["items"]))
            if section.get("points"):
                page.put(section["points"], first, 1, len(section["items"]))
    for note in _notes(raw):
        page.across(note)
    return page


LAYOUTS = {"flat": flat, "headed": headed, "levelled": levelled}


def files(raw: Mapping[str, Any]) -> Iterable[tuple[str, str, bytes]]:
    """Layout, file name, file; every layout as workbook and as document."""
    for name, layout in LAYOUTS.items():
        yield name, f"{name}.xlsx", as_xlsx(layout(raw))
        yield name, f"{name}.docx", as_docx(layout(raw))
