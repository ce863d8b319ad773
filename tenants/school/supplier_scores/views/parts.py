"""What the pages share: a list of facts with its filters, the words and figures of a score, a file of a form."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from flask import request, url_for

from kernel.access.edge import current_actor
from kernel.errors import Invalid
from kernel.web.forms import Form, uploaded
from school.supplier_scores import labels, rules
from school.supplier_scores.models import SupplierFact
from school.supplier_scores.schemas import FactQuery
from school.supplier_scores.service import facts

PAGE = 50


def facts_of(supplier_id: UUID, endpoint: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """The context of supplier_scores/_facts.html; a mistyped address shows the unfiltered list."""
    actor = current_actor()
    form = Form.blank(FactQuery(), dict(request.args.items()))
    try:
        query = form.load()
    except Invalid as error:
        form.reject(error)
        query = FactQuery().load({})
    page = facts.list_facts(
        actor, supplier_id, criterion=query["criterion"], school_id=query["school"], month=query["month"],
        is_all=query["all"], cursor=query["cursor"], limit=PAGE,
    )  # fmt: skip
    schools, months = facts.schools_and_months(actor, supplier_id)
    names = ("criterion", "school", "month", "all")
    chosen = {name: value for name in names if (value := request.args.get(name)) and name not in form.errors}
    address = {**values, **chosen}
    return {
        "facts": page, "facts_form": form, "fact_schools": schools, "fact_months": months, "is_filtered": bool(chosen),
        "facts_url": url_for(endpoint, **values), "record_url": record_url, **words(),
        "facts_first": url_for(endpoint, **address) if query["cursor"] else None,
        "facts_next": url_for(endpoint, **address, cursor=page.next_cursor) if page.next_cursor else None,
        "narrow": lambda **more: url_for(endpoint, **{**values, **more}, _anchor="facts"),
    }  # fmt: skip


def words() -> dict[str, Any]:
    return {"labels": labels, "percent": rules.percent, "rounded": rules.rounded, "criteria": rules.CRITERIA}


def record_url(fact: SupplierFact) -> str | None:
    """The record that a fact was read from, for those who may open it."""
    level = current_actor().level
    if fact.order_id is None:
        return url_for("supply_orders.findings", all=1) if level == "bureau" else None
    if level == "supplier":
        return url_for("supply_orders.own_one", supplied_order_id=fact.order_id)
    if level == "school":
        return url_for("supply_orders.show", order_id=fact.order_id)
    return url_for("supply_orders.show_of_school", school_id=fact.school_id, order_id=fact.order_id)


def one_upload(name: str) -> tuple[str, bytes] | None:
    for file in uploaded(name):
        return file.filename or "", file.read()
    return None


def last_days(today: date, gathered: date) -> list[date]:
    """Days that a publication may end with: the end of the last month, and the last day that facts were gathered of."""
    return list(dict.fromkeys([rules.end_of_last_month(today), gathered]))
