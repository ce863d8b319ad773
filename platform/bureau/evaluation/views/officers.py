"""The purchaser's officers and supervision: qualification review, committee, progress, comparison, report."""

import json
from typing import Any
from uuid import UUID

from flask import Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from bureau.bids.service import asking
from bureau.draws.chance import canonical
from bureau.evaluation import labels, schemas
from bureau.evaluation.documents import report_docx
from bureau.evaluation.permissions import Permission
from bureau.evaluation.service import (
    committee,
    conformity,
    facts,
    members,
    pricing,
    qualification,
    re_evaluating,
    reporting,
    results,
    viewing,
    workbook,
)
from bureau.evaluation.service.scoring import lots_to_score
from bureau.evaluation.views.blueprint import blueprint
from bureau.evaluation.views.steps import own_tender, step
from kernel.access.edge import access, current_actor
from kernel.database import new_id
from kernel.files.service import content
from kernel.web.downloads import disposition
from kernel.web.forms import Form

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def file_answer(body: bytes, kind: str, name: str) -> Response:
    response = Response(body, mimetype=kind)
    response.headers["Content-Disposition"] = disposition("attachment", name)
    response.headers["Cache-Control"] = "private, no-store"
    return response


@blueprint.get("/")
@access(Permission.READ)
def index() -> str:
    actor = current_actor()
    tenders = viewing.list_tenders(actor)
    return render_template(
        "evaluation/index.html", tenders=tenders, labels=labels,
        committees=viewing.committees_of(actor, [tender.id for tender in tenders]),
    )  # fmt: skip


@blueprint.get("/tenders/<uuid:judged_tender_id>")
@access(Permission.READ)
def show(judged_tender_id: UUID) -> str:
    actor = current_actor()
    tender = viewing.require_bids(actor, judged_tender_id)
    found = facts.find_committee(actor, tender.id)
    seen = viewing.sees_scores(found)
    lots = facts.lots_of(tender)
    return render_template(
        "evaluation/show.html", tender=tender, committee=found, labels=labels, lots=lots,
        evaluations=facts.evaluations_of(tender), bids={one.id: one for one in facts.bids_of(tender)},
        seats=members.seats_of(actor, found) if found else [],
        to_lock=len(lots_to_score(tender)), corrections=pricing.corrections_of(tender),
        explanations=pricing.abnormal_of(tender), reviews=conformity.reviews_of(tender),
        results=results.results_of(tender) if seen else [], events=viewing.events_of(actor, tender.id),
        report=reporting.standing(tender), seen=seen, again=re_evaluating.of_tender(actor, tender.id),
        re_evaluable=re_evaluating.STATES,
    )  # fmt: skip


@blueprint.get("/tenders/<uuid:judged_tender_id>/qualification")
@access(Permission.READ)
def review(judged_tender_id: UUID) -> str:
    return _review_page(judged_tender_id)


def _review_page(tender_id: UUID, errors: dict[UUID, str] | None = None) -> str:
    actor = current_actor()
    tender = viewing.require_bids(actor, tender_id)
    bids = facts.bids_of(tender)
    known = qualification.reviews_of(tender)
    versions: dict[UUID, int] = {}
    for (bid_id, _criterion), row in known.items():
        versions[bid_id] = versions.get(bid_id, 0) + row.version
    return render_template(
        "evaluation/qualification.html", tender=tender, labels=labels, lots=facts.lots_of(tender), bids=bids,
        criteria={lot.id: facts.criteria_of(tender, lot.id, "qualification") for lot in facts.lots_of(tender)},
        known=known, versions=versions, files=facts.files_of(tender, [one.id for one in bids]),
        wanting=qualification.open_findings(tender), errors=errors or {},
    )  # fmt: skip


@blueprint.post("/tenders/<uuid:judged_tender_id>/qualification/<uuid:judged_bid_id>")
@access(Permission.QUALIFY)
def qualify(judged_tender_id: UUID, judged_bid_id: UUID) -> Any:
    """Fields `passed-<criterion>` (1, 0 or nothing) and `reason-<criterion>`."""
    actor = current_actor()
    tender = facts.get_tender(actor, judged_tender_id)
    one = facts.get_bid(tender, judged_bid_id)
    findings = []
    for row in facts.criteria_of(tender, one.bid.lot_id, "qualification"):
        given = request.form.get(f"passed-{row.id}", "")
        if given in ("0", "1"):
            findings.append(qualification.Finding(row.id, given == "1", request.form.get(f"reason-{row.id}", "")[:500]))
    seen = request.form.get("version", type=int)
    return step(
        url_for("evaluation.review", judged_tender_id=tender.id) + f"#bid-{judged_bid_id}", schemas.BaseSchema(),
        lambda _data: qualification.review(actor, tender.id, judged_bid_id, findings, seen), _("已保存。"), own_tender(judged_tender_id))  # fmt: skip


@blueprint.post("/tenders/<uuid:judged_tender_id>/qualification")
@access(Permission.QUALIFY)
def close_review(judged_tender_id: UUID) -> Any:
    return step(
        url_for("evaluation.show", judged_tender_id=judged_tender_id), schemas.SeenVersionForm(),
        lambda data: qualification.close(current_actor(), judged_tender_id, data["version"]), _("资格审查已完成。"), own_tender(judged_tender_id))  # fmt: skip


@blueprint.get("/tenders/<uuid:judged_tender_id>/committee")
@access(Permission.READ)
def committee_page(judged_tender_id: UUID) -> str:
    return _committee_page(judged_tender_id, Form.blank(schemas.CommitteeForm(), {"id": str(new_id())}))


def _committee_page(tender_id: UUID, form: Form) -> str:
    actor = current_actor()
    tender = viewing.require_bids(actor, tender_id)
    found = facts.find_committee(actor, tender.id)
    demands = committee.demands_of(tender)
    form.values.setdefault("size", demands.least)
    seats = members.seats_of(actor, found) if found else []
    taken = {seat.number for seat in seats}
    return render_template(
        "evaluation/committee.html", tender=tender, committee=found, form=form, demands=demands, labels=labels,
        seats=seats, vacant=[n for n in range(1, found.size + 1) if n not in taken] if found else [],
        people=committee.representatives(actor, tender) if found is None or found.state == "formed" else [],
        pool=committee.pool_size(actor, tender) if found is None and tender.state == "evaluation" else None,
    )  # fmt: skip


@blueprint.post("/tenders/<uuid:judged_tender_id>/committee")
@access(Permission.FORM)
def commit(judged_tender_id: UUID) -> Any:
    form = Form.submitted(schemas.CommitteeForm())
    with form.catching():
        data = form.load()
        committee.commit(
            current_actor(), judged_tender_id, data["id"], size=data["size"],
            representative_ids=data["representative_ids"], public_value=data["public_value"] or "",
        )  # fmt: skip
        flash(_("抽取承诺已公布，可以抽取。"), "success")
        return redirect(url_for("evaluation.committee_page", judged_tender_id=judged_tender_id), 303)
    return _committee_page(judged_tender_id, form), form.refusal_status


@blueprint.post("/tenders/<uuid:judged_tender_id>/committee/draw")
@access(Permission.FORM)
def draw(judged_tender_id: UUID) -> Any:
    return step(
        url_for("evaluation.committee_page", judged_tender_id=judged_tender_id), schemas.CommitteeDrawForm(),
        lambda data: committee.draw(current_actor(), judged_tender_id, data["version"], data["public_value"] or ""),
        _("已抽取并通知成员。名单在公布结果前保密。"), own_tender(judged_tender_id))  # fmt: skip


@blueprint.post("/tenders/<uuid:judged_tender_id>/committee/dissolution")
@access(Permission.FORM)
def dissolve(judged_tender_id: UUID) -> Any:
    return step(
        url_for("evaluation.committee_page", judged_tender_id=judged_tender_id), schemas.CommitteeReasonForm(),
        lambda data: committee.dissolve(current_actor(), judged_tender_id, data["version"], data["reason"]),
        _("评标委员会已解散。"), own_tender(judged_tender_id))  # fmt: skip


@blueprint.post("/tenders/<uuid:judged_tender_id>/committee/seats/<int:seat_number>")
@access(Permission.FORM)
def name_representative(judged_tender_id: UUID, seat_number: int) -> Any:
    return step(
        url_for("evaluation.committee_page", judged_tender_id=judged_tender_id), schemas.SeatIn(),
        lambda data: members.name_representative(
            current_actor(), judged_tender_id, seat_number, data["person_id"]
        ),
        _("已通知新的采购人代表。"), own_tender(judged_tender_id))  # fmt: skip


@blueprint.get("/tenders/<uuid:judged_tender_id>/committee/document.json")
@access(Permission.READ)
def document(judged_tender_id: UUID) -> Response:
    found = committee.document_of(current_actor(), judged_tender_id)
    body = json.dumps(found, ensure_ascii=False, sort_keys=True, indent=1).encode()
    return file_answer(body, "application/json", f"committee-{judged_tender_id}.json")


@blueprint.get("/tenders/<uuid:judged_tender_id>/matrix")
@access(Permission.READ_SEAT)
def matrix(judged_tender_id: UUID) -> str:
    """For the officers and for the members of this tender's committee while they judge."""
    tender, found = viewing.matrices(current_actor(), judged_tender_id)
    return render_template(
        "evaluation/matrix.html", tender=tender, matrices=found, labels=labels, percent=viewing.percent,
        officer=viewing.is_reader(current_actor()),
    )  # fmt: skip


@blueprint.get("/tenders/<uuid:judged_tender_id>/matrix.xlsx")
@access(Permission.READ_SEAT)
def matrix_file(judged_tender_id: UUID) -> Response:
    tender, found = viewing.matrices(current_actor(), judged_tender_id)
    return file_answer(workbook.matrix_xlsx(found), XLSX, f"{tender.title}-报价对照.xlsx")


@blueprint.get("/tenders/<uuid:judged_tender_id>/bids/<uuid:judged_bid_id>")
@access(Permission.READ_SEAT)
def bid(judged_tender_id: UUID, judged_bid_id: UUID) -> str:
    """One opened bid as it was handed in, for whoever may see it now."""
    tender = viewing.require_bids(current_actor(), judged_tender_id)
    one = facts.get_bid(tender, judged_bid_id)
    criteria = {row.code: row.title for row in facts.criteria_of(tender, one.bid.lot_id)}
    return render_template(
        "evaluation/bid.html", tender=tender, one=one, labels=labels, criteria=criteria,
        lot=facts.get_lot(tender, one.bid.lot_id), files=facts.files_of(tender, [one.id])[one.id],
        items=facts.items_of(tender, one.bid.lot_id),
        declared=asking.stated(tender, one.opened.package, for_officers=viewing.is_reader(current_actor())),
    )  # fmt: skip


@blueprint.get("/tenders/<uuid:judged_tender_id>/bids/<uuid:judged_bid_id>/files/<uuid:opened_file_id>")
@access(Permission.READ_SEAT)
def bid_file(judged_tender_id: UUID, judged_bid_id: UUID, opened_file_id: UUID) -> Response:
    attachment = viewing.bid_file(current_actor(), judged_tender_id, judged_bid_id, opened_file_id)
    response = file_answer(content(attachment), attachment.media_type, attachment.original_name)
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


@blueprint.get("/tenders/<uuid:judged_tender_id>/report")
@access(Permission.READ)
def report(judged_tender_id: UUID) -> str:
    actor = current_actor()
    found = reporting.get_report(actor, judged_tender_id)
    return render_template(
        "evaluation/report.html", tender=facts.get_tender(actor, judged_tender_id), report=found, labels=labels,
        document=reporting.published_body(actor, found), seat=None,
    )  # fmt: skip


@blueprint.get("/tenders/<uuid:judged_tender_id>/report.<any(docx, json):kind>")
@access(Permission.READ)
def report_file(judged_tender_id: UUID, kind: str) -> Response:
    actor = current_actor()
    found = reporting.get_report(actor, judged_tender_id)
    body = reporting.published_body(actor, found)
    if kind == "json":
        return file_answer(canonical(body), "application/json", f"{found.number}.json")
    return file_answer(report_docx(body), DOCX, f"{found.number} 评标报告.docx")
