from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from bureau.appeals.models import Appeal
from bureau.appeals.service import deciding, filing, reading
from bureau.inspections.models import Inspection, InspectionEvent, InspectionInspector, InspectionLoss
from bureau.inspections.service import acknowledging, revising, telling
from bureau.roles import Role
from kernel.actor import system_actor
from kernel.database import db, new_id
from kernel.errors import Conflict, Denied, Invalid, NotFound, RuleBroken
from kernel.notices.models import Notice
from kernel.web.dates import SHANGHAI, today
from tests.support import follow_up
from tests.support.follow_up import as_person, draft_appeal, result_of, sent_appeal, told_visit
from tests.support.pictures import jpeg


@pytest.fixture
def visit(session, world):
    return told_visit(world)


def state_of(world, visit):
    as_person(world, Role.BUREAU_ADMIN)
    db.session.expire_all()
    return db.session.get(Inspection, (visit.bureau_id, visit.school_id, visit.id)).state


def decide(world, appeal, *, role=Role.BUREAU_ADMIN, **values):
    actor = as_person(world, role)
    defaults = {"upheld": True, "reason": "演示：照片属实", "answer": {"met": True}}
    return deciding.decide(actor, appeal.school_id, appeal.id, appeal.version, **{**defaults, **values})


def test_an_upheld_appeal_changes_the_answer_and_the_engine_the_score(world, visit):
    result = result_of(world, visit)
    before = dict(result.account)
    assert result.score == Decimal(70)  # 100 - 20 - 4 - 6
    appeal = sent_appeal(world, visit)
    assert state_of(world, visit) == "appealed"
    decided = decide(world, appeal)
    assert (decided.state, decided.revision) == ("upheld", 1)
    result = result_of(world, visit)
    assert (result.score, result.percent, result.revision, result.band) == (Decimal(90), Decimal(90), 1, "优秀")
    assert state_of(world, visit) == "released"
    old, new = revising.revisions_of(world.actor(Role.BUREAU_ADMIN), visit.school_id, visit.id)
    assert (old.number, old.cause, old.score, old.account) == (0, "submission", Decimal(70), before)
    assert (new.number, new.cause, new.old_score, new.score) == (1, "appeal", Decimal(70), Decimal(90))
    assert (new.reason, new.appeal_id, new.account) == ("演示：照片属实", appeal.id, result.account)
    assert new.changes == {"1": {"old": {"met": False}, "new": {"met": True}}}
    lost = {row.item_code: row.lost for row in db.session.query(InspectionLoss).filter_by(inspection_id=visit.id)}
    assert lost == {"3": Decimal(4), "5": Decimal(6)}


def test_a_second_upheld_appeal_builds_on_the_first(world, visit):
    first, second = sent_appeal(world, visit, "1"), sent_appeal(world, visit, "3")
    decide(world, first)
    assert state_of(world, visit) == "appealed"  # the other one is open
    decide(world, second, answer={"count": 1})
    assert state_of(world, visit) == "released"
    result = result_of(world, visit)
    assert (result.score, result.revision) == (Decimal(92), 2)
    numbers = [one.number for one in revising.revisions_of(world.actor(Role.BUREAU_ADMIN), visit.school_id, visit.id)]
    assert numbers == [0, 1, 2]


def test_a_rejected_appeal_changes_nothing_but_is_told(world, visit):
    appeal = sent_appeal(world, visit)
    decide(world, appeal, upheld=False, answer=None, reason="演示：照片不是当天")
    result = result_of(world, visit)
    assert (result.score, result.revision) == (Decimal(70), 0)
    assert revising.revisions_of(world.actor(Role.BUREAU_ADMIN), visit.school_id, visit.id) == []
    told = db.session.query(Notice).filter_by(kind="appeal_decided").all()
    assert {one.body for one in told} == {"演示：照片不是当天"}


def test_each_step_leaves_a_row_with_who_and_why(world, visit):
    appeal = sent_appeal(world, visit)
    decide(world, appeal, upheld=False, reason="演示：维持")
    officer = as_person(world, Role.BUREAU_ADMIN)
    steps = [
        (one.event, one.from_state, one.to_state, one.reason, one.by) for one in reading.events_of(officer, appeal)
    ]
    assert steps == [
        ("send", "draft", "sent", "", world.actor(Role.PRINCIPAL).account_id),
        ("reject", "sent", "rejected", "演示：维持", officer.account_id),
    ]
    events = db.session.query(InspectionEvent).filter_by(inspection_id=visit.id).order_by(InspectionEvent.id)
    assert [one.event for one in events] == ["plan", "start", "submit", "release", "appeal", "settle"]


@pytest.mark.parametrize("role", [Role.BUREAU_ADMIN, Role.CANTEEN_OFFICER])
def test_nobody_judges_their_own_visit_whatever_else_they_are(world, visit, role):
    person = world.actor(role)
    as_person(world, Role.BUREAU_ADMIN)
    db.session.add(
        InspectionInspector(
            bureau_id=visit.bureau_id, school_id=visit.school_id, inspection_id=visit.id, person_id=person.account_id
        )
    )
    db.session.flush()
    appeal = sent_appeal(world, visit)
    with pytest.raises(Denied):
        decide(world, appeal, role=role)


def test_an_appeal_never_lowers_the_score(world, visit):
    appeal = sent_appeal(world, visit, "3")
    with pytest.raises(RuleBroken) as refused:
        decide(world, appeal, answer={"count": 3})
    assert refused.value.rule == "appeal_worse"
    with pytest.raises(Invalid):
        decide(world, appeal, answer={"count": 2})  # no change: that is a rejection
    with pytest.raises(Invalid):
        decide(world, appeal, answer={"met": True})  # not this item's kind of answer
    with pytest.raises(Invalid):
        decide(world, appeal, answer=None)


def test_two_reviewers_decide_at_once_and_one_of_them_is_told(world, visit):
    appeal = sent_appeal(world, visit)
    seen = appeal.version
    decide(world, appeal)
    officer = as_person(world, Role.CANTEEN_OFFICER)
    with pytest.raises(Conflict):
        deciding.decide(officer, appeal.school_id, appeal.id, seen, upheld=False, reason="演示")
    current = deciding.get_appeal(officer, appeal.school_id, appeal.id)
    with pytest.raises(RuleBroken):
        deciding.decide(officer, appeal.school_id, appeal.id, current.version, upheld=False, reason="演示")
    assert result_of(world, visit).revision == 1


def test_only_lost_items_and_each_once(world, visit):
    principal = as_person(world, Role.PRINCIPAL)
    with pytest.raises(Invalid):
        filing.save_draft(principal, new_id(), None, inspection_id=visit.id, item_code="2", reason="演示")
    sent_appeal(world, visit)
    with pytest.raises(Invalid):
        draft_appeal(world, visit)
    db.session.rollback()


def test_after_withdrawing_another_may_follow(world, visit):
    appeal = sent_appeal(world, visit)
    principal = as_person(world, Role.PRINCIPAL)
    filing.withdraw(principal, appeal.id, appeal.version, "演示：补充材料")
    assert state_of(world, visit) == "released"
    again = sent_appeal(world, visit)
    assert again.state == "sent"
    with pytest.raises(RuleBroken):
        decide(world, db.session.merge(appeal), upheld=False)


def test_the_bureau_sees_no_draft(world, visit, acting):
    appeal = draft_appeal(world, visit)
    officer = as_person(world, Role.BUREAU_ADMIN)
    assert db.session.query(Appeal).count() == 0
    with pytest.raises(NotFound):
        deciding.get_appeal(officer, appeal.school_id, appeal.id)
    assert reading.list_appeals(officer).items == []
    db.session.expire_all()
    principal = as_person(world, Role.PRINCIPAL)
    assert [row.Appeal.id for row in reading.own_appeals(principal).items] == [appeal.id]


def test_another_school_sees_neither_appeal_nor_result(world, visit):
    appeal_id, visit_id = sent_appeal(world, visit).id, visit.id
    other = as_person(world, Role.PRINCIPAL, "a2")
    db.session.expunge_all()
    assert db.session.query(Appeal).count() == 0
    for act in (
        lambda: filing.own_appeal(other, appeal_id),
        lambda: filing.send(other, appeal_id, 1),
        lambda: filing.withdraw(other, appeal_id, 1),
        lambda: filing.save_draft(other, new_id(), None, inspection_id=visit_id, item_code="1", reason="演示"),
        lambda: acknowledging.acknowledge(other, visit_id),
    ):
        with pytest.raises(NotFound):
            act()


def test_a_zone_reads_its_schools_appeals_only(world, visit):
    appeal = sent_appeal(world, visit)
    east, west = world.actor(Role.ZONE_SUPERVISOR, "a-east"), world.actor(Role.ZONE_SUPERVISOR, "a-west")
    as_person(world, Role.ZONE_SUPERVISOR, "a-east")
    assert [row.id for row in reading.list_appeals(east).items] == [appeal.id]
    as_person(world, Role.ZONE_SUPERVISOR, "a-west")
    assert reading.list_appeals(west).items == []
    with pytest.raises(NotFound):
        deciding.get_appeal(west, appeal.school_id, appeal.id)


def test_the_time_to_appeal_is_counted_in_working_days_over_a_holiday(session, world):
    """Told on Tuesday 2026-09-29; 国庆 is free from 10-01 to 10-07, and Saturday 10-10 is worked."""
    system = as_person(world, Role.BUREAU_ADMIN)
    told = datetime(2026, 9, 29, 16, 0, tzinfo=SHANGHAI)
    until = telling.appeal_deadline(system, told)
    free = {date(2026, 10, day) for day in range(1, 8)}
    worked = []
    day = told.date()
    from kernel.workdays.service import is_workday

    while len(worked) < 5:
        day += timedelta(days=1)
        if is_workday(system, day):
            worked.append(day)
    assert until == worked[-1] > date(2026, 10, 8)
    assert not free & set(worked)


def test_after_the_last_day_an_appeal_is_refused_with_that_day(world, visit, monkeypatch):
    appeal = draft_appeal(world, visit)
    result = result_of(world, visit)
    principal = as_person(world, Role.PRINCIPAL)
    last = result.appeal_until
    monkeypatch.setattr(acknowledging, "today", lambda: last)
    assert acknowledging.window_of(principal, result) == "open"
    monkeypatch.setattr(acknowledging, "today", lambda: last + timedelta(days=1))
    assert acknowledging.window_of(principal, result) == "expired"
    with pytest.raises(RuleBroken) as refused:
        filing.send(principal, appeal.id, appeal.version)
    assert refused.value.rule == "appeal_expired"
    assert last.isoformat() in refused.value.message


def test_acknowledging_ends_the_time_and_counts_once(world, visit):
    principal = as_person(world, Role.PRINCIPAL)
    first = acknowledging.acknowledge(principal, visit.id, "演示：无异议")
    assert acknowledging.acknowledge(principal, visit.id).at == first.at
    with pytest.raises(RuleBroken) as refused:
        draft_appeal(world, visit)
    assert refused.value.rule == "appeal_acknowledged"


def test_an_open_appeal_keeps_from_acknowledging(world, visit):
    sent_appeal(world, visit)
    with pytest.raises(RuleBroken):
        acknowledging.acknowledge(as_person(world, Role.PRINCIPAL), visit.id)


def test_a_stale_version_and_a_repetition(world, visit):
    appeal = draft_appeal(world, visit)
    principal = as_person(world, Role.PRINCIPAL)
    values = {"inspection_id": visit.id, "item_code": "1", "reason": appeal.reason}
    assert filing.save_draft(principal, appeal.id, None, **values).version == appeal.version
    changed = filing.save_draft(principal, appeal.id, appeal.version, **{**values, "reason": "演示：改写"})
    with pytest.raises(Conflict):
        filing.save_draft(principal, appeal.id, changed.version - 1, **{**values, "reason": "演示：另写"})
    with pytest.raises(Conflict):
        filing.send(principal, appeal.id, changed.version - 1)
    sent = filing.send(principal, appeal.id, changed.version)
    assert filing.send(principal, appeal.id, sent.version).sent_at == sent.sent_at


def test_evidence_is_added_once_and_fixed_when_sent(world, visit):
    appeal = draft_appeal(world, visit)
    principal = as_person(world, Role.PRINCIPAL)
    evidence_id = new_id()
    filing.add_evidence(principal, appeal.id, evidence_id, jpeg("x"), "演示.jpg")
    filing.add_evidence(principal, appeal.id, evidence_id, jpeg("x"), "演示.jpg")
    assert len(filing.evidence_of(principal, appeal)) == 1
    sent = filing.send(principal, appeal.id, appeal.version)
    for act in (
        lambda: filing.remove_evidence(principal, sent.id, evidence_id),
        lambda: filing.add_evidence(principal, sent.id, new_id(), jpeg("y"), "演示.jpg"),
    ):
        with pytest.raises(RuleBroken):
            act()


def test_statistics_by_item_and_by_the_inspector_who_answered(world, visit):
    decide(world, sent_appeal(world, visit, "1"))
    decide(world, sent_appeal(world, visit, "3"), upheld=False)
    sent_appeal(world, visit, "5")
    admin = as_person(world, Role.BUREAU_ADMIN)
    found = reading.statistics(admin)
    rates = {row.key: (row.visits, row.sent, row.decided, row.upheld, row.rate) for row in found.items}
    assert rates == {
        "1": (1, 1, 1, 1, Decimal(1)), "3": (1, 1, 1, 0, Decimal(0)), "5": (1, 1, 0, 0, None),
    }  # fmt: skip
    (inspector,) = found.inspectors
    assert (inspector.key, inspector.sent, inspector.decided, inspector.upheld) == (
        str(world.actor(Role.INSPECTOR).account_id), 3, 2, 1,
    )  # fmt: skip
    assert reading.statistics(admin, since=datetime.now(SHANGHAI) + timedelta(days=1)).items == []


def test_the_system_alone_does_not_decide_for_another_bureau(world, visit):
    appeal = sent_appeal(world, visit)
    other = as_person(world, Role.BUREAU_ADMIN, "b")
    with pytest.raises(NotFound):
        deciding.decide(other, appeal.school_id, appeal.id, appeal.version, upheld=False, reason="演示")


def test_the_due_day_is_set_when_the_school_is_told(world, visit):
    result = result_of(world, visit)
    assert result.appeal_until > today()
    assert result.appeal_until == telling.appeal_deadline(system_actor(visit.bureau_id), result.released_at)
    assert follow_up.LOSSES.keys() == revising.lost_lines(result.account).keys()
