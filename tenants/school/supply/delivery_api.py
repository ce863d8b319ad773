"""Deliveries on orders and rejections over REST."""

from types import SimpleNamespace
from typing import Any
from uuid import UUID

from kernel.access.edge import access, current_actor
from kernel.api import ApiBlueprint, seen_version
from school.supply import delivery_schemas as shapes
from school.supply.api import answer
from school.supply.permissions import Permission
from school.supply.rejections import finding
from school.supply.rejections.models import GoodsRejection
from school.supply.schemas import GoodsReceiptOut
from school.supply.service import accepting, confirming, reading
from school.supply.service.certificates import CertificateInput

blueprint = ApiBlueprint("deliveries", __name__, description="Deliveries on orders")


@blueprint.route("/deliveries/<uuid:delivery_id>", methods=["PUT"])
@access(Permission.RECORD)
@blueprint.arguments(shapes.DeliverySchema)
@blueprint.response(200, GoodsReceiptOut, description="It was there already, with the same content")
@blueprint.alt_response(201, schema=GoodsReceiptOut, description="Counted; it awaits a second person")
def put_delivery(data: dict[str, Any], delivery_id: UUID) -> Any:
    """Count a shipment at the door under an id of the client's making, which becomes the receipt's. Sent again with the
    same content it is the same receipt (200), with other content a conflict (409)."""
    data["certificates"] = [CertificateInput(**row) for row in data["certificates"]]
    view, is_new = accepting.accept(current_actor(), delivery_id, **data)
    return answer(view.as_dict(), 201 if is_new else 200)


@blueprint.route("/goods-receipts/<uuid:receipt_id>/confirmation", methods=["POST"])
@access(Permission.CONFIRM)
@blueprint.response(200, GoodsReceiptOut)
def confirm_delivery(receipt_id: UUID) -> Any:
    """The second person's word; wants the version seen as If-Match. With the last one needed it is in the books."""
    actor = current_actor()
    receipt = confirming.confirm(actor, receipt_id, seen_version())
    return answer(reading.get_receipt(actor, receipt.school_id, receipt.id).as_dict())


def _whole(rejection: GoodsRejection) -> SimpleNamespace:
    values = {name: getattr(rejection, name) for name in shapes.RejectionOut().fields}
    return SimpleNamespace(**values, lines=finding.lines_of(rejection))


@blueprint.route("/goods-rejections", methods=["GET"])
@access(Permission.READ)
@blueprint.arguments(shapes.RejectionQuery, location="query")
@blueprint.response(200, shapes.RejectionPage)
def list_rejections(query: dict[str, Any]) -> Any:
    """What the school refused, newest first."""
    page = finding.list_rejections(current_actor(), **query)
    return {"items": page.items, "next_cursor": page.next_cursor}


@blueprint.route("/goods-rejections/<uuid:rejection_id>", methods=["GET"])
@access(Permission.READ)
@blueprint.response(200, shapes.RejectionWhole)
def get_rejection(rejection_id: UUID) -> Any:
    return _whole(finding.get_rejection(current_actor(), rejection_id))


@blueprint.route("/own-goods-rejections", methods=["GET"])
@access(Permission.READ_REJECTIONS)
@blueprint.arguments(shapes.RejectionQuery, location="query")
@blueprint.response(200, shapes.RejectionPage)
def list_own_rejections(query: dict[str, Any]) -> Any:
    """What schools refused of the supplier's goods, newest first."""
    page = finding.list_rejections(current_actor(), **query)
    return {"items": page.items, "next_cursor": page.next_cursor}
