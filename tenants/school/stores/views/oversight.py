"""Schools' stock as the bureau and its zone supervisors read it."""

from typing import Any
from uuid import UUID

from flask import render_template, request, url_for

from bureau.schools.service import get_school
from kernel.access.edge import access, current_actor
from kernel.schemas import PageArguments
from kernel.web.dates import today
from school.stores import feeds, labels
from school.stores.permissions import Permission
from school.stores.views.blueprint import blueprint
from school.stores.views.stock import expiring_page, good_page, query_of, stock_page


@blueprint.get("/oversight/expired-stock")
@access(Permission.OVERSEE)
def oversight() -> str:
    """What lies past its day, in which school: longest first."""
    actor = current_actor()
    _form, query = query_of(PageArguments)
    page = feeds.list_expired(actor, **query)
    counts = feeds.count_expired(actor)
    names = feeds.school_names(actor, {*counts, *(row.school_id for row in page.items)})
    next_url = url_for("stores.oversight", cursor=page.next_cursor) if page.next_cursor else None
    ranked = sorted(counts.items(), key=lambda one: (-one[1], one[0]))
    return render_template(
        "stores/oversight.html", page=page, ranked=ranked, names=names, labels=labels, today=today(),
        first_url=url_for("stores.oversight") if request.args.get("cursor") else None, next_url=next_url,
    )  # fmt: skip


def _of_school(school_id: int) -> dict[str, Any]:
    return {"school": get_school(current_actor(), school_id)}


@blueprint.get("/schools/<int:school_id>/stock")
@access(Permission.OVERSEE)
def index_of_school(school_id: int) -> str:
    context = _of_school(school_id)
    return stock_page(current_actor(), school_id, "stores.index_of_school", {"school_id": school_id}, **context)


@blueprint.get("/schools/<int:school_id>/stock/expiring")
@access(Permission.OVERSEE)
def expiring_of_school(school_id: int) -> str:
    context = _of_school(school_id)
    return expiring_page(current_actor(), school_id, "stores.expiring_of_school", {"school_id": school_id}, **context)


@blueprint.get("/schools/<int:school_id>/stock/goods/<uuid:store_good_id>")
@access(Permission.OVERSEE)
def good_of_school(school_id: int, store_good_id: UUID) -> str:
    context = _of_school(school_id)
    return good_page(current_actor(), school_id, store_good_id, "stores.good_of_school", **context)
