"""Duties without a record of their own, and duties that could not be done."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from bureau.roles import Role
from duties.models import Duty, DutyExcuse, DutyTally
from duties.resolving import excuses
from duties.service import excusing, reading, tallying, ticking
from duties.service.generating import generate
from kernel.database import clock_at, db, new_id
from kernel.errors import Conflict, Denied, Invalid, NotFound
from kernel.notices.models import Notice
from tests.support.duties import FRIDAY, at
from tests.support.pictures import jpeg
from tests.support.samples.duties import make_duty, make_kind

DAY = timedelta(days=1)


@pytest.fixture
def duty(world, district):
    """Due at 08:00 of the Friday, until the next morning; it is 07:00."""
    kind = make_kind(world, "a1", title="演示灭火器检查", roles=["guard"], due_time=at(FRIDAY, 8).time())
    with clock_at(at(FRIDAY, 7)):
        yield make_duty(world, "a1", f"b-{kind.id}", due_at=at(FRIDAY, 8), opens_at=at(FRIDAY, 6), on_day=FRIDAY)


def tick(world, acting, duty, role=Role.GUARD, tick_id=None, place="a1", **content):
    actor = acting(world.actor(role, place))
    return ticking.tick(actor, tick_id or new_id(), duty.id, **content)


def test_tick_fulfils_and_void_takes_it_back(world, acting, duty):
    made = tick(world, acting, duty, note="已检查")
    assert reading.get_duty(world.actor(Role.GUARD), duty.school_id, duty.id).fulfilled_at == at(FRIDAY, 7)
    ticking.void_tick(world.actor(Role.GUARD), made.id, made.version, "演示填错")
    db.session.refresh(duty)
    assert duty.fulfilled_at is None
    with pytest.raises(Conflict):
        ticking.void_tick(world.actor(Role.GUARD), made.id, made.version, "再来")


def test_same_tick_twice_is_one_and_other_content_a_conflict(world, acting, duty):
    tick_id = new_id()
    first = tick(world, acting, duty, tick_id=tick_id, note="已检查")
    assert tick(world, acting, duty, tick_id=tick_id, note="已检查") is first
    with pytest.raises(Conflict):
        tick(world, acting, duty, tick_id=tick_id, note="另外")


def test_only_whose_task_it_is_or_a_head(world, acting, duty):
    with pytest.raises(Denied):
        tick(world, acting, duty, Role.STOREKEEPER)
    assert tick(world, acting, duty, Role.PRINCIPAL)


def test_another_school_s_duty_does_not_exist(world, acting, duty):
    for place in ("a2", "b1"):
        with pytest.raises(NotFound):
            tick(world, acting, duty, Role.PRINCIPAL, place=place)


def test_void_only_by_whoever_made_it_or_a_head(world, acting, duty):
    made = tick(world, acting, duty)
    with pytest.raises(Denied):
        ticking.void_tick(acting(world.actor(Role.STOREKEEPER)), made.id, made.version, "演示")
    with pytest.raises(Conflict):
        ticking.void_tick(acting(world.actor(Role.PRINCIPAL)), made.id, made.version + 1, "演示")
    ticking.void_tick(world.actor(Role.PRINCIPAL), made.id, made.version, "演示")


def test_not_before_it_opens_and_not_once_it_is_missed(world, acting, duty):
    with clock_at(at(FRIDAY, 5)), pytest.raises(Conflict):
        tick(world, acting, duty)
    with clock_at(at(FRIDAY + DAY, 9)), pytest.raises(Conflict):
        tick(world, acting, duty)
    with clock_at(at(FRIDAY + DAY, 7)):
        assert tick(world, acting, duty)
        assert reading.show(duty, {}, at(FRIDAY + DAY, 7)).standing == "done_late"


def test_note_and_photo_where_the_kind_wants_them(world, acting, district):
    kind = make_kind(world, "a1", title="演示演练", needs_note=True, needs_photo=True)
    with clock_at(at(FRIDAY, 7)):
        duty = make_duty(world, "a1", f"b-{kind.id}", due_at=at(FRIDAY, 8), opens_at=at(FRIDAY, 6))
        with pytest.raises(Invalid) as refusal:
            tick(world, acting, duty, Role.PRINCIPAL)
        assert set(refusal.value.fields) == {"note", "photo"}
        made = tick(world, acting, duty, Role.PRINCIPAL, note="演示：120 人，用时 3 分钟", photo=jpeg("duty"))
        assert made.attachment_id is not None


def test_kind_with_a_page_of_its_own_is_not_ticked(world, acting, district, app):
    from duties.kinds import DutyKind
    from tests.support.duties import published

    with published(DutyKind("paged", "有页面", "daily", endpoint="shell.home")), clock_at(at(FRIDAY, 7)):
        duty = make_duty(world, "a1", "paged", due_at=at(FRIDAY, 8), opens_at=at(FRIDAY, 6))
        with pytest.raises(Conflict):
            tick(world, acting, duty, Role.PRINCIPAL)


def test_tick_page(world, duty, client_as):
    client = client_as(Role.GUARD)
    page = client.get(f"/duties/{duty.id}")
    assert "演示灭火器检查" in page.text
    assert f"/duties/{duty.id}/tick" in page.text
    answer = client.post(f"/duties/{duty.id}/tick", data={"id": str(new_id()), "note": "已检查"})
    assert answer.status_code == 302
    assert "已检查" in client.get(f"/duties/{duty.id}").text
    assert client_as(Role.STOREKEEPER).post(f"/duties/{duty.id}/tick", data={"id": str(new_id())}).status_code == 403


# Excuses.


def ask(world, acting, place="a1", excuse_id=None, **changes):
    head = acting(world.actor(Role.PRINCIPAL, place))
    content = {"first_day": FRIDAY, "last_day": FRIDAY, "reason": "power_cut", "note": "演示全镇停电", **changes}
    return excusing.ask(head, excuse_id or new_id(), **content)


@pytest.fixture
def generated(district):
    generate(district.bureau_id)
    return district


def standings(world, acting, place="a2", instant=None):
    """kind → standing of what was due that Friday, as seen at noon of the next day."""
    head = acting(world.actor(Role.PRINCIPAL, place))
    found = reading.between(head, head.school_id, FRIDAY, FRIDAY, at=instant or at(FRIDAY + DAY, 12))
    return {one.code: one.standing for one in found}


def test_confirmed_it_covers_what_could_only_be_done_that_day(world, acting, generated):
    row = ask(world, acting, "a2")
    assert standings(world, acting)["morning"] == "missed"
    officer = acting(world.actor(Role.CANTEEN_OFFICER))
    excusing.decide(officer, row.school_id, row.id, row.version, "confirm")
    after = standings(world, acting)
    assert (after["morning"], after["samples"]) == ("excused", "excused")
    assert after["weekly"] == "late"


def test_named_kinds_and_meals_only(world, acting, generated):
    row = ask(world, acting, "a1", kinds=["samples", "weekly"], meals=["lunch"])
    officer = acting(world.actor(Role.CANTEEN_OFFICER))
    excusing.decide(officer, row.school_id, row.id, row.version, "confirm")
    head = acting(world.actor(Role.PRINCIPAL, "a1"))
    found = reading.between(head, head.school_id, FRIDAY, FRIDAY, at=at(FRIDAY + DAY, 12))
    assert {(one.code, one.meal) for one in found if one.standing == "excused"} == {("samples", "lunch")}


def test_database_excuses_by_the_rule(world, acting, generated):
    """The statement and the pure rule say the same of every duty."""
    row = ask(world, acting, "a2", first_day=FRIDAY - DAY, last_day=FRIDAY + 3 * DAY)
    named = ask(world, acting, "a1", kinds=["weekly", "drill"], last_day=FRIDAY + 10 * DAY)
    officer = acting(world.actor(Role.CANTEEN_OFFICER))
    for one in (row, named):
        excusing.decide(officer, one.school_id, one.id, one.version, "confirm")
        for duty in db.session.scalars(select(Duty).where(Duty.school_id == one.school_id)):
            names = duty.kind in one.kinds
            expected = (names or not one.kinds) and excuses(
                one.first_day, one.last_day, duty.on_day, (duty.first_day, duty.last_day), names
            )
            assert (duty.excuse_id == one.id) is expected, (duty.kind, duty.period)


def test_refused_afterwards_it_is_owed_again(world, acting, generated):
    row = ask(world, acting, "a2")
    officer = acting(world.actor(Role.CANTEEN_OFFICER))
    excusing.decide(officer, row.school_id, row.id, row.version, "confirm")
    with pytest.raises(Invalid):
        excusing.decide(officer, row.school_id, row.id, row.version, "refuse")
    excusing.decide(officer, row.school_id, row.id, row.version, "refuse", "演示：当天并未停电")
    assert standings(world, acting)["morning"] == "missed"
    events = excusing.events_of(db.session.get(DutyExcuse, (row.bureau_id, row.school_id, row.id)))
    assert [(one.event, one.from_state, one.to_state) for one in events] == [
        ("ask", "", "asked"), ("confirm", "asked", "confirmed"), ("refuse", "confirmed", "refused"),
    ]  # fmt: skip


def test_duties_generated_later_are_excused_too(world, acting, generated):
    last = FRIDAY + 12 * DAY
    row = ask(world, acting, "a2", last_day=last)
    officer = acting(world.actor(Role.CANTEEN_OFFICER))
    excusing.decide(officer, row.school_id, row.id, row.version, "confirm")
    acting(generated)
    with clock_at(at(FRIDAY + 7 * DAY, 6)):
        generate(generated.bureau_id)
    found = db.session.scalars(select(Duty).where(Duty.school_id == row.school_id, Duty.kind == "morning"))
    assert {duty.on_day for duty in found if duty.excuse_id is None} == {
        day for day in (last + n * DAY for n in range(1, 9)) if day.weekday() < 5 and day <= FRIDAY + 14 * DAY
    }


def test_zone_s_supervisor_decides_for_own_schools(world, acting, generated):
    row = ask(world, acting, "a2")
    other = ask(world, acting, "a3")
    supervisor = acting(world.actor(Role.ZONE_SUPERVISOR))
    with pytest.raises(NotFound):
        excusing.decide(supervisor, other.school_id, other.id, other.version, "confirm")
    excusing.decide(supervisor, row.school_id, row.id, row.version, "confirm")
    assert standings(world, acting)["morning"] == "excused"
    acting(generated)
    told = db.session.scalars(select(Notice).where(Notice.person_id == row.created_by)).all()
    assert [notice.kind for notice in told] == ["duty_excuse"]


def test_stale_or_decided_excuse_is_refused(world, acting, generated):
    row = ask(world, acting, "a2")
    officer = acting(world.actor(Role.CANTEEN_OFFICER))
    with pytest.raises(Conflict):
        excusing.decide(officer, row.school_id, row.id, row.version + 1, "confirm")
    excusing.decide(officer, row.school_id, row.id, row.version, "refuse", "演示")
    with pytest.raises(Conflict):
        excusing.decide(officer, row.school_id, row.id, row.version, "confirm")
    with pytest.raises(Conflict):
        excusing.withdraw(acting(world.actor(Role.PRINCIPAL, "a2")), row.id, row.version)


def test_asking_twice_is_one_request_and_old_days_are_refused(world, acting, generated):
    excuse_id = new_id()
    first = ask(world, acting, "a2", excuse_id=excuse_id)
    head = world.actor(Role.PRINCIPAL, "a2")
    content = {"first_day": FRIDAY, "last_day": FRIDAY, "reason": "power_cut", "note": "演示全镇停电"}
    again = excusing.ask(head, first.id, **content)
    assert again is first
    with pytest.raises(Conflict):
        excusing.ask(head, first.id, **{**content, "note": "另外"})
    for days in ((FRIDAY - 40 * DAY, FRIDAY), (FRIDAY, FRIDAY - DAY), (FRIDAY, FRIDAY + 70 * DAY)):
        with pytest.raises(Invalid):
            excusing.ask(head, new_id(), **{**content, "first_day": days[0], "last_day": days[1]})


def test_month_is_counted_anew_when_an_excuse_is_confirmed(world, acting, generated):
    with clock_at(at(FRIDAY + 3 * DAY, 12)):
        tallying.recount(generated.bureau_id, FRIDAY)
        row = ask(world, acting, "a2")
        officer = acting(world.actor(Role.CANTEEN_OFFICER))
        excusing.decide(officer, row.school_id, row.id, row.version, "confirm")
        acting(generated)
        tally = db.session.get(DutyTally, (generated.bureau_id, row.school_id, FRIDAY.replace(day=1), "morning"))
        assert (tally.due, tally.missed, tally.excused) == (1, 0, 1)
        assert tallying.differing(generated.bureau_id, FRIDAY) == []


def test_excuse_pages(world, generated, client_as):
    client, officer = client_as(Role.PRINCIPAL), client_as(Role.CANTEEN_OFFICER)
    form = {
        "id": str(new_id()), "first_day": FRIDAY.isoformat(), "last_day": FRIDAY.isoformat(), "reason": "power_cut",
        "note": "演示停电",
    }  # fmt: skip
    assert client_as(Role.GUARD).post("/duties/excuses/new", data=form).status_code == 403
    answer = client.post("/duties/excuses/new", data=form)
    assert answer.status_code == 302
    assert "演示停电" in client.get(answer.location).text
    listed = officer.get("/duties/board/excuses").text
    assert "演示第一小学" in listed
    path = f"/duties/board/schools/{world.schools['a1']}/excuses/{form['id']}"
    assert "确认免除" in officer.get(path).text
    assert officer.post(path, data={"version": "1", "event": "refuse", "why": ""}).status_code == 422
    assert officer.post(path, data={"version": "1", "event": "confirm", "why": ""}).status_code == 302
    assert officer.post(path, data={"version": "1", "event": "confirm", "why": ""}).status_code == 409
    assert client_as(Role.CANTEEN_OFFICER, "b").get(path).status_code == 404
