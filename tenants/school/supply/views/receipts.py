"""A school's own receipts: list, read, print, add a certificate, void."""

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from bureau.catalogue import labels as catalogue_labels
from bureau.catalogue.rules import CertificateKind
from kernel.access.edge import access, current_actor
from kernel.actor import Actor
from kernel.errors import Invalid
from kernel.web.forms import Form
from school.orders import certificate_labels
from school.orders.service import certificates as papers
from school.orders.service import finding as orders
from school.orders.service.shipping import lots_of
from school.supply import delivery_rules, labels
from school.supply.permissions import Permission
from school.supply.rejections.finding import of_receipt
from school.supply.schemas import CertificateForm, GoodsReceiptQuery, VoidSchema
from school.supply.service import confirming, reading, voiding
from school.supply.service.certificates import add_certificate
from school.supply.service.figures import Limits
from school.supply.views.blueprint import blueprint
from school.supply.views.uploads import certificate_of, photo_links

FILTERS = ("missing", "from_day", "until_day", "supplier")


@blueprint.get("/goods-receipts")
@access(Permission.READ)
def index() -> str:
    actor = current_actor()
    return list_page(actor, actor.own_school_id(), "supply/index.html", "supply.index")


def list_page(actor: Actor, school_id: int, template: str, endpoint: str, **context: Any) -> str:
    """A list with its filters; a mistyped address shows the unfiltered list with the message at its field."""
    form = Form.blank(GoodsReceiptQuery(), dict(request.args.items()))
    try:
        query = form.load()
    except Invalid as error:
        form.reject(error)
        query = GoodsReceiptQuery().load({})
    page = reading.list_receipts(actor, school_id, **query)
    chosen = {name: value for name, value in request.args.items() if name in FILTERS and value}
    address = {**(request.view_args or {}), **chosen}
    return render_template(
        template, form=form, page=page, labels=labels, filtered=bool(chosen), school_id=school_id,
        first_url=url_for(endpoint, **address) if query["cursor"] else None,
        next_url=url_for(endpoint, **address, cursor=page.next_cursor) if page.next_cursor else None, **context,
    )  # fmt: skip


@blueprint.get("/goods-receipts/<uuid:receipt_id>")
@access(Permission.READ)
def show(receipt_id: UUID) -> str:
    actor = current_actor()
    return show_page(actor, actor.own_school_id(), receipt_id)


def show_page(actor: Actor, school_id: int, receipt_id: UUID, form: Form | None = None, **context: Any) -> str:
    view = reading.get_receipt(actor, school_id, receipt_id)
    if view.receipt.shipment_id is not None:
        context |= _of_delivery(actor, school_id, view)
    return render_template(
        "supply/show.html", view=view, receipt=view.receipt, labels=labels, catalogue_labels=catalogue_labels,
        form=form or Form.blank(CertificateForm(), {"kind": view.missing[0].kind} if view.missing else {}), certificate_options=certificate_options(view),
        limits=Limits(actor, school_id, view.receipt.received_on), photo_links=photo_links, **context,
    )  # fmt: skip


def _of_delivery(actor: Actor, school_id: int, view: reading.ReceiptView) -> dict[str, Any]:
    """What a delivery on an order adds: who confirmed it, its papers, what was refused."""
    receipt = view.receipt
    shipment = orders.get_shipment(actor, receipt.shipment_id)
    said = confirming.confirmations(actor, school_id, receipt.id)
    by_id = {str(line.id): line for line in view.lines}
    refused = [(by_id[one["line_id"]], one) for one in receipt.refused.get("lines", ())]
    return {
        "shipment": shipment, "order": orders.get_order(actor, receipt.order_id, school_id=school_id),
        "papers": papers.papers_of(actor, shipment, lots_of(shipment)), "confirmations": said, "refused": refused,
        "rejection": of_receipt(actor, school_id, receipt.id), "finding_text": certificate_labels.text,
        "lot_names": {line.shipment_line_id: line.item_name for line in view.lines},
        "may_confirm": receipt.state == "awaiting" and actor.level == "school" and not actor.read_only
        and actor.account_id != receipt.received_by and actor.account_id not in {one.account_id for one in said},
        "receivers": confirming.receivers(actor, school_id), "deviation": delivery_rules.deviation,
        "is_beyond": delivery_rules.is_beyond,
    }  # fmt: skip


def certificate_options(view: reading.ReceiptView) -> list[tuple[str, str]]:
    """Kinds to choose from: those that are missing first."""
    missing = {row.kind: catalogue_labels.certificate_label(row.kind, row.label) for row in view.missing}
    others = {kind.value: str(catalogue_labels.CERTIFICATES[kind]) for kind in CertificateKind}
    return list({**missing, **{kind: name for kind, name in others.items() if kind not in missing}}.items())


@blueprint.post("/goods-receipts/<uuid:receipt_id>/certificates")
@access(Permission.RECORD)
def add_one_certificate(receipt_id: UUID) -> Any:
    actor = current_actor()
    reading.get_receipt(actor, actor.own_school_id(), receipt_id)
    form = Form.submitted(CertificateForm())
    with form.catching():
        add_certificate(actor, receipt_id, certificate_of(form.load(), "photos"))
        flash(_("证明已补充。"), "success")
        return redirect(url_for("supply.show", receipt_id=receipt_id))
    return show_page(actor, actor.own_school_id(), receipt_id, form), form.refusal_status


@blueprint.post("/goods-receipts/<uuid:receipt_id>/void")
@access(Permission.VOID)
def void(receipt_id: UUID) -> Any:
    actor = current_actor()
    reading.get_receipt(actor, actor.own_school_id(), receipt_id)
    form = Form.submitted(VoidSchema())
    with form.catching():
        values = form.load()
        voiding.void_receipt(actor, receipt_id, values["version"], values["reason"])
        flash(_("收货单已作废。如需更正，请按此单重新登记。"), "success")
        return redirect(url_for("supply.show", receipt_id=receipt_id))
    page = show_page(actor, actor.own_school_id(), receipt_id, void_form=form)
    return page, form.refusal_status
