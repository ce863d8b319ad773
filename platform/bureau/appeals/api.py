"""REST: appeals of a school, their evidence, the bureau's decisions and statistics."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from bureau.appeals.permissions import Permission
from bureau.appeals.schemas import (
    AppealIn,
    AppealListOut,
    AppealOut,
    AppealQuery,
    DecisionIn,
    EvidenceFile,
    EvidenceOut,
    StatisticsOut,
    StatisticsQuery,
    WithdrawalIn,
)
from bureau.appeals.service import deciding, filing, reading
from kernel.access.edge import access, current_actor
from kernel.api import ApiBlueprint, seen_version
from kernel.database import now
from kernel.schemas import PageArguments

blp = ApiBlueprint("appeals", __name__)


@blp.route("/appeals", methods=["GET"])
@access(Permission.READ_OWN)
@blp.arguments(PageArguments, location="query")
@blp.response(200, AppealListOut)
def own_appeals(query: dict[str, Any]) -> Any:
    page = reading.own_appeals(current_actor(), query["cursor"], query["limit"])
    return {"items": [row.Appeal for row in page.items], "next_cursor": page.next_cursor}


@blp.route("/appeals/<uuid:appeal_id>", methods=["GET"])
@access(Permission.READ_OWN)
@blp.response(200, AppealOut)
def own_appeal(appeal_id: UUID) -> Any:
    return filing.own_appeal(current_actor(), appeal_id)


@blp.route("/appeals/<uuid:appeal_id>", methods=["PUT"])
@access(Permission.APPEAL)
@blp.arguments(AppealIn)
@blp.response(200, AppealOut)
def save_appeal(data: dict[str, Any], appeal_id: UUID) -> Any:
    """Write a draft under the client's id; a change wants the version seen as If-Match."""
    return filing.save_draft(current_actor(), appeal_id, seen_version(), **data)


@blp.route("/appeals/<uuid:appeal_id>/evidence/<uuid:evidence_id>", methods=["PUT"])
@access(Permission.APPEAL)
@blp.arguments(EvidenceFile, location="files", content_type="multipart/form-data")
@blp.response(200, EvidenceOut)
def put_evidence(files: dict[str, Any], appeal_id: UUID, evidence_id: UUID) -> Any:
    file = files["evidence"]
    return filing.add_evidence(current_actor(), appeal_id, evidence_id, file.read(), file.filename or "")


@blp.route("/appeals/<uuid:appeal_id>/evidence/<uuid:evidence_id>", methods=["DELETE"])
@access(Permission.APPEAL)
@blp.response(204)
def delete_evidence(appeal_id: UUID, evidence_id: UUID) -> None:
    filing.remove_evidence(current_actor(), appeal_id, evidence_id)


@blp.route("/appeals/<uuid:appeal_id>/sending", methods=["PUT"])
@access(Permission.APPEAL)
@blp.response(200, AppealOut)
def send_appeal(appeal_id: UUID) -> Any:
    """Wants the version seen as If-Match."""
    return filing.send(current_actor(), appeal_id, seen_version())


@blp.route("/appeals/<uuid:appeal_id>/withdrawal", methods=["POST"])
@access(Permission.APPEAL)
@blp.arguments(WithdrawalIn)
@blp.response(200, AppealOut)
def withdraw_appeal(data: dict[str, Any], appeal_id: UUID) -> Any:
    """Wants the version seen as If-Match."""
    return filing.withdraw(current_actor(), appeal_id, seen_version(), data["reason"] or "")


@blp.route("/district/appeals", methods=["GET"])
@access(Permission.READ)
@blp.arguments(AppealQuery, location="query")
@blp.response(200, AppealListOut)
def list_appeals(query: dict[str, Any]) -> Any:
    page = reading.list_appeals(current_actor(), query["state"], query["plan_id"], query["cursor"], query["limit"])
    return {"items": [row.Appeal for row in page.items], "next_cursor": page.next_cursor}


@blp.route("/schools/<int:school_id>/appeals/<uuid:appeal_id>", methods=["GET"])
@access(Permission.READ)
@blp.response(200, AppealOut)
def show_appeal(school_id: int, appeal_id: UUID) -> Any:
    return deciding.get_appeal(current_actor(), school_id, appeal_id)


@blp.route("/schools/<int:school_id>/appeals/<uuid:appeal_id>/decision", methods=["POST"])
@access(Permission.DECIDE)
@blp.arguments(DecisionIn)
@blp.response(200, AppealOut)
def decide_appeal(data: dict[str, Any], school_id: int, appeal_id: UUID) -> Any:
    """Wants the version seen as If-Match. Never by an inspector of the visit."""
    return deciding.decide(
        current_actor(), school_id, appeal_id, seen_version(), upheld=data["outcome"] == "upheld",
        reason=data["reason"], answer=data["answer"],
    )  # fmt: skip


@blp.route("/appeal-statistics", methods=["GET"])
@access(Permission.READ_STATISTICS)
@blp.arguments(StatisticsQuery, location="query")
@blp.response(200, StatisticsOut)
def statistics(query: dict[str, Any]) -> Any:
    return reading.statistics(current_actor(), now() - timedelta(days=query["days"]), query["plan_id"])
