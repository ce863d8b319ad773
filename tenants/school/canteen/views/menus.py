"""A school's menus: the weeks, one week, its printed sheet."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from bureau.schools.service import get_bureau, get_school
from kernel.access.edge import access, current_actor
from kernel.actor import Actor
from kernel.database import new_id
from kernel.errors import Invalid
from kernel.web.dates import today
from kernel.web.forms import Form
from school.canteen import labels
from school.canteen.permissions import Permission
from school.canteen.rules import monday_of
from school.canteen.schemas import MenuBeginForm, MenuQuery
from school.canteen.service import menus
from school.canteen.views.blueprint import blueprint
from school.canteen.views.shown import page_context


@blueprint.get("/menus")
@access(Permission.READ)
def menu_list() -> str:
    return _list_page(current_actor())


def _list_page(actor: Actor, begin_form: Form | None = None) -> str:
    form = Form.blank(MenuQuery(), dict(request.args.items()))
    try:
        query = form.load()
    except Invalid as error:
        form.reject(error)
        query = MenuQuery().load({})
    school_id = actor.own_school_id()
    page = menus.list_menus(actor, school_id, **{**query, "limit": min(query["limit"], 50)})
    this = monday_of(today())
    coming = [this + timedelta(weeks=number) for number in range(4)]
    weeks = [(monday, menus.live_menu(actor, school_id, monday)) for monday in coming]
    free = next((monday for monday, menu in weeks if menu is None and monday > this), coming[1])
    return render_template(
        "canteen/menus.html", page=page, labels=labels, weeks=weeks, form=form,
        begin_form=begin_form or Form.blank(MenuBeginForm(), {"id": new_id(), "monday": free}),
        first_url=url_for("canteen.menu_list") if query["cursor"] else None,
        next_url=url_for("canteen.menu_list", cursor=page.next_cursor) if page.next_cursor else None,
    )  # fmt: skip


@blueprint.post("/menus")
@access(Permission.EDIT)
def begin_menu() -> Any:
    """A week that has a menu already opens it."""
    actor = current_actor()
    form = Form.submitted(MenuBeginForm())
    with form.catching():
        values = form.load()
        menu = menus.begin(actor, values["id"], values["monday"])
        return redirect(url_for("canteen.menu", menu_id=menu.id))
    there = form.conflict.current.get("id") if form.conflict and form.conflict.current else None
    if there:
        flash(_("这一周已有菜谱，已为您打开。"), "info")
        return redirect(url_for("canteen.menu", menu_id=there))
    return _list_page(actor, form), form.refusal_status


@blueprint.get("/menus/<uuid:menu_id>")
@access(Permission.READ)
def menu(menu_id: UUID) -> str:
    actor = current_actor()
    found = menus.get_menu(actor, actor.own_school_id(), menu_id)
    return menu_page(actor, found)


def menu_page(actor: Actor, found: Any, **context: Any) -> str:
    return render_template("canteen/menu.html", **page_context(actor, found), **context)


@blueprint.get("/menus/<uuid:menu_id>/print")
@access(Permission.READ)
def print_menu(menu_id: UUID) -> str:
    """One A4 sheet, to hang up."""
    actor = current_actor()
    found = menus.get_menu(actor, actor.own_school_id(), menu_id)
    return render_template("canteen/print.html", **page_context(actor, found))


@blueprint.get("/menus/<uuid:menu_id>/public")
@access(Permission.READ)
def public_page(menu_id: UUID) -> Any:
    """To the page that families see."""
    actor = current_actor()
    found = menus.get_menu(actor, actor.own_school_id(), menu_id)
    school = get_school(actor, found.school_id)
    code = get_bureau(actor).code
    return redirect(
        url_for("public_menus.week", bureau_code=code, school_code=school.code, week=found.monday.isoformat())
    )
