"""The paper form as a spreadsheet: A4 landscape, the heading on every page, one merged cell per section."""

import io
from typing import Any

import xlsxwriter
from flask_babel import gettext as _

from scorecards.paper import Paper

A4 = 9
OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
POINTS = 3  # the column of the points


def paper_xlsx(paper: Paper) -> bytes:
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, OPTIONS) as book:
        sheet = book.add_worksheet(_("评分表"))
        look = _Look(book)
        last = len(paper.columns) - 1
        sheet.merge_range(0, 0, 0, last, "", look.title)
        sheet.write_string(0, 0, paper.title, look.title)
        sheet.set_row(0, 30)
        for place, (heading, width, _blank) in enumerate(paper.columns):
            sheet.set_column(place, place, width)
            sheet.write_string(1, place, heading, look.heading)
        line = _parts(sheet, look, paper, 2)
        if paper.total is not None:
            sheet.write_string(line, 0, _("合计"), look.heading)
            for place in range(1, last + 1):
                sheet.write_blank(line, place, None, look.cell)
            sheet.write_number(line, POINTS, float(paper.total), look.number)
            line += 1
        for text in paper.foot:
            sheet.merge_range(line, 0, line, last, "", look.foot)
            sheet.write_string(line, 0, text, look.foot)
            line += 1
        _for_print(sheet, line - 1, last)
    return target.getvalue()


class _Look:
    def __init__(self, book: Any) -> None:
        frame = {"border": 1, "valign": "vcenter", "text_wrap": True, "font_name": "宋体", "font_size": 10}
        centred = {**frame, "align": "center"}
        self.title = book.add_format({"bold": True, "font_size": 16, "align": "center", "valign": "vcenter"})
        self.heading = book.add_format({**centred, "bold": True, "bg_color": "#e6eef0"})
        self.section = book.add_format({**centred, "bold": True})
        self.cell = book.add_format({**frame, "num_format": "@"})
        self.centred = book.add_format({**centred, "num_format": "@"})
        self.number = book.add_format(centred)
        self.foot = book.add_format({"text_wrap": True, "font_name": "宋体", "font_size": 10, "valign": "top"})


def _parts(sheet: Any, look: _Look, paper: Paper, line: int) -> int:
    for part in paper.parts:
        first = line
        for row in part.rows:
            sheet.write_string(line, 1, row.no, look.centred)
            sheet.write_string(line, 2, row.text, look.cell)
            if row.points is None:
                sheet.write_blank(line, POINTS, None, look.number)
            else:
                sheet.write_number(line, POINTS, float(row.points), look.number)
            sheet.write_string(line, 4, row.rule, look.cell)
            sheet.write_string(line, 5, row.method, look.cell)
            for place, (_heading, _width, blank) in enumerate(paper.columns):
                if blank:
                    sheet.write_blank(line, place, None, look.cell)
            line += 1
        if not part.rows:
            for place in range(1, len(paper.columns)):
                sheet.write_blank(line, place, None, look.cell)
            line += 1
        if line - first > 1:
            sheet.merge_range(first, 0, line - 1, 0, "", look.section)
        sheet.write_string(first, 0, part.title, look.section)
    return line


def _for_print(sheet: Any, last_row: int, last_column: int) -> None:
    sheet.set_paper(A4)
    sheet.set_landscape()
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    sheet.repeat_rows(1)
    sheet.fit_to_pages(1, 0)
    sheet.print_area(0, 0, last_row, last_column)
    sheet.set_footer("&C&P / &N")
    sheet.freeze_panes(2, 0)
