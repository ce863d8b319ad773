"""Figures of law and of local rule, and which of them holds on a day. Pure: no Flask, no database."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Literal

Level = Literal["national", "bureau", "school"]
Certainty = Literal["confirmed", "weak", "to_confirm"]
Stricter = Literal["higher", "lower"]
Value = Decimal | Mapping[str, Any] | Sequence[Any] | str | bool
LEVELS: tuple[Level, ...] = ("national", "bureau", "school")


@dataclass(frozen=True, slots=True)
class Figure:
    """One row: in force on days [valid_from, valid_to).

    stricter  which way an override may go; None: either way. Only the national row's counts; a lower level
              cannot loosen the rule it is bound by.
    """

    key: str
    value: Value
    unit: str = ""
    title: str = ""
    citation: str = ""
    certainty: Certainty = "confirmed"
    valid_from: date = date.min
    valid_to: date | None = None
    level: Level = "national"
    stricter: Stricter | None = None

    def holds_on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)

    @property
    def number(self) -> Decimal:
        """The value of a figure that is a number; anything else is a programming error."""
        if isinstance(self.value, Decimal):
            return self.value
        raise TypeError(f"figure {self.key} is not a number")


@dataclass(frozen=True, slots=True)
class Refusal:
    """A row that was passed over. reason: "looser", "not_comparable", "ambiguous"."""

    figure: Figure
    reason: str


@dataclass(frozen=True, slots=True)
class Effective:
    """The figure that holds, the rows that led to it (from the nation down), the rows that were refused."""

    figure: Figure
    chain: tuple[Figure, ...]
    refused: tuple[Refusal, ...] = field(default=())

    @property
    def number(self) -> Decimal:
        return self.figure.number

    @property
    def citation(self) -> str:
        """What to show beside an alarm: the source of the figure, and of the national one where it was overridden."""
        sources = dict.fromkeys(figure.citation for figure in (self.figure, self.chain[0]) if figure.citation)
        return "；".join(sources)

    @property
    def needs_confirming(self) -> bool:
        return self.figure.certainty != "confirmed"


def resolve(figures: Sequence[Figure], on: date) -> Effective | None:
    """The effective figure among the rows of one key, None where none is in force.

    Level by level the row that came into force last replaces the one above; where the nation names a strict side,
    only if it is as strict or stricter. Two rows of one level from the same day contradict each other: neither
    counts, except that they say the same.
    """
    direction: Stricter | None = None
    chain: list[Figure] = []
    refused: list[Refusal] = []
    for level in LEVELS:
        rows = [figure for figure in figures if figure.level == level and figure.holds_on(on)]
        if not rows:
            continue
        latest = max(figure.valid_from for figure in rows)
        rows = [figure for figure in rows if figure.valid_from == latest]
        if any(figure.value != rows[0].value for figure in rows):
            refused += [Refusal(figure, "ambiguous") for figure in rows]
            continue
        row = rows[0]
        reason = refusal_reason(chain[-1], row, direction) if chain else None
        if reason:
            refused.append(Refusal(row, reason))
            continue
        if level == "national":
            direction = row.stricter
        chain.append(row)
    return Effective(chain[-1], tuple(chain), tuple(refused)) if chain else None


def refusal_reason(above: Figure, below: Figure, direction: Stricter | None) -> str | None:
    """Why `below` may not override `above`, None if it may."""
    if direction is None:
        return None if type(above.value) is type(below.value) else "not_comparable"
    if not isinstance(above.value, Decimal) or not isinstance(below.value, Decimal):
        return "not_comparable"
    stricter = below.value >= above.value if direction == "higher" else below.value <= above.value
    return None if stricter else "looser"


def value_to_json(value: Value) -> dict[str, Any]:
    """How a value is stored: {"number": "48"} (exact) or {"json": …}."""
    return {"number": str(value)} if isinstance(value, Decimal) else {"json": value}


def value_from_json(stored: Mapping[str, Any]) -> Value:
    if "number" in stored:
        return Decimal(stored["number"])
    value: Value = stored["json"]
    return value
