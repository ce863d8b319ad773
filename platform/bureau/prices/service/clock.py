"""Books begin and end by the clock. Prices do not wait for this job (reading.py); the states that people see do."""

from sqlalchemy import select

from bureau.prices.models import PriceBook
from bureau.prices.service.books import record_move
from kernel.actor import system_actor
from kernel.database import db
from kernel.database.writing import flush
from kernel.web.dates import today


def run_due(bureau_id: int) -> int:
    """Every book whose first day has come begins; the one before it is superseded. How many states moved.

    Safe to run at any time and twice at once: the rows are locked, and a book that has moved does not match again.
    """
    session = db.session()
    actor = system_actor(bureau_id)
    due = session.scalars(
        select(PriceBook)
        .where(PriceBook.bureau_id == bureau_id, PriceBook.state == "publicised", PriceBook.begins_on <= today())
        .order_by(PriceBook.series, PriceBook.begins_on)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    moved = 0
    for book in due:
        former = session.scalar(
            select(PriceBook)
            .where(PriceBook.bureau_id == bureau_id, PriceBook.series == book.series, PriceBook.state == "effective")
            .with_for_update()
        )
        if former is not None:
            record_move(actor, former, "supersede")
            flush(session)  # first: the database allows one effective book of a series
            moved += 1
        record_move(actor, book, "begin")
        flush(session)
        moved += 1
    return moved
