"""The only writer of moves. One order of locks: the month (shared), the goods by their keys, the number's counter.

A good's stock row is the lock of everything that is counted of it. Who holds it reads the balances, applies the rules
and writes the new ones as absolute figures; the tables' constraints are the second wall. The same document sent again
is the same document, found under the same locks.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import case, func, insert, select
from sqlalchemy.dialects.postgresql import insert as upsert

from bureau.agreements.labels import quantity_text
from kernel.actor import Actor
from kernel.database import db, new_id, now
from kernel.database.writing import flush
from kernel.digests import digest
from kernel.errors import Conflict, Invalid, NotFound, RuleBroken
from kernel.numbering.service import next_number
from kernel.web.dates import today
from school.stores import rules
from school.stores.labels import EXPIRED_FOOD, NUMBERS
from school.stores.models import StoreBalance, StoreBatch, StoreDocument, StoreMove, StoreStock
from school.stores.rules import DocumentKind, Holding, LocationKind, Move
from school.stores.service.books import Books, Known, NewBatch, lock
from school.stores.service.months import hold_open
from school.stores.service.places import own_places

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Details:
    """What a document says beside its moves. `source`: (kind, id). `use`: (day, meal, dish or None)."""

    source: tuple[str, UUID] | None = None
    use: tuple[date, str, UUID | None] | None = None
    taker_name: str = ""
    department: str = ""
    reason: str = ""
    second: tuple[UUID, str] | None = None
    attachment_id: UUID | None = None

    def content(self) -> dict[str, Any]:
        return {
            "source": self.source, "use": self.use, "taker_name": self.taker_name, "department": self.department,
            "reason": self.reason, "attachment_id": self.attachment_id,
        }  # fmt: skip


def post(
    actor: Actor, document_id: UUID, kind: str, moves: Sequence[Move], *, source: tuple[str, UUID] | None = None,
    details: Details | None = None, on: date | None = None, new_batches: Sequence[NewBatch] = (), content: Any = None,
) -> StoreDocument:  # fmt: skip
    """Post a document with its moves, all or none, in the caller's transaction. `on`: the day in whose month it counts
    (None: today). `content`: what makes a repeated sending the same, where batches get new keys each time.

    Raises RuleBroken store_month_closed, store_short, store_batch_frozen, store_batch_expired, store_quarantine,
    store_way; Conflict when the key was used for another document; NotFound for a batch or place that is not the school's.
    """
    details = details or Details(source=source)
    on = on or today()
    if not moves:
        raise Invalid({"lines": [_("请至少登记一种物品。")]})
    if on > today():
        raise Invalid({"on_day": [_("日期不能晚于今天。")]})
    if not all(rules.is_quantity(move.quantity) for move in moves):
        raise Invalid({"quantity": [_("数量应大于零，最多六位小数。")]})
    fingerprint = _fingerprint(kind, details, _content_of(moves) if content is None else content)
    existing = find_document(actor, document_id)
    if existing is not None:
        return _same(existing, fingerprint)
    hold_open(actor, on)
    places = own_places(actor)
    books = lock(actor, places, moves, new_batches)
    existing = find_document(actor, document_id)
    if existing is not None:
        return _same(existing, fingerprint)
    _check(books, kind, moves, on)
    if kind == DocumentKind.RETURN:
        _require_issued(actor, books, moves)
    costs = {batch_id: batch.cost for batch_id, batch in books.batches.items()}
    before = dict(books.holdings)
    try:
        amounts = rules.apply(books.holdings, moves, costs, places.virtual_ids)
    except rules.NotEnough as error:
        raise _short(books, error) from error
    return _write(actor, document_id, kind, moves, amounts, details, on, new_batches, fingerprint, books, before)


def repeated(actor: Actor, document_id: UUID, kind: str, details: Details, content: Any) -> StoreDocument | None:
    """The document if it was posted before with this content; Conflict if with another."""
    existing = find_document(actor, document_id)
    return None if existing is None else _same(existing, _fingerprint(kind, details, content))


def _fingerprint(kind: str, details: Details, content: Any) -> str:
    return digest(_plain([str(kind), details.content(), content]))


def find_document(actor: Actor, document_id: UUID) -> StoreDocument | None:
    return db.session.scalars(
        select(StoreDocument).where(
            StoreDocument.bureau_id == actor.bureau_id, StoreDocument.school_id == actor.own_school_id(),
            StoreDocument.id == document_id,
        )
    ).one_or_none()  # fmt: skip


def _same(existing: StoreDocument, fingerprint: str) -> StoreDocument:
    if existing.content_digest != fingerprint:
        raise Conflict(_("同一编号的单据已存在且内容不同。"), {"number": existing.number})
    return existing


def _content_of(moves: Sequence[Move]) -> list[Any]:
    return [
        [move.batch_id, move.from_location_id, move.to_location_id, move.quantity, move.amount_fen] for move in moves
    ]


def _plain(value: Any) -> Any:
    """JSON's own types: quantities without padding, keys and days as text."""
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if isinstance(value, Decimal):
        return quantity_text(value)
    return value if value is None or isinstance(value, bool | int) else str(value)


# --- checking --------------------------------------------------------------------------------------------------------


def _check(books: Books, kind: str, moves: Sequence[Move], on: date) -> None:
    by_id = books.places.by_id
    for move in moves:
        source, target = by_id.get(move.from_location_id), by_id.get(move.to_location_id)
        if source is None or target is None:
            raise NotFound(_("没有这个库位。"))
        if move.from_location_id == move.to_location_id or not rules.may_move(kind, source.kind, target.kind):
            raise RuleBroken("store_way", _("这种单据不能从“%(a)s”移到“%(b)s”。", a=source.name, b=target.name))
        if not target.is_active:
            raise Invalid({"location_id": [_("库位“%(name)s”已停用。", name=target.name)]})
        batch = books.batches[move.batch_id]
        if kind == DocumentKind.ISSUE:
            _check_issue(batch, on)
            if source.kind == LocationKind.QUARANTINE:
                raise RuleBroken(
                    "store_quarantine",
                    _("%(name)s（批号 %(batch)s）在待处理区，查明可用后先移回库房再领用。", name=batch.name, batch=batch.batch_no),
                )  # fmt: skip
        elif kind == DocumentKind.STOCKTAKE and batch.state == "frozen" and target.kind == LocationKind.DIFFERENCE:
            # Counted as missing and found under another number, held goods would be free.
            raise RuleBroken(
                "store_batch_frozen",
                _(
                    "%(name)s（批号 %(batch)s）已封存，不能盘亏。请重新清点，确已处置的请登记报损。",
                    name=batch.name, batch=batch.batch_no,
                ),
            )  # fmt: skip
        elif kind == DocumentKind.TRANSFER and batch.state == "frozen" and target.kind != LocationKind.QUARANTINE:
            raise _frozen(batch)


def _check_issue(batch: Known, on: date) -> None:
    if batch.state == "frozen":
        raise _frozen(batch)
    if rules.is_expired(batch.expiry_date, on):
        raise RuleBroken(
            "store_batch_expired",
            _("%(name)s（批号 %(batch)s）已过保质期，不能领用，请报损处置。", name=batch.name, batch=batch.batch_no),
            EXPIRED_FOOD if batch.good_kind == rules.GoodKind.FOOD else "",
        )


def _require_issued(actor: Actor, books: Books, moves: Sequence[Move]) -> None:
    """Nobody brings back more of a batch than was issued of it and has not come back."""
    consumed = books.places.virtual(LocationKind.CONSUMED)
    sign = case((StoreMove.to_location_id == consumed, 1), (StoreMove.from_location_id == consumed, -1), else_=0)
    query = (
        select(StoreMove.batch_id, func.sum(StoreMove.quantity * sign))
        .where(
            StoreMove.bureau_id == actor.bureau_id, StoreMove.school_id == actor.own_school_id(),
            StoreMove.batch_id.in_({move.batch_id for move in moves}),
        )
        .group_by(StoreMove.batch_id)
    )  # fmt: skip
    left: dict[UUID, Decimal] = {row[0]: row[1] for row in db.session.execute(query)}
    for move in moves:
        left[move.batch_id] = left.get(move.batch_id, ZERO) - move.quantity
        if left[move.batch_id] < 0:
            raise RuleBroken("store_not_issued", _("退库数量超过这个批次已领用的数量。"))


def _frozen(batch: Known) -> RuleBroken:
    return RuleBroken(
        "store_batch_frozen",
        _("%(name)s（批号 %(batch)s）已封存，不能使用。", name=batch.name, batch=batch.batch_no),
    )


def _short(books: Books, error: rules.NotEnough) -> RuleBroken:
    batch, place = books.batches[error.batch_id], books.places.by_id[error.location_id]
    text = _(
        "%(name)s（批号 %(batch)s）在%(place)s只有 %(held)s %(unit)s，不够这次出库。",
        name=batch.name, batch=batch.batch_no, place=place.name, held=quantity_text(error.held), unit=batch.unit,
    )  # fmt: skip
    return RuleBroken("store_short", text).with_members(batch_id=str(error.batch_id), held=quantity_text(error.held))


# --- writing ----------------------------------------------------------------------------------------------------------


def _write(
    actor: Actor, document_id: UUID, kind: str, moves: Sequence[Move], amounts: Sequence[int], details: Details,
    on: date, new_batches: Sequence[NewBatch], fingerprint: str, books: Books,
    before: Mapping[tuple[UUID, UUID], Holding],
) -> StoreDocument:  # fmt: skip
    key: dict[str, Any] = {"bureau_id": actor.bureau_id, "school_id": actor.own_school_id()}
    use = details.use or (None, None, None)
    values: dict[str, Any] = {
        **key, "id": document_id, "kind": str(kind), "on_day": on, "posted_at": now(), "posted_by": actor.account_id,
        "posted_by_name": actor.display_name,
        "number": next_number(db.session(), actor.bureau_id, actor.own_school_id(), NUMBERS[DocumentKind(kind)], on.year),
        "second_by": details.second[0] if details.second else None,
        "second_by_name": details.second[1] if details.second else "",
        "source_kind": details.source[0] if details.source else "",
        "source_id": details.source[1] if details.source else None,
        "use_day": use[0], "use_meal": use[1], "dish_id": use[2], "taker_name": details.taker_name,
        "department": details.department, "reason": details.reason, "attachment_id": details.attachment_id,
        "line_count": len(moves), "amount_fen": sum(amounts), "content_digest": fingerprint,
    }  # fmt: skip
    taken = Conflict(_("同一编号的单据已存在且内容不同。"))
    document = StoreDocument(**values)
    db.session.add(document)
    unknown = Invalid({"attachment_id": [_("没有这个附件，请重新上传。")]})
    photo = "fk_store_documents_bureau_id_school_id_attachment_id"
    flush(db.session(), {"pk_store_documents": taken, photo: unknown})
    if new_batches:
        db.session.execute(insert(StoreBatch.__table__), [_batch_row(actor, key, batch) for batch in new_batches])
    rows = _move_rows(key, document_id, moves, amounts, books)
    db.session.execute(insert(StoreMove.__table__), rows)
    changed = [place for place, held in books.holdings.items() if before.get(place) != held]
    balances = [
        {
            **key, "id": new_id(), "location_id": location_id, "batch_id": batch_id,
            "good_id": books.batches[batch_id].good_id, "expiry_date": books.batches[batch_id].expiry_date,
            "quantity": books.holdings[location_id, batch_id].quantity,
            "amount_fen": books.holdings[location_id, batch_id].amount_fen,
            "is_live": books.holdings[location_id, batch_id].quantity > 0,
        }
        for location_id, batch_id in changed
    ]  # fmt: skip
    _upsert(StoreBalance, balances, ("batch_id", "location_id"), ("quantity", "amount_fen", "is_live"))
    stocks = [
        {**key, "id": good_id, "quantity": stock[0], "amount_fen": stock[1], "last_seq": stock[2]}
        for good_id, stock in books.stocks.items()
    ]
    _upsert(StoreStock, stocks, ("id",), ("quantity", "amount_fen", "last_seq"))
    return document


def _upsert(model: Any, rows: Sequence[dict[str, Any]], within: Sequence[str], columns: Sequence[str]) -> None:
    if not rows:
        return
    statement: Any = upsert(model.__table__)
    statement = statement.on_conflict_do_update(
        index_elements=["bureau_id", "school_id", *within],
        set_={name: statement.excluded[name] for name in columns},
    )
    # What it returns is of no use; without it the rows would be sent one by one.
    db.session.execute(statement.returning(model.__table__.c.id), list(rows)).all()


def _batch_row(actor: Actor, key: Mapping[str, Any], batch: NewBatch) -> dict[str, Any]:
    return {
        **key, "id": batch.id, "good_id": batch.good_id, "item_id": batch.item_id, "batch_no": batch.batch_no,
        "production_date": batch.production_date, "expiry_date": batch.expiry_date, "received_on": batch.received_on,
        "supplier_id": batch.supplier_id, "supplier_name": batch.supplier_name, "source_kind": batch.source_kind,
        "source_id": batch.source_id, "cost_quantity": batch.quantity, "cost_fen": batch.fen or 0,
        "is_costed": batch.fen is not None, "state": "free", "created_at": now(), "created_by": actor.account_id,
    }  # fmt: skip


def _move_rows(
    key: Mapping[str, Any], document_id: UUID, moves: Sequence[Move], amounts: Sequence[int], books: Books
) -> list[dict[str, Any]]:
    virtual = books.places.virtual_ids
    rows = []
    for position, (move, amount) in enumerate(zip(moves, amounts, strict=True)):
        good_id = books.batches[move.batch_id].good_id
        stock = books.stocks[good_id]
        sign = (move.from_location_id in virtual) - (move.to_location_id in virtual)
        stock[0] += sign * move.quantity
        stock[1] += sign * amount
        stock[2] += 1
        rows.append(
            {
                **key, "id": new_id(), "document_id": document_id, "position": position, "good_id": good_id,
                "seq": stock[2], "batch_id": move.batch_id, "from_location_id": move.from_location_id,
                "to_location_id": move.to_location_id, "quantity": move.quantity, "amount_fen": amount,
                "quantity_after": stock[0], "amount_after_fen": stock[1],
            }
        )  # fmt: skip
    return rows
