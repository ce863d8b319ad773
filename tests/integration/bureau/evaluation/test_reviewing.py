"""Qualification, conformity, corrections, abnormally low prices: what keeps a bid or a lot out, and by which article."""

from datetime import timedelta

import pytest
from sqlalchemy import select, text

from bureau.evaluation.models import AbnormalReview, PriceCorrection
from bureau.evaluation.service import answering, conformity, facts, low_prices, pricing, qualification, results, scoring
from bureau.tendering.service import clock
from kernel.actor import system_actor
from kernel.database import clock_at, new_id, now
from kernel.database.scope import use_scope
from kernel.errors import Conflict, Invalid, NotFound, RuleBroken
from tests.support import opened as support
from tests.support import tenders


def review_one(found, officer, passed=True, reason="", seen=None, number=0):
    criteria = facts.criteria_of(found.made.tender, found.lot, "qualification")
    findings = [qualification.Finding(row.id, passed, reason) for row in criteria]
    return qualification.review(officer, found.id, found.bids[found.lot][number], findings, seen)


def test_a_failed_criterion_needs_a_reason_and_disqualifies(session, world):
    found = support.opened(world)
    officer = tenders.officer(world)
    with pytest.raises(Invalid):
        review_one(found, officer, passed=False)
    review_one(found, officer, passed=False, reason="演示：证照过期")
    bid = facts.get_bid(found.made.tender, found.bids[found.lot][0]).bid
    assert bid.state == "disqualified"
    assert "证照过期" in bid.reason
    assert "第四十四条" in bid.reason_article


def test_a_review_is_changed_only_with_its_version(session, world):
    found = support.opened(world)
    officer = tenders.officer(world)
    rows = review_one(found, officer)
    review_one(found, officer)  # the same again
    seen = qualification.seen_of(rows)
    with pytest.raises(Invalid):
        review_one(found, officer, passed=False, reason="演示")
    with pytest.raises(Conflict):
        review_one(found, officer, passed=False, reason="演示", seen=seen + 1)
    review_one(found, officer, passed=False, reason="演示", seen=seen)


def test_the_review_cannot_be_closed_with_findings_wanting(session, world):
    found = support.opened(world)
    officer = tenders.officer(world)
    with pytest.raises(RuleBroken) as refusal:
        qualification.close(officer, found.id, found.made.tender.version)
    assert refusal.value.rule == "review_open"


def test_a_lot_with_two_qualified_fails_alone(session, world):
    found = support.opened(world)
    support.qualify(world, found, failing=[found.bids[found.lot][0]])
    tender = found.made.tender
    states = {row.lot_id: row.state for row in facts.evaluations_of(tender).values()}
    assert states == {found.made.lots[0]: "refused", found.made.lots[1]: "reviewing"}
    assert facts.get_lot(tender, found.made.lots[0]).state == "failed"
    assert "不足" in facts.get_lot(tender, found.made.lots[0]).fail_reason
    assert tender.state == "evaluation"
    qualification.close(tenders.officer(world), found.id, None)  # closed twice is closed once


def test_where_every_lot_fails_the_tender_fails(session, world):
    found = support.opened(world, lots=1)
    support.qualify(world, found, failing=found.bids[found.lot])
    assert found.made.tender.state == "failed"


def test_two_bids_of_one_brand_count_as_one_bidder(session, world):
    found = support.opened(world, lots=1, brands=("演示甲牌", "演示甲", "演示乙"))
    use_scope(session(), system_actor(found.made.bureau_id).scope)
    session.execute(text("UPDATE tender_items SET is_core = true WHERE tender_id = :id"), {"id": found.id})
    session.expire_all()
    support.qualify(world, found)
    assert facts.evaluations_of(found.made.tender)[found.lot].state == "refused"


def test_the_majority_decides_on_conformity(session, world):
    found = support.judged(world, "declared", lots=1, prices=(180_000_00, 170_000_00, 175_000_00, 171_000_00))
    bid = found.bids[found.lot][0]
    tender = found.made.tender
    criterion = facts.criteria_of(tender, found.lot, "conformity")[0].id
    head = support.seats(found)[0][1]
    with pytest.raises(RuleBroken) as refusal:
        conformity.close(support.act(head), found.id)
    assert refusal.value.rule == "votes_missing"
    for row, actor in support.seats(found):
        support.act(actor)
        for one in found.bids[found.lot]:
            passed = one != bid or row.number <= 2
            conformity.vote(actor, found.id, one, [conformity.Vote(criterion, passed, "" if passed else "演示：期限")])
    with pytest.raises(RuleBroken) as refusal:
        conformity.close(support.act(support.seats(found)[1][1]), found.id)
    assert refusal.value.rule == "head_only"
    conformity.close(support.act(head), found.id)
    conformity.close(support.act(head), found.id)
    tender = found.made.tender
    assert facts.get_bid(tender, bid).bid.state == "invalid"
    review = conformity.reviews_of(tender)[bid, criterion]
    assert (review.votes_for, review.votes_against) == (2, 3)
    assert len(facts.valid_bids(tender, found.lot)) == 3


def test_a_price_above_the_ceiling_is_invalid_by_itself(session, world):
    prices = (180_000_00, 170_000_00, 175_000_00, 201_000_00)
    found = support.judged(world, "conforming", lots=1, prices=prices)
    bid = facts.get_bid(found.made.tender, found.bids[found.lot][3]).bid
    assert bid.state == "invalid"
    assert "第六十三条" in bid.reason_article


def test_a_correction_waits_for_its_bidder(session, world):
    prices, amounts = (180_000_00, 170_000_00, 175_000_00), (180_000_00, 171_000_00, 175_000_00)
    found = support.judged(world, "conforming", lots=1, prices=prices, amounts=amounts)
    head = support.seats(found)[0][1]
    with pytest.raises(RuleBroken) as refusal:
        scoring.begin(support.act(head), found.id)
    assert refusal.value.rule == "correction_open"
    bidder = support.act(found.bidders[1])
    (row,) = answering.own_corrections(bidder)
    assert (row.read_fen, row.corrected_fen) == (170_000_00, 171_000_00)
    assert "第五十九条" in row.steps[0]["article"]
    with pytest.raises(Conflict):
        answering.answer_correction(bidder, row.id, row.version + 1, accepts=True)
    seen = row.version
    answering.answer_correction(bidder, row.id, seen, accepts=True)
    answering.answer_correction(bidder, row.id, seen, accepts=True)
    with pytest.raises(RuleBroken):
        answering.answer_correction(bidder, row.id, seen, accepts=False)
    scoring.begin(support.act(head), found.id)
    support.score(found)
    result = next(one for one in results.results_of(found.made.tender) if one.supplier_id == bidder.supplier_id)
    assert result.bid_price_fen == 171_000_00


def test_a_refused_correction_makes_the_bid_invalid(session, world):
    prices, amounts = (180_000_00, 170_000_00, 175_000_00), (180_000_00, 171_000_00, 175_000_00)
    found = support.judged(world, "conforming", lots=1, prices=prices, amounts=amounts)
    bidder = support.act(found.bidders[1])
    (row,) = answering.own_corrections(bidder)
    answering.answer_correction(bidder, row.id, row.version, accepts=False)
    support.act(support.seats(found)[0][1])
    assert facts.get_bid(found.made.tender, row.bid_id).bid.state == "invalid"


def test_an_unanswered_correction_lapses_by_the_clock(session, world):
    prices, amounts = (180_000_00, 170_000_00, 175_000_00), (180_000_00, 171_000_00, 175_000_00)
    found = support.judged(world, "conforming", lots=1, prices=prices, amounts=amounts)
    tender = found.made.tender
    assert tender.next_check is not None
    use_scope(session(), system_actor(found.made.bureau_id).scope)
    clock.run_due(found.made.bureau_id, now() + timedelta(hours=3))
    (row,) = pricing.corrections_of(found.made.tender).values()
    assert row.state == "lapsed"
    assert facts.get_bid(found.made.tender, row.bid_id).bid.state == "invalid"
    clock.run_due(found.made.bureau_id, now() + timedelta(hours=4))


LOW = (180_000_00, 60_000_00, 175_000_00)


def test_an_abnormally_low_price_is_explained_and_voted_on(session, world):
    found = support.judged(world, "conforming", lots=1, prices=LOW)
    head = support.seats(found)[0][1]
    bidder = support.act(found.bidders[1])
    (row,) = answering.own_explanations(bidder)
    assert {"below_average", "below_next", "below_ceiling"} == {reason["code"] for reason in row.reasons}
    assert row.deadline - row.asked_at >= timedelta(minutes=30)
    with pytest.raises(RuleBroken) as refusal:
        low_prices.vote(support.act(head), found.id, row.id, accepts=True, reason="演示")
    assert refusal.value.rule == "waiting"
    bidder = support.act(found.bidders[1])
    answering.explain(
        bidder, row.id, row.version, explanation="演示：自有基地", files=[(new_id(), tenders.PDF, "演示成本.pdf")]
    )
    assert len(answering.files_of(bidder.bureau_id, row.id)) == 1
    with pytest.raises(RuleBroken) as refusal:
        scoring.begin(support.act(head), found.id)
    assert refusal.value.rule == "explanation_open"
    for member, actor in support.seats(found)[:3]:
        review = low_prices.vote(support.act(actor), found.id, row.id, accepts=False, reason="演示：无成本依据")
        assert (review.state == "rejected") == (member.number == 3)
    bid = facts.get_bid(found.made.tender, row.bid_id).bid
    assert bid.state == "invalid"
    assert "第六十条" in bid.reason_article
    with pytest.raises(RuleBroken):
        answering.explain(support.act(found.bidders[1]), row.id, row.version, explanation="演示：再说明")


def test_silence_is_voted_on_after_the_deadline(session, world):
    found = support.judged(world, "conforming", lots=1, prices=LOW)
    (row,) = pricing.abnormal_of(found.made.tender).values()
    with clock_at(now() + timedelta(hours=2)):
        with pytest.raises(RuleBroken):
            answering.explain(support.act(found.bidders[1]), row.id, row.version, explanation="演示：迟到")
        for _member, actor in support.seats(found)[:3]:
            review = low_prices.vote(support.act(actor), found.id, row.id, accepts=True, reason="演示：市场价也低")
    assert review.state == "accepted"


def test_the_head_may_ask_on_the_committees_judgement(session, world):
    found = support.judged(world, "conforming", lots=1)
    head = support.seats(found)[0][1]
    bid = found.bids[found.lot][1]
    review = low_prices.judge_low(support.act(head), found.id, bid, "演示：明显低于市价")
    assert low_prices.judge_low(head, found.id, bid, "演示").id == review.id
    with pytest.raises(RuleBroken):
        low_prices.judge_low(support.act(support.seats(found)[1][1]), found.id, bid, "演示")


def test_a_supplier_reads_and_answers_its_own_rows_only(session, world):
    found = support.judged(world, "conforming", lots=1, prices=LOW)
    owner, other = found.bidders[1], found.bidders[0]
    (row,) = answering.own_explanations(support.act(owner))
    support.act(other)
    assert session.scalars(select(AbnormalReview)).all() == []
    with pytest.raises(NotFound):
        answering.own_explanation(other, row.id)
    for table in ("bid_results", "qualification_reviews", "score_sheets", "evaluation_committees", "experts"):
        with pytest.raises(Exception, match="permission denied"), session.begin_nested():
            session.execute(text(f"SELECT 1 FROM {table}"))
    support.act(owner)
    for assignment in ("state = 'accepted'", "decision_reason = 'x'", "deadline = now() + interval '1 year'"):
        with pytest.raises(Exception, match=r"row-level security|permission denied"), session.begin_nested():
            session.execute(text(f"UPDATE abnormal_reviews SET {assignment}"))
    assert session.scalars(select(PriceCorrection)).all() == []


def test_nothing_moves_while_the_tender_is_suspended(session, world):
    found = support.judged(world, "conforming", lots=1, prices=LOW)
    (row,) = pricing.abnormal_of(found.made.tender).values()
    before = row.deadline
    tender = found.made.tender
    system = system_actor(found.made.bureau_id)
    use_scope(session(), system.scope)
    from bureau.tendering.service.moving import move

    move(system, tender, "suspend", "演示投诉", at=now())
    with pytest.raises(RuleBroken) as refusal:
        scoring.begin(support.act(support.seats(found)[0][1]), found.id)
    assert refusal.value.rule == "tender_suspended"
    use_scope(session(), system.scope)
    move(system, found.made.tender, "resume", "演示处理完毕", at=now() + timedelta(days=2))
    (row,) = pricing.abnormal_of(found.made.tender).values()
    assert row.deadline - before >= timedelta(days=2)
