"""A draft is edited in place: each change is one request that brings the week back with its checks anew. Without the
script the same requests bring the whole page."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _

from kernel.access.edge import access, current_actor
from kernel.actor import Actor
from kernel.schemas import BaseSchema
from kernel.web.forms import Form
from school.canteen import labels
from school.canteen.models import Menu
from school.canteen.permissions import Permission
from school.canteen.schemas import (
    AddDishForm,
    CopyDayForm,
    CopyWeekForm,
    MenuReasonForm,
    MenuVersionSchema,
    ProposeForm,
    RemoveDishForm,
)
from school.canteen.service import dishes, menus, proposals, publishing
from school.canteen.views.blueprint import blueprint
from school.canteen.views.shown import asked_meal, page_context
from school.diners.labels import MEALS


def _edited(menu_id: UUID, schema: BaseSchema, change: Callable[[Actor, dict[str, Any]], Menu]) -> Any:
    """Do it, and show the week; a refusal is told above it."""
    actor = current_actor()
    menu = menus.get_menu(actor, actor.own_school_id(), menu_id)
    form = Form.submitted(schema)
    status = 200
    with form.catching():
        menu = change(actor, form.load())
        if not request.headers.get("HX-Request"):
            return redirect(_back(menu_id))
    if form.failed:
        status = form.refusal_status
        menu = menus.get_menu(actor, actor.own_school_id(), menu_id)
    if request.headers.get("HX-Request"):
        problem = "；".join(dict.fromkeys(text for texts in form.errors.values() for text in texts))
        # 200 for htmx, which leaves the page as it is on anything else; what was refused was rolled back already.
        return make_response(render_template("canteen/_week.html", problem=problem, **page_context(actor, menu)))
    return render_template("canteen/menu.html", form=form, **page_context(actor, menu)), status


def _back(menu_id: UUID) -> str:
    """A meal's own page, where the change was made on it."""
    if request.form.get("from_meal"):
        return url_for(
            "canteen.meal", menu_id=menu_id, on_day=request.form.get("on_day", ""), meal=request.form.get("meal", "")
        )
    return url_for("canteen.menu", menu_id=menu_id)


@blueprint.post("/menus/<uuid:menu_id>/dishes")
@access(Permission.EDIT)
def add_menu_dish(menu_id: UUID) -> Any:
    def change(actor: Actor, values: dict[str, Any]) -> Menu:
        return menus.add_dish(actor, menu_id, values["version"], values["on_day"], values["meal"], values["dish_id"])

    return _edited(menu_id, AddDishForm(), change)


@blueprint.post("/menus/<uuid:menu_id>/dishes/removal")
@access(Permission.EDIT)
def remove_menu_dish(menu_id: UUID) -> Any:
    return _edited(
        menu_id, RemoveDishForm(),
        lambda actor, values: menus.remove_dish(actor, menu_id, values["version"], values["menu_dish_id"]),
    )  # fmt: skip


@blueprint.post("/menus/<uuid:menu_id>/days")
@access(Permission.EDIT)
def change_menu_day(menu_id: UUID) -> Any:
    def change(actor: Actor, values: dict[str, Any]) -> Menu:
        if values["what"] == "drop" or values["target"] is None:
            return menus.drop_day(actor, menu_id, values["version"], values["source"])
        is_move = values["what"] == "move"
        return menus.copy_day(actor, menu_id, values["version"], values["source"], values["target"], move=is_move)

    return _edited(menu_id, CopyDayForm(), change)


@blueprint.post("/menus/<uuid:menu_id>/copied-week")
@access(Permission.EDIT)
def copy_menu_week(menu_id: UUID) -> Any:
    return _edited(
        menu_id, CopyWeekForm(),
        lambda actor, values: menus.copy_week(actor, menu_id, values["version"], values["source"]),
    )  # fmt: skip


@blueprint.get("/menus/<uuid:menu_id>/pick")
@access(Permission.EDIT)
def pick_dish(menu_id: UUID) -> str:
    """The dishes that match, as buttons that put one into the meal."""
    actor = current_actor()
    menu = menus.get_menu(actor, actor.own_school_id(), menu_id)
    query = asked_meal(menu, menus.grid_of(actor, menu), request.args)
    hits = dishes.search_dishes(actor, menu.school_id, query["q"])
    return render_template("canteen/_hits.html", plan=menu, hits=hits, labels=labels, query=query)


@blueprint.get("/menus/<uuid:menu_id>/meal")
@access(Permission.EDIT)
def meal(menu_id: UUID) -> str:
    """One meal alone, for a phone: what it has, what may be added."""
    actor = current_actor()
    found = menus.get_menu(actor, actor.own_school_id(), menu_id)
    context = page_context(actor, found)
    query = asked_meal(found, context["shown"].grid, request.args)
    return render_template(
        "canteen/meal.html", query=query, row=context["shown"].cell(query["on_day"], query["meal"]),
        hits=dishes.search_dishes(actor, found.school_id, query["q"], 30), meal_name=MEALS[query["meal"]], **context,
    )  # fmt: skip


@blueprint.post("/menus/<uuid:menu_id>/proposal")
@access(Permission.EDIT)
def propose_menu(menu_id: UUID) -> Any:
    """As a job; its page shows the progress and leads back here."""
    actor = current_actor()
    menu = menus.get_menu(actor, actor.own_school_id(), menu_id)
    form = Form.submitted(ProposeForm())
    with form.catching():
        values = form.load()
        wish = proposals.Wish(values["keep"], values["budget_fen"])
        run = proposals.start_proposal(actor, menu_id, values["version"], wish)
        return redirect(url_for("jobs.show", run_id=run.id))
    return render_template("canteen/menu.html", form=form, **page_context(actor, menu)), form.refusal_status


@blueprint.post("/menus/<uuid:menu_id>/publication")
@access(Permission.PUBLISH)
def publish_menu(menu_id: UUID) -> Any:
    actor = current_actor()
    menu = menus.get_menu(actor, actor.own_school_id(), menu_id)
    form = Form.submitted(MenuVersionSchema())
    with form.catching():
        publishing.publish(actor, menu_id, form.load()["version"])
        flash(_("菜谱已公布，家长可在公开页面查看。"), "success")
        return redirect(url_for("canteen.menu", menu_id=menu_id))
    menu = menus.get_menu(actor, actor.own_school_id(), menu_id)
    return render_template("canteen/menu.html", form=form, **page_context(actor, menu)), form.refusal_status


@blueprint.post("/menus/<uuid:menu_id>/withdrawal")
@access(Permission.PUBLISH)
def withdraw_menu(menu_id: UUID) -> Any:
    """A published menu is withdrawn, a draft thrown away."""
    actor = current_actor()
    menu = menus.get_menu(actor, actor.own_school_id(), menu_id)
    form = Form.submitted(MenuReasonForm())
    with form.catching():
        values = form.load()
        if menu.state == "draft":
            publishing.discard(actor, menu_id, values["version"], values["reason"])
            flash(_("已放弃这份菜谱，这一周可以另行编制。"), "success")
        else:
            publishing.withdraw(actor, menu_id, values["version"], values["reason"])
            flash(_("菜谱已撤回，公开页面会显示原因。"), "success")
        return redirect(url_for("canteen.menu_list"))
    menu = menus.get_menu(actor, actor.own_school_id(), menu_id)
    return render_template("canteen/menu.html", form=form, **page_context(actor, menu)), form.refusal_status
