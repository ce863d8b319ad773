"""What the pages of an order share: its list, its page, one form carried out."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from flask import Response, flash, redirect, render_template, request, url_for

from bureau.catalogue.rules import plain_text
from bureau.roles import LABELS, Role
from kernel.access.edge import current_actor
from kernel.actor import Actor
from kernel.database import new_id
from kernel.errors import Invalid
from kernel.schemas import BaseSchema
from kernel.sheets import MEDIA_TYPE
from kernel.web.dates import today
from kernel.web.forms import Form
from school.orders import labels, rules
from school.orders.models import SupplyOrder
from school.orders.schemas import SupplyOrderQuery
from school.orders.service import finding, reading, shipping
from school.orders.service.tiers import tiers

PAGE = 50


def list_page(template: str, endpoint: str, *, values: Mapping[str, Any] | None = None, **context: Any) -> str:
    """A list with its filters; a mistyped address shows the unfiltered list with the message at its field."""
    form = Form.blank(SupplyOrderQuery(), dict(request.args.items()))
    try:
        query = form.load()
    except Invalid as error:
        form.reject(error)
        query = SupplyOrderQuery().load({})
    query["limit"] = min(query["limit"], PAGE)
    page = reading.list_orders(current_actor(), **(values or {}), **query)
    chosen = {name: value for name in ("state", "day") if (value := request.args.get(name)) and name not in form.errors}
    address = {**(values or {}), **chosen}
    return render_template(
        template, form=form, page=page, labels=labels, today=today(), filtered=bool(chosen), list_url=url_for(endpoint, **(values or {})),
        first_url=url_for(endpoint, **address) if query["cursor"] else None,
        next_url=url_for(endpoint, **address, cursor=page.next_cursor) if page.next_cursor else None, **context,
    )  # fmt: skip


def order_page(template: str, actor: Actor, order: SupplyOrder, form: Form | None = None, **context: Any) -> str:
    lines = finding.lines_of(order)
    shipments = finding.shipments_of(order)
    lots = finding.shipment_lines(order.bureau_id, order.school_id, [one.id for one in shipments])
    limits = tiers(actor, order.school_id) if actor.level == "school" else None
    return render_template(
        template, order=order, lines=lines, counts={line.id: finding.counts_of(line) for line in lines},
        shipments=shipments, lots=lots, names={line.id: line for line in lines},
        events=finding.events_of(actor, order), may_event=rules.events_of(order.state), form=form, labels=labels,
        plain=plain_text, today=today(), new_id=new_id,
        approvers="、".join(str(LABELS[Role(role)]) for role in rules.approving_roles(order.amount_fen, limits)) if limits else "",
        may_approve=limits is not None
        and rules.may_approve(actor.roles, order.amount_fen, limits)
        and actor.account_id not in (order.created_by, order.submitted_by),
        shippable=shipping.shippable(order, lines) if order.state in (*rules.OPEN_STATES, "received") else {},
        **context,
    )  # fmt: skip


def carry_out(
    schema: BaseSchema, act: Callable[[dict[str, Any]], Any], done: str, target: str, page: Callable[[Form], str]
) -> Any:
    """A form: carried out, or its page shown again with what is wrong."""
    form = Form.submitted(schema)
    with form.catching():
        act(form.load())
        flash(done, "success")
        return redirect(target)
    return page(form), form.refusal_status


def sheet(content: bytes, name: str) -> Response:
    response = Response(content, mimetype=MEDIA_TYPE)
    response.headers["Content-Disposition"] = f"attachment; filename={name}.xlsx"
    return response


def order_url(order_id: UUID) -> str:
    return url_for("supply_orders.show", order_id=order_id)
