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
    CatalogueHistory,
    CatalogueItemIn,
    CatalogueItemOut,
    CatalogueItemPage,
    CatalogueItemQuery,
    CatalogueVersionOut,
    FavouriteIn,
    OrderablePage,
    OrderableQuery,
)
from bureau.catalogue.service import categories as category_service
from bureau.catalogue.service import favourites, versions
from bureau.catalogue.service import items as service
from bureau.catalogue.service.category_changes import save_category
from kernel.access.edge import access, current_actor
from kernel.api import ApiBlueprint, seen_version

blueprint = ApiBlueprint("catalogue", __name__, description="Central catalogue")


def _out(item: CatalogueItem) -> dict[str, Any]:
    names = ("id", "state", "version", "current_version", *service.FIELDS)
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
    return save_category(current_actor(), category_id, seen_version(), **data)


@blueprint.route("/catalogue/items/<uuid:item_id>/versions", methods=["GET"])
@access(Permission.READ)
@blueprint.response(200, CatalogueHistory)
def item_history(item_id: UUID) -> dict[str, Any]:
    """Every published version, newest first, each with what it changed."""
    return {"items": service.item_history(current_actor(), item_id)}


@blueprint.route("/catalogue/items/<uuid:item_id>/versions/<int:version_number>", methods=["GET"])
@access(Permission.READ)
@blueprint.response(200, CatalogueVersionOut)
def item_version(item_id: UUID, version_number: int) -> Any:
    """The item as an order kept it, whatever became of it since."""
    return versions.version_of(current_actor().bureau_id, item_id, version_number)


@blueprint.route("/catalogue/orderable", methods=["GET"])
@access(Permission.ORDERABLE)
@blueprint.arguments(OrderableQuery, location="query")
@blueprint.response(200, OrderablePage)
def list_orderable(query: dict[str, Any]) -> dict[str, Any]:
    """What the actor's school may order today."""
    actor = current_actor()
    page = favourites.orderable(actor, **query)
    marked = favourites.favourites_of(actor)
    rows = [{**_out(item), "is_favourite": item.id in marked} for item in page.items]
    return {"items": rows, "next_cursor": page.next_cursor}


@blueprint.route("/catalogue/favourites/<uuid:item_id>", methods=["PUT"])
@access(Permission.FAVOUR)
@blueprint.arguments(FavouriteIn)
@blueprint.response(204)
def put_favourite(data: dict[str, Any], item_id: UUID) -> None:
    """Mark an item for the actor's school, or take the mark off."""
    favourites.mark(current_actor(), item_id, **data)
