"""What came in at a school in the past, asked of whoever keeps it, without this package knowing them.

A module puts a `ReceiptHistory` into its `Module.publishes`. Without one, proposals rest on earlier rounds and norms.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from flask import current_app

from kernel.actor import Actor


@dataclass(frozen=True, slots=True)
class ReceiptHistory:
    """monthly  (actor, school, items, first month, number of months) → {(item, first day of the month): quantity in the
    item's base unit}; months in which nothing came in are left out."""

    monthly: Callable[[Actor, int, Sequence[UUID], date, int], Mapping[tuple[UUID, date], Decimal]]


def received(
    actor: Actor, school_id: int, item_ids: Sequence[UUID], first: date, count: int
) -> Mapping[tuple[UUID, date], Decimal]:
    for module in current_app.extensions["houqin.modules"]:
        for offer in module.publishes:
            if isinstance(offer, ReceiptHistory):
                return offer.monthly(actor, school_id, item_ids, first, count)
    return {}
