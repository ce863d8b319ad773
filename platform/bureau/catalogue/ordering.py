"""What a school may order, without the catalogue knowing of agreements.

A module puts an `OrderLimit` into its `Module.publishes`: agreements narrow what is published to what was agreed for a
school. Without any, all published items may be ordered.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from flask import current_app


@dataclass(frozen=True, slots=True)
class OrderLimit:
    """allowed  (bureau_id, school_id, day) → the items that may be ordered that day; None: no limit from here."""

    allowed: Callable[[int, int, date], frozenset[UUID] | None]


def allowed_items(bureau_id: int, school_id: int, on: date) -> frozenset[UUID] | None:
    """What every limit allows; None where nothing limits."""
    found: frozenset[UUID] | None = None
    for module in current_app.extensions["houqin.modules"]:
        for offer in module.publishes:
            if isinstance(offer, OrderLimit):
                one = offer.allowed(bureau_id, school_id, on)
                if one is not None:
                    found = one if found is None else found & one
    return found
