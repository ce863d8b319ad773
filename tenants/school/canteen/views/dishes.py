"""A school's dishes: list, read, write, set aside, take over what the bureau changed."""

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from bureau.schools.service import get_school
from kernel.access.edge import access, current_actor
from kernel.actor import Actor
from kernel.database import new_id
from kernel.errors import Invalid
from kernel.web.dates import today
from kernel.web.forms import Form
from school.canteen import labels
from school.canteen.permissions import Permission
from school.canteen.schemas import DishQuery, DishStateSchema, MenuVersionSchema
from school.canteen.service import dishes, recommended
from school.canteen.service.judging import figures_of, ground_of
from school.canteen.views import dish_form
from school.canteen.views.blueprint import blueprint
from school.diners.labels import ALLERGENS

FILTERS = ("q", "kind", "with_inactive")


@blueprint.get("/dishes")
@access(Permission.READ)
def dish_list() -> str:
    actor = current_actor()
    form, query = listing()
    page = dishes.list_dishes(actor, actor.own_school_id(), **query)
    chosen: dict[str, Any] = {name: value for name, value in request.args.items() if name in FILTERS and value}
    return render_template(
        "canteen/dishes.html", form=form, page=page, labels=labels, filtered=bool(chosen),
        outdated=recommended.outdated(actor, page.items), kind_options=list(labels.KINDS.items()),
        first_url=url_for("canteen.dish_list", **chosen) if query["cursor"] else None,
        next_url=url_for("canteen.dish_list", **chosen, cursor=page.next_cursor) if page.next_cursor else None,
    )  # fmt: skip


def listing() -> tuple[Form, dict[str, Any]]:
    """A mistyped address shows the unfiltered list with the message at its field."""
    form = Form.blank(DishQuery(), dict(request.args.items()))
    try:
        return form, form.load()
    except Invalid as error:
        form.reject(error)
        return form, DishQuery().load({})


@blueprint.get("/dishes/new")
@access(Permission.EDIT)
def new_dish() -> str:
    actor = current_actor()
    form = Form.blank(
        dish_form.DishPageForm(), {"id": new_id(), "code": dishes.next_code(actor, actor.own_school_id())}
    )
    return _form_page(actor, form, None)


@blueprint.post("/dishes/new")
@access(Permission.EDIT)
def create_dish() -> Any:
    actor = current_actor()
    form = dish_form.submitted()
    with form.catching():
        values = dish_form.loaded(actor, form)
        values.pop("version")
        values["code"] = values["code"] or dishes.next_code(actor, actor.own_school_id())
        dish = dishes.save_dish(actor, values.pop("id"), None, **values)
        flash(_("已保存“%(name)s”。", name=dish.name), "success")
        return redirect(url_for("canteen.dish", dish_id=dish.id))
    return _form_page(actor, form, None), form.refusal_status


@blueprint.get("/dishes/<uuid:dish_id>")
@access(Permission.READ)
def dish(dish_id: UUID) -> str:
    actor = current_actor()
    return dish_page(actor, actor.own_school_id(), dish_id)


@blueprint.get("/schools/<int:school_id>/dishes/<uuid:dish_id>")
@access(Permission.OVERSEE)
def dish_of_school(school_id: int, dish_id: UUID) -> str:
    actor = current_actor()
    return dish_page(actor, school_id, dish_id, school=get_school(actor, school_id))


def dish_page(actor: Actor, school_id: int, dish_id: UUID, **context: Any) -> str:
    view = dishes.get_dish(actor, school_id, dish_id)
    ground = ground_of(actor, school_id, today())
    figures, prices = figures_of(actor, school_id, ground, {dish_id: view.recipe})
    return render_template(
        "canteen/dish.html", dish=view.dish, lines=view.lines, figures=figures[dish_id], prices=prices, labels=labels,
        allergens=ALLERGENS, diners=ground.diners, outdated=view.dish.id in recommended.outdated(actor, [view.dish]), **context,
    )  # fmt: skip


@blueprint.get("/dishes/<uuid:dish_id>/edit")
@access(Permission.EDIT)
def edit_dish(dish_id: UUID) -> str:
    actor = current_actor()
    view = dishes.get_dish(actor, actor.own_school_id(), dish_id)
    form = Form.blank(dish_form.DishPageForm(), dish_form.values_of(actor, view.dish, view.lines))
    return _form_page(actor, form, view.dish)


@blueprint.post("/dishes/<uuid:dish_id>/edit")
@access(Permission.EDIT)
def save_dish(dish_id: UUID) -> Any:
    actor = current_actor()
    view = dishes.get_dish(actor, actor.own_school_id(), dish_id)
    form = dish_form.submitted()
    with form.catching():
        values = dish_form.loaded(actor, form)
        values.pop("id")
        values["code"] = values["code"] or view.dish.code
        dishes.save_dish(actor, dish_id, _version(values.pop("version")), **values)
        flash(_("已保存。已公布的菜谱仍按公布时的配料。"), "success")
        return redirect(url_for("canteen.dish", dish_id=dish_id))
    return _form_page(actor, form, view.dish), form.refusal_status


def _version(version: int | None) -> int:
    if version is None:
        raise Invalid({"_form": [_("缺少版本号，请刷新后重试。")]})
    return version


def _form_page(actor: Actor, form: Form, dish: Any) -> str:
    action = url_for("canteen.save_dish", dish_id=dish.id) if dish else url_for("canteen.create_dish")
    back = url_for("canteen.dish", dish_id=dish.id) if dish else url_for("canteen.dish_list")
    return render_template(
        "canteen/dish_form.html", form=form, dish=dish, action=action, back=back, list_url=url_for("canteen.dish_list"),
        list_title=_("菜品"), **dish_form.context(actor),
    )  # fmt: skip


@blueprint.post("/dishes/<uuid:dish_id>/state")
@access(Permission.EDIT)
def dish_state(dish_id: UUID) -> Any:
    actor = current_actor()
    dishes.get_dish(actor, actor.own_school_id(), dish_id)
    form = Form.submitted(DishStateSchema())
    with form.catching():
        values = form.load()
        dishes.set_active(actor, dish_id, values["version"], values["is_active"])
        flash(_("已恢复供选用。") if values["is_active"] else _("已停用，不再供选用。"), "success")
        return redirect(url_for("canteen.dish", dish_id=dish_id))
    flash("；".join(form.error("_form")) or _("没有保存，请修改后再提交。"), "danger")
    return redirect(url_for("canteen.dish", dish_id=dish_id))


@blueprint.post("/dishes/<uuid:dish_id>/take-over")
@access(Permission.EDIT)
def take_over_dish(dish_id: UUID) -> Any:
    actor = current_actor()
    dishes.get_dish(actor, actor.own_school_id(), dish_id)
    form = Form.submitted(MenuVersionSchema())
    with form.catching():
        recommended.take_over(actor, dish_id, form.load()["version"])
        flash(_("已按教育局的推荐更新。"), "success")
        return redirect(url_for("canteen.dish", dish_id=dish_id))
    flash("；".join(form.error("_form")) or _("没有保存，请修改后再提交。"), "danger")
    return redirect(url_for("canteen.dish", dish_id=dish_id))
