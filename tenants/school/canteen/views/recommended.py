"""The bureau's recommended dishes: kept by the bureau, copied by schools."""

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from kernel.access.edge import access, current_actor
from kernel.actor import Actor
from kernel.database import new_id
from kernel.errors import Invalid
from kernel.web.dates import today
from kernel.web.forms import Form
from school.canteen import labels
from school.canteen.figures import Diners, reckon
from school.canteen.permissions import Permission
from school.canteen.rules import BASE, Mix
from school.canteen.schemas import CopyDishesSchema
from school.canteen.service import recommended
from school.canteen.service.prices import prices_for
from school.canteen.service.recipes import units_of
from school.canteen.standards import standard_on
from school.canteen.views import dish_form
from school.canteen.views.blueprint import blueprint
from school.canteen.views.dishes import FILTERS, listing
from school.diners.labels import ALLERGENS

LIST = "canteen.recommended_list"


@blueprint.get("/recommended-dishes")
@access(Permission.READ_RECOMMENDED)
def recommended_list() -> str:
    return _list_page(current_actor())


def _list_page(actor: Actor, copy_form: Form | None = None) -> str:
    form, query = listing()
    page = recommended.list_recommended(actor, **query)
    chosen: dict[str, Any] = {name: value for name, value in request.args.items() if name in FILTERS and value}
    return render_template(
        "canteen/recommended.html", form=form, page=page, labels=labels, filtered=bool(chosen), copy_form=copy_form,
        kind_options=list(labels.KINDS.items()), first_url=url_for(LIST, **chosen) if query["cursor"] else None,
        next_url=url_for(LIST, **chosen, cursor=page.next_cursor) if page.next_cursor else None,
    )  # fmt: skip


@blueprint.get("/recommended-dishes/<uuid:recommended_dish_id>")
@access(Permission.READ_RECOMMENDED)
def recommended_dish(recommended_dish_id: UUID) -> str:
    actor = current_actor()
    view = recommended.get_recommended(actor, recommended_dish_id)
    items = [line.item_id for line in view.lines]
    prices = prices_for(actor, actor.school_id if actor.level == "school" else None, items, today())
    diners = Diners(Mix({BASE: 1}), standard_on(today()).factors())
    figures = reckon(view.recipe, diners, prices, units_of(actor, items))
    return render_template(
        "canteen/dish.html", dish=view.dish, lines=view.lines, figures=figures, prices=prices, labels=labels,
        allergens=ALLERGENS, diners=diners, outdated=False, is_recommended=True,
    )  # fmt: skip


@blueprint.get("/recommended-dishes/new")
@access(Permission.KEEP_RECOMMENDED)
def new_recommended() -> str:
    return _form_page(current_actor(), Form.blank(dish_form.DishPageForm(), {"id": new_id()}), None)


@blueprint.post("/recommended-dishes/new")
@access(Permission.KEEP_RECOMMENDED)
def create_recommended() -> Any:
    actor = current_actor()
    form = dish_form.submitted()
    with form.catching():
        values = dish_form.loaded(actor, form)
        values.pop("version")
        if not values["code"]:
            raise Invalid({"code": [_("请填写此项。")]})
        dish = recommended.save_recommended(actor, values.pop("id"), None, **values)
        flash(_("已保存“%(name)s”。", name=dish.name), "success")
        return redirect(url_for("canteen.recommended_dish", recommended_dish_id=dish.id))
    return _form_page(actor, form, None), form.refusal_status


@blueprint.get("/recommended-dishes/<uuid:recommended_dish_id>/edit")
@access(Permission.KEEP_RECOMMENDED)
def edit_recommended(recommended_dish_id: UUID) -> str:
    actor = current_actor()
    view = recommended.get_recommended(actor, recommended_dish_id)
    form = Form.blank(dish_form.DishPageForm(), dish_form.values_of(actor, view.dish, view.lines))
    return _form_page(actor, form, view.dish)


@blueprint.post("/recommended-dishes/<uuid:recommended_dish_id>/edit")
@access(Permission.KEEP_RECOMMENDED)
def save_recommended(recommended_dish_id: UUID) -> Any:
    actor = current_actor()
    view = recommended.get_recommended(actor, recommended_dish_id)
    form = dish_form.submitted()
    with form.catching():
        values = dish_form.loaded(actor, form)
        values.pop("id")
        version = values.pop("version")
        if version is None:
            raise Invalid({"_form": [_("缺少版本号，请刷新后重试。")]})
        values["code"] = values["code"] or view.dish.code
        recommended.save_recommended(actor, recommended_dish_id, version, **values)
        flash(_("已保存。学校已复制的菜品会看到更新提示。"), "success")
        return redirect(url_for("canteen.recommended_dish", recommended_dish_id=recommended_dish_id))
    return _form_page(actor, form, view.dish), form.refusal_status


def _form_page(actor: Actor, form: Form, dish: Any) -> str:
    own = {"recommended_dish_id": dish.id} if dish else {}
    action = url_for("canteen.save_recommended", **own) if dish else url_for("canteen.create_recommended")
    back = url_for("canteen.recommended_dish", **own) if dish else url_for(LIST)
    return render_template(
        "canteen/dish_form.html", form=form, dish=dish, action=action, back=back, list_url=url_for(LIST),
        list_title=_("推荐菜品"), **dish_form.context(actor),
    )  # fmt: skip


@blueprint.post("/recommended-dishes/start")
@access(Permission.KEEP_RECOMMENDED)
def start_recommended() -> Any:
    """The common dishes that come with the service."""
    count = recommended.start_list(current_actor())
    flash(_("已加入 %(count)s 道常见菜品，请按本地情况修改。", count=count), "success")
    return redirect(url_for(LIST))


@blueprint.post("/recommended-dishes/copy")
@access(Permission.EDIT)
def copy_recommended() -> Any:
    actor = current_actor()
    form = Form.submitted(CopyDishesSchema())
    with form.catching():
        copied = recommended.copy_recommended(actor, form.load()["dish_ids"])
        flash(_("已复制 %(count)s 道菜品到本校。", count=copied.added), "success")
        return redirect(url_for("canteen.dish_list"))
    return _list_page(actor, form), form.refusal_status
