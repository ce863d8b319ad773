"""Workbooks (.xlsx) and .csv → grids, through the same guarded reader as every other spreadsheet."""

from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from kernel.sheets.workbook import Sheet, Unreadable, read_sheets
from scorecards.form import decimal_text
from scorecards.tables.grid import MOST_COLUMNS, MOST_ROWS, MOST_TEXT, Cell, Grid

__all__ = ["Unreadable", "read_workbook"]


def read_workbook(data: bytes) -> list[Grid]:
    """The visible sheets that hold anything. Raises Unreadable."""
    return [_grid(sheet) for sheet in read_sheets(data, MOST_ROWS) if sheet.rows and not sheet.hidden]


def _grid(sheet: Sheet) -> Grid:
    width = min(max(len(row) for row in sheet.rows), MOST_COLUMNS)
    rows = [
        [
            Cell(_text(values[place]) if place < len(values) else "", at, place)
            for place in range(width)
        ]
        for at, values in enumerate(sheet.rows)
    ]  # fmt: skip
    for top, left, bottom, right in sheet.merged:
        if top >= len(rows) or left >= width:
            continue
        first = rows[top][left]
        for row in rows[top : bottom + 1]:
            for place in range(left, min(right + 1, width)):
                row[place] = first
    return Grid(sheet.name, rows)


def _text(value: Any) -> str:
    if value is None or value == "" or isinstance(value, bool):
        return "" if not isinstance(value, bool) else "是" if value else "否"
    if isinstance(value, float):
        # A spreadsheet stores 0.7 as the nearest double; its shortest text is what was typed.
        return decimal_text(round(Decimal(repr(value)), 6)) if abs(value) < 1e12 else str(value)
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    return str(value).replace("\r", "\n").replace("\x00", "").strip()[:MOST_TEXT]
