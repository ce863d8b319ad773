"""A school or a supplier contradicts a publicised price; the bureau answers before the book may hold."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select

from bureau.prices import rules
from bureau.prices.models import PriceBook, PriceBookLine, PriceObjection
from bureau.prices.service.books import get_book
from kernel.actor import Actor, system_actor
from kernel.database import db, now
from kernel.database.scope import within
from kernel.database.writing import flush, require_version
from kernel.errors import Conflict, Invalid, NotFound, RuleBroken
from kernel.web.dates import SHANGHAI, day, today


def may_object_to(book: PriceBook) -> bool:
    """While it is publicised, both days included."""
    return (
        book.state == rules.BookState.PUBLICISED
        and book.publicity_from is not None
        and book.publicity_until is not None
        and book.publicity_from <= today() <= book.publicity_until
    )


def file(actor: Actor, objection_id: UUID, *, book_id: UUID, item_id: UUID | None, text: str) -> PriceObjection:
    """By a school's or a supplier's person, under the client's id. Until it is answered the book does not begin."""
    book = get_book(actor, book_id)
    known = db.session.get(PriceObjection, (actor.bureau_id, objection_id))
    if known is not None:
        if (known.book_id, known.item_id, known.text, known.created_by) != (book_id, item_id, text, actor.account_id):
            raise Conflict(_("这个编号已用于另一条异议。"))
        return known
    if not may_object_to(book):
        raise RuleBroken(
            "not_in_publicity", _("公示期（%(last)s 止）以外不能提出异议。", last=day(book.publicity_until) or "—")
        )
    if item_id is not None and not _has_item(actor, book_id, item_id):
        raise Invalid({"item_id": [_("价格册中没有这个物品。")]})
    objection = PriceObjection(
        bureau_id=actor.bureau_id, id=objection_id, book_id=book_id, item_id=item_id, text=text, state="open",
        school_id=actor.own_school_id() if actor.level == "school" else None,
        supplier_id=actor.own_supplier_id() if actor.level == "supplier" else None,
        filed_by_name=actor.display_name, created_by=actor.account_id,
    )  # fmt: skip
    db.session.add(objection)
    flush(db.session(), {"pk_price_objections": Conflict(_("这个编号已用于另一条异议。"))})
    with within(db.session(), system_actor(actor.bureau_id).scope):
        settle_beginning(get_book(system_actor(actor.bureau_id), book_id, lock=True))
    return objection


def _has_item(actor: Actor, book_id: UUID, item_id: UUID) -> bool:
    query = select(PriceBookLine.id).where(
        PriceBookLine.bureau_id == actor.bureau_id, PriceBookLine.book_id == book_id, PriceBookLine.item_id == item_id
    )
    return db.session.scalar(query) is not None


def objections_of(actor: Actor, book_id: UUID) -> Sequence[PriceObjection]:
    """All at the bureau; a school's or a supplier's own elsewhere."""
    query = select(PriceObjection).where(PriceObjection.bureau_id == actor.bureau_id, PriceObjection.book_id == book_id)
    if actor.level == "school":
        query = query.where(PriceObjection.school_id == actor.own_school_id())
    elif actor.level == "supplier":
        query = query.where(PriceObjection.supplier_id == actor.own_supplier_id())
    elif actor.level != "bureau":
        return []
    return db.session.scalars(query.order_by(PriceObjection.id)).all()


def answer(
    actor: Actor, book_id: UUID, objection_id: UUID, seen_version: int | None, *, decision: str, text: str
) -> PriceObjection:
    """`decision`: "upheld", after which the book is withdrawn and corrected by a new one, or "rejected"."""
    book = get_book(actor, book_id, lock=True)
    objection = db.session.get(PriceObjection, (actor.bureau_id, objection_id))
    if objection is None or objection.book_id != book_id:
        raise NotFound(_("没有这条异议。"))
    require_version(objection, seen_version)
    if objection.state != "open":
        raise Conflict(_("这条异议已经答复。"), {"version": objection.version, "state": objection.state})
    objection.state, objection.answer, objection.answered_at = decision, text, now()
    objection.answered_by, objection.answered_by_name = actor.account_id, actor.display_name
    flush(db.session())
    settle_beginning(book)
    return objection


def settle_beginning(book: PriceBook) -> None:
    """Work out anew on which day a publicised book begins. One that would begin no earlier than a newer book has been
    overtaken by it and does not begin at all."""
    if book.state != rules.BookState.PUBLICISED or book.effective_from is None:
        return
    rows = db.session.execute(
        select(PriceObjection.state, PriceObjection.answered_at).where(
            PriceObjection.bureau_id == book.bureau_id, PriceObjection.book_id == book.id
        )
    )
    answers = [
        rules.Answered(row.state, row.answered_at.astimezone(SHANGHAI).date() if row.answered_at else None)
        for row in rows
    ]
    begins = rules.begins_on(book.effective_from, answers)
    if begins is not None and begins > book.effective_from:
        later = select(PriceBook.id).where(
            PriceBook.bureau_id == book.bureau_id, PriceBook.series == book.series, PriceBook.is_public.is_(True),
            PriceBook.id != book.id, PriceBook.begins_on > book.effective_from - timedelta(days=1),
            PriceBook.begins_on <= begins,
        )  # fmt: skip
        if db.session.scalar(later.limit(1)) is not None:
            begins = None
    book.begins_on = begins
    flush(db.session())
