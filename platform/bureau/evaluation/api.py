"""REST: qualification review, committee, scores, report, experts; a supplier's answers."""

from typing import Any
from uuid import UUID

from bureau.evaluation import schemas
from bureau.evaluation.permissions import Permission
from bureau.evaluation.service import (
    answering,
    committee,
    conformity,
    consensus,
    experts,
    facts,
    low_prices,
    members,
    qualification,
    reporting,
    results,
    scoring,
    viewing,
)
from kernel.access.edge import access, current_actor
from kernel.api import ApiBlueprint, seen_version
from kernel.errors import NotFound

blp = ApiBlueprint("evaluation", __name__)


@blp.route("/evaluations/<uuid:judged_tender_id>", methods=["GET"])
@access(Permission.READ)
@blp.response(200, schemas.EvaluationOut)
def show(judged_tender_id: UUID) -> dict[str, Any]:
    """How far the evaluation is; no names before the result, no scores before all members have locked."""
    actor = current_actor()
    tender = viewing.require_bids(actor, judged_tender_id)
    found = facts.find_committee(actor, tender.id)
    return {
        "tender_id": tender.id,
        "state": tender.state,
        "committee": found,
        "seats": members.seats_of(actor, found) if found is not None else [],
        "lots": list(facts.evaluations_of(tender).values()),
        "results": results.results_of(tender) if viewing.sees_scores(found) else [],
    }


@blp.route("/evaluations/<uuid:judged_tender_id>/bids/<uuid:judged_bid_id>/qualification", methods=["PUT"])
@access(Permission.QUALIFY)
@blp.arguments(schemas.QualificationIn)
@blp.response(204)
def qualify(data: dict[str, Any], judged_tender_id: UUID, judged_bid_id: UUID) -> None:
    """What was found of one bid. A change wants If-Match: the sum of the versions of the bid's findings."""
    actor = current_actor()
    known = qualification.reviews_of(facts.get_tender(actor, judged_tender_id))
    seen = seen_version() if any(bid_id == judged_bid_id for bid_id, _criterion in known) else None
    qualification.review(actor, judged_tender_id, judged_bid_id, _findings(data), seen)


def _findings(data: dict[str, Any]) -> list[qualification.Finding]:
    return [
        qualification.Finding(row["criterion_id"], row["passed"], row["reason"] or "", row["article"] or "")
        for row in data["findings"]
    ]


@blp.route("/evaluations/<uuid:judged_tender_id>/qualification/closing", methods=["PUT"])
@access(Permission.QUALIFY)
@blp.response(204)
def close_qualification(judged_tender_id: UUID) -> None:
    """Wants the tender's version as If-Match."""
    qualification.close(current_actor(), judged_tender_id, seen_version())


@blp.route("/evaluations/<uuid:judged_tender_id>/committees/<uuid:committee_id>", methods=["PUT"])
@access(Permission.FORM)
@blp.arguments(schemas.CommitteeIn)
@blp.response(200, schemas.CommitteeOut)
def commit(data: dict[str, Any], judged_tender_id: UUID, committee_id: UUID) -> Any:
    """Fix size, representatives and pool; gives the commitment. Under the client's id."""
    return committee.commit(
        current_actor(), judged_tender_id, committee_id, size=data["size"],
        representative_ids=data["representative_ids"], public_value=data["public_value"] or "",
    )  # fmt: skip


@blp.route("/evaluations/<uuid:judged_tender_id>/committee/draw", methods=["POST"])
@access(Permission.FORM)
@blp.arguments(schemas.CommitteeDrawIn)
@blp.response(200, schemas.CommitteeOut)
def draw(data: dict[str, Any], judged_tender_id: UUID) -> Any:
    """Once. Wants the committee's version as If-Match."""
    return committee.draw(current_actor(), judged_tender_id, seen_version(), data["public_value"] or "")


@blp.route("/evaluations/<uuid:judged_tender_id>/committee/dissolution", methods=["POST"])
@access(Permission.FORM)
@blp.arguments(schemas.CommitteeReason)
@blp.response(200, schemas.CommitteeOut)
def dissolve(data: dict[str, Any], judged_tender_id: UUID) -> Any:
    """Wants the committee's version as If-Match."""
    return committee.dissolve(current_actor(), judged_tender_id, seen_version(), data["reason"])


@blp.route("/evaluations/<uuid:judged_tender_id>/committee/seats/<int:seat_number>", methods=["PUT"])
@access(Permission.FORM)
@blp.arguments(schemas.SeatIn)
@blp.response(204)
def name_representative(data: dict[str, Any], judged_tender_id: UUID, seat_number: int) -> None:
    members.name_representative(current_actor(), judged_tender_id, seat_number, data["person_id"])


@blp.route("/evaluations/<uuid:judged_tender_id>/committee/document", methods=["GET"])
@access(Permission.READ)
@blp.response(200, schemas.CommitteeDocumentOut)
def document(judged_tender_id: UUID) -> Any:
    return committee.document_of(current_actor(), judged_tender_id)


@blp.route("/evaluations/<uuid:judged_tender_id>/report", methods=["GET"])
@access(Permission.READ)
@blp.response(200, schemas.EvaluationReportOut)
def report(judged_tender_id: UUID) -> Any:
    actor = current_actor()
    return reporting.published_body(actor, reporting.get_report(actor, judged_tender_id))


@blp.route("/evaluation-seats", methods=["GET"])
@access(Permission.READ_SEAT)
@blp.response(200, schemas.OwnSeatListOut)
def own_seats() -> dict[str, Any]:
    return {"items": members.own_seats(current_actor()), "next_cursor": None}


@blp.route("/evaluation-seats/<uuid:judged_tender_id>", methods=["GET"])
@access(Permission.READ_SEAT)
@blp.response(200, schemas.OwnSeatOut)
def own_seat(judged_tender_id: UUID) -> Any:
    return members.own_seat(current_actor(), judged_tender_id)


@blp.route("/evaluation-seats/<uuid:judged_tender_id>/declaration", methods=["PUT"])
@access(Permission.JUDGE)
@blp.response(200, schemas.OwnSeatOut)
def declare(judged_tender_id: UUID) -> Any:
    """No conflict of interest. Wants the seat's version as If-Match."""
    return members.declare(current_actor(), judged_tender_id, seen_version())


@blp.route("/evaluation-seats/<uuid:judged_tender_id>/recusal", methods=["POST"])
@access(Permission.JUDGE)
@blp.arguments(schemas.CommitteeReason)
@blp.response(200, schemas.OwnSeatOut)
def recuse(data: dict[str, Any], judged_tender_id: UUID) -> Any:
    """Wants the seat's version as If-Match."""
    return members.recuse(current_actor(), judged_tender_id, seen_version(), data["reason"])


@blp.route("/evaluation-seats/<uuid:judged_tender_id>/head", methods=["PUT"])
@access(Permission.JUDGE)
@blp.arguments(schemas.HeadIn)
@blp.response(200, schemas.OwnSeatOut)
def choose_head(data: dict[str, Any], judged_tender_id: UUID) -> Any:
    return members.choose_head(current_actor(), judged_tender_id, data["number"])


@blp.route("/evaluation-seats/<uuid:judged_tender_id>/bids/<uuid:judged_bid_id>/conformity", methods=["PUT"])
@access(Permission.JUDGE)
@blp.arguments(schemas.ConformityIn)
@blp.response(204)
def vote_conformity(data: dict[str, Any], judged_tender_id: UUID, judged_bid_id: UUID) -> None:
    votes = [conformity.Vote(row["criterion_id"], row["passed"], row["reason"] or "") for row in data["findings"]]
    conformity.vote(current_actor(), judged_tender_id, judged_bid_id, votes)


@blp.route("/evaluation-seats/<uuid:judged_tender_id>/conformity/closing", methods=["PUT"])
@access(Permission.JUDGE)
@blp.response(200, schemas.CommitteeOut)
def close_conformity(judged_tender_id: UUID) -> Any:
    """By the head."""
    return conformity.close(current_actor(), judged_tender_id)


@blp.route("/evaluation-seats/<uuid:judged_tender_id>/bids/<uuid:judged_bid_id>/price-question", methods=["POST"])
@access(Permission.JUDGE)
@blp.arguments(schemas.CommitteeReason)
@blp.response(200, schemas.AbnormalReviewOut)
def judge_low(data: dict[str, Any], judged_tender_id: UUID, judged_bid_id: UUID) -> Any:
    """By the head: ask a bidder to explain a price that no ratio caught."""
    return low_prices.judge_low(current_actor(), judged_tender_id, judged_bid_id, data["reason"])


@blp.route("/evaluation-seats/<uuid:judged_tender_id>/explanations/<uuid:explanation_id>/vote", methods=["PUT"])
@access(Permission.JUDGE)
@blp.arguments(schemas.AbnormalVoteIn)
@blp.response(200, schemas.AbnormalReviewOut)
def vote_explanation(data: dict[str, Any], judged_tender_id: UUID, explanation_id: UUID) -> Any:
    return low_prices.vote(
        current_actor(), judged_tender_id, explanation_id, accepts=data["accepts"], reason=data["reason"]
    )


@blp.route("/evaluation-seats/<uuid:judged_tender_id>/scoring", methods=["PUT"])
@access(Permission.JUDGE)
@blp.response(200, schemas.CommitteeOut)
def begin_scoring(judged_tender_id: UUID) -> Any:
    """By the head, once corrections and explanations are settled."""
    return scoring.begin(current_actor(), judged_tender_id)


@blp.route("/evaluation-seats/<uuid:judged_tender_id>/lots/<uuid:judged_lot_id>/scores", methods=["GET"])
@access(Permission.READ_SEAT)
@blp.response(200, schemas.ScoreSheetOut)
def own_sheet(judged_tender_id: UUID, judged_lot_id: UUID) -> Any:
    """The actor's own sheet and nobody else's."""
    return _sheet(judged_tender_id, judged_lot_id)


def _sheet(tender_id: UUID, lot_id: UUID) -> dict[str, Any]:
    sheet, scores = scoring.read_sheet(current_actor(), tender_id, lot_id)
    if sheet is None:
        raise NotFound()
    return {
        "id": sheet.id, "lot_id": sheet.lot_id, "state": sheet.state, "locked_at": sheet.locked_at,
        "content_sha256": sheet.content_sha256, "version": sheet.version, "scores": scores,
    }  # fmt: skip


@blp.route("/evaluation-seats/<uuid:judged_tender_id>/lots/<uuid:judged_lot_id>/scores", methods=["POST"])
@access(Permission.JUDGE)
@blp.response(200, schemas.ScoreSheetOut)
def begin_sheet(judged_tender_id: UUID, judged_lot_id: UUID) -> Any:
    """Makes the actor's own sheet; twice is once."""
    scoring.sheet_of(current_actor(), judged_tender_id, judged_lot_id)
    return _sheet(judged_tender_id, judged_lot_id)


@blp.route("/evaluation-seats/<uuid:judged_tender_id>/lots/<uuid:judged_lot_id>/scores", methods=["PATCH"])
@access(Permission.JUDGE)
@blp.arguments(schemas.ScoresIn)
@blp.response(200, schemas.ScoreSheetOut)
def save_scores(data: dict[str, Any], judged_tender_id: UUID, judged_lot_id: UUID) -> Any:
    """Points of the actor's own sheet; those not named stay. Wants the sheet's version as If-Match."""
    given = [
        scoring.Given(row["bid_id"], row["criterion_id"], row["points"], row["note"] or "") for row in data["scores"]
    ]
    scoring.save(current_actor(), judged_tender_id, judged_lot_id, given, seen_version())
    return _sheet(judged_tender_id, judged_lot_id)


@blp.route("/evaluation-seats/<uuid:judged_tender_id>/lots/<uuid:judged_lot_id>/lock", methods=["PUT"])
@access(Permission.JUDGE)
@blp.response(200, schemas.ScoreSheetOut)
def lock(judged_tender_id: UUID, judged_lot_id: UUID) -> Any:
    """Final; locked twice is locked once. Wants the sheet's version as If-Match."""
    scoring.lock(current_actor(), judged_tender_id, judged_lot_id, seen_version())
    return _sheet(judged_tender_id, judged_lot_id)


@blp.route("/evaluation-seats/<uuid:judged_tender_id>/rescorings/<uuid:rescoring_id>", methods=["PUT"])
@access(Permission.JUDGE)
@blp.arguments(schemas.RescoringIn)
@blp.response(200, schemas.RescoringOut)
def rescore(data: dict[str, Any], judged_tender_id: UUID, rescoring_id: UUID) -> Any:
    """Change one of the actor's own scores for a reason of Art. 64, under the client's id."""
    return consensus.rescore(current_actor(), judged_tender_id, rescoring_id, **data)


@blp.route("/evaluation-seats/<uuid:judged_tender_id>/report", methods=["PUT"])
@access(Permission.JUDGE)
@blp.response(200, schemas.EvaluationReportOut)
def make_report(judged_tender_id: UUID) -> Any:
    """By the head; made twice it is the same report."""
    actor = current_actor()
    return reporting.published_body(actor, reporting.make(actor, judged_tender_id))


@blp.route("/evaluation-seats/<uuid:judged_tender_id>/signature", methods=["PUT"])
@access(Permission.JUDGE)
@blp.arguments(schemas.SignatureIn)
@blp.response(204)
def sign(data: dict[str, Any], judged_tender_id: UUID) -> None:
    reporting.sign(
        current_actor(), judged_tender_id, data["sha256"], opinion=data["opinion"], reason=data["reason"] or ""
    )


@blp.route("/experts", methods=["GET"])
@access(Permission.READ_EXPERTS)
@blp.response(200, schemas.ExpertListOut)
def list_experts() -> dict[str, Any]:
    return {"items": experts.list_experts(current_actor()), "next_cursor": None}


@blp.route("/experts/<uuid:expert_id>", methods=["PUT"])
@access(Permission.MANAGE_EXPERTS)
@blp.arguments(schemas.ExpertIn)
@blp.response(200, schemas.ExpertOut)
def save_expert(data: dict[str, Any], expert_id: UUID) -> Any:
    """`expert_id` is the person's. A change wants the version seen as If-Match."""
    return experts.save_expert(
        current_actor(), expert_id, seen_version(),
        **{**data, **{name: data[name] or "" for name in ("employer", "title", "state_reason")}},
    )  # fmt: skip


@blp.route("/expert-interests/<uuid:expert_interest_id>", methods=["PUT"])
@access(Permission.MANAGE_EXPERTS)
@blp.arguments(schemas.ExpertInterestIn)
@blp.response(200, schemas.ExpertInterestOut)
def declare_interest(data: dict[str, Any], expert_interest_id: UUID) -> Any:
    return experts.declare_interest(current_actor(), expert_interest_id, **{**data, "reason": data["reason"] or ""})


@blp.route("/expert-interests/mine/<uuid:expert_interest_id>", methods=["PUT"])
@access(Permission.DECLARE)
@blp.arguments(schemas.ExpertInterestIn)
@blp.response(200, schemas.ExpertInterestOut)
def declare_own_interest(data: dict[str, Any], expert_interest_id: UUID) -> Any:
    actor = current_actor()
    own = {**data, "reason": data["reason"] or "", "expert_id": actor.account_id}
    return experts.declare_interest(actor, expert_interest_id, **own)


@blp.route("/expert-interests/<uuid:expert_interest_id>/withdrawal", methods=["PUT"])
@access(Permission.MANAGE_EXPERTS)
@blp.response(200, schemas.ExpertInterestOut)
def withdraw_interest(expert_interest_id: UUID) -> Any:
    """Wants the version seen as If-Match."""
    return experts.withdraw_interest(current_actor(), expert_interest_id, seen_version())


@blp.route("/price-corrections", methods=["GET"])
@access(Permission.READ_ANSWERS)
@blp.response(200, schemas.PriceCorrectionListOut)
def own_corrections() -> dict[str, Any]:
    return {"items": answering.own_corrections(current_actor()), "next_cursor": None}


@blp.route("/price-corrections/<uuid:correction_id>", methods=["GET"])
@access(Permission.READ_ANSWERS)
@blp.response(200, schemas.PriceCorrectionOut)
def own_correction(correction_id: UUID) -> Any:
    return answering.own_correction(current_actor(), correction_id)


@blp.route("/price-corrections/<uuid:correction_id>/answer", methods=["PUT"])
@access(Permission.ANSWER)
@blp.arguments(schemas.CorrectionAnswerIn)
@blp.response(200, schemas.PriceCorrectionOut)
def answer_correction(data: dict[str, Any], correction_id: UUID) -> Any:
    """Confirm or refuse, once, in time. Wants the version seen as If-Match."""
    return answering.answer_correction(
        current_actor(), correction_id, seen_version(), accepts=data["accepts"], answer=data["answer"] or ""
    )


@blp.route("/price-explanations", methods=["GET"])
@access(Permission.READ_ANSWERS)
@blp.response(200, schemas.AbnormalReviewListOut)
def own_explanations() -> dict[str, Any]:
    return {"items": answering.own_explanations(current_actor()), "next_cursor": None}


@blp.route("/price-explanations/<uuid:explanation_id>", methods=["GET"])
@access(Permission.READ_ANSWERS)
@blp.response(200, schemas.AbnormalReviewOut)
def own_explanation(explanation_id: UUID) -> Any:
    return answering.own_explanation(current_actor(), explanation_id)


@blp.route("/price-explanations/<uuid:explanation_id>/text", methods=["PUT"])
@access(Permission.ANSWER)
@blp.arguments(schemas.ExplanationIn)
@blp.response(200, schemas.AbnormalReviewOut)
def explain(data: dict[str, Any], explanation_id: UUID) -> Any:
    """Until the deadline. Wants the version seen as If-Match; files are sent with the page."""
    return answering.explain(current_actor(), explanation_id, seen_version(), explanation=data["explanation"])
