"""What the actor's school may order, and its favourites."""

from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for

from bureau.catalogue import labels
from bureau.catalogue.permissions import Permission
from bureau.catalogue.schemas import OrderableQuery
from bureau.catalogue.service import categories as category_service
from bureau.catalogue.service import favourites as service
from bureau.catalogue.views.items import options_of
from kernel.access.edge import access, current_actor
from kernel.errors import Invalid
from kernel.schemas import BaseSchema, Flag, Text
from kernel.web.forms import Form

blueprint = Blueprint("catalogue_ordering", __name__, url_prefix="/orderable-items")
FILTERS = ("q", "category_id", "favourites")


class MarkForm(BaseSchema):
    """`q`, `category_id`, `favourites`: the list that one came from and goes back to."""

    is_favourite = Flag()
    q = Text(60, load_default="", allow_none=True)
    category_id = Text(60, load_default="", allow_none=True)
    favourites = Text(5, load_default="", allow_none=True)


@blueprint.get("")
@access(Permission.ORDERABLE)
def index() -> str:
    actor = current_actor()
    form = Form.blank(OrderableQuery(), dict(request.args.items()))
    try:
        query = form.load()
    except Invalid as error:
        form.reject(error)
        query = OrderableQuery().load({})
    page = service.orderable(actor, **query)
    arguments: dict[str, Any] = {name: value for name, value in request.args.items() if name in FILTERS and value}
    following = url_for("catalogue_ordering.index", **arguments, cursor=page.next_cursor) if page.next_cursor else None
    return render_template(
        "catalogue/orderable.html", form=form, page=page, marked=service.favourites_of(actor), labels=labels,
        category_options=options_of(category_service.list_categories(actor)), arguments=arguments, next_url=following,
        first_url=url_for("catalogue_ordering.index", **arguments) if query["cursor"] else None,
    )  # fmt: skip


@blueprint.post("/favourites/<uuid:item_id>")
@access(Permission.FAVOUR)
def mark(item_id: UUID) -> Any:
    values = Form.submitted(MarkForm()).load()
    service.mark(current_actor(), item_id, is_favourite=values["is_favourite"])
    back = {name: values[name] for name in FILTERS if values[name]}
    return redirect(url_for("catalogue_ordering.index", **back))
