"""The official arrangement as it comes with the service."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import yaml

SOURCE = Path(__file__).with_name("national.yaml")
UNCONFIRMED = "（待确认）"  # stands in the citation of a year that nobody has checked against the notice


@dataclass(frozen=True, slots=True)
class ArrangedDay:
    day: date
    is_workday: bool
    name: str
    citation: str


@cache
def national_days() -> tuple[ArrangedDay, ...]:
    """Every arranged day of every year in the file, in order; also weekend days within a holiday."""
    blocks = yaml.safe_load(SOURCE.read_text(encoding="utf-8"))
    return tuple(sorted((day for block in blocks for day in _days(block)), key=lambda row: row.day))


def _days(block: dict[str, Any]) -> Iterator[ArrangedDay]:
    citation = block["citation"] + ("" if block["certainty"] == "confirmed" else UNCONFIRMED)
    for span in block["free"]:
        for offset in range((span["to"] - span["from"]).days + 1):
            yield ArrangedDay(span["from"] + timedelta(days=offset), False, span["name"], citation)
    for row in block["worked"]:
        yield ArrangedDay(row["day"], True, row["name"], citation)
