"""What a spreadsheet should hold, and what was found in one. Plain values: no Flask, no database."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal

Kind = Literal["text", "code", "integer", "decimal", "date", "choice", "flag", "mobile"]
MOST_ROWS = 5000


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `title`, `help` and the labels of `choices` are lazy translations.

    kind     text (anything), code (an identifier: leading zeros stay, no full-width digits), integer, decimal,
             date, choice (one of `choices`: value → label; either is understood), flag (yes or no), mobile
    most     longest text in characters; least, greatest, places: bounds of numbers
    width    of the column, in characters
    aliases  other headings that people use for it
    """

    key: str
    title: Any
    required: bool = False
    kind: Kind = "text"
    choices: Mapping[str, Any] = field(default_factory=dict)
    help: Any = ""
    example: str = ""
    width: int = 16
    most: int = 200
    least: Decimal | int | None = None
    greatest: Decimal | int | None = None
    places: int = 3
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SheetSpec:
    """`name` is a lazy translation: title of the sheet. Column keys and titles are each distinct."""

    name: Any
    columns: Sequence[Column]
    most_rows: int = MOST_ROWS

    def __post_init__(self) -> None:
        keys = [column.key for column in self.columns]
        if not keys or len(set(keys)) != len(keys):
            raise ValueError("a sheet needs columns with distinct keys")

    def column(self, key: str) -> Column:
        return next(column for column in self.columns if column.key == key)


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong, where. `row` as the spreadsheet program numbers it, None: the whole file. `key` None: the row.

    `code` is worded by kernel.sheets.labels; a service that finds more puts its own words into `text`.
    """

    code: str
    row: int | None = None
    key: str | None = None
    params: Mapping[str, Any] = field(default_factory=dict)
    text: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One row of data: `number` as the spreadsheet program shows it; `values` has every column, None where empty."""

    number: int
    values: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Grid:
    """The cells as found, from the heading down: kept so that the same sheet can be handed back.

    `places`: column key → index in `heading`. `lines`: (row number, cells).
    """

    heading: list[str] = field(default_factory=list)
    places: Mapping[str, int] = field(default_factory=dict)
    lines: list[tuple[int, list[Any]]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Parsed:
    """All or nothing: use `rows` only where `problems` is empty."""

    rows: list[Row] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    grid: Grid = field(default_factory=Grid)

    @property
    def is_whole(self) -> bool:
        return not self.problems
