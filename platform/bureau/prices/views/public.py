"""Without signing in: today's prices with their sources, and the page behind an invitation's link."""

from typing import Any

from flask import Blueprint, render_template, request, url_for

from bureau.prices import labels
from bureau.prices.schemas import PriceReportForm
from bureau.prices.service import reporting as service
from bureau.prices.service import showing
from bureau.prices.views.reporting import next_item, read_report, task_page
from kernel.access import PUBLIC
from kernel.access.edge import access
from kernel.web.forms import Form

blueprint = Blueprint("public_prices", __name__, url_prefix="/public")


@blueprint.get("/prices/<int:bureau_id>")
@access(PUBLIC)
def today(bureau_id: int) -> str:
    shown = showing.today_of(bureau_id)
    return render_template("prices/public.html", shown=shown, bureau_id=bureau_id, labels=labels)


@blueprint.get("/prices/<int:bureau_id>/<price_book_number>")
@access(PUBLIC)
def book(bureau_id: int, price_book_number: str) -> str:
    shown = showing.book_of(bureau_id, price_book_number)
    return render_template("prices/public_book.html", one=shown, bureau_id=bureau_id, labels=labels)


@blueprint.get("/price-surveys/<int:bureau_id>/<price_link>")
@access(PUBLIC)
def task(bureau_id: int, price_link: str) -> str:
    found = service.invited_task(bureau_id, price_link)
    address = url_for("public_prices.task", bureau_id=bureau_id, price_link=price_link)
    return task_page(found, None, address, "layout/plain.html")


@blueprint.post("/price-surveys/<int:bureau_id>/<price_link>")
@access(PUBLIC)
def report(bureau_id: int, price_link: str) -> Any:
    form = Form.submitted(PriceReportForm())
    address = url_for("public_prices.task", bureau_id=bureau_id, price_link=price_link)
    with form.catching():
        values = read_report(form)
        service.report_by_link(bureau_id, price_link, values.pop("id"), address=request.remote_addr or "", **values)
        return next_item(address, values["source_id"])
    found = service.invited_task(bureau_id, price_link)
    return task_page(found, form, address, "layout/plain.html"), form.refusal_status
