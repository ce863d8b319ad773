"""Browse, edit, publish and retire items."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from bureau.catalogue import labels
from bureau.catalogue.models import CatalogueCategory, CatalogueItem
from bureau.catalogue.permissions import Permission
from bureau.catalogue.rules import ItemEvent, Requirement, events_of, inherited
from bureau.catalogue.schemas import CatalogueItemQuery, ItemForm, VersionForm
from bureau.catalogue.service import categories as category_service
from bureau.catalogue.service import items as service
from bureau.catalogue.service import versions
from bureau.schools.views.conflicts import differences
from kernel.access.edge import access, current_actor, may
from kernel.database import new_id
from kernel.errors import Invalid
from kernel.web.forms import Form

blueprint = Blueprint("catalogue", __name__, url_prefix="/catalogue")
FILTERS = ("q", "category_id", "state")
SPARE_ROWS = 2  # blank rows for further units


@blueprint.app_template_filter("plain")
def plain(number: Decimal | None) -> str:
    """A stored number without its padding zeros: 25.000000 → 25."""
    return "" if number is None else format(number.normalize(), "f")


@blueprint.get("")
@access(Permission.READ)
def index() -> Any:
    actor = current_actor()
    query, form = _query()
    page = service.list_items(actor, **query)
    arguments: dict[str, Any] = {name: value for name, value in request.args.items() if name in FILTERS and value}
    categories = category_service.list_categories(actor)
    counts = service.count_by_state(actor) if may(Permission.MANAGE) else {}
    return render_template(
        "catalogue/index.html", form=form, page=page, category_options=options_of(categories), labels=labels,
        counts=counts, filtered=bool(arguments),
        first_url=url_for("catalogue.index", **arguments) if query["cursor"] else None,
        next_url=url_for("catalogue.index", **arguments, cursor=page.next_cursor) if page.next_cursor else None,
    )  # fmt: skip


def _query() -> tuple[dict[str, Any], Form]:
    """The filters. A mistyped address shows the unfiltered list with the message at its field."""
    form = Form.blank(CatalogueItemQuery(), dict(request.args.items()))
    try:
        return form.load(), form
    except Invalid as error:
        form.reject(error)
        return CatalogueItemQuery().load({}), form


def options_of(categories: Sequence[CatalogueCategory]) -> list[tuple[UUID, str]]:
    return [(category.id, category.name) for category in categories]


def requirements_by_category(categories: Sequence[CatalogueCategory]) -> dict[UUID, list[str]]:
    """Category → the names of the certificates it asks for, its parent's included."""
    own = {
        category.id: tuple(Requirement(row.kind, row.label) for row in category.requirements) for category in categories
    }
    effective = inherited(own, {category.id: category.parent_id for category in categories})
    return {
        category_id: [labels.certificate_label(requirement.kind, requirement.label) for requirement in found]
        for category_id, found in effective.items()
    }


@blueprint.get("/items/new")
@access(Permission.MANAGE)
def new() -> str:
    return _edit_page(Form.blank(ItemForm(), {"id": new_id(), "storage": "ambient", "base_unit": "kg"}), None)


@blueprint.post("/items/new")
@access(Permission.MANAGE)
def create() -> Any:
    form = Form.submitted(ItemForm())
    with form.catching():
        values = form.load()
        item = service.save_item(current_actor(), values.pop("id"), values.pop("version"), **values)
        flash(_("已保存草稿“%(name)s”，发布后各校可见。", name=item.name), "success")
        return redirect(url_for("catalogue.show", item_id=item.id))
    return _edit_page(form, None), form.refusal_status


@blueprint.get("/items/<uuid:item_id>")
@access(Permission.READ)
def show(item_id: UUID) -> str:
    actor = current_actor()
    item = service.get_item(actor, item_id)
    categories = category_service.list_categories(actor)
    return render_template(
        "catalogue/show.html", item=item, labels=labels, events=events_of(item.state) if may(Permission.MANAGE) else (),
        requirements=requirements_by_category(categories).get(item.category_id, []),
    )  # fmt: skip


@blueprint.get("/items/<uuid:item_id>/versions")
@access(Permission.READ)
def item_versions(item_id: UUID) -> str:
    """Every published version with what it changed."""
    steps = service.item_history(current_actor(), item_id)
    return render_template("catalogue/versions.html", item_id=item_id, steps=steps, labels=labels)


@blueprint.get("/items/<uuid:item_id>/versions/<int:version_number>")
@access(Permission.READ)
def item_version(item_id: UUID, version_number: int) -> str:
    """One version in full, as an order keeps it."""
    version = versions.version_of(current_actor().bureau_id, item_id, version_number)
    return render_template("catalogue/version.html", version=version, labels=labels, fields=versions.SNAPSHOT)


@blueprint.get("/items/<uuid:item_id>/edit")
@access(Permission.MANAGE)
def edit(item_id: UUID) -> str:
    item = service.get_item(current_actor(), item_id)
    return _edit_page(Form.blank(ItemForm(), {**ItemForm().dump(item), "version": item.version}), item)


@blueprint.post("/items/<uuid:item_id>/edit")
@access(Permission.MANAGE)
def save(item_id: UUID) -> Any:
    actor = current_actor()
    service.get_item(actor, item_id)
    form = Form.submitted(ItemForm())
    form.values["id"] = str(item_id)
    with form.catching():
        values, version = form.load_edit()
        service.save_item(actor, item_id, version, **values)
        flash(_("已保存。"), "success")
        return redirect(url_for("catalogue.show", item_id=item_id))
    return _edit_page(form, service.get_item(actor, item_id)), form.refusal_status


@blueprint.post("/items/<uuid:item_id>/publish")
@access(Permission.MANAGE)
def publish(item_id: UUID) -> Any:
    return _change(item_id, ItemEvent.PUBLISH, _("已发布，各校现在可以选用。"))


@blueprint.post("/items/<uuid:item_id>/retire")
@access(Permission.MANAGE)
def retire(item_id: UUID) -> Any:
    return _change(item_id, ItemEvent.RETIRE, _("已下架，各校不能再选用；以往的记录不受影响。"))


def _change(item_id: UUID, event: ItemEvent, message: str) -> Any:
    form = Form.submitted(VersionForm())
    service.change_state(current_actor(), item_id, event, form.load()["version"])
    flash(message, "success")
    return redirect(url_for("catalogue.show", item_id=item_id))


@blueprint.post("/publish-drafts")
@access(Permission.MANAGE)
def publish_drafts() -> Any:
    count = service.publish_drafts(current_actor())
    flash(ngettext("已发布 %(num)s 个物品。", "已发布 %(num)s 个物品。", count), "success")
    return redirect(url_for("catalogue.index"))


def _edit_page(form: Form, item: CatalogueItem | None) -> str:
    field_labels = {
        "code": _("编码"), "name": _("名称"), "specification": _("规格"), "standard": _("执行标准"),
        "base_unit": _("基本单位"), "shelf_life_days": _("保质期（天）"), "storage": _("储存条件"),
        "ingredient": _("食物成分编码"), "brand_note": _("核心产品要求"),
    }  # fmt: skip
    rows, packs = form.value("conversions", []), form.value("pack_sizes", [])
    return render_template(
        "catalogue/edit.html", form=form, item=item, labels=labels,
        rows=range(len(rows if isinstance(rows, list) else []) + SPARE_ROWS),
        packs=range(len(packs if isinstance(packs, list) else []) + SPARE_ROWS),
        category_options=options_of(category_service.list_categories(current_actor())),
        differences=differences(form, field_labels),
    )  # fmt: skip
