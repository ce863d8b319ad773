"""Who wins each lot if nobody sets the order aside: the ranking, the limit on lots, the size of a framework."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select

from bureau.awards.models import LotAward, PassedOver
from bureau.evaluation.models import BidResult
from bureau.evaluation.rules.allocation import LotRanking, allocate
from bureau.suppliers.models import BureauSupplier
from bureau.tendering.models import Tender, TenderLot
from bureau.tendering.rules.packs import most_winners
from bureau.tendering.rules.states import LIVE_LOTS
from bureau.tendering.service.figures import figure
from kernel.actor import Actor
from kernel.database import db


@dataclass(frozen=True, slots=True)
class Ranked:
    """A valid bid of a lot with what the evaluation made of it."""

    result: BidResult
    supplier_name: str


@dataclass(frozen=True, slots=True)
class LotProposal:
    """`winners`: bids in order; `places`: how many may win; `limited`: bids passed over for the limit on lots, with the
    titles of the lots that fill it; `awards`: what was decided already."""

    lot: TenderLot
    ranking: Sequence[Ranked]
    places: int
    winners: Sequence[UUID]
    limited: Mapping[UUID, Sequence[str]]
    passed_over: Mapping[UUID, PassedOver]
    awards: Sequence[LotAward]

    @property
    def is_decided(self) -> bool:
        return bool(self.awards) or self.lot.state not in LIVE_LOTS

    @property
    def candidates(self) -> Sequence[Ranked]:
        """Who may still be chosen."""
        return [
            one
            for one in self.ranking
            if one.result.bid_id not in self.passed_over and one.result.bid_id not in self.limited
        ]

    def ranked(self, bid_id: UUID) -> Ranked | None:
        return next((one for one in self.ranking if one.result.bid_id == bid_id), None)


def proposals(actor: Actor, tender: Tender) -> list[LotProposal]:
    """For every lot of the tender, by number; a lot without a valid bid has no ranking."""
    lots = db.session.scalars(
        select(TenderLot)
        .where(TenderLot.bureau_id == actor.bureau_id, TenderLot.tender_id == tender.id)
        .order_by(TenderLot.number)
    ).all()
    ranking = _ranking(actor, tender)
    passed = {
        row.bid_id: row
        for row in db.session.scalars(
            select(PassedOver).where(
                PassedOver.bureau_id == actor.bureau_id, PassedOver.tender_id == tender.id, PassedOver.void_at.is_(None)
            )
        )
    }
    awards: dict[UUID, list[LotAward]] = {}
    for award in active_awards(actor, tender.id):
        awards.setdefault(award.lot_id, []).append(award)
    places = {lot.id: _places(tender, len(ranking.get(lot.id, ()))) for lot in lots}
    # What stands already is fixed: a decided lot counts with its own winners, in the order of the lots.
    wanted = []
    for lot in lots:
        if lot.state not in LIVE_LOTS:
            continue
        left = [one for one in ranking.get(lot.id, ()) if one.result.bid_id not in passed]
        suppliers = [award.supplier_id for award in awards.get(lot.id, ())] or [one.result.supplier_id for one in left]
        count = len(awards.get(lot.id, ())) or places[lot.id]
        if suppliers and count:
            wanted.append(LotRanking(lot.id, lot.number, tuple(suppliers), count, lot.ceiling_fen or 0))
    found = {one.lot: one for one in allocate(wanted, tender.most_lots_won)}
    titles = {lot.id: f"{lot.number}. {lot.title}" for lot in lots}
    made = []
    for lot in lots:
        bids = {one.result.supplier_id: one.result.bid_id for one in ranking.get(lot.id, ())}
        share = found.get(lot.id)
        made.append(
            LotProposal(
                lot,
                ranking.get(lot.id, []),
                places[lot.id],
                [bids[supplier] for supplier in share.winners if supplier in bids] if share else [],
                {bids[one.supplier]: [titles[won] for won in one.won] for one in share.passed_over} if share else {},
                {bid_id: row for bid_id, row in passed.items() if row.lot_id == lot.id},
                awards.get(lot.id, []),
            )
        )
    return made


def undecided_lots(actor: Actor, tender_id: UUID) -> int:
    """Lots that are neither awarded nor ended."""
    awarded = select(LotAward.lot_id).where(
        LotAward.bureau_id == actor.bureau_id, LotAward.tender_id == tender_id, LotAward.state == "active"
    )
    count = select(func.count()).where(
        TenderLot.bureau_id == actor.bureau_id, TenderLot.tender_id == tender_id, TenderLot.state.in_(LIVE_LOTS),
        TenderLot.id.not_in(awarded),
    )  # fmt: skip
    return db.session.execute(count).scalar_one()


def active_awards(actor: Actor, tender_id: UUID) -> list[LotAward]:
    return list(
        db.session.scalars(
            select(LotAward)
            .where(LotAward.bureau_id == actor.bureau_id, LotAward.tender_id == tender_id, LotAward.state == "active")
            .order_by(LotAward.lot_id, LotAward.place)
        )
    )


def _ranking(actor: Actor, tender: Tender) -> dict[UUID, list[Ranked]]:
    rows = db.session.execute(
        select(BidResult, BureauSupplier.name)
        .join(
            BureauSupplier,
            (BureauSupplier.bureau_id == BidResult.bureau_id) & (BureauSupplier.id == BidResult.supplier_id),
        )
        .where(BidResult.bureau_id == actor.bureau_id, BidResult.tender_id == tender.id, BidResult.is_valid.is_(True))
        .order_by(BidResult.lot_id, BidResult.place, BidResult.bid_id)
    )
    found: dict[UUID, list[Ranked]] = {}
    for result, name in rows:
        found.setdefault(result.lot_id, []).append(Ranked(result, name))
    return found


def _places(tender: Tender, bidders: int) -> int:
    """How many suppliers a lot may have. A framework's first stage must send somebody home (Order 110)."""
    if not tender.is_framework:
        return min(1, bidders)
    if tender.rule_pack != "order_110":
        return min(tender.winners_per_lot, bidders)
    share, least_out = figure(tender, f"elimination_{tender.competition}"), figure(tender, "elimination_least")
    return min(tender.winners_per_lot, most_winners(bidders, share.number, int(least_out.number)))
