"""Schools' self-checks as the bureau watches them, over REST."""

from typing import Any
from uuid import UUID

from bureau.inspections.service import planning
from bureau.oversight import self_check_schemas as schemas
from bureau.oversight import self_checks as service
from bureau.oversight.api import blueprint
from bureau.oversight.permissions import Permission
from kernel.access.edge import access, current_actor


@blueprint.route("/oversight/self-checks/scores", methods=["GET"])
@access(Permission.READ)
@blueprint.arguments(schemas.SelfCheckPlanQuery, location="query")
@blueprint.response(200, schemas.SelfCheckScoreListOut)
def list_self_check_scores(query: dict[str, Any]) -> dict[str, Any]:
    """Self and official score of every school of a plan."""
    actor = current_actor()
    plan = planning.get_plan(actor, query["plan_id"])
    return {"items": service.scores(actor, plan.id)}


@blueprint.route("/oversight/self-checks/punctuality", methods=["GET"])
@access(Permission.READ)
@blueprint.arguments(schemas.SelfCheckMonthQuery, location="query")
@blueprint.response(200, schemas.SelfCheckPunctualityListOut)
def list_self_check_punctuality(query: dict[str, Any]) -> dict[str, Any]:
    """Recurring checks due and done per school in a month ("2026-11"; by default this one)."""
    first = service.month_of(query["month"])
    return {"items": service.punctual_rows(current_actor(), first, service.end_of(first))}


@blueprint.route("/oversight/self-checks/requests/<uuid:self_check_request_id>", methods=["PUT"])
@access(Permission.ASK)
@blueprint.arguments(schemas.SelfCheckRequestIn)
@blueprint.response(200, schemas.SelfCheckAskedOut)
def put_self_check_request(data: dict[str, Any], self_check_request_id: UUID) -> dict[str, int]:
    """Ask schools for self-checks under an id of the client's making; again it is the same request."""
    school_ids = data.pop("school_ids")
    return {"schools": service.feed().ask(current_actor(), self_check_request_id, school_ids, **data)}


@blueprint.route("/oversight/self-checks/requests/<uuid:self_check_request_id>/end", methods=["PUT"])
@access(Permission.ASK)
@blueprint.arguments(schemas.SelfCheckEndIn)
@blueprint.response(200, schemas.SelfCheckAskedOut)
def end_self_check_request(data: dict[str, Any], self_check_request_id: UUID) -> dict[str, int]:
    """The request ends with this day at all its schools."""
    return {"schools": service.feed().end(current_actor(), self_check_request_id, data["ends_on"])}
