"""Categories and the certificates they ask for."""

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _

from bureau.catalogue import labels
from bureau.catalogue.models import CatalogueCategory
from bureau.catalogue.permissions import Permission
from bureau.catalogue.rules import CertificateKind
from bureau.catalogue.schemas import CategoryForm
from bureau.catalogue.service import categories as service
from bureau.catalogue.service.category_changes import save_category
from bureau.catalogue.views.items import options_of, requirements_by_category
from bureau.schools.views.conflicts import differences
from kernel.access.edge import access, current_actor
from kernel.database import new_id
from kernel.web.forms import Form

blueprint = Blueprint("catalogue_categories", __name__, url_prefix="/catalogue/categories")


@blueprint.get("")
@access(Permission.READ)
def index() -> str:
    categories = service.list_categories(current_actor())
    names = {category.id: category.name for category in categories}
    return render_template(
        "catalogue/categories.html", categories=categories, names=names, labels=labels,
        requirements=requirements_by_category(categories),
    )  # fmt: skip


@blueprint.get("/new")
@access(Permission.MANAGE)
def new() -> str:
    return _edit_page(Form.blank(CategoryForm(), {"id": new_id(), "storage": "ambient"}), None)


@blueprint.post("/new")
@access(Permission.MANAGE)
def create() -> Any:
    form = Form.submitted(CategoryForm())
    with form.catching():
        values = form.load()
        save_category(current_actor(), values.pop("id"), values.pop("version"), **values)
        flash(_("已保存。"), "success")
        return redirect(url_for("catalogue_categories.index"))
    return _edit_page(form, None), form.refusal_status


@blueprint.get("/<uuid:category_id>/edit")
@access(Permission.MANAGE)
def edit(category_id: UUID) -> str:
    category = service.get_category(current_actor(), category_id)
    form = Form.blank(CategoryForm(), {**CategoryForm().dump(category), "version": category.version})
    return _edit_page(form, category)


@blueprint.post("/<uuid:category_id>/edit")
@access(Permission.MANAGE)
def save(category_id: UUID) -> Any:
    actor = current_actor()
    service.get_category(actor, category_id)
    form = Form.submitted(CategoryForm())
    form.values["id"] = str(category_id)
    with form.catching():
        values, version = form.load_edit()
        save_category(actor, category_id, version, **values)
        flash(_("已保存。"), "success")
        return redirect(url_for("catalogue_categories.index"))
    return _edit_page(form, service.get_category(actor, category_id)), form.refusal_status


def _edit_page(form: Form, category: CatalogueCategory | None) -> str:
    rows = form.value("requirements", [])
    chosen = {row["kind"]: row.get("label", "") for row in rows if isinstance(row, dict) and row.get("kind")}
    tops = [
        other
        for other in service.list_categories(current_actor())
        if other.parent_id is None and (category is None or other.id != category.id)
    ]
    field_labels = {"code": _("编码"), "name": _("名称"), "storage": _("储存条件")}
    return render_template(
        "catalogue/category.html", form=form, category=category, parent_options=options_of(tops),
        kinds=list(CertificateKind), chosen=chosen, labels=labels, differences=differences(form, field_labels),
    )  # fmt: skip
