"""Who may look at what when. Bids: the officers after the opening; a member between the start of the evaluation and the
signing, of their own tender alone. Scores: nobody before all have locked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select

from bureau.bids.models import OpenedBidFile
from bureau.evaluation.models import EvaluationCommittee, EvaluationEvent
from bureau.evaluation.service import facts, members
from bureau.prices.service.reading import prices_on
from bureau.roles import Role
from bureau.tendering.models import Tender, TenderItem, TenderLot
from bureau.tendering.rules.terms import day_of
from kernel.actor import Actor
from kernel.database import db
from kernel.errors import NotFound
from kernel.files.models import Attachment
from kernel.files.service import get_attachment
from kernel.web.dates import today

READERS = (Role.PROCUREMENT_OFFICER, Role.BUREAU_ADMIN, Role.DISCIPLINE_SUPERVISOR)
STAGES = (
    "qualification_review", "evaluation", "report", "award_decision", "award_notice", "challenge_window", "contracting",
    "complete",
)  # fmt: skip
JUDGING = ("evaluation", "report")


def is_reader(actor: Actor) -> bool:
    return actor.level == "bureau" and any(str(role) in actor.roles for role in READERS)


def sees_bids(actor: Actor, tender: Tender) -> bool:
    state = tender.suspended_from if tender.state == "suspended" else tender.state
    if is_reader(actor) and (state in STAGES or (state in ("terminated", "failed") and tender.opened_at is not None)):
        return True
    if state not in JUDGING:
        return False
    try:
        seat = members.own_seat(actor, tender.id, states=("declared",))
    except NotFound:
        return False
    committee = facts.committee_of(actor, tender.id)
    return seat.committee_id == committee.id and committee.state in ("formed", "declared", "scoring", "consensus")


def require_bids(actor: Actor, tender_id: UUID) -> Tender:
    tender = facts.get_tender(actor, tender_id)
    if not sees_bids(actor, tender):
        raise NotFound(_("没有这个招标项目。"))
    return tender


def sees_scores(committee: EvaluationCommittee | None) -> bool:
    return committee is not None and committee.locked_at is not None


def list_tenders(actor: Actor) -> list[Tender]:
    """Tenders past their opening, newest first."""
    return list(
        db.session.scalars(
            select(Tender)
            .where(Tender.bureau_id == actor.bureau_id, Tender.opened_at.is_not(None))
            .order_by(Tender.opened_at.desc(), Tender.id)
            .limit(200)
        )
    )


def committees_of(actor: Actor, tender_ids: Sequence[UUID]) -> dict[UUID, EvaluationCommittee]:
    """Tender → its standing committee, in one query."""
    rows = db.session.scalars(
        select(EvaluationCommittee).where(
            EvaluationCommittee.bureau_id == actor.bureau_id,
            EvaluationCommittee.tender_id.in_(tender_ids),
            EvaluationCommittee.state != "dissolved",
        )
    )
    return {row.tender_id: row for row in rows}


def events_of(actor: Actor, tender_id: UUID) -> list[EvaluationEvent]:
    return list(
        db.session.scalars(
            select(EvaluationEvent)
            .where(EvaluationEvent.bureau_id == actor.bureau_id, EvaluationEvent.tender_id == tender_id)
            .order_by(EvaluationEvent.id)
        )
    )


def bid_file(actor: Actor, tender_id: UUID, bid_id: UUID, file_id: UUID) -> Attachment:
    """A file of an opened bid, for whoever may see the bid now."""
    tender = require_bids(actor, tender_id)
    facts.get_bid(tender, bid_id)
    row = db.session.scalar(
        select(OpenedBidFile).where(
            OpenedBidFile.bureau_id == actor.bureau_id, OpenedBidFile.bid_id == bid_id, OpenedBidFile.id == file_id
        )
    )
    if row is None or row.attachment_id is None:
        raise NotFound(_("没有这个文件。"))
    return get_attachment(actor, row.attachment_id)


@dataclass(frozen=True, slots=True)
class Cell:
    """What one bidder wrote for one item. `over`: above the ceiling; `lowest`: of those that price it."""

    unit_price_fen: int | None
    amount_fen: int | None
    brand: str
    over: bool
    lowest: bool


@dataclass(frozen=True, slots=True)
class MatrixRow:
    item: TenderItem
    book_fen: int | None
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Matrix:
    """One lot: items × bidders, with the ceiling and the price book's price of the opening day beside them."""

    lot: TenderLot
    bids: list[facts.BidFacts]
    rows: list[MatrixRow]


def matrices(actor: Actor, tender_id: UUID) -> tuple[Tender, list[Matrix]]:
    """Five queries, however many lots there are."""
    tender = require_bids(actor, tender_id)
    bids = facts.bids_of(tender)
    items = facts.items_of(tender)
    day = _day(tender)
    prices = prices_on(tender.bureau_id, [item.item_id for item in items], day)
    book = {item_id: price.price_fen for item_id, price in prices.items()}
    found = []
    for lot in facts.lots_of(tender):
        own = [one for one in bids if one.bid.lot_id == lot.id]
        rows = [MatrixRow(item, book.get(item.item_id), _cells(item, own)) for item in items if item.lot_id == lot.id]
        found.append(Matrix(lot, own, rows))
    return tender, found


def _day(tender: Tender) -> date:
    return day_of(tender.opened_at) if tender.opened_at else today()


def _cells(item: TenderItem, bids: list[facts.BidFacts]) -> tuple[Cell, ...]:
    priced = [one.items[item.id].unit_price_fen for one in bids if item.id in one.items]
    lowest = min(priced, default=None)
    ceiling = item.ceiling_unit_price_fen
    found = []
    for one in bids:
        line = one.items.get(item.id)
        if line is None:
            found.append(Cell(None, None, "", False, False))
        else:
            price = line.unit_price_fen
            found.append(
                Cell(price, line.amount_fen, line.brand, ceiling is not None and price > ceiling, price == lowest)
            )
    return tuple(found)


def percent(part: int | None, whole: int | None) -> Decimal | None:
    """A price beside another, in percent with one decimal."""
    if part is None or not whole:
        return None
    return (Decimal(part) * 100 / whole).quantize(Decimal("0.1"))
