"""What a thing costs on a day. Public knowledge once a book holds, so it is read whoever asks, of one bureau.

A day's book of a series is the one with the latest first day not after it. That does not wait for the clock's job: a
book holds from its day even where the job that moves its state runs late. No price is known of days to come.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import distinct_on

from bureau.prices.models import PriceBook, PriceBookLine
from kernel.actor import system_actor
from kernel.database import db
from kernel.database.scope import within
from kernel.web.dates import today


@dataclass(frozen=True, slots=True)
class BookPrice:
    """`price_fen` for one `unit`. `book_number` and `item_version` are what an order keeps, to be recomputed later."""

    book_id: UUID
    book_number: str
    series: str
    begins_on: date
    line_id: UUID
    item_id: UUID
    item_version: int
    unit: str
    price_fen: int
    basis: str
    sources: Sequence[Mapping[str, Any]]


def _scope_of(bureau_id: int) -> Any:
    return within(db.session(), system_actor(bureau_id).scope)


def books_on(bureau_id: int, on: date) -> dict[str, PriceBook]:
    """Series → its book on that day."""
    query = (
        select(PriceBook)
        .ext(distinct_on(PriceBook.series))
        .where(PriceBook.bureau_id == bureau_id, PriceBook.is_public.is_(True), PriceBook.begins_on <= min(on, today()))
        .order_by(PriceBook.series, PriceBook.begins_on.desc())
    )
    with _scope_of(bureau_id):
        return {book.series: book for book in db.session.scalars(query)}


def book_on(bureau_id: int, on: date, series: str | None = None) -> PriceBook | None:
    """The book of a day; without a series, that of the general one, or the one that began last."""
    books = books_on(bureau_id, on)
    if series is not None:
        return books.get(series)
    general = books.get("general")
    return general or max(books.values(), key=lambda book: (book.begins_on, book.number), default=None)


def prices_on(bureau_id: int, item_ids: Sequence[UUID], on: date) -> dict[UUID, BookPrice]:
    """Item → its price that day. Of an item that stands in two series the book that began last decides."""
    ids = list(dict.fromkeys(item_ids))
    books = {book.id: book for book in books_on(bureau_id, on).values()}
    if not ids or not books:
        return {}
    query = select(PriceBookLine).where(
        PriceBookLine.bureau_id == bureau_id, PriceBookLine.book_id.in_(list(books)), PriceBookLine.item_id.in_(ids)
    )
    with _scope_of(bureau_id):
        lines = db.session.scalars(query).all()
    found: dict[UUID, BookPrice] = {}
    for line in sorted(lines, key=lambda line: (books[line.book_id].begins_on, books[line.book_id].number)):
        found[line.item_id] = price_of(books[line.book_id], line)
    return found


def price_on(bureau_id: int, item_id: UUID, on: date) -> BookPrice | None:
    return prices_on(bureau_id, [item_id], on).get(item_id)


def price_of(book: PriceBook, line: PriceBookLine) -> BookPrice:
    begins_on = book.begins_on or book.effective_from
    assert begins_on is not None
    return BookPrice(
        book_id=book.id, book_number=book.number, series=book.series, begins_on=begins_on, line_id=line.id,
        item_id=line.item_id, item_version=line.item_version, unit=line.unit, price_fen=line.price_fen,
        basis=line.basis, sources=line.sources,
    )  # fmt: skip


def prices_in(bureau_id: int, book_id: UUID, item_ids: Sequence[UUID] | None = None) -> dict[UUID, BookPrice]:
    """Item → its price in one book that was publicised: what a settled invoice is computed from again. Whatever became
    of the book since, also if it was withdrawn, for its lines stand as they were publicised."""
    query = select(PriceBookLine, PriceBook).join(
        PriceBook, (PriceBook.bureau_id == PriceBookLine.bureau_id) & (PriceBook.id == PriceBookLine.book_id)
    )
    query = query.where(
        PriceBookLine.bureau_id == bureau_id, PriceBookLine.book_id == book_id, PriceBook.publicised_at.is_not(None),
        func.coalesce(PriceBook.begins_on, PriceBook.effective_from) <= today(),
    )  # fmt: skip
    if item_ids is not None:
        query = query.where(PriceBookLine.item_id.in_(list(item_ids)))
    with _scope_of(bureau_id):
        return {line.item_id: price_of(book, line) for line, book in db.session.execute(query)}
