"""An item while its rows are read."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from scorecards.finding import Severity
from scorecards.tables.grid import Cell

# What the reading of a table has to say of an item or a section, added to it where its code is known.
Said = tuple[Severity, str, dict[str, Any]]


@dataclass(slots=True)
class Part:
    """One text cell of an item with the rule cells beside it."""

    text: str
    rules: list[Cell] = field(default_factory=list)
    cell: Cell | None = None
    no: str = ""


@dataclass(slots=True)
class Line:
    """An item's cells, row by row."""

    no: str
    points: Decimal | None
    points_cell: Cell | None
    text_cell: Cell | None
    prefix: str = ""
    parts: list[Part] = field(default_factory=list)
    methods: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    mark: str = ""
    na_allowed: bool = False
    said: list[Said] = field(default_factory=list)
