"""Lists and single records as pages and API show them: columns by index, pages by key, nothing counted over the ledger."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from kernel.actor import Actor
from kernel.database import db
from kernel.database.paging import Page, paginate
from kernel.errors import NotFound
from kernel.policy.service import effective
from kernel.web.dates import span_of_days, today
from school.stores import rules
from school.stores.models import (
    StoreBalance,
    StoreBatch,
    StoreDocument,
    StoreGood,
    StoreHold,
    StoreLocation,
    StoreMove,
    StoreStock,
)
from school.stores.service.balances import BATCH, GOOD, PLACE

SOON = "stores.expiry.soon_days"
STOCK = (
    (StoreStock.bureau_id == StoreGood.bureau_id)
    & (StoreStock.school_id == StoreGood.school_id)
    & (StoreStock.id == StoreGood.id)
)


def soon_days(actor: Actor, school_id: int) -> int:
    """So many days before its last one a batch is called near its end: the bureau's figure, a school may ask for more."""
    return int(effective(actor.bureau_id, SOON, school_id=school_id).number)


# --- goods and what there is of them ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class StockRow:
    """One good with what there is of it. `expiry_date`: of what expires first; `frozen`: how much must not be used."""

    good: StoreGood
    quantity: Decimal
    amount_fen: int
    expiry_date: date | None
    frozen: Decimal
    level: rules.Level
    freshness: rules.Freshness


def list_stock(
    actor: Actor, school_id: int, *, kind: str | None = None, q: str = "", in_stock: bool = False, low: bool = False,
    inactive: bool = False, cursor: str | None = None, limit: int = 50,
) -> Page[StockRow]:  # fmt: skip
    """By name. `low`: below the least that should be there. Two queries, however many moves there were."""
    query = (
        select(
            StoreGood, StoreStock.quantity, StoreStock.amount_fen, StoreGood.search_name.label("search_name"),
            StoreGood.id.label("id"),
        )
        .join(StoreStock, STOCK)
        .where(StoreGood.bureau_id == actor.bureau_id, StoreGood.school_id == school_id)
    )  # fmt: skip
    if not inactive:
        query = query.where(StoreGood.is_active)
    if kind:
        query = query.where(StoreGood.kind == kind)
    if q:
        query = query.where(func.strpos(StoreGood.search_name, q.lower()) > 0)
    if in_stock:
        query = query.where(StoreStock.quantity > 0)
    if low:
        query = query.where(StoreStock.quantity < StoreGood.least_quantity)
    keys = (StoreGood.search_name, StoreGood.id)
    page = paginate(db.session(), query, keys, cursor, limit, scalars=False, ascending=True)
    found = _expiries(actor, school_id, [row.id for row in page.items])
    soon = soon_days(actor, school_id)
    return Page([_stock_row(row, found, soon) for row in page.items], page.next_cursor)


def _stock_row(row: Any, found: dict[UUID, tuple[date | None, Decimal]], soon: int) -> StockRow:
    good: StoreGood = row.StoreGood
    expiry_date, frozen = found.get(good.id, (None, Decimal(0)))
    return StockRow(
        good, row.quantity, row.amount_fen, expiry_date, frozen,
        rules.level(row.quantity, good.least_quantity, good.most_quantity),
        rules.freshness(expiry_date, today(), soon),
    )  # fmt: skip


def _expiries(actor: Actor, school_id: int, good_ids: Collection[UUID]) -> dict[UUID, tuple[date | None, Decimal]]:
    if not good_ids:
        return {}
    frozen = func.coalesce(func.sum(StoreBalance.quantity).filter(StoreBatch.state == "frozen"), 0)
    query = (
        select(StoreBalance.good_id, func.min(StoreBalance.expiry_date), frozen)
        .join(StoreBatch, BATCH)
        .where(
            StoreBalance.bureau_id == actor.bureau_id, StoreBalance.school_id == school_id, StoreBalance.is_live,
            StoreBalance.good_id.in_(good_ids),
        )
        .group_by(StoreBalance.good_id)
    )  # fmt: skip
    return {row[0]: (row[1], Decimal(row[2])) for row in db.session.execute(query)}


def get_stock(actor: Actor, school_id: int, good_id: UUID) -> StockRow:
    query = (
        select(StoreGood, StoreStock.quantity, StoreStock.amount_fen)
        .join(StoreStock, STOCK)
        .where(StoreGood.bureau_id == actor.bureau_id, StoreGood.school_id == school_id, StoreGood.id == good_id)
    )
    row = db.session.execute(query).one_or_none()
    if row is None:
        raise NotFound
    return _stock_row(row, _expiries(actor, school_id, [good_id]), soon_days(actor, school_id))


@dataclass(frozen=True, slots=True)
class LotRow:
    """What lies at one place of one batch. `soon`: see soon_days."""

    good_id: UUID
    good_name: str
    base_unit: str
    batch_id: UUID
    batch_no: str
    location_id: UUID
    location_name: str
    location_kind: str
    quantity: Decimal
    amount_fen: int
    expiry_date: date | None
    production_date: date | None
    received_on: date
    supplier_name: str
    state: str
    is_costed: bool
    id: UUID
    soon: int

    @property
    def freshness(self) -> rules.Freshness:
        return rules.freshness(self.expiry_date, today(), self.soon)

    @property
    def is_usable(self) -> bool:
        return (
            self.state == "free"
            and self.location_kind != rules.LocationKind.QUARANTINE
            and not rules.is_expired(self.expiry_date, today())
        )


LOTS = (
    select(
        StoreBalance.good_id, StoreGood.name.label("good_name"), StoreGood.base_unit, StoreBalance.batch_id,
        StoreBatch.batch_no, StoreBalance.location_id, StoreLocation.name.label("location_name"),
        StoreLocation.kind.label("location_kind"), StoreBalance.quantity, StoreBalance.amount_fen,
        StoreBalance.expiry_date.label("expiry_date"), StoreBatch.production_date, StoreBatch.received_on,
        StoreBatch.supplier_name, StoreBatch.state, StoreBatch.is_costed, StoreBalance.id.label("id"),
    )
    .join(StoreBatch, BATCH)
    .join(StoreLocation, PLACE)
    .join(StoreGood, GOOD)
)  # fmt: skip


def lots_of_goods(actor: Actor, school_id: int, good_ids: Collection[UUID]) -> dict[UUID, list[LotRow]]:
    """Good → what lies where, first expired first."""
    query = LOTS.where(
        StoreBalance.bureau_id == actor.bureau_id, StoreBalance.school_id == school_id, StoreBalance.is_live,
        StoreBalance.good_id.in_(set(good_ids)),
    ).order_by(StoreBalance.expiry_date.nulls_last(), StoreBatch.received_on, StoreBalance.id)  # fmt: skip
    found: dict[UUID, list[LotRow]] = {good_id: [] for good_id in good_ids}
    rows: Any = db.session.execute(query)
    soon = soon_days(actor, school_id)
    for row in rows:
        found[row.good_id].append(LotRow(*(*row, soon)))
    return found


def lots_of_good(actor: Actor, school_id: int, good_id: UUID) -> list[LotRow]:
    return lots_of_goods(actor, school_id, [good_id])[good_id]


def all_lots(actor: Actor, school_id: int) -> list[tuple[StoreGood, list[LotRow]]]:
    """Everything that lies there, goods by kind and name, of each the first to expire first."""
    query = (
        select(StoreGood)
        .join(StoreStock, STOCK)
        .where(StoreGood.bureau_id == actor.bureau_id, StoreGood.school_id == school_id, StoreStock.quantity > 0)
        .order_by(StoreGood.kind, StoreGood.search_name, StoreGood.id)
    )
    lots = LOTS.where(
        StoreBalance.bureau_id == actor.bureau_id, StoreBalance.school_id == school_id, StoreBalance.is_live
    ).order_by(StoreBalance.expiry_date.nulls_last(), StoreBatch.received_on, StoreBalance.id)
    by_good: dict[UUID, list[LotRow]] = {}
    rows: Any = db.session.execute(lots)
    soon = soon_days(actor, school_id)
    for row in rows:
        by_good.setdefault(row.good_id, []).append(LotRow(*(*row, soon)))
    return [(good, by_good.get(good.id, [])) for good in db.session.scalars(query)]


def list_expiring(
    actor: Actor, school_id: int, *, until: date | None = None, cursor: str | None = None, limit: int = 50
) -> Page[LotRow]:
    """What has a last day, the first to come (or gone by) first."""
    query = LOTS.where(
        StoreBalance.bureau_id == actor.bureau_id, StoreBalance.school_id == school_id, StoreBalance.is_live,
        StoreBalance.expiry_date <= (until or date(9999, 1, 1)),
    )  # fmt: skip
    keys = (StoreBalance.expiry_date, StoreBalance.id)
    page = paginate(db.session(), query, keys, cursor, limit, scalars=False, ascending=True)
    soon = soon_days(actor, school_id)
    return Page([LotRow(*(*row, soon)) for row in page.items], page.next_cursor)


def get_batch(actor: Actor, school_id: int, batch_id: UUID) -> tuple[StoreBatch, StoreGood]:
    query = (
        select(StoreBatch, StoreGood)
        .join(
            StoreGood,
            (StoreGood.bureau_id == StoreBatch.bureau_id)
            & (StoreGood.school_id == StoreBatch.school_id)
            & (StoreGood.id == StoreBatch.good_id),
        )
        .where(StoreBatch.bureau_id == actor.bureau_id, StoreBatch.school_id == school_id, StoreBatch.id == batch_id)
    )
    row = db.session.execute(query).one_or_none()
    if row is None:
        raise NotFound
    return row[0], row[1]


def holds_of(actor: Actor, school_id: int, batch_id: UUID) -> Sequence[StoreHold]:
    return db.session.scalars(
        select(StoreHold)
        .where(StoreHold.bureau_id == actor.bureau_id, StoreHold.school_id == school_id, StoreHold.batch_id == batch_id)
        .order_by(StoreHold.held_at.desc(), StoreHold.id)
    ).all()


# --- the ledger -------------------------------------------------------------------------------------------------------

# The table, not the class: an alias of a class would have every model known before it is.
_PLACES: Any = StoreLocation.__table__
SOURCE, TARGET = _PLACES.alias("source"), _PLACES.alias("target")


def _at(location: Any, column: Any) -> Any:
    return (
        (location.c.bureau_id == StoreMove.bureau_id)
        & (location.c.school_id == StoreMove.school_id)
        & (location.c.id == column)
    )


DOCUMENT = (
    (StoreDocument.bureau_id == StoreMove.bureau_id)
    & (StoreDocument.school_id == StoreMove.school_id)
    & (StoreDocument.id == StoreMove.document_id)
)
CARD = (
    select(
        StoreMove.id, StoreMove.seq, StoreMove.quantity, StoreMove.amount_fen, StoreMove.quantity_after,
        StoreMove.amount_after_fen, StoreMove.document_id, StoreMove.batch_id, StoreBatch.batch_no,
        StoreDocument.number, StoreDocument.kind, StoreDocument.on_day, StoreDocument.posted_at,
        StoreDocument.posted_by_name, StoreDocument.second_by_name, StoreDocument.taker_name, StoreDocument.department,
        StoreDocument.reason, StoreDocument.use_day, StoreDocument.use_meal,
        SOURCE.c.name.label("source_name"), SOURCE.c.kind.label("source_kind"),
        TARGET.c.name.label("target_name"), TARGET.c.kind.label("target_kind"),
    )
    .join(StoreDocument, DOCUMENT)
    .join(
        StoreBatch,
        (StoreBatch.bureau_id == StoreMove.bureau_id)
        & (StoreBatch.school_id == StoreMove.school_id)
        & (StoreBatch.id == StoreMove.batch_id),
    )
    .join(SOURCE, _at(SOURCE, StoreMove.from_location_id))
    .join(TARGET, _at(TARGET, StoreMove.to_location_id))
)  # fmt: skip


def card(actor: Actor, school_id: int, good_id: UUID, *, cursor: str | None = None, limit: int = 50) -> Page[Any]:
    """The moves of a good, newest first, each with what there was after it: one index range, whatever its length."""
    query = CARD.where(
        StoreMove.bureau_id == actor.bureau_id, StoreMove.school_id == school_id, StoreMove.good_id == good_id
    )
    return paginate(db.session(), query, (StoreMove.seq,), cursor, limit, scalars=False)


def whole_card(actor: Actor, school_id: int, good_id: UUID, *, most: int) -> Sequence[Any]:
    """Oldest first; of a card that is longer the newest `most` lines."""
    query = CARD.where(
        StoreMove.bureau_id == actor.bureau_id, StoreMove.school_id == school_id, StoreMove.good_id == good_id
    )
    return db.session.execute(query.order_by(StoreMove.seq.desc()).limit(most)).all()[::-1]


def moves_of_batch(actor: Actor, school_id: int, batch_id: UUID, *, most: int = 500) -> Sequence[Any]:
    """Oldest first."""
    query = CARD.where(
        StoreMove.bureau_id == actor.bureau_id, StoreMove.school_id == school_id, StoreMove.batch_id == batch_id
    )
    return db.session.execute(query.order_by(StoreMove.seq).limit(most)).all()


def list_documents(
    actor: Actor, school_id: int, *, kind: str | None = None, from_day: date | None = None,
    until_day: date | None = None, cursor: str | None = None, limit: int = 50,
) -> Page[StoreDocument]:  # fmt: skip
    """Newest first; the days are those on which they were posted."""
    query = select(StoreDocument).where(
        StoreDocument.bureau_id == actor.bureau_id, StoreDocument.school_id == school_id
    )
    if kind:
        query = query.where(StoreDocument.kind == kind)
    begin, end = span_of_days(from_day or date(2000, 1, 1), until_day or today())
    if from_day:
        query = query.where(StoreDocument.posted_at >= begin)
    if until_day:
        query = query.where(StoreDocument.posted_at < end)
    return paginate(db.session(), query, (StoreDocument.posted_at, StoreDocument.id), cursor, limit)


def get_document(actor: Actor, school_id: int, document_id: UUID) -> StoreDocument:
    row = db.session.scalars(
        select(StoreDocument).where(
            StoreDocument.bureau_id == actor.bureau_id, StoreDocument.school_id == school_id,
            StoreDocument.id == document_id,
        )
    ).one_or_none()  # fmt: skip
    if row is None:
        raise NotFound
    return row


def moves_of(actor: Actor, school_id: int, document_id: UUID) -> Sequence[Any]:
    """The lines of a document in their order, with good, batch and places."""
    query = (
        CARD.add_columns(
            StoreGood.name.label("good_name"), StoreGood.base_unit, StoreGood.id.label("good_id"),
            StoreBatch.expiry_date, StoreBatch.is_costed, StoreMove.from_location_id, StoreMove.to_location_id,
        )
        .join(
            StoreGood,
            (StoreGood.bureau_id == StoreMove.bureau_id)
            & (StoreGood.school_id == StoreMove.school_id)
            & (StoreGood.id == StoreMove.good_id),
        )
        .where(
            StoreMove.bureau_id == actor.bureau_id, StoreMove.school_id == school_id,
            StoreMove.document_id == document_id,
        )
        .order_by(StoreMove.position)
    )  # fmt: skip
    return db.session.execute(query).all()


def document_of(actor: Actor, school_id: int, source: tuple[str, UUID]) -> Sequence[StoreDocument]:
    """What a record of another module caused in stock, oldest first."""
    return db.session.scalars(
        select(StoreDocument)
        .where(
            StoreDocument.bureau_id == actor.bureau_id, StoreDocument.school_id == school_id,
            StoreDocument.source_kind == source[0], StoreDocument.source_id == source[1],
        )
        .order_by(StoreDocument.posted_at, StoreDocument.id)
    ).all()  # fmt: skip


def issued_for(actor: Actor, school_id: int, day: date, meal: str | None = None) -> Sequence[Any]:
    """What was issued for the meals of a day: the rows of CARD, with meal, dish and good."""
    query = (
        CARD.add_columns(
            StoreDocument.dish_id, StoreMove.good_id, StoreGood.name.label("good_name"), StoreGood.base_unit,
            StoreGood.item_id,
        )
        .join(
            StoreGood,
            (StoreGood.bureau_id == StoreMove.bureau_id)
            & (StoreGood.school_id == StoreMove.school_id)
            & (StoreGood.id == StoreMove.good_id),
        )
        .where(
            StoreMove.bureau_id == actor.bureau_id, StoreMove.school_id == school_id,
            StoreDocument.bureau_id == actor.bureau_id, StoreDocument.school_id == school_id,
            StoreDocument.use_day == day,
        )
        .order_by(StoreDocument.posted_at, StoreMove.position)
    )  # fmt: skip
    if meal is not None:
        query = query.where(StoreDocument.use_meal == str(meal))
    return db.session.execute(query).all()
