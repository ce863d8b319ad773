"""Stock over REST: what there is, the ledger, and the documents that move it."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from bureau.schools.service import get_school
from kernel.access.edge import access, current_actor
from kernel.actor import Actor
from kernel.api import ApiBlueprint, seen_version
from kernel.database.paging import Page
from school.stores import out_schemas as out
from school.stores import schemas
from school.stores.models import StoreDocument
from school.stores.permissions import Permission
from school.stores.rules import DocumentKind
from school.stores.service import confirming, goods, issuing, places, reading, receiving, signing

blueprint = ApiBlueprint("stores", __name__, description="Stock of a school")


def paged(page: Page[Any]) -> dict[str, Any]:
    return {"items": page.items, "next_cursor": page.next_cursor}


def triples(lines: list[dict[str, Any]]) -> list[tuple[UUID, UUID, Decimal]]:
    return [(line["batch_id"], line["location_id"], line["quantity"]) for line in lines]


def whole(actor: Actor, school_id: int, document: StoreDocument) -> dict[str, Any]:
    """A document with its moves."""
    row = {name: getattr(document, name) for name in out.StoreDocumentRow().fields}
    return {**row, "lines": reading.moves_of(actor, school_id, document.id)}


# --- goods ------------------------------------------------------------------------------------------------------------


@blueprint.route("/stock/goods", methods=["GET"])
@access(Permission.READ)
@blueprint.arguments(schemas.StoreStockQuery, location="query")
@blueprint.response(200, out.StoreStockPage)
def list_goods(query: dict[str, Any]) -> dict[str, Any]:
    """The school's goods by name, with what there is of them."""
    actor = current_actor()
    return paged(reading.list_stock(actor, actor.own_school_id(), **query))


@blueprint.route("/stock/goods/<uuid:store_good_id>", methods=["GET"])
@access(Permission.READ)
@blueprint.response(200, out.StoreStockOut)
def get_good(store_good_id: UUID) -> Any:
    actor = current_actor()
    return reading.get_stock(actor, actor.own_school_id(), store_good_id)


@blueprint.route("/stock/goods/<uuid:store_good_id>", methods=["PUT"])
@access(Permission.MANAGE)
@blueprint.arguments(schemas.StoreGoodIn)
@blueprint.response(200, out.StoreGoodOut)
def put_good(data: dict[str, Any], store_good_id: UUID) -> Any:
    """Without If-Match: a new good of the school's own, under an id of the client's making. With it: an edit."""
    actor, version = current_actor(), seen_version()
    if version is None:
        return goods.add_good(actor, store_good_id, **data)
    return goods.edit_good(actor, store_good_id, version, **goods.without_blank_place(data))


@blueprint.route("/stock/goods/<uuid:store_good_id>/card", methods=["GET"])
@access(Permission.READ)
@blueprint.arguments(schemas.PageArguments, location="query")
@blueprint.response(200, out.StoreCardPage)
def get_card(query: dict[str, Any], store_good_id: UUID) -> dict[str, Any]:
    """The ledger of a good, newest first, each move with what there was after it."""
    actor = current_actor()
    reading.get_stock(actor, actor.own_school_id(), store_good_id)
    return paged(reading.card(actor, actor.own_school_id(), store_good_id, **query))


@blueprint.route("/stock/goods/<uuid:store_good_id>/lots", methods=["GET"])
@access(Permission.READ)
@blueprint.response(200, out.StoreLotPage)
def get_lots(store_good_id: UUID) -> dict[str, Any]:
    """What lies where of a good, first expired first."""
    actor = current_actor()
    reading.get_stock(actor, actor.own_school_id(), store_good_id)
    return {"items": reading.lots_of_good(actor, actor.own_school_id(), store_good_id), "next_cursor": None}


@blueprint.route("/stock/expiring", methods=["GET"])
@access(Permission.READ)
@blueprint.arguments(schemas.StoreExpiringQuery, location="query")
@blueprint.response(200, out.StoreLotPage)
def list_expiring(query: dict[str, Any]) -> dict[str, Any]:
    actor = current_actor()
    return paged(reading.list_expiring(actor, actor.own_school_id(), **query))


# --- places -----------------------------------------------------------------------------------------------------------


@blueprint.route("/stock/places", methods=["GET"])
@access(Permission.READ)
@blueprint.response(200, out.StorePlaceList)
def list_places() -> dict[str, Any]:
    actor = current_actor()
    return {"items": places.places_of(actor, actor.own_school_id()).physical}


@blueprint.route("/stock/places/<uuid:store_place_id>", methods=["PUT"])
@access(Permission.MANAGE)
@blueprint.arguments(schemas.StorePlaceIn)
@blueprint.response(200, out.StorePlaceOut)
def put_place(data: dict[str, Any], store_place_id: UUID) -> Any:
    """Without If-Match a new place, with it an edit."""
    return places.save_place(current_actor(), store_place_id, version=seen_version(), **data)


# --- documents --------------------------------------------------------------------------------------------------------


@blueprint.route("/stock/documents", methods=["GET"])
@access(Permission.READ)
@blueprint.arguments(schemas.StoreDocumentQuery, location="query")
@blueprint.response(200, out.StoreDocumentPage)
def list_documents(query: dict[str, Any]) -> dict[str, Any]:
    """Newest first."""
    actor = current_actor()
    return paged(reading.list_documents(actor, actor.own_school_id(), **query))


@blueprint.route("/stock/documents/<uuid:store_document_id>", methods=["GET"])
@access(Permission.READ)
@blueprint.response(200, out.StoreDocumentOut)
def get_document(store_document_id: UUID) -> dict[str, Any]:
    actor = current_actor()
    document = reading.get_document(actor, actor.own_school_id(), store_document_id)
    return whole(actor, actor.own_school_id(), document)


@blueprint.route("/stock/receipts/<uuid:store_document_id>", methods=["PUT"])
@access(Permission.KEEP)
@blueprint.arguments(schemas.StoreReceiptIn)
@blueprint.response(200, out.StoreDocumentOut)
def put_receipt(data: dict[str, Any], store_document_id: UUID) -> dict[str, Any]:
    """Goods of the school's own that came in, or what lay there when the books began. Ids are the client's: sent again
    with the same content it is the same document, with other content a conflict (409); so are all documents here."""
    actor = current_actor()
    document = receiving.receive_by_hand(
        actor, store_document_id, [receiving.ByHand(**line) for line in data["lines"]],
        is_opening=data["is_opening"], reason=data["reason"], on=data["on_day"],
    )  # fmt: skip
    return whole(actor, document.school_id, document)


@blueprint.route("/stock/issues/<uuid:store_document_id>", methods=["PUT"])
@access(Permission.KEEP)
@blueprint.arguments(schemas.StoreIssueIn)
@blueprint.response(200, out.StoreDocumentOut)
def put_issue(data: dict[str, Any], store_document_id: UUID) -> dict[str, Any]:
    """Give out so much of each good, what expires first before the rest."""
    actor = current_actor()
    asked = [issuing.Asked(**line) for line in data.pop("lines")]
    document = issuing.issue_goods(actor, store_document_id, asked, issuing.Use(**data))
    return whole(actor, document.school_id, document)


@blueprint.route("/stock/returns/<uuid:store_document_id>", methods=["PUT"])
@access(Permission.KEEP)
@blueprint.arguments(schemas.StoreReturnIn)
@blueprint.response(200, out.StoreDocumentOut)
def put_return(data: dict[str, Any], store_document_id: UUID) -> dict[str, Any]:
    actor = current_actor()
    document = issuing.give_back(
        actor, store_document_id, triples(data["lines"]), taker_name=data["taker_name"], reason=data["reason"]
    )
    return whole(actor, document.school_id, document)


@blueprint.route("/stock/transfers/<uuid:store_document_id>", methods=["PUT"])
@access(Permission.KEEP)
@blueprint.arguments(schemas.StoreTransferIn)
@blueprint.response(200, out.StoreDocumentOut)
def put_transfer(data: dict[str, Any], store_document_id: UUID) -> dict[str, Any]:
    actor = current_actor()
    moves = [
        (line["batch_id"], line["location_id"], line["to_location_id"], line["quantity"]) for line in data["lines"]
    ]
    document = issuing.transfer(actor, store_document_id, moves, reason=data["reason"])
    return whole(actor, document.school_id, document)


@blueprint.route("/stock/disposals/<uuid:store_document_id>", methods=["PUT"])
@access(Permission.KEEP)
@blueprint.arguments(schemas.StoreDisposalIn)
@blueprint.response(200, out.StoreDocumentOut)
def put_disposal(data: dict[str, Any], store_document_id: UUID) -> dict[str, Any]:
    """Expired, spoilt or recalled goods. Hazardous ones take two: see confirmations."""
    actor = current_actor()
    document = issuing.dispose(
        actor, store_document_id, triples(data["lines"]), reason=data["reason"], attachment_id=data["attachment_id"]
    )
    return whole(actor, document.school_id, document)


# --- two keepers ------------------------------------------------------------------------------------------------------


@blueprint.route("/stock/confirmations", methods=["GET"])
@access(Permission.READ)
@blueprint.response(200, out.StoreConfirmationList)
def list_confirmations() -> dict[str, Any]:
    """What waits for its second keeper, oldest first."""
    actor = current_actor()
    return {"items": confirming.waiting(actor, actor.own_school_id())}


@blueprint.route("/stock/confirmations/<uuid:store_confirmation_id>", methods=["PUT"])
@access(Permission.KEEP)
@blueprint.arguments(schemas.StoreConfirmationIn)
@blueprint.response(200, out.StoreConfirmationOut)
def put_confirmation(data: dict[str, Any], store_confirmation_id: UUID) -> Any:
    """Make up an issue or a disposal of hazardous goods; posted when a second keeper signs it."""
    kind, takes = DocumentKind(data.pop("kind")), triples(data.pop("lines"))
    return confirming.propose(current_actor(), store_confirmation_id, kind=kind, takes=takes, **data)


@blueprint.route("/stock/confirmations/<uuid:store_confirmation_id>/decision", methods=["POST"])
@access(Permission.CONFIRM)
@blueprint.arguments(schemas.StoreDecisionIn)
@blueprint.response(200, out.StoreConfirmationOut)
def post_confirmation_decision(data: dict[str, Any], store_confirmation_id: UUID) -> Any:
    """Sign or send back; needs If-Match."""
    return signing.decide(
        current_actor(), store_confirmation_id, seen_version(), is_confirmed=data["is_approved"], reason=data["reason"]
    )


# --- oversight --------------------------------------------------------------------------------------------------------


@blueprint.route("/schools/<int:school_id>/stock/goods", methods=["GET"])
@access(Permission.OVERSEE)
@blueprint.arguments(schemas.StoreStockQuery, location="query")
@blueprint.response(200, out.StoreStockPage)
def list_goods_of_school(query: dict[str, Any], school_id: int) -> dict[str, Any]:
    """One school's stock, for the bureau and its zone's supervisors."""
    actor = current_actor()
    return paged(reading.list_stock(actor, get_school(actor, school_id).id, **query))


@blueprint.route("/schools/<int:school_id>/stock/expiring", methods=["GET"])
@access(Permission.OVERSEE)
@blueprint.arguments(schemas.StoreExpiringQuery, location="query")
@blueprint.response(200, out.StoreLotPage)
def list_expiring_of_school(query: dict[str, Any], school_id: int) -> dict[str, Any]:
    actor = current_actor()
    return paged(reading.list_expiring(actor, get_school(actor, school_id).id, **query))
