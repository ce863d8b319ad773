"""Schools and zones: what their district buys, read-only."""

from typing import Any
from uuid import UUID

from flask import Blueprint, render_template, request, url_for

from bureau.tendering import labels, schemas
from bureau.tendering.api import caught_up
from bureau.tendering.permissions import Permission
from bureau.tendering.service import notices, questions, reading
from kernel.access.edge import access, current_actor
from kernel.web.forms import Form

blueprint = Blueprint("district_tenders", __name__, url_prefix="/district-tenders")
PAGE = 50


@blueprint.get("")
@access(Permission.LOOK)
def index() -> str:
    actor = current_actor()
    caught_up(actor)
    query = Form.blank(schemas.OpenTenderQuery(), request.args.to_dict()).load()
    kept: dict[str, Any] = {"state": query["state"]} if query["state"] else {}
    page = reading.list_tenders(actor, query["cursor"], PAGE, **kept)
    return render_template(
        "tendering/open_index.html", page=page, labels=labels, chosen=query["state"], endpoint="district_tenders.show",
        list_endpoint="district_tenders.index",
        first_url=url_for("district_tenders.index", **kept) if query["cursor"] else None,
        next_url=url_for("district_tenders.index", cursor=page.next_cursor, **kept) if page.next_cursor else None,
    )  # fmt: skip


@blueprint.get("/<uuid:tender_id>")
@access(Permission.LOOK)
def show(tender_id: UUID) -> str:
    actor = current_actor()
    caught_up(actor, tender_id)
    tender = reading.get_tender(actor, tender_id)
    return render_template(
        "tendering/district_show.html",
        tender=tender,
        labels=labels,
        lots=reading.lots_of(actor, tender.id),
        items=reading.items_of(actor, tender.id),
        criteria=reading.criteria_of(actor, tender.id),
        notices=notices.notices_of(actor.bureau_id, tender.id),
        questions=questions.questions_of(actor, tender.id),
    )
