"""The deadline: what was sealed until then is listed with its hashes, for everybody, before anything is opened."""

from datetime import datetime
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select, update

from bureau.bids.models import Bid, BidSubmission, BidTrace, Opening
from bureau.bids.rules import hashes
from bureau.tendering.models import Tender, TenderLot
from bureau.tendering.service import figures, lots, reading
from kernel.actor import Actor, system_actor
from kernel.database import db
from kernel.database.scope import Scope, within


def close(bureau_id: int, tender_id: UUID) -> Opening:
    """For what has no clock at hand (demo data, tests): as the clock does it."""
    actor = system_actor(bureau_id)
    tender = reading.get_tender(actor, tender_id)
    assert tender.bid_deadline is not None
    return bidding_closed(actor, tender, tender.bid_deadline)


def bidding_closed(actor: Actor, tender: Tender, deadline: datetime) -> Opening:
    """Runs with the tender's row locked: no bid can come in between. Twice is once. Lots with too few bidders are not
    opened (Order 87, Art. 41): their bids stay sealed for good."""
    session = db.session()
    existing = opening_of(actor.bureau_id, tender.id)
    if existing is not None:
        return existing
    _disclose(actor.bureau_id, tender.id)
    standing = session.scalars(
        select(BidSubmission).where(
            BidSubmission.bureau_id == actor.bureau_id, BidSubmission.tender_id == tender.id,
            BidSubmission.state == "current",
        )
    ).all()  # fmt: skip
    listed = hashes.published(
        str(tender.id), tender.number, deadline.isoformat(), [hashes.entry(row.receipt) for row in standing]
    )
    opening = Opening(
        bureau_id=actor.bureau_id, id=tender.id, state="waiting", closed_at=deadline, hashes=listed["bids"],
        hashes_sha256=hashes.digest(listed), minutes={}, created_by=actor.account_id,
    )  # fmt: skip
    session.add(opening)
    session.flush()
    bidders: dict[UUID, set[UUID]] = {}
    for row in standing:
        bidders.setdefault(row.lot_id, set()).add(row.supplier_id)
    least = figures.figure(tender, "bidders_least")
    for lot in reading.lots_of(actor, tender.id):
        if lot.state == "active" and len(bidders.get(lot.id, ())) < least.number:
            _leave_sealed(lot, _("投标人不足%(least)s家，不予开标", least=int(least.number)))
            lots.fail_lot(
                actor, lot,
                _(
                    "投标截止时投标人%(found)s家，不足%(least)s家，不予开标",
                    found=len(bidders.get(lot.id, ())), least=int(least.number),
                ),
                least.citation,
            )  # fmt: skip
    if not to_open(actor.bureau_id, tender.id):
        opening.state = "nothing_to_open"
    session.flush()
    return opening


def opening_of(bureau_id: int, tender_id: UUID, *, lock: bool = False) -> Opening | None:
    query = select(Opening).where(Opening.bureau_id == bureau_id, Opening.id == tender_id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return db.session.scalar(query)


def to_open(bureau_id: int, tender_id: UUID) -> list[tuple[BidSubmission, Bid, TenderLot]]:
    """Whatever stood at the deadline in a lot that has not failed, opened or not; by lot and receipt."""
    rows = db.session.execute(
        select(BidSubmission, Bid, TenderLot)
        .join(Bid, (Bid.bureau_id == BidSubmission.bureau_id) & (Bid.id == BidSubmission.bid_id))
        .join(TenderLot, (TenderLot.bureau_id == BidSubmission.bureau_id) & (TenderLot.id == BidSubmission.lot_id))
        .where(
            BidSubmission.bureau_id == bureau_id, BidSubmission.tender_id == tender_id,
            BidSubmission.state == "current", Bid.state.not_in(("withdrawn", "unopened")),
        )
        .order_by(TenderLot.number, BidSubmission.receipt_number)
        .execution_options(populate_existing=True)
    )  # fmt: skip
    return [(submission, bid, lot) for submission, bid, lot in rows]


def release(actor: Actor, tender: Tender) -> None:
    """The tender ended before its bids were opened: they stay sealed."""
    for lot in reading.lots_of(actor, tender.id):
        _leave_sealed(lot, _("项目已终止或废标，投标文件未开启"))


def lot_failed(actor: Actor, lot: TenderLot) -> None:
    """Cancelled between deadline and opening, or with too few bidders."""
    _leave_sealed(lot, lot.fail_reason)


def _leave_sealed(lot: TenderLot, reason: str) -> None:
    """Of what is disclosed: before the deadline the bureau sees no bid to change."""
    bids = db.session.scalars(
        select(Bid).where(Bid.bureau_id == lot.bureau_id, Bid.lot_id == lot.id, Bid.state == "sealed")
    )
    for bid in bids:
        bid.state, bid.reason = "unopened", reason
    db.session.flush()


def _disclose(bureau_id: int, tender_id: UUID) -> None:
    with within(db.session(), Scope("houqin_operator", bureau_id=bureau_id)):
        for model in (Bid, BidSubmission, BidTrace):
            db.session.execute(
                update(model)
                .where(model.bureau_id == bureau_id, model.tender_id == tender_id)
                .values(is_disclosed=True),
                execution_options={"synchronize_session": False},
            )
