"""Specs and files for the tests of spreadsheets."""

import io
import zipfile
from decimal import Decimal

import xlsxwriter

from kernel.sheets import Column, SheetSpec

SPEC = SheetSpec(
    "演示物品",
    (
        Column("code", "编码", required=True, kind="code", most=20, help="由字母和数字组成", example="0012"),
        Column("name", "名称", required=True, most=30, aliases=("品名",)),
        Column("count", "数量", kind="integer", least=0, greatest=9999),
        Column("weight", "重量（千克）", kind="decimal", least=Decimal("0"), places=2),
        Column("day", "生产日期", kind="date"),
        Column("storage", "储存", kind="choice", choices={"cold": "冷藏", "dry": "常温"}),
        Column("bulk", "散装", kind="flag"),
        Column("mobile", "手机", kind="mobile"),
    ),
)
HEADING = [str(column.title) for column in SPEC.columns]


def xlsx(rows, *, name="Sheet1", formats=None, before=(), formulas=()):
    """`rows` as a workbook; `formulas`: (row, column, formula, cached value)."""
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        for other in before:
            book.add_worksheet(other)
        sheet = book.add_worksheet(name)
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for line, cells in enumerate(rows):
            for place, cell in enumerate(cells):
                if cell is None:
                    continue
                if hasattr(cell, "year"):
                    sheet.write_datetime(line, place, cell, day)
                else:
                    sheet.write(line, place, cell)
        for line, place, formula, value in formulas:
            sheet.write_formula(line, place, formula, None, value)
    return target.getvalue()


def with_sheet_xml(xml: bytes) -> bytes:
    """A workbook whose first sheet's part is replaced by `xml`."""
    source = zipfile.ZipFile(io.BytesIO(xlsx([HEADING, ["1", "x"]])))
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for info in source.infolist():
            content = xml if info.filename == "xl/worksheets/sheet1.xml" else source.read(info)
            archive.writestr(info.filename, content)
    return target.getvalue()


def sheet_xml(body: bytes) -> bytes:
    return (
        b'<?xml version="1.0" encoding="UTF-8"?><worksheet xmlns='
        b'"http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>' + body + b"</sheetData></worksheet>"
    )
