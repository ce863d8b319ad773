"""What a school has: for whoever plans with it. Reading only."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import func, or_, select

from kernel.actor import Actor
from kernel.database import db
from kernel.web.dates import today
from school.stores.models import StoreBalance, StoreBatch, StoreGood, StoreLocation
from school.stores.rules import LocationKind, Lot, Take, propose

BATCH = (
    (StoreBatch.bureau_id == StoreBalance.bureau_id)
    & (StoreBatch.school_id == StoreBalance.school_id)
    & (StoreBatch.id == StoreBalance.batch_id)
)
PLACE = (
    (StoreLocation.bureau_id == StoreBalance.bureau_id)
    & (StoreLocation.school_id == StoreBalance.school_id)
    & (StoreLocation.id == StoreBalance.location_id)
)
GOOD = (
    (StoreGood.bureau_id == StoreBalance.bureau_id)
    & (StoreGood.school_id == StoreBalance.school_id)
    & (StoreGood.id == StoreBalance.good_id)
)


@dataclass(frozen=True, slots=True)
class NearExpiry:
    """`expiry_date`: the last day on which it may be used. `item_id` None: a good of the school's own."""

    item_id: UUID | None
    batch_id: UUID
    name: str
    quantity: Decimal
    expiry_date: date


def _usable(actor: Actor, school_id: int, query: Any, on: date) -> Any:
    """Live balances that may be used: not frozen, not set apart, not expired."""
    return (
        query.join(StoreBatch, BATCH)
        .join(StoreLocation, PLACE)
        .where(
            StoreBalance.bureau_id == actor.bureau_id, StoreBalance.school_id == school_id, StoreBalance.is_live,
            or_(StoreBalance.expiry_date.is_(None), StoreBalance.expiry_date >= on), StoreBatch.state == "free",
            StoreLocation.kind != LocationKind.QUARANTINE.value,
        )
    )  # fmt: skip


def on_hand(
    actor: Actor, school_id: int, item_ids: Collection[UUID] | None = None, *, on: date | None = None
) -> dict[UUID, Decimal]:
    """Catalogue item → usable base units on a day (default: today). Items of which nothing is there are left out."""
    query = select(StoreBatch.item_id, func.sum(StoreBalance.quantity)).where(StoreBatch.item_id.is_not(None))
    query = _usable(actor, school_id, query, on or today())
    if item_ids is not None:
        query = query.where(StoreBatch.item_id.in_(set(item_ids)))
    return {row[0]: row[1] for row in db.session.execute(query.group_by(StoreBatch.item_id))}


def near_expiry(actor: Actor, school_id: int, within_days: int, *, on: date | None = None) -> list[NearExpiry]:
    """Usable batches whose last day is at most so many days away, the first to expire first."""
    on = on or today()
    query = (
        select(
            StoreBatch.item_id, StoreBatch.id, StoreGood.name, func.sum(StoreBalance.quantity),
            StoreBalance.expiry_date,
        )
        .join(StoreGood, GOOD)
        .where(StoreBalance.expiry_date <= on + timedelta(days=within_days))
        .group_by(
            StoreBatch.bureau_id, StoreBatch.school_id, StoreBatch.id, StoreBatch.item_id, StoreGood.name,
            StoreBalance.expiry_date,
        )
        .order_by(StoreBalance.expiry_date, StoreBatch.id)
    )  # fmt: skip
    return [NearExpiry(*row) for row in db.session.execute(_usable(actor, school_id, query, on))]


def lots_of(actor: Actor, school_id: int, good_ids: Collection[UUID]) -> dict[UUID, list[Lot]]:
    """Good → what lies where, unusable lots included and marked."""
    query = (
        select(
            StoreBalance.good_id, StoreBalance.batch_id, StoreBalance.location_id, StoreBalance.quantity,
            StoreBalance.expiry_date, StoreBatch.received_on, StoreBatch.state, StoreLocation.kind,
        )
        .join(StoreBatch, BATCH)
        .join(StoreLocation, PLACE)
        .where(
            StoreBalance.bureau_id == actor.bureau_id, StoreBalance.school_id == school_id, StoreBalance.is_live,
            StoreBalance.good_id.in_(set(good_ids)),
        )
    )  # fmt: skip
    found: dict[UUID, list[Lot]] = {good_id: [] for good_id in good_ids}
    for row in db.session.execute(query):
        is_usable = row.state == "free" and row.kind != LocationKind.QUARANTINE
        found[row.good_id].append(
            Lot(row.batch_id, row.location_id, row.quantity, row.expiry_date, row.received_on, is_usable)
        )
    return found


def proposal(
    actor: Actor, school_id: int, wanted: Sequence[tuple[UUID, Decimal]], *, on: date | None = None
) -> dict[UUID, tuple[list[Take], Decimal]]:
    """(good, quantity) → what to take where, first expired first, and what is missing."""
    lots = lots_of(actor, school_id, [good_id for good_id, _quantity in wanted])
    return {good_id: propose(lots[good_id], quantity, on or today()) for good_id, quantity in wanted}


def item_takes(
    actor: Actor, wanted: Sequence[tuple[UUID, Decimal]], *, on: date | None = None
) -> dict[UUID, tuple[list[Take], Decimal]]:
    """The same by catalogue item, for the actor's own school; an item that was never in stock is missing whole."""
    goods = {
        row.item_id: row.id
        for row in db.session.execute(
            select(StoreGood.item_id, StoreGood.id).where(
                StoreGood.bureau_id == actor.bureau_id, StoreGood.school_id == actor.own_school_id(),
                StoreGood.item_id.in_({item_id for item_id, _quantity in wanted}),
            )
        )
    }  # fmt: skip
    known = [(goods[item_id], quantity) for item_id, quantity in wanted if item_id in goods]
    found = proposal(actor, actor.own_school_id(), known, on=on)
    return {item_id: found[goods[item_id]] if item_id in goods else ([], quantity) for item_id, quantity in wanted}
