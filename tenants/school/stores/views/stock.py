"""What there is, what expires, the card of a good, the documents; read by the school and, for its schools, the bureau."""

from typing import Any
from uuid import UUID

from flask import Response, render_template, request, url_for
from flask_babel import gettext as _

from kernel.access.edge import access, current_actor
from kernel.actor import Actor
from kernel.database import new_id
from kernel.errors import Invalid
from kernel.schemas import BaseSchema, PageArguments
from kernel.sheets import MEDIA_TYPE, export_xlsx
from kernel.web.dates import today
from kernel.web.forms import Form
from school.diners.labels import MEALS
from school.stores import labels, sheets
from school.stores.permissions import Permission
from school.stores.schemas import StoreDocumentQuery, StoreExpiringQuery, StoreStockQuery
from school.stores.service import places, reading, worklists
from school.stores.views.blueprint import blueprint

MOST_EXPORTED = 20_000


def query_of(schema: type[BaseSchema]) -> tuple[Form, dict[str, Any]]:
    """The address's filters; a mistyped one shows the unfiltered list with the message at its field."""
    form = Form.blank(schema(), dict(request.args.items()))
    try:
        return form, form.load()
    except Invalid as error:
        form.reject(error)
        return form, dict(schema().load({}))


def addresses(endpoint: str, page: Any, query: dict[str, Any], **ids: Any) -> dict[str, Any]:
    """Of the neighbouring pages, and whether anything is filtered."""
    paging = PageArguments().fields.keys()
    chosen: dict[str, Any] = {name: value for name, value in request.args.items() if name not in paging and value}
    return {
        "first_url": url_for(endpoint, **ids, **chosen) if query["cursor"] else None,
        "next_url": url_for(endpoint, **ids, **chosen, cursor=page.next_cursor) if page.next_cursor else None,
        "filtered": bool(chosen),
    }


@blueprint.get("/stock")
@access(Permission.READ)
def index() -> str:
    actor = current_actor()
    return stock_page(actor, actor.own_school_id(), "stores.index")


def stock_page(actor: Actor, school_id: int, endpoint: str, ids: dict[str, Any] | None = None, **context: Any) -> str:
    form, query = query_of(StoreStockQuery)
    page = reading.list_stock(actor, school_id, **query)
    waiting = worklists.waiting(actor, school_id)
    return render_template(
        "stores/index.html", form=form, page=page, labels=labels, waiting=waiting, endpoint=endpoint, ids=ids or {},
        places=places.places_of(actor, school_id).by_id, **addresses(endpoint, page, query, **(ids or {})), **context,
    )  # fmt: skip


@blueprint.get("/stock/expiring")
@access(Permission.READ)
def expiring() -> str:
    actor = current_actor()
    return expiring_page(actor, actor.own_school_id(), "stores.expiring")


def expiring_page(
    actor: Actor, school_id: int, endpoint: str, ids: dict[str, Any] | None = None, **context: Any
) -> str:
    form, query = query_of(StoreExpiringQuery)
    page = reading.list_expiring(actor, school_id, **query)
    return render_template(
        "stores/expiring.html", form=form, page=page, labels=labels, today=today(), endpoint=endpoint, ids=ids or {},
        **addresses(endpoint, page, query, **(ids or {})), **context,
    )  # fmt: skip


@blueprint.get("/stock/goods/<uuid:store_good_id>")
@access(Permission.READ)
def show_good(store_good_id: UUID) -> str:
    """A good: where it lies, and its card."""
    actor = current_actor()
    return good_page(actor, actor.own_school_id(), store_good_id, "stores.show_good")


def good_page(actor: Actor, school_id: int, good_id: UUID, endpoint: str, **context: Any) -> str:
    row = reading.get_stock(actor, school_id, good_id)
    _form, query = query_of(PageArguments)
    page = reading.card(actor, school_id, good_id, **query)
    ids = {"store_good_id": good_id, **({"school_id": school_id} if "school" in context else {})}
    return render_template(
        "stores/good.html", row=row, good=row.good, lots=reading.lots_of_good(actor, school_id, good_id), page=page,
        labels=labels, meals=MEALS, places=places.places_of(actor, school_id).by_id,
        **addresses(endpoint, page, query, **ids), **context,
    )  # fmt: skip


@blueprint.get("/stock/documents")
@access(Permission.READ)
def documents() -> str:
    actor = current_actor()
    form, query = query_of(StoreDocumentQuery)
    page = reading.list_documents(actor, actor.own_school_id(), **query)
    return render_template(
        "stores/documents.html", form=form, page=page, labels=labels, meals=MEALS,
        **addresses("stores.documents", page, query),
    )  # fmt: skip


@blueprint.get("/stock/documents/<uuid:store_document_id>")
@access(Permission.READ)
def show_document(store_document_id: UUID) -> str:
    actor = current_actor()
    document = reading.get_document(actor, actor.own_school_id(), store_document_id)
    moves = reading.moves_of(actor, actor.own_school_id(), document.id)
    return render_template("stores/document.html", document=document, moves=moves, labels=labels, meals=MEALS)


@blueprint.get("/stock/batches/<uuid:store_batch_id>")
@access(Permission.READ)
def show_batch(store_batch_id: UUID) -> str:
    return batch_page(store_batch_id)


def batch_page(batch_id: UUID, form: Form | None = None, opened: str = "") -> str:
    """A batch: where it lies, where it came from and went, what holds it, and what may be done with it."""
    actor = current_actor()
    school_id = actor.own_school_id()
    batch, good = reading.get_batch(actor, school_id, batch_id)
    lots = [lot for lot in reading.lots_of_good(actor, school_id, good.id) if lot.batch_id == batch_id]
    found = places.places_of(actor, school_id)
    return render_template(
        "stores/batch.html", batch=batch, good=good, lots=lots, moves=reading.moves_of_batch(actor, school_id, batch_id),
        holds=reading.holds_of(actor, school_id, batch_id), labels=labels, meals=MEALS, form=form, opened=opened,
        place_options=places.physical_names(found), new_id=new_id, today=today(),
    )  # fmt: skip


# --- spreadsheets -----------------------------------------------------------------------------------------------------


def as_file(content: bytes, name: str) -> Response:
    response = Response(content, mimetype=MEDIA_TYPE)
    response.headers.set("Content-Disposition", "attachment", filename=f"{name}.xlsx")
    return response


@blueprint.get("/stock/export")
@access(Permission.READ)
def export_stock() -> Response:
    """What there is now, batch by batch."""
    actor = current_actor()
    rows = sheets.stock_rows(actor, actor.own_school_id())
    title = _("库存清单 %(day)s", day=today().isoformat())
    return as_file(export_xlsx(sheets.STOCK, rows, title=title), f"stock-{today():%Y%m%d}")


@blueprint.get("/stock/goods/<uuid:store_good_id>/export")
@access(Permission.READ)
def export_card(store_good_id: UUID) -> Response:
    """The card of a good, oldest first."""
    actor = current_actor()
    good = reading.get_stock(actor, actor.own_school_id(), store_good_id).good
    rows = sheets.card_rows(actor, actor.own_school_id(), store_good_id, most=MOST_EXPORTED)
    title = _("%(name)s收发存明细账（%(unit)s）", name=good.name, unit=good.base_unit)
    return as_file(export_xlsx(sheets.CARD, rows, title=title), f"card-{today():%Y%m%d}")
