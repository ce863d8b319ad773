"""REST: sealing bids from a supplier's own program, keys, the opening. See docs/sealed-bids.md."""

from typing import Any
from uuid import UUID

from flask import Response, request
from flask_babel import gettext as _

from bureau.bids import schemas
from bureau.bids.models import SEATS, Bid
from bureau.bids.permissions import Permission
from bureau.bids.rules.package import MOST_CIPHERTEXT
from bureau.bids.service import absences, asking, keys, kit, officers, opening, publishing, sealing, uploading
from bureau.tendering.service.clock import catch_up
from bureau.tendering.service.reading import get_tender
from kernel.access.edge import access, current_actor
from kernel.api import ApiBlueprint, seen_version
from kernel.database import db
from kernel.errors import NotFound, TooLarge, Unsupported

blp = ApiBlueprint(
    "bids", __name__, description="Sealed bids: the server takes ciphertext and shares, and gives receipts"
)

BODY = {
    "requestBody": {
        "required": True,
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}
FILE = {
    "responses": {
        "200": {
            "description": "The sealed file",
            "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
        }
    }
}


@blp.route("/tenders/<uuid:tender_id>/bidding", methods=["GET"])
@access(Permission.READ_OWN)
@blp.response(200, schemas.BidKitOut)
def show_kit(tender_id: UUID) -> Any:
    """Lots, items, criteria, the three recipients to seal for, the server's time, the own bids."""
    return kit.kit(current_actor(), tender_id)


@blp.route("/tenders/<uuid:tender_id>/bid-ciphertexts/<sha256>", methods=["PUT"])
@access(Permission.BID)
@blp.doc(**BODY)
@blp.response(200, schemas.BidCiphertextOut)
def put_ciphertext(tender_id: UUID, sha256: str) -> Any:
    """The sealed file (age), before it is submitted. Repeated, it is the same file."""
    if request.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise Unsupported(_("不接受压缩过的内容。"))
    if (request.content_length or 0) > MOST_CIPHERTEXT:
        raise TooLarge(_("密封后的投标文件超过 %(megabytes)s MB。", megabytes=MOST_CIPHERTEXT // (1024 * 1024)))
    request.max_content_length = MOST_CIPHERTEXT
    return {"sha256": uploading.keep_ciphertext(current_actor(), tender_id, sha256, request.get_data(cache=False))}


@blp.route("/bids", methods=["GET"])
@access(Permission.READ_OWN)
@blp.response(200, schemas.BidListOut)
def list_bids() -> Any:
    """The own bids, newest first, with every version's receipt."""
    return {"items": kit.own(current_actor())}


@blp.route("/bids/<uuid:bid_id>", methods=["GET"])
@access(Permission.READ_OWN)
@blp.response(200, schemas.BidOut)
def show_bid(bid_id: UUID) -> Any:
    return _bid(sealing.get_own(current_actor(), bid_id))


@blp.route("/bids/<uuid:bid_id>/submissions/<uuid:bid_submission_id>", methods=["PUT"])
@access(Permission.BID)
@blp.arguments(schemas.BidSubmissionIn)
@blp.response(200, schemas.BidSubmissionOut)
def submit(data: dict[str, Any], bid_id: UUID, bid_submission_id: UUID) -> Any:
    """Submit what was uploaded; a further submission of the same bid replaces it. Repeated, it gives the same receipt."""
    sent = sealing.Sent(
        data["tender_id"], data["lot_id"], data["ciphertext_sha256"], data["size"], data["recipient"],
        {seat: dict(data["shares"][seat]) for seat in SEATS},
    )  # fmt: skip
    origin = sealing.Origin(request.remote_addr or "", request.headers.get("User-Agent", ""), data["device"])
    row = sealing.submit(current_actor(), bid_id, bid_submission_id, sent, origin)
    return {"submission_id": str(row.id), "state": row.state, "receipt": row.receipt}


@blp.route("/bids/<uuid:bid_id>/submissions/<uuid:bid_submission_id>/ciphertext", methods=["GET"])
@access(Permission.READ_OWN)
@blp.doc(**FILE)
def fetch_ciphertext(bid_id: UUID, bid_submission_id: UUID) -> Response:
    """The sealed file as it is stored."""
    row = sealing.get_own_submission(current_actor(), bid_id, bid_submission_id)
    response = Response(uploading.ciphertext(row), mimetype="application/octet-stream")
    response.headers["Content-Disposition"] = f'attachment; filename="{row.receipt_number}.age"'
    return response


@blp.route("/bids/<uuid:bid_id>/withdrawal", methods=["PUT"])
@access(Permission.BID)
@blp.arguments(schemas.BidWithdrawalIn)
@blp.response(200, schemas.BidOut)
def withdraw(data: dict[str, Any], bid_id: UUID) -> Any:
    """Before the deadline. Repeated, nothing more happens."""
    return _bid(sealing.withdraw(current_actor(), bid_id, data["reason"]))


@blp.route("/opening-keys/<uuid:officer_key_id>", methods=["PUT"])
@access(Permission.HOLD_KEY)
@blp.arguments(schemas.OfficerKeyIn)
@blp.response(200, schemas.OfficerKeyOut)
def put_key(data: dict[str, Any], officer_key_id: UUID) -> Any:
    """A new personal key; its secret half only as age text under the holder's passphrase."""
    return keys.put_key(current_actor(), officer_key_id, data["recipient"], data["identity_ciphertext"])


@blp.route("/opening-keys/<uuid:officer_key_id>/challenge", methods=["GET"])
@access(Permission.HOLD_KEY)
@blp.response(200, schemas.OfficerChallengeOut)
def show_challenge(officer_key_id: UUID) -> Any:
    return keys.challenge(keys.own_key(current_actor(), officer_key_id))


@blp.route("/opening-keys/<uuid:officer_key_id>/confirmation", methods=["PUT"])
@access(Permission.HOLD_KEY)
@blp.arguments(schemas.OfficerConfirmationIn)
@blp.response(200, schemas.OfficerKeyOut)
def confirm_key(data: dict[str, Any], officer_key_id: UUID) -> Any:
    return keys.confirm(current_actor(), officer_key_id, data["token"], data["answer"])


@blp.route("/tenders/<uuid:tender_id>/bid-declarations", methods=["PUT"])
@access(Permission.ARRANGE)
@blp.arguments(schemas.BidDeclarationsIn)
@blp.response(200, schemas.BidDeclarationsOut)
def choose_declarations(data: dict[str, Any], tender_id: UUID) -> Any:
    """What bidders state of themselves, while the tender is a draft (If-Match: the tender's version)."""
    tender = asking.choose(current_actor(), tender_id, seen_version(), data["groups"])
    return {"groups": asking.groups_of(tender), "version": tender.version}


@blp.route("/tenders/<uuid:tender_id>/opening-officers", methods=["GET"])
@access(Permission.SEE_OPENING)
@blp.response(200, schemas.OpeningOfficersOut)
def list_officers(tender_id: UUID) -> Any:
    tender = get_tender(current_actor(), tender_id)
    return {"items": officers.officers_of(tender.bureau_id, tender.id)}


@blp.route("/tenders/<uuid:tender_id>/opening-officers", methods=["PUT"])
@access(Permission.ARRANGE)
@blp.arguments(schemas.OpeningOfficersIn)
@blp.response(200, schemas.OpeningOfficersOut)
def arrange(data: dict[str, Any], tender_id: UUID) -> Any:
    return {"items": officers.arrange(current_actor(), tender_id, data)}


@blp.route("/tenders/<uuid:tender_id>/opening-officers/confirmation", methods=["PUT"])
@access(Permission.HOLD_KEY)
@blp.arguments(schemas.OfficerConfirmationIn)
@blp.response(200, schemas.OpeningOfficerOut)
def confirm_seat(data: dict[str, Any], tender_id: UUID) -> Any:
    return officers.confirm_seat(current_actor(), tender_id, data["token"], data["answer"])


@blp.route("/tenders/<uuid:tender_id>/opening", methods=["GET"])
@access(Permission.SEE_OPENING)
@blp.response(200, schemas.OpeningOut)
def show_opening(tender_id: UUID) -> Any:
    return publishing.record(current_actor(), tender_id)[1]


@blp.route("/tenders/<uuid:tender_id>/opening/seat", methods=["GET"])
@access(Permission.OPEN)
@blp.response(200, schemas.OpeningStateOut)
def show_seat(tender_id: UUID) -> Any:
    """For an officer's browser: the shares locked for this seat, and the others' once this seat's are given."""
    actor = current_actor()
    if catch_up(actor.bureau_id, tender_id):
        db.session.commit()
    return opening.state_for(actor, tender_id)


@blp.route("/tenders/<uuid:tender_id>/opening/shares", methods=["PUT"])
@access(Permission.OPEN)
@blp.arguments(schemas.OpeningSharesIn)
@blp.response(200, schemas.OpeningStateOut)
def give_shares(data: dict[str, Any], tender_id: UUID) -> Any:
    """Submission → share (base64), "" where the officer's key does not open it."""
    opening.give_shares(current_actor(), tender_id, data["shares"], request.remote_addr or "")
    return opening.state_for(current_actor(), tender_id)


@blp.route("/tenders/<uuid:tender_id>/opening/identities/<uuid:bid_submission_id>", methods=["PUT"])
@access(Permission.OPEN)
@blp.arguments(schemas.OpeningIdentityIn)
@blp.response(200, schemas.OpeningBidOut)
def give_identity(data: dict[str, Any], tender_id: UUID, bid_submission_id: UUID) -> Any:
    """Open one bid. Repeated, nothing more happens."""
    return opening.give_identity(current_actor(), tender_id, bid_submission_id, data["identity"])


@blp.route("/tenders/<uuid:tender_id>/opening/absences", methods=["PUT"])
@access(Permission.OPEN)
@blp.arguments(schemas.OpeningAbsenceIn)
@blp.response(200, schemas.OpeningOut)
def declare_absence(data: dict[str, Any], tender_id: UUID) -> Any:
    """An officer who cannot come. It holds once another person has confirmed it."""
    return absences.declare(_standing(tender_id), tender_id, data["seat"], data["reason"])


@blp.route("/tenders/<uuid:tender_id>/opening/absences/confirmation", methods=["PUT"])
@access(Permission.WITNESS)
@blp.arguments(schemas.OpeningAbsenceConfirmationIn)
@blp.response(200, schemas.OpeningOut)
def confirm_absence(data: dict[str, Any], tender_id: UUID) -> Any:
    """By a second person. Repeated, nothing more happens."""
    return absences.confirm(current_actor(), tender_id, data["seat"])


@blp.route("/tenders/<uuid:tender_id>/opening/conclusion", methods=["PUT"])
@access(Permission.OPEN)
@blp.arguments(schemas.OpeningRemarksIn)
@blp.response(200, schemas.OpeningOut)
def conclude(data: dict[str, Any], tender_id: UUID) -> Any:
    """End the opening. Repeated, nothing more happens."""
    return opening.conclude(_standing(tender_id), tender_id, data["remarks"])


def _standing(tender_id: UUID) -> Any:
    """Only an officer of this opening; anybody else finds none."""
    actor = current_actor()
    officers.own_seat(actor, tender_id)
    return actor


def _bid(bid: Bid) -> dict[str, Any]:
    versions = sealing.submissions_of(current_actor(), [bid.id])[bid.id]
    if not versions and bid.state == "sealed":
        raise NotFound(_("没有这份投标。"))
    return kit.as_json(bid, versions)
