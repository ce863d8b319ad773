"""REST: signs of a tender and what became of them."""

from typing import Any
from uuid import UUID

from bureau.collusion.permissions import Permission
from bureau.collusion.schemas import CollusionSignListOut, CollusionSignOut, SignDecisionIn
from bureau.collusion.service import deciding, reading
from bureau.tendering.service import reading as tenders
from kernel.access.edge import access, current_actor
from kernel.api import ApiBlueprint, seen_version

blp = ApiBlueprint("collusion", __name__, description="Signs of collusion in opened bids (Order 87, Art. 37)")


@blp.route("/tenders/<uuid:tender_id>/collusion-signs", methods=["GET"])
@access(Permission.READ)
@blp.response(200, CollusionSignListOut)
def list_signs(tender_id: UUID) -> dict[str, Any]:
    actor = current_actor()
    tenders.get_tender(actor, tender_id)
    return {"items": reading.signs_of(actor, tender_id)}


@blp.route("/tenders/<uuid:tender_id>/collusion-signs/<uuid:collusion_sign_id>/decisions", methods=["POST"])
@access(Permission.DECIDE)
@blp.arguments(SignDecisionIn)
@blp.response(200, CollusionSignOut)
def decide_sign(data: dict[str, Any], tender_id: UUID, collusion_sign_id: UUID) -> Any:
    """Wants the version seen as If-Match."""
    return deciding.decide(current_actor(), tender_id, collusion_sign_id, seen_version(), **data)
