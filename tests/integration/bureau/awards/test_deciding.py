from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from bureau.awards.models import AwardLetter, LotAward, PassedOver
from bureau.awards.service import cancelling, deciding, publishing, reading, terms
from bureau.awards.service.deciding import Passing, decide_lot, fail_lot
from bureau.bids.models import Bid
from bureau.roles import Role
from bureau.suppliers.models import SupplierMeasure
from bureau.tendering.models import TenderEvent, TenderLot, TenderNotice
from bureau.tendering.rules.terms import end_of_day
from bureau.tendering.service.copying import retender
from kernel.database import clock_at
from kernel.database.scope import use_scope
from kernel.errors import Conflict, Denied, Invalid, NotFound, RuleBroken
from kernel.notices.models import Notice
from kernel.web.dates import today
from tests.support import tenders
from tests.support.awards import delivered


@pytest.fixture
def ranked(world, session):
    return delivered(world)


@pytest.fixture
def officer(world, ranked):
    return tenders.officer(world)


def decide_both(officer, ranked):
    for number, lot in enumerate(ranked.lots, 1):
        decide_lot(officer, ranked.id, lot, [ranked.bids[number][0]])


def count(session, model, *conditions):
    return session.scalar(select(func.count()).select_from(model).where(*conditions))


def test_a_delivered_report_starts_the_term_of_five_working_days(ranked):
    procedure = terms.procedure_of(ranked.made.tender)
    assert procedure.decide_by > procedure.received_on + timedelta(days=4)
    assert procedure.decided_at is None


def test_the_first_ranked_wins_and_the_last_lot_moves_the_tender_on(session, officer, ranked):
    award = decide_lot(officer, ranked.id, ranked.lots[0], [ranked.bids[1][0]])[0]
    assert (award.place, award.rank, award.supplier_id, award.amount_fen) == (1, 1, ranked.suppliers[0], 100_000_00)
    assert ranked.made.tender.state == "award_decision"
    decide_lot(officer, ranked.id, ranked.lots[1], [ranked.bids[2][0]])
    assert ranked.made.tender.state == "award_notice"
    assert {lot.state for lot in session.scalars(select(TenderLot).where(TenderLot.tender_id == ranked.id))} == {
        "awarded"
    }


def test_said_twice_it_is_said_once_and_otherwise_the_second_officer_is_told(session, world, officer, ranked):
    first = decide_lot(officer, ranked.id, ranked.lots[0], [ranked.bids[1][0]])
    assert decide_lot(officer, ranked.id, ranked.lots[0], [ranked.bids[1][0]]) == first
    other = tenders.reviewer(world)
    with pytest.raises(Conflict, match=officer.display_name):
        decide_lot(other, ranked.id, ranked.lots[0], [ranked.bids[1][1]])
    assert count(session, LotAward, LotAward.tender_id == ranked.id) == 1


def test_the_order_is_only_left_with_a_reason(session, officer, ranked):
    first, second, third, _invalid = ranked.bids[1]
    with pytest.raises(RuleBroken, match="排在前面") as refusal:
        decide_lot(officer, ranked.id, ranked.lots[0], [second])
    assert "六十八" in refusal.value.citation
    with pytest.raises(Invalid):
        decide_lot(officer, ranked.id, ranked.lots[0], [second], [Passing(first, "gave_up", "  ")])
    with pytest.raises(RuleBroken):
        decide_lot(officer, ranked.id, ranked.lots[0], [third], [Passing(first, "gave_up", "书面放弃")])
    session.rollback()
    use_scope(session(), officer.scope)


def test_with_its_reason_the_next_in_order_wins(session, officer, ranked):
    first, second, *_others = ranked.bids[1]
    award = decide_lot(officer, ranked.id, ranked.lots[0], [second], [Passing(first, "gave_up", "书面放弃")])[0]
    assert (award.rank, award.place) == (2, 1)
    passed = session.scalar(select(PassedOver).where(PassedOver.bid_id == first))
    assert (passed.code, passed.reason, passed.by_id) == ("gave_up", "书面放弃", officer.account_id)


@pytest.mark.parametrize("winners", [[], ["invalid"], ["first", "first"], ["first", "second"], ["foreign"]])
def test_only_as_many_valid_candidates_as_the_lot_has_places(officer, ranked, winners):
    names = dict(zip(("first", "second", "third", "invalid"), ranked.bids[1], strict=True)) | {"foreign": uuid4()}
    with pytest.raises(Invalid) as refusal:
        decide_lot(officer, ranked.id, ranked.lots[0], [names[name] for name in winners])
    assert "winners" in refusal.value.fields


def test_a_supplier_suspended_meanwhile_does_not_win(session, world, officer, ranked):
    from bureau.suppliers.models import BureauSupplier

    company = session.get(BureauSupplier, (officer.bureau_id, ranked.suppliers[0]))
    company.state = "removed"
    session.flush()
    with pytest.raises(RuleBroken):
        decide_lot(officer, ranked.id, ranked.lots[0], [ranked.bids[1][0]])


def test_a_tender_of_another_bureau_is_not_found(world, ranked):
    other = tenders.officer(world, "b")
    with pytest.raises(NotFound):
        decide_lot(other, ranked.id, ranked.lots[0], [ranked.bids[1][0]])


def test_a_limit_on_lots_passes_the_winner_of_the_first_over(session, world):
    ranked = delivered(world, most_lots_won=1)
    officer = tenders.officer(world)
    decide_lot(officer, ranked.id, ranked.lots[0], [ranked.bids[1][0]])
    with pytest.raises(RuleBroken, match="上限"):
        decide_lot(officer, ranked.id, ranked.lots[1], [ranked.bids[2][0]])
    award = decide_lot(officer, ranked.id, ranked.lots[1], [ranked.bids[2][1]])[0]
    assert award.supplier_id == ranked.suppliers[1]


def test_a_framework_has_several_places_but_sends_somebody_home(world, session):
    ranked = delivered(
        world, is_framework=True, rule_pack="order_110", winners_per_lot=3,
        framework_from=tenders.values()["framework_from"], framework_until=tenders.values()["framework_until"],
    )  # fmt: skip
    officer = tenders.officer(world)
    lot = next(one for one in reading.standing_of(officer, ranked.id).lots if one.lot.number == 1)
    assert (lot.places, list(lot.winners)) == (2, ranked.bids[1][:2])
    awards = decide_lot(officer, ranked.id, ranked.lots[0], ranked.bids[1][:2])
    assert [award.place for award in awards] == [1, 2]


def test_where_quality_comes_first_more_are_sent_home(world, session):
    ranked = delivered(
        world, is_framework=True, rule_pack="order_110", winners_per_lot=3, competition="quality",
        framework_from=tenders.values()["framework_from"], framework_until=tenders.values()["framework_until"],
    )  # fmt: skip
    lot = next(one for one in reading.standing_of(tenders.officer(world), ranked.id).lots if one.lot.number == 1)
    assert (lot.places, list(lot.winners)) == (1, ranked.bids[1][:1])


def test_a_discount_is_awarded_as_a_rate(world, session):
    ranked = delivered(world, price_form="discount")
    award = decide_lot(tenders.officer(world), ranked.id, ranked.lots[0], [ranked.bids[1][0]])[0]
    assert (award.amount_fen, str(award.discount.normalize())) == (None, "12")


def test_silence_decides_for_the_first_ranked(session, world, ranked):
    officer = tenders.officer(world)
    decide_lot(officer, ranked.id, ranked.lots[0], [ranked.bids[1][0]])
    last = end_of_day(terms.procedure_of(ranked.made.tender).decide_by)
    tenders.run_clock(ranked.made, last - timedelta(seconds=1))
    assert ranked.made.tender.state == "award_decision"
    late = last + timedelta(days=3)
    with clock_at(late):
        tenders.run_clock(ranked.made, late)
        tenders.run_clock(ranked.made, late)
    awards = {award.lot_id: award for award in session.scalars(select(LotAward).where(LotAward.tender_id == ranked.id))}
    assert not awards[ranked.lots[0]].is_silent
    silent = awards[ranked.lots[1]]
    assert (silent.is_silent, silent.bid_id, silent.decided_at) == (True, ranked.bids[2][0], last)
    assert ranked.made.tender.state == "award_notice"


def test_the_result_goes_to_the_world_and_a_letter_to_every_bidder(session, world, officer, ranked):
    decide_both(officer, ranked)
    procedure = publishing.publish(officer, ranked.id)
    assert publishing.publish(officer, ranked.id) is procedure
    assert ranked.made.tender.state == "challenge_window"
    notices = session.scalars(select(TenderNotice).where(TenderNotice.tender_id == ranked.id)).all()
    assert [notice.kind for notice in notices] == ["result"]
    assert notices[0].ends_on == procedure.notice_ends_on
    assert [row[-1] for row in notices[0].body["tables"][0]["rows"]] == ["90.00", "90.00"]
    assert [row[-1] for row in notices[0].body["tables"][0]["rows"]] == ["90.00", "90.00"]
    letters = session.scalars(select(AwardLetter).where(AwardLetter.tender_id == ranked.id)).all()
    kinds = {letter.bid_id: letter.kind for letter in letters}
    assert [kinds[bid] for bid in ranked.bids[1]] == ["award", "loss", "loss", "invalid"]
    states = {bid.id: bid.state for bid in session.scalars(select(Bid).where(Bid.tender_id == ranked.id))}
    assert [states[bid] for bid in ranked.bids[1]] == ["won", "lost", "lost", "disqualified"]
    loser = next(letter for letter in letters if letter.bid_id == ranked.bids[1][1])
    assert (loser.body["own"]["rank"], loser.body["own"]["score"]) == (2, "85.00")
    assert "90.00" not in str(loser.body)
    out = next(letter for letter in letters if letter.bid_id == ranked.bids[1][3])
    assert out.body["reason"] == {"text": "许可证过期", "article": "第四十四条"}
    assert all(reading.is_intact(letter) for letter in letters)


def test_nothing_is_announced_while_a_lot_is_undecided(officer, ranked):
    decide_lot(officer, ranked.id, ranked.lots[0], [ranked.bids[1][0]])
    with pytest.raises(Conflict):
        publishing.publish(officer, ranked.id)


def test_a_bidder_reads_its_own_letter_and_nobody_elses(session, world, officer, ranked):
    decide_both(officer, ranked)
    publishing.publish(officer, ranked.id)
    bidder = world.actor(Role.SUPPLIER_USER, "a")
    use_scope(session(), bidder.scope)
    mine = reading.own_letters(bidder, None, 50).items
    assert {letter.supplier_id for letter in mine} == {bidder.supplier_id}
    assert len(mine) == 2
    assert count(session, AwardLetter) == 2, "row-level security shows no other's"
    read = reading.confirm_reading(bidder, mine[0].id)
    first = read.read_at
    assert reading.confirm_reading(bidder, mine[0].id).read_at == first is not None
    other = world.actor(Role.SUPPLIER_USER, "a-2")
    use_scope(session(), other.scope)
    with pytest.raises(NotFound):
        reading.get_letter(other, mine[0].id)


def test_the_window_for_challenges_closes_by_the_clock(world, officer, ranked):
    decide_both(officer, ranked)
    last = end_of_day(publishing.publish(officer, ranked.id).challenge_until)
    tenders.run_clock(ranked.made, last)
    assert ranked.made.tender.state == "challenge_window"
    tenders.run_clock(ranked.made, last + timedelta(seconds=1))
    assert ranked.made.tender.state == "contracting"


def test_an_award_is_taken_back_by_two_people_and_the_next_in_order_may_win(session, world, officer, ranked):
    decide_both(officer, ranked)
    publishing.publish(officer, ranked.id)
    award = session.scalar(select(LotAward).where(LotAward.lot_id == ranked.lots[0]))
    asked = cancelling.ask(officer, award.id, award.version, "found_ineligible", "证照系伪造")
    with pytest.raises(Denied):
        cancelling.confirm(officer, award.id, asked.version)
    second = tenders.reviewer(world)
    done = cancelling.confirm(second, award.id, asked.version)
    assert cancelling.confirm(second, award.id, None) is done, "confirmed twice it is confirmed once"
    assert ranked.made.tender.state == "award_decision"
    letters = session.scalars(select(AwardLetter).where(AwardLetter.lot_id == ranked.lots[0])).all()
    assert {letter.kind for letter in letters if letter.withdrawn_at is None} == {"invalid"}
    with pytest.raises(Invalid):
        decide_lot(officer, ranked.id, ranked.lots[0], [ranked.bids[1][0]])
    again = decide_lot(officer, ranked.id, ranked.lots[0], [ranked.bids[1][1]])[0]
    assert (again.rank, again.place) == (2, 1)
    publishing.publish(officer, ranked.id)
    standing = [
        letter
        for letter in session.scalars(select(AwardLetter).where(AwardLetter.lot_id == ranked.lots[0]))
        if letter.withdrawn_at is None
    ]
    kinds = {letter.bid_id: letter.kind for letter in standing}
    assert [kinds[bid] for bid in ranked.bids[1]] == ["loss", "award", "loss", "invalid"]
    assert (
        next(one for one in standing if one.bid_id == ranked.bids[1][0]).body["reason"]["text"].endswith("证照系伪造")
    )


def test_a_stale_page_does_not_take_an_award_back(session, officer, ranked):
    award = decide_lot(officer, ranked.id, ranked.lots[0], [ranked.bids[1][0]])[0]
    with pytest.raises(Conflict):
        cancelling.ask(officer, award.id, award.version + 1, "gave_up", "书面放弃")
    asked = cancelling.ask(officer, award.id, award.version, "gave_up", "书面放弃")
    back = cancelling.take_back(officer, award.id, asked.version)
    assert (back.state, back.cancel_asked_at, back.cancel_reason) == ("active", None, "")


def test_a_suspension_gives_the_lost_days_back(world, officer, ranked):
    from bureau.tendering.service.moving import move
    from kernel.database import now

    before = terms.procedure_of(ranked.made.tender).decide_by
    at = now()
    move(officer, ranked.made.tender, "suspend", "投诉处理期间暂停", at=at)
    move(officer, ranked.made.tender, "resume", "投诉处理完毕", at=at + timedelta(days=10))
    assert terms.procedure_of(ranked.made.tender).decide_by >= before + timedelta(days=10)


def test_it_needs_nobody_to_decide_what_has_no_candidate(session, world):
    ranked = delivered(world)
    officer = tenders.officer(world)
    from bureau.tendering.service.lots import fail_lot

    lot = session.get(TenderLot, (officer.bureau_id, ranked.lots[1]))
    fail_lot(officer, lot, "合格投标人不足三家", "第四十四条")
    with pytest.raises(RuleBroken):
        decide_lot(officer, ranked.id, ranked.lots[1], [ranked.bids[2][0]])
    decide_lot(officer, ranked.id, ranked.lots[0], [ranked.bids[1][0]])
    assert ranked.made.tender.state == "award_notice"


def test_the_same_is_said_by_deciding_module():
    assert deciding.decide_lot is decide_lot


def framework(world):
    return delivered(
        world, is_framework=True, rule_pack="order_110", winners_per_lot=3,
        framework_from=tenders.values()["framework_from"], framework_until=tenders.values()["framework_until"],
    )  # fmt: skip


def test_of_several_winners_one_is_taken_back_and_the_tender_goes_on(session, world):
    """The lot keeps its other winner. Counted as decided, it left the tender where it was for good."""
    ranked = framework(world)
    officer, other = tenders.officer(world), tenders.reviewer(world)
    for number, lot in enumerate(ranked.lots, 1):
        decide_lot(officer, ranked.id, lot, ranked.bids[number][:2])
    publishing.publish(officer, ranked.id)
    first, kept = session.scalars(
        select(LotAward).where(LotAward.lot_id == ranked.lots[0]).order_by(LotAward.place)
    ).all()
    cancelling.ask(officer, first.id, first.version, "found_ineligible", "证照造假")
    cancelling.confirm(other, first.id, first.version)
    assert ranked.made.tender.state == "award_notice"
    assert (kept.state, kept.place) == ("active", 1)
    publishing.publish(officer, ranked.id)
    assert ranked.made.tender.state == "challenge_window"


def test_the_last_undecided_lot_may_end_and_the_others_go_on(session, officer, ranked):
    decide_lot(officer, ranked.id, ranked.lots[0], [ranked.bids[1][0]])
    from bureau.tendering.service.lots import cancel_lot

    lot = session.get(TenderLot, (officer.bureau_id, ranked.lots[1]))
    cancel_lot(officer, ranked.id, lot.id, lot.version, "需求取消")
    assert ranked.made.tender.state == "award_notice"
    assert terms.procedure_of(ranked.made.tender).publish_by is not None


def passed(ranked, number=1):
    return [Passing(bid, "found_ineligible", "演示：查实证照不符") for bid in ranked.bids[number][:3]]


def lot_of(session, officer, ranked, number=1):
    return session.get(TenderLot, (officer.bureau_id, ranked.lots[number - 1]))


def test_a_lot_that_nobody_may_win_fails_and_the_others_go_on(session, world, officer, ranked):
    lot = lot_of(session, officer, ranked)
    decide_lot(officer, ranked.id, ranked.lots[1], [ranked.bids[2][0]])
    version = lot.version
    failed = fail_lot(officer, ranked.id, lot.id, version, passed(ranked), "候选人均不符合条件")
    assert (failed.state, ranked.made.tender.state) == ("failed", "award_notice")
    assert "四十九" in failed.fail_reason
    assert fail_lot(officer, ranked.id, lot.id, version, passed(ranked), "候选人均不符合条件") is failed
    publishing.publish(officer, ranked.id)
    letters = session.scalars(select(AwardLetter).where(AwardLetter.lot_id == lot.id)).all()
    assert {letter.kind for letter in letters} == {"loss", "invalid"}
    draft = retender(officer, uuid4(), ranked.id, reason="演示：重新招标")
    assert session.scalars(select(TenderLot.title).where(TenderLot.tender_id == draft.id)).all() == [lot.title]


def test_while_somebody_may_win_a_lot_does_not_fail(session, world, officer, ranked):
    lot = lot_of(session, officer, ranked)
    with pytest.raises(RuleBroken) as refusal:
        fail_lot(officer, ranked.id, lot.id, lot.version, passed(ranked)[:2], "想重来")
    assert refusal.value.rule == "candidates_left"
    session.rollback()


@pytest.mark.parametrize(("changed", "error"), [({"reason": " "}, Invalid), ({"seen": 99}, Conflict)])
def test_a_lot_fails_with_a_reason_and_as_it_was_seen(session, officer, ranked, changed, error):
    lot = lot_of(session, officer, ranked)
    given = {"seen": lot.version, "reason": "候选人均不符合条件", **changed}
    with pytest.raises(error):
        fail_lot(officer, ranked.id, lot.id, given["seen"], passed(ranked), given["reason"])


def test_a_decided_lot_is_not_failed_and_the_last_lot_ends_the_tender(session, officer, ranked):
    first, second = lot_of(session, officer, ranked), lot_of(session, officer, ranked, 2)
    fail_lot(officer, ranked.id, first.id, first.version, passed(ranked), "候选人均不符合条件")
    assert ranked.made.tender.state == "award_decision"
    fail_lot(officer, ranked.id, second.id, second.version, passed(ranked, 2), "候选人均不符合条件")
    assert ranked.made.tender.state == "failed"
    assert count(session, TenderNotice, TenderNotice.kind == "failure") == 1


def test_an_awarded_lot_is_taken_back_first(session, officer, ranked):
    lot = lot_of(session, officer, ranked)
    decide_lot(officer, ranked.id, lot.id, [ranked.bids[1][0]])
    with pytest.raises(Conflict):
        fail_lot(officer, ranked.id, lot.id, lot.version, passed(ranked), "想重来")


def test_a_limit_on_lots_waits_for_the_other_lots(session, world):
    ranked = delivered(world, most_lots_won=1)
    officer = tenders.officer(world)
    second = lot_of(session, officer, ranked, 2)
    others = [Passing(bid, "gave_up", "演示：书面放弃") for bid in ranked.bids[2][1:3]]
    with pytest.raises(RuleBroken) as refusal:
        fail_lot(officer, ranked.id, second.id, second.version, others, "演示：没有候选人")
    assert refusal.value.rule == "others_first"
    session.rollback()


def test_silence_does_not_decide_for_a_suspended_supplier(session, world, ranked):
    officer = tenders.officer(world)
    suspend(session, officer, ranked.suppliers[0])
    last = end_of_day(terms.procedure_of(ranked.made.tender).decide_by)
    late = last + timedelta(days=3)
    with clock_at(late):
        tenders.run_clock(ranked.made, late)
        tenders.run_clock(ranked.made, late)
    assert count(session, LotAward, LotAward.tender_id == ranked.id) == 0
    assert ranked.made.tender.state == "award_decision"
    events = session.scalars(select(TenderEvent).where(TenderEvent.event == "silence_refused")).all()
    assert [event.at for event in events] == [last, last], "one for each lot, told once"
    assert count(session, Notice, Notice.kind == "award_undecided") >= 1
    tenders.officer(world)
    with clock_at(late):
        award = decide_lot(officer, ranked.id, ranked.lots[0], ranked.bids[1][1:2], passed(ranked)[:1])[0]
    assert not award.is_silent


def suspend(session, officer, supplier_id):
    session.add(
        SupplierMeasure(
            bureau_id=officer.bureau_id, id=uuid4(), supplier_id=supplier_id, kind="suspension",
            state="in_force", reason="演示：抽检不合格", from_day=today(), created_by=officer.account_id,
        )
    )  # fmt: skip
    session.flush()
