from datetime import timedelta
from decimal import Decimal

import pytest

from bureau.inspections.models import Inspection
from bureau.inspections.revision_models import InspectionPublication
from bureau.inspections.service import acknowledging, publishing, results
from bureau.roles import Role
from kernel.actor import system_actor
from kernel.database import db
from kernel.errors import Conflict, Invalid, NotFound, RuleBroken
from kernel.web.dates import today
from tests.support import inspections
from tests.support.follow_up import as_person, sent_appeal, told_visit


@pytest.fixture
def plan(session, world):
    system = as_person(world, Role.BUREAU_ADMIN)
    return inspections.make_plan(system_actor(system.bureau_id))


def visits_of(world, plan):
    return {place: told_visit(world, place, plan) for place in ("a1", "a2")}


def acknowledge(world, visit, place):
    acknowledging.acknowledge(as_person(world, Role.PRINCIPAL, place), visit.id)


def publish(world, plan, **values):
    officer = as_person(world, Role.CANTEEN_OFFICER)
    db.session.expire_all()
    return publishing.publish(officer, plan.id, results.get_plan(officer, plan.id).version, **values)


def test_a_school_in_the_way_stops_the_publication_by_name(world, plan):
    visits = visits_of(world, plan)
    acknowledge(world, visits["a1"], "a1")
    with pytest.raises(RuleBroken) as refused:
        publish(world, plan)
    assert refused.value.rule == "publication_frozen"
    assert "演示第二小学" in refused.value.message
    assert "演示第一小学" not in refused.value.message
    assert publish(world, plan, without_blocked=True) == 1
    acknowledge(world, visits["a2"], "a2")
    assert publish(world, plan) == 1
    with pytest.raises(Invalid):
        publish(world, plan)


def test_an_open_appeal_freezes_its_school_even_after_the_deadline(world, plan, monkeypatch):
    visits = visits_of(world, plan)
    sent_appeal(world, visits["a1"])
    monkeypatch.setattr(publishing, "today", lambda: today() + timedelta(days=60))
    rows = {row.school_id: row.blocked for row in publishing.standing(as_person(world, Role.BUREAU_ADMIN), plan.id)}
    assert rows == {visits["a1"].school_id: "appealed", visits["a2"].school_id: ""}
    assert publish(world, plan, without_blocked=True) == 1
    assert db.session.query(InspectionPublication).one().school_id == visits["a2"].school_id


def test_the_clock_alone_closes_the_time_to_appeal(world, plan, monkeypatch):
    visits = visits_of(world, plan)
    officer = as_person(world, Role.BUREAU_ADMIN)
    assert {row.blocked for row in publishing.standing(officer, plan.id)} == {"window_open"}
    monkeypatch.setattr(publishing, "today", lambda: today() + timedelta(days=60))
    assert {row.blocked for row in publishing.standing(officer, plan.id)} == {""}
    assert publish(world, plan) == len(visits)


def test_a_stale_page_does_not_publish(world, plan):
    officer = as_person(world, Role.CANTEEN_OFFICER)
    with pytest.raises(Conflict):
        publishing.publish(officer, plan.id, 99)


def test_each_school_sees_its_own_place_only(world, plan):
    for place, visit in visits_of(world, plan).items():
        acknowledge(world, visit, place)
    publish(world, plan)
    principal = as_person(world, Role.PRINCIPAL, "a1")
    own = db.session.query(InspectionPublication).one()
    assert (own.school_id, own.rank, own.of, own.score) == (world.schools["a1"], 1, 1, Decimal(70))
    assert own.peers == {}  # one school is no crowd to hide in
    other = next(visit for visit in visits_of_plan(world, plan) if visit.school_id != own.school_id)
    as_person(world, Role.PRINCIPAL, "a1")
    with pytest.raises(NotFound):
        publishing.own_publication(principal, other.id)


def visits_of_plan(world, plan):
    as_person(world, Role.BUREAU_ADMIN)
    return db.session.query(Inspection).filter_by(plan_id=plan.id).all()


def test_a_review_comes_first_where_the_plan_asks_for_it(session, world):
    officer = as_person(world, Role.CANTEEN_OFFICER)
    plan = inspections.make_plan(system_actor(officer.bureau_id))
    publishing.configure(officer, plan.id, plan.version, needs_review=True, doubles_unresolved=False)
    visit = inspections.make_visit(world, "a1", plan)
    inspections.submit(world, visit)
    assert visit.state == "submitted"  # although the plan tells at once
    with pytest.raises(RuleBroken) as refused:
        results.release(officer, visit.school_id, visit.id, visit.version)
    assert refused.value.rule == "review_missing"
    with pytest.raises(RuleBroken):
        results.review(world.actor(Role.INSPECTOR), visit.school_id, visit.id, visit.version)
    reviewed = results.review(officer, visit.school_id, visit.id, visit.version, "演示：已核对")
    assert (reviewed.state, reviewed.released_at is not None) == ("released", True)
    assert results.review(officer, visit.school_id, visit.id, 1).state == "released"


def test_pages_of_publication_and_review(world, plan, client_as):
    visits = visits_of(world, plan)
    officer = client_as(Role.CANTEEN_OFFICER)
    path = f"/inspections/plans/{plan.id}"
    assert "演示第二小学" in officer.get(f"{path}/publication").get_data(as_text=True)
    assert officer.post(f"{path}/publication", data={"version": 1, "without_blocked": "0"}).status_code == 422
    saved = officer.post(f"{path}/follow-up", data={"version": 1, "needs_review": "1"})
    assert saved.status_code == 302
    for place, visit in visits.items():
        acknowledge(world, visit, place)
    assert officer.post(f"{path}/publication", data={"version": 2, "without_blocked": "0"}).status_code == 302
    page = client_as(Role.PRINCIPAL).get(f"/inspections/results/{visits['a1'].id}").get_data(as_text=True)
    assert "公布的位次" in page
    for role in (Role.ZONE_SUPERVISOR, Role.DISCIPLINE_SUPERVISOR):
        assert client_as(role).get(f"{path}/publication").status_code == 200
        assert client_as(role).post(f"{path}/publication", data={"version": 2}).status_code == 403
