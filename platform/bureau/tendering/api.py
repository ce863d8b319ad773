"""REST of the bureau: tenders from draft to end."""

from typing import Any
from uuid import UUID

from bureau.tendering import schemas
from bureau.tendering.models import Tender
from bureau.tendering.permissions import Permission
from bureau.tendering.service import (
    changing,
    clock,
    copying,
    criteria,
    documents,
    drafting,
    ending,
    lots,
    notices,
    questions,
    reading,
    report,
    reviewing,
)
from kernel.access.edge import access, current_actor
from kernel.actor import Actor
from kernel.api import ApiBlueprint, seen_version
from kernel.database import db

blp = ApiBlueprint("tendering", __name__, description="Tenders")


def caught_up(actor: Actor, tender_id: UUID | None = None) -> None:
    """What fell due since the last tick happens before anybody reads; a reading request commits nothing else."""
    if not actor.read_only and clock.catch_up(actor.bureau_id, tender_id):
        db.session.commit()


def whole(actor: Actor, tender: Tender) -> dict[str, Any]:
    items = reading.items_of(actor, tender.id)
    head = {name: getattr(tender, name) for name in schemas.TenderHeadOut().fields}
    return {
        **head,
        "lots": [
            {
                **{name: getattr(lot, name) for name in schemas.TenderLotOut().fields if name != "items"},
                "items": [item for item in items if item.lot_id == lot.id],
            }
            for lot in reading.lots_of(actor, tender.id)
        ],
        "criteria": reading.criteria_of(actor, tender.id),
        "documents": reading.documents_of(actor, tender.id),
    }


@blp.route("/tenders", methods=["GET"])
@access(Permission.READ)
@blp.arguments(schemas.TenderQuery, location="query")
@blp.response(200, schemas.TenderListOut)
def list_tenders(query: dict[str, Any]) -> Any:
    caught_up(current_actor())
    return reading.list_tenders(
        current_actor(), query["cursor"], query["limit"], state=query["state"], rule_pack=query["rule_pack"],
        year=query["year"],
    )  # fmt: skip


@blp.route("/tenders/<uuid:tender_id>", methods=["GET"])
@access(Permission.READ)
@blp.response(200, schemas.TenderOut)
def get_tender(tender_id: UUID) -> Any:
    actor = current_actor()
    caught_up(actor, tender_id)
    return whole(actor, reading.get_tender(actor, tender_id))


@blp.route("/tenders/<uuid:tender_id>", methods=["PUT"])
@access(Permission.DRAFT)
@blp.arguments(schemas.TenderIn)
@blp.response(200, schemas.TenderOut)
def save_tender(data: dict[str, Any], tender_id: UUID) -> Any:
    """Begin a draft under the client's id; a change wants the version seen as If-Match."""
    actor = current_actor()
    return whole(actor, drafting.save_tender(actor, tender_id, seen_version(), **data))


@blp.route("/tenders/<uuid:tender_id>/lots/<uuid:tender_lot_id>", methods=["PUT"])
@access(Permission.DRAFT)
@blp.arguments(schemas.TenderLotIn)
@blp.response(200, schemas.TenderOut)
def save_lot(data: dict[str, Any], tender_id: UUID, tender_lot_id: UUID) -> Any:
    """Add a lot or write it anew with all its items. If-Match: the tender's version."""
    actor = current_actor()
    drafting.save_lot(actor, tender_id, tender_lot_id, seen_version(), **data)
    return whole(actor, reading.get_tender(actor, tender_id))


@blp.route("/tenders/<uuid:tender_id>/lots/<uuid:tender_lot_id>", methods=["DELETE"])
@access(Permission.DRAFT)
@blp.response(204)
def remove_lot(tender_id: UUID, tender_lot_id: UUID) -> None:
    drafting.remove_lot(current_actor(), tender_id, tender_lot_id, seen_version())


@blp.route("/tenders/<uuid:tender_id>/lots/<uuid:tender_lot_id>/cancellation", methods=["PUT"])
@access(Permission.STOP)
@blp.arguments(schemas.TenderReasonIn)
@blp.response(200, schemas.TenderLotOut)
def cancel_lot(data: dict[str, Any], tender_id: UUID, tender_lot_id: UUID) -> Any:
    """If-Match: the lot's version."""
    return lots.cancel_lot(current_actor(), tender_id, tender_lot_id, seen_version(), data["reason"])


@blp.route("/tenders/<uuid:tender_id>/criteria/<uuid:criterion_id>", methods=["PUT"])
@access(Permission.DRAFT)
@blp.arguments(schemas.CriterionIn)
@blp.response(200, schemas.CriterionOut)
def save_criterion(data: dict[str, Any], tender_id: UUID, criterion_id: UUID) -> Any:
    """If-Match: the tender's version."""
    return criteria.save_criterion(current_actor(), tender_id, criterion_id, seen_version(), **data)


@blp.route("/tenders/<uuid:tender_id>/criteria/<uuid:criterion_id>", methods=["DELETE"])
@access(Permission.DRAFT)
@blp.response(204)
def remove_criterion(tender_id: UUID, criterion_id: UUID) -> None:
    criteria.remove_criterion(current_actor(), tender_id, criterion_id, seen_version())


@blp.route("/tenders/<uuid:tender_id>/documents/<uuid:tender_document_id>", methods=["PUT"])
@access(Permission.DRAFT)
@blp.arguments(schemas.TenderDocumentQuery, location="query")
@blp.arguments(schemas.TenderDocumentFile, location="files", content_type="multipart/form-data")
@blp.response(200, schemas.TenderDocumentOut)
def put_document(query: dict[str, Any], data: dict[str, Any], tender_id: UUID, tender_document_id: UUID) -> Any:
    file = data["document"]
    return documents.add_document(
        current_actor(), tender_id, tender_document_id, file.read(), file.filename or "", **query
    )


@blp.route("/tenders/<uuid:tender_id>/documents/<uuid:tender_document_id>", methods=["DELETE"])
@access(Permission.DRAFT)
@blp.response(204)
def delete_document(tender_id: UUID, tender_document_id: UUID) -> None:
    documents.remove_document(current_actor(), tender_id, tender_document_id)


@blp.route("/tenders/<uuid:tender_id>/rule-report", methods=["GET"])
@access(Permission.READ)
@blp.response(200, schemas.RuleReportOut)
def rule_report(tender_id: UUID) -> Any:
    actor = current_actor()
    return {"items": report.report_of(actor, reading.get_tender(actor, tender_id))}


@blp.route("/tenders/<uuid:tender_id>/waivers", methods=["POST"])
@access(Permission.DRAFT)
@blp.arguments(schemas.WaiverIn)
@blp.response(200, schemas.WaiverOut)
def waive(data: dict[str, Any], tender_id: UUID) -> Any:
    """Pass over a warning with a reason that stays."""
    return report.waive(current_actor(), tender_id, seen_version(), data["rule"], data["reason"])


@blp.route("/tenders/<uuid:tender_id>/submission", methods=["PUT"])
@access(Permission.DRAFT)
@blp.response(200, schemas.TenderHeadOut)
def submit(tender_id: UUID) -> Any:
    return reviewing.submit(current_actor(), tender_id, seen_version())


@blp.route("/tenders/<uuid:tender_id>/return", methods=["PUT"])
@access(Permission.REVIEW)
@blp.arguments(schemas.TenderReasonIn)
@blp.response(200, schemas.TenderHeadOut)
def send_back(data: dict[str, Any], tender_id: UUID) -> Any:
    return reviewing.send_back(current_actor(), tender_id, seen_version(), data["reason"])


@blp.route("/tenders/<uuid:tender_id>/dropping", methods=["PUT"])
@access(Permission.DRAFT)
@blp.arguments(schemas.TenderReasonIn)
@blp.response(200, schemas.TenderHeadOut)
def drop(data: dict[str, Any], tender_id: UUID) -> Any:
    """Give a draft up."""
    return reviewing.drop(current_actor(), tender_id, seen_version(), data["reason"])


@blp.route("/tenders/<uuid:tender_id>/publication", methods=["PUT"])
@access(Permission.REVIEW)
@blp.response(200, schemas.TenderNoticeOut)
def publish(tender_id: UUID) -> Any:
    return reviewing.publish(current_actor(), tender_id, seen_version())


@blp.route("/tenders/<uuid:tender_id>/amendments", methods=["POST"])
@access(Permission.DRAFT)
@blp.arguments(schemas.AmendmentIn)
@blp.response(200, schemas.TenderNoticeOut)
def amend(data: dict[str, Any], tender_id: UUID) -> Any:
    """澄清修改 during bidding; the notice it is told in. The deadline moves by itself where too little time is left."""
    changes = [changing.Change(row.pop("what"), row.pop("id"), row) for row in data["changes"]]
    return changing.amend(
        current_actor(), tender_id, seen_version(), reason=data["reason"], changes=changes,
        requirements=data["requirements"],
    )  # fmt: skip


@blp.route("/tenders/<uuid:tender_id>/documents-extension", methods=["POST"])
@access(Permission.DRAFT)
@blp.arguments(schemas.DocumentsExtensionIn)
@blp.response(200, schemas.TenderNoticeOut)
def extend_documents(data: dict[str, Any], tender_id: UUID) -> Any:
    return changing.extend_documents(current_actor(), tender_id, seen_version(), data["until"], data["reason"])


@blp.route("/tenders/<uuid:tender_id>/extension", methods=["POST"])
@access(Permission.DRAFT)
@blp.arguments(schemas.BiddingExtensionIn)
@blp.response(200, schemas.TenderNoticeOut)
def extend_bidding(data: dict[str, Any], tender_id: UUID) -> Any:
    return changing.extend_bidding(current_actor(), tender_id, seen_version(), data["deadline"], data["reason"])


@blp.route("/tenders/<uuid:tender_id>/termination", methods=["PUT"])
@access(Permission.STOP)
@blp.arguments(schemas.TerminationIn)
@blp.response(200, schemas.TenderHeadOut)
def terminate(data: dict[str, Any], tender_id: UUID) -> Any:
    return ending.terminate(current_actor(), tender_id, seen_version(), **data)


@blp.route("/tenders/<uuid:tender_id>/suspension", methods=["PUT"])
@access(Permission.STOP)
@blp.arguments(schemas.TenderReasonIn)
@blp.response(200, schemas.TenderHeadOut)
def suspend(data: dict[str, Any], tender_id: UUID) -> Any:
    return ending.suspend(current_actor(), tender_id, seen_version(), data["reason"])


@blp.route("/tenders/<uuid:tender_id>/resumption", methods=["PUT"])
@access(Permission.STOP)
@blp.arguments(schemas.TenderReasonIn)
@blp.response(200, schemas.TenderHeadOut)
def resume(data: dict[str, Any], tender_id: UUID) -> Any:
    return ending.resume(current_actor(), tender_id, seen_version(), data["reason"])


@blp.route("/tenders/<uuid:tender_id>/retenders/<uuid:new_tender_id>", methods=["PUT"])
@access(Permission.DRAFT)
@blp.arguments(schemas.RetenderIn)
@blp.response(200, schemas.TenderHeadOut)
def retender(data: dict[str, Any], tender_id: UUID, new_tender_id: UUID) -> Any:
    """A new draft, under the client's id, of the lots that failed."""
    return copying.retender(current_actor(), new_tender_id, tender_id, **data)


@blp.route("/tenders/<uuid:tender_id>/notices", methods=["GET"])
@access(Permission.READ)
@blp.response(200, schemas.TenderNoticeListOut)
def list_notices(tender_id: UUID) -> Any:
    actor = current_actor()
    return {"items": notices.notices_of(actor.bureau_id, reading.get_tender(actor, tender_id).id)}


@blp.route("/tenders/<uuid:tender_id>/questions", methods=["GET"])
@access(Permission.READ)
@blp.response(200, schemas.TenderQuestionListOut)
def list_questions(tender_id: UUID) -> Any:
    """Who asked is not known to the bureau."""
    actor = current_actor()
    return {"items": questions.questions_of(actor, reading.get_tender(actor, tender_id).id)}


@blp.route("/tenders/<uuid:tender_id>/questions/<uuid:tender_question_id>/answer", methods=["PUT"])
@access(Permission.DRAFT)
@blp.arguments(schemas.TenderAnswerIn)
@blp.response(200, schemas.TenderQuestionOut)
def answer(data: dict[str, Any], tender_id: UUID, tender_question_id: UUID) -> Any:
    """To all. If-Match: the question's version."""
    return questions.answer(current_actor(), tender_id, tender_question_id, seen_version(), **data)
