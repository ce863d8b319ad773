"""Schools and zones: what their district buys, read-only."""

from uuid import UUID

from flask import Blueprint, render_template

from bureau.tendering import labels
from bureau.tendering.api import caught_up
from bureau.tendering.permissions import Permission
from bureau.tendering.service import notices, questions, reading
from bureau.tendering.views.open_list import open_list
from kernel.access.edge import access, current_actor

blueprint = Blueprint("district_tenders", __name__, url_prefix="/district-tenders")


@blueprint.get("")
@access(Permission.LOOK)
def index() -> str:
    return open_list(blueprint.name)


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
