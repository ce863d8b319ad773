"""On the phone of whoever looks prices up: choose where one is, then one item after the other."""

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from bureau.prices import labels
from bureau.prices.permissions import Permission
from bureau.prices.schemas import PriceReportForm, fen
from bureau.prices.service import reporting as service
from bureau.prices.service.reporting import Task
from kernel.access.edge import access, current_actor
from kernel.database import new_id
from kernel.web.forms import Form, uploaded

blueprint = Blueprint("price_reporting", __name__, url_prefix="/prices/reporting")


@blueprint.get("")
@access(Permission.REPORT)
def index() -> str:
    return render_template("prices/tasks.html", tasks=service.own_tasks(current_actor()))


@blueprint.get("/<uuid:price_survey_id>")
@access(Permission.REPORT)
def task(price_survey_id: UUID) -> str:
    found = service.own_task(current_actor(), price_survey_id)
    return task_page(found, None, url_for("price_reporting.task", price_survey_id=price_survey_id), "layout/base.html")


@blueprint.post("/<uuid:price_survey_id>")
@access(Permission.REPORT)
def report(price_survey_id: UUID) -> Any:
    actor = current_actor()
    form = Form.submitted(PriceReportForm())
    address = url_for("price_reporting.task", price_survey_id=price_survey_id)
    with form.catching():
        values = read_report(form)
        service.report(actor, price_survey_id, values.pop("id"), **values)
        return next_item(address, values["source_id"])
    # Looked up only now: what was read before a refusal is gone with the transaction.
    found = service.own_task(actor, price_survey_id)
    return task_page(found, form, address, "layout/base.html"), form.refusal_status


def read_report(form: Form) -> dict[str, Any]:
    """What the page sent, its photo included, as the service takes it."""
    values = form.load()
    values.pop("attachment_id")
    price_fen = fen(values.pop("price"))
    files = uploaded("photo")
    photo = files[0].stream.read() if files else None
    name = files[0].filename or "" if files else ""
    return {**values, "price_fen": price_fen, "photo": photo, "photo_name": name}


def next_item(address: str, source_id: UUID) -> Any:
    flash(_("已提交，请继续下一个物品。"), "success")
    return redirect(f"{address}?source={source_id}")


def task_page(task: Task, form: Form | None, address: str, layout: str) -> str:
    """Without a source: which one. With one: the next item there, or the one asked for."""
    wanted = (form.value("source_id") if form else None) or request.args.get("source", "")
    source = next((one for one in task.sources if str(one.source_id) == str(wanted)), None)
    asked = (form.value("item_id") if form else None) or request.args.get("item", "")
    item = None
    if source is not None:
        item = next((one for one in task.items if str(one.item_id) == str(asked)), None)
        item = item or task.next_item(source.source_id)
    if form is None:
        form = Form.blank(PriceReportForm(), {"id": new_id(), "unit": item.base_unit if item else ""})
    return render_template(
        "prices/task.html", units=[(unit, unit) for unit in item.units] if item else [], task=task, source=source, item=item, form=form, address=address, layout=layout,
        labels=labels,
    )  # fmt: skip
