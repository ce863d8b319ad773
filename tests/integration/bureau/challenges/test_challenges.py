from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import func, select, text

from bureau.awards.service import terms
from bureau.challenges.models import Challenge, ChallengeCopy, ChallengeEvent
from bureau.challenges.service import complaints, filing, handling, reading
from bureau.roles import Role
from bureau.tendering.rules.terms import end_of_day
from kernel.database import clock_at, new_id
from kernel.database.scope import use_scope
from kernel.errors import Conflict, Invalid, NotFound, RuleBroken
from kernel.web.dates import today
from tests.support import tenders
from tests.support.challenges import announced, bidder, filed
from tests.support.pictures import jpeg


@pytest.fixture
def ranked(world, session):
    return announced(world)


def after(day):
    return clock_at(end_of_day(day) + timedelta(hours=12))


def test_filed_twice_it_is_filed_once(session, world, ranked):
    challenge_id = new_id()
    first = filed(world, ranked, challenge_id=challenge_id)
    assert filed(world, ranked, challenge_id=challenge_id) is first
    assert first.number.startswith("ZY")
    assert first.answer_by > today()
    with pytest.raises(Conflict):
        filed(world, ranked, challenge_id=challenge_id, stage="process", known_on=today())


def test_the_last_day_is_in_time_and_the_next_is_not(world, ranked):
    until = terms.procedure_of(ranked.made.tender).challenge_until
    with clock_at(end_of_day(until)):
        filed(world, ranked)
    with after(until), pytest.raises(RuleBroken, match=until.isoformat()) as refusal:
        filed(world, ranked)
    assert "五十二" in refusal.value.citation


def test_a_result_that_is_not_out_cannot_be_challenged(world, session):
    from tests.support.awards import delivered

    ranked = delivered(world)
    with pytest.raises(RuleBroken, match="还没有公告"):
        filed(world, ranked)


def test_who_took_no_part_may_ask_but_not_challenge(world, ranked):
    with pytest.raises(RuleBroken, match="没有参加投标"):
        filed(world, ranked, "a-2")
    with pytest.raises(RuleBroken, match="没有依法获取"):
        filed(world, ranked, stage="documents")
    enquiry = filed(world, ranked, "a-2", kind="enquiry")
    assert enquiry.number.startswith("XW")


def test_the_process_needs_a_day_within_the_tender(world, ranked):
    with pytest.raises(Invalid) as missing:
        filed(world, ranked, stage="process")
    assert "known_on" in missing.value.fields
    with pytest.raises(Invalid):
        filed(world, ranked, stage="process", known_on=today() + timedelta(days=1))
    with pytest.raises(RuleBroken, match="已经超过"):
        filed(world, ranked, stage="process", known_on=today() - timedelta(days=30))
    assert filed(world, ranked, stage="process", known_on=today()).known_on == today()


def test_another_bureaus_supplier_finds_neither_tender_nor_challenge(session, world, ranked):
    challenge = filed(world, ranked)
    with pytest.raises(NotFound):
        filed(world, ranked, "b")
    bidder(world, "a-2")
    assert session.scalar(select(func.count()).select_from(Challenge)) == 0
    other = world.actor(Role.SUPPLIER_USER, "a-2")
    with pytest.raises(NotFound):
        filing.withdraw(other, challenge.id, challenge.version, "")


def test_returned_corrected_accepted_answered(session, world, ranked):
    challenge = filed(world, ranked)
    officer = tenders.officer(world)
    with pytest.raises(Invalid):
        handling.send_back(officer, challenge.id, challenge.version, " ")
    back = handling.send_back(officer, challenge.id, challenge.version, "缺少授权书")
    assert back.correct_by > today()
    supplier = bidder(world)
    session.expire_all()
    again = filing.correct(
        supplier, challenge.id, back.version, facts="补正后的事实", request="重新评审", legal_basis=""
    )
    assert (again.state, again.correct_by, again.state_reason) == ("filed", None, "")
    officer = tenders.officer(world)
    session.expire_all()
    with pytest.raises(Conflict):
        handling.answer(officer, challenge.id, again.version, answer="先答复", is_founded=False)
    accepted = handling.accept(officer, challenge.id, again.version, may_affect_result=True)
    with pytest.raises(Invalid):
        handling.answer(officer, challenge.id, accepted.version, answer="成立", is_founded=True)
    session.expire_all()
    version = session.get(Challenge, (officer.bureau_id, challenge.id)).version
    done = handling.answer(officer, challenge.id, version, answer="不成立", is_founded=False)
    assert handling.answer(officer, challenge.id, None, answer="不成立", is_founded=False) is done, "a double click"
    assert done.complaint_until > today()
    events = session.scalars(select(ChallengeEvent.event).where(ChallengeEvent.challenge_id == challenge.id)).all()
    assert sorted(events) == sorted(["file", "return", "correct", "accept", "answer"])


def test_a_correction_after_its_term_is_refused(session, world, ranked):
    challenge = filed(world, ranked)
    back = handling.send_back(tenders.officer(world), challenge.id, challenge.version, "缺少授权书")
    supplier = bidder(world)
    with after(back.correct_by), pytest.raises(RuleBroken, match="补正期限"):
        filing.correct(supplier, challenge.id, back.version, facts="事实", request="请求", legal_basis="")


def test_the_answer_goes_to_the_other_bidders_without_the_challengers_name(session, world, ranked):
    challenge = filed(world, ranked)
    officer = tenders.officer(world)
    accepted = handling.accept(officer, challenge.id, challenge.version, may_affect_result=False)
    handling.answer(officer, challenge.id, accepted.version, answer="评审符合招标文件", is_founded=False)
    copies = session.scalars(select(ChallengeCopy).where(ChallengeCopy.challenge_id == challenge.id)).all()
    assert challenge.supplier_id not in {copy.supplier_id for copy in copies}
    assert {copy.supplier_id for copy in copies} >= set(ranked.suppliers[1:])
    own = bidder(world)
    assert not reading.own_copies(own)


def test_a_stale_page_and_a_withdrawn_challenge(session, world, ranked):
    challenge = filed(world, ranked)
    officer = tenders.officer(world)
    with pytest.raises(Conflict):
        handling.accept(officer, challenge.id, challenge.version + 1, may_affect_result=False)
    supplier = bidder(world)
    filing.withdraw(supplier, challenge.id, challenge.version, "已和解")
    assert filing.withdraw(supplier, challenge.id, None, "").state == "withdrawn", "twice is once"
    officer = tenders.officer(world)
    session.expire_all()
    with pytest.raises(Conflict):
        handling.accept(officer, challenge.id, challenge.version, may_affect_result=False)


def test_a_supplier_cannot_write_its_own_answer_whatever_the_code_does(session, world, ranked):
    challenge = filed(world, ranked)
    session.flush()
    with pytest.raises(Exception, match="permission denied"):
        session.execute(text("UPDATE challenges SET answer = 'x' WHERE id = :id"), {"id": challenge.id})


def test_evidence_is_kept_until_it_is_answered(session, world, ranked):
    challenge = filed(world, ranked)
    supplier = bidder(world)
    file_id = new_id()
    first = filing.add_file(supplier, challenge.id, file_id, jpeg("evidence"), "演示.jpg")
    assert filing.add_file(supplier, challenge.id, file_id, jpeg("evidence"), "演示.jpg") is first
    with pytest.raises(Invalid):
        filing.add_file(supplier, challenge.id, new_id(), b"MZ\x90 not a picture", "演示.jpg")
    officer = tenders.officer(world)
    assert [file.id for file in filing.files_of(officer, challenge)] == [file_id]
    handling.reject(officer, challenge.id, challenge.version, "超出范围")
    supplier = bidder(world)
    session.expire_all()
    with pytest.raises(Conflict):
        filing.add_file(supplier, challenge.id, new_id(), jpeg("late"), "演示.jpg")


def test_a_complaint_follows_an_answer_or_its_absence(session, world, ranked):
    challenge = filed(world, ranked)
    officer = tenders.officer(world)
    with pytest.raises(RuleBroken, match="未过"):
        complaints.register(officer, challenge.id, new_id(), authority="演示财政局", filed_on=today())
    accepted = handling.accept(officer, challenge.id, challenge.version, may_affect_result=False)
    answered = handling.answer(officer, challenge.id, accepted.version, answer="不成立", is_founded=False)
    complaint_id = new_id()
    filed_on = today()
    complaint = complaints.register(officer, challenge.id, complaint_id, authority="演示财政局", filed_on=filed_on)
    again = complaints.register(officer, challenge.id, complaint_id, authority="演示财政局", filed_on=filed_on)
    assert again is complaint
    with pytest.raises(Conflict):
        complaints.register(officer, challenge.id, new_id(), authority="另一机关", filed_on=filed_on)
    with pytest.raises(RuleBroken, match="30"):
        complaints.accept(
            officer, complaint.id, complaint.version, accepted_on=filed_on, copy_on=None,
            suspended_until=filed_on + timedelta(days=31),
        )  # fmt: skip
    session.rollback()
    assert answered.complaint_until >= filed_on


def test_a_complaint_runs_by_its_terms_to_a_decision(session, world, ranked):
    challenge = filed(world, ranked)
    officer = tenders.officer(world)
    accepted = handling.accept(officer, challenge.id, challenge.version, may_affect_result=False)
    handling.answer(officer, challenge.id, accepted.version, answer="不成立", is_founded=False)
    day = today()
    complaint = complaints.register(officer, challenge.id, new_id(), authority="演示财政局", filed_on=day)
    taken = complaints.accept(
        officer, complaint.id, complaint.version, accepted_on=day, copy_on=day, suspended_until=day + timedelta(days=30)
    )
    assert taken.reply_by < taken.copies_by < taken.decision_by
    with pytest.raises(Invalid):
        complaints.reply(officer, complaint.id, taken.version, day - timedelta(days=1))
    replied = complaints.reply(officer, complaint.id, taken.version, day)
    done = complaints.decide(
        officer, complaint.id, replied.version, decided_on=day, outcome="unfounded", decision="查无实据"
    )
    assert done.state == "decided"
    assert complaints.unfounded_count(officer, challenge.supplier_id) == (1, 3)
    with pytest.raises(Conflict):
        complaints.end(officer, complaint.id, done.version, "withdraw")


def test_before_a_contract_is_signed_the_guard_speaks(session, world, ranked):
    from types import SimpleNamespace

    from bureau.challenges.following import warnings

    agreement = SimpleNamespace(tender_id=ranked.id)
    officer = tenders.officer(world)
    assert [(one.code, one.blocks) for one in warnings(officer, agreement)] == [("challenge_window", False)]
    challenge = filed(world, ranked)
    officer = tenders.officer(world)
    handling.accept(officer, challenge.id, challenge.version, may_affect_result=True)
    assert ("challenge_open", True) in [(one.code, one.blocks) for one in warnings(officer, agreement)]
    until = terms.procedure_of(ranked.made.tender).challenge_until
    with after(until):
        assert [one.code for one in warnings(officer, agreement)] == ["challenge_open"]
    assert warnings(officer, SimpleNamespace(tender_id=None)) == []


def test_pages_and_api_by_role(client_as, session, world, ranked):
    supplier = client_as("supplier_user", "a")
    page = supplier.get(f"/challenges/new/{ranked.id}")
    assert page.status_code == 200
    challenge_id = str(uuid4())
    data = {
        "id": challenge_id, "tender_id": str(ranked.id), "kind": "challenge", "stage": "result", "facts": "事实",
        "request": "",
    }  # fmt: skip
    refused = supplier.post(f"/challenges/new/{ranked.id}", data=data)
    assert refused.status_code == 422
    assert "请写明质疑请求" in refused.text
    assert supplier.post(f"/challenges/new/{ranked.id}", data={**data, "request": "请求"}).status_code == 302
    assert "事实" in supplier.get(f"/challenges/{challenge_id}").text
    assert client_as("supplier_user", "a-2").get(f"/challenges/{challenge_id}").status_code == 404
    for role, looks in (
        ("procurement_officer", 200),
        ("discipline_supervisor", 200),
        ("canteen_officer", 403),
        ("principal", 403),
    ):
        assert client_as(role).get(f"/challenges/{challenge_id}/handling").status_code == looks, role
    officer = client_as("procurement_officer")
    assert challenge_id in officer.get("/challenges/board").text
    assert (
        client_as("discipline_supervisor")
        .post(f"/challenges/{challenge_id}/acceptance", data={"version": "1"})
        .status_code
        == 403
    )
    assert officer.post(f"/challenges/{challenge_id}/acceptance", data={"version": "1"}).status_code == 302
    stale = officer.post(f"/challenges/{challenge_id}/answer", data={"version": "1", "answer": "x"})
    assert stale.status_code == 409
    done = officer.post(f"/challenges/{challenge_id}/answer", data={"version": "2", "answer": "不成立"})
    assert done.status_code == 302
    own = supplier.get("/api/v1/challenges").json["items"]
    assert [(one["id"], one["state"], one["is_founded"]) for one in own] == [(challenge_id, "answered", False)]


@pytest.fixture(autouse=True)
def _bureau_scope(session, world, ranked):
    use_scope(session(), world.actor(Role.PROCUREMENT_OFFICER).scope)
