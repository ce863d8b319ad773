"""The bureau: its tenders, one tender, its notices and files."""

from typing import Any
from uuid import UUID

from flask import Response, render_template, request, url_for

from bureau.tendering import labels, schemas
from bureau.tendering.api import caught_up
from bureau.tendering.api_suppliers import sent
from bureau.tendering.following import parts
from bureau.tendering.models import Tender
from bureau.tendering.permissions import Permission
from bureau.tendering.rules.states import RUNNING, events_from
from bureau.tendering.service import copying, criteria, documents, moving, notices, questions, reading, report
from bureau.tendering.timeline import marks
from bureau.tendering.views.blueprint import blueprint
from kernel.access.edge import MEMBER, access, current_actor
from kernel.database import new_id
from kernel.schemas import BaseSchema
from kernel.web.forms import Form

PAGE = 50


@blueprint.get("")
@access(Permission.READ)
def index() -> str:
    actor = current_actor()
    caught_up(actor)
    query = Form.blank(schemas.TenderQuery(), request.args.to_dict()).load()
    kept: dict[str, Any] = {name: query[name] for name in ("state", "rule_pack", "year") if query[name]}
    page = reading.list_tenders(actor, query["cursor"], PAGE, **kept)
    return render_template(
        "tendering/index.html", page=page, labels=labels, years=reading.years_of(actor),
        form=Form.blank(schemas.TenderQuery(), kept), filtered=bool(kept),
        first_url=url_for("tendering.index", **kept) if query["cursor"] else None,
        next_url=url_for("tendering.index", cursor=page.next_cursor, **kept) if page.next_cursor else None,
    )  # fmt: skip


@blueprint.get("/<uuid:tender_id>")
@access(Permission.READ)
def show(tender_id: UUID) -> str:
    caught_up(current_actor(), tender_id)
    return show_page(tender_id)


def show_page(tender_id: UUID, form: Form | None = None) -> str:
    """`form`: a step that was refused, with its reasons."""
    actor = current_actor()
    tender = reading.get_tender(actor, tender_id)
    drafting = tender.state in ("draft", "review")
    findings = report.report_of(actor, tender) if drafting else []
    events = reading.events_of(actor, tender.id)
    disclosed = documents.takers_of(actor, tender) if tender.is_public else []
    return render_template(
        "tendering/show.html",
        tender=tender,
        labels=labels,
        lots=reading.lots_of(actor, tender.id),
        items=reading.items_of(actor, tender.id),
        criteria=reading.criteria_of(actor, tender.id),
        documents=reading.documents_of(actor, tender.id),
        notices=notices.notices_of(actor.bureau_id, tender.id),
        questions=questions.questions_of(actor, tender.id),
        events=events,
        marks=marks(actor, tender, events),
        findings=labels.by_weight(findings),
        open_rules={finding.rule for finding in report.open_warnings(actor, tender, findings)},
        waivers=reading.waivers_of(actor, tender.id),
        steps=set(events_from(tender.state)),
        is_drafter=actor.account_id in moving.drafters(tender),
        can_cancel_lots=tender.state in RUNNING,
        retenders=copying.retenders_of(actor, tender.id),
        original=reading.get_tender(actor, tender.retender_of_id) if tender.retender_of_id else None,
        takers=disclosed,
        few_takers=_few_takers(tender, events),
        proposal=report.proposal(actor.bureau_id, tender.rule_pack) if drafting else None,
        sets=criteria.list_sets(actor) if tender.state == "draft" else [],
        parts=parts(actor, tender),
        form=form or Form.blank(BaseSchema()),
        new_id=new_id(),
    )


def _few_takers(tender: Tender, events: Any) -> bool:
    """Whether the officer still has to say if the supply of documents goes on. Not how many took them."""
    return tender.state == "bidding" and any(
        event.event == "few_takers" and event.at == tender.documents_until for event in events
    )


@blueprint.get("/<uuid:tender_id>/documents/<uuid:tender_document_id>")
@access(Permission.READ)
def document(tender_id: UUID, tender_document_id: UUID) -> Response:
    return sent(*documents.open_document(current_actor(), tender_id, tender_document_id))


@blueprint.get("/<uuid:tender_id>/notices/<uuid:tender_notice_id>")
@access(MEMBER)
def notice(tender_id: UUID, tender_notice_id: UUID) -> str:
    """For everybody signed in at this bureau: a notice is addressed to all."""
    actor = current_actor()
    found = reading.get_notice(actor, tender_id, tender_notice_id)
    return render_template(
        "tendering/notice.html", notice=found, tender=reading.get_tender(actor, tender_id), labels=labels,
        intact=notices.is_intact(found),
    )  # fmt: skip
