from datetime import timedelta

import pytest

from bureau.tendering.service import changing, documents, ending, lots, notices, questions, reading
from bureau.tendering.service.changing import Change
from kernel.database import clock_at, new_id, now
from kernel.errors import Conflict, Invalid, RuleBroken
from tests.support import tenders
from tests.support.tenders import officer, published, reviewer, supplier


def asked(world, made, text="配送车辆有何要求？", place="a"):
    actor = supplier(world, place)
    documents.take_documents(actor, made.id)
    return questions.ask(actor, made.id, new_id(), question=text)


def test_an_answer_without_effect_leaves_the_deadline(session, world):
    made = published(world)
    question, before = asked(world, made), made.tender.bid_deadline
    questions.answer(officer(world), made.id, question.id, 1, answer="见文件。")
    assert made.tender.bid_deadline == before
    assert notices.notices_of(made.bureau_id, made.id)[-1].kind == "clarification"


def test_an_answer_that_affects_bids_late_extends_the_deadline_by_itself(session, world):
    made = published(world)
    question, before = asked(world, made), made.tender.bid_deadline
    with clock_at(before - timedelta(days=10)):
        questions.answer(officer(world), made.id, question.id, 1, answer="改用冷藏车。", affects_bids=True)
    after = made.tender.bid_deadline
    assert after >= before + timedelta(days=5)
    notice = notices.notices_of(made.bureau_id, made.id)[-1]
    assert "顺延" in "".join(notice.body["paragraphs"])
    assert made.tender.next_check is not None


def test_an_answer_that_affects_bids_early_moves_nothing(session, world):
    made = published(world)
    question, before = asked(world, made), made.tender.bid_deadline
    questions.answer(officer(world), made.id, question.id, 1, answer="改用冷藏车。", affects_bids=True)
    assert made.tender.bid_deadline == before


def test_an_answer_is_given_once(session, world):
    made = published(world)
    question = asked(world, made)
    questions.answer(officer(world), made.id, question.id, 1, answer="是。")
    questions.answer(officer(world), made.id, question.id, 1, answer="是。")
    with pytest.raises(Conflict):
        questions.answer(officer(world), made.id, question.id, 1, answer="否。")
    assert len(notices.notices_of(made.bureau_id, made.id)) == 2


def test_questions_end_at_their_time(session, world):
    made = published(world)
    documents.take_documents(supplier(world), made.id)
    with clock_at(made.tender.questions_until + timedelta(seconds=1)), pytest.raises(RuleBroken) as refusal:
        questions.ask(supplier(world), made.id, new_id(), question="还可以问吗？")
    assert refusal.value.rule == "questions_closed"


def test_a_clarification_changes_quantities_and_is_told(session, world):
    made = published(world)
    item = reading.items_of(officer(world), made.id)[0]
    notice = changing.amend(
        officer(world),
        made.id,
        made.tender.version,
        reason="更正",
        changes=[Change("item", item.id, {"quantity": 8000})],
    )
    assert notice.body["tables"][0]["rows"][0][1:] == ["数量", "10000", "8000"]
    assert reading.items_of(officer(world), made.id)[0].quantity == 8000


def test_subject_and_qualification_stay_as_they_are(session, world):
    made = published(world)
    actor = officer(world)
    condition = next(row for row in reading.criteria_of(actor, made.id) if row.part == "qualification")
    item = reading.items_of(actor, made.id)[0]
    for change in (
        Change("criterion", condition.id, {"description": "更严"}),
        Change("item", item.id, {"item_id": made.stocked.salt}),
        Change("tender", made.id, {"subject": "services"}),
    ):
        with pytest.raises(RuleBroken) as refusal:
            changing.amend(actor, made.id, made.tender.version, reason="更正", changes=[change])
        assert refusal.value.rule == "subject_unchanged"
        assert "第二十七条" in refusal.value.citation


def test_a_clarification_keeps_the_rules_of_the_pack(session, world):
    made = published(world)
    actor = officer(world)
    price = next(row for row in reading.criteria_of(actor, made.id) if row.part == "price")
    with pytest.raises(RuleBroken) as refusal:
        changing.amend(
            actor, made.id, made.tender.version, reason="更正", changes=[Change("criterion", price.id, {"points": 20})]
        )
    assert refusal.value.rule in ("points_sum", "price_weight")


def test_nothing_changes_at_or_after_the_deadline(session, world):
    made = published(world)
    item = reading.items_of(officer(world), made.id)[0]
    with clock_at(made.tender.bid_deadline), pytest.raises(Conflict):
        changing.amend(
            officer(world),
            made.id,
            made.tender.version,
            reason="更正",
            changes=[Change("item", item.id, {"quantity": 1})],
        )


def test_a_deadline_moves_to_later_alone(session, world):
    made = published(world)
    before = made.tender.bid_deadline
    with pytest.raises(RuleBroken):
        changing.extend_bidding(officer(world), made.id, made.tender.version, before - timedelta(hours=1), "提前")
    changing.extend_bidding(officer(world), made.id, made.tender.version, before + timedelta(days=7), "推迟")
    assert made.tender.bid_deadline == before + timedelta(days=7)
    assert notices.notices_of(made.bureau_id, made.id)[-1].kind == "extension"
    with pytest.raises(Conflict):
        changing.extend_bidding(officer(world), made.id, made.tender.version - 1, before + timedelta(days=9), "旧页面")


def test_few_takers_are_told_and_the_officer_may_extend(session, world):
    made = published(world)
    documents.take_documents(supplier(world), made.id)
    until = made.tender.documents_until
    tenders.run_clock(made, until)
    tenders.run_clock(made, until + timedelta(hours=5))
    events = [row for row in reading.events_of(officer(world), made.id) if row.event == "few_takers"]
    assert [row.at for row in events] == [until]
    assert made.tender.state == "bidding"
    assert made.tender.documents_until == until  # a proposal, nothing automatic
    with clock_at(until + timedelta(hours=6)):
        changing.extend_documents(
            officer(world), made.id, made.tender.version, (until + timedelta(days=5)).date(), "供应商不足三家"
        )
    assert made.tender.documents_until > until
    assert made.tender.bid_deadline > made.tender.documents_until
    assert made.tender.next_check == made.tender.documents_until


def test_enough_takers_are_not_told(session, world):
    from bureau.tendering.models import TenderDocumentTaker
    from kernel.database import db
    from kernel.database.scope import Scope, use_scope
    from tests.support.bids import more_bidders

    made = published(world)
    for bidder in more_bidders(world, 3):
        use_scope(
            db.session(), Scope("houqin_supplier", bureau_id=made.bureau_id, supplier_id=bidder.actor.supplier_id)
        )
        row = TenderDocumentTaker(
            bureau_id=made.bureau_id, tender_id=made.id, supplier_id=bidder.actor.supplier_id, taken_at=now(),
            taken_by=bidder.actor.account_id,
        )  # fmt: skip
        db.session.add(row)
        db.session.flush()
    tenders.run_clock(made, made.tender.documents_until)
    assert [row for row in reading.events_of(officer(world), made.id) if row.event == "few_takers"] == []


def test_termination_needs_a_major_change(session, world):
    made = published(world)
    with pytest.raises(RuleBroken) as refusal:
        ending.terminate(officer(world), made.id, made.tender.version, reason="不想买了", is_major_change=False)
    assert "第二十九条" in refusal.value.citation
    version = made.tender.version
    ending.terminate(officer(world), made.id, version, reason="学校合并，任务取消", is_major_change=True)
    ending.terminate(officer(world), made.id, version, reason="学校合并，任务取消", is_major_change=True)
    tender = made.tender
    assert (tender.state, tender.next_check) == ("terminated", None)
    assert tender.settings["refund_by"]
    assert [row.kind for row in notices.notices_of(made.bureau_id, made.id)] == ["tender_notice", "termination"]
    assert {lot.state for lot in reading.lots_of(officer(world), made.id)} == {"cancelled"}


def test_a_suspension_stops_the_clock_and_gives_the_time_back(session, world):
    made = published(world)
    deadline, documents_until = made.tender.bid_deadline, made.tender.documents_until
    paused = documents_until + timedelta(days=1)
    tenders.run_clock(made, documents_until)
    with clock_at(paused):
        ending.suspend(reviewer(world), made.id, made.tender.version, "收到投诉")
    assert tenders.run_clock(made, deadline + timedelta(days=1)) == 0
    assert made.tender.state == "suspended"
    with clock_at(paused + timedelta(days=30, hours=1)):
        ending.resume(reviewer(world), made.id, made.tender.version, "投诉处理完毕")
    assert made.tender.state == "bidding"
    assert made.tender.documents_until == documents_until  # had passed before
    assert made.tender.bid_deadline >= deadline + timedelta(days=31)
    assert made.tender.next_check == made.tender.bid_deadline
    kinds = [row.kind for row in notices.notices_of(made.bureau_id, made.id)]
    assert kinds == ["tender_notice", "suspension", "resumption"]


def test_a_lot_is_cancelled_alone_and_the_last_one_ends_the_tender(session, world):
    made = published(world)
    first, second = reading.lots_of(officer(world), made.id)
    lots.cancel_lot(reviewer(world), made.id, first.id, first.version, "需求取消")
    assert made.tender.state == "bidding"
    with pytest.raises(Invalid):
        lots.cancel_lot(reviewer(world), made.id, second.id, second.version, "")
    lots.cancel_lot(reviewer(world), made.id, second.id, second.version, "需求取消")
    assert made.tender.state == "failed"


def test_a_lot_fails_alone(session, world):
    made = published(world)
    first, second = reading.lots_of(officer(world), made.id)
    lots.fail_lot(reviewer(world), first, "投标人不足三家", "第四十三条")
    lots.fail_lot(reviewer(world), first, "投标人不足三家", "第四十三条")
    assert not lots.end_if_empty(reviewer(world), made.tender, "全部废标")
    assert (first.state, second.state, made.tender.state) == ("failed", "active", "bidding")
    assert first.fail_reason == "投标人不足三家（第四十三条）"
    assert sum(row.event == "lot_failed" for row in reading.events_of(officer(world), made.id)) == 1
