"""REST: a supplier's challenges, the bureau's handling, complaints."""

from typing import Any
from uuid import UUID

from bureau.challenges import steps
from bureau.challenges.permissions import Permission
from bureau.challenges.schemas import (
    ChallengeAcceptanceIn,
    ChallengeAnswerIn,
    ChallengeCorrectionIn,
    ChallengeFileIn,
    ChallengeFileOut,
    ChallengeIn,
    ChallengeListOut,
    ChallengeOut,
    ChallengeQuery,
    ChallengeReasonIn,
    ComplaintIn,
    ComplaintOut,
    ComplaintStepIn,
)
from bureau.challenges.service import complaints, filing, handling, reading
from bureau.challenges.service.moving import get_challenge
from kernel.access.edge import access, current_actor
from kernel.api import ApiBlueprint, seen_version
from kernel.schemas import PageArguments

blp = ApiBlueprint("challenges", __name__)


@blp.route("/challenges", methods=["GET"])
@access(Permission.READ_OWN)
@blp.arguments(PageArguments, location="query")
@blp.response(200, ChallengeListOut)
def own_challenges(query: dict[str, Any]) -> Any:
    page = reading.own_challenges(current_actor(), query["cursor"], query["limit"])
    return {"items": [row.Challenge for row in page.items], "next_cursor": page.next_cursor}


@blp.route("/challenges/<uuid:challenge_id>", methods=["GET"])
@access(Permission.READ_OWN)
@blp.response(200, ChallengeOut)
def own_challenge(challenge_id: UUID) -> Any:
    return get_challenge(current_actor(), challenge_id)


@blp.route("/challenges/<uuid:challenge_id>", methods=["PUT"])
@access(Permission.FILE)
@blp.arguments(ChallengeIn)
@blp.response(200, ChallengeOut)
def file_challenge(data: dict[str, Any], challenge_id: UUID) -> Any:
    """File under the client's id; sent twice it is filed once."""
    return filing.file(current_actor(), challenge_id, **data)


@blp.route("/challenges/<uuid:challenge_id>/correction", methods=["PUT"])
@access(Permission.FILE)
@blp.arguments(ChallengeCorrectionIn)
@blp.response(200, ChallengeOut)
def correct_challenge(data: dict[str, Any], challenge_id: UUID) -> Any:
    """Wants the version seen as If-Match."""
    data["legal_basis"] = data["legal_basis"] or ""
    return filing.correct(current_actor(), challenge_id, seen_version(), **data)


@blp.route("/challenges/<uuid:challenge_id>/withdrawal", methods=["PUT"])
@access(Permission.FILE)
@blp.arguments(ChallengeReasonIn)
@blp.response(200, ChallengeOut)
def withdraw_challenge(data: dict[str, Any], challenge_id: UUID) -> Any:
    """Wants the version seen as If-Match."""
    return filing.withdraw(current_actor(), challenge_id, seen_version(), data["reason"] or "")


@blp.route("/challenges/<uuid:challenge_id>/files/<uuid:challenge_file_id>", methods=["PUT"])
@access(Permission.FILE)
@blp.arguments(ChallengeFileIn, location="files", content_type="multipart/form-data")
@blp.response(200, ChallengeFileOut)
def put_challenge_file(files: dict[str, Any], challenge_id: UUID, challenge_file_id: UUID) -> Any:
    file = files["file"]
    return filing.add_file(current_actor(), challenge_id, challenge_file_id, file.read(), file.filename or "")


@blp.route("/district-challenges", methods=["GET"])
@access(Permission.READ)
@blp.arguments(ChallengeQuery, location="query")
@blp.response(200, ChallengeListOut)
def district_challenges(query: dict[str, Any]) -> Any:
    page = reading.district_challenges(
        current_actor(), query["cursor"], query["limit"], state=query["state"], tender_id=query["tender_id"]
    )
    return {"items": [row.Challenge for row in page.items], "next_cursor": page.next_cursor}


@blp.route("/district-challenges/<uuid:challenge_id>", methods=["GET"])
@access(Permission.READ)
@blp.response(200, ChallengeOut)
def district_challenge(challenge_id: UUID) -> Any:
    return get_challenge(current_actor(), challenge_id)


@blp.route("/district-challenges/<uuid:challenge_id>/acceptance", methods=["PUT"])
@access(Permission.HANDLE)
@blp.arguments(ChallengeAcceptanceIn)
@blp.response(200, ChallengeOut)
def accept_challenge(data: dict[str, Any], challenge_id: UUID) -> Any:
    """Wants the version seen as If-Match."""
    return handling.accept(current_actor(), challenge_id, seen_version(), **data)


@blp.route("/district-challenges/<uuid:challenge_id>/return", methods=["PUT"])
@access(Permission.HANDLE)
@blp.arguments(ChallengeReasonIn)
@blp.response(200, ChallengeOut)
def return_challenge(data: dict[str, Any], challenge_id: UUID) -> Any:
    """Wants the version seen as If-Match."""
    return handling.send_back(current_actor(), challenge_id, seen_version(), data["reason"] or "")


@blp.route("/district-challenges/<uuid:challenge_id>/rejection", methods=["PUT"])
@access(Permission.HANDLE)
@blp.arguments(ChallengeReasonIn)
@blp.response(200, ChallengeOut)
def reject_challenge(data: dict[str, Any], challenge_id: UUID) -> Any:
    """Wants the version seen as If-Match."""
    return handling.reject(current_actor(), challenge_id, seen_version(), data["reason"] or "")


@blp.route("/district-challenges/<uuid:challenge_id>/answer", methods=["PUT"])
@access(Permission.HANDLE)
@blp.arguments(ChallengeAnswerIn)
@blp.response(200, ChallengeOut)
def answer_challenge(data: dict[str, Any], challenge_id: UUID) -> Any:
    """Wants the version seen as If-Match."""
    data["remedy"] = data["remedy"] or ""
    return handling.answer(current_actor(), challenge_id, seen_version(), **data)


@blp.route("/district-challenges/<uuid:challenge_id>/complaints/<uuid:complaint_id>", methods=["PUT"])
@access(Permission.HANDLE)
@blp.arguments(ComplaintIn)
@blp.response(200, ComplaintOut)
def register_complaint(data: dict[str, Any], challenge_id: UUID, complaint_id: UUID) -> Any:
    return complaints.register(current_actor(), challenge_id, complaint_id, **data)


@blp.route("/complaints/<uuid:complaint_id>/steps", methods=["POST"])
@access(Permission.HANDLE)
@blp.arguments(ComplaintStepIn)
@blp.response(200, ComplaintOut)
def complaint_step(data: dict[str, Any], complaint_id: UUID) -> Any:
    """Wants the version seen as If-Match, so that a repeated step is refused."""
    return steps.carry_out(current_actor(), complaint_id, seen_version(), data)
