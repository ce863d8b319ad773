"""Awards and letters as the bureau and as their bidder read them."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select

from bureau.awards.models import AwardLetter, AwardProcedure, LotAward
from bureau.awards.service.proposing import LotProposal, proposals
from bureau.awards.service.terms import procedure_of
from bureau.suppliers.models import BureauSupplier
from bureau.tendering.models import Tender
from bureau.tendering.service.clock import catch_up
from bureau.tendering.service.reading import get_tender
from kernel.actor import Actor, system_actor
from kernel.database import db, now
from kernel.database.paging import Page, paginate
from kernel.database.scope import within
from kernel.digests import digest
from kernel.errors import NotFound


@dataclass(frozen=True, slots=True)
class Standing:
    """How the award of a tender stands. `cancelled`: awards taken back, newest first."""

    tender: Tender
    procedure: AwardProcedure | None
    lots: Sequence[LotProposal]
    cancelled: Sequence[LotAward]
    letters: Sequence[AwardLetter]
    names: dict[UUID, str]


def standing_of(actor: Actor, tender_id: UUID) -> Standing:
    """For the bureau. What fell due is done first."""
    catch_up(actor.bureau_id, tender_id)
    tender = get_tender(actor, tender_id)
    cancelled = db.session.scalars(
        select(LotAward)
        .where(LotAward.bureau_id == actor.bureau_id, LotAward.tender_id == tender_id, LotAward.state == "cancelled")
        .order_by(LotAward.cancelled_at.desc())
    ).all()
    letters = db.session.scalars(
        select(AwardLetter)
        .where(AwardLetter.bureau_id == actor.bureau_id, AwardLetter.tender_id == tender_id)
        .order_by(AwardLetter.lot_id, AwardLetter.id)
    ).all()
    known = {award.supplier_id for award in cancelled} | {letter.supplier_id for letter in letters}
    names = {
        row.id: row.name
        for row in db.session.execute(
            select(BureauSupplier.id, BureauSupplier.name).where(
                BureauSupplier.bureau_id == actor.bureau_id, BureauSupplier.id.in_(known)
            )
        )
    }
    return Standing(tender, procedure_of(tender), proposals(actor, tender), cancelled, letters, names)


def own_letters(actor: Actor, cursor: str | None, limit: int) -> Page[AwardLetter]:
    """A supplier's letters, newest first."""
    query = select(AwardLetter).where(
        AwardLetter.bureau_id == actor.bureau_id, AwardLetter.supplier_id == actor.own_supplier_id()
    )
    return paginate(db.session(), query, [AwardLetter.id], cursor, limit)


def letters_of_tender(actor: Actor, tender_id: UUID) -> Sequence[AwardLetter]:
    """A supplier's own letters of one tender, those withdrawn included."""
    return db.session.scalars(
        select(AwardLetter)
        .where(
            AwardLetter.bureau_id == actor.bureau_id, AwardLetter.tender_id == tender_id,
            AwardLetter.supplier_id == actor.own_supplier_id(),
        )
        .order_by(AwardLetter.id)
    ).all()  # fmt: skip


def unread_letters(actor: Actor) -> Sequence[AwardLetter]:
    return db.session.scalars(
        select(AwardLetter)
        .where(
            AwardLetter.bureau_id == actor.bureau_id, AwardLetter.supplier_id == actor.own_supplier_id(),
            AwardLetter.read_at.is_(None), AwardLetter.withdrawn_at.is_(None),
        )
        .order_by(AwardLetter.id)
    ).all()  # fmt: skip


def get_award(actor: Actor, award_id: UUID) -> LotAward:
    award = db.session.scalar(select(LotAward).where(LotAward.bureau_id == actor.bureau_id, LotAward.id == award_id))
    if award is None:
        raise NotFound(_("没有这项中标。"))
    return award


def letter_by_code(bureau_id: int, code: str) -> AwardLetter:
    """Whoever holds a letter may ask whether it stands. The one letter is looked up for them: nobody's own scope reads
    the letters of a bureau."""
    with within(db.session(), system_actor(bureau_id).scope):
        letter = db.session.scalar(
            select(AwardLetter).where(AwardLetter.bureau_id == bureau_id, AwardLetter.code == code)
        )
    if letter is None:
        raise NotFound(_("没有这份文书。"))
    return letter


def waiting_cancellations(actor: Actor) -> Sequence[LotAward]:
    """Asked for by somebody else, so that this officer may confirm them."""
    return db.session.scalars(
        select(LotAward).where(
            LotAward.bureau_id == actor.bureau_id, LotAward.state == "active", LotAward.cancel_asked_at.is_not(None),
            LotAward.cancel_asked_by != actor.account_id,
        )
    ).all()  # fmt: skip


def deciding_tenders(actor: Actor) -> Sequence[tuple[Tender, AwardProcedure]]:
    """Tenders that wait for the purchaser's decision, or for the result to be announced."""
    rows = db.session.execute(
        select(Tender, AwardProcedure)
        .join(AwardProcedure, (AwardProcedure.bureau_id == Tender.bureau_id) & (AwardProcedure.id == Tender.id))
        .where(Tender.bureau_id == actor.bureau_id, Tender.state.in_(("award_decision", "award_notice")))
        .order_by(AwardProcedure.decide_by)
    ).all()
    return [(row[0], row[1]) for row in rows]


def get_letter(actor: Actor, letter_id: UUID) -> AwardLetter:
    """For its bidder, and for the bureau that sent it. A supplier finds no other's."""
    query = select(AwardLetter).where(AwardLetter.bureau_id == actor.bureau_id, AwardLetter.id == letter_id)
    if actor.level == "supplier":
        query = query.where(AwardLetter.supplier_id == actor.own_supplier_id())
    letter = db.session.scalar(query)
    if letter is None:
        raise NotFound(_("没有这份文书。"))
    return letter


def confirm_reading(actor: Actor, letter_id: UUID) -> AwardLetter:
    """The bidder has it: from here on the bureau sees that it was received. Said twice it keeps the first time."""
    letter = get_letter(actor, letter_id)
    if letter.read_at is None:
        letter.read_at = now()
        db.session.flush()
    return letter


def is_intact(letter: AwardLetter) -> bool:
    return digest(letter.body) == letter.sha256
