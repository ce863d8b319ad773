"""REST: decide lots, announce, take back; a bidder's letters."""

from typing import Any
from uuid import UUID

from bureau.awards.permissions import Permission
from bureau.awards.schemas import (
    AwardDecisionIn,
    AwardLetterListOut,
    AwardLetterOut,
    AwardListOut,
    AwardOut,
    AwardProcedureOut,
    CancellationIn,
    FailedLotOut,
    LotFailureIn,
)
from bureau.awards.service import cancelling, deciding, publishing, reading
from kernel.access.edge import access, current_actor
from kernel.api import ApiBlueprint, seen_version
from kernel.schemas import PageArguments

blp = ApiBlueprint("awards", __name__)


@blp.route("/tenders/<uuid:tender_id>/awards", methods=["GET"])
@access(Permission.READ)
@blp.response(200, AwardListOut)
def list_awards(tender_id: UUID) -> Any:
    standing = reading.standing_of(current_actor(), tender_id)
    active = [award for lot in standing.lots for award in lot.awards]
    return {"procedure": standing.procedure, "awards": [*active, *standing.cancelled]}


@blp.route("/tenders/<uuid:tender_id>/lots/<uuid:tender_lot_id>/award", methods=["PUT"])
@access(Permission.DECIDE)
@blp.arguments(AwardDecisionIn)
@blp.response(200, AwardOut(many=True))
def decide_lot(data: dict[str, Any], tender_id: UUID, tender_lot_id: UUID) -> Any:
    """Said twice it is said once; another officer's other decision is a conflict."""
    passing = [deciding.Passing(**one) for one in data["passing"]]
    return deciding.decide_lot(
        current_actor(), tender_id, tender_lot_id, data["winners"], passing, data["reason"] or ""
    )


@blp.route("/tenders/<uuid:tender_id>/lots/<uuid:tender_lot_id>/failure", methods=["PUT"])
@access(Permission.DECIDE)
@blp.arguments(LotFailureIn)
@blp.response(200, FailedLotOut)
def fail_lot(data: dict[str, Any], tender_id: UUID, tender_lot_id: UUID) -> Any:
    """Nobody may win: the lot ends and can be tendered again. Wants the lot's version as If-Match."""
    passing = [deciding.Passing(**one) for one in data["passing"]]
    return deciding.fail_lot(current_actor(), tender_id, tender_lot_id, seen_version(), passing, data["reason"])


@blp.route("/tenders/<uuid:tender_id>/result", methods=["PUT"])
@access(Permission.PUBLISH)
@blp.response(200, AwardProcedureOut)
def publish_result(tender_id: UUID) -> Any:
    """Notice and letters go out; done twice it is done once."""
    return publishing.publish(current_actor(), tender_id)


@blp.route("/awards/<uuid:award_id>/cancellation", methods=["PUT"])
@access(Permission.CANCEL)
@blp.arguments(CancellationIn)
@blp.response(200, AwardOut)
def ask_cancellation(data: dict[str, Any], award_id: UUID) -> Any:
    """Wants the version seen as If-Match; another officer confirms."""
    return cancelling.ask(current_actor(), award_id, seen_version(), data["code"], data["reason"])


@blp.route("/awards/<uuid:award_id>/cancellation", methods=["DELETE"])
@access(Permission.CANCEL)
@blp.response(200, AwardOut)
def take_cancellation_back(award_id: UUID) -> Any:
    """Wants the version seen as If-Match."""
    return cancelling.take_back(current_actor(), award_id, seen_version())


@blp.route("/awards/<uuid:award_id>/cancellation/confirmation", methods=["PUT"])
@access(Permission.CANCEL)
@blp.response(200, AwardOut)
def confirm_cancellation(award_id: UUID) -> Any:
    """Wants the version seen as If-Match."""
    return cancelling.confirm(current_actor(), award_id, seen_version())


@blp.route("/award-letters", methods=["GET"])
@access(Permission.READ_LETTER)
@blp.arguments(PageArguments, location="query")
@blp.response(200, AwardLetterListOut)
def own_letters(query: dict[str, Any]) -> Any:
    page = reading.own_letters(current_actor(), query["cursor"], query["limit"])
    return {"items": page.items, "next_cursor": page.next_cursor}


@blp.route("/award-letters/<uuid:letter_id>", methods=["GET"])
@access(Permission.READ_LETTER)
@blp.response(200, AwardLetterOut)
def own_letter(letter_id: UUID) -> Any:
    return reading.get_letter(current_actor(), letter_id)


@blp.route("/award-letters/<uuid:letter_id>/receipt", methods=["PUT"])
@access(Permission.CONFIRM_LETTER)
@blp.response(200, AwardLetterOut)
def confirm_letter(letter_id: UUID) -> Any:
    return reading.confirm_reading(current_actor(), letter_id)
