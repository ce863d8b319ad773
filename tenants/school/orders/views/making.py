"""Making an order: by hand from an agreement, or proposed from menus, stock and what is under way."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid5

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from bureau.agreements.labels import quantity_text
from bureau.agreements.models import Agreement
from bureau.agreements.service.finding import get_agreement, standing_of
from bureau.agreements.service.reading import Offer, list_agreements, offers_for_school
from kernel.access.edge import access, current_actor
from kernel.actor import Actor
from kernel.database import new_id
from kernel.errors import Invalid, NotFound
from kernel.schemas import BaseSchema, Identifier
from kernel.web.dates import today
from kernel.web.forms import Form
from school.orders import labels
from school.orders.permissions import Permission
from school.orders.schemas import OrderProposalForm, OrderProposalQuery, SupplyOrderForm
from school.orders.service import drafting, finding, proposing
from school.orders.service.drafting import Wanted
from school.orders.views.blueprint import blueprint
from school.orders.views.parts import order_url


class AgreementQuery(BaseSchema):
    agreement_id = Identifier(load_default=None, allow_none=True)


def _offers(actor: Actor, agreement_id: UUID) -> list[Offer]:
    """What the agreement offers this school today, by name."""
    offers = [one for found in offers_for_school(actor, actor.own_school_id()).values() for one in found]
    mine = [one for one in offers if one.price.agreement_id == agreement_id]
    return sorted(mine, key=lambda one: (one.price.lot_number, one.price.name))


def _agreements(actor: Actor) -> list[Agreement]:
    return [one for one in list_agreements(actor, "active", limit=200).items if standing_of(one) == "active"]


@blueprint.get("/new")
@access(Permission.PREPARE)
def new() -> str:
    actor = current_actor()
    wanted = Form.blank(AgreementQuery(), {"agreement_id": request.args.get("agreement_id", "")}).load()["agreement_id"]
    if wanted is None:
        return render_template("orders/choose.html", agreements=_agreements(actor))
    agreement = get_agreement(actor, wanted)
    values = {
        "id": str(new_id()), "agreement_id": str(agreement.id), "deliver_on": today() + timedelta(days=1),
        **_usual(actor),
    }  # fmt: skip
    return _form_page(Form.blank(SupplyOrderForm(), values), agreement.id)


def _usual(actor: Actor) -> dict[str, Any]:
    """Where and to whom the last order went: nobody types it twice."""
    last = finding.last_order(actor)
    if last is None:
        return {}
    clock = {
        name: value.strftime("%H:%M") if value else ""
        for name, value in (("deliver_from", last.deliver_from), ("deliver_until", last.deliver_until))
    }
    return {"place": last.place, "contact": last.contact, **clock}


def _form_page(form: Form, agreement_id: UUID, order: Any = None) -> str:
    actor = current_actor()
    agreement = get_agreement(actor, agreement_id)
    offers = _offers(actor, agreement.id)
    typed = {str(row.get("agreement_item_id")): place for place, row in enumerate(form.value("lines", []))}
    return render_template(
        "orders/edit.html", form=form, agreement=agreement, offers=offers, typed=typed, order=order, labels=labels,
        quantity=quantity_text,
    )  # fmt: skip


@blueprint.post("/new")
@access(Permission.PREPARE)
def create() -> Any:
    return _save(None)


@blueprint.get("/<uuid:order_id>/edit")
@access(Permission.PREPARE)
def edit(order_id: UUID) -> Any:
    order = finding.get_order(current_actor(), order_id)
    if order.state != "draft":
        return redirect(order_url(order.id))
    values = {
        "id": str(order.id), "version": order.version, "agreement_id": str(order.agreement_id),
        "deliver_on": order.deliver_on, "place": order.place, "contact": order.contact, "note": order.note,
        "deliver_from": order.deliver_from.strftime("%H:%M") if order.deliver_from else "",
        "deliver_until": order.deliver_until.strftime("%H:%M") if order.deliver_until else "",
        "lines": [
            {"agreement_item_id": str(line.agreement_item_id), "quantity": quantity_text(line.quantity)}
            for line in finding.lines_of(order)
        ],
    }  # fmt: skip
    return _form_page(Form.blank(SupplyOrderForm(), values), order.agreement_id, order)


@blueprint.post("/<uuid:order_id>/edit")
@access(Permission.PREPARE)
def save(order_id: UUID) -> Any:
    return _save(finding.get_order(current_actor(), order_id))


def _save(order: Any) -> Any:
    actor = current_actor()
    form = Form.submitted(SupplyOrderForm())
    with form.catching():
        data = form.load()
        order_id, version = data.pop("id"), data.pop("version")
        if order is not None:
            if version is None:
                raise Invalid({"_form": [_("缺少版本号，请刷新后重试。")]})
            order_id = order.id
        saved = drafting.save_order(actor, order_id, version, **data)
        flash(_("草稿已保存，请核对后提交审批。"), "success")
        return redirect(order_url(saved.id))
    try:
        wanted = order.agreement_id if order is not None else UUID(str(form.value("agreement_id")))
    except ValueError:
        raise NotFound(_("没有这份协议。")) from None
    return _form_page(form, wanted, order), form.refusal_status


@blueprint.get("/propose")
@access(Permission.PREPARE)
def propose() -> Any:
    form = Form.blank(OrderProposalQuery(), {name: request.args.get(name, "") for name in ("first", "last")})
    form.values["lead_days"] = request.args.get("lead_days", "0")
    return _proposal_page(form)


def _proposal_page(form: Form) -> Any:
    """For the next school week by default: from tomorrow on, seven days."""
    proposal = None
    values = {name: value for name, value in form.values.items() if name != "id" and value != ""}
    try:
        query = Form.blank(OrderProposalQuery(), values).load()
        first = query["first"] or today() + timedelta(days=1)
        last = query["last"] or first + timedelta(days=6)
        form.values |= {"first": first, "last": last, "lead_days": query["lead_days"]}
        proposal = proposing.propose(current_actor(), first, last, lead_days=query["lead_days"])
    except Invalid as error:
        form.reject(error)
    return render_template(
        "orders/propose.html", form=form, proposal=proposal, quantity=quantity_text, new_id=new_id,
        form_id=form.values.get("id") or str(new_id()),
    )  # fmt: skip


@blueprint.post("/propose")
@access(Permission.PREPARE)
def take_proposal() -> Any:
    """Drafts of everything that is proposed. Their ids follow from the page's own, so that a second click makes none."""
    actor = current_actor()
    form = Form.submitted(OrderProposalForm())
    with form.catching():
        data = form.load()
        proposal = proposing.propose(actor, data["first"], data["last"], lead_days=data["lead_days"])
        if not proposal.orders:
            raise Invalid({"_form": [_("没有需要订的物品。")]})
        usual = _usual(actor)
        usual.pop("deliver_from", None)
        usual.pop("deliver_until", None)
        for one in proposal.orders:
            order_id = uuid5(data["id"], f"{one.agreement_id}/{one.deliver_on.isoformat()}")
            lines = [Wanted(line.agreement_item_id, line.quantity, line.needed) for line in one.lines]
            drafting.save_order(
                actor, order_id, None, agreement_id=one.agreement_id, deliver_on=max(one.deliver_on, today()),
                lines=lines, source="proposal", **usual,
            )  # fmt: skip
        flash(_("已生成 %(count)s 份草稿，请逐份核对后提交审批。", count=len(proposal.orders)), "success")
        return redirect(url_for("supply_orders.index", state="draft"))
    return _proposal_page(form), form.refusal_status
