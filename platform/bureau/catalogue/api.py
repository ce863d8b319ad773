"""The catalogue over REST. Schools see published items; the bureau keeps them."""

from typing import Any
from uuid import UUID

from bureau.catalogue.models import CatalogueItem
from bureau.catalogue.permissions import Permission
from bureau.catalogue.rules import ItemEvent
from bureau.catalogue.schemas import (
    CatalogueCategoryIn,
    CatalogueCategoryList,
    CatalogueCategoryOut,
    CatalogueItemIn,
    CatalogueItemOut,
    CatalogueItemPage,
    CatalogueItemQuery,
)
from bureau.catalogue.service import categories as category_service
from bureau.catalogue.service import items as service
from kernel.access.edge import access, current_actor
from kernel.api import ApiBlueprint, seen_version

blueprint = ApiBlueprint("catalogue", __name__, description="Central catalogue")


def _out(item: CatalogueItem) -> dict[str, Any]:
    names = ("id", "state", "version", *service.FIELDS)
    return {
        **{name: getattr(item, name) for name in names},
        "category_name": item.category.name,
        "conversions": item.conversions,
    }


@blueprint.route("/catalogue/items", methods=["GET"])
@access(Permission.READ)
@blueprint.arguments(CatalogueItemQuery, location="query")
@blueprint.response(200, CatalogueItemPage)
def list_items(query: dict[str, Any]) -> dict[str, Any]:
    """Items by code; `q` is part of name, specification or code."""
    page = service.list_items(current_actor(), **query)
    return {"items": [_out(item) for item in page.items], "next_cursor": page.next_cursor}


@blueprint.route("/catalogue/items/<uuid:item_id>", methods=["GET"])
@access(Permission.READ)
@blueprint.response(200, CatalogueItemOut)
def get_item(item_id: UUID) -> dict[str, Any]:
    return _out(service.get_item(current_actor(), item_id))


@blueprint.route("/catalogue/items/<uuid:item_id>", methods=["PUT"])
@access(Permission.MANAGE)
@blueprint.arguments(CatalogueItemIn)
@blueprint.response(200, CatalogueItemOut)
def put_item(data: dict[str, Any], item_id: UUID) -> dict[str, Any]:
    """Create a draft under an id of the client's making; to change an item, send the version seen as If-Match."""
    actor = current_actor()
    service.save_item(actor, item_id, seen_version(), **data)
    return _out(service.get_item(actor, item_id))


@blueprint.route("/catalogue/items/<uuid:item_id>/publish", methods=["POST"])
@access(Permission.MANAGE)
@blueprint.response(200, CatalogueItemOut)
def publish_item(item_id: UUID) -> dict[str, Any]:
    """Needs If-Match with the version seen."""
    actor = current_actor()
    service.change_state(actor, item_id, ItemEvent.PUBLISH, seen_version())
    return _out(service.get_item(actor, item_id))


@blueprint.route("/catalogue/items/<uuid:item_id>/retire", methods=["POST"])
@access(Permission.MANAGE)
@blueprint.response(200, CatalogueItemOut)
def retire_item(item_id: UUID) -> dict[str, Any]:
    """Needs If-Match with the version seen."""
    actor = current_actor()
    service.change_state(actor, item_id, ItemEvent.RETIRE, seen_version())
    return _out(service.get_item(actor, item_id))


@blueprint.route("/catalogue/categories", methods=["GET"])
@access(Permission.READ)
@blueprint.response(200, CatalogueCategoryList)
def list_categories() -> dict[str, Any]:
    """All categories with their own requirements; a sub-category has its parent's as well."""
    return {"items": category_service.list_categories(current_actor())}


@blueprint.route("/catalogue/categories/<uuid:category_id>", methods=["PUT"])
@access(Permission.MANAGE)
@blueprint.arguments(CatalogueCategoryIn)
@blueprint.response(200, CatalogueCategoryOut)
def put_category(data: dict[str, Any], category_id: UUID) -> Any:
    """Create under an id of the client's making; to change a category, send the version seen as If-Match."""
    return category_service.save_category(current_actor(), category_id, seen_version(), **data)
