import json
from datetime import timedelta

import pytest
from sqlalchemy import func, select, text, update
from sqlalchemy.exc import IntegrityError, ProgrammingError

from bureau.awards.models import LotAward
from bureau.awards.service import cancelling
from bureau.bids.models import Bid, Opening
from bureau.ocds.models import OcdsRelease
from bureau.ocds.rules.checks import check_package, check_release
from bureau.ocds.rules.release import build_release
from bureau.ocds.service import exporting, gathering, publishing, reading
from bureau.tendering.models import STATES, Tender, TenderLot, TenderNotice
from bureau.tendering.service import changing, documents, ending, lots, questions, reviewing
from kernel.actor import system_actor
from kernel.database import clock_at, db, new_id, now
from kernel.database.scope import IDENTITY, OPERATOR, use_scope, within
from kernel.errors import NotFound
from tests.support import ocds_schema, opened, published, tenders


def everything(found):
    """The JSON of all releases of a tender."""
    rows = reading.of_tender(getattr(found, "made", found).bureau_id, found.id)
    return json.dumps([row.body for row in rows], ensure_ascii=False, default=str)


def schema_errors(releases):
    """Nothing where the schema is not beside the project: it is then not validated against it."""
    if not ocds_schema.is_there():
        return []
    plain = json.loads(json.dumps(releases))
    return [error for one in plain for error in [*ocds_schema.release_errors(one), *ocds_schema.unknown_fields(one)]]


def test_a_draft_is_nothing_to_the_world(session, world, tell):
    made = tenders.reviewed(world)
    assert tell(made) is None
    with pytest.raises(NotFound):
        reading.of_tender(made.bureau_id, made.id)


def test_a_dropped_draft_is_never_told_of(session, world, tell):
    made = tenders.ready(world)
    reviewing.drop(tenders.officer(world), made.id, made.tender.version, "不再采购")
    assert made.tender.state == "terminated"
    assert tell(made) is None


def test_told_twice_nothing_is_appended(session, world, tell):
    made = tenders.published(world)
    first = tell(made)
    assert (first.number, first.tags, first.ocid) == (1, ["tender"], f"ocds-213czf-a-{made.tender.number}")
    assert first.body["tender"]["status"] == "active"
    assert not {"bids", "awards", "contracts"} & first.body.keys()
    assert tell(made) is None
    session.expire_all()
    assert tell(made) is None, "what comes back from the table has the same hash"
    assert schema_errors([first.body]) == []
    assert check_release(first.body) == []


def test_a_later_deadline_is_an_amendment_an_answer_an_update(session, world, tell):
    made = tenders.published(world)
    tell(made)
    actor = tenders.supplier(world)
    documents.take_documents(actor, made.id)
    asked = questions.ask(actor, made.id, new_id(), question="配送时间可否调整？")
    officer = tenders.officer(world)
    assert tell(made) is None, "a question without an answer is nobody's business"
    questions.answer(officer, made.id, asked.id, 1, answer="可以。", affects_bids=False)
    answered = tell(made)
    assert answered.tags == ["tenderUpdate"]
    assert answered.body["tender"]["enquiries"][0]["answer"] == "可以。"
    officer = tenders.officer(world)
    later = made.tender.bid_deadline + timedelta(days=7)
    changing.extend_bidding(officer, made.id, made.tender.version, later, "供应商要求")
    amended = tell(made)
    assert amended.tags == ["tenderAmendment"]
    assert "供应商要求" in amended.body["tender"]["amendments"][-1]["rationale"]
    ending.terminate(officer, made.id, made.tender.version, reason="采购任务取消", is_major_change=True)
    ended = tell(made)
    assert ended.tags == ["tenderCancellation"]
    assert ended.body["tender"]["status"] == "cancelled"
    assert [row.number for row in reading.of_tender(made.bureau_id, made.id)] == [1, 2, 3, 4]
    assert schema_errors([row.body for row in reading.of_tender(made.bureau_id, made.id)]) == []
    told = everything(made)
    for secret in ("演示供应商 a", str(world.supplier_id("a"))):
        assert secret not in told, "takers and askers are secret"


def test_the_whole_life_shows_each_thing_at_its_time(session, world, tell):
    """The one long test: judging for real takes a while. What is secret is looked for in all that was published."""
    found = published.brought(world, "opened")
    tenders.officer(world)
    read_out = tell(found)
    assert read_out.body["tender"]["numberOfTenderers"] == 3
    assert {bid["value"]["amount"] for bid in read_out.body["bids"]["details"]} == {180_000, 170_000, 175_000}
    published.take(world, found, "signed")
    scores = published.results_of(found)
    assert scores
    assert tell(found) is None, "the ranking is nobody's business before the result"
    published.take(world, found, "decided")
    assert found.made.tender.state == "award_notice"
    assert tell(found) is None, "what the purchaser decided is told with the result notice"
    assert '"awards"' not in everything(found)
    published.take(world, found, "announced")
    announced = tell(found)
    assert announced.tags == ["tenderUpdate", "award"]
    assert {award["status"] for award in announced.body["awards"]} == {"active"}
    assert len(announced.body["awards"]) == 4, "two places in each of two lots"
    published.take(world, found, "contracting")
    assert tell(found) is None
    assert '"contracts"' not in everything(found)
    published.take(world, found, "agreed")
    agreed = tell(found)
    assert agreed.tags == ["contract"]
    told = everything(found)
    for secret in _secrets(found, scores):
        assert secret not in told, secret
    package = exporting.export(reading.open_bureau("a"), found.id)
    assert check_package(json.loads(json.dumps(package))) == []
    assert schema_errors(package["releases"]) == []
    records = exporting.export(reading.open_bureau("a"), found.id, records=True)
    assert check_package(json.loads(json.dumps(records))) == []
    assert records["records"][0]["compiledRelease"]["contracts"] == agreed.body["contracts"]


def _secrets(found, scores):
    """Members by name and id, and every score, exact and shown, that the release has no place for."""
    people = {actor.display_name for _row, actor in opened.seats(found)}
    use_scope(db.session(), system_actor(found.made.bureau_id).scope)
    exact = {row.total for row in scores} | {row.price_points for row in scores if "/" in (row.price_points or "")}
    return {one for one in people | exact if one and len(one) > 3}


def test_an_award_taken_back_is_cancelled_and_a_hidden_one_never_was(session, world, tell):
    found = published.brought(world, "announced", winners_per_lot=1)
    tell(found)
    officer, other = tenders.officer(world), tenders.reviewer(world)
    award = session.scalars(select(LotAward).where(LotAward.tender_id == found.id).order_by(LotAward.id)).first()
    cancelling.ask(officer, award.id, award.version, "gave_up", "王某放弃")
    session.refresh(award)
    tenders.reviewer(world)
    cancelling.confirm(other, award.id, award.version)
    taken_back = tell(found)
    assert "awardCancellation" in taken_back.tags
    dead = next(one for one in taken_back.body["awards"] if one["id"] == str(award.id))
    assert (dead["status"], dead["description"]) == ("cancelled", "放弃中标")
    assert "王某" not in everything(found), "the officers' own words may name people"
    assert check_release(taken_back.body) == []
    assert schema_errors([taken_back.body]) == []
    published.decide(world, found)
    assert tell(found) is None, "the next winner is told with the next notice"


def test_sealed_and_unopened_bids_are_not_there(session, world, tell):
    """The opening record alone opens the gate, whatever stands in the rows."""
    with clock_at(now() - timedelta(days=2)):
        found = opened.opened(world)
    tenders.officer(world)
    told = tell(found)
    assert "bids" not in told.body
    assert "tenderers" not in told.body["tender"]
    published.tell_opening(found)
    second = found.bids[found.made.lots[1]]
    session.execute(update(Bid).where(Bid.id.in_(second)).values(state="unopened"))
    session.expire_all()
    told = tell(found)
    assert {bid["relatedLots"][0] for bid in told.body["bids"]["details"]} == {str(found.made.lots[0])}
    assert {one["id"]: one["value"] for one in told.body["bids"]["statistics"]}["unopened"] == 3
    assert not {str(bid) for bid in second} & set(json.dumps(told.body).split('"'))


def test_of_two_at_once_one_is_kept(session, world, monkeypatch):
    made = tenders.published(world)
    tenders.officer(world)
    first = publishing.refresh(made.bureau_id, made.id)
    copy = OcdsRelease(
        bureau_id=first.bureau_id, id=made.id, tender_id=first.tender_id, number=first.number, ocid=first.ocid, tags=[],
        released_at=first.released_at, body={}, sha256=first.sha256,
    )  # fmt: skip
    with session.begin_nested() as inner:
        session.add(copy)
        with pytest.raises(IntegrityError, match="uq_ocds_releases"):
            session.flush()
        inner.rollback()
    # The second has read that there is no release yet, and meets the one that was there first.
    real, looked = publishing.last_release, []

    def last_release(*key):
        looked.append(key)
        return None if len(looked) == 1 else real(*key)

    monkeypatch.setattr(publishing, "last_release", last_release)
    assert publishing.refresh(made.bureau_id, made.id) is None
    assert len(looked) == 2
    assert session.scalar(select(func.count()).select_from(OcdsRelease).where(OcdsRelease.tender_id == made.id)) == 1


def test_nobody_changes_what_was_told(session, world, tell):
    made = tenders.published(world)
    tell(made)
    tenders.officer(world)
    for statement in ("UPDATE ocds_releases SET ocid = 'x'", "DELETE FROM ocds_releases"):
        with pytest.raises(ProgrammingError, match="permission denied"), session.begin_nested():
            session.execute(text(statement))


def test_the_world_reads_releases_and_no_tender_that_is_a_draft(session, world, tell):
    made = tenders.published(world)
    draft = tenders.ready(world)
    tell(made)
    with within(session(), IDENTITY):
        assert session.scalar(select(func.count()).select_from(OcdsRelease)) == 1
        assert session.get(Tender, (made.bureau_id, draft.id), populate_existing=True) is None


def test_a_new_prefix_holds_for_new_processes_only(session, world, tell):
    made = tenders.published(world)
    tell(made)
    second = tenders.published(world)
    bureau = reading.open_bureau("a")
    with within(session(), OPERATOR):
        bureau.settings = {**bureau.settings, "ocds_prefix": "ocds-a1b2c3"}
        session.flush()
    assert tell(second).ocid.startswith("ocds-a1b2c3-a-")
    officer = tenders.officer(world)
    later = made.tender.bid_deadline + timedelta(days=7)
    changing.extend_bidding(officer, made.id, made.tender.version, later, "演示")
    assert tell(made).ocid.startswith("ocds-213czf-a-")


def test_what_a_notice_says_of_a_lot_is_not_lost(session, world, tell):
    made = tenders.published(world)
    tell(made)
    officer = tenders.officer(world)
    lot = session.get(TenderLot, (made.bureau_id, made.lots[1]))
    lots.cancel_lot(officer, made.id, lot.id, lot.version, "需求取消")
    told = tell(made)
    assert told.tags == ["tenderAmendment"]
    assert [one["status"] for one in told.body["tender"]["lots"]] == ["active", "cancelled"]
    notices = session.scalars(select(TenderNotice.id).where(TenderNotice.tender_id == made.id)).all()
    urls = {one["url"] for one in told.body["tender"]["documents"]}
    assert all(any(str(notice) in url for url in urls) for notice in notices)


def test_every_state_makes_a_release_that_holds_and_names_no_winner_before_the_result(session, world):
    """The states as rows, one after the other: whatever the tender comes to, the gates stay shut without a result."""
    found = published.brought(world, "opened")
    tenders.officer(world)
    session.execute(update(TenderLot).where(TenderLot.id == found.lot).values(state="awarded"))
    bureau, secret = reading.open_bureau("a"), "演示供应商 a-2"
    for state in STATES:
        paused = {"suspended_from": "evaluation", "suspended_at": now()} if state == "suspended" else {}
        session.execute(
            update(Tender)
            .where(Tender.id == found.id)
            .values(**{"state": state, "suspended_from": None, "suspended_at": None, **paused})
        )
        session.expire_all()
        process = gathering.process_of(bureau, found.made.tender, "ocds-213czf-a-1")
        if state in ("draft", "review"):
            assert process is None
            continue
        release = publishing.plain(build_release(process, "r1", now(), ["tender"]))
        assert check_release(release) == [], state
        assert schema_errors([release]) == [], state
        assert {lot["status"] for lot in release["tender"]["lots"]} == {"active"}, state
        assert "awards" not in release
        assert "contracts" not in release
        assert secret in json.dumps(release, ensure_ascii=False), "the opening is over: who bid is public"
        session.execute(update(Opening).where(Opening.id == found.id).values(state="waiting", opened_at=None))
        session.expire_all()
        sealed = gathering.process_of(bureau, found.made.tender, "ocds-213czf-a-1")
        assert secret not in json.dumps(publishing.plain(build_release(sealed, "r1", now(), ())), ensure_ascii=False)
        session.execute(update(Opening).where(Opening.id == found.id).values(state="opened", opened_at=now()))


def test_what_was_found_invalid_is_told_with_the_result(session, world):
    found = published.brought(world, "opened")
    tenders.officer(world)
    session.execute(update(Bid).where(Bid.id == found.bids[found.lot][2]).values(state="disqualified", reason="张某"))
    bureau = reading.open_bureau("a")

    def statuses():
        session.expire_all()
        process = gathering.process_of(bureau, found.made.tender, "ocds-213czf-a-1")
        release = publishing.plain(build_release(process, "r1", now(), ()))
        assert "张某" not in json.dumps(release, ensure_ascii=False)
        return {bid["status"] for bid in release["bids"]["details"]}

    assert statuses() == {"valid"}
    session.execute(update(Tender).where(Tender.id == found.id).values(state="challenge_window"))
    assert statuses() == {"valid", "disqualified"}
