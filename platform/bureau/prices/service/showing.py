"""What anybody may see: books in force, in publicity and of the past, with their sources. Nobody's name is in it."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import select

from bureau.prices.models import PriceBook, PriceBookLine
from bureau.prices.service import reading
from bureau.prices.service.books import is_intact, lines_of
from kernel.actor import system_actor
from kernel.database import db
from kernel.database.scope import within
from kernel.errors import NotFound
from kernel.identity.models import Bureau
from kernel.web.dates import today

MOST_PAST = 24


@dataclass(frozen=True, slots=True)
class ShownBook:
    """`holds`: whether it is the book in force today. `intact`: it still says what it said when it was publicised."""

    bureau_name: str
    book: PriceBook
    lines: Sequence[PriceBookLine]
    holds: bool
    intact: bool


@dataclass(frozen=True, slots=True)
class Shown:
    bureau_name: str
    in_force: Sequence[ShownBook]
    in_publicity: Sequence[PriceBook]
    past: Sequence[PriceBook]


@contextmanager
def _bureaus(bureau_id: int) -> Iterator[str]:
    session = db.session()
    with within(session, system_actor(bureau_id).scope):
        name = session.scalar(select(Bureau.name).where(Bureau.id == bureau_id, Bureau.state == "active"))
        if name is None:
            raise NotFound
        yield name


def today_of(bureau_id: int) -> Shown:
    """Every series' book of today, what is being publicised, and the newest of the past."""
    with _bureaus(bureau_id) as name:
        holding = reading.books_on(bureau_id, today())
        ids = {book.id for book in holding.values()}
        query = select(PriceBook).where(PriceBook.bureau_id == bureau_id, PriceBook.is_public.is_(True))
        others = [one for one in db.session.scalars(query.order_by(PriceBook.id.desc())) if one.id not in ids]
        coming = [one for one in others if one.begins_on is None or one.begins_on > today()]
        past = [one for one in others if one.begins_on is not None and one.begins_on <= today()]
        shown = [_shown(name, book, holds=True) for _series, book in sorted(holding.items())]
        return Shown(name, shown, coming, past[:MOST_PAST])


def book_of(bureau_id: int, number: str) -> ShownBook:
    with _bureaus(bureau_id) as name:
        query = select(PriceBook).where(
            PriceBook.bureau_id == bureau_id, PriceBook.is_public.is_(True), PriceBook.number == number
        )
        book = db.session.scalar(query)
        if book is None:
            raise NotFound(_("没有这本价格册。"))
        holding = reading.books_on(bureau_id, today()).get(book.series)
        return _shown(name, book, holds=holding is not None and holding.id == book.id)


def _shown(name: str, book: PriceBook, *, holds: bool) -> ShownBook:
    lines = lines_of(book.bureau_id, book.id)
    return ShownBook(name, book, lines, holds, is_intact(book, lines))
