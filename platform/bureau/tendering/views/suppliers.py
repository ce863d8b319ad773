"""Suppliers: open tenders on the phone, their documents, questions."""

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from flask_babel import gettext as _

from bureau.tendering import labels, schemas
from bureau.tendering.api import caught_up
from bureau.tendering.api_suppliers import sent
from bureau.tendering.following import parts
from bureau.tendering.permissions import Permission
from bureau.tendering.service import documents, notices, questions, reading
from bureau.tendering.views.open_list import open_list
from kernel.access.edge import access, current_actor
from kernel.database import new_id, now
from kernel.schemas import BaseSchema
from kernel.web.forms import Form

blueprint = Blueprint("open_tenders", __name__, url_prefix="/open-tenders")


@blueprint.get("")
@access(Permission.READ_OPEN)
def index() -> str:
    return open_list(blueprint.name)


@blueprint.get("/<uuid:tender_id>")
@access(Permission.READ_OPEN)
def show(tender_id: UUID) -> str:
    caught_up(current_actor(), tender_id)
    return _page(tender_id)


def _page(tender_id: UUID, form: Form | None = None) -> str:
    actor = current_actor()
    tender = reading.get_tender(actor, tender_id)
    return render_template(
        "tendering/open_show.html",
        tender=tender,
        labels=labels,
        lots=reading.lots_of(actor, tender.id),
        items=reading.items_of(actor, tender.id),
        criteria=reading.criteria_of(actor, tender.id),
        documents=[row for row in reading.documents_of(actor, tender.id) if row.is_public],
        notices=notices.notices_of(actor.bureau_id, tender.id),
        questions=questions.questions_of(actor, tender.id),
        own_questions=questions.own_questions(actor, tender.id),
        has_taken=documents.has_taken(actor, tender.id),
        can_take=tender.state == "bidding" and tender.documents_until is not None and now() <= tender.documents_until,
        can_ask=tender.state == "bidding" and tender.questions_until is not None and now() <= tender.questions_until,
        parts=parts(actor, tender),
        form=form or Form.blank(schemas.TenderQuestionForm(), {"id": new_id()}),
    )


@blueprint.post("/<uuid:tender_id>/taking")
@access(Permission.TAKE_PART)
def take(tender_id: UUID) -> Any:
    form = Form.submitted(BaseSchema())
    with form.catching():
        documents.take_documents(current_actor(), tender_id)
        flash(_("已获取招标文件。截止前，他人和教育局都看不到谁获取了文件。"), "success")
        return redirect(url_for("open_tenders.show", tender_id=tender_id))
    form.values["id"] = new_id()
    return _page(tender_id, form), form.refusal_status


@blueprint.get("/<uuid:tender_id>/documents/<uuid:tender_document_id>")
@access(Permission.READ_OPEN)
def document(tender_id: UUID, tender_document_id: UUID) -> Response:
    return sent(*documents.open_document(current_actor(), tender_id, tender_document_id))


@blueprint.post("/<uuid:tender_id>/questions")
@access(Permission.TAKE_PART)
def ask(tender_id: UUID) -> Any:
    form = Form.submitted(schemas.TenderQuestionForm())
    with form.catching():
        values = form.load()
        questions.ask(current_actor(), tender_id, values.pop("id"), **values)
        flash(_("提问已提交。答复将公布给所有供应商，不显示提问者。"), "success")
        return redirect(url_for("open_tenders.show", tender_id=tender_id))
    return _page(tender_id, form), form.refusal_status
