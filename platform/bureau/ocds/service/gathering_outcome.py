"""What is public of a tender from its opening on. Each part has its gate: bids the opening record, awards the result
notice, contracts the signature. Sealed and unopened bids, takers, members, scores and losers' reasons have none.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from uuid import UUID

from flask_babel import force_locale
from sqlalchemy import func, select

from bureau.agreements import rules as agreements
from bureau.agreements.models import Agreement, AgreementItem, AgreementLot
from bureau.agreements.service.from_awards import unit_prices
from bureau.awards import labels as awards_labels
from bureau.awards.models import LotAward
from bureau.bids.models import Bid as BidRow
from bureau.bids.models import BidSubmission, OpenedBid, Opening
from bureau.ocds.rules.facts import Award, AwardedItem, Bid, Contract, Party
from bureau.suppliers.models import BureauSupplier
from bureau.tendering.models import Tender, TenderItem
from kernel.actor import system_actor
from kernel.database import db
from kernel.web.dates import today

READ_OUT = ("opened", "qualified", "disqualified", "invalid", "scored", "won", "lost")
# The result is announced and stands: from here on it is public which bids were not valid.
ANNOUNCED = ("challenge_window", "contracting", "complete")
ENDED = ("terminated", "failed")


@dataclass(frozen=True, slots=True)
class Outcome:
    """`bids` None: they were not opened."""

    bids: Sequence[Bid] | None = None
    unopened_bids: int = 0
    awards: Sequence[Award] = ()
    contracts: Sequence[Contract] = ()
    suppliers: Sequence[Party] = ()


def outcome_of(tender: Tender, results: Sequence[datetime]) -> Outcome:
    """`results`: when result notices were published, oldest first."""
    opening = db.session.get(Opening, (tender.bureau_id, tender.id))
    if opening is None or opening.state != "opened":
        return Outcome()
    bids = _bids(tender, is_announced=(tender.suspended_from or tender.state) in ANNOUNCED)
    awards = _awards(tender, {bid.id for bid in bids}, results) if results else []
    contracts = _contracts(tender, awards) if awards else []
    named = {bid.supplier_id for bid in bids}
    return Outcome(bids, _unopened(tender), awards, contracts, _suppliers(tender, named))


def _bids(tender: Tender, *, is_announced: bool) -> list[Bid]:
    """As they were read out. That one is not valid is the committee's finding, public with the result."""
    rows = db.session.execute(
        select(BidRow.id, BidRow.lot_id, BidRow.supplier_id, BidRow.state, BidSubmission.sealed_at, OpenedBid)
        .join(
            BidSubmission,
            (BidSubmission.bureau_id == BidRow.bureau_id)
            & (BidSubmission.bid_id == BidRow.id)
            & (BidSubmission.state == "current"),
        )
        .outerjoin(OpenedBid, (OpenedBid.bureau_id == BidRow.bureau_id) & (OpenedBid.id == BidRow.id))
        .where(
            BidRow.bureau_id == tender.bureau_id, BidRow.tender_id == tender.id,
            BidRow.state.in_((*READ_OUT, "unopenable")),
        )
        .order_by(BidRow.lot_id, BidSubmission.sealed_at, BidRow.id)
    )  # fmt: skip
    found = []
    for bid_id, lot_id, supplier_id, state, sealed_at, opened in rows:
        if opened is None and state != "unopenable":
            continue
        shown = state if is_announced or state == "unopenable" else "opened"
        found.append(
            Bid(
                str(bid_id), str(lot_id), str(supplier_id), shown, sealed_at, opened.total_fen if opened else None,
                opened.discount if opened else None,
            )
        )  # fmt: skip
    return found


def _unopened(tender: Tender) -> int:
    """Bids of lots with too few bidders go back unopened; that there were some is told, whose they are is not."""
    count = select(func.count()).where(
        BidRow.bureau_id == tender.bureau_id, BidRow.tender_id == tender.id, BidRow.state == "unopened"
    )
    return int(db.session.execute(count).scalar_one())


def _awards(tender: Tender, bids: set[str], results: Sequence[datetime]) -> list[Award]:
    rows = [
        row
        for row in db.session.scalars(
            select(LotAward)
            .where(LotAward.bureau_id == tender.bureau_id, LotAward.tender_id == tender.id)
            .order_by(LotAward.lot_id, LotAward.place, LotAward.id)
        )
        if str(row.bid_id) in bids and _was_announced(row, results)
    ]
    prices = unit_prices(system_actor(tender.bureau_id), [row.bid_id for row in rows])
    items: dict[UUID, list[TenderItem]] = {}
    for item in db.session.scalars(
        select(TenderItem)
        .where(TenderItem.bureau_id == tender.bureau_id, TenderItem.tender_id == tender.id)
        .order_by(TenderItem.lot_id, TenderItem.position)
    ):
        items.setdefault(item.lot_id, []).append(item)
    found = []
    for row in rows:
        own = prices.get(row.bid_id, {}) if row.discount is None else {}
        lines = [AwardedItem(str(item.id), own.get(item.id), item.quantity) for item in items.get(row.lot_id, ())]
        stands = row.state == "active" and tender.state not in ENDED
        found.append(
            Award(
                str(row.id), str(row.lot_id), str(row.bid_id), str(row.supplier_id), stands, row.decided_at,
                row.amount_fen, row.discount, lines, "" if stands else _why(tender, row),
            )
        )  # fmt: skip
    return found


def _was_announced(award: LotAward, results: Sequence[datetime]) -> bool:
    """A result notice went out while it stood. What was decided and undone in between stays between the officers."""
    return any(award.decided_at <= at and (award.cancelled_at is None or award.cancelled_at > at) for at in results)


def _why(tender: Tender, award: LotAward) -> str:
    """The kind of the reason. The officers' own words may name people."""
    if award.cancel_code not in awards_labels.CANCELLING:
        return tender.end_reason
    with force_locale("zh_CN"):
        return str(awards_labels.CANCELLING[award.cancel_code])


def _contracts(tender: Tender, awards: Sequence[Award]) -> list[Contract]:
    """One for each lot of a signed agreement, as it was signed: what changed since is no part of what was awarded."""
    own = {(award.lot_id, award.supplier_id): award for award in sorted(awards, key=lambda one: one.is_active)}
    rows = db.session.execute(
        select(Agreement, AgreementLot)
        .join(
            AgreementLot,
            (AgreementLot.bureau_id == Agreement.bureau_id) & (AgreementLot.agreement_id == Agreement.id),
        )
        .where(
            Agreement.bureau_id == tender.bureau_id, Agreement.tender_id == tender.id, Agreement.is_signed.is_(True),
            AgreementLot.is_signed.is_(True), AgreementLot.tender_lot_id.is_not(None),
        )
        .order_by(Agreement.number, AgreementLot.number)
    ).all()  # fmt: skip
    lines = _agreed(tender, [lot.id for _agreement, lot in rows])
    found = []
    for agreement, lot in rows:
        award = own.get((str(lot.tender_lot_id), str(lot.supplier_id)))
        if award is None or agreement.signed_on is None:
            continue
        state = agreements.standing(agreement.state, agreement.first_day, agreement.last_day, today())
        items = lines.get(lot.id, [])
        found.append(
            Contract(
                f"{agreement.number}-{lot.number}", award.id, str(lot.supplier_id), f"{agreement.title} {lot.title}",
                "terminated" if lot.state == "cancelled" else state, agreement.first_day, agreement.last_day,
                agreement.signed_on, _sum(items), items,
            )
        )  # fmt: skip
    return found


def _agreed(tender: Tender, lot_ids: Sequence[UUID]) -> dict[UUID, list[AwardedItem]]:
    """Lines that a later change added are left out: they were not tendered."""
    rows = db.session.scalars(
        select(AgreementItem)
        .where(
            AgreementItem.bureau_id == tender.bureau_id, AgreementItem.lot_id.in_(lot_ids),
            AgreementItem.tender_item_id.is_not(None), AgreementItem.change_id.is_(None),
        )
        .order_by(AgreementItem.lot_id, AgreementItem.position)
    )  # fmt: skip
    found: dict[UUID, list[AwardedItem]] = {}
    for row in rows:
        line = AwardedItem(str(row.tender_item_id), row.fixed_price_fen, row.quantity or Decimal(0))
        found.setdefault(row.lot_id, []).append(line)
    return found


def _sum(items: Sequence[AwardedItem]) -> int | None:
    """Fen of all lines, each rounded by itself; None where the price follows the price book."""
    total = 0
    for item in items:
        if item.unit_price_fen is None or not item.quantity:
            return None
        total += int((item.unit_price_fen * item.quantity).quantize(Decimal(1), ROUND_HALF_UP))
    return total or None


def _suppliers(tender: Tender, ids: set[str]) -> list[Party]:
    rows = db.session.execute(
        select(BureauSupplier.id, BureauSupplier.name, BureauSupplier.credit_code)
        .where(BureauSupplier.bureau_id == tender.bureau_id, BureauSupplier.id.in_([UUID(one) for one in ids]))
        .order_by(BureauSupplier.id)
    )
    return [Party(str(supplier_id), name, credit_code) for supplier_id, name, credit_code in rows]
