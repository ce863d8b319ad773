"""REST of suppliers: open tenders, their documents, questions."""

from typing import Any
from uuid import UUID

from flask import Response

from bureau.tendering import schemas
from bureau.tendering.api import caught_up, whole
from bureau.tendering.permissions import Permission
from bureau.tendering.service import documents, notices, questions, reading
from kernel.access.edge import access, current_actor
from kernel.api import ApiBlueprint
from kernel.web.downloads import disposition

blp = ApiBlueprint("open_tenders", __name__, description="Tenders as suppliers see them")


@blp.route("/open-tenders", methods=["GET"])
@access(Permission.READ_OPEN)
@blp.arguments(schemas.OpenTenderQuery, location="query")
@blp.response(200, schemas.TenderListOut)
def list_open(query: dict[str, Any]) -> Any:
    caught_up(current_actor())
    return reading.list_tenders(current_actor(), query["cursor"], query["limit"], state=query["state"])


@blp.route("/open-tenders/<uuid:tender_id>", methods=["GET"])
@access(Permission.READ_OPEN)
@blp.response(200, schemas.TenderOut)
def get_open(tender_id: UUID) -> Any:
    actor = current_actor()
    caught_up(actor, tender_id)
    return whole(actor, reading.get_tender(actor, tender_id))


@blp.route("/open-tenders/<uuid:tender_id>/taking", methods=["PUT"])
@access(Permission.TAKE_PART)
@blp.response(204)
def take(tender_id: UUID) -> None:
    """Take the documents. Who did is secret until the deadline, from the bureau as well."""
    documents.take_documents(current_actor(), tender_id)


@blp.route("/open-tenders/<uuid:tender_id>/documents/<uuid:tender_document_id>", methods=["GET"])
@access(Permission.READ_OPEN)
@blp.response(200, content_type="application/octet-stream")
def open_document(tender_id: UUID, tender_document_id: UUID) -> Any:
    return sent(*documents.open_document(current_actor(), tender_id, tender_document_id))


def sent(attachment: Any, data: bytes) -> Response:
    response = Response(data, mimetype=attachment.media_type)
    response.headers["Content-Disposition"] = disposition("attachment", attachment.original_name)
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


@blp.route("/open-tenders/<uuid:tender_id>/notices", methods=["GET"])
@access(Permission.READ_OPEN)
@blp.response(200, schemas.TenderNoticeListOut)
def list_open_notices(tender_id: UUID) -> Any:
    actor = current_actor()
    return {"items": notices.notices_of(actor.bureau_id, reading.get_tender(actor, tender_id).id)}


@blp.route("/open-tenders/<uuid:tender_id>/questions", methods=["GET"])
@access(Permission.READ_OPEN)
@blp.response(200, schemas.TenderQuestionListOut)
def list_answered(tender_id: UUID) -> Any:
    """Those that were answered, to everybody alike."""
    actor = current_actor()
    return {"items": questions.questions_of(actor, reading.get_tender(actor, tender_id).id)}


@blp.route("/open-tenders/<uuid:tender_id>/questions/<uuid:tender_question_id>", methods=["PUT"])
@access(Permission.TAKE_PART)
@blp.arguments(schemas.TenderQuestionIn)
@blp.response(200, schemas.OwnQuestionOut)
def ask(data: dict[str, Any], tender_id: UUID, tender_question_id: UUID) -> Any:
    return questions.ask(current_actor(), tender_id, tender_question_id, **data)
