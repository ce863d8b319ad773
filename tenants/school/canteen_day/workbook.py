"""The records of a span as an Excel file: one sheet per kind, numbers as numbers, text never a formula."""

import io
from datetime import date
from decimal import Decimal
from typing import Any

import xlsxwriter
from flask_babel import gettext as _

from kernel.sheets.writing import MOST_CELL, MOST_SHEET_NAME, OPTIONS
from school.canteen_day.service.exporting import Binder, Cell, table_of

FORBIDDEN = str.maketrans("", "", "[]:*?/\\'")


def binder_xlsx(binder: Binder, school_name: str) -> bytes:
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, OPTIONS) as book:
        head = book.add_format({"bold": True, "text_wrap": True, "border": 1, "bg_color": "#EEF2F7", "valign": "top"})
        text = book.add_format({"border": 1, "text_wrap": True, "valign": "top"})
        day = book.add_format({"border": 1, "num_format": "yyyy-mm-dd", "valign": "top"})
        gone = book.add_format({"border": 1, "text_wrap": True, "valign": "top", "font_color": "#808080"})
        cover = book.add_worksheet(_("说明"))
        for line, words in enumerate(cover_of(binder, school_name)):
            cover.write_string(line, 0, words)
        cover.set_column(0, 0, 80)
        for one in binder.sheets:
            sheet = book.add_worksheet(str(one.kind.title).translate(FORBIDDEN)[:MOST_SHEET_NAME])
            headings, rows = table_of(one)
            for place, heading in enumerate(headings):
                sheet.write_string(0, place, heading, head)
            for line, (record, row) in enumerate(zip(one.records, rows, strict=True), 1):
                plain = gone if record.superseded_at else text
                for place, cell in enumerate(row):
                    _write(sheet, line, place, cell, plain, day)
            sheet.set_column(0, len(headings) - 1, 14)
            sheet.freeze_panes(1, 2)
    return target.getvalue()


def cover_of(binder: Binder, school_name: str) -> list[str]:
    return [
        _("%(school)s 食堂日常记录", school=school_name),
        _("%(first)s 至 %(last)s", first=binder.first.isoformat(), last=binder.last.isoformat()),
        _("这些记录至少保存到 %(day)s。依据：%(source)s", day=binder.keep_until.isoformat(), source=binder.citation),
        _("记录不能修改和删除；“已被更正”的为原记录，更正后的记录另列一行并注明原因。"),
    ]


def _write(sheet: Any, line: int, place: int, cell: Cell, plain: Any, day: Any) -> None:
    if isinstance(cell, (int, Decimal)):
        sheet.write_number(line, place, float(cell), plain)
    elif isinstance(cell, date):
        sheet.write_datetime(line, place, cell, day)
    else:
        sheet.write_string(line, place, (cell or "")[:MOST_CELL], plain)
