"""A supplier's orders: what schools sent, its answers, its shipments."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Response, url_for
from flask_babel import gettext as _

from kernel.access.edge import access, current_actor
from kernel.actor import Actor
from kernel.schemas import BaseSchema
from kernel.web.forms import Form
from school.orders.models import SupplyOrder
from school.orders.permissions import Permission
from school.orders.schemas import OrderDayForm, OrderReasonForm, OrderVersionForm
from school.orders.service import answering, finding
from school.orders.views.blueprint import blueprint
from school.orders.views.parts import carry_out, list_page, order_page
from school.orders.views.school import day_sheet


@blueprint.get("/own")
@access(Permission.READ_OWN)
def own() -> str:
    return list_page("orders/own.html", "supply_orders.own")


@blueprint.get("/own/sheet")
@access(Permission.READ_OWN)
def own_sheet() -> Response:
    return day_sheet()


@blueprint.get("/own/<uuid:supplied_order_id>")
@access(Permission.READ_OWN)
def own_one(supplied_order_id: UUID) -> str:
    return own_page(supplied_order_id)


def own_page(order_id: UUID, form: Form | None = None) -> str:
    actor = current_actor()
    return order_page("orders/own_one.html", actor, finding.get_order(actor, order_id), form)


def own_url(order_id: UUID) -> str:
    return url_for("supply_orders.own_one", supplied_order_id=order_id)


def _answer(order_id: UUID, schema: BaseSchema, act: Callable[[Actor, dict[str, Any]], SupplyOrder], done: str) -> Any:
    actor = current_actor()
    finding.get_order(actor, order_id)
    return carry_out(
        schema, lambda data: act(actor, data), done, own_url(order_id), lambda form: own_page(order_id, form)
    )


@blueprint.post("/own/<uuid:supplied_order_id>/confirm")
@access(Permission.ANSWER)
def confirm(supplied_order_id: UUID) -> Any:
    def act(actor: Actor, data: dict[str, Any]) -> SupplyOrder:
        return answering.confirm(actor, supplied_order_id, data["version"])

    return _answer(supplied_order_id, OrderVersionForm(), act, _("已确认，请按时送货。"))


@blueprint.post("/own/<uuid:supplied_order_id>/decline")
@access(Permission.ANSWER)
def decline(supplied_order_id: UUID) -> Any:
    def act(actor: Actor, data: dict[str, Any]) -> SupplyOrder:
        return answering.decline(actor, supplied_order_id, data["version"], data["reason"])

    return _answer(supplied_order_id, OrderReasonForm(), act, _("已答复学校不接单。"))


@blueprint.post("/own/<uuid:supplied_order_id>/propose-day")
@access(Permission.ANSWER)
def propose_day(supplied_order_id: UUID) -> Any:
    def act(actor: Actor, data: dict[str, Any]) -> SupplyOrder:
        return answering.propose(actor, supplied_order_id, data["version"], data["day"], data["reason"])

    return _answer(supplied_order_id, OrderDayForm(), act, _("已向学校提出改期。"))
