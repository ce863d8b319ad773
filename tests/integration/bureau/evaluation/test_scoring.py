"""Scores: alone, sealed, final, counted once; then settled only for the reasons of Art. 64, reported, signed."""

from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from sqlalchemy import select, text, update

from bureau.evaluation.models import BidResult, BidScore, Rescoring, ScoreSheet
from bureau.evaluation.service import consensus, facts, members, reporting, results, scoring, viewing
from bureau.evaluation.service.sealing import own_member
from bureau.tendering.service import clock
from kernel.actor import system_actor
from kernel.database import new_id, now
from kernel.database.scope import Scope, use_scope
from kernel.errors import Conflict, Invalid, NotFound, RuleBroken
from tests.support import opened as support
from tests.support import tenders
from tests.support.at_once import at_once, city


def test_nobody_reads_a_score_before_all_have_locked(session, world):
    found = support.judged(world, "scoring", lots=1)
    support.score(found, skip=[5])
    session.commit()
    rows = support.seats(found)
    use_scope(session(), Scope("houqin_bureau", bureau_id=found.made.bureau_id))
    assert session.scalars(select(BidScore)).all() == []
    assert session.scalars(select(ScoreSheet)).all() == []
    last, actor = rows[4]
    support.act(actor)
    with own_member(last):
        assert {row.member_id for row in session.scalars(select(BidScore))} <= {last.id}
    assert results.scores_of(found.made.tender, found.lot).rows == {}
    support.score(found, skip=[1, 2, 3, 4])
    tenders.officer(world)
    assert len(results.scores_of(found.made.tender, found.lot).rows) == 5 * 3 * 3
    assert viewing.sees_scores(facts.committee_of(tenders.officer(world), found.id))


def test_a_locked_score_cannot_be_written_even_by_sql(session, world):
    found = support.judged(world, "scoring", lots=1)
    support.score(found, skip=[2, 3, 4, 5])
    member, actor = support.seats(found)[0]
    support.act(actor)
    with own_member(member):
        changed = session.execute(update(BidScore).values(points=Decimal(0)))
        assert changed.rowcount == 0
        assert session.execute(update(ScoreSheet).values(state="open", locked_at=None)).rowcount == 0
        assert session.execute(text("DELETE FROM bid_scores")).rowcount == 0


def test_points_outside_the_range_or_the_levels_are_refused(session, world):
    found = support.judged(world, "scoring", lots=1)
    actor = support.act(support.seats(found)[0][1])
    tender = found.made.tender
    judged, levels, _more = facts.scored_criteria(tender, found.lot)
    bid = found.bids[found.lot][0]
    for criterion, points in ((judged, "30.01"), (judged, "-1"), (judged, "1.005"), (levels, "15")):
        given = [scoring.Given(bid, criterion.id, Decimal(points))]
        with pytest.raises(Invalid) as refusal, session.begin_nested():
            scoring.save(actor, found.id, found.lot, given, 1)
        assert f"{bid}:{criterion.id}" in refusal.value.fields
    scoring.save(actor, found.id, found.lot, [scoring.Given(bid, judged.id, Decimal("29.5"))], 1)
    with pytest.raises(Conflict):
        scoring.save(actor, found.id, found.lot, [scoring.Given(bid, judged.id, Decimal(28))], 1)
    with pytest.raises(NotFound):
        scoring.save(actor, found.id, found.lot, [scoring.Given(new_id(), judged.id, Decimal(28))], 2)


def test_a_sheet_with_gaps_is_not_locked(session, world):
    found = support.judged(world, "scoring", lots=1)
    actor = support.act(support.seats(found)[0][1])
    sheet, _scores = scoring.sheet_of(actor, found.id, found.lot)
    with pytest.raises(RuleBroken) as refusal:
        scoring.lock(actor, found.id, found.lot, sheet.version)
    assert refusal.value.rule == "scores_missing"


def test_a_lock_is_final_and_a_second_click_changes_nothing(session, world):
    found = support.judged(world, "scoring", lots=1)
    support.score(found, skip=[2, 3, 4, 5])
    actor = support.act(support.seats(found)[0][1])
    sheet, scores = scoring.sheet_of(actor, found.id, found.lot)
    first = sheet.locked_at
    assert scoring.lock(actor, found.id, found.lot, sheet.version).locked_at == first
    assert sheet.content_sha256 == scoring.content_hash(scores)
    row = scores[0]
    with pytest.raises(RuleBroken) as refusal:
        scoring.save(actor, found.id, found.lot, [scoring.Given(row.bid_id, row.criterion_id, Decimal(0))], 9)
    assert refusal.value.rule == "sheet_locked"


def test_totals_are_exact_and_can_be_computed_by_hand(session, world):
    found = support.judged(world, "consensus", lots=1, small_firm_deduction=Decimal(10))
    tender = found.made.tender
    rows = {row.bid_id: row for row in results.results_of(tender, found.lot)}
    prices = {}
    for one in facts.bids_of(tender, found.lot):
        share = Fraction(90, 100) if one.supplier.size in ("micro", "small") else Fraction(1)
        prices[one.id] = one.opened.total_fen * share
    for order, bid_id in enumerate(found.bids[found.lot]):
        points = min(prices.values()) / prices[bid_id] * 40
        level = (20, 10)[min(order, 1)]
        given = [Fraction(30) - order - Fraction(n, 2) + level + 10 - order - Fraction(n, 2) for n in range(1, 6)]
        total = sum(given) / 5 + points
        assert Fraction(rows[bid_id].total) == total
        assert Fraction(rows[bid_id].price_points) == points
        assert rows[bid_id].bid_price_fen != rows[bid_id].evaluated_price_fen or prices[bid_id].denominator == 1


def test_lowest_price_has_nothing_to_score(session, world):
    found = support.opened(world, lots=1)
    use_scope(session(), system_actor(found.made.bureau_id).scope)
    session.execute(text("UPDATE tenders SET award_method = 'lowest_price' WHERE id = :id"), {"id": found.id})
    session.expire_all()
    support.judged(world, "scoring", found)
    rows = results.results_of(found.made.tender, found.lot)
    assert facts.committee_of(tenders.officer(world), found.id).state == "consensus"
    assert [row.place for row in rows] == [1, 2, 3]
    assert [row.price_points for row in rows] == [None] * 3
    evaluated = [row.evaluated_price_fen for row in rows]
    assert evaluated == sorted(evaluated)


def test_by_the_lowest_price_millions_are_no_score(session, world):
    """What is compared is money; taken for a score it is more than that column holds from a million yuan on."""
    found = support.opened(world, (1_800_000_00, 1_700_000_00, 1_750_000_00), lots=1)
    use_scope(session(), system_actor(found.made.bureau_id).scope)
    session.execute(text("UPDATE tenders SET award_method = 'lowest_price' WHERE id = :id"), {"id": found.id})
    session.execute(text("UPDATE tender_lots SET ceiling_fen = 200000000 WHERE tender_id = :id"), {"id": found.id})
    session.execute(
        text("UPDATE tender_items SET ceiling_unit_price_fen = NULL WHERE tender_id = :id"), {"id": found.id}
    )
    session.expire_all()
    support.judged(world, "scoring", found)
    rows = results.results_of(found.made.tender, found.lot)
    assert [row.place for row in rows] == [1, 2, 3]
    assert [row.total_shown for row in rows] == [None] * 3
    assert [Fraction(row.total) for row in rows] == sorted(Fraction(row.total) for row in rows)


def test_discounts_are_scored_by_the_price_factor(session, world):
    discounts = (Decimal("15"), Decimal("10"), Decimal("12"))
    found = support.judged(world, "consensus", lots=1, discounts=discounts, small_firm_deduction=Decimal(0))
    rows = {row.bid_id: row for row in results.results_of(found.made.tender, found.lot)}
    shown = [rows[bid].price_points_shown.quantize(Decimal("0.01")) for bid in found.bids[found.lot]]
    assert shown == [Decimal("40.00"), Decimal("37.78"), Decimal("38.64")]


def _with(found, lot_id, number, what):
    """(own row of member `number`, criterion) of the first bid; `what`: objective or judged."""
    tender = found.made.tender
    criterion = next(row for row in facts.scored_criteria(tender, lot_id) if row.is_objective == (what == "objective"))
    return results.scores_of(tender, lot_id).rows[number, found.bids[lot_id][0], criterion.id]


def _one_differs(world, found):
    """Member 2 gives another level than the rest, member 3 next to nothing for the first bid."""
    scoring_points = support.points

    def given(opened, lot_id, number):
        rows = scoring_points(opened, lot_id, number)
        first = opened.bids[lot_id][0]
        criteria = {row.id: row for row in facts.scored_criteria(opened.made.tender, lot_id)}
        return [
            scoring.Given(one.bid_id, one.criterion_id, Decimal(10))
            if number == 2 and one.bid_id == first and criteria[one.criterion_id].is_objective
            else scoring.Given(one.bid_id, one.criterion_id, Decimal(1))
            if number == 3 and one.bid_id == first and not criteria[one.criterion_id].is_objective
            else one
            for one in rows
        ]

    return given


def test_only_the_allowed_reasons_change_a_score(session, world, monkeypatch):
    found = support.judged(world, "scoring", lots=1)
    monkeypatch.setattr(support, "points", _one_differs(world, found))
    support.score(found)
    tender = found.made.tender
    lot = facts.get_lot(tender, found.lot)
    findings = results.findings_of(tender, lot)
    assert [problem.code for problem in findings.differing] == ["objective_differs"]
    assert [(row.member, row.side) for row in findings.extreme] == [(3, "low")]
    people = {row.number: actor for row, actor in support.seats(found)}
    head = people[1]
    with pytest.raises(RuleBroken) as refusal:
        reporting.make(support.act(head), found.id)
    assert refusal.value.rule == "objective_differs"
    objective = _with(found, found.lot, 2, "objective")
    values = {"score_id": objective.id, "points": Decimal(20), "before": objective.points, "explanation": "演示：看错"}
    for reason in ("sum_error", "out_of_range", "extreme"):
        with pytest.raises(RuleBroken):
            consensus.rescore(support.act(people[2]), found.id, new_id(), reason_code=reason, **values)
    with pytest.raises(RuleBroken) as refusal:
        consensus.rescore(support.act(head), found.id, new_id(), reason_code="objective_differs", **values)
    assert refusal.value.rule == "own_scores_only"
    actor = support.act(people[2])
    stale = {**values, "before": Decimal(19)}
    with pytest.raises(Conflict):
        consensus.rescore(actor, found.id, new_id(), reason_code="objective_differs", **stale)
    total = {row.bid_id: row.total for row in results.results_of(tender, found.lot)}
    one = new_id()
    consensus.rescore(actor, found.id, one, reason_code="objective_differs", **values)
    consensus.rescore(actor, found.id, one, reason_code="objective_differs", **values)
    after = {row.bid_id: row.total for row in results.results_of(found.made.tender, found.lot)}
    first = found.bids[found.lot][0]
    assert Fraction(after[first]) - Fraction(total[first]) == 2
    assert len(session.scalars(select(Rescoring)).all()) == 1
    assert _with(found, found.lot, 2, "objective").points == 10, "the locked score stays as it was"
    report = reporting.make(support.act(head), found.id)
    (lot_body,) = [row for row in report.body["lots"] if row["rescorings"]]
    assert lot_body["rescorings"][0]["member"] == 2
    assert lot_body["outliers"][0]["member"] == 3


def test_a_dissent_needs_its_reason_and_is_kept(session, world):
    found = support.judged(world, "consensus", lots=1)
    people = [actor for _row, actor in support.seats(found)]
    report = reporting.make(support.act(people[0]), found.id)
    assert reporting.make(people[0], found.id).id == report.id
    with pytest.raises(Conflict):
        reporting.sign(people[0], found.id, "0" * 64, opinion="agrees")
    with pytest.raises(Invalid):
        reporting.sign(people[0], found.id, report.sha256, opinion="dissents")
    reporting.sign(people[0], found.id, report.sha256, opinion="dissents", reason="演示：对配送方案看法不同")
    reporting.sign(people[0], found.id, report.sha256, opinion="dissents", reason="演示：对配送方案看法不同")
    with pytest.raises(Conflict):
        reporting.sign(people[0], found.id, report.sha256, opinion="agrees")
    for actor in people[1:]:
        reporting.sign(support.act(actor), found.id, report.sha256, opinion="agrees")
    assert found.made.tender.state == "award_decision"
    with pytest.raises((NotFound, RuleBroken)):
        members.at_work(support.act(people[0]), found.id, "signed")


def test_silence_past_the_term_is_agreement(session, world):
    found = support.judged(world, "consensus", lots=1)
    head = support.act(support.seats(found)[0][1])
    report = reporting.make(head, found.id)
    reporting.sign(head, found.id, report.sha256, opinion="agrees")
    use_scope(session(), system_actor(found.made.bureau_id).scope)
    for _twice in range(2):
        clock.run_due(found.made.bureau_id, now() + timedelta(hours=25))
    session.expire_all()
    assert found.made.tender.state == "award_decision"
    assert sorted(row.opinion for row in reporting.signatures_of(report)) == ["agrees"] + ["deemed"] * 4


def test_the_purchaser_may_send_it_back_and_the_report_is_withdrawn(session, world):
    from bureau.tendering.service.moving import move

    found = support.judged(world, "signed", lots=1)
    officer = tenders.officer(world)
    move(officer, found.made.tender, "re_evaluate", "演示：客观分核对")
    assert reporting.standing(found.made.tender) is None
    assert facts.committee_of(officer, found.id).state == "consensus"
    support.sign(found)
    assert found.made.tender.state == "award_decision"
    assert [row.state for row in reporting.reports_of(found.made.tender)] == ["signed", "withdrawn"]


def test_settling_goes_on_where_it_stopped(session, world, monkeypatch):
    """A server killed before the results are written leaves locks; the next look at it computes them."""
    found = support.judged(world, "scoring", lots=1)
    with monkeypatch.context() as patched:
        patched.setattr(scoring, "settle", lambda *_arguments: False)
        support.score(found)
    officer = tenders.officer(world)
    assert facts.committee_of(officer, found.id).state == "scoring"
    assert scoring.resume(officer, found.id)
    assert scoring.resume(officer, found.id)
    assert len(results.results_of(found.made.tender)) == 3


def test_two_last_locks_at_once_compute_once(admin_url, tmp_path):
    with city(admin_url, "evaluation_locks", tmp_path) as (app, world):
        found = support.judged(world, "scoring", lots=1)
        support.score(found, skip=[4, 5])
        calls = []
        for row, actor in support.seats(found)[3:]:
            support.act(actor)
            sheet, _scores = scoring.sheet_of(actor, found.id, found.lot)
            sheet = scoring.save(
                actor, found.id, found.lot, support.points(found, found.lot, row.number), sheet.version
            )
            version = sheet.version
            for _click in range(2):  # and each of them clicks twice
                calls.append((actor, lambda actor=actor, v=version: scoring.lock(actor, found.id, found.lot, v).state))
        assert at_once(app, *calls) == ["locked"] * 4
        from kernel.database import db

        use_scope(db.session(), system_actor(found.made.bureau_id).scope)
        assert len(db.session.scalars(select(BidResult)).all()) == 3
        computed = db.session.execute(text("SELECT count(*) FROM evaluation_events WHERE event = 'compute'")).scalar()
        assert computed == 1
        locks = db.session.execute(text("SELECT count(*) FROM evaluation_events WHERE event = 'lock'")).scalar()
        assert locks == 5
