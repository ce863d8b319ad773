"""A school's orders: list, page, and each step of one."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import Response, flash, redirect, request
from flask_babel import gettext as _

from kernel.access.edge import access, current_actor
from kernel.actor import Actor
from kernel.schemas import BaseSchema
from kernel.web.dates import today
from kernel.web.forms import Form
from school.orders.models import SupplyOrder
from school.orders.permissions import Permission
from school.orders.schemas import (
    OrderNoteForm,
    OrderReasonForm,
    OrderRepeatForm,
    OrderVersionForm,
    SupplyOrderQuery,
)
from school.orders.service import answering, approving, budgets, drafting, finding, receiving
from school.orders.sheets import orders_xlsx
from school.orders.views.blueprint import blueprint
from school.orders.views.parts import carry_out, list_page, order_page, order_url, sheet

SHEET_DAYS = 92


@blueprint.get("")
@access(Permission.READ)
def index() -> str:
    actor = current_actor()
    month = today().replace(day=1)
    return list_page(
        "orders/index.html", "supply_orders.index", month=budgets.month_of(actor, actor.own_school_id(), month)
    )


@blueprint.get("/sheet")
@access(Permission.READ)
def download() -> Response:
    return day_sheet()


def day_sheet() -> Response:
    """The lines of one day's orders, or of the last three months'."""
    day = Form.blank(SupplyOrderQuery(), {"day": request.args.get("day", "")}).load()["day"]
    since = None if day else today() - timedelta(days=SHEET_DAYS)
    return sheet(orders_xlsx(current_actor(), day=day, since=since), "orders")


@blueprint.get("/<uuid:order_id>")
@access(Permission.READ)
def show(order_id: UUID) -> str:
    return show_page(order_id)


def show_page(order_id: UUID, form: Form | None = None) -> str:
    actor = current_actor()
    order = finding.get_order(actor, order_id)
    month = budgets.month_of(actor, order.school_id, order.budget_month)
    return order_page("orders/show.html", actor, order, form, month=month)


Act = Callable[[Actor, UUID, dict[str, Any]], SupplyOrder]


def _step(order_id: UUID, schema: BaseSchema, act: Act, done: str) -> Any:
    actor = current_actor()
    finding.get_order(actor, order_id)
    return carry_out(
        schema, lambda data: act(actor, order_id, data), done, order_url(order_id),
        lambda form: show_page(order_id, form),
    )  # fmt: skip


@blueprint.post("/<uuid:order_id>/submit")
@access(Permission.PREPARE)
def submit(order_id: UUID) -> Any:
    def act(actor: Actor, order: UUID, data: dict[str, Any]) -> SupplyOrder:
        return drafting.submit(actor, order, data["version"])

    return _step(order_id, OrderVersionForm(), act, _("已提交审批，余量和预算已占用。"))


@blueprint.post("/<uuid:order_id>/withdraw")
@access(Permission.PREPARE)
def withdraw(order_id: UUID) -> Any:
    def act(actor: Actor, order: UUID, data: dict[str, Any]) -> SupplyOrder:
        return drafting.withdraw(actor, order, data["version"])

    return _step(order_id, OrderVersionForm(), act, _("已撤回，可以修改。"))


@blueprint.post("/<uuid:order_id>/revise")
@access(Permission.PREPARE)
def revise(order_id: UUID) -> Any:
    def act(actor: Actor, order: UUID, data: dict[str, Any]) -> SupplyOrder:
        return drafting.revise(actor, order, data["version"])

    return _step(order_id, OrderVersionForm(), act, _("可以修改后重新提交。"))


@blueprint.post("/<uuid:order_id>/cancel")
@access(Permission.PREPARE)
def cancel(order_id: UUID) -> Any:
    def act(actor: Actor, order: UUID, data: dict[str, Any]) -> SupplyOrder:
        return drafting.cancel(actor, order, data["version"], data["reason"])

    return _step(order_id, OrderReasonForm(), act, _("订单已取消，占用的余量已释放。"))


@blueprint.post("/<uuid:order_id>/approve")
@access(Permission.APPROVE)
def approve(order_id: UUID) -> Any:
    def act(actor: Actor, order: UUID, data: dict[str, Any]) -> SupplyOrder:
        return approving.approve(actor, order, data["version"], data["reason"])

    return _step(order_id, OrderNoteForm(), act, _("已审批，订单已发送供应商。"))


@blueprint.post("/<uuid:order_id>/refuse")
@access(Permission.APPROVE)
def refuse(order_id: UUID) -> Any:
    def act(actor: Actor, order: UUID, data: dict[str, Any]) -> SupplyOrder:
        return approving.refuse(actor, order, data["version"], data["reason"])

    return _step(order_id, OrderReasonForm(), act, _("已退回。"))


@blueprint.post("/<uuid:order_id>/accept-day")
@access(Permission.PREPARE)
def accept_day(order_id: UUID) -> Any:
    def act(actor: Actor, order: UUID, data: dict[str, Any]) -> SupplyOrder:
        return answering.accept_day(actor, order, data["version"])

    return _step(order_id, OrderVersionForm(), act, _("已同意改期。"))


@blueprint.post("/<uuid:order_id>/keep-day")
@access(Permission.PREPARE)
def keep_day(order_id: UUID) -> Any:
    def act(actor: Actor, order: UUID, data: dict[str, Any]) -> SupplyOrder:
        return answering.keep_day(actor, order, data["version"], data["reason"])

    return _step(order_id, OrderNoteForm(), act, _("已告知供应商按原日期送货。"))


@blueprint.post("/<uuid:order_id>/close")
@access(Permission.PREPARE)
def close(order_id: UUID) -> Any:
    def act(actor: Actor, order: UUID, data: dict[str, Any]) -> SupplyOrder:
        return receiving.close(actor, order, data["version"], data["reason"])

    return _step(order_id, OrderNoteForm(), act, _("订单已办结，未到的不再等待。"))


@blueprint.post("/<uuid:order_id>/repeat")
@access(Permission.PREPARE)
def repeat(order_id: UUID) -> Any:
    """One click: the same again, a week later, at that day's prices; a draft to look at."""
    actor = current_actor()
    finding.get_order(actor, order_id)
    form = Form.submitted(OrderRepeatForm())
    with form.catching():
        data = form.load()
        order = drafting.repeat(actor, order_id, data["id"], data["deliver_on"])
        flash(_("已生成草稿 %(number)s，送货日期 %(day)s。", number=order.number, day=order.deliver_on), "success")
        return redirect(order_url(order.id))
    return show_page(order_id, form), form.refusal_status
