"""REST: composites."""

from typing import Any
from uuid import UUID

from bureau.composites import service
from bureau.composites.permissions import Permission
from bureau.composites.schemas import CompositeIn, CompositeListOut, CompositeOut, CompositeScoresOut
from kernel.access.edge import access, current_actor
from kernel.api import ApiBlueprint
from scorecards.composite import composite_result_to_json

blp = ApiBlueprint("composites", __name__, description="One score per school from several inspections and surveys")


@blp.route("/composites", methods=["GET"])
@access(Permission.READ)
@blp.response(200, CompositeListOut)
def list_composites() -> dict[str, Any]:
    return {"items": service.list_composites(current_actor()), "next_cursor": None}


@blp.route("/composites", methods=["POST"])
@access(Permission.MANAGE)
@blp.arguments(CompositeIn)
@blp.response(201, CompositeOut)
def create(data: dict[str, Any]) -> Any:
    """Under an id of the client's own; sent again it is the same composite."""
    return service.create(current_actor(), **data)


@blp.route("/composites/<uuid:composite_id>/scores", methods=["GET"])
@access(Permission.READ)
@blp.response(200, CompositeScoresOut)
def scores(composite_id: UUID) -> dict[str, Any]:
    """Every school's score with the account of its parts."""
    actor = current_actor()
    rows = service.scores(actor, service.get_composite(actor, composite_id))
    names = ("school_id", "school_name", "stage", "is_boarding", "rank", "of")
    return {
        "items": [
            {**{name: getattr(row, name) for name in names}, "result": composite_result_to_json(row.result)}
            for row in rows
        ]
    }
