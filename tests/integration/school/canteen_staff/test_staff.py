"""People and papers: who is on the list, what holds, what is told of in time; training and its hours."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from bureau.roles import Role
from bureau.schools.models import School
from kernel.actor import system_actor
from kernel.database import clock_at, new_id
from kernel.database.scope import use_scope
from kernel.errors import Conflict, Invalid, NotFound
from kernel.notices.models import Notice
from kernel.web.dates import today
from school.canteen_staff.service import alarms, overview, papers, people, training
from tests.support.canteen_day import add_person, at, cook


def test_a_person_is_saved_once_and_changed_with_the_version_seen(session, world):
    actor, staff_id = cook(world), new_id()
    content = {"name": "演示甲", "duties": ["cook"], "joined_on": today()}
    staff, is_new = people.save_staff(actor, staff_id, content)
    assert is_new
    assert people.save_staff(actor, staff_id, content)[1] is False
    with pytest.raises(Conflict):
        people.save_staff(actor, staff_id, {**content, "name": "演示乙"})
    changed, _new = people.save_staff(actor, staff_id, {**content, "phone": "1"}, staff.version)
    assert (changed.phone, changed.version) == ("1", 2)
    with pytest.raises(Conflict):
        people.save_staff(actor, staff_id, content, 1)
    with pytest.raises(NotFound):
        people.save_staff(cook(world, "a2"), staff_id, content, 2)


def test_nobody_leaves_before_they_came(session, world):
    with pytest.raises(Invalid) as refusal:
        add_person(cook(world), "演示甲", joined_on=today(), left_on=today() - timedelta(days=1), health_days=None)
    assert set(refusal.value.fields) == {"left_on"}


def test_who_has_left_is_not_asked_for_from_that_day_on(session, world):
    actor = cook(world)
    staff = add_person(actor, "演示甲", left_on=today())
    assert people.working_on(actor, actor.school_id, today()) == []
    assert [one.staff.id for one in people.working_on(actor, actor.school_id, today() - timedelta(days=1))] == [
        staff.id
    ]
    assert [one.staff.id for one in people.list_staff(actor, actor.school_id, with_left=True)] == [staff.id]


def test_a_health_certificate_without_an_end_holds_for_the_months_of_the_figure(session, world):
    actor = cook(world)
    staff = add_person(actor, "演示甲", health_days=None)
    paper, _new = papers.add_paper(actor, new_id(), staff_id=staff.id, kind="health", issued_on=today())
    assert 364 <= (paper.valid_until - today()).days <= 366
    with pytest.raises(Invalid):
        papers.add_paper(actor, new_id(), staff_id=staff.id, kind="health")


def test_a_paper_is_recorded_once_voided_with_a_reason_and_then_counts_no_more(session, world):
    actor = cook(world)
    staff = add_person(actor, "演示甲", health_days=None)
    paper_id, content = new_id(), {"staff_id": staff.id, "kind": "health", "valid_until": today()}
    paper, is_new = papers.add_paper(actor, paper_id, **content)
    assert (is_new, papers.add_paper(actor, paper_id, **content)[1]) == (True, False)
    with pytest.raises(Conflict):
        papers.add_paper(actor, paper_id, **{**content, "number": "1"})
    assert people.get_staff(actor, actor.school_id, staff.id).refusal is None
    with pytest.raises(Conflict):
        papers.void_paper(actor, paper_id, 7, "登错")
    papers.void_paper(actor, paper_id, paper.version, "登错")
    assert people.get_staff(actor, actor.school_id, staff.id).refusal == "health_missing"
    with pytest.raises(Conflict):
        papers.void_paper(actor, paper_id, paper.version, "再次")


def test_dates_that_cannot_be_are_refused(session, world):
    actor = cook(world)
    staff = add_person(actor, "演示甲", health_days=None)
    for dates in (
        {"issued_on": today() + timedelta(days=1)},
        {"issued_on": today(), "valid_until": today() - timedelta(days=1)},
    ):
        with pytest.raises(Invalid):
            papers.add_paper(actor, new_id(), staff_id=staff.id, kind="training", **dates)


def told(session, world) -> int:
    """Alarms of one run of the clock, and how many notices they made."""
    use_scope(session(), system_actor(world.bureaus["a"]).scope)
    return alarms.tell_of_expiry(world.bureaus["a"])


def test_what_runs_out_is_told_of_once_per_step(session, world):
    actor = cook(world)
    add_person(actor, "演示甲", health_days=30)
    papers.add_licence(actor, new_id(), kind="food_operation", valid_until=today() + timedelta(days=100))
    assert [told(session, world), told(session, world)] == [1, 0]
    for days, expected in ((14, 0), (15, 1), (22, 0), (23, 1), (30, 0), (31, 1), (32, 0)):
        with clock_at(at(9, days=days)):
            assert told(session, world) == expected, days
    use_scope(session(), system_actor(world.bureaus["a"]).scope)
    titles = session.scalars(select(Notice.title).where(Notice.kind == "canteen_paper_expiry")).all()
    assert any("演示甲" in title and "健康证" in title for title in titles)


def test_a_newer_paper_takes_the_alarm_out_of_the_old_one(session, world):
    actor = cook(world)
    staff = add_person(actor, "演示甲", health_days=5)
    papers.add_paper(actor, new_id(), staff_id=staff.id, kind="health", valid_until=today() + timedelta(days=300))
    assert told(session, world) == 0


def test_nobody_is_told_of_who_has_left(session, world):
    add_person(cook(world), "演示甲", health_days=5, left_on=today())
    assert told(session, world) == 0
    assert session.scalar(select(func.count()).select_from(Notice).where(Notice.kind == "canteen_paper_expiry")) == 0


def test_a_director_is_asked_for_where_enough_eat(session, world):
    actor = cook(world)
    school = session.get(School, (actor.bureau_id, actor.school_id))
    assert school.diners >= 500
    assert overview.director_of(actor, actor.school_id).is_missing
    add_person(actor, "演示总监", duties=["safety_director"])
    assert not overview.director_of(actor, actor.school_id).is_missing


def session_of(actor, staff, **values):
    content = {"held_on": today(), "topic": "演示培训", "hours": Decimal("2.5"), **values}
    return training.record_session(actor, values.pop("id", new_id()), **content, attendances=staff)[0]


def test_hours_of_the_year_add_up_without_what_was_voided(session, world):
    actor = cook(world)
    first, second = add_person(actor, "演示甲"), add_person(actor, "演示乙")
    both = [{"staff_id": first.id, "score": Decimal(80)}, {"staff_id": second.id, "score": Decimal(59)}]
    session_of(actor, both, pass_score=Decimal(60))
    voided = session_of(actor, [{"staff_id": first.id}], hours=Decimal(8))
    training.void_session(actor, voided.id, voided.version, "登错")
    session_of(actor, [{"staff_id": first.id}], held_on=today() - timedelta(days=400))
    hours = training.hours_of(actor, actor.school_id, today().year)
    assert (hours[first.id].hours, hours[first.id].sessions, hours[first.id].failed) == (Decimal("2.5"), 1, 0)
    assert (hours[second.id].hours, hours[second.id].failed) == (Decimal("2.5"), 1)
    assert training.hours_asked(actor, actor.school_id).number == 40


def test_a_session_names_people_of_the_school_and_each_once(session, world):
    other = add_person(cook(world, "a2"), "演示外校")
    actor = cook(world)
    staff = add_person(actor, "演示甲")
    for rows in ([], [{"staff_id": other.id}], [{"staff_id": staff.id}, {"staff_id": staff.id}]):
        with pytest.raises(Invalid):
            session_of(actor, rows)
    with pytest.raises(Invalid) as refusal:
        session_of(actor, [{"staff_id": staff.id, "score": Decimal(90)}])
    assert "pass_score" in refusal.value.fields


def test_pages_add_a_person_with_a_certificate_and_a_training(session, world, client_as):
    client = client_as(Role.CANTEEN_MANAGER)
    data = {"id": str(new_id()), "name": "演示甲", "duties": ["cook", "server"], "health_until": today().isoformat()}
    shown = client.post("/canteen-staff/new", data=data)
    assert shown.status_code == 302
    page = client.get(shown.location)
    assert "健康证" in page.get_data(as_text=True)
    assert client.get("/canteen-staff").status_code == 200
    staff = people.list_staff(cook(world), world.schools["a1"])[0]
    assert staff.refusal is None
    row = {"attendances-0-staff_id": str(staff.staff.id), "attendances-0-was_there": "1", "attendances-0-score": "88"}
    data = {
        "id": str(new_id()),
        "topic": "演示",
        "held_on": today().isoformat(),
        "hours": "2",
        "pass_score": "60",
        **row,
    }
    held = client.post("/canteen-trainings/new", data=data)
    assert held.status_code == 302, held.get_data(as_text=True)[:2000]
    assert "合格" in client.get(held.location).get_data(as_text=True)


def test_the_api_tells_who_may_not_work(session, world, client_as):
    add_person(cook(world), "演示甲", health_days=-1)
    session.commit()
    found = client_as(Role.PRINCIPAL).get("/api/v1/canteen-staff").json
    assert [(one["refusal"], one["standings"]["health"]) for one in found] == [("health_expired", "expired")]
    school = world.schools["a1"]
    assert client_as(Role.CANTEEN_OFFICER).get(f"/api/v1/schools/{school}/canteen-staff").json == found
    assert client_as(Role.CANTEEN_OFFICER, "b").get(f"/api/v1/schools/{school}/canteen-staff").status_code == 404
    assert client_as(Role.TEACHER).get("/api/v1/canteen-staff").status_code == 403
