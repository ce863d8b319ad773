"""What moved in a month and what it was worth: for month ends, and for the books of the canteen's money."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import case, func, select
from sqlalchemy.orm import aliased

from kernel.actor import Actor
from kernel.database import db
from school.stores import rules
from school.stores.models import StoreDocument, StoreGood, StoreLocation, StoreMove


def month_moves(actor: Actor, school_id: int, month: date) -> Sequence[Any]:
    """(good, kind of the place beyond the books, what left the stores for it, its worth); what came in counts below
    zero. One statement; the month need not be closed."""
    source, target = aliased(StoreLocation), aliased(StoreLocation)
    virtual = [kind.value for kind in rules.VIRTUAL]
    goes_out = target.kind.in_(virtual)
    sign = case((goes_out, 1), else_=-1)
    beyond = case((goes_out, target.kind), else_=source.kind)
    query = (
        select(StoreMove.good_id, beyond, func.sum(StoreMove.quantity * sign), func.sum(StoreMove.amount_fen * sign))
        .join(
            StoreDocument,
            (StoreDocument.bureau_id == StoreMove.bureau_id)
            & (StoreDocument.school_id == StoreMove.school_id)
            & (StoreDocument.id == StoreMove.document_id),
        )
        .join(source, _placed(source, StoreMove.from_location_id))
        .join(target, _placed(target, StoreMove.to_location_id))
        .where(
            StoreMove.bureau_id == actor.bureau_id, StoreMove.school_id == school_id,
            StoreDocument.bureau_id == actor.bureau_id, StoreDocument.school_id == school_id,
            StoreDocument.on_day >= month, StoreDocument.on_day < rules.next_month(month),
            source.kind.in_(virtual) != goes_out,
        )
        .group_by(StoreMove.good_id, beyond)
    )  # fmt: skip
    return db.session.execute(query).all()


def _placed(location: Any, column: Any) -> Any:
    return (
        (location.bureau_id == StoreMove.bureau_id)
        & (location.school_id == StoreMove.school_id)
        & (location.id == column)
    )


def month_values(actor: Actor, school_id: int, month: date) -> Mapping[tuple[str, str], int]:
    """(kind of good, kind of the place beyond the books) → fen that left the stores for it in the month; what came in
    counts below zero. The month need not be closed."""
    moved = month_moves(actor, school_id, month)
    query = select(StoreGood.id, StoreGood.kind).where(
        StoreGood.bureau_id == actor.bureau_id, StoreGood.school_id == school_id,
        StoreGood.id.in_({row.good_id for row in moved}),
    )  # fmt: skip
    kinds = {row.id: row.kind for row in db.session.execute(query)}
    found: dict[tuple[str, str], int] = {}
    for good_id, place, _quantity, fen in moved:
        found[kinds[good_id], place] = found.get((kinds[good_id], place), 0) + int(fen)
    return found
