"""Taking a delivery over: the page that a delivery note's code leads to, and the second person's confirmation."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from bureau.catalogue import labels as catalogue_labels
from bureau.catalogue.rules import plain_text
from bureau.catalogue.service.items import receivable_items
from kernel.access.edge import access, current_actor
from kernel.actor import Actor
from kernel.database import db, new_id
from kernel.errors import Invalid, NotFound
from kernel.files.service import store
from kernel.files.sniffing import IMAGES
from kernel.web.dates import SHANGHAI
from kernel.web.forms import Form, uploaded
from school.orders import certificate_labels
from school.orders.models import Shipment
from school.orders.service import certificates as papers
from school.orders.service import finding
from school.orders.service.shipping import lots_of
from school.supply import labels
from school.supply.delivery_schemas import (
    CodeQuery,
    DeliveryConfirmForm,
    DeliveryConfirmHereForm,
    DeliveryForm,
    counted,
)
from school.supply.permissions import Permission
from school.supply.rejections import warning
from school.supply.service import accepting, confirming
from school.supply.service.certificates import required_for
from school.supply.service.figures import Limits
from school.supply.views.blueprint import blueprint
from school.supply.views.receipts import show_page
from school.supply.views.uploads import certificates_of

LOCAL = "%Y-%m-%dT%H:%M"
PURPOSE = "rejection"


@blueprint.get("/deliveries")
@access(Permission.RECORD)
def find_delivery() -> Any:
    """A hand-typed code leads where the scanned one does."""
    form = Form.blank(CodeQuery(), {"code": request.args.get("code", "")})
    try:
        shipment = finding.find_by_code(current_actor(), form.load()["code"])
    except (Invalid, NotFound):
        flash(_("没有找到这张送货单，请核对短码。"), "warning")
        return redirect(url_for("supply.index"))
    return redirect(url_for("supply.deliver", shipment_id=shipment.id))


@blueprint.get("/deliveries/code/<delivery_code>")
@access(Permission.READ)
def by_code(delivery_code: str) -> Any:
    """What the QR on a delivery note says."""
    shipment = finding.find_by_code(current_actor(), delivery_code[:20])
    return redirect(url_for("supply.deliver", shipment_id=shipment.id))


@blueprint.get("/deliveries/<uuid:shipment_id>")
@access(Permission.READ)
def deliver(shipment_id: UUID) -> Any:
    actor = current_actor()
    shipment = finding.get_shipment(actor, shipment_id)
    receipt_id = accepting.live_receipt(actor, shipment.school_id, shipment.id)
    if receipt_id is not None:
        return redirect(url_for("supply.show", receipt_id=receipt_id))
    lots = [
        {
            "shipment_line_id": str(lot.id), "arrived_quantity": plain_text(lot.quantity), "batch_no": lot.batch_no,
            "production_date": lot.production_date, "expiry_date": lot.expiry_date,
        }
        for lot in lots_of(shipment)
    ]  # fmt: skip
    values = {"id": str(new_id()), "received_at": datetime.now(SHANGHAI).strftime(LOCAL), "lots": lots}
    return _page(actor, shipment, Form.blank(DeliveryForm(), values))


def _page(actor: Actor, shipment: Shipment, form: Form) -> str:
    order = finding.get_order(actor, shipment.order_id)
    lots = lots_of(shipment)
    lines = {line.id: line for line in finding.lines_of(order)}
    items = receivable_items(actor, [lot.item_id for lot in lots])
    came = papers.papers_of(actor, shipment, lots)
    proven = {(one.shipment_line_id, one.certificate.kind) for one in came if one.proves}
    required = {lot.id: _required(actor, items, lot) for lot in lots}
    missing = {lot.id: [one for one in required[lot.id] if (lot.id, one.kind) not in proven] for lot in lots}
    wanted: dict[str, Any] = {one.kind: one for ones in missing.values() for one in ones}
    warned = warning.in_force(actor, {(shipment.supplier_id, lot.item_id, lot.batch_no) for lot in lots})
    return render_template(
        "supply/deliver.html", form=form, shipment=shipment, order=order, lots=lots, lines=lines, items=items,
        papers=came, missing=missing, slots=list(wanted.values()), warned=warned, labels=labels, plain=plain_text,
        certificate_label=catalogue_labels.certificate_label, finding_text=certificate_labels.text,
        limits=Limits(actor, actor.school_id), receivers=confirming.receivers(actor, shipment.school_id),
        two_people=labels.TWO_PEOPLE,
    )  # fmt: skip


def _required(actor: Actor, items: Mapping[UUID, Any], lot: Any) -> list[Any]:
    item = items.get(lot.item_id)
    return required_for(actor, [item.category_id]) if item else []


@blueprint.post("/deliveries/<uuid:shipment_id>")
@access(Permission.RECORD)
def take_over(shipment_id: UUID) -> Any:
    actor = current_actor()
    shipment = finding.get_shipment(actor, shipment_id)
    form = Form.submitted(DeliveryForm())
    with form.catching():
        data = form.load()
        data["certificates"] = certificates_of(data["certificates"])
        lots = [counted(row, _photos(actor, place)) for place, row in enumerate(data.pop("lots"))]
        view, _is_new = accepting.accept(actor, data.pop("id"), shipment_id=shipment_id, lots=lots, **data)
        flash(_("已点收，等待另一人确认。"), "success")
        return redirect(url_for("supply.show", receipt_id=view.receipt.id))
    return _page(actor, shipment, form), form.refusal_status


def _photos(actor: Actor, place: int) -> list[UUID]:
    """Photos of what is refused, kept as the school's own."""
    return [
        store(
            actor, file.read(), name=file.filename or "", purpose=PURPOSE, accepted=IMAGES,
            field=f"lots.{place}.photos",
        ).id
        for file in uploaded(f"lots-{place}-photos")
    ]  # fmt: skip


@blueprint.post("/goods-receipts/<uuid:receipt_id>/confirm")
@access(Permission.CONFIRM)
def confirm(receipt_id: UUID) -> Any:
    """On the second person's own phone."""
    actor = current_actor()
    confirming.require_receipt(actor, receipt_id)
    form = Form.submitted(DeliveryConfirmForm())
    with form.catching():
        confirming.confirm(actor, receipt_id, form.load()["version"])
        flash(_("已确认。"), "success")
        return redirect(url_for("supply.show", receipt_id=receipt_id))
    return show_page(actor, actor.own_school_id(), receipt_id, void_form=form), form.refusal_status


@blueprint.post("/goods-receipts/<uuid:receipt_id>/confirm-here")
@access(Permission.RECORD)
def confirm_here(receipt_id: UUID) -> Any:
    """On the first person's phone, by the second's own password."""
    actor = current_actor()
    confirming.require_receipt(actor, receipt_id)
    form = Form.submitted(DeliveryConfirmHereForm())
    with form.catching():
        data = form.load()
        confirming.confirm_here(
            actor, receipt_id, data["version"], data["username"], data["password"], request.remote_addr or ""
        )
        flash(_("第二人已确认，收货入账。"), "success")
        return redirect(url_for("supply.show", receipt_id=receipt_id))
    form.values.pop("password", None)
    db.session.expire_all()
    return show_page(actor, actor.own_school_id(), receipt_id, here_form=form), form.refusal_status
