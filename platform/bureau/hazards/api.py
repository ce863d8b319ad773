"""REST: red-line hazards."""

from typing import Any
from uuid import UUID

from bureau.hazards.permissions import Permission
from bureau.hazards.schemas import HazardIn, HazardListOut, HazardOut, HazardQuery, HazardStep
from bureau.hazards.service import finding, handling, moving, reading
from kernel.access.edge import access, current_actor
from kernel.api import ApiBlueprint, seen_version

blp = ApiBlueprint("hazards", __name__, description="Red-line hazards, apart from scores")


@blp.route("/hazards", methods=["GET"])
@access(Permission.READ)
@blp.arguments(HazardQuery, location="query")
@blp.response(200, HazardListOut)
def list_hazards(query: dict[str, Any]) -> dict[str, Any]:
    """Newest first; without `state` the open ones."""
    page = reading.list_hazards(current_actor(), **query)
    return {"items": [row[0] for row in page.items], "next_cursor": page.next_cursor}


@blp.route("/hazards", methods=["POST"])
@access(Permission.REPORT)
@blp.arguments(HazardIn)
@blp.response(201, HazardOut)
def report(data: dict[str, Any]) -> Any:
    """Report one by hand, under an id of the client's own. The alarm goes out at once."""
    return finding.report(current_actor(), **data)


@blp.route("/schools/<int:school_id>/hazards/<uuid:hazard_id>", methods=["GET"])
@access(Permission.READ)
@blp.response(200, HazardOut)
def show(school_id: int, hazard_id: UUID) -> Any:
    return moving.get_hazard(current_actor(), school_id, hazard_id)


@blp.route("/schools/<int:school_id>/hazards/<uuid:hazard_id>/decision", methods=["POST"])
@access(Permission.DECIDE)
@blp.arguments(HazardStep)
@blp.response(200, HazardOut)
def decide(data: dict[str, Any], school_id: int, hazard_id: UUID) -> Any:
    """The bureau's steps: close, reject, dismiss, reopen. Wants the version seen as If-Match."""
    return handling.act(current_actor(), school_id, hazard_id, data["event"], data["words"], seen_version())
