"""Records of one kind, newest first, and one with its corrections; the school's and, read-only, the bureau's."""

from typing import Any
from uuid import UUID

from flask import render_template, request, url_for

from bureau.schools.service import get_school
from kernel.access.edge import access, current_actor, may
from kernel.actor import Actor
from kernel.errors import Invalid
from kernel.web.forms import Form
from school.canteen_day import labels
from school.canteen_day.permissions import Permission
from school.canteen_day.schemas import DayRecordQuery
from school.canteen_day.service import reading
from school.canteen_day.service.exporting import cells_of, columns_of
from school.canteen_day.views.blueprint import blueprint
from school.canteen_day.views.entering import kind_of


@blueprint.get("/canteen-day/records/<record_kind>")
@access(Permission.READ)
def records(record_kind: str) -> str:
    actor = current_actor()
    return _list(actor, actor.own_school_id(), record_kind, None)


@blueprint.get("/schools/<int:school_id>/canteen-day/records/<record_kind>")
@access(Permission.OVERSEE)
def records_of_school(school_id: int, record_kind: str) -> str:
    actor = current_actor()
    school = get_school(actor, school_id)
    return _list(actor, school.id, record_kind, school)


@blueprint.get("/canteen-day/records/<record_kind>/<uuid:day_record_id>")
@access(Permission.READ)
def show(record_kind: str, day_record_id: UUID) -> str:
    actor = current_actor()
    return _show(actor, actor.own_school_id(), record_kind, day_record_id, None)


@blueprint.get("/schools/<int:school_id>/canteen-day/records/<record_kind>/<uuid:day_record_id>")
@access(Permission.OVERSEE)
def show_of_school(school_id: int, record_kind: str, day_record_id: UUID) -> str:
    actor = current_actor()
    school = get_school(actor, school_id)
    return _show(actor, school.id, record_kind, day_record_id, school)


def _list(actor: Actor, school_id: int, code: str, school: Any) -> str:
    kind = kind_of(code)
    form = Form.blank(DayRecordQuery(), dict(request.args.items()))
    try:
        query = form.load()
    except Invalid as error:
        form.reject(error)
        query = DayRecordQuery().load({})
    page = reading.list_records(actor, kind, school_id, **query)
    chosen = {name: value for name, value in request.args.items() if name in ("day", "current") and value}
    endpoint = "canteen_day.records_of_school" if school else "canteen_day.records"
    address = {"record_kind": code, **({"school_id": school.id} if school else {}), **chosen}
    return render_template(
        "canteen_day/records.html", kind=kind, form=form, page=page, labels=labels, school=school,
        columns=columns_of(kind), cells=lambda record: cells_of(kind, record), filtered=bool(chosen),
        list_url=url_for(endpoint, **{name: value for name, value in address.items() if name not in chosen}),
        first_url=url_for(endpoint, **address) if query["cursor"] else None,
        next_url=url_for(endpoint, **address, cursor=page.next_cursor) if page.next_cursor else None,
    )  # fmt: skip


def _show(actor: Actor, school_id: int, code: str, record_id: UUID, school: Any) -> str:
    kind = kind_of(code)
    versions = reading.history(actor, kind, school_id, record_id)
    current = versions[-1]
    can_correct = school is None and not actor.read_only and may(kind.permission)
    return render_template(
        "canteen_day/record.html", kind=kind, versions=versions, current=current, school=school,
        columns=columns_of(kind), cells=lambda record: cells_of(kind, record),
        can_correct=can_correct and getattr(current, "disposed_at", None) is None,
    )  # fmt: skip
