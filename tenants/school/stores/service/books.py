"""The part of the books that a document touches, locked and read. Goods are locked in the order of their keys."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select

from kernel.actor import Actor
from kernel.database import db
from kernel.errors import NotFound
from school.stores.models import StoreBalance, StoreBatch, StoreGood, StoreStock
from school.stores.rules import Cost, Holding, Move
from school.stores.service.places import Places


@dataclass(frozen=True, slots=True)
class NewBatch:
    """A batch that a document brings in; `fen` None: nobody said what it cost."""

    id: UUID
    good_id: UUID
    quantity: Decimal
    fen: int | None
    received_on: date
    item_id: UUID | None = None
    batch_no: str = ""
    production_date: date | None = None
    expiry_date: date | None = None
    supplier_id: UUID | None = None
    supplier_name: str = ""
    source_kind: str = ""
    source_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """What posting needs of a batch."""

    good_id: UUID
    cost: Cost
    state: str
    expiry_date: date | None
    batch_no: str
    name: str
    unit: str
    good_kind: str


@dataclass(slots=True)
class Books:
    """The part of the books that a document touches, locked."""

    places: Places
    batches: dict[UUID, Known]
    holdings: dict[tuple[UUID, UUID], Holding]
    stocks: dict[UUID, list[Any]] = field(default_factory=dict)  # good → [quantity, amount, last number]


def lock_goods(actor: Actor, good_ids: Sequence[UUID], school_id: int | None = None) -> dict[UUID, list[Any]]:
    """Good → [quantity, amount, number of the newest move], locked in the order of keys until the transaction ends.
    Whoever posts two documents in one transaction locks the goods of both first."""
    rows = db.session.execute(
        select(StoreStock.id, StoreStock.quantity, StoreStock.amount_fen, StoreStock.last_seq)
        .where(
            StoreStock.bureau_id == actor.bureau_id, StoreStock.school_id == (school_id or actor.own_school_id()),
            StoreStock.id.in_(set(good_ids)),
        )
        .order_by(StoreStock.id)
        .with_for_update()
    )  # fmt: skip
    return {row.id: [row.quantity, row.amount_fen, row.last_seq] for row in rows}


def lock(actor: Actor, places: Places, moves: Sequence[Move], new_batches: Sequence[NewBatch]) -> Books:
    coming = {batch.id: batch for batch in new_batches}
    old = {move.batch_id for move in moves} - coming.keys()
    goods = dict.fromkeys(batch.good_id for batch in new_batches)
    if old:
        goods |= dict.fromkeys(good_of_batches(actor, old).values())
    stocks = lock_goods(actor, list(goods))
    if goods.keys() - stocks.keys():
        raise NotFound(_("没有这种物品。"))
    batches: dict[UUID, Known] = {}
    holdings: dict[tuple[UUID, UUID], Holding] = {}
    for batch in new_batches:
        cost = Cost(batch.quantity, batch.fen or 0)
        batches[batch.id] = Known(batch.good_id, cost, "free", batch.expiry_date, batch.batch_no, "", "", "")
    if old:
        batches |= _batches(actor, old)
        holdings = _holdings(actor, old)
    if old - batches.keys():
        raise NotFound(_("没有这个批次。"))
    return Books(places, batches, holdings, stocks)


def good_of_batches(actor: Actor, batch_ids: Collection[UUID]) -> dict[UUID, UUID]:
    """Batch → good, of the actor's own school."""
    query = select(StoreBatch.id, StoreBatch.good_id).where(
        StoreBatch.bureau_id == actor.bureau_id, StoreBatch.school_id == actor.own_school_id(),
        StoreBatch.id.in_(set(batch_ids)),
    )  # fmt: skip
    return {row[0]: row[1] for row in db.session.execute(query)}


def _batches(actor: Actor, batch_ids: set[UUID]) -> dict[UUID, Known]:
    query = (
        select(
            StoreBatch.id, StoreBatch.good_id, StoreBatch.cost_quantity, StoreBatch.cost_fen, StoreBatch.state,
            StoreBatch.expiry_date, StoreBatch.batch_no, StoreGood.name, StoreGood.base_unit, StoreGood.kind,
        )
        .join(
            StoreGood,
            (StoreGood.bureau_id == StoreBatch.bureau_id)
            & (StoreGood.school_id == StoreBatch.school_id)
            & (StoreGood.id == StoreBatch.good_id),
        )
        .where(
            StoreBatch.bureau_id == actor.bureau_id, StoreBatch.school_id == actor.own_school_id(),
            StoreBatch.id.in_(batch_ids),
        )
    )  # fmt: skip
    return {
        row.id: Known(
            row.good_id, Cost(row.cost_quantity, row.cost_fen), row.state, row.expiry_date, row.batch_no, row.name,
            row.base_unit, row.kind,
        )
        for row in db.session.execute(query)
    }  # fmt: skip


def _holdings(actor: Actor, batch_ids: set[UUID]) -> dict[tuple[UUID, UUID], Holding]:
    query = select(
        StoreBalance.location_id, StoreBalance.batch_id, StoreBalance.quantity, StoreBalance.amount_fen
    ).where(
        StoreBalance.bureau_id == actor.bureau_id, StoreBalance.school_id == actor.own_school_id(),
        StoreBalance.batch_id.in_(batch_ids),
    )  # fmt: skip
    return {(row.location_id, row.batch_id): Holding(row.quantity, row.amount_fen) for row in db.session.execute(query)}
