"""What a bidder must know to fill in and seal a bid: for the page and for a supplier's own program alike."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import select

from bureau.bids import labels
from bureau.bids.models import Bid, BidSubmission
from bureau.bids.rules.package import FORMAT, MOST_CIPHERTEXT
from bureau.bids.service import asking, clock, officers, sealing
from bureau.suppliers.models import BureauSupplier
from bureau.suppliers.service import standing
from bureau.tendering.models import Tender, TenderCriterion, TenderItem, TenderLot
from bureau.tendering.service import reading
from kernel.actor import Actor
from kernel.database import db
from kernel.errors import RuleBroken
from kernel.identity.models import Bureau

ANSWERED_PARTS = {
    "qualification": "qualification",
    "conformity": "technical",
    "technical": "technical",
    "commercial": "technical",
}


def kit(actor: Actor, tender_id: UUID) -> dict[str, Any]:
    """Everything of the tender that a bid refers to, the officers' recipients, the server's time, the own bids."""
    tender = reading.get_tender(actor, tender_id)
    supplier = db.session.execute(
        select(
            BureauSupplier.name, BureauSupplier.credit_code, BureauSupplier.address, BureauSupplier.contact_name,
            BureauSupplier.contact_mobile, BureauSupplier.contact_email,
        ).where(BureauSupplier.bureau_id == actor.bureau_id, BureauSupplier.id == actor.own_supplier_id())
    ).one()  # fmt: skip
    items = reading.items_of(actor, tender.id)
    at = clock.server_time()
    return {
        "format": FORMAT,
        "bureau": db.session.execute(select(Bureau.code).where(Bureau.id == actor.bureau_id)).scalar_one(),
        "server_time": at.isoformat(),
        "most_bytes": MOST_CIPHERTEXT,
        "supplier": {"name": supplier.name, "credit_code": supplier.credit_code},
        "tender": {
            "id": str(tender.id),
            "number": tender.number,
            "title": tender.title,
            "state": tender.state,
            "price_form": tender.price_form,
            "bid_deadline": tender.bid_deadline.isoformat() if tender.bid_deadline else None,
            "most_lots_bid": tender.most_lots_bid,
            "bid_bond_fen": tender.bid_bond_fen,
        },
        "asked": asking.form(tender),
        # What the register knows; the bidder may write another contact for this tender.
        "known": {
            "contact_name": supplier.contact_name,
            "contact_mobile": supplier.contact_mobile,
            "contact_email": supplier.contact_email,
            "address": supplier.address,
            "bond_payer": supplier.name,
        },
        "is_open": tender.state == "bidding" and tender.bid_deadline is not None and at < tender.bid_deadline,
        "recipients": officers.recipients(actor.bureau_id, tender.id),
        "lots": [
            {
                **_lot(actor, lot),
                "items": [_item(item) for item in items if item.lot_id == lot.id],
                "criteria": [
                    _criterion(one)
                    for one in reading.criteria_of(actor, tender.id, lot.id)
                    if one.part in ANSWERED_PARTS
                ],
            }
            for lot in reading.lots_of(actor, tender.id)
        ],
        "bids": own(actor, tender.id),
    }


def own(actor: Actor, tender_id: UUID | None = None) -> list[dict[str, Any]]:
    """The actor's own bids with every version and its receipt."""
    bids = sealing.own_bids(actor, tender_id)
    versions = sealing.submissions_of(actor, [bid.id for bid in bids])
    return [as_json(bid, versions[bid.id]) for bid in bids]


# What the evaluation found of a bid is its bidder's to know with the result, not while others still judge (Order 87,
# Art. 66 and 69).
FOUND = ("qualified", "disqualified", "invalid", "scored", "ranked")
TOLD_IN = ("challenge_window", "contracting", "complete", "terminated", "failed")


def told(bid: Bid) -> tuple[str, str]:
    """(state, reason) as the bidder may know them now."""
    if bid.state in FOUND:
        tender = db.session.get(Tender, (bid.bureau_id, bid.tender_id))
        if tender is None or (tender.suspended_from or tender.state) not in TOLD_IN:
            return "opened", ""
    return bid.state, bid.reason


def as_json(bid: Bid, versions: list[BidSubmission]) -> dict[str, Any]:
    state, reason = told(bid)
    return {
        "bid_id": str(bid.id),
        "tender_id": str(bid.tender_id),
        "lot_id": str(bid.lot_id),
        "state": state,
        "state_label": str(labels.BID_STATES[state]),
        "reason": reason,
        "withdrawal": bid.withdrawal,
        "submissions": [{"submission_id": str(row.id), "state": row.state, "receipt": row.receipt} for row in versions],
    }


def _lot(actor: Actor, lot: TenderLot) -> dict[str, Any]:
    return {
        "id": str(lot.id),
        "number": lot.number,
        "title": lot.title,
        "state": lot.state,
        "ceiling_fen": lot.ceiling_fen,
        "refusal": _refusal(actor, lot),
    }


def _refusal(actor: Actor, lot: TenderLot) -> str:
    """Why the actor's company may not bid for the lot today, "" where it may."""
    try:
        standing.require_may_bid(actor, actor.own_supplier_id(), [lot.category_id] if lot.category_id else [])
    except RuleBroken as refusal:
        return f"{refusal.message}（{refusal.citation}）" if refusal.citation else refusal.message
    return ""


def _item(item: TenderItem) -> Mapping[str, Any]:
    return {
        "id": str(item.id),
        "position": item.position,
        "name": item.name,
        "specification": item.specification,
        "standard": item.standard,
        "unit": item.unit,
        "quantity": format(item.quantity.normalize(), "f"),
        "ceiling_unit_price_fen": item.ceiling_unit_price_fen,
        "is_core": item.is_core,
    }


def _criterion(one: TenderCriterion) -> Mapping[str, Any]:
    return {
        "code": one.code, "part": one.part, "answer_in": ANSWERED_PARTS[one.part], "title": one.title,
        "description": one.description, "points": format(one.points.normalize(), "f"),
    }  # fmt: skip


def open_tenders(actor: Actor) -> list[Tender]:
    """Those that take bids now, by deadline."""
    query = select(Tender).where(Tender.bureau_id == actor.bureau_id, Tender.is_public, Tender.state == "bidding")
    return list(db.session.scalars(query.order_by(Tender.bid_deadline, Tender.id).limit(200)))
