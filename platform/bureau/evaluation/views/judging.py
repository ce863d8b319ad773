"""A committee member: own seats, declaring, conformity, abnormally low prices, settling scores, signing."""

from typing import Any
from uuid import UUID

from flask import render_template, request, url_for
from flask_babel import gettext as _

from bureau.evaluation import labels, schemas
from bureau.evaluation.permissions import Permission
from bureau.evaluation.service import (
    conformity,
    consensus,
    facts,
    low_prices,
    members,
    pricing,
    reporting,
    results,
    scoring,
    viewing,
)
from bureau.evaluation.service.answering import files_of as explanation_files
from bureau.evaluation.views.blueprint import blueprint
from bureau.evaluation.views.steps import own_seat, step
from kernel.access.edge import access, current_actor
from kernel.database import new_id
from kernel.errors import NotFound
from kernel.schemas import BaseSchema
from kernel.web.forms import Form


def back(tender_id: UUID, anchor: str = "") -> str:
    return url_for("evaluation.seat", judged_tender_id=tender_id) + anchor


@blueprint.get("/mine")
@access(Permission.READ_SEAT)
def mine() -> str:
    actor = current_actor()
    rows = []
    for seat in members.own_seats(actor):
        tender = facts.get_tender(actor, seat.tender_id)
        found = facts.find_committee(actor, tender.id)
        live = found is not None and found.id == seat.committee_id and tender.state in viewing.JUDGING
        rows.append((tender, seat, live and seat.state != "recused"))
    return render_template("evaluation/mine.html", rows=rows, labels=labels)


@blueprint.get("/mine/<uuid:judged_tender_id>")
@access(Permission.READ_SEAT)
def seat(judged_tender_id: UUID) -> str:
    actor = current_actor()
    own = members.own_seat(actor, judged_tender_id)
    tender = facts.get_tender(actor, judged_tender_id)
    if (tender.suspended_from or tender.state) not in viewing.JUDGING:
        raise NotFound(_("评标已经结束。"))
    found = facts.committee_of(actor, tender.id)
    declared = own.state == "declared" and viewing.sees_bids(actor, tender)
    bids = facts.bids_of(tender) if declared else []
    votes = {(row.bid_id, row.criterion_id): row for row in conformity.votes_of(tender) if row.member_id == own.id}
    reviews = pricing.abnormal_of(tender) if declared else {}
    given = low_prices.votes_of(tender) if declared else {}
    lots = facts.live_lots(tender)
    return render_template(
        "evaluation/seat.html", tender=tender, committee=found, own=own, declared=declared, labels=labels, lots=lots,
        bids=bids, votes=votes, words=members.WORDS, seats=members.seats_of(actor, found),
        criteria={lot.id: facts.criteria_of(tender, lot.id, "conformity") for lot in lots},
        closed=conformity.is_closed(tender), corrections=pricing.corrections_of(tender) if declared else {},
        explanations=reviews, proofs={row.id: explanation_files(actor.bureau_id, row.id) for row in reviews.values()},
        own_votes={
            review_id: row for review_id, rows in given.items() for row in rows if row.member_id == own.id
        },
        sheets=_sheets(tender, own) if declared else {}, report=reporting.standing(tender), again=facts.re_evaluation_of(tender),
        lines=_problem_lines(tender, lots, bids) if declared and not conformity.is_closed(tender) else {},
    )  # fmt: skip


def _sheets(tender: Any, own: Any) -> dict[UUID, tuple[str, int]]:
    """Lot → (state of the own sheet, points still wanting)."""
    found = {}
    for lot_id in scoring.lots_to_score(tender):
        sheet, scores = scoring.own_sheet(tender, own, lot_id)
        found[lot_id] = (sheet.state if sheet else "open", scoring.missing(tender, lot_id, scores))
    return found


def _problem_lines(tender: Any, lots: Any, bids: Any) -> dict[UUID, list[str]]:
    """What the prices alone say against a bid, for the committee to know before it votes."""
    found = {}
    for lot in lots:
        names = {item.id: item.name for item in facts.items_of(tender, lot.id)}
        for one in bids:
            if one.bid.lot_id == lot.id and one.bid.state == "qualified":
                problems = conformity.admission_problems(tender, lot, one)
                found[one.id] = [conformity.problem_text(problem, names) for problem in problems]
    return found


@blueprint.post("/mine/<uuid:judged_tender_id>/declaration")
@access(Permission.JUDGE)
def declare(judged_tender_id: UUID) -> Any:
    return step(
        back(judged_tender_id), schemas.SeenVersionForm(),
        lambda data: members.declare(current_actor(), judged_tender_id, data["version"]), _("已声明。"), own_seat(judged_tender_id))  # fmt: skip


@blueprint.post("/mine/<uuid:judged_tender_id>/recusal")
@access(Permission.JUDGE)
def recuse(judged_tender_id: UUID) -> Any:
    return step(
        url_for("evaluation.mine"), schemas.CommitteeReasonForm(),
        lambda data: members.recuse(current_actor(), judged_tender_id, data["version"], data["reason"]),
        _("已回避，席位由他人递补。"), own_seat(judged_tender_id))  # fmt: skip


@blueprint.post("/mine/<uuid:judged_tender_id>/head")
@access(Permission.JUDGE)
def choose_head(judged_tender_id: UUID) -> Any:
    return step(
        back(judged_tender_id), schemas.HeadIn(),
        lambda data: members.choose_head(current_actor(), judged_tender_id, data["number"]), _("已推选。"), own_seat(judged_tender_id))  # fmt: skip


@blueprint.post("/mine/<uuid:judged_tender_id>/conformity/<uuid:judged_bid_id>")
@access(Permission.JUDGE)
def vote_conformity(judged_tender_id: UUID, judged_bid_id: UUID) -> Any:
    """Fields `passed-<criterion>` (1, 0 or nothing) and `reason-<criterion>`."""
    actor = current_actor()
    members.own_seat(actor, judged_tender_id)
    tender = facts.get_tender(actor, judged_tender_id)
    one = facts.get_bid(tender, judged_bid_id)
    votes = []
    for row in facts.criteria_of(tender, one.bid.lot_id, "conformity"):
        given = request.form.get(f"passed-{row.id}", "")
        if given in ("0", "1"):
            votes.append(conformity.Vote(row.id, given == "1", request.form.get(f"reason-{row.id}", "")[:500]))
    return step(
        back(judged_tender_id, f"#bid-{judged_bid_id}"), BaseSchema(),
        lambda _data: conformity.vote(actor, judged_tender_id, judged_bid_id, votes), _("已保存。"), own_seat(judged_tender_id))  # fmt: skip


@blueprint.post("/mine/<uuid:judged_tender_id>/conformity")
@access(Permission.JUDGE)
def close_conformity(judged_tender_id: UUID) -> Any:
    return step(
        back(judged_tender_id), BaseSchema(),
        lambda _data: conformity.close(current_actor(), judged_tender_id), _("符合性审查已完成。"), own_seat(judged_tender_id))  # fmt: skip


@blueprint.post("/mine/<uuid:judged_tender_id>/price-questions/<uuid:judged_bid_id>")
@access(Permission.JUDGE)
def judge_low(judged_tender_id: UUID, judged_bid_id: UUID) -> Any:
    return step(
        back(judged_tender_id), schemas.CommitteeReason(),
        lambda data: low_prices.judge_low(current_actor(), judged_tender_id, judged_bid_id, data["reason"]),
        _("已要求投标人说明报价。"), own_seat(judged_tender_id))  # fmt: skip


@blueprint.post("/mine/<uuid:judged_tender_id>/explanations/<uuid:explanation_id>")
@access(Permission.JUDGE)
def vote_explanation(judged_tender_id: UUID, explanation_id: UUID) -> Any:
    return step(
        back(judged_tender_id), schemas.AbnormalVoteIn(),
        lambda data: low_prices.vote(
            current_actor(), judged_tender_id, explanation_id, accepts=data["accepts"], reason=data["reason"]
        ),
        _("已表决。"), own_seat(judged_tender_id))  # fmt: skip


@blueprint.post("/mine/<uuid:judged_tender_id>/scoring")
@access(Permission.JUDGE)
def begin_scoring(judged_tender_id: UUID) -> Any:
    return step(
        back(judged_tender_id), BaseSchema(),
        lambda _data: scoring.begin(current_actor(), judged_tender_id), _("评分已开始。"), own_seat(judged_tender_id))  # fmt: skip


@blueprint.get("/mine/<uuid:judged_tender_id>/lots/<uuid:judged_lot_id>/consensus")
@access(Permission.READ_SEAT)
def consensus_page(judged_tender_id: UUID, judged_lot_id: UUID) -> str:
    """All members' scores, by number, after the locks."""
    return _consensus_page(judged_tender_id, judged_lot_id, Form.blank(schemas.RescoringForm()))


def _consensus_page(tender_id: UUID, lot_id: UUID, form: Form) -> str:
    actor = current_actor()
    own = members.own_seat(actor, tender_id, states=("declared",))
    tender = viewing.require_bids(actor, tender_id)
    return render_template(
        "evaluation/scores.html", **scores_view(tender, lot_id), own=own, form=form, labels=labels,
        committee=facts.committee_of(actor, tender.id), new_id=new_id,
    )  # fmt: skip


def scores_view(tender: Any, lot_id: UUID) -> dict[str, Any]:
    lot = facts.get_lot(tender, lot_id)
    scores = results.scores_of(tender, lot_id)
    return {
        "tender": tender, "lot": lot, "scores": scores, "criteria": facts.scored_criteria(tender, lot_id),
        "bids": facts.valid_bids(tender, lot_id), "findings": results.findings_of(tender, lot, scores),
        "results": {row.bid_id: row for row in results.results_of(tender, lot_id)},
    }  # fmt: skip


@blueprint.post("/mine/<uuid:judged_tender_id>/lots/<uuid:judged_lot_id>/rescorings")
@access(Permission.JUDGE)
def rescore(judged_tender_id: UUID, judged_lot_id: UUID) -> Any:
    def run(data: dict[str, Any]) -> None:
        consensus.rescore(current_actor(), judged_tender_id, data.pop("id"), **data)

    address = url_for("evaluation.consensus_page", judged_tender_id=judged_tender_id, judged_lot_id=judged_lot_id)
    return step(address, schemas.RescoringForm(), run, _("已改分，结果已重新计算。"), own_seat(judged_tender_id))


@blueprint.post("/mine/<uuid:judged_tender_id>/report")
@access(Permission.JUDGE)
def make_report(judged_tender_id: UUID) -> Any:
    return step(
        back(judged_tender_id), BaseSchema(),
        lambda _data: reporting.make(current_actor(), judged_tender_id), _("评标报告已生成，请各成员签署。"), own_seat(judged_tender_id))  # fmt: skip


@blueprint.get("/mine/<uuid:judged_tender_id>/report")
@access(Permission.READ_SEAT)
def own_report(judged_tender_id: UUID) -> str:
    actor = current_actor()
    own = members.own_seat(actor, judged_tender_id, states=("declared",))
    tender = viewing.require_bids(actor, judged_tender_id)
    found = reporting.get_report(actor, tender.id)
    return render_template(
        "evaluation/report.html", tender=tender, report=found, labels=labels, seat=own,
        document=reporting.published_body(actor, found),
    )  # fmt: skip


@blueprint.post("/mine/<uuid:judged_tender_id>/signature")
@access(Permission.JUDGE)
def sign(judged_tender_id: UUID) -> Any:
    return step(
        url_for("evaluation.mine"), schemas.SignatureIn(),
        lambda data: reporting.sign(
            current_actor(), judged_tender_id, data["sha256"], opinion=data["opinion"], reason=data["reason"] or ""
        ),
        _("已签署。"), own_seat(judged_tender_id))  # fmt: skip
