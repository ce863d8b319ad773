"""Lists and facts of challenges, for suppliers, the bureau, and the guards of other packages."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select

from bureau.challenges.models import Challenge, ChallengeCopy, ChallengeEvent, Complaint
from bureau.suppliers.models import BureauSupplier
from bureau.tendering.models import Tender
from kernel.actor import Actor
from kernel.database import db
from kernel.database.paging import Page, paginate


def own_challenges(actor: Actor, cursor: str | None, limit: int) -> Page[Any]:
    """A supplier's own, newest first: rows (Challenge, title)."""
    query = (
        select(Challenge, Challenge.id, Tender.title)
        .join(Tender, (Tender.bureau_id == Challenge.bureau_id) & (Tender.id == Challenge.tender_id))
        .where(Challenge.bureau_id == actor.bureau_id, Challenge.supplier_id == actor.own_supplier_id())
    )
    return paginate(db.session(), query, [Challenge.id], cursor, limit, scalars=False)


def own_copies(actor: Actor, limit: int = 100) -> Sequence[ChallengeCopy]:
    """Answers to others' challenges in tenders of this supplier, newest first."""
    return db.session.scalars(
        select(ChallengeCopy)
        .where(ChallengeCopy.bureau_id == actor.bureau_id, ChallengeCopy.supplier_id == actor.own_supplier_id())
        .order_by(ChallengeCopy.id.desc())
        .limit(limit)
    ).all()


def district_challenges(
    actor: Actor, cursor: str | None, limit: int, *, state: str | None = None, tender_id: UUID | None = None
) -> Page[Any]:
    """The bureau's: rows (Challenge, title, supplier's name)."""
    query = (
        select(Challenge, Challenge.id, Tender.title, BureauSupplier.name)
        .join(Tender, (Tender.bureau_id == Challenge.bureau_id) & (Tender.id == Challenge.tender_id))
        .join(
            BureauSupplier,
            (BureauSupplier.bureau_id == Challenge.bureau_id) & (BureauSupplier.id == Challenge.supplier_id),
        )
        .where(Challenge.bureau_id == actor.bureau_id)
    )
    if state:
        query = query.where(Challenge.state == state)
    if tender_id:
        query = query.where(Challenge.tender_id == tender_id)
    return paginate(db.session(), query, [Challenge.id], cursor, limit, scalars=False)


def events_of(actor: Actor, challenge: Challenge) -> Sequence[ChallengeEvent]:
    return db.session.scalars(
        select(ChallengeEvent)
        .where(ChallengeEvent.bureau_id == actor.bureau_id, ChallengeEvent.challenge_id == challenge.id)
        .order_by(ChallengeEvent.id)
    ).all()


def open_challenges(actor: Actor, tender_id: UUID | None = None) -> Sequence[Challenge]:
    """Filed or accepted, the most urgent first."""
    query = select(Challenge).where(Challenge.bureau_id == actor.bureau_id, Challenge.state.in_(("filed", "accepted")))
    if tender_id is not None:
        query = query.where(Challenge.tender_id == tender_id)
    return db.session.scalars(query.order_by(Challenge.answer_by, Challenge.id)).all()


def to_correct(actor: Actor) -> Sequence[Challenge]:
    """A supplier's own that were returned."""
    return db.session.scalars(
        select(Challenge).where(
            Challenge.bureau_id == actor.bureau_id, Challenge.supplier_id == actor.own_supplier_id(),
            Challenge.state == "returned",
        )
    ).all()  # fmt: skip


def open_complaints(actor: Actor, tender_id: UUID | None = None) -> Sequence[Complaint]:
    query = select(Complaint).where(Complaint.bureau_id == actor.bureau_id, Complaint.state.in_(("filed", "accepted")))
    if tender_id is not None:
        query = query.where(Complaint.tender_id == tender_id)
    return db.session.scalars(query.order_by(Complaint.id)).all()


def supplier_name(actor: Actor, supplier_id: UUID) -> str:
    found = db.session.get(BureauSupplier, (actor.bureau_id, supplier_id))
    return found.name if found is not None else ""
