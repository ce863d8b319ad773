"""The committee meets again over a reported result (Order 87, Art. 64)."""

from decimal import Decimal

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from bureau.agreements.models import Agreement, AgreementLot
from bureau.agreements.service import from_awards
from bureau.awards.models import AwardLetter, LotAward, PassedOver
from bureau.awards.service import deciding, publishing, reading, terms
from bureau.bids.models import Bid
from bureau.evaluation.models import ReEvaluation
from bureau.evaluation.service import consensus, facts, re_evaluating, reporting, results, scoring
from bureau.tendering.models import TenderNotice
from bureau.tendering.service import ending
from kernel.database import new_id
from kernel.errors import Conflict, Denied, Invalid, NotFound, RuleBroken
from kernel.notices.models import Notice
from kernel.web.dates import today
from tests.support import companies, tenders
from tests.support import opened as support
from tests.support.tenders import PDF

FINDING = "演示：评委3 对第一家的配送方案打分畸低"


@pytest.fixture
def found(world, session, monkeypatch):
    """A signed report in which member 3 gave the first bidder of the only lot next to nothing for one criterion."""
    made = support.judged(world, "scoring", lots=1)
    ordinary = support.points

    def given(opened, lot_id, number):
        judged = {row.id for row in facts.scored_criteria(opened.made.tender, lot_id) if not row.is_objective}
        first = opened.bids[lot_id][0]
        return [
            scoring.Given(one.bid_id, one.criterion_id, Decimal(1))
            if number == 3 and one.bid_id == first and one.criterion_id in judged
            else one
            for one in ordinary(opened, lot_id, number)
        ]

    monkeypatch.setattr(support, "points", given)
    support.score(made)
    support.sign(made)
    companies.admit(
        made.made.bureau_id, [one.own_supplier_id() for one in made.bidders],
        [made.made.stocked.grain, made.made.stocked.meat],
    )  # fmt: skip
    return made


@pytest.fixture
def officer(world, found):
    return tenders.officer(world)


def ask(actor, found, one=None, **values):
    given = {"reason_code": "extreme", "finding": FINDING, **values}
    return re_evaluating.ask(actor, found.id, one or new_id(), found.made.tender.version, **given)


def awarded(officer, found, publish=True):
    """The first-ranked has won; the winner's agreement waits for signature."""
    lot = reading.standing_of(officer, found.id).lots[0]
    deciding.decide_lot(officer, found.id, found.lot, [lot.ranking[0].result.bid_id])
    if publish:
        publishing.publish(officer, found.id)
        from_awards.create_for(officer, found.id)
    return lot.ranking[0].result


def mend(found):
    """Member 3 gives for one criterion what the others gave."""
    tender = found.made.tender
    actor = next(actor for row, actor in support.seats(found) if row.number == 3)
    support.act(actor)
    scores = results.scores_of(tender, found.lot)
    for criterion in facts.scored_criteria(tender, found.lot):
        row = scores.rows[3, found.bids[found.lot][0], criterion.id]
        other = scores.rows[2, found.bids[found.lot][0], criterion.id]
        if criterion.is_objective or row.points == other.points:
            continue
        consensus.rescore(
            actor, found.id, new_id(), score_id=row.id, points=other.points, reason_code="extreme",
            explanation="演示：漏看了配送车辆表", before=row.points,
        )  # fmt: skip
        return  # from here on it is not extreme any more


def test_before_the_decision_one_officer_is_enough(session, world, officer, found):
    old = reporting.standing(found.made.tender)
    row = ask(officer, found, evidence=("问题.pdf", PDF))
    assert (row.state, row.needs_second, row.report_id, row.from_state) == ("begun", False, old.id, "award_decision")
    assert row.attachment_id is not None
    assert found.made.tender.state == "evaluation"
    assert old.state == "withdrawn"
    assert facts.committee_of(officer, found.id).state == "consensus"
    assert [one["place"] for one in row.before] == [1, 2, 3]
    told = session.scalars(select(Notice.person_id).where(Notice.kind == "re_evaluation")).all()
    assert len(told) == 5, "every member is told in the own inbox"


def test_locked_sheets_stay_and_a_changed_result_is_reported(session, world, officer, found):
    ask(officer, found)
    before = {row.bid_id: row.total for row in results.results_of(found.made.tender)}
    locked = session.execute(text("SELECT count(*) FROM score_sheets WHERE state = 'locked'")).scalar()
    mend(found)
    support.sign(found)
    tenders.officer(world)
    row = re_evaluating.of_tender(officer, found.id)[0]
    assert (row.state, row.is_changed) == ("finished", True)
    first = str(found.bids[found.lot][0])
    totals = {one["bid"]: one["total"] for one in row.after}
    assert totals[first] != before[found.bids[found.lot][0]]
    assert session.execute(text("SELECT count(*) FROM score_sheets WHERE state = 'locked'")).scalar() == locked
    report = reporting.standing(found.made.tender)
    assert report.body["re_evaluation"]["finding"] == FINDING
    assert report.body["re_evaluation"]["before"] == row.before
    assert [waiting.id for waiting, _tender in re_evaluating.waiting(officer)] == [row.id]
    with pytest.raises(Conflict):
        re_evaluating.report_to_finance(officer, row.id, row.version + 1, reported_on=today(), reference="")
    re_evaluating.report_to_finance(officer, row.id, row.version, reported_on=today(), reference="演财〔1〕号")
    re_evaluating.report_to_finance(officer, row.id, None, reported_on=today(), reference="演财〔1〕号")
    assert not re_evaluating.waiting(officer)


def test_where_nothing_changes_nothing_is_reported(world, officer, found):
    row = ask(officer, found, reason_code="sum_error", finding="演示：复算总分")
    support.sign(found)
    tenders.officer(world)
    assert (row.state, row.is_changed, row.after) == ("finished", False, row.before)
    with pytest.raises(RuleBroken) as refusal:
        re_evaluating.report_to_finance(officer, row.id, row.version, reported_on=today(), reference="")
    assert refusal.value.rule == "re_evaluation_same"


def test_a_decided_award_falls_by_two_people_and_everybody_is_told(session, world, officer, found):
    won = awarded(officer, found)
    tender = found.made.tender
    assert tender.state == "challenge_window"
    row = ask(officer, found)
    assert (row.state, row.needs_second) == ("asked", True)
    assert tender.state == "challenge_window", "nothing changes before the second person"
    with pytest.raises(Denied):
        re_evaluating.confirm(officer, row.id, row.version)
    other = tenders.reviewer(world)
    with pytest.raises(Conflict):
        re_evaluating.confirm(other, row.id, row.version + 1)
    re_evaluating.confirm(other, row.id, row.version)
    version = row.version
    assert re_evaluating.confirm(other, row.id, version).version == version, "twice is once"
    assert (row.state, row.confirmed_by_name, tender.state) == ("begun", other.display_name, "evaluation")
    award = session.scalars(select(LotAward).where(LotAward.tender_id == found.id)).one()
    assert (award.state, award.cancel_code, award.cancelled_by) == ("cancelled", "re_evaluated", other.account_id)
    assert award.cancel_asked_by == officer.account_id
    letters = session.scalars(select(AwardLetter).where(AwardLetter.tender_id == found.id)).all()
    assert len(letters) == 3
    assert all(letter.withdrawn_at for letter in letters)
    assert all("评委3" not in letter.withdrawn_reason for letter in letters), "an officer's words may name people"
    notice = session.scalars(select(TenderNotice).where(TenderNotice.kind == "re_evaluation")).one()
    assert "评委3" not in str(notice.body)
    told = session.scalars(select(Notice.title).where(Notice.kind == "award_withdrawn")).all()
    assert len(told) >= 1
    assert {bid.state for bid in session.scalars(select(Bid).where(Bid.tender_id == found.id))} == {"scored"}
    assert session.scalars(select(Agreement.state).where(Agreement.tender_id == found.id)).all() == ["cancelled"]
    assert terms.procedure_of(tender).published_at is None
    mend(found)
    support.sign(found)
    officer = tenders.officer(world)
    assert tender.state == "award_decision"
    again = awarded(officer, found)
    assert again.bid_id == won.bid_id or row.is_changed
    letters = session.scalars(select(AwardLetter).where(AwardLetter.tender_id == found.id)).all()
    assert sum(letter.withdrawn_at is None for letter in letters) == 3
    assert len(session.scalars(select(AgreementLot).where(AgreementLot.state == "active")).all()) == 1


def test_an_undisclosed_award_falls_without_a_notice(session, world, officer, found):
    awarded(officer, found, publish=False)
    assert found.made.tender.state == "award_notice"
    row = ask(officer, found)
    re_evaluating.confirm(tenders.reviewer(world), row.id, row.version)
    assert not session.scalars(select(TenderNotice).where(TenderNotice.kind == "re_evaluation")).all()
    assert not session.scalars(select(AwardLetter)).all()


def test_the_request_may_be_taken_back_and_the_result_stands(session, world, officer, found):
    awarded(officer, found)
    row = ask(officer, found)
    with pytest.raises(Conflict):
        ask(tenders.reviewer(world), found)
    re_evaluating.take_back(officer, row.id, row.version)
    re_evaluating.take_back(officer, row.id, None)
    with pytest.raises(Conflict):
        re_evaluating.confirm(tenders.reviewer(world), row.id, row.version)
    assert found.made.tender.state == "challenge_window"
    assert session.scalars(select(LotAward.state)).all() == ["active"]


def test_said_twice_it_is_asked_once(officer, found):
    one = new_id()
    version = found.made.tender.version
    row = ask(officer, found, one)
    again = re_evaluating.ask(officer, found.id, one, version, reason_code="extreme", finding=FINDING)
    assert again.id == row.id
    with pytest.raises(Conflict):
        re_evaluating.ask(officer, found.id, one, version, reason_code="sum_error", finding=FINDING)


def test_what_is_not_there_or_stale_is_refused(world, officer, found):
    with pytest.raises(Conflict):
        re_evaluating.ask(
            officer, found.id, new_id(), found.made.tender.version - 1, reason_code="extreme", finding=FINDING
        )
    with pytest.raises(Invalid):
        ask(officer, found, reason_code="unhappy")
    with pytest.raises(Invalid):
        ask(officer, found, finding="  ")
    version = found.made.tender.version
    with pytest.raises(NotFound):
        re_evaluating.ask(
            tenders.officer(world, "b"), found.id, new_id(), version, reason_code="extreme", finding=FINDING
        )


def test_a_signed_agreement_ends_it(session, world, officer, found):
    awarded(officer, found)
    row = ask(officer, found)
    session.execute(text("UPDATE agreement_lots SET is_signed = true"))
    session.expire_all()
    other = tenders.reviewer(world)
    with pytest.raises(RuleBroken) as refusal:
        re_evaluating.confirm(other, row.id, row.version)
    assert refusal.value.rule == "award_signed"
    assert found.made.tender.state == "challenge_window"
    re_evaluating.take_back(other, row.id, row.version)
    with pytest.raises(RuleBroken):
        ask(officer, found)


def test_only_between_report_and_contract(world, session):
    made = support.judged(world, "consensus", lots=1)
    with pytest.raises(RuleBroken) as refusal:
        ask(tenders.officer(world), made)
    assert refusal.value.rule == "re_evaluation_state"


def test_a_tender_that_ends_takes_the_request_with_it(officer, found):
    awarded(officer, found)
    row = ask(officer, found)
    tender = found.made.tender
    ending.terminate(officer, found.id, tender.version, reason="演示：需求取消", is_major_change=True)
    assert row.state == "withdrawn"


def test_a_limit_on_lots_follows_the_new_order(session, world):
    made = support.judged(world, "signed", lots=2, most_lots_won=1)
    companies.admit(
        made.made.bureau_id, [one.own_supplier_id() for one in made.bidders],
        [made.made.stocked.grain, made.made.stocked.meat],
    )  # fmt: skip
    officer = tenders.officer(world)
    for number in (0, 1):
        lot = reading.standing_of(officer, made.id).lots[number]
        passing = [deciding.Passing(bid, "lot_limit", "演示：已中标一个标包") for bid in lot.limited]
        deciding.decide_lot(officer, made.id, lot.lot.id, list(lot.winners), passing)
    limited = session.scalars(select(PassedOver.code)).all()
    assert set(limited) == {"lot_limit"}
    row = ask(officer, made)
    re_evaluating.confirm(tenders.reviewer(world), row.id, row.version)
    assert all(one.void_at for one in session.scalars(select(PassedOver)))
    support.sign(made)
    lots = reading.standing_of(tenders.officer(world), made.id).lots
    assert [len(one.passed_over) for one in lots] == [0, 0]
    assert [len(one.limited) for one in lots] == [0, len(limited)], "counted anew"


@pytest.mark.parametrize("column", ["finding = 'x'", "reason_code = 'sum_error'", "created_by = gen_random_uuid()"])
def test_what_was_asked_for_cannot_be_rewritten(session, officer, found, column):
    ask(officer, found)
    with pytest.raises(DBAPIError):
        session.execute(text(f"UPDATE re_evaluations SET {column}"))


@pytest.mark.parametrize(
    ("role", "reads", "writes"),
    [
        ("procurement_officer", True, True), ("bureau_admin", True, True), ("discipline_supervisor", True, False),
        ("committee_expert", False, False), ("canteen_officer", False, False), ("supplier_user", False, False),
    ],
)  # fmt: skip
def test_who_reads_and_who_asks(world, session, client_as, found, role, reads, writes):
    path = f"/evaluation/tenders/{found.id}/re-evaluation"
    client = client_as(role)
    assert client.get(path).status_code == (200 if reads else 403)
    data = {"id": str(new_id()), "version": found.made.tender.version, "reason_code": "extreme", "finding": FINDING}
    answer = client.post(path, data=data)
    assert answer.status_code == (303 if writes else 403)
    assert bool(session.scalars(select(ReEvaluation)).all()) is writes


def test_the_page_tells_the_way(world, session, client_as, officer, found):
    awarded(officer, found)
    path = f"/evaluation/tenders/{found.id}/re-evaluation"
    client = client_as("procurement_officer")
    page = client.get(path).text
    assert "畸高或畸低" in page, "what the machine sees"
    assert "另一名人员确认" in page
    empty = client.post(path, data={"id": str(new_id()), "version": found.made.tender.version})
    assert empty.status_code == 422
    stale = {"id": str(new_id()), "version": 1, "reason_code": "extreme", "finding": FINDING}
    assert client.post(path, data=stale).status_code == 409
    good = {**stale, "version": found.made.tender.version}
    assert client.post(path, data=good).status_code == 303
    row = session.scalars(select(ReEvaluation)).one()
    page = client_as("bureau_admin").get(path).text
    assert FINDING in page
    confirmation = f"/evaluation/re-evaluations/{row.id}/confirmation"
    assert client_as("bureau_admin").post(confirmation, data={"version": row.version}).status_code == 303
    assert session.get(ReEvaluation, (row.bureau_id, row.id), populate_existing=True).state == "begun"
    assert "重新评审中" in client_as("procurement_officer").get(path).text
    assert "正在重新评审" in client_as("procurement_officer").get(f"/awards/tenders/{found.id}").text
    member = client_as("committee_expert").get(f"/evaluation/mine/{found.id}").text
    assert FINDING in member


def test_the_word_file_says_why(found, officer):
    from bureau.evaluation.documents import report_docx

    ask(officer, found)
    support.sign(found)
    report = reporting.standing(found.made.tender)
    assert report_docx(reporting.published_body(officer, report)).startswith(b"PK")
