"""REST: papers."""

from typing import Any
from uuid import UUID

from bureau.papers.permissions import Permission
from bureau.papers.schemas import PaperKindIn, PaperListOut, PaperOut, PaperQuery, PaperWithdrawal
from bureau.papers.service import issuing
from kernel.access.edge import access, current_actor
from kernel.api import ApiBlueprint, seen_version

blp = ApiBlueprint("papers", __name__, description="Official papers; each is issued once and can only be withdrawn")


@blp.route("/papers", methods=["GET"])
@access(Permission.READ)
@blp.arguments(PaperQuery, location="query")
@blp.response(200, PaperListOut)
def list_papers(query: dict[str, Any]) -> Any:
    return issuing.list_papers(current_actor(), **query)


@blp.route("/papers/<uuid:paper_id>", methods=["GET"])
@access(Permission.READ)
@blp.response(200, PaperOut)
def show(paper_id: UUID) -> Any:
    return issuing.get_paper(current_actor(), paper_id)


@blp.route("/papers/<uuid:paper_id>/withdrawal", methods=["PUT"])
@access(Permission.ISSUE)
@blp.arguments(PaperWithdrawal)
@blp.response(200, PaperOut)
def withdraw(data: dict[str, Any], paper_id: UUID) -> Any:
    """Wants the version seen as If-Match."""
    return issuing.withdraw(current_actor(), paper_id, data["reason"], seen_version())


@blp.route("/schools/<int:school_id>/inspections/<uuid:inspection_id>/papers", methods=["PUT"])
@access(Permission.ISSUE)
@blp.arguments(PaperKindIn)
@blp.response(200, PaperOut)
def issue(data: dict[str, Any], school_id: int, inspection_id: UUID) -> Any:
    """Repeated, it is the same paper."""
    return issuing.issue_for_visit(current_actor(), data["kind"], school_id, inspection_id)


@blp.route("/inspection-plans/<uuid:plan_id>/bulletin", methods=["PUT"])
@access(Permission.ISSUE)
@blp.response(200, PaperOut)
def issue_bulletin(plan_id: UUID) -> Any:
    """Repeated, it is the same paper."""
    return issuing.issue_bulletin(current_actor(), plan_id)
