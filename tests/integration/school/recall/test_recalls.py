"""A recall from the first click to its end, by the bureau and by the schools."""

from datetime import timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import ProgrammingError

from bureau.roles import Role
from kernel.database import db, new_id, now
from kernel.errors import Conflict, Invalid, NotFound, RuleBroken
from kernel.notices.models import Notice
from kernel.web.dates import today
from school.canteen_day.models import FoodSample
from school.recall.models import RecallPart
from school.recall.service import answering, lots, reading, recalls
from school.stores.models import StoreBatch
from tests.support.recall import LOT, cook, keeper, take


def begin(officer, **changes):
    values = {
        "id": new_id(), "trigger_kind": "lot", "trigger": {"batch_no": LOT}, "reason": "抽检不合格",
        "lots": [one.lot for one in lots.of_batch_no(officer, LOT)], "begun_at": now() - timedelta(seconds=20),
    }  # fmt: skip
    return recalls.begin(officer, **{**values, **changes})


@pytest.fixture
def told(officer):
    recall = begin(officer)
    return recalls.freeze_and_tell(officer, recall.id, recall.version)


def states(two_schools):
    query = select(StoreBatch.state).where(StoreBatch.id.in_([one.batch_id for one in two_schools]))
    return sorted(db.session.scalars(query.execution_options(populate_existing=True)))


def parts(recall):
    query = select(RecallPart).where(RecallPart.recall_id == recall.id).order_by(RecallPart.school_id)
    return db.session.scalars(query.execution_options(populate_existing=True)).all()


def test_one_click_freezes_the_stock_and_tells_the_schools(world, two_schools, officer, told):
    assert told.state == "active"
    assert states(two_schools) == ["frozen", "frozen"]
    assert [part.school_id for part in parts(told)] == [world.schools["a1"], world.schools["a2"]]
    told_people = set(db.session.scalars(select(Notice.person_id).where(Notice.kind == "recall")))
    assert world.actor(Role.PRINCIPAL, "a1").account_id in told_people
    assert world.actor(Role.STOREKEEPER, "a2").account_id in told_people
    assert world.actor(Role.PRINCIPAL, "a3").account_id not in told_people


def test_frozen_stock_does_not_reach_the_kitchen(world, two_schools, told):
    with pytest.raises(RuleBroken):
        take(keeper(world, "a1"), two_schools[0].batch_id, "1", None)


def test_samples_of_the_meals_are_kept_until_it_is_lifted(two_schools, officer, told):
    held = select(FoodSample.held_reason).execution_options(populate_existing=True)
    assert all(reason for reason in db.session.scalars(held))
    recalls.lift(officer, told.id, told.version, "复检合格")
    assert not any(reason for reason in db.session.scalars(held))


def test_a_drill_tells_and_freezes_nothing(two_schools, officer):
    recall = begin(officer, is_drill=True)
    recalls.freeze_and_tell(officer, recall.id, recall.version)
    assert states(two_schools) == ["free", "free"]
    assert [part.is_drill for part in parts(recall)] == [True, True]
    assert recall.number.startswith("YL")


def test_said_twice_it_is_one_recall(two_schools, officer):
    known = new_id()
    first = begin(officer, id=known)
    assert begin(officer, id=known) is first
    with pytest.raises(Conflict):
        begin(officer, id=known, reason="别的原因")
    recalls.freeze_and_tell(officer, first.id, first.version)
    with pytest.raises(RuleBroken):
        recalls.freeze_and_tell(officer, first.id, first.version)


def test_a_stale_page_tells_nobody(two_schools, officer):
    recall = begin(officer)
    recall.instructions = "先改了一处"
    db.session.flush()
    with pytest.raises(Conflict):
        recalls.freeze_and_tell(officer, recall.id, recall.version - 1)
    assert parts(recall) == []


def test_what_came_after_the_trace_is_frozen_too(world, rice, two_schools, officer, acting):
    recall = begin(officer)
    cook(world, rice, "a3")
    acting(officer)
    recalls.freeze_and_tell(officer, recall.id, recall.version)
    assert len(parts(recall)) == 3
    assert recall.totals["schools"] == 3


def test_lifted_the_stock_is_free_again(two_schools, officer, told):
    recalls.lift(officer, told.id, told.version, "复检合格")
    assert states(two_schools) == ["free", "free"]
    assert all(part.is_over for part in parts(told))


def test_closed_what_is_left_stays_frozen(two_schools, officer, told):
    recalls.close(officer, told.id, told.version, "已全部退回供应商")
    assert states(two_schools) == ["frozen", "frozen"]


def test_two_recalls_of_one_lot_both_have_to_be_lifted(two_schools, officer, told):
    second = begin(officer)
    recalls.freeze_and_tell(officer, second.id, second.version)
    recalls.lift(officer, told.id, told.version, "复检合格")
    assert states(two_schools) == ["frozen", "frozen"]
    recalls.lift(officer, second.id, second.version, "复检合格")
    assert states(two_schools) == ["free", "free"]


@pytest.mark.parametrize("act", [recalls.lift, recalls.close])
def test_nothing_ends_without_a_reason(officer, told, act):
    with pytest.raises(Invalid):
        act(officer, told.id, told.version, "  ")


def test_a_school_answers_its_own_part(world, acting, officer, told):
    store = acting(world.actor(Role.STOREKEEPER, "a1"))
    part = answering.mark_seen(store, told.id)
    part = answering.secure(store, told.id, part.version, found="70 公斤", words="已贴封")
    assert (part.state, part.found) == ("secured", "70 公斤")
    again = answering.secure(store, told.id, None, found="70 公斤", words="已贴封")
    assert again.version == part.version
    acting(officer)
    known = reading.progress(told, parts(told))
    assert (known.told, known.seen, known.secured) == (2, 1, 1)
    assert known.seconds_to_tell >= 20
    assert known.seconds_to_all_secured is None


def test_the_page_that_says_it_was_read_can_still_hand_in_what_was_secured(world, acting, told):
    store = acting(world.actor(Role.STOREKEEPER, "a1"))
    shown = answering.own_part(store, told.id).version
    first = answering.mark_seen(store, told.id).seen_at
    assert first is not None
    assert answering.mark_seen(store, told.id).seen_at == first
    assert answering.secure(store, told.id, shown, found="70 公斤").state == "secured"


def test_counting_needs_a_number(world, acting, told):
    store = acting(world.actor(Role.STOREKEEPER, "a1"))
    part = answering.own_part(store, told.id)
    with pytest.raises(Invalid):
        answering.secure(store, told.id, part.version, found=" ")
    with pytest.raises(Conflict):
        answering.secure(store, told.id, part.version - 1, found="0")


def test_a_school_without_the_lot_has_no_part(world, acting, told):
    with pytest.raises(NotFound):
        answering.own_part(acting(world.actor(Role.STOREKEEPER, "a3")), told.id)


def test_a_school_may_change_nothing_but_its_answer(world, acting, session, told):
    acting(world.actor(Role.STOREKEEPER, "a1"))
    with pytest.raises(ProgrammingError, match="permission denied"), session.begin_nested():
        session.execute(text("UPDATE recall_parts SET reason = '没事'"))
    with pytest.raises(ProgrammingError, match="permission denied"), session.begin_nested():
        session.execute(text("SELECT 1 FROM recalls"))


def report(actor, **changes):
    values = {
        "id": new_id(), "on_day": today(), "meal": "lunch", "sick_count": 3, "symptoms": "呕吐", "noticed_at": now(),
    }  # fmt: skip
    return answering.report_incident(actor, **{**values, **changes})


def test_a_school_reports_and_the_bureau_traces(world, two_schools, acting):
    teacher = acting(world.actor(Role.TEACHER, "a1"))
    incident = report(teacher)
    assert incident.report_by == incident.noticed_at + timedelta(hours=2)
    officer = acting(world.actor(Role.CANTEEN_OFFICER))
    assert world.actor(Role.CANTEEN_OFFICER).account_id in set(
        db.session.scalars(select(Notice.person_id).where(Notice.kind == "incident"))
    )
    assert [one.id for one in reading.waiting_incidents(officer)] == [incident.id]
    incident = answering.get_incident(officer, incident.school_id, incident.id)
    recall = begin(officer, incident=incident)
    assert incident.state == "traced"
    assert [one.id for one in reading.recalls_of_incident(officer, incident)] == [recall.id]


def test_the_samples_of_the_reported_meal_are_kept(world, two_schools, acting):
    report(acting(world.actor(Role.PRINCIPAL, "a1")))
    held = db.session.scalars(select(FoodSample.held_reason).where(FoodSample.school_id == world.schools["a1"]))
    assert all("呕吐" in reason for reason in held)


def test_a_report_of_tomorrow_or_of_no_meal_is_refused(world, two_schools, acting):
    principal = acting(world.actor(Role.PRINCIPAL, "a1"))
    with pytest.raises(Invalid) as refused:
        report(principal, on_day=today() + timedelta(days=1), noticed_at=now() + timedelta(days=1), meal="brunch")
    assert set(refused.value.fields) == {"on_day", "noticed_at", "meal"}


def test_dismissed_only_with_a_reason_and_only_by_who_may_see_it(world, two_schools, acting):
    incident = report(acting(world.actor(Role.PRINCIPAL, "a1")))
    stranger = acting(world.actor(Role.CANTEEN_OFFICER, "b"))
    with pytest.raises(NotFound):
        answering.dismiss_incident(stranger, incident.school_id, incident.id, 1, "无关")
    officer = acting(world.actor(Role.CANTEEN_OFFICER))
    with pytest.raises(Invalid):
        answering.dismiss_incident(officer, incident.school_id, incident.id, 1, "")
    found = answering.dismiss_incident(
        officer, incident.school_id, incident.id, incident.version, "诺如病毒，与食材无关"
    )
    assert found.state == "dismissed"
    with pytest.raises(RuleBroken):
        answering.dismiss_incident(officer, incident.school_id, incident.id, found.version, "再来一次")


def test_a_registered_suppliers_lot_is_warned_of_until_it_is_lifted(world, rice, officer):
    from school.recall.service.lots import Lot
    from school.supply.rejections.warning import in_force

    supplier_id = world.supplier_id("a")
    lot = Lot(rice, "粳米", "W-1", supplier_id, "演示供货商")
    recall = begin(officer, lots=[lot])
    recalls.freeze_and_tell(officer, recall.id, recall.version)
    [warning] = in_force(officer, [(supplier_id, rice, "W-1")]).values()
    assert warning.recall_id == recall.id
    recalls.lift(officer, recall.id, recall.version, "复检合格")
    assert in_force(officer, [(supplier_id, rice, "W-1")]) == {}
