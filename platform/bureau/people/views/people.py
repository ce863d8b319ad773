"""List, show, add and edit people; suspend, reopen, reset."""

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from bureau.people import labels, rules, service
from bureau.people.permissions import Permission
from bureau.people.schemas import PeopleQuery, PersonEditForm, PersonIn, ResetForm, RoleForm, VersionForm
from bureau.people.service.authority import has_whole_authority
from bureau.people.views import pages
from bureau.roles import LABELS
from bureau.schools import service as schools
from bureau.suppliers.service.finding import supplier_choices
from kernel.access.edge import access, current_actor, may
from kernel.actor import Actor
from kernel.database import new_id
from kernel.errors import Invalid
from kernel.web.forms import Form


@pages.get("")
@access(Permission.READ)
def index() -> Any:
    actor = current_actor()
    form = Form.blank(PeopleQuery(), dict(request.args))
    try:
        query = form.load()
    except Invalid as error:
        form.reject(error)
        query = PeopleQuery().load({})
    filters = service.PeopleFilters(query["text"], query["role"], query["school_id"], query["state"])
    page = service.list_people(actor, filters, query["cursor"], query["limit"])
    arguments: dict[str, Any] = {
        name: value for name, value in request.args.items() if name in form.schema.fields and value
    }
    arguments.pop("cursor", None)
    return render_template(
        "people/index.html",
        form=form,
        page=page,
        labels=labels,
        roles=role_choices(actor, every=True),
        schools=school_choices(actor) if actor.level == "bureau" else [],
        filtered=any(name != "limit" for name in arguments),
        first_url=url_for("people.index", **arguments) if query["cursor"] else None,
        next_url=url_for("people.index", **arguments, cursor=page.next_cursor) if page.next_cursor else None,
    )


def role_choices(actor: Actor, *, every: bool = False) -> list[tuple[str, str]]:
    """(role, label): those that the actor may give, or all that may be held where the actor works."""
    if every and actor.level == "bureau":
        return [(str(role), str(label)) for role, label in LABELS.items()]
    if every:
        return [(str(role), str(LABELS[role])) for role in LABELS if rules.level_of(role) == "school"]
    return [(str(role), str(LABELS[role])) for role in rules.grantable_roles(actor.level, actor.roles)]


def school_choices(actor: Actor) -> list[tuple[int, str]]:
    return [(school.id, school.name) for school in schools.all_schools(actor) if school.state == "active"]


def role_form_parts(actor: Actor) -> dict[str, Any]:
    """What the fields of a role need: a school's head has no place to choose."""
    at_bureau = actor.level == "bureau"
    return {
        "roles": role_choices(actor),
        "schools": school_choices(actor) if at_bureau else [],
        "zones": [(zone.id, zone.name) for zone in schools.zones(actor)] if at_bureau else [],
        "suppliers": supplier_choices(actor) if at_bureau else [],
    }


@pages.get("/new")
@access(Permission.MANAGE)
def new() -> str:
    return _new_page(Form.blank(PersonIn(), {"id": new_id()}))


@pages.post("/new")
@access(Permission.MANAGE)
def create() -> Any:
    actor = current_actor()
    form = Form.submitted(PersonIn())
    with form.catching():
        data = form.load()
        added = service.add_person(actor, data.pop("id"), **data)
        if added.one_time_password is None:
            flash(_("已加入。此人已有账号，用原来的口令登录。"), "success")
            return redirect(url_for("people.show", person_id=added.person.id))
        return _password_page(actor, added.person.id, added.one_time_password, _("账号已开通"))
    return _new_page(form), form.refusal_status


def _new_page(form: Form) -> str:
    return render_template("people/new.html", form=form, **role_form_parts(current_actor()))


def _password_page(actor: Actor, person_id: UUID, one_time_password: str, title: str) -> str:
    view = service.get_person(actor, person_id)
    return render_template("people/password.html", view=view, one_time_password=one_time_password, title=title)


@pages.get("/<uuid:person_id>")
@access(Permission.READ)
def show(person_id: UUID) -> str:
    return show_page(person_id)


def show_page(person_id: UUID, role_form: Form | None = None) -> str:
    """The person; `role_form`: a refused one, shown again."""
    actor = current_actor()
    view = service.get_person(actor, person_id)
    manages = may(Permission.MANAGE)
    return render_template(
        "people/show.html",
        view=view,
        labels=labels,
        role_form=role_form or Form.blank(RoleForm(), {"id": new_id()}),
        grantable=set(rules.grantable_roles(actor.level, actor.roles)) if manages else set(),
        is_self=person_id == actor.account_id,
        is_ours=manages and has_whole_authority(actor, person_id),
        **(role_form_parts(actor) if manages else {}),
    )


@pages.get("/<uuid:person_id>/edit")
@access(Permission.MANAGE)
def edit(person_id: UUID) -> str:
    view = service.get_person(current_actor(), person_id)
    values = {"email": view.account.email, "mobile": view.account.mobile, "version": view.person.version}
    form = Form.blank(PersonEditForm(), {**values, "display_name": view.person.display_name})
    return render_template("people/edit.html", form=form, view=view)


@pages.post("/<uuid:person_id>/edit")
@access(Permission.MANAGE)
def save(person_id: UUID) -> Any:
    actor = current_actor()
    view = service.get_person(actor, person_id)
    form = Form.submitted(PersonEditForm())
    with form.catching():
        data = form.load()
        service.edit_person(actor, person_id, data.pop("version"), **data)
        flash(_("已保存。"), "success")
        return redirect(url_for("people.show", person_id=person_id))
    status = form.refusal_status
    stored = form.conflict.current if form.conflict else None
    if stored and "version" in stored:
        # Saving once more is then a decision made in sight of what somebody else stored.
        form.values["version"] = stored["version"]
    return render_template("people/edit.html", form=form, view=view, stored=stored, labels=labels), status


@pages.post("/<uuid:person_id>/suspend")
@access(Permission.SUSPEND)
def suspend(person_id: UUID) -> Any:
    service.suspend_person(current_actor(), person_id, _version())
    flash(_("已停用，此人立即不能再进入本局及所属学校。"), "success")
    return redirect(url_for("people.show", person_id=person_id))


@pages.post("/<uuid:person_id>/reopen")
@access(Permission.SUSPEND)
def reopen(person_id: UUID) -> Any:
    service.reopen_person(current_actor(), person_id, _version())
    flash(_("已恢复。"), "success")
    return redirect(url_for("people.show", person_id=person_id))


def _version() -> int | None:
    version: int | None = Form.submitted(VersionForm()).load()["version"]
    return version


@pages.post("/<uuid:person_id>/reset-password")
@access(Permission.MANAGE)
def reset_password(person_id: UUID) -> Any:
    actor = current_actor()
    clear = Form.submitted(ResetForm()).load()["clear_second_factor"]
    one_time = service.reset_password(actor, person_id, clear_second_factor=clear)
    return _password_page(actor, person_id, one_time, _("口令已重置"))
