"""From locked scores and settled prices to places: exact, with the account of every number. Computed anew after each
re-scoring until the report is signed."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from uuid import UUID

from sqlalchemy import select

from bureau.draws.chance import key_of
from bureau.evaluation import labels
from bureau.evaluation.models import (
    BidResult,
    BidScore,
    CommitteeDraw,
    Rescoring,
)
from bureau.evaluation.rules.exact import exact, rounded, shown, to_text
from bureau.evaluation.rules.lot import LotBid, LotOutcome, LotRules, evaluate
from bureau.evaluation.rules.outliers import Outlier, outliers
from bureau.evaluation.rules.scoring import SheetProblem, sheet_problems
from bureau.evaluation.service import facts, pricing
from bureau.evaluation.service.members import seated
from bureau.evaluation.service.sealing import machine, note
from bureau.tendering.models import Tender, TenderLot
from kernel.actor import Actor, system_actor
from kernel.database import db, new_id, now
from kernel.database.writing import flush
from kernel.policy import service as policy

SMALL = ("micro", "small")


@dataclass(frozen=True, slots=True)
class Scores:
    """All members' points of one lot after the locks. `sheets`: member's number → bid → criterion → points that count;
    `rows`: the locked rows; `rescored`: row → its newest change."""

    sheets: dict[int, dict[UUID, dict[UUID, Decimal]]]
    rows: dict[tuple[int, UUID, UUID], BidScore]
    rescored: dict[UUID, Rescoring]


def numbers_of(tender: Tender) -> dict[UUID, int]:
    """Member → number, of everybody who sits. The machine's own reading."""
    committee = facts.committee_of(system_actor(tender.bureau_id), tender.id)
    return {member.id: member.number for member in seated(committee)}


def scores_of(tender: Tender, lot_id: UUID) -> Scores:
    """What is disclosed: nothing before all have locked, by row-level security as well."""
    numbers = numbers_of(tender)
    rows = db.session.scalars(
        select(BidScore)
        .where(
            BidScore.bureau_id == tender.bureau_id, BidScore.lot_id == lot_id, BidScore.is_disclosed.is_(True)
        )
        .execution_options(populate_existing=True)
    ).all()  # fmt: skip
    changes = db.session.scalars(
        select(Rescoring)
        .where(Rescoring.bureau_id == tender.bureau_id, Rescoring.lot_id == lot_id)
        .order_by(Rescoring.id)
    )
    rescored = {change.score_id: change for change in changes}
    sheets: dict[int, dict[UUID, dict[UUID, Decimal]]] = {number: {} for number in sorted(numbers.values())}
    kept: dict[tuple[int, UUID, UUID], BidScore] = {}
    for row in rows:
        number = numbers.get(row.member_id)
        if number is None:
            continue
        change = rescored.get(row.id)
        points = change.points_after if change else row.points
        sheets[number].setdefault(row.bid_id, {})[row.criterion_id] = points
        kept[number, row.bid_id, row.criterion_id] = row
    return Scores(sheets, kept, rescored)


def deduction_of(tender: Tender, one: facts.BidFacts) -> Decimal:
    """Percent off a micro or small firm's price, for scoring only; none where all bidders are such."""
    return Decimal(0) if tender.is_reserved or facts.size_of(one) not in SMALL else tender.small_firm_deduction


def outcome_of(tender: Tender, lot: TenderLot, scores: Scores) -> LotOutcome[UUID] | None:
    """None where no bid is valid."""
    bids = facts.valid_bids(tender, lot.id)
    if not bids:
        return None
    corrections = pricing.corrections_of(tender)
    is_scored = tender.award_method == "comprehensive"
    rules = LotRules(
        "comprehensive" if is_scored else "lowest_price",
        facts.price_weight(tender, lot.id) if is_scored else Fraction(100),
        tuple(facts.as_rule(row) for row in facts.scored_criteria(tender, lot.id)) if is_scored else (),
    )
    return evaluate(
        rules,
        [
            LotBid(one.id, pricing.bid_price(one, corrections.get(one.id)), deduction_of(tender, one))
            for one in bids
        ],
        scores.sheets if is_scored else {},
        brand_groups=facts.brand_groups(tender, lot.id, bids),
        draw_key=_draw_key(tender),
        draw_name=f"tie:{lot.id}",
    )  # fmt: skip


def _draw_key(tender: Tender) -> bytes:
    """Of the seed that the committee was drawn from: committed to before anybody scored, published with the result."""
    committee = facts.committee_of(system_actor(tender.bureau_id), tender.id)
    with machine(tender.bureau_id):
        seed = db.session.scalar(
            select(CommitteeDraw.seed).where(
                CommitteeDraw.bureau_id == tender.bureau_id, CommitteeDraw.id == committee.id
            )
        )
    return key_of(bytes.fromhex(seed or ""), committee.public_value)


def compute(system: Actor, tender: Tender) -> None:
    """Results of every lot that is still standing, written over those of before."""
    evaluations = facts.evaluations_of(tender)
    for lot in facts.live_lots(tender):
        scores = scores_of(tender, lot.id)
        outcome = outcome_of(tender, lot, scores)
        if outcome is not None:
            _write(tender, lot, outcome)
        evaluations[lot.id].computed_at = now()
        note(system, tender.id, "compute", lot_id=lot.id)
    flush(db.session())


def _write(tender: Tender, lot: TenderLot, outcome: LotOutcome[UUID]) -> None:
    known = {row.bid_id: row for row in results_of(tender, lot.id)}
    places = {place.bid: place.place for place in outcome.places}
    corrections = pricing.corrections_of(tender)
    for one in facts.bids_of(tender, lot.id):
        if one.bid.state not in ("qualified", "scored", *facts.OUT):
            continue
        row = known.get(one.id)
        if row is None:
            row = BidResult(
                bureau_id=tender.bureau_id, id=new_id(), tender_id=tender.id, lot_id=lot.id, bid_id=one.id,
                supplier_id=one.bid.supplier_id,
            )  # fmt: skip
            db.session.add(row)
        row.is_valid, row.computed_at = one.id in places, now()
        correction = corrections.get(one.id)
        row.discount = one.opened.discount
        if one.opened.price_form == "fixed":
            confirmed = correction is not None and correction.state == "confirmed"
            row.bid_price_fen = correction.corrected_fen if confirmed and correction else one.opened.total_fen
        if one.is_out:
            row.reason_code, row.reason, row.article = invalid_code(tender, one), one.bid.reason, one.bid.reason_article
            row.evaluated_price_fen = row.price_points = row.price_points_shown = row.total = row.total_shown = None
            row.place, row.account = None, {}
        else:
            _write_valid(row, one, outcome, places[one.id])
            facts.mark_bid(one.bid, "scored")
    flush(db.session())


def _write_valid(row: BidResult, one: facts.BidFacts, outcome: LotOutcome[UUID], place: int) -> None:
    evaluated = outcome.evaluated[one.id]
    points = outcome.points.get(one.id)
    total = outcome.scored[one.id].total if one.id in outcome.scored else None
    row.reason_code = row.reason = row.article = ""
    row.evaluated_price_fen = rounded(evaluated) if one.opened.price_form == "fixed" else None
    row.price_points = to_text(points) if points is not None else None
    row.price_points_shown = shown(points, 4) if points is not None else None
    # By the lowest price there is no score: what is compared is the evaluated price itself.
    ranked = total if total is not None else evaluated
    row.total, row.total_shown = to_text(ranked), None if total is None else shown(total, 4)
    row.place = place
    row.account = {**outcome.accounts[one.id], "candidate": one.id in outcome.candidates}


def invalid_code(tender: Tender, one: facts.BidFacts) -> str:
    if one.bid.state == "disqualified":
        return "disqualified"
    correction = pricing.corrections_of(tender).get(one.id)
    if correction is not None and correction.state in ("refused", "lapsed"):
        return f"correction_{correction.state}"
    review = pricing.abnormal_of(tender).get(one.id)
    if review is not None and review.state == "rejected":
        return "abnormally_low"
    ceiling = str(labels.ADMISSION["over_ceiling"])
    return "over_ceiling" if one.bid.reason.startswith(ceiling) else "nonconforming"


def results_of(tender: Tender, lot_id: UUID | None = None) -> list[BidResult]:
    """By lot, valid ones by place, then the invalid ones."""
    query = select(BidResult).where(BidResult.bureau_id == tender.bureau_id, BidResult.tender_id == tender.id)
    if lot_id is not None:
        query = query.where(BidResult.lot_id == lot_id)
    return list(db.session.scalars(query.order_by(BidResult.lot_id, BidResult.place.nulls_last(), BidResult.id)))


@dataclass(frozen=True, slots=True)
class Findings:
    """What the committee has to look at before the report: `differing` must be settled, `extreme` explained."""

    differing: list[SheetProblem]
    extreme: list[Outlier]


def findings_of(tender: Tender, lot: TenderLot, scores: Scores | None = None) -> Findings:
    if tender.award_method != "comprehensive":
        return Findings([], [])
    scores = scores or scores_of(tender, lot.id)
    criteria = [facts.as_rule(row) for row in facts.scored_criteria(tender, lot.id)]
    bids = [one.id for one in facts.valid_bids(tender, lot.id)]
    problems = sheet_problems(criteria, bids, scores.sheets)
    if any(problem.code == "missing" for problem in problems):
        return Findings([], [])
    points = {row.bid_id: _fraction(row.price_points) for row in results_of(tender, lot.id) if row.is_valid}
    found = outliers(
        criteria, bids, scores.sheets, points,
        share=exact(policy.effective(tender.bureau_id, "tender.outlier.share_percent").number),
        times=exact(policy.effective(tender.bureau_id, "tender.outlier.times").number),
    )  # fmt: skip
    return Findings([problem for problem in problems if problem.code == "objective_differs"], found)


def _fraction(text: str | None) -> Fraction:
    return Fraction(text) if text else Fraction(0)
