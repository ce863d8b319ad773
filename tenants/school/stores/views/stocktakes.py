"""盘点 on a phone: one line after the other, without the book figure."""

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from kernel.access.edge import access, current_actor
from kernel.database import new_id
from kernel.schemas import PageArguments
from kernel.web.forms import Form
from school.stores import labels, schemas
from school.stores.permissions import Permission
from school.stores.service import counting, goods, picking, places, worklists
from school.stores.service.steps import steps_of
from school.stores.views.blueprint import blueprint
from school.stores.views.stock import addresses, query_of

AT_ONCE = 20  # so many lines stand on one page of counting


@blueprint.get("/stocktakes")
@access(Permission.READ)
def stocktakes() -> str:
    return _list()


def _list(form: Form | None = None) -> str:
    actor = current_actor()
    _query_form, query = query_of(PageArguments)
    page = worklists.list_stocktakes(actor, actor.own_school_id(), **query)
    found = places.places_of(actor, actor.own_school_id())
    return render_template(
        "stores/stocktakes.html", page=page, labels=labels, places=found.by_id,
        form=form or Form.blank(schemas.StoreStocktakeForm(), {"id": str(new_id()), "kind": "monthly"}),
        place_options=places.physical_names(found), **addresses("stores.stocktakes", page, query),
    )  # fmt: skip


@blueprint.post("/stocktakes")
@access(Permission.KEEP)
def start_stocktake() -> Any:
    form = Form.submitted(schemas.StoreStocktakeForm())
    with form.catching():
        values = form.load()
        row = counting.start(current_actor(), values.pop("id"), **values)
        return redirect(url_for("stores.show_stocktake", stocktake_id=row.id))
    return _list(form), form.refusal_status


@blueprint.get("/stocktakes/<uuid:stocktake_id>")
@access(Permission.READ)
def show_stocktake(stocktake_id: UUID) -> str:
    return _page(stocktake_id)


def _page(stocktake_id: UUID, form: Form | None = None) -> str:
    actor = current_actor()
    school_id = actor.own_school_id()
    row = counting.get(actor, school_id, stocktake_id)
    lines = counting.shown_lines(actor, row)
    open_lines = [line for line in lines if line.counted_quantity is None]
    again = request.args.get("again") == "1"
    sheet = lines if again else open_lines
    shown = sheet[:AT_ONCE] if row.state == "counting" else lines
    if row.state in ("counted", "posted"):
        shown = [line for line in lines if line.counted_quantity != line.book_quantity]
    differing = counting.lines_of(actor, school_id, row.id) if row.state in ("counted", "posted") else []
    return render_template(
        "stores/stocktake.html", row=row, lines=shown, left=len(open_lines), total=len(lines), again=again,
        goods=goods.own_goods(actor, {line.good_id for line in lines}), labels=labels, form=form, new_id=new_id,
        places=places.places_of(actor, school_id).by_id, worth=counting.worth_of(actor, differing),
        place_options=places.physical_names(places.places_of(actor, school_id)),
        good_options=[(str(one.id), f"{one.name}（{one.base_unit}）") for one in picking.every_good(actor)],
        steps=steps_of(actor, school_id, row.id),
    )  # fmt: skip


def _step(stocktake_id: UUID, schema: Any, act: Any) -> Any:
    actor = current_actor()
    counting.get(actor, actor.own_school_id(), stocktake_id)
    form = Form.submitted(schema)
    with form.catching():
        told = act(actor, form.load())
        if told:
            flash(told, "success")
        return redirect(url_for("stores.show_stocktake", stocktake_id=stocktake_id))
    return _page(stocktake_id, form), form.refusal_status


@blueprint.post("/stocktakes/<uuid:stocktake_id>/counts")
@access(Permission.KEEP)
def save_counts(stocktake_id: UUID) -> Any:
    def act(actor: Any, values: dict[str, Any]) -> str:
        counted = {one["id"]: one["counted_quantity"] for one in values["lines"] if one["counted_quantity"] is not None}
        if not counted:
            return ""
        reasons = {one["id"]: one["reason"] for one in values["lines"] if one["reason"]}
        left = counting.count(actor, stocktake_id, counted, reasons)
        return _("已保存，还有 %(left)s 行。", left=left) if left else _("全部盘完，可以提交了。")

    return _step(stocktake_id, schemas.StoreCountForm(), act)


@blueprint.post("/stocktakes/<uuid:stocktake_id>/found")
@access(Permission.KEEP)
def save_found(stocktake_id: UUID) -> Any:
    def act(actor: Any, values: dict[str, Any]) -> str:
        counting.add_found(actor, stocktake_id, values.pop("id"), counting.Found(**values))
        return _("已登记账外物品。")

    return _step(stocktake_id, schemas.StoreFoundForm(), act)


@blueprint.post("/stocktakes/<uuid:stocktake_id>/finish")
@access(Permission.KEEP)
def finish_stocktake(stocktake_id: UUID) -> Any:
    def act(actor: Any, values: dict[str, Any]) -> str:
        row = counting.finish(actor, stocktake_id, values["version"])
        return _("已提交，有 %(count)s 行差异，等待审批。", count=row.difference_count)

    return _step(stocktake_id, schemas.StoreReasonForm(), act)


@blueprint.post("/stocktakes/<uuid:stocktake_id>/decision")
@access(Permission.DECIDE)
def decide_stocktake(stocktake_id: UUID) -> Any:
    def act(actor: Any, values: dict[str, Any]) -> str:
        if values["decision"] == "yes":
            counting.approve(actor, stocktake_id, values["version"], values["reason"])
            return _("已批准，差异已入账。")
        counting.send_back(actor, stocktake_id, values["version"], values["reason"])
        return _("已退回重盘。")

    return _step(stocktake_id, schemas.StoreDecisionForm(), act)


@blueprint.post("/stocktakes/<uuid:stocktake_id>/cancel")
@access(Permission.KEEP)
def cancel_stocktake(stocktake_id: UUID) -> Any:
    def act(actor: Any, values: dict[str, Any]) -> str:
        counting.cancel(actor, stocktake_id, values["version"], values["reason"])
        return _("已取消。")

    return _step(stocktake_id, schemas.StoreReasonForm(), act)
