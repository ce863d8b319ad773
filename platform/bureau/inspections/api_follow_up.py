"""REST: what follows a visit: review, acknowledgement, revisions, publication."""

from typing import Any
from uuid import UUID

from bureau.inspections.permissions import Permission
from bureau.inspections.schemas import PlanOut, VisitOut
from bureau.inspections.schemas_follow_up import (
    AcknowledgementForm,
    AcknowledgementOut,
    FollowUpIn,
    PublicationIn,
    PublicationOut,
    PublishedOut,
    ReviewIn,
    RevisionsOut,
    StandingsOut,
)
from bureau.inspections.service import acknowledging, publishing, results, revising
from kernel.access.edge import access, current_actor
from kernel.api import ApiBlueprint, seen_version

blp = ApiBlueprint("inspection_follow_up", __name__)


@blp.route("/schools/<int:school_id>/inspections/<uuid:inspection_id>/review", methods=["POST"])
@access(Permission.REVIEW)
@blp.arguments(ReviewIn)
@blp.response(200, VisitOut)
def review(data: dict[str, Any], school_id: int, inspection_id: UUID) -> Any:
    """Never by an inspector of the visit. Wants the version seen as If-Match."""
    return results.review(current_actor(), school_id, inspection_id, seen_version(), data["note"] or "")


@blp.route("/schools/<int:school_id>/inspections/<uuid:inspection_id>/revisions", methods=["GET"])
@access(Permission.READ)
@blp.response(200, RevisionsOut)
def revisions(school_id: int, inspection_id: UUID) -> Any:
    actor = current_actor()
    results.get_result(actor, school_id, inspection_id)
    return {"items": revising.revisions_of(actor, school_id, inspection_id)}


@blp.route("/inspection-results/<uuid:inspection_id>/revisions", methods=["GET"])
@access(Permission.READ_OWN_RESULT)
@blp.response(200, RevisionsOut)
def own_revisions(inspection_id: UUID) -> Any:
    actor = current_actor()
    result = results.get_result(actor, actor.own_school_id(), inspection_id)
    return {"items": revising.revisions_of(actor, result.school_id, result.id)}


@blp.route("/inspection-results/<uuid:inspection_id>/acknowledgement", methods=["PUT"])
@access(Permission.ACKNOWLEDGE)
@blp.arguments(AcknowledgementForm)
@blp.response(200, AcknowledgementOut)
def acknowledge(data: dict[str, Any], inspection_id: UUID) -> Any:
    """Ends the time for appeals; said twice it is said once."""
    return acknowledging.acknowledge(current_actor(), inspection_id, data["note"] or "")


@blp.route("/inspection-results/<uuid:inspection_id>/publication", methods=["GET"])
@access(Permission.READ_OWN_RESULT)
@blp.response(200, PublicationOut)
def own_publication(inspection_id: UUID) -> Any:
    """The school's own place and the shape of its peer group, once published."""
    return publishing.own_publication(current_actor(), inspection_id)


@blp.route("/inspection-plans/<uuid:plan_id>/publication", methods=["GET"])
@access(Permission.COMPARE)
@blp.response(200, StandingsOut)
def standing(plan_id: UUID) -> Any:
    """Each visit, and what keeps it from publication."""
    return {"items": publishing.standing(current_actor(), plan_id)}


@blp.route("/inspection-plans/<uuid:plan_id>/publication", methods=["POST"])
@access(Permission.PUBLISH)
@blp.arguments(PublicationIn)
@blp.response(200, PublishedOut)
def publish(data: dict[str, Any], plan_id: UUID) -> Any:
    """Wants the plan's version as If-Match."""
    count = publishing.publish(current_actor(), plan_id, seen_version(), without_blocked=data["without_blocked"])
    return {"published": count}


@blp.route("/inspection-plans/<uuid:plan_id>/follow-up", methods=["PUT"])
@access(Permission.PLAN)
@blp.arguments(FollowUpIn)
@blp.response(200, PlanOut)
def configure(data: dict[str, Any], plan_id: UUID) -> Any:
    """Wants the plan's version as If-Match."""
    return publishing.configure(current_actor(), plan_id, seen_version(), **data)
