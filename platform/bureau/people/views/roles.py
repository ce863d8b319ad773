"""Roles of a person: given and ended."""

from typing import Any
from uuid import UUID

from flask import flash, redirect, url_for
from flask_babel import gettext as _

from bureau.people import service
from bureau.people.permissions import Permission
from bureau.people.schemas import RoleForm, VersionForm
from bureau.people.views import pages
from bureau.people.views.people import show_page
from kernel.access.edge import access, current_actor
from kernel.web.forms import Form


@pages.post("/<uuid:person_id>/roles")
@access(Permission.MANAGE)
def give_role(person_id: UUID) -> Any:
    actor = current_actor()
    service.get_person(actor, person_id)
    form = Form.submitted(RoleForm())
    with form.catching():
        data = form.load()
        service.give_role(actor, person_id, data.pop("id"), **data)
        flash(_("岗位已授予。"), "success")
        return redirect(url_for("people.show", person_id=person_id))
    return show_page(person_id, form), form.refusal_status


@pages.post("/<uuid:person_id>/roles/<uuid:membership_id>/end")
@access(Permission.MANAGE)
def end_role(person_id: UUID, membership_id: UUID) -> Any:
    actor = current_actor()
    version = Form.submitted(VersionForm()).load()["version"]
    service.end_role(actor, person_id, membership_id, version)
    flash(_("岗位已撤销，立即生效。"), "success")
    # A school no longer sees who has left it.
    if actor.level == "school" and not service.holds_any_role(actor, person_id):
        return redirect(url_for("people.index"))
    return redirect(url_for("people.show", person_id=person_id))
