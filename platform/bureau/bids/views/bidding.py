"""A supplier's pages: own bids, the page to write and seal one, receipts, the record of the opening."""

from uuid import UUID

from flask import render_template

from bureau.bids import labels
from bureau.bids.permissions import Permission
from bureau.bids.service import kit, publishing, sealing
from bureau.bids.views.blueprint import blueprint
from bureau.tendering.service import reading
from kernel.access.edge import access, current_actor


@blueprint.get("/bidding")
@access(Permission.READ_OWN)
def index() -> str:
    actor = current_actor()
    bids = sealing.own_bids(actor)
    versions = sealing.submissions_of(actor, [bid.id for bid in bids])
    tenders = {tender_id: reading.get_tender(actor, tender_id) for tender_id in {bid.tender_id for bid in bids}}
    return render_template(
        "bids/index.html",
        bids=bids,
        versions=versions,
        tenders=tenders,
        open_tenders=kit.open_tenders(actor),
        told=kit.told,
        labels=labels,
    )


@blueprint.get("/bidding/<uuid:tender_id>")
@access(Permission.READ_OWN)
def bid(tender_id: UUID) -> str:
    return render_template("bids/bid.html", tender=reading.get_tender(current_actor(), tender_id), labels=labels)


@blueprint.get("/bidding/<uuid:tender_id>/record")
@access(Permission.READ_OWN)
def own_record(tender_id: UUID) -> str:
    tender, opening = publishing.record(current_actor(), tender_id)
    return render_template("bids/record.html", tender=tender, opening=opening, labels=labels, officers=[], names={})


@blueprint.get("/bidding/receipts/<uuid:bid_id>/<uuid:bid_submission_id>")
@access(Permission.READ_OWN)
def receipt(bid_id: UUID, bid_submission_id: UUID) -> str:
    actor = current_actor()
    row = sealing.get_own_submission(actor, bid_id, bid_submission_id)
    return render_template("bids/receipt.html", row=row, bid=sealing.get_own(actor, bid_id), labels=labels)
