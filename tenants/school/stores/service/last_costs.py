"""What goods cost when they last came in, for whoever reckons with prices before anything is bought."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on

from kernel.actor import Actor
from kernel.database import db
from school.stores.models import StoreBatch


@dataclass(frozen=True, slots=True)
class LastCost:
    """`fen` for `quantity` base units."""

    item_id: UUID
    fen: int
    quantity: Decimal
    received_on: date


def last_costs(actor: Actor, school_id: int, item_ids: Collection[UUID], *, on: date) -> dict[UUID, LastCost]:
    """Item → its newest batch up to a day that says what it cost. One query."""
    if not item_ids:
        return {}
    rows: Any = db.session.execute(
        select(StoreBatch.item_id, StoreBatch.cost_fen, StoreBatch.cost_quantity, StoreBatch.received_on)
        .ext(distinct_on(StoreBatch.item_id))
        .where(
            StoreBatch.bureau_id == actor.bureau_id, StoreBatch.school_id == school_id,
            StoreBatch.item_id.in_(set(item_ids)), StoreBatch.is_costed, StoreBatch.received_on <= on,
        )
        .order_by(StoreBatch.item_id, StoreBatch.received_on.desc(), StoreBatch.id.desc())
    )  # fmt: skip
    return {row.item_id: LastCost(*row) for row in rows}
