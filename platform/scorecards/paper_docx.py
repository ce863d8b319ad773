"""The paper form as a Word document: A4 landscape, one table, its heading on every page, one merged cell per section."""

import io
from typing import Any

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt
from flask_babel import gettext as _

from scorecards.form import decimal_text
from scorecards.paper import Paper, Row

FONT = "宋体"
WIDTH_CM = 26.7  # between the margins
CENTRED = (0, 1, 3)


def paper_docx(paper: Paper) -> bytes:
    document = Document()
    _page(document)
    heading = document.add_paragraph()
    heading.alignment = WD_ALIGN_PARAGRAPH.CENTER
    run = heading.add_run(paper.title)
    run.bold = True
    run.font.size = Pt(16)
    table = document.add_table(rows=1, cols=len(paper.columns))
    table.style = "Table Grid"
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    table.autofit = False
    whole = sum(width for _heading, width, _blank in paper.columns)
    for column, (_heading, width, _blank) in zip(table.columns, paper.columns, strict=True):
        column.width = Cm(WIDTH_CM * width / whole)
    _write(table.rows[0], [heading for heading, _width, _blank in paper.columns], bold=True)
    _repeat(table.rows[0])
    for part in paper.parts:
        rows = [_write(table.add_row(), _cells(row)) for row in part.rows] or [table.add_row()]
        first = rows[0].cells[0]
        cell = first.merge(rows[-1].cells[0]) if len(rows) > 1 else first
        _text(cell, part.title, bold=True, centred=True)
    if paper.total is not None:
        _write(table.add_row(), [_("合计"), "", "", decimal_text(paper.total)], bold=True)
    for line in paper.foot:
        document.add_paragraph(line)
    target = io.BytesIO()
    document.save(target)
    return target.getvalue()


def _cells(row: Row) -> list[str]:
    points = "" if row.points is None else decimal_text(row.points)
    return ["", row.no, row.text, points, row.rule, row.method]


def _page(document: Any) -> None:
    section = document.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Cm(29.7), Cm(21)
    section.left_margin = section.right_margin = Cm(1.5)
    section.top_margin = section.bottom_margin = Cm(1.5)
    style = document.styles["Normal"]
    style.font.name, style.font.size = FONT, Pt(10)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), FONT)
    style.paragraph_format.space_after = Pt(2)


def _write(row: Any, texts: list[str], *, bold: bool = False) -> Any:
    for place, (cell, text) in enumerate(zip(row.cells, texts, strict=False)):
        if text:
            _text(cell, text, bold=bold, centred=bold or place in CENTRED)
    _unbroken(row)
    return row


def _text(cell: Any, text: str, *, bold: bool = False, centred: bool = False) -> None:
    paragraph = cell.paragraphs[0]
    paragraph.add_run(_printable(text)).bold = bold
    if centred:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER


def _printable(text: str) -> str:
    """Without the characters that XML cannot hold."""
    return "".join(mark for mark in text if mark in "\n\t" or mark >= " ")


def _row_flag(row: Any, name: str) -> None:
    flag = OxmlElement(name)
    flag.set(qn("w:val"), "true")
    row._tr.get_or_add_trPr().append(flag)


def _repeat(row: Any) -> None:
    _row_flag(row, "w:tblHeader")


def _unbroken(row: Any) -> None:
    """A row stands on one page."""
    _row_flag(row, "w:cantSplit")
