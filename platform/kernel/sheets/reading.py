"""A spreadsheet → rows of values, or a problem for every cell that is wrong."""

import re
from collections.abc import Mapping
from typing import Any

from kernel.sheets.cells import CellError, as_text, choice_words, folded, is_blank, parse_cell, spellings
from kernel.sheets.spec import Grid, Parsed, Problem, Row, SheetSpec
from kernel.sheets.workbook import Sheet, Unreadable, read_sheets

HEADING_WITHIN = 30  # rows: titles and notes may stand above the heading
SLACK = 100  # rows above the heading and blank rows between do not count as data
MOST_PROBLEMS = 2000  # beyond that a person reads no further
MARKS = re.compile(r"[*＊:：]|[（(](?:必填|选填|可选|required|optional)[)）]", re.IGNORECASE)


def read_xlsx(spec: SheetSpec, data: bytes) -> Parsed:
    """Read an uploaded .xlsx or .csv as `spec` says. Never raises for what the file holds."""
    try:
        sheets = read_sheets(data, spec.most_rows + SLACK)
    except Unreadable as refusal:
        return Parsed(problems=[Problem(refusal.code, params=refusal.params)])
    found = _best_heading(spec, sheets)
    if found is None:
        wanted = [column for column in spec.columns if column.required] or spec.columns[:1]
        titles = "、".join(str(column.title) for column in wanted)
        return Parsed(problems=[Problem("no_heading", params={"titles": titles})])
    sheet, index, places, doubled = found
    problems = [Problem("doubled_heading", params={"title": title}) for title in doubled]
    missing = [column for column in spec.columns if column.required and column.key not in places]
    problems += [Problem("missing_column", key=column.key, params={"title": str(column.title)}) for column in missing]
    grid = _grid(sheet, index, places)
    if problems:
        return Parsed(problems=problems, grid=grid)
    if not grid.lines:
        return Parsed(problems=[Problem("no_rows")], grid=grid)
    if len(grid.lines) > spec.most_rows:
        return Parsed(problems=[Problem("too_many_rows", params={"most": spec.most_rows})], grid=grid)
    return _parse(spec, grid)


def _parse(spec: SheetSpec, grid: Grid) -> Parsed:
    rows: list[Row] = []
    problems: list[Problem] = []
    columns = [
        (column, grid.places.get(column.key), choice_words(column) if column.kind == "choice" else None)
        for column in spec.columns
    ]
    for number, cells in grid.lines:
        values: dict[str, Any] = {}
        for column, place, words in columns:
            value = cells[place] if place is not None and place < len(cells) else None
            try:
                values[column.key] = parse_cell(column, value, words)
            except CellError as error:
                values[column.key] = None
                if len(problems) < MOST_PROBLEMS:
                    problems.append(Problem(error.code, number, column.key, error.params))
        rows.append(Row(number, values))
    return Parsed(rows, problems, grid)


def _best_heading(spec: SheetSpec, sheets: list[Sheet]) -> tuple[Sheet, int, dict[str, int], list[str]] | None:
    """The row that names most of our columns, on the first sheet that has the most of them; visible sheets first."""
    names = _names(spec.columns)
    best: tuple[Sheet, int, dict[str, int], list[str]] | None = None
    for sheet in sorted(sheets, key=lambda sheet: sheet.hidden):
        for index, cells in enumerate(sheet.rows[:HEADING_WITHIN]):
            places: dict[str, int] = {}
            doubled: list[str] = []
            for place, cell in enumerate(cells):
                key = names.get(_heading(cell)) if isinstance(cell, str) else None
                if key is None:
                    continue
                if key in places:
                    doubled.append(str(cell).strip())
                else:
                    places[key] = place
            if places and (best is None or len(places) > len(best[2])):
                best = (sheet, index, places, doubled)
    return best


def _names(columns: Any) -> Mapping[str, str]:
    """Folded heading → key. A title wins over another column's alias."""
    names: dict[str, str] = {}
    for column in columns:
        for alias in column.aliases:
            names[_heading(alias)] = column.key
    for column in columns:
        for title in spellings(column.title):
            names[_heading(title)] = column.key
    return names


def _heading(text: str) -> str:
    return folded(MARKS.sub("", text))


def _grid(sheet: Sheet, index: int, places: dict[str, int]) -> Grid:
    heading = [as_text(cell).strip() for cell in sheet.rows[index]]
    while heading and not heading[-1]:
        heading.pop()
    lines = []
    for number, cells in enumerate(sheet.rows[index + 1 :], start=index + 2):
        kept = cells[: len(heading)]
        if not all(is_blank(cell) for cell in kept):
            lines.append((number, kept))
    return Grid(heading, places, lines)
