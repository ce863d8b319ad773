"""月结: close a month, see its statement, open it again with a reason."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import Response, flash, redirect, render_template, url_for
from flask_babel import gettext as _

from kernel.access.edge import access, current_actor
from kernel.schemas import PageArguments
from kernel.sheets import export_xlsx
from kernel.web.dates import today
from kernel.web.forms import Form
from school.stores import labels, rules, schemas, sheets
from school.stores.permissions import Permission
from school.stores.service import closing
from school.stores.service.steps import steps_of
from school.stores.views.blueprint import blueprint
from school.stores.views.stock import addresses, as_file, query_of


@blueprint.get("/stock/months")
@access(Permission.READ)
def months() -> str:
    return _list()


def _list(form: Form | None = None) -> str:
    actor = current_actor()
    _query_form, query = query_of(PageArguments)
    page = closing.list_months(actor, actor.own_school_id(), **query)
    return render_template(
        "stores/months.html", page=page, labels=labels, form=form,
        closable=closing.next_to_close(actor, actor.own_school_id()), last_day=_last_day, today=today(),
        **addresses("stores.months", page, query),
    )  # fmt: skip


def _last_day(month: Any) -> Any:
    return rules.next_month(month) - timedelta(days=1)


@blueprint.post("/stock/months")
@access(Permission.CLOSE)
def close_month() -> Any:
    form = Form.submitted(schemas.StoreClosingForm())
    with form.catching():
        values = form.load()
        row = closing.close(current_actor(), values["month"], values["version"])
        flash(_("已结账。"), "success")
        return redirect(url_for("stores.show_month", store_month_id=row.id))
    return _list(form), form.refusal_status


@blueprint.get("/stock/months/<uuid:store_month_id>")
@access(Permission.READ)
def show_month(store_month_id: UUID) -> str:
    return _page(store_month_id)


def _page(month_id: UUID, form: Form | None = None) -> str:
    actor = current_actor()
    row = closing.get_month(actor, actor.own_school_id(), month_id)
    lines = closing.statement(actor, row.school_id, row)
    totals: dict[str, dict[str, int]] = {}
    for line in lines:
        of_kind = totals.setdefault(line["kind"], dict.fromkeys((part for part, _title in sheets.PARTS), 0))
        for part in of_kind:
            of_kind[part] += line[f"{part}_fen"]
    return render_template(
        "stores/month.html", row=row, lines=lines, totals=totals, parts=sheets.PARTS, labels=labels, form=form,
        steps=steps_of(actor, row.school_id, row.id),
    )  # fmt: skip


@blueprint.post("/stock/months/<uuid:store_month_id>/reopen")
@access(Permission.REOPEN)
def reopen_month(store_month_id: UUID) -> Any:
    actor = current_actor()
    closing.get_month(actor, actor.own_school_id(), store_month_id)
    form = Form.submitted(schemas.StoreReasonForm())
    with form.catching():
        values = form.load()
        closing.reopen(actor, store_month_id, values["version"], values["reason"])
        flash(_("已反结账，原因已记录。"), "success")
        return redirect(url_for("stores.show_month", store_month_id=store_month_id))
    return _page(store_month_id, form), form.refusal_status


@blueprint.get("/stock/months/<uuid:store_month_id>/export")
@access(Permission.READ)
def export_month(store_month_id: UUID) -> Response:
    actor = current_actor()
    row = closing.get_month(actor, actor.own_school_id(), store_month_id)
    lines = closing.statement(actor, row.school_id, row)
    title = _("%(year)s 年 %(month)s 月收发存月报", year=row.month.year, month=row.month.month)
    return as_file(export_xlsx(sheets.MONTH, sheets.month_rows(lines), title=title), f"month-{row.month:%Y%m}")
