"""A tender as the evaluation reads it: its lots, criteria, opened bids, figures."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import undefer

from bureau.bids.models import Bid, OpenedBid, OpenedBidFile, OpenedBidItem, Opening
from bureau.evaluation.models import EvaluationCommittee, LotEvaluation, ReEvaluation
from bureau.evaluation.rules.admission import same_brand_groups
from bureau.evaluation.rules.exact import exact
from bureau.evaluation.rules.scoring import Criterion
from bureau.suppliers.models import BureauSupplier
from bureau.tendering.models import Tender, TenderCriterion, TenderItem, TenderLot
from bureau.tendering.service.figures import figure
from kernel.actor import Actor
from kernel.database import db
from kernel.errors import NotFound, RuleBroken

OUT = ("disqualified", "invalid")


@dataclass(frozen=True, slots=True)
class BidFacts:
    """One opened bid with its bidder. `items` by tender item."""

    bid: Bid
    opened: OpenedBid
    supplier: BureauSupplier
    items: dict[UUID, OpenedBidItem]

    @property
    def id(self) -> UUID:
        return self.bid.id

    @property
    def is_out(self) -> bool:
        return self.bid.state in OUT


def get_tender(actor: Actor, tender_id: UUID) -> Tender:
    tender = db.session.scalar(select(Tender).where(Tender.bureau_id == actor.bureau_id, Tender.id == tender_id))
    if tender is None:
        raise NotFound(_("没有这个招标项目。"))
    return tender


def require_state(tender: Tender, *states: str) -> None:
    if tender.state == "suspended":
        raise RuleBroken("tender_suspended", _("招标项目已暂停，恢复以后才能继续。"))
    if tender.state not in states:
        raise RuleBroken("tender_state", _("招标项目现在不在这一步，请刷新页面。"))


def committee_of(actor: Actor, tender_id: UUID, *, lock: bool = False) -> EvaluationCommittee:
    """The tender's standing committee; locked, every step of the committee queues here."""
    query = select(EvaluationCommittee).where(
        EvaluationCommittee.bureau_id == actor.bureau_id,
        EvaluationCommittee.tender_id == tender_id,
        EvaluationCommittee.state != "dissolved",
    )
    if lock:
        db.session.flush()
        query = query.with_for_update().execution_options(populate_existing=True)
    committee = db.session.scalar(query)
    if committee is None:
        raise NotFound(_("这个招标项目还没有评标委员会。"))
    return committee


def find_committee(actor: Actor, tender_id: UUID) -> EvaluationCommittee | None:
    try:
        return committee_of(actor, tender_id)
    except NotFound:
        return None


def lots_of(tender: Tender) -> list[TenderLot]:
    return list(
        db.session.scalars(
            select(TenderLot)
            .where(TenderLot.bureau_id == tender.bureau_id, TenderLot.tender_id == tender.id)
            .order_by(TenderLot.number)
        )
    )


def get_lot(tender: Tender, lot_id: UUID) -> TenderLot:
    lot = next((one for one in lots_of(tender) if one.id == lot_id), None)
    if lot is None:
        raise NotFound(_("没有这个标包。"))
    return lot


def evaluations_of(tender: Tender, *, lock: bool = False) -> dict[UUID, LotEvaluation]:
    """Lot → how far it is, in the order of the lots' ids."""
    query = (
        select(LotEvaluation)
        .where(LotEvaluation.bureau_id == tender.bureau_id, LotEvaluation.tender_id == tender.id)
        .order_by(LotEvaluation.lot_id)
    )
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return {row.lot_id: row for row in db.session.scalars(query)}


def re_evaluation_of(tender: Tender) -> ReEvaluation | None:
    """What the committee meets again for, None where it judges for the first time."""
    return db.session.scalar(
        select(ReEvaluation).where(
            ReEvaluation.bureau_id == tender.bureau_id, ReEvaluation.tender_id == tender.id,
            ReEvaluation.state == "begun",
        )
    )  # fmt: skip


def live_lots(tender: Tender) -> list[TenderLot]:
    """Lots that are being evaluated: neither failed nor refused."""
    standing = {lot_id for lot_id, row in evaluations_of(tender).items() if row.state != "refused"}
    return [lot for lot in lots_of(tender) if lot.id in standing and lot.state == "active"]


def criteria_of(tender: Tender, lot_id: UUID | None = None, *parts: str) -> list[TenderCriterion]:
    """Of one lot (its own and those of all lots), or of the whole tender; only `parts` where given."""
    query = select(TenderCriterion).where(
        TenderCriterion.bureau_id == tender.bureau_id, TenderCriterion.tender_id == tender.id
    )
    if parts:
        query = query.where(TenderCriterion.part.in_(parts))
    rows = db.session.scalars(query.order_by(TenderCriterion.position, TenderCriterion.id))
    return [row for row in rows if lot_id is None or row.lot_id in (None, lot_id)]


def scored_criteria(tender: Tender, lot_id: UUID) -> list[TenderCriterion]:
    """What members give points for: everything with points but the price, whose points are the formula's."""
    return [row for row in criteria_of(tender, lot_id, "technical", "commercial") if row.points]


def price_weight(tender: Tender, lot_id: UUID) -> Fraction:
    return sum((exact(row.points) for row in criteria_of(tender, lot_id, "price")), Fraction(0))


def as_rule(row: TenderCriterion) -> Criterion:
    levels = tuple(exact(Decimal(str(level["points"]))) for level in row.levels) if row.scale == "levels" else ()
    return Criterion(row.id, exact(row.points), row.is_objective, levels)


def items_of(tender: Tender, lot_id: UUID | None = None) -> list[TenderItem]:
    query = select(TenderItem).where(TenderItem.bureau_id == tender.bureau_id, TenderItem.tender_id == tender.id)
    if lot_id is not None:
        query = query.where(TenderItem.lot_id == lot_id)
    return list(db.session.scalars(query.order_by(TenderItem.lot_id, TenderItem.position)))


def bids_of(tender: Tender, lot_id: UUID | None = None) -> list[BidFacts]:
    """Every opened bid, by lot and by the order in which they were sealed; those that are out included."""
    query = (
        select(Bid, OpenedBid, BureauSupplier)
        .join(OpenedBid, (OpenedBid.bureau_id == Bid.bureau_id) & (OpenedBid.id == Bid.id))
        .join(
            BureauSupplier, (BureauSupplier.bureau_id == Bid.bureau_id) & (BureauSupplier.id == Bid.supplier_id)
        )
        .where(Bid.bureau_id == tender.bureau_id, Bid.tender_id == tender.id)
        .order_by(Bid.lot_id, Bid.id)
    )  # fmt: skip
    if lot_id is not None:
        query = query.where(Bid.lot_id == lot_id)
    rows = db.session.execute(query).all()
    items: dict[UUID, dict[UUID, OpenedBidItem]] = {bid.id: {} for bid, _opened, _supplier in rows}
    if rows:
        priced = select(OpenedBidItem).where(
            OpenedBidItem.bureau_id == tender.bureau_id, OpenedBidItem.bid_id.in_(list(items))
        )
        for item in db.session.scalars(priced):
            items[item.bid_id][item.tender_item_id] = item
    return [BidFacts(bid, opened, supplier, items[bid.id]) for bid, opened, supplier in rows]


def size_of(one: BidFacts) -> str:
    """The bidder's size as it stood at the opening, whatever the register says since."""
    opening = db.session.get(Opening, (one.bid.bureau_id, one.bid.tender_id), options=[undefer(Opening.minutes)])
    told = opening.minutes.get("sizes", {}) if opening is not None else {}
    return str(told.get(str(one.id), one.supplier.size))


def valid_bids(tender: Tender, lot_id: UUID) -> list[BidFacts]:
    return [one for one in bids_of(tender, lot_id) if not one.is_out]


def get_bid(tender: Tender, bid_id: UUID) -> BidFacts:
    found = next((one for one in bids_of(tender) if one.id == bid_id), None)
    if found is None:
        raise NotFound(_("没有这份投标文件。"))
    return found


def files_of(tender: Tender, bid_ids: Sequence[UUID]) -> dict[UUID, list[OpenedBidFile]]:
    found: dict[UUID, list[OpenedBidFile]] = {bid_id: [] for bid_id in bid_ids}
    rows = db.session.scalars(
        select(OpenedBidFile)
        .where(OpenedBidFile.bureau_id == tender.bureau_id, OpenedBidFile.bid_id.in_(bid_ids))
        .order_by(OpenedBidFile.file_key)
    )
    for row in rows:
        found[row.bid_id].append(row)
    return found


def brand_groups(tender: Tender, lot_id: UUID, bids: Sequence[BidFacts]) -> list[list[UUID]]:
    """Bids that count as one bidder for the brands of their core products (Art. 31)."""
    core = [item.id for item in items_of(tender, lot_id) if item.is_core]
    brands: dict[UUID, Mapping[Hashable, str]] = {
        one.id: {item: one.items[item].brand for item in core if item in one.items and one.items[item].brand.strip()}
        for one in bids
    }
    several = tender.settings.get("core_brand_rule", "all")
    return same_brand_groups(brands, several=several)


def number_of(tender: Tender, name: str) -> Any:
    """(figure, citation) of the tender's rule pack."""
    found = figure(tender, name)
    return found.number, found.citation


def expert_share(tender: Tender) -> Fraction:
    """Two thirds are written down with four decimals; six of nine must still be enough."""
    return exact(figure(tender, "committee_expert_percent").number).limit_denominator(100)


def mark_bid(bid: Bid, state: str, reason: str = "", article: str = "") -> None:
    bid.state, bid.reason, bid.reason_article = state, reason, article
