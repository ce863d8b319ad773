"""The comparison of bids as an Excel file: one sheet per lot, figures as figures."""

import io
from decimal import Decimal
from typing import Any

import xlsxwriter
from flask_babel import gettext as _

from bureau.evaluation.service.viewing import Matrix

FORBIDDEN = str.maketrans("", "", "[]:*?/\\'")


def matrix_xlsx(matrices: list[Matrix]) -> bytes:
    out = io.BytesIO()
    book: Any = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    head = book.add_format({"bold": True, "text_wrap": True, "border": 1, "bg_color": "#EEF2F7", "valign": "top"})
    money = book.add_format({"num_format": "#,##0.00", "border": 1})
    lowest = book.add_format({"num_format": "#,##0.00", "border": 1, "bold": True})
    over = book.add_format({"num_format": "#,##0.00", "border": 1, "font_color": "#B42318"})
    text = book.add_format({"border": 1})
    for matrix in matrices:
        sheet = book.add_worksheet(f"{matrix.lot.number} {matrix.lot.title}".translate(FORBIDDEN)[:31])
        columns = [_("物品"), _("计量单位"), _("数量"), _("最高限价（元）"), _("价格册（元）")]
        columns += [f"{one.supplier.name}" for one in matrix.bids]
        for place, name in enumerate(columns):
            sheet.write_string(0, place, name, head)
        line = 0
        for line, row in enumerate(matrix.rows, start=1):
            sheet.write_string(line, 0, row.item.name, text)
            sheet.write_string(line, 1, row.item.unit, text)
            sheet.write_number(line, 2, float(row.item.quantity), text)
            _money(sheet, line, 3, row.item.ceiling_unit_price_fen, money)
            _money(sheet, line, 4, row.book_fen, money)
            for place, cell in enumerate(row.cells, start=5):
                _money(sheet, line, place, cell.unit_price_fen, over if cell.over else lowest if cell.lowest else money)
        line += 1
        sheet.write_string(line, 0, _("总价（元）或下浮率（%）"), head)
        for place, one in enumerate(matrix.bids, start=5):
            if one.opened.total_fen is not None:
                _money(sheet, line, place, one.opened.total_fen, money)
            elif one.opened.discount is not None:
                sheet.write_number(line, place, float(one.opened.discount), money)
        sheet.set_column(0, 0, 24)
        sheet.set_column(1, len(columns), 16)
        sheet.freeze_panes(1, 1)
    if not matrices:
        book.add_worksheet("1")
    book.close()
    return out.getvalue()


def _money(sheet: Any, line: int, place: int, fen: int | None, style: Any) -> None:
    """Two decimals are exact in a spreadsheet's number up to 15 digits; a bid is far below."""
    if fen is None:
        sheet.write_blank(line, place, None, style)
    else:
        sheet.write_number(line, place, float(Decimal(fen) / 100), style)
