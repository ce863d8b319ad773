"""The layout of official papers: page, fonts, sizes, margins after GB/T 9704-2012 (党政机关公文格式).

Text 仿宋 16 pt (三号), 22 lines of 28 characters; heading of the paper 小标宋 22 pt (二号); first level 黑体, second 楷体;
margins top 37 mm, left 28 mm, text block 156 × 225 mm. The fonts are named, not embedded: an office computer has them,
elsewhere Word takes its own.
"""

import io
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

import segno
from docx import Document
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from bureau.papers.documents.words import chinese_day

TEXT_FONT, HEAD_FONT, TITLE_FONT, SECOND_FONT = "仿宋_GB2312", "黑体", "方正小标宋简体", "楷体_GB2312"
TEXT_SIZE, TITLE_SIZE, SMALL_SIZE = Pt(16), Pt(22), Pt(10.5)
LINE = Pt(28.95)
RED = RGBColor(0xE6, 0x00, 0x12)


class Sheet:
    """One paper being written, from top to bottom."""

    def __init__(self) -> None:
        self.document: Any = Document()
        section = self.document.sections[0]
        section.page_width, section.page_height = Mm(210), Mm(297)
        section.top_margin, section.bottom_margin = Mm(37), Mm(35)
        section.left_margin, section.right_margin = Mm(28), Mm(26)
        style = self.document.styles["Normal"]
        style.font.name, style.font.size = TEXT_FONT, TEXT_SIZE
        style.element.rPr.rFonts.set(qn("w:eastAsia"), TEXT_FONT)
        style.paragraph_format.space_after = Pt(0)
        style.paragraph_format.line_spacing_rule = WD_LINE_SPACING.EXACTLY
        style.paragraph_format.line_spacing = LINE
        _page_numbers(section)

    def red_head(self, issuer: str, number: str) -> None:
        """发文机关标志, 发文字号 and the red line under them."""
        self._line(f"{issuer}文件", font=TITLE_FONT, size=Pt(36), colour=RED, centred=True, exact=False)
        self._line(number, centred=True)
        _rule_below(self.document.paragraphs[-1])

    def title(self, text: str) -> None:
        self._line("", size=SMALL_SIZE)
        self._line(text, font=TITLE_FONT, size=TITLE_SIZE, centred=True, exact=False)
        self._line("", size=SMALL_SIZE)

    def addressee(self, text: str) -> None:
        self._line(f"{text}：")

    def heading(self, text: str) -> None:
        """一、…"""
        self._line(text, font=HEAD_FONT, indented=True)

    def subheading(self, text: str) -> None:
        """（一）…"""
        self._line(text, font=SECOND_FONT, indented=True)

    def text(self, text: str) -> None:
        self._line(text, indented=True)

    def plain(self, text: str, *, small: bool = False) -> None:
        self._line(text, size=SMALL_SIZE if small else TEXT_SIZE, exact=not small)

    def signed(self, issuer: str, day: date) -> None:
        """署名 and 成文日期, at the right."""
        self._line("")
        for text in (issuer, chinese_day(day)):
            self._line(text)
            paragraph = self.document.paragraphs[-1]
            paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
            paragraph.paragraph_format.right_indent = Pt(32)

    def table(self, head: Sequence[str], rows: Iterable[Sequence[str]], widths: Sequence[float]) -> None:
        """`widths` in millimetres; the head repeats on every page."""
        table = self.document.add_table(rows=1, cols=len(head))
        table.style, table.alignment = "Table Grid", WD_TABLE_ALIGNMENT.CENTER
        table.autofit = False
        _fill(table.rows[0], head, widths, bold=True)
        mark = OxmlElement("w:tblHeader")
        mark.set(qn("w:val"), "true")
        table.rows[0]._tr.get_or_add_trPr().append(mark)
        for row in rows:
            _fill(table.add_row(), row, widths)

    def facts(self, pairs: Iterable[tuple[str, str]]) -> None:
        table = self.document.add_table(rows=0, cols=2)
        table.style, table.autofit = "Table Grid", False
        for label, value in pairs:
            _fill(table.add_row(), (label, value), (36, 120))

    def pictures(self, pictures: Sequence[tuple[str, bytes]], *, height_mm: float = 14) -> None:
        """Signatures, each with its name before it."""
        for label, data in pictures:
            self._line(label, exact=False)
            self.document.paragraphs[-1].add_run().add_picture(io.BytesIO(data), height=Mm(height_mm))

    def verification(self, url: str, words: str) -> None:
        """The QR that leads to the page on which anybody can check this paper."""
        self._line("", size=SMALL_SIZE)
        out = io.BytesIO()
        segno.make(url, error="m", micro=False).save(out, kind="png", scale=6, border=2)
        out.seek(0)
        self._line("", exact=False)
        self.document.paragraphs[-1].add_run().add_picture(out, width=Mm(26))
        self.plain(words, small=True)

    def bytes(self) -> bytes:
        out = io.BytesIO()
        self.document.save(out)
        return out.getvalue()

    def _line(
        self,
        text: str,
        *,
        font: str = TEXT_FONT,
        size: Any = TEXT_SIZE,
        colour: RGBColor | None = None,
        centred: bool = False,
        indented: bool = False,
        exact: bool = True,
    ) -> None:
        paragraph = self.document.add_paragraph()
        run = paragraph.add_run(text)
        _font(run, font, size)
        if colour is not None:
            run.font.color.rgb = colour
        if centred:
            paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        if indented:
            paragraph.paragraph_format.first_line_indent = Pt(32)  # two characters
        if not exact:
            paragraph.paragraph_format.line_spacing_rule = WD_LINE_SPACING.SINGLE


def _font(run: Any, font: str, size: Any) -> None:
    run.font.name, run.font.size = font, size
    run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)


def _fill(row: Any, texts: Sequence[str], widths: Sequence[float], *, bold: bool = False) -> None:
    for cell, text, width in zip(row.cells, texts, widths, strict=True):
        cell.width = Mm(width)
        paragraph = cell.paragraphs[0]
        paragraph.paragraph_format.line_spacing_rule = WD_LINE_SPACING.SINGLE
        run = paragraph.add_run(text)
        _font(run, HEAD_FONT if bold else TEXT_FONT, Pt(12))


def _rule_below(paragraph: Any) -> None:
    borders = OxmlElement("w:pBdr")
    line = OxmlElement("w:bottom")
    for name, value in (("val", "single"), ("sz", "18"), ("space", "6"), ("color", "E60012")):
        line.set(qn(f"w:{name}"), value)
    borders.append(line)
    paragraph._p.get_or_add_pPr().append(borders)


def _page_numbers(section: Any) -> None:
    """— 1 — at the foot."""
    paragraph = section.footer.paragraphs[0]
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    paragraph.add_run("— ")
    run = paragraph.add_run()
    for kind, text in (("begin", None), (None, "PAGE"), ("end", None)):
        if kind:
            part = OxmlElement("w:fldChar")
            part.set(qn("w:fldCharType"), kind)
        else:
            part = OxmlElement("w:instrText")
            part.set(qn("xml:space"), "preserve")
            part.text = text
        run._r.append(part)
    paragraph.add_run(" —")
