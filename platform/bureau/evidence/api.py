"""REST: photos that look like an older one."""

from typing import Any
from uuid import UUID

from bureau.evidence import service
from bureau.evidence.permissions import Permission
from bureau.evidence.schemas import MatchesQuery, MatchListOut, MatchLookIn, MatchOut
from kernel.access.edge import access, current_actor
from kernel.api import ApiBlueprint

blp = ApiBlueprint("evidence", __name__, description="Photos handed in as proof that were seen before")


@blp.route("/photo-matches", methods=["GET"])
@access(Permission.READ)
@blp.arguments(MatchesQuery, location="query")
@blp.response(200, MatchListOut)
def list_matches(query: dict[str, Any]) -> Any:
    return service.list_matches(current_actor(), **query)


@blp.route("/photo-matches/<uuid:match_id>", methods=["PUT"])
@access(Permission.LOOK)
@blp.arguments(MatchLookIn)
@blp.response(200, MatchOut)
def look(data: dict[str, Any], match_id: UUID) -> Any:
    return service.look_at(current_actor(), match_id, **data)
