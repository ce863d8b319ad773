"""Shipping on an order, and the delivery note with its code: the supplier's pages, and the school's at the door."""

from typing import Any
from uuid import UUID

import segno
from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from markupsafe import Markup

from bureau.catalogue.labels import certificate_label
from bureau.catalogue.rules import plain_text
from kernel.access.edge import access, current_actor
from kernel.actor import Actor
from kernel.database import new_id
from kernel.web.forms import Form
from school.orders import certificate_labels, labels
from school.orders.models import Shipment
from school.orders.permissions import Permission
from school.orders.schemas import OrderReasonForm, ShipmentForm
from school.orders.service import certificates, finding, shipping
from school.orders.views.blueprint import blueprint
from school.orders.views.own import own_url
from school.orders.views.parts import carry_out, order_url


@blueprint.get("/own/<uuid:supplied_order_id>/ship")
@access(Permission.ANSWER)
def ship(supplied_order_id: UUID) -> str:
    return _blank_page(supplied_order_id)


@blueprint.post("/own/<uuid:supplied_order_id>/ship")
@access(Permission.ANSWER)
def send(supplied_order_id: UUID) -> Any:
    return _ship(supplied_order_id, "supply_orders.own_note", "own_shipment_id")


@blueprint.get("/<uuid:order_id>/ship")
@access(Permission.PREPARE)
def ship_for_supplier(order_id: UUID) -> str:
    """The goods stand at the door and the supplier wrote nothing down: the school does."""
    return _blank_page(order_id)


@blueprint.post("/<uuid:order_id>/ship")
@access(Permission.PREPARE)
def send_for_supplier(order_id: UUID) -> Any:
    return _ship(order_id, "supply_orders.note", "shipment_id")


def _blank_page(order_id: UUID) -> str:
    actor = current_actor()
    order = finding.get_order(actor, order_id)
    lines = finding.lines_of(order)
    most = shipping.shippable(order, lines)
    rows = [
        {"order_line_id": str(line.id), "quantity": plain_text(min(finding.counts_of(line).open, most[line.id]))}
        for line in lines
        if most[line.id] > 0
    ]
    return _form_page(
        Form.blank(ShipmentForm(), {"id": str(new_id()), "expected_on": order.deliver_on, "lines": rows}), order_id
    )


def _form_page(form: Form, order_id: UUID) -> str:
    actor = current_actor()
    order = finding.get_order(actor, order_id)
    lines = finding.lines_of(order)
    of_school = actor.level == "school"
    back = order_url(order.id) if of_school else own_url(order.id)
    action = (
        url_for("supply_orders.send_for_supplier", order_id=order.id)
        if of_school
        else url_for("supply_orders.send", supplied_order_id=order.id)
    )
    return render_template(
        "orders/ship.html", form=form, order=order, names={str(line.id): line for line in lines},
        most={str(key): value for key, value in shipping.shippable(order, lines).items()}, labels=labels,
        plain=plain_text, back=back, action=action, of_school=of_school,
    )  # fmt: skip


def _ship(order_id: UUID, endpoint: str, parameter: str) -> Any:
    actor = current_actor()
    finding.get_order(actor, order_id)
    form = Form.submitted(ShipmentForm())
    with form.catching():
        data = form.load()
        shipment = shipping.ship(actor, order_id, data.pop("id"), **data)
        flash(_("送货单 %(number)s 已生成，可打印随车。", number=shipment.number), "success")
        values: dict[str, Any] = {parameter: shipment.id}
        return redirect(url_for(endpoint, **values))
    return _form_page(form, order_id), form.refusal_status


@blueprint.get("/own/shipments/<uuid:own_shipment_id>")
@access(Permission.READ_OWN)
def own_note(own_shipment_id: UUID) -> str:
    return note_page(current_actor(), finding.get_shipment(current_actor(), own_shipment_id))


@blueprint.get("/shipments/<uuid:shipment_id>")
@access(Permission.READ)
def note(shipment_id: UUID) -> str:
    return note_page(current_actor(), finding.get_shipment(current_actor(), shipment_id))


def note_page(actor: Actor, shipment: Shipment, form: Form | None = None) -> str:
    """The delivery note; its code leads the school to the page on which it is taken over."""
    order = finding.get_order(actor, shipment.order_id, school_id=shipment.school_id)
    lots = shipping.lots_of(shipment)
    link = url_for("supply.by_code", delivery_code=shipment.code, _external=True)
    picture = segno.make(link, error="m", micro=False).svg_inline(scale=4, border=2)
    of_school = actor.level == "school"
    return render_template(
        "orders/note.html", shipment=shipment, order=order, lots=lots, form=form, labels=labels, plain=plain_text,
        names={line.id: line for line in finding.lines_of(order)}, papers=certificates.papers_of(actor, shipment, lots),
        certificate_label=certificate_label, finding_text=certificate_labels.text, of_school=of_school,
        picture=Markup(picture),  # noqa: S704 - drawn here from an address of ours
        order_link=order_url(order.id) if of_school else own_url(order.id),
        take_back=url_for("supply_orders.take_back", shipment_id=shipment.id)
        if of_school
        else url_for("supply_orders.own_take_back", own_shipment_id=shipment.id),
    )  # fmt: skip


@blueprint.post("/own/shipments/<uuid:own_shipment_id>/take-back")
@access(Permission.ANSWER)
def own_take_back(own_shipment_id: UUID) -> Any:
    return _take_back(own_shipment_id, url_for("supply_orders.own_note", own_shipment_id=own_shipment_id))


@blueprint.post("/shipments/<uuid:shipment_id>/take-back")
@access(Permission.PREPARE)
def take_back(shipment_id: UUID) -> Any:
    """Of a shipment that the school itself wrote down."""
    return _take_back(shipment_id, url_for("supply_orders.note", shipment_id=shipment_id))


def _take_back(shipment_id: UUID, target: str) -> Any:
    actor = current_actor()
    shipment = finding.get_shipment(actor, shipment_id)
    return carry_out(
        OrderReasonForm(),
        lambda data: shipping.take_back(actor, shipment_id, data["version"], data["reason"]),
        _("送货单已撤回。"),
        target,
        lambda form: note_page(actor, shipment, form),
    )
