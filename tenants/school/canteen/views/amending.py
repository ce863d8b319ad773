"""Other dishes at one meal of a published menu, with the reason that everybody sees."""

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from kernel.access.edge import access, current_actor
from kernel.actor import Actor
from kernel.web.forms import Form
from school.canteen import labels
from school.canteen.permissions import Permission
from school.canteen.rules import DishKind
from school.canteen.schemas import AmendForm
from school.canteen.service import dishes, menus, publishing
from school.canteen.views.blueprint import blueprint
from school.canteen.views.shown import asked_meal, page_context
from school.diners.labels import MEALS


@blueprint.get("/menus/<uuid:menu_id>/amendment")
@access(Permission.PUBLISH)
def amendment(menu_id: UUID) -> str:
    actor = current_actor()
    found = menus.get_menu(actor, actor.own_school_id(), menu_id)
    grid = menus.grid_of(actor, found)
    query = asked_meal(found, grid, request.args)
    row = grid.meal_at(query["on_day"], query["meal"])
    present = [] if row is None else [str(one.dish_id) for one in grid.dishes[row.id]]
    return _page(actor, found, Form.blank(AmendForm(), {**query, "version": found.version, "dish_ids": present}))


def _page(actor: Actor, found: Any, form: Form) -> str:
    """Every dish that may be chosen, those that stand there first."""
    chosen = [str(one) for one in form.value("dish_ids", [])]
    offered = [view.dish for view in dishes.all_dishes(actor, found.school_id)]
    offered.sort(key=lambda dish: (str(dish.id) not in chosen, [*labels.KINDS].index(DishKind(dish.kind)), dish.name))
    return render_template(
        "canteen/amend.html", form=form, dishes=offered, chosen=chosen, meal_name=MEALS.get(form.value("meal"), ""),
        **page_context(actor, found),
    )  # fmt: skip


@blueprint.post("/menus/<uuid:menu_id>/amendment")
@access(Permission.PUBLISH)
def amend_menu(menu_id: UUID) -> Any:
    actor = current_actor()
    found = menus.get_menu(actor, actor.own_school_id(), menu_id)
    form = Form.submitted(AmendForm())
    with form.catching():
        values = form.load()
        publishing.amend(
            actor, menu_id, values["version"], values["on_day"], values["meal"], values["dish_ids"], values["reason"]
        )
        flash(_("已调整，公开页面会显示调整内容和原因。"), "success")
        return redirect(url_for("canteen.menu", menu_id=menu_id))
    found = menus.get_menu(actor, actor.own_school_id(), menu_id)
    return _page(actor, found, form), form.refusal_status
