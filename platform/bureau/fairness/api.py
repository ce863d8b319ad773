"""REST: comparison, strictness, blind double visits, data flags."""

from typing import Any
from uuid import UUID

from bureau.fairness.permissions import Permission
from bureau.fairness.schemas import (
    ComparisonOut,
    DataFlagListOut,
    DataFlagLookIn,
    DataFlagOut,
    DataFlagsQuery,
    DoubleIn,
    EstimateIn,
    StrictnessRunOut,
)
from bureau.fairness.service import comparing, doubles, estimating, flagging
from bureau.inspections.schemas import PlanOut
from kernel.access.edge import access, current_actor, may
from kernel.api import ApiBlueprint
from kernel.errors import NotFound

blp = ApiBlueprint("fairness", __name__, description="Comparing fairly")


@blp.route("/inspection-plans/<uuid:plan_id>/comparison", methods=["GET"])
@access(Permission.COMPARE)
@blp.response(200, ComparisonOut)
def comparison(plan_id: UUID) -> dict[str, Any]:
    """Schools beside their peers: intervals and shared tiers where strictness was estimated; the calibrated score
    for the bureau's leads only."""
    found = comparing.compare(current_actor(), plan_id, calibrated=may(Permission.LEAD))
    return {"why_not": found.why_not, "items": [row for rows in found.groups.values() for row in rows]}


@blp.route("/inspection-plans/<uuid:plan_id>/double", methods=["PUT"])
@access(Permission.DOUBLE)
@blp.arguments(DoubleIn)
@blp.response(200, PlanOut)
def plan_double(data: dict[str, Any], plan_id: UUID) -> Any:
    """Draw a share of the plan's schools for a second, blind visit by others. Repeated: the same plan."""
    return doubles.plan_doubles(current_actor(), plan_id, **data)


@blp.route("/strictness", methods=["GET"])
@access(Permission.LEAD)
@blp.arguments(EstimateIn, location="query")
@blp.response(200, StrictnessRunOut)
def strictness(query: dict[str, Any]) -> dict[str, Any]:
    """The latest estimate of a kind; effects in points of a hundred, positive = stricter than the rest."""
    actor = current_actor()
    run = estimating.latest_run(actor, query["kind"])
    if run is None:
        raise NotFound
    names = ("id", "kind", "starts_on", "ends_on", "refusal", "visits", "observations", "spread", "computed_at")
    return {**{name: getattr(run, name) for name in names}, "items": estimating.estimates(actor, run)}


@blp.route("/data-flags", methods=["GET"])
@access(Permission.FLAGS)
@blp.arguments(DataFlagsQuery, location="query")
@blp.response(200, DataFlagListOut)
def list_flags(query: dict[str, Any]) -> Any:
    return flagging.list_flags(current_actor(), **query)


@blp.route("/schools/<int:school_id>/data-flags/<uuid:flag_id>", methods=["PUT"])
@access(Permission.LOOK)
@blp.arguments(DataFlagLookIn)
@blp.response(200, DataFlagOut)
def look(data: dict[str, Any], school_id: int, flag_id: UUID) -> Any:
    return flagging.look_at(current_actor(), school_id, flag_id, **data)
