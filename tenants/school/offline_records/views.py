"""What phones handed in, with the instants and what was not taken at its word; and the way to the phone's page."""

from typing import Any

from flask import Blueprint, render_template, request, url_for

from bureau.schools.service import get_school
from kernel.access.edge import access, current_actor, may
from kernel.actor import Actor
from kernel.errors import Invalid
from kernel.web.forms import Form
from school.offline_records import labels
from school.offline_records.permissions import Permission
from school.offline_records.schemas import OfflineRecordQuery
from school.offline_records.service import reading

blueprint = Blueprint("offline_records", __name__)


@blueprint.get("/offline-records")
@access(Permission.FILL)
def index() -> str:
    """One's own; those of the whole school for its managers."""
    actor = current_actor()
    return _page(actor, actor.own_school_id(), None, only_own=not may(Permission.READ))


@blueprint.get("/schools/<int:school_id>/offline-records")
@access(Permission.OVERSEE)
def index_of_school(school_id: int) -> str:
    actor = current_actor()
    school = get_school(actor, school_id)
    return _page(actor, school.id, school)


def _page(actor: Actor, school_id: int, school: Any, *, only_own: bool = False) -> str:
    form = Form.blank(OfflineRecordQuery(), dict(request.args.items()))
    try:
        query = form.load()
    except Invalid as error:
        form.reject(error)
        query = OfflineRecordQuery().load({})
    page = reading.list_records(actor, school_id, only_own=only_own, **query)
    chosen: dict[str, Any] = {
        name: value for name, value in request.args.items() if name in ("day", "flagged") and value
    }
    endpoint = "offline_records.index_of_school" if school else "offline_records.index"
    place: dict[str, Any] = {"school_id": school.id} if school else {}
    return render_template(
        "offline_records/index.html", form=form, page=page, school=school, labels=labels, filtered=bool(chosen),
        url_of=reading.url_of if school is None else lambda record: reading.url_of(record, school.id),
        list_url=url_for(endpoint, **place),
        first_url=url_for(endpoint, **place, **chosen) if query["cursor"] else None,
        next_url=url_for(endpoint, **place, **chosen, cursor=page.next_cursor) if page.next_cursor else None,
    )  # fmt: skip
