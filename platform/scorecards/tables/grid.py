"""A table as rows of cells; a merged cell stands at every place that it covers."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias

MOST_ROWS = 3000
MOST_COLUMNS = 60
MOST_TEXT = 4000  # characters of one cell


class Cell(NamedTuple):
    """`row` and `column`: where the cell begins, which tells two cells with the same text from one merged cell."""

    text: str
    row: int
    column: int


Row: TypeAlias = Sequence[Cell]


@dataclass(frozen=True, slots=True)
class Grid:
    """`name`: the sheet's, "" for a document."""

    name: str
    rows: list[list[Cell]] = field(default_factory=list)


def filled(row: Row) -> list[Cell]:
    """The distinct cells of a row that hold text, left to right; a merged cell once."""
    found: list[Cell] = []
    for cell in row:
        if cell.text and (not found or found[-1] is not cell) and cell not in found:
            found.append(cell)
    return found


def beginning(row: Row, at: int) -> list[Cell]:
    """The filled cells that begin in this row rather than reach down into it."""
    return [cell for cell in filled(row) if cell.row == at]


def span(row: Row, cell: Cell) -> int:
    """How many columns of the row a cell covers."""
    return sum(1 for other in row if other.row == cell.row and other.column == cell.column)


def text_at(row: Row, column: int) -> str:
    return row[column].text if 0 <= column < len(row) else ""


def data_cells(grid: Grid, rows: Iterator[int] | range, column: int) -> Iterator[Cell]:
    """The filled cells that begin in a column, a cell merged over rows once; lines across the whole table left out."""
    last: Cell | None = None
    for at in rows:
        row = grid.rows[at]
        if column >= len(row) or not row[column].text or row[column] == last or row[column].column != column:
            continue
        if len(row) > 1 and row[0] == row[-1]:
            continue
        last = row[column]
        yield last
