"""What waits for the bureau's people."""

from collections.abc import Sequence

from sqlalchemy import func, select

from bureau.prices.models import PriceBook, PriceObjection, PriceSurvey
from kernel.actor import Actor
from kernel.database import db

MOST = 20


def surveys_to_sign(actor: Actor) -> Sequence[PriceSurvey]:
    query = select(PriceSurvey).where(PriceSurvey.bureau_id == actor.bureau_id, PriceSurvey.state == "closed")
    return db.session.scalars(query.order_by(PriceSurvey.id).limit(MOST)).all()


def books_to_approve(actor: Actor) -> Sequence[PriceBook]:
    """Not one's own drafts: those wait for somebody else."""
    query = select(PriceBook).where(
        PriceBook.bureau_id == actor.bureau_id, PriceBook.state == "surveyed",
        PriceBook.created_by != actor.account_id, PriceBook.surveyed_by != actor.account_id,
    )  # fmt: skip
    return db.session.scalars(query.order_by(PriceBook.id).limit(MOST)).all()


def objections_to_answer(actor: Actor) -> list[tuple[PriceBook, int]]:
    """(book, how many are open)."""
    counts = (
        select(PriceObjection.book_id, func.count().label("count"))
        .where(PriceObjection.bureau_id == actor.bureau_id, PriceObjection.state == "open")
        .group_by(PriceObjection.book_id)
        .subquery()
    )
    query = (
        select(PriceBook, counts.c.count)
        .join(counts, counts.c.book_id == PriceBook.id)
        .where(PriceBook.bureau_id == actor.bureau_id, PriceBook.state == "publicised")
    )
    return [(row[0], row[1]) for row in db.session.execute(query.order_by(PriceBook.id).limit(MOST))]
