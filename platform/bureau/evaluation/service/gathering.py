"""What the report says, drawn from what is recorded: plain JSON, whole numbers and texts only, members by number."""

from typing import Any
from uuid import UUID

from sqlalchemy import select

from bureau.evaluation import labels
from bureau.evaluation.models import EvaluationCommittee, Rescoring
from bureau.evaluation.service import conformity, facts, pricing, qualification, results
from bureau.evaluation.service.members import seated
from bureau.tendering.models import Tender, TenderLot
from kernel.actor import Actor
from kernel.database import db, now
from kernel.identity.models import Bureau

FORMAT = "houqin-evaluation-report-1"


def body_of(system: Actor, tender: Tender, committee: EvaluationCommittee, number: str) -> dict[str, Any]:
    bureau = db.session.get(Bureau, tender.bureau_id)
    members = seated(committee)
    return {
        "format": FORMAT,
        "number": number,
        "made_at": now().isoformat(),
        "purchaser": bureau.name if bureau else "",
        "tender": {
            "id": str(tender.id), "number": tender.number, "title": tender.title, "rule_pack": tender.rule_pack,
            "award_method": tender.award_method, "price_form": tender.price_form, "budget_fen": tender.budget_fen,
            "notice_at": tender.published_at.isoformat() if tender.published_at else None,
            "opened_at": tender.opened_at.isoformat() if tender.opened_at else None,
            "small_firm_deduction": str(tender.small_firm_deduction),
        },
        "committee": {
            "size": committee.size, "purchaser_seats": committee.purchaser_seats,
            "commitment": committee.commitment, "result_digest": committee.result_digest,
            "members": [
                {"number": one.number, "seat": one.seat, "is_head": one.is_head} for one in members
            ],
        },
        "lots": [_lot(tender, lot) for lot in facts.lots_of(tender)],
        **_re_evaluation(tender),
    }  # fmt: skip


def _re_evaluation(tender: Tender) -> dict[str, Any]:
    """Only where the committee met again: why, and what the result was before."""
    row = facts.re_evaluation_of(tender)
    if row is None:
        return {}
    return {
        "re_evaluation": {
            "article": labels.article("order_87:64"), "reason": row.reason_code, "finding": row.finding,
            "asked_at": row.created_at.isoformat(), "asked_by": row.created_by_name,
            "confirmed_by": row.confirmed_by_name, "before": row.before,
        }
    }  # fmt: skip


def _lot(tender: Tender, lot: TenderLot) -> dict[str, Any]:
    evaluation = facts.evaluations_of(tender).get(lot.id)
    bids = facts.bids_of(tender, lot.id)
    names = {one.id: one.supplier.name for one in bids}
    titles = {row.id: row.title for row in facts.criteria_of(tender)}
    known = results.results_of(tender, lot.id)
    standing = evaluation is not None and evaluation.state != "refused"
    return {
        "id": str(lot.id), "number": lot.number, "title": lot.title,
        "state": evaluation.state if evaluation else lot.state,
        "reason": (evaluation.reason if evaluation else "") or lot.fail_reason,
        "criteria": [
            {
                "id": str(row.id), "part": row.part, "title": row.title, "points": str(row.points),
                "is_objective": row.is_objective,
            }
            for row in facts.criteria_of(tender, lot.id)
        ],
        "bids": [_bid(one) for one in bids],
        "qualification": [
            {
                "bidder": names[bid_id], "criterion": titles[criterion_id], "passed": row.passed,
                "reason": row.reason, "article": row.article,
            }
            for (bid_id, criterion_id), row in qualification.reviews_of(tender).items()
            if bid_id in names
        ],
        "conformity": [
            {
                "bidder": names[bid_id], "criterion": titles[criterion_id], "passed": row.passed,
                "votes_for": row.votes_for, "votes_against": row.votes_against, "reason": row.reason,
            }
            for (bid_id, criterion_id), row in conformity.reviews_of(tender).items()
            if bid_id in names
        ],
        "corrections": [
            {
                "bidder": names[row.bid_id], "read_fen": row.read_fen, "corrected_fen": row.corrected_fen,
                "steps": row.steps, "state": row.state,
            }
            for row in pricing.corrections_of(tender).values()
            if row.bid_id in names
        ],
        "explanations": [
            {
                "bidder": names[row.bid_id], "reasons": row.reasons, "explanation": row.explanation,
                "state": row.state, "votes_for": row.votes_for, "votes_against": row.votes_against,
                "decision_reason": row.decision_reason,
            }
            for row in pricing.abnormal_of(tender).values()
            if row.bid_id in names
        ],
        "results": [
            {
                "bid": str(row.bid_id), "bidder": names[row.bid_id], "is_valid": row.is_valid, "place": row.place,
                "bid_price_fen": row.bid_price_fen, "evaluated_price_fen": row.evaluated_price_fen,
                "discount": str(row.discount) if row.discount is not None else None,
                "price_points": row.price_points, "total": row.total,
                "total_shown": str(row.total_shown) if row.total_shown is not None else None,
                "reason": row.reason, "article": row.article, "account": row.account,
            }
            for row in known
        ],
        "rescorings": _rescorings(tender, lot.id, names, titles) if standing else [],
        "outliers": _outliers(tender, lot, names) if standing else [],
        "candidates": [
            {"place": row.place, "bid": str(row.bid_id), "bidder": names[row.bid_id]}
            for row in known
            if row.is_valid and row.account.get("candidate")
        ],
    }  # fmt: skip


def _bid(one: facts.BidFacts) -> dict[str, Any]:
    return {
        "id": str(one.id), "bidder": one.supplier.name, "credit_code": one.supplier.credit_code,
        "size": facts.size_of(one), "state": one.bid.state, "reason": one.bid.reason,
        "article": one.bid.reason_article, "total_fen": one.opened.total_fen,
        "discount": str(one.opened.discount) if one.opened.discount is not None else None,
        "plaintext_sha256": one.opened.plaintext_sha256,
    }  # fmt: skip


def _rescorings(tender: Tender, lot_id: UUID, names: dict[UUID, str], titles: dict[UUID, str]) -> list[dict[str, Any]]:
    numbers = results.numbers_of(tender)
    rows = {row.id: key for key, row in results.scores_of(tender, lot_id).rows.items()}
    changes = db.session.scalars(
        select(Rescoring)
        .where(Rescoring.bureau_id == tender.bureau_id, Rescoring.lot_id == lot_id)
        .order_by(Rescoring.id)
    )
    return [
        {
            "member": numbers.get(change.member_id), "bidder": names[rows[change.score_id][1]],
            "criterion": titles[rows[change.score_id][2]], "before": str(change.points_before),
            "after": str(change.points_after), "reason": change.reason_code, "explanation": change.explanation,
            "at": change.at.isoformat(),
        }
        for change in changes
        if change.score_id in rows
    ]  # fmt: skip


def _outliers(tender: Tender, lot: TenderLot, names: dict[UUID, str]) -> list[dict[str, Any]]:
    return [
        {
            "member": row.member, "bidder": names[row.bid], "side": row.side,
            "given": f"{row.given.numerator}/{row.given.denominator}",
            "others": f"{row.others.numerator}/{row.others.denominator}", "decisive": row.decisive,
            "article": labels.article(row.article),
        }
        for row in results.findings_of(tender, lot).extreme
    ]  # fmt: skip
