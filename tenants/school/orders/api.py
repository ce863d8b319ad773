"""Orders over REST: a school its own, a supplier those sent to it, the bureau and its zones their schools'."""

from types import SimpleNamespace
from typing import Any
from uuid import UUID

from bureau.schools.service import get_school
from kernel.access.edge import access, current_actor
from kernel.api import ApiBlueprint, seen_version
from school.orders import schemas as shapes
from school.orders.models import Shipment, SupplyOrder
from school.orders.permissions import Permission
from school.orders.service import (
    answering,
    approving,
    budgets,
    certificates,
    drafting,
    finding,
    reading,
    receiving,
    shipping,
)

blueprint = ApiBlueprint("supply_orders_api", __name__, description="Call-off orders")


def _whole(order: SupplyOrder) -> SimpleNamespace:
    names = [name for name in shapes.SupplyOrderOut().fields if name not in ("lines", "shipments")]
    values = {name: getattr(order, name) for name in names}
    return SimpleNamespace(**values, lines=finding.lines_of(order), shipments=finding.shipments_of(order))


def _note(shipment: Shipment) -> SimpleNamespace:
    values = {name: getattr(shipment, name) for name in shapes.ShipmentOut().fields}
    return SimpleNamespace(**values, lines=shipping.lots_of(shipment))


def _page(query: dict[str, Any], **more: Any) -> dict[str, Any]:
    page = reading.list_orders(current_actor(), **query, **more)
    return {"items": page.items, "next_cursor": page.next_cursor}


# --- a school ---------------------------------------------------------------------------------------------------------


@blueprint.route("/supply-orders", methods=["GET"])
@access(Permission.READ)
@blueprint.arguments(shapes.SupplyOrderQuery, location="query")
@blueprint.response(200, shapes.SupplyOrderPage)
def list_orders(query: dict[str, Any]) -> Any:
    """The school's orders, newest first."""
    return _page(query)


@blueprint.route("/supply-orders/<uuid:order_id>", methods=["GET"])
@access(Permission.READ)
@blueprint.response(200, shapes.SupplyOrderOut)
def get_order(order_id: UUID) -> Any:
    return _whole(finding.get_order(current_actor(), order_id))


@blueprint.route("/supply-orders/<uuid:order_id>", methods=["PUT"])
@access(Permission.PREPARE)
@blueprint.arguments(shapes.SupplyOrderSchema)
@blueprint.response(200, shapes.SupplyOrderOut)
def put_order(data: dict[str, Any], order_id: UUID) -> Any:
    """A draft under an id of the client's making; with If-Match an existing draft is changed."""
    return _whole(drafting.save_order(current_actor(), order_id, seen_version(), **data))


@blueprint.route("/supply-orders/<uuid:order_id>/submission", methods=["POST"])
@access(Permission.PREPARE)
@blueprint.response(200, shapes.SupplyOrderOut)
def submit(order_id: UUID) -> Any:
    """Hold balance and budget and ask for approval. This and all steps want the version seen as If-Match."""
    return _whole(drafting.submit(current_actor(), order_id, seen_version()))


@blueprint.route("/supply-orders/<uuid:order_id>/withdrawal", methods=["POST"])
@access(Permission.PREPARE)
@blueprint.response(200, shapes.SupplyOrderOut)
def withdraw(order_id: UUID) -> Any:
    return _whole(drafting.withdraw(current_actor(), order_id, seen_version()))


@blueprint.route("/supply-orders/<uuid:order_id>/cancellation", methods=["POST"])
@access(Permission.PREPARE)
@blueprint.arguments(shapes.OrderReasonIn)
@blueprint.response(200, shapes.SupplyOrderOut)
def cancel(data: dict[str, Any], order_id: UUID) -> Any:
    return _whole(drafting.cancel(current_actor(), order_id, seen_version(), data["reason"]))


@blueprint.route("/supply-orders/<uuid:order_id>/approval", methods=["POST"])
@access(Permission.APPROVE)
@blueprint.response(200, shapes.SupplyOrderOut)
def approve(order_id: UUID) -> Any:
    """Approve and send to the supplier; never one's own order."""
    return _whole(approving.approve(current_actor(), order_id, seen_version()))


@blueprint.route("/supply-orders/<uuid:order_id>/refusal", methods=["POST"])
@access(Permission.APPROVE)
@blueprint.arguments(shapes.OrderReasonIn)
@blueprint.response(200, shapes.SupplyOrderOut)
def refuse(data: dict[str, Any], order_id: UUID) -> Any:
    return _whole(approving.refuse(current_actor(), order_id, seen_version(), data["reason"]))


@blueprint.route("/supply-orders/<uuid:order_id>/closing", methods=["POST"])
@access(Permission.PREPARE)
@blueprint.response(200, shapes.SupplyOrderOut)
def close(order_id: UUID) -> Any:
    """Nothing more is awaited of it."""
    return _whole(receiving.close(current_actor(), order_id, seen_version()))


@blueprint.route("/supply-orders/shipments/<uuid:shipment_id>", methods=["GET"])
@access(Permission.READ)
@blueprint.response(200, shapes.ShipmentWhole)
def get_shipment(shipment_id: UUID) -> Any:
    """A delivery on its way to the school, lot by lot."""
    return _note(finding.get_shipment(current_actor(), shipment_id))


@blueprint.route("/food-budgets/<uuid:budget_id>", methods=["PUT"])
@access(Permission.BUDGET)
@blueprint.arguments(shapes.FoodBudgetSchema)
@blueprint.response(200, shapes.FoodBudgetOut)
def put_budget(data: dict[str, Any], budget_id: UUID) -> Any:
    return budgets.save_budget(current_actor(), budget_id, seen_version(), **data)


# --- a supplier -------------------------------------------------------------------------------------------------------


@blueprint.route("/own-supply-orders", methods=["GET"])
@access(Permission.READ_OWN)
@blueprint.arguments(shapes.SupplyOrderQuery, location="query")
@blueprint.response(200, shapes.SupplyOrderPage)
def list_own(query: dict[str, Any]) -> Any:
    """What schools sent to the supplier, newest first."""
    return _page(query)


@blueprint.route("/own-supply-orders/<uuid:supplied_order_id>", methods=["GET"])
@access(Permission.READ_OWN)
@blueprint.response(200, shapes.SupplyOrderOut)
def get_own(supplied_order_id: UUID) -> Any:
    return _whole(finding.get_order(current_actor(), supplied_order_id))


@blueprint.route("/own-supply-orders/<uuid:supplied_order_id>/confirmation", methods=["POST"])
@access(Permission.ANSWER)
@blueprint.response(200, shapes.SupplyOrderOut)
def confirm(supplied_order_id: UUID) -> Any:
    return _whole(answering.confirm(current_actor(), supplied_order_id, seen_version()))


@blueprint.route("/own-supply-orders/<uuid:supplied_order_id>/declining", methods=["POST"])
@access(Permission.ANSWER)
@blueprint.arguments(shapes.OrderReasonIn)
@blueprint.response(200, shapes.SupplyOrderOut)
def decline(data: dict[str, Any], supplied_order_id: UUID) -> Any:
    return _whole(answering.decline(current_actor(), supplied_order_id, seen_version(), data["reason"]))


@blueprint.route("/own-supply-orders/<uuid:supplied_order_id>/shipments/<uuid:new_shipment_id>", methods=["PUT"])
@access(Permission.ANSWER)
@blueprint.arguments(shapes.ShipmentSchema)
@blueprint.response(200, shapes.ShipmentWhole)
def put_shipment(data: dict[str, Any], supplied_order_id: UUID, new_shipment_id: UUID) -> Any:
    """A delivery under an id of the client's making; sent again it is the same one."""
    return _note(shipping.ship(current_actor(), supplied_order_id, new_shipment_id, **data))


@blueprint.route("/own-certificates", methods=["GET"])
@access(Permission.READ_OWN)
@blueprint.arguments(shapes.OwnCertificateQuery, location="query")
@blueprint.response(200, shapes.BatchCertificatePage)
def list_certificates(query: dict[str, Any]) -> Any:
    page = certificates.list_certificates(current_actor(), **query)
    return {"items": page.items, "next_cursor": page.next_cursor}


# --- the bureau -------------------------------------------------------------------------------------------------------


@blueprint.route("/schools/<int:school_id>/supply-orders", methods=["GET"])
@access(Permission.OVERSEE)
@blueprint.arguments(shapes.SupplyOrderQuery, location="query")
@blueprint.response(200, shapes.SupplyOrderPage)
def list_of_school(query: dict[str, Any], school_id: int) -> Any:
    """One school's orders, for the bureau and for its zone's supervisors."""
    return _page(query, school_id=get_school(current_actor(), school_id).id)


@blueprint.route("/schools/<int:school_id>/supply-orders/<uuid:order_id>", methods=["GET"])
@access(Permission.OVERSEE)
@blueprint.response(200, shapes.SupplyOrderOut)
def get_of_school(school_id: int, order_id: UUID) -> Any:
    return _whole(finding.get_order(current_actor(), order_id, school_id=school_id))
