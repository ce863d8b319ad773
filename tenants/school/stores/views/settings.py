"""Goods with their rules, and the places."""

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _

from bureau.agreements.labels import quantity_text
from bureau.roles import LABELS
from kernel.access.edge import access, current_actor
from kernel.database import new_id
from kernel.web.forms import Form
from school.stores import labels, schemas
from school.stores.models import StoreGood
from school.stores.permissions import Permission
from school.stores.service import goods, places
from school.stores.views.blueprint import blueprint

NUMBERS = ("least_quantity", "most_quantity", "most_per_request")
PLAIN = (
    "name", "specification", "kind", "base_unit", "location_id", "takers", "issue_weekdays", "old_for_new",
    "needs_approval", "is_active", "version",
)  # fmt: skip


@blueprint.get("/stock/goods/new")
@access(Permission.MANAGE)
def new_good() -> str:
    values = {"id": str(new_id()), "kind": "consumable", "needs_approval": "1", "is_active": "1"}
    return _good_page(Form.blank(schemas.StoreGoodForm(), values))


@blueprint.post("/stock/goods/new")
@access(Permission.MANAGE)
def create_good() -> Any:
    form = Form.submitted(schemas.StoreGoodForm())
    with form.catching():
        values = form.load()
        good = goods.add_good(current_actor(), values.pop("id"), **values)
        flash(_("已保存。"), "success")
        return redirect(url_for("stores.show_good", store_good_id=good.id))
    return _good_page(form), form.refusal_status


@blueprint.get("/stock/goods/<uuid:store_good_id>/edit")
@access(Permission.MANAGE)
def edit_good(store_good_id: UUID) -> str:
    good = goods.own_good(current_actor(), store_good_id)
    values: dict[str, Any] = {name: getattr(good, name) for name in PLAIN}
    for name in NUMBERS:
        value = getattr(good, name)
        values[name] = "" if value is None else quantity_text(value)
    return _good_page(Form.blank(schemas.StoreGoodEditForm(), values), good)


@blueprint.post("/stock/goods/<uuid:store_good_id>/edit")
@access(Permission.MANAGE)
def save_good(store_good_id: UUID) -> Any:
    actor = current_actor()
    good = goods.own_good(actor, store_good_id)
    form = Form.submitted(schemas.StoreGoodEditForm())
    with form.catching():
        values, seen = form.load_edit()
        goods.edit_good(actor, store_good_id, seen, **goods.without_blank_place(values))
        flash(_("已保存。"), "success")
        return redirect(url_for("stores.show_good", store_good_id=store_good_id))
    return _good_page(form, good), form.refusal_status


def _good_page(form: Form, good: StoreGood | None = None) -> str:
    actor = current_actor()
    return render_template(
        "stores/good_form.html", form=form, good=good, labels=labels,
        place_options=places.physical_names(places.own_places(actor)),
        role_options=[(role, LABELS[role]) for role in LABELS if role.value in schemas.SCHOOL_ROLES],  # type: ignore[index]
    )  # fmt: skip


@blueprint.get("/stock/places")
@access(Permission.MANAGE)
def list_places() -> str:
    return _places_page()


@blueprint.post("/stock/places")
@access(Permission.MANAGE)
def save_place() -> Any:
    form = Form.submitted(schemas.StorePlaceForm())
    with form.catching():
        values = form.load()
        places.save_place(current_actor(), values.pop("id"), **values)
        flash(_("已保存。"), "success")
        return redirect(url_for("stores.list_places"))
    return _places_page(form), form.refusal_status


def _places_page(form: Form | None = None) -> str:
    found = places.own_places(current_actor())
    kinds = [(kind.value, labels.LOCATION_KINDS[kind]) for kind in schemas.PLACE_KINDS]
    return render_template(
        "stores/places.html", places=found.physical, labels=labels, kinds=kinds,
        form=form or Form.blank(schemas.StorePlaceForm(), {"id": str(new_id()), "kind": "store", "is_active": "1"}),
        new_id=new_id,
    )  # fmt: skip
