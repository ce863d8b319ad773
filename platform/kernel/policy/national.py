"""The national figures as they come with the service."""

from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from kernel.policy.rules import Figure

SOURCE = Path(__file__).with_name("national.yaml")
CERTAINTY = {"V": "confirmed", "W": "weak", "K": "to_confirm", "seed": "to_confirm"}
UNDATED = date(2000, 1, 1)  # a figure that was in force before this service was thought of


@cache
def national_figures() -> tuple[Figure, ...]:
    """Every row of the file. `note` says where the figure was read and is for the maintainer, not for a screen."""
    rows = yaml.safe_load(SOURCE.read_text(encoding="utf-8"))
    return tuple(_figure(key, row) for group in rows.values() for key, row in group.items())


def _figure(key: str, row: dict[str, Any]) -> Figure:
    value = row["value"]
    return Figure(
        key=key,
        # Numbers are written in quotes or as whole numbers: 0.1 read as a float would not be 0.1.
        value=Decimal(str(value)) if isinstance(value, (int, str)) and not isinstance(value, bool) else value,
        unit=row.get("unit", ""),
        title=row["title"],
        citation=row["citation"],
        certainty=CERTAINTY[row["mark"]],  # type: ignore[arg-type]
        valid_from=row.get("from", UNDATED),
        valid_to=row.get("to"),
        stricter=row.get("stricter"),
    )
