"""The clock: by itself, in any number of runs, in two workers, late."""

from datetime import UTC, datetime, timedelta

import pytest

from bureau.tendering.models import TenderEvent
from bureau.tendering.service import changing, clock, copying, moving, notices, reading
from kernel.actor import system_actor
from kernel.audit.models import AuditEntry
from kernel.database import clock_at, db, new_id
from kernel.database.scope import Scope, use_scope
from kernel.errors import Invalid, RuleBroken
from kernel.web.dates import SHANGHAI
from tests.support.tenders import officer, published, ready, reviewer, run_clock


def story(made):
    use_scope(db.session(), Scope("houqin_bureau", bureau_id=made.bureau_id))
    rows = db.session.query(TenderEvent).filter_by(bureau_id=made.bureau_id, tender_id=made.id).order_by(TenderEvent.id)
    return [(row.event, row.to_state, row.at) for row in rows if row.at >= made.tender.documents_until]


def test_nothing_happens_a_second_before_the_deadline(session, world):
    made = published(world)
    run_clock(made, made.tender.bid_deadline - timedelta(seconds=1))
    assert made.tender.state == "bidding"


def test_a_late_clock_leaves_what_a_punctual_one_leaves(session, world):
    punctual, late = published(world), published(world)
    deadline = punctual.tender.bid_deadline
    for instant in (punctual.tender.documents_until, deadline - timedelta(days=1), deadline, deadline):
        run_clock_for(punctual, instant)
    run_clock_for(late, deadline + timedelta(days=9))
    assert [row[:2] for row in story(punctual)] == [row[:2] for row in story(late)]
    for made in (punctual, late):
        events = {row[0]: row[2] for row in story(made)}
        assert events["few_takers"] == made.tender.documents_until
        assert events["close_bidding"] == made.tender.bid_deadline
        assert events["fail"] == made.tender.bid_deadline


def run_clock_for(made, instant):
    actor = system_actor(made.bureau_id)
    use_scope(db.session(), actor.scope)
    clock._run(actor, made.id, instant)


def test_run_twice_it_does_things_once(session, world):
    made = published(world)
    assert run_clock(made) == 1
    before = story(made)
    assert run_clock(made) == 0
    assert story(made) == before
    assert made.tender.next_check is None


def test_no_bidders_no_opening(session, world):
    made = published(world)
    run_clock(made)
    assert {lot.state for lot in reading.lots_of(officer(world), made.id)} == {"failed"}
    assert made.tender.state == "failed"
    assert notices.notices_of(made.bureau_id, made.id)[-1].kind == "failure"


def test_nobody_closes_bidding_by_hand(session, world):
    made = published(world)
    with clock_at(made.tender.bid_deadline), pytest.raises(RuleBroken) as refusal:
        moving.move(reviewer(world), made.tender, "close_bidding")
    assert refusal.value.rule == "tender_clock_only"


def test_one_tender_that_fails_does_not_stop_the_others(session, world, monkeypatch):
    broken, sound = published(world), published(world)
    close = clock._close_bidding

    def fail_for_one(actor, tender, deadline):
        if tender.id == broken.id:
            raise RuntimeError("演示故障")
        close(actor, tender, deadline)

    monkeypatch.setattr(clock, "_close_bidding", fail_for_one)
    run_clock(broken)
    assert broken.tender.state == "bidding"
    assert broken.tender.takers_checked is None  # rolled back whole
    assert sound.tender.state == "failed"
    monkeypatch.undo()
    run_clock(broken)
    assert broken.tender.state == "failed"


def test_whoever_looks_first_finds_it_closed(session, world, client_as):
    made = published(world)
    supplier = client_as("supplier_user")
    with clock_at(made.tender.bid_deadline):
        page = supplier.get(f"/open-tenders/{made.id}")
    assert page.status_code == 200
    assert "招标失败" in page.text
    assert made.tender.state == "failed"
    session.commit()
    use_scope(db.session(), system_actor(made.bureau_id).scope)
    entries = db.session.query(AuditEntry).filter_by(bureau_id=made.bureau_id, action="tendering.clock").all()
    assert {entry.actor_name for entry in entries} == {"系统"}


def test_an_extension_meets_the_clock(session, world):
    made = published(world)
    before = made.tender.bid_deadline
    changing.extend_bidding(officer(world), made.id, made.tender.version, before + timedelta(days=7), "推迟")
    run_clock(made, before)
    assert made.tender.state == "bidding"
    run_clock(made, before + timedelta(days=7))
    assert made.tender.state == "failed"


def test_what_failed_is_tendered_again(session, world):
    made = published(world)
    run_clock(made)
    again = new_id()
    with pytest.raises(Invalid):
        copying.retender(officer(world), again, made.id, reason="")
    with pytest.raises(RuleBroken) as refusal:
        copying.retender(officer(world), again, made.id, reason="重新招标", rule_pack="internal")
    assert "第四十三条" in refusal.value.citation
    draft = copying.retender(
        officer(world), again, made.id, reason="重新招标", rule_pack="internal", approval="演示〔2026〕1号"
    )
    assert copying.retender(officer(world), again, made.id, reason="重新招标").id == draft.id
    assert (draft.state, draft.retender_of_id, draft.bid_deadline) == ("draft", made.id, None)
    assert draft.settings["method_approval"] == "演示〔2026〕1号"
    actor = officer(world)
    assert len(reading.lots_of(actor, draft.id)) == 2
    assert len(reading.items_of(actor, draft.id)) == 2
    assert len(reading.criteria_of(actor, draft.id)) == 6
    assert not any(row.is_public for row in reading.items_of(actor, draft.id))


def test_a_running_tender_is_not_tendered_again(session, world):
    made = ready(world)
    with pytest.raises(Exception, match="没有废标的标包"):
        copying.retender(officer(world), new_id(), made.id, reason="重新招标")


def test_the_job_runs_for_every_bureau(app):
    modules = {module.name: module for module in app.extensions["houqin.modules"]}
    cron, function = modules["tendering"].periodic["clock"]
    assert (cron, function) == ("* * * * *", clock.run_due)


def test_a_notice_is_numbered_by_the_year_of_the_day_it_bears(session, world):
    """In the first eight hours of a year here it is still last year in Greenwich."""
    made = published(world)
    new_year = datetime(2027, 1, 1, 0, 30, tzinfo=SHANGHAI)
    notice = notices.publish_notice(officer(world), made.tender, "extension", "演示", {}, at=new_year.astimezone(UTC))
    assert notice.number.startswith("GG2027")
