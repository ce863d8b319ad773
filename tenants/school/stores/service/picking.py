"""Goods to pick from: by name, or those that this school moves most, with what a form wants to propose."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from kernel.actor import Actor
from kernel.database import db
from school.stores import rules
from school.stores.models import StoreDocument, StoreGood, StoreMove, StoreStock
from school.stores.rules import DocumentKind, GoodKind, Level
from school.stores.service.reading import STOCK, LotRow, lots_of_goods

MOST_HITS = 20
LEAST_HITS = 8  # where less is usual the rest of the list is filled up
RECENT = 200  # so many of the newest moves say what is usual
KIND_OF = {"issue": DocumentKind.ISSUE, "receive": DocumentKind.RECEIPT, "request": DocumentKind.ISSUE}


@dataclass(frozen=True, slots=True)
class Pickable:
    """`usable`: what may be given out today; `lots`: what lies where, first to expire first, usable ones only.
    `usual_quantity`: what was given out the last time."""

    id: UUID
    name: str
    specification: str
    kind: str
    base_unit: str
    location_id: UUID
    old_for_new: bool
    most_per_request: Decimal | None
    issue_weekdays: Sequence[int]
    usable: Decimal
    lots: Sequence[LotRow]
    usual_quantity: Decimal | None
    level: Level


def pickables(actor: Actor, good_ids: Sequence[UUID]) -> dict[UUID, Pickable]:
    """Active goods among these, of the actor's own school."""
    if not good_ids:
        return {}
    query = (
        select(StoreGood, StoreStock.quantity)
        .join(StoreStock, STOCK)
        .where(
            StoreGood.bureau_id == actor.bureau_id, StoreGood.school_id == actor.own_school_id(), StoreGood.is_active,
            StoreGood.id.in_(set(good_ids)),
        )
    )  # fmt: skip
    rows = db.session.execute(query).all()
    ids = [row.StoreGood.id for row in rows]
    usual = _last_quantities(actor, ids)
    lots = lots_of_goods(actor, actor.own_school_id(), ids)
    return {good_id: _pickable(row, lots[good_id], usual.get(good_id)) for good_id, row in zip(ids, rows, strict=True)}


def _pickable(row: Any, found: Sequence[LotRow], usual: Decimal | None) -> Pickable:
    good: StoreGood = row.StoreGood
    lots = [lot for lot in found if lot.is_usable]
    return Pickable(
        good.id, good.name, good.specification, good.kind, good.base_unit, good.location_id, good.old_for_new,
        good.most_per_request, good.issue_weekdays, sum((lot.quantity for lot in lots), Decimal(0)), lots, usual,
        rules.level(row.quantity, good.least_quantity, good.most_quantity),
    )  # fmt: skip


def _last_quantities(actor: Actor, good_ids: Sequence[UUID]) -> dict[UUID, Decimal]:
    """Good → what its newest issue gave out."""
    ranked = (
        select(
            StoreMove.good_id, StoreMove.quantity,
            func.row_number().over(partition_by=StoreMove.good_id, order_by=StoreMove.seq.desc()).label("place"),
        )
        .join(
            StoreDocument,
            (StoreDocument.bureau_id == StoreMove.bureau_id)
            & (StoreDocument.school_id == StoreMove.school_id)
            & (StoreDocument.id == StoreMove.document_id),
        )
        .join(
            StoreStock,
            (StoreStock.bureau_id == StoreMove.bureau_id)
            & (StoreStock.school_id == StoreMove.school_id)
            & (StoreStock.id == StoreMove.good_id),
        )
        .where(
            StoreMove.bureau_id == actor.bureau_id, StoreMove.school_id == actor.own_school_id(),
            StoreMove.good_id.in_(good_ids), StoreMove.seq > StoreStock.last_seq - 20,
            StoreDocument.kind == DocumentKind.ISSUE.value,
        )
        .subquery()
    )  # fmt: skip
    query = select(ranked.c.good_id, ranked.c.quantity).where(ranked.c.place == 1)
    return {row.good_id: row.quantity for row in db.session.execute(query)}


@dataclass(frozen=True, slots=True)
class Hit:
    id: UUID
    name: str
    specification: str
    kind: str
    base_unit: str
    quantity: Decimal


def hits(actor: Actor, purpose: str, text: str) -> Sequence[Hit]:
    """By name; without one, what this school moves most in documents of that sort."""
    query = (
        select(
            StoreGood.id, StoreGood.name, StoreGood.specification, StoreGood.kind, StoreGood.base_unit,
            StoreStock.quantity,
        )
        .join(StoreStock, STOCK)
        .where(
            StoreGood.bureau_id == actor.bureau_id, StoreGood.school_id == actor.own_school_id(), StoreGood.is_active
        )
    )  # fmt: skip
    if purpose == "request":
        # Teachers ask for things to use; food is the kitchen's.
        query = query.where(StoreGood.kind != GoodKind.FOOD.value)
    if purpose == "issue":
        query = query.where(StoreStock.quantity > 0)
    if text:
        query = query.where(func.strpos(StoreGood.search_name, text.lower()) > 0)
        rows = db.session.execute(query.order_by(StoreGood.search_name).limit(MOST_HITS)).all()
        return [Hit(*row) for row in rows]
    usual = _usual(actor, KIND_OF[purpose])
    found = {row.id: Hit(*row) for row in db.session.execute(query.where(StoreGood.id.in_(usual)))} if usual else {}
    first = [found[good_id] for good_id in usual if good_id in found][:MOST_HITS]
    if len(first) < LEAST_HITS:
        others = db.session.execute(query.order_by(StoreGood.search_name).limit(MOST_HITS))
        first += [Hit(*row) for row in others if row.id not in found]
    return first[:MOST_HITS]


def every_good(actor: Actor, most: int = 1000) -> Sequence[StoreGood]:
    """Active goods by name, for a choice."""
    query = select(StoreGood).where(
        StoreGood.bureau_id == actor.bureau_id, StoreGood.school_id == actor.own_school_id(), StoreGood.is_active
    )
    return db.session.scalars(query.order_by(StoreGood.search_name).limit(most)).all()


def _usual(actor: Actor, kind: DocumentKind) -> list[UUID]:
    newest = (
        select(StoreDocument.id)
        .where(
            StoreDocument.bureau_id == actor.bureau_id, StoreDocument.school_id == actor.own_school_id(),
            StoreDocument.kind == kind.value,
        )
        .order_by(StoreDocument.posted_at.desc(), StoreDocument.id.desc())
        .limit(20)
    )  # fmt: skip
    ids = list(db.session.scalars(newest))
    if not ids:
        return []
    query = (
        select(StoreMove.good_id)
        .where(
            StoreMove.bureau_id == actor.bureau_id, StoreMove.school_id == actor.own_school_id(),
            StoreMove.document_id.in_(ids),
        )
        .group_by(StoreMove.good_id)
        .order_by(func.count().desc(), StoreMove.good_id)
        .limit(MOST_HITS)
    )  # fmt: skip
    return list(db.session.scalars(query))


def recent_takers(actor: Actor, most: int = 20) -> list[str]:
    """Who took something lately: nobody types a name twice."""
    query = (
        select(StoreDocument.taker_name)
        .where(
            StoreDocument.bureau_id == actor.bureau_id, StoreDocument.school_id == actor.own_school_id(),
            StoreDocument.kind == DocumentKind.ISSUE.value,
        )
        .order_by(StoreDocument.posted_at.desc())
        .limit(RECENT)
    )  # fmt: skip
    return list(dict.fromkeys(name for name in db.session.scalars(query) if name))[:most]
