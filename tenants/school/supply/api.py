"""Goods receipts over REST: a school its own, the bureau and zone supervisors their schools'."""

from decimal import Decimal
from typing import Any
from uuid import UUID

import orjson
from flask import Response

from bureau.schools.service import get_school
from kernel.access.edge import access, current_actor
from kernel.actor import Actor
from kernel.api import ApiBlueprint, seen_version
from kernel.files.service import store
from kernel.files.sniffing import IMAGES
from school.supply.permissions import Permission
from school.supply.schemas import (
    CertificatePhotoOut,
    CertificatePhotoSchema,
    GoodsReceiptCertificateSchema,
    GoodsReceiptOut,
    GoodsReceiptPage,
    GoodsReceiptQuery,
    GoodsReceiptSchema,
    VoidGoodsReceiptSchema,
)
from school.supply.service import reading, voiding
from school.supply.service.certificates import PURPOSE, CertificateInput, add_certificate
from school.supply.service.recording import record_receipt

blueprint = ApiBlueprint("goods_receipts", __name__, description="Goods receipts")


def _list(actor: Actor, school_id: int, query: dict[str, Any]) -> Response:
    """Straight from the columns: the most used operations of the service do without a schema's pass over each row.
    Tests hold the answers to GoodsReceiptPage and GoodsReceiptOut."""
    page = reading.list_receipts(actor, school_id, **query)
    items = [row._asdict() for row in page.items]
    return answer({"items": items, "next_cursor": page.next_cursor})


def _one(actor: Actor, school_id: int, receipt_id: UUID) -> Response:
    return answer(reading.get_receipt(actor, school_id, receipt_id).as_dict())


def answer(content: dict[str, Any], status: int = 200) -> Response:
    return Response(orjson.dumps(content, default=_plain), status, mimetype="application/json")


def _plain(value: Any) -> str:
    """Quantities without the zeros that the columns pad them with."""
    return format(value.normalize(), "f") if isinstance(value, Decimal) else str(value)


@blueprint.route("/goods-receipts", methods=["GET"])
@access(Permission.READ)
@blueprint.arguments(GoodsReceiptQuery, location="query")
@blueprint.response(200, GoodsReceiptPage)
def list_receipts(query: dict[str, Any]) -> Response:
    """The school's receipts, newest first."""
    actor = current_actor()
    return _list(actor, actor.own_school_id(), query)


@blueprint.route("/goods-receipts/<uuid:receipt_id>", methods=["GET"])
@access(Permission.READ)
@blueprint.response(200, GoodsReceiptOut)
def get_receipt(receipt_id: UUID) -> Response:
    actor = current_actor()
    return _one(actor, actor.own_school_id(), receipt_id)


@blueprint.route("/goods-receipts/<uuid:receipt_id>", methods=["PUT"])
@access(Permission.RECORD)
@blueprint.arguments(GoodsReceiptSchema)
@blueprint.response(200, GoodsReceiptOut, description="It was there already, with the same content")
@blueprint.alt_response(201, schema=GoodsReceiptOut, description="Recorded")
def put_receipt(data: dict[str, Any], receipt_id: UUID) -> Any:
    """Record a receipt under an id of the client's making. Sent again with the same content it is the same receipt
    (200), with other content a conflict (409). Copies of certificates are uploaded as attachments before."""
    actor = current_actor()
    data["certificates"] = [CertificateInput(**row) for row in data["certificates"]]
    view, is_new = record_receipt(actor, receipt_id, **data)
    return answer(view.as_dict(), 201 if is_new else 200)


@blueprint.route("/goods-receipts/photos/<uuid:attachment_id>", methods=["PUT"])
@access(Permission.RECORD)
@blueprint.arguments(CertificatePhotoSchema, location="files", content_type="multipart/form-data")
@blueprint.response(200, CertificatePhotoOut)
def put_photo(files: dict[str, Any], attachment_id: UUID) -> dict[str, Any]:
    """Keep a certificate's copy under an id of the client's making; then name it as `attachment_id`."""
    file = files["file"]
    stored = store(
        current_actor(),
        file.read(),
        name=file.filename or "",
        purpose=PURPOSE,
        attachment_id=attachment_id,
        accepted=IMAGES,
    )
    return {"id": stored.id, "size": stored.size, "width": stored.width, "height": stored.height}


@blueprint.route("/goods-receipts/<uuid:receipt_id>/certificates", methods=["POST"])
@access(Permission.RECORD)
@blueprint.arguments(GoodsReceiptCertificateSchema)
@blueprint.response(200, GoodsReceiptOut)
def post_certificate(data: dict[str, Any], receipt_id: UUID) -> Response:
    """Add a certificate that came later."""
    actor = current_actor()
    receipt = add_certificate(actor, receipt_id, CertificateInput(**data))
    return _one(actor, receipt.school_id, receipt.id)


@blueprint.route("/goods-receipts/<uuid:receipt_id>/void", methods=["POST"])
@access(Permission.VOID)
@blueprint.arguments(VoidGoodsReceiptSchema)
@blueprint.response(200, GoodsReceiptOut)
def void_receipt(data: dict[str, Any], receipt_id: UUID) -> Response:
    """Take a receipt out of the books; needs If-Match with the version seen. It stays readable."""
    actor = current_actor()
    receipt = voiding.void_receipt(actor, receipt_id, seen_version(), data["reason"])
    return _one(actor, receipt.school_id, receipt.id)


@blueprint.route("/schools/<int:school_id>/goods-receipts", methods=["GET"])
@access(Permission.OVERSEE)
@blueprint.arguments(GoodsReceiptQuery, location="query")
@blueprint.response(200, GoodsReceiptPage)
def list_receipts_of_school(query: dict[str, Any], school_id: int) -> Response:
    """One school's receipts, for the bureau and for its zone's supervisors."""
    actor = current_actor()
    return _list(actor, get_school(actor, school_id).id, query)


@blueprint.route("/schools/<int:school_id>/goods-receipts/<uuid:receipt_id>", methods=["GET"])
@access(Permission.OVERSEE)
@blueprint.response(200, GoodsReceiptOut)
def get_receipt_of_school(school_id: int, receipt_id: UUID) -> Response:
    return _one(current_actor(), school_id, receipt_id)
