"""What a month's moves were worth, for the books of the canteen's money."""

from collections.abc import Mapping
from datetime import date

from sqlalchemy import case, func, select
from sqlalchemy.orm import aliased

from kernel.actor import Actor
from kernel.database import db
from school.stores import rules
from school.stores.models import StoreDocument, StoreGood, StoreLocation, StoreMove


def month_values(actor: Actor, school_id: int, month: date) -> Mapping[tuple[str, str], int]:
    """(kind of good, kind of the place beyond the books) → fen that left the stores for it in the month; what came in
    counts below zero. One statement; the month need not be closed."""
    source, target = aliased(StoreLocation), aliased(StoreLocation)
    virtual = [kind.value for kind in rules.VIRTUAL]
    goes_out = target.kind.in_(virtual)
    beyond = case((goes_out, target.kind), else_=source.kind)
    worth = func.sum(StoreMove.amount_fen * case((goes_out, 1), else_=-1))

    def placed(location: type[StoreLocation], column: object) -> object:
        return (
            (location.bureau_id == StoreMove.bureau_id)
            & (location.school_id == StoreMove.school_id)
            & (location.id == column)
        )

    query = (
        select(StoreGood.kind, beyond, worth)
        .select_from(StoreMove)
        .join(
            StoreDocument,
            (StoreDocument.bureau_id == StoreMove.bureau_id)
            & (StoreDocument.school_id == StoreMove.school_id)
            & (StoreDocument.id == StoreMove.document_id),
        )
        .join(
            StoreGood,
            (StoreGood.bureau_id == StoreMove.bureau_id)
            & (StoreGood.school_id == StoreMove.school_id)
            & (StoreGood.id == StoreMove.good_id),
        )
        .join(source, placed(source, StoreMove.from_location_id))  # type: ignore[arg-type]
        .join(target, placed(target, StoreMove.to_location_id))  # type: ignore[arg-type]
        .where(
            StoreMove.bureau_id == actor.bureau_id, StoreMove.school_id == school_id,
            StoreDocument.bureau_id == actor.bureau_id, StoreDocument.school_id == school_id,
            StoreDocument.on_day >= month, StoreDocument.on_day < rules.next_month(month),
            source.kind.in_(virtual) != goes_out,
        )
        .group_by(StoreGood.kind, beyond)
    )  # fmt: skip
    return {(good, place): int(fen) for good, place, fen in db.session.execute(query)}
