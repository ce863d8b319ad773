from datetime import timedelta
from decimal import Decimal

import pytest

from bureau.inspections.models import Inspection
from bureau.inspections.service import publishing, results, revising
from bureau.rectifications import rules
from bureau.rectifications.models import Rectification, RectificationPhoto
from bureau.rectifications.service import checking, moving, opening, reading, rechecking, replying
from bureau.roles import Role
from kernel.actor import system_actor
from kernel.database import db, new_id
from kernel.errors import Conflict, Invalid, NotFound, RuleBroken
from kernel.web.dates import today
from tests.integration.bureau.appeals.test_appeals import decide
from tests.support import inspections
from tests.support.follow_up import (
    accepted,
    as_person,
    rectification_of,
    replied,
    result_of,
    sent_appeal,
    told_visit,
)
from tests.support.pictures import jpeg


@pytest.fixture
def visit(session, world):
    return told_visit(world)


def everything(world, visit):
    officer = as_person(world, Role.BUREAU_ADMIN)
    db.session.expire_all()
    return reading.of_visit(officer, visit.school_id, visit.id)


def test_each_lost_item_opens_one_with_a_deadline_by_severity(world, visit):
    found = everything(world, visit)
    assert {key: (one.severity, one.lost, (one.due_on - today()).days) for key, one in found.items()} == {
        "1": ("urgent", Decimal(20), 3), "3": ("normal", Decimal(4), 7), "5": ("urgent", Decimal(6), 3),
    }  # fmt: skip
    assert found["1"].found == "演示：地面有积水"
    assert len(found["1"].before_photos) == 1


def test_a_veto_is_put_right_at_once(session, world):
    visit = told_visit(world, **{"6": {"level": "3", "veto": True}})
    assert everything(world, visit)["6"].severity == "immediate"


def test_releasing_twice_opens_nothing_twice(world, visit):
    officer = as_person(world, Role.CANTEEN_OFFICER)
    before = {one.id for one in everything(world, visit).values()}
    results.release(officer, visit.school_id, visit.id, 1)
    stored = db.session.get(Inspection, (visit.bureau_id, visit.school_id, visit.id))
    opening.released(officer, stored, result_of(world, visit), stored.released_at, {})
    assert {one.id for one in everything(world, visit).values()} == before


def test_the_releaser_may_adjust_the_severity(session, world):
    system = as_person(world, Role.CANTEEN_OFFICER)
    plan = inspections.make_plan(system_actor(system.bureau_id), releases_on_submit=False)
    visit = told_visit(world, plan=plan)
    officer = as_person(world, Role.CANTEEN_OFFICER)
    stored = db.session.get(Inspection, (visit.bureau_id, visit.school_id, visit.id))
    assert everything(world, visit) == {}
    results.release(officer, visit.school_id, visit.id, stored.version, adjust={"3": "immediate"})
    assert {key: one.severity for key, one in everything(world, visit).items()} == {
        "1": "urgent", "3": "immediate", "5": "urgent",
    }  # fmt: skip


def test_an_upheld_appeal_withdraws_what_it_gave_back_with_the_reason(world, visit):
    decide(world, sent_appeal(world, visit))
    one = everything(world, visit)["1"]
    assert (one.state, one.closed_at is not None) == ("withdrawn", True)
    officer = as_person(world, Role.BUREAU_ADMIN)
    events = reading.detail(officer, one).events
    assert [event.event for event in events] == ["open", "withdraw"]
    assert "演示：照片属实" in events[-1].reason


def test_a_partly_upheld_appeal_keeps_it_with_the_smaller_loss(world, visit):
    decide(world, sent_appeal(world, visit, "3"), answer={"count": 1})
    assert (everything(world, visit)["3"].state, everything(world, visit)["3"].lost) == ("open", Decimal(2))


def test_the_way_through_reply_return_reply_accept_close(world, visit):
    one = replied(world, visit)
    assert (one.state, one.replied_at is not None) == ("replied", True)
    officer = as_person(world, Role.CANTEEN_OFFICER)
    checking.send_back(officer, one.school_id, one.id, one.version, "演示：看不清", due_on=today() + timedelta(days=2))
    one = rectification_of(world, visit)
    assert (one.state, one.due_on) == ("open", today() + timedelta(days=2))
    one = accepted(world, visit)
    officer = as_person(world, Role.CANTEEN_OFFICER)
    checking.close(officer, one.school_id, one.id, one.version)
    one = rectification_of(world, visit)
    assert one.state == "closed"
    found = reading.detail(system_actor(one.bureau_id), one)
    assert [(reply.number, reply.outcome, reply.outcome_reason) for reply in found.replies] == [
        (1, "sent_back", "演示：看不清"), (2, "accepted", ""),
    ]  # fmt: skip
    assert [event.event for event in found.events] == ["open", "reply", "send_back", "reply", "accept", "close"]
    (pair,) = found.pairs
    assert pair.before == one.before_photos[0]
    assert [photo.reply_id for photo in pair.after] == [found.replies[1].id]


def test_a_reply_needs_a_photo_and_the_version_seen(world, visit):
    one = rectification_of(world, visit)
    manager = as_person(world, Role.LOGISTICS_DIRECTOR)
    with pytest.raises(Invalid):
        replying.reply(manager, one.id, one.version, reply_id=new_id(), text="演示")
    replying.add_photo(manager, one.id, new_id(), jpeg("x"))
    with pytest.raises(Conflict):
        replying.reply(manager, one.id, one.version - 1, reply_id=new_id(), text="演示")
    reply_id = new_id()
    first = replying.reply(manager, one.id, one.version, reply_id=reply_id, text="演示")
    assert replying.reply(manager, one.id, 1, reply_id=reply_id, text="演示").number == first.number
    with pytest.raises(Conflict):
        replying.reply(manager, one.id, 1, reply_id=reply_id, text="演示：别的")


def test_photos_belong_to_a_place_of_this_visit_and_are_fixed_when_sent(world, visit):
    one = rectification_of(world, visit)
    manager = as_person(world, Role.LOGISTICS_DIRECTOR)
    with pytest.raises(Invalid):
        replying.add_photo(manager, one.id, new_id(), jpeg("x"), before_id=new_id())
    photo_id = new_id()
    replying.add_photo(manager, one.id, photo_id, jpeg("x"))
    replying.add_photo(manager, one.id, photo_id, jpeg("x"))
    assert db.session.query(RectificationPhoto).count() == 1
    replying.remove_photo(manager, one.id, photo_id)
    one = replied(world, visit)
    manager = as_person(world, Role.LOGISTICS_DIRECTOR)
    (photo,) = db.session.query(RectificationPhoto)
    with pytest.raises(RuleBroken):
        replying.remove_photo(manager, one.id, photo.id)


def test_more_time_is_asked_for_once_and_granted_or_not(world, visit):
    one = rectification_of(world, visit)
    school = as_person(world, Role.PRINCIPAL)
    with pytest.raises(Invalid):
        replying.ask_extension(school, one.id, extension_id=new_id(), reason="演示", wanted_until=one.due_on)
    until = one.due_on + timedelta(days=10)
    replying.ask_extension(school, one.id, extension_id=new_id(), reason="演示：等配件", wanted_until=until)
    with pytest.raises(RuleBroken):
        replying.ask_extension(school, one.id, extension_id=new_id(), reason="演示", wanted_until=until)
    db.session.rollback()


def test_granting_moves_the_deadline(world, visit):
    one = rectification_of(world, visit)
    school = as_person(world, Role.PRINCIPAL)
    until = one.due_on + timedelta(days=10)
    asked = replying.ask_extension(school, one.id, extension_id=new_id(), reason="演示：等配件", wanted_until=until)
    officer = as_person(world, Role.CANTEEN_OFFICER)
    assert reading.extensions_asked(officer) == 1
    with pytest.raises(Invalid):
        checking.decide_extension(officer, one.school_id, one.id, asked.id, asked.version, granted=False)
    decided = checking.decide_extension(officer, one.school_id, one.id, asked.id, asked.version, granted=True)
    with pytest.raises(Conflict):
        checking.decide_extension(officer, one.school_id, one.id, asked.id, asked.version - 1, granted=True)
    moved = rectification_of(world, visit)
    assert (decided.granted_until, moved.due_on, moved.first_due_on) == (until, until, until - timedelta(days=10))


def test_the_draw_can_be_drawn_again_and_closes_the_rest(world, visit):
    for item in ("1", "3", "5"):
        accepted(world, visit, item)
    officer = as_person(world, Role.CANTEEN_OFFICER)
    draw_id = new_id()
    made = rechecking.draw(officer, visit.plan_id, draw_id, public_value="演示 20261121 03 07", share=34)
    assert rechecking.draw(officer, visit.plan_id, draw_id).drawn == made.drawn
    assert made.drawn == rules.drawn(made.seed, list(reversed(made.pool)), 34)
    assert len(made.drawn) == 2
    assert made.seed == f"{visit.plan_id}:演示 20261121 03 07"
    states = {str(one.id): one.state for one in everything(world, visit).values()}
    assert {key for key, state in states.items() if state == "recheck"} == set(made.drawn)
    assert sorted(states.values()) == ["closed", "recheck", "recheck"]


def recheck(world, visit, item):
    one = accepted(world, visit, item)
    officer = as_person(world, Role.CANTEEN_OFFICER)
    rechecking.pick(officer, one.school_id, one.id, one.version, "演示：重点")
    one = rectification_of(world, visit, item)
    as_person(world, Role.INSPECTOR)
    return one


def test_found_fixed_is_closed(world, visit):
    one = recheck(world, visit, "1")
    inspector = world.actor(Role.INSPECTOR)
    rechecking.add_recheck_photo(inspector, one.school_id, one.id, new_id(), jpeg("again"))
    rechecking.record(inspector, one.school_id, one.id, one.version, fixed=True)
    assert rectification_of(world, visit).state == "closed"


@pytest.mark.parametrize("doubles", [True, False])
def test_not_fixed_counts_double_where_plan_and_rule_say_so(world, visit, doubles):
    officer = as_person(world, Role.CANTEEN_OFFICER)
    plan = results.get_plan(officer, visit.plan_id)
    publishing.configure(officer, plan.id, plan.version, needs_review=False, doubles_unresolved=doubles)
    one = recheck(world, visit, "3")
    inspector = world.actor(Role.INSPECTOR)
    with pytest.raises(Invalid):
        rechecking.record(inspector, one.school_id, one.id, one.version, fixed=False)
    rechecking.record(inspector, one.school_id, one.id, one.version, fixed=False, remark="演示：仍有积水")
    one = rectification_of(world, visit, "3")
    assert (one.state, one.times_unresolved, (one.due_on - today()).days) == ("unresolved", 1, 7)
    result = result_of(world, visit)
    if not doubles:
        assert (result.score, result.revision) == (Decimal(70), 0)
        return
    assert (result.score, result.revision, one.lost) == (Decimal(66), 1, Decimal(8))
    revision = revising.revisions_of(officer, visit.school_id, visit.id)[-1]
    assert (revision.cause, revision.rectification_id, revision.old_score) == ("unresolved", one.id, Decimal(70))
    assert revision.changes["3"]["new"] == {"count": 2, "unresolved": 2}
    again = recheck(world, visit, "3")
    rechecking.record(inspector, again.school_id, again.id, again.version, fixed=False, remark="演示：仍未修")
    assert (result_of(world, visit).score, rectification_of(world, visit, "3").times_unresolved) == (Decimal(66), 2)


def test_unresolved_on_a_rule_without_a_factor_is_noted_but_costs_nothing_more(world, visit):
    officer = as_person(world, Role.CANTEEN_OFFICER)
    plan = results.get_plan(officer, visit.plan_id)
    publishing.configure(officer, plan.id, plan.version, needs_review=False, doubles_unresolved=True)
    one = recheck(world, visit, "1")
    rechecking.record(world.actor(Role.INSPECTOR), one.school_id, one.id, one.version, fixed=False, remark="演示")
    assert (rectification_of(world, visit).state, result_of(world, visit).revision) == ("unresolved", 0)


def test_published_and_all_put_right_closes_the_visit(world, visit):
    from bureau.inspections.service.acknowledging import acknowledge

    acknowledge(as_person(world, Role.PRINCIPAL), visit.id)
    officer = as_person(world, Role.CANTEEN_OFFICER)
    plan = results.get_plan(officer, visit.plan_id)
    assert publishing.publish(officer, plan.id, plan.version) == 1
    for item in ("1", "3", "5"):
        assert db.session.get(Inspection, (visit.bureau_id, visit.school_id, visit.id)).state == "published"
        one = accepted(world, visit, item)
        officer = as_person(world, Role.CANTEEN_OFFICER)
        checking.close(officer, one.school_id, one.id, one.version)
    assert db.session.get(Inspection, (visit.bureau_id, visit.school_id, visit.id)).state == "closed"


def test_a_visit_without_losses_is_closed_by_its_publication(session, world):
    visit = told_visit(world, **{"1": {"met": True}, "3": {"count": 0}, "5": {"checked": {"1": 1, "2": 1}}})
    from bureau.inspections.service.acknowledging import acknowledge

    acknowledge(as_person(world, Role.PRINCIPAL), visit.id)
    officer = as_person(world, Role.CANTEEN_OFFICER)
    plan = results.get_plan(officer, visit.plan_id)
    publishing.publish(officer, plan.id, plan.version)
    db.session.expire_all()
    assert db.session.get(Inspection, (visit.bureau_id, visit.school_id, visit.id)).state == "closed"


def test_board_counts_and_colours_by_the_clock(world, visit, monkeypatch):
    officer = as_person(world, Role.BUREAU_ADMIN)
    assert {key: n for key, n in reading.counts(officer).items() if n} == {"open": 3}
    one = everything(world, visit)["1"]
    for late, tone in ((1, "yellow"), (2, "yellow"), (3, "orange"), (6, "orange"), (7, "red"), (40, "red")):
        monkeypatch.setattr(reading, "today", lambda late=late: one.due_on + timedelta(days=late))
        found = reading.board(officer, reading.Filter(tone=tone)).items
        assert one.id in {row.id for row in found}, (late, tone)
        assert reading.counts(officer)[tone] >= 1
        others = {"yellow", "orange", "red"} - {tone}
        for other in others:
            assert one.id not in {row.id for row in reading.board(officer, reading.Filter(tone=other)).items}


def test_pages_of_the_board_follow_each_other(world, visit):
    officer = as_person(world, Role.BUREAU_ADMIN)
    first = reading.board(officer, reading.Filter(), limit=2)
    second = reading.board(officer, reading.Filter(), first.next_cursor, limit=2)
    rows = [*first.items, *second.items]
    assert len(rows) == len({row.id for row in rows}) == 3
    assert second.next_cursor is None
    assert [row.due_on for row in rows] == sorted(row.due_on for row in rows)


def test_scopes(world, visit):
    one = rectification_of(world, visit)
    for role, place, sees in (
        (Role.ZONE_SUPERVISOR, "a-east", True), (Role.ZONE_SUPERVISOR, "a-west", False),
        (Role.PRINCIPAL, "a1", True), (Role.PRINCIPAL, "a2", False), (Role.BUREAU_ADMIN, "b", False),
        (Role.INSPECTOR, "a", True),
    ):  # fmt: skip
        actor = as_person(world, role, place)
        found = {row.id for row in reading.board(actor, reading.Filter()).items}
        assert (one.id in found) is sees, (role, place)
        if sees:
            assert moving.get_rectification(actor, one.school_id, one.id).id == one.id
        else:
            with pytest.raises(NotFound):
                moving.get_rectification(actor, one.school_id, one.id)


def test_a_supplier_sees_nothing(world, visit):
    as_person(world, Role.SUPPLIER_USER)
    with pytest.raises(Exception, match="permission denied"):
        db.session.query(Rectification).count()
    db.session.rollback()


def test_a_request_for_more_time_waits_no_longer_than_its_rectification(world, visit):
    one = rectification_of(world, visit)
    school = as_person(world, Role.PRINCIPAL)
    asked = replying.ask_extension(
        school, one.id, extension_id=new_id(), reason="演示：等配件", wanted_until=one.due_on + timedelta(days=10)
    )
    decide(world, sent_appeal(world, visit))
    officer = as_person(world, Role.CANTEEN_OFFICER)
    assert rectification_of(world, visit).state == "withdrawn"
    officer = as_person(world, Role.CANTEEN_OFFICER)
    assert reading.extensions_asked(officer) == 0
    assert list(reading.with_extension_asked(officer).items) == []
    with pytest.raises(RuleBroken):
        checking.decide_extension(officer, one.school_id, one.id, asked.id, asked.version, granted=True)
