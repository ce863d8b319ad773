"""Commit, draw, publish: each once, by whom it may be, and nothing else in between."""

import json
import threading
from datetime import timedelta

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm.attributes import set_committed_value

from bureau.draws.models import Draw, DrawDocument, DrawSeed, VisitSeed
from bureau.draws.rules import commitment_of, key_of, visit_seed
from bureau.draws.service import campaign, drawing, interests
from bureau.draws.verification import verify
from bureau.inspections.models import Inspection
from bureau.inspections.service import calendars, planning, teams
from bureau.inspections.service.sampling import task_sample
from bureau.roles import Role
from kernel.actor import system_actor
from kernel.database import db, new_id, now
from kernel.database.scope import IDENTITY, use_scope
from kernel.errors import Conflict, Invalid, NotFound, RuleBroken
from kernel.notices.models import Notice
from kernel.web.dates import today
from tests.support import draws


@pytest.fixture
def officer(acting, world):
    return acting(world.actor(Role.CANTEEN_OFFICER))


def reveal(actor, row, value=""):
    return drawing.reveal(actor, row.id, value, row.version)


def finish(row):
    for visit in db.session.scalars(select(Inspection).where(Inspection.draw_id == row.id)):
        visit.state = "cancelled"
    db.session.flush()


def test_a_draw_from_commitment_to_publication(officer, world):
    plan = draws.drawable_plan(world, sampling={"rooms": 3}, shares_sections=True)
    row = draws.committed(world, plan=plan, public_value="演示：下期号码")
    before = drawing.document_of(row)
    assert (row.state, before["seed"], before["result"]) == ("committed", None, None)
    assert db.session.scalars(select(Inspection).where(Inspection.plan_id == plan.id)).all() == []
    with pytest.raises(Invalid):
        reveal(officer, row)
    reveal(officer, row, "12345")
    made = drawing.document_of(row)
    assert (made["rules"], made["pools"]) == (before["rules"], before["pools"])
    assert made["commitment"] == before["commitment"]
    assert [check for check in verify(made, commitment=before["commitment"]) if not check.ok] == []
    visits = db.session.scalars(select(Inspection).where(Inspection.plan_id == plan.id)).all()
    assert {visit.school_id for visit in visits} == {world.schools[code] for code in ("a1", "a2", "a3")}
    key = key_of(bytes.fromhex(made["seed"]), "12345")
    for visit in visits:
        drawn = next(one for one in made["result"]["visits"] if one["visit_id"] == str(visit.id))
        assert (visit.scheduled_on.isoformat(), visit.day_order) == (drawn["day"], drawn["order"])
        assert {str(one.person_id): one.sections for one in teams.team_of(visit)} == (
            drawn["sections"] or dict.fromkeys(drawn["inspectors"])
        )
        assert task_sample(officer, visit) == {"seed": visit_seed(key, str(visit.id)), "rules": {"rooms": 3}}
    told = set(db.session.scalars(select(Notice.person_id).where(Notice.kind == "inspection_assigned")))
    assert {str(person) for person in told} == {
        one for drawn in made["result"]["visits"] for one in drawn["inspectors"]
    }
    with pytest.raises(RuleBroken) as raised:
        drawing.publish(officer, row.id, row.version)
    assert raised.value.rule == "visits_ahead"
    finish(row)
    drawing.publish(officer, row.id, row.version)
    assert row.state == "published"


def test_it_is_drawn_once(officer, world):
    row = draws.committed(world)
    reveal(officer, row)
    result = drawing.document_of(row)["result"]
    with pytest.raises(Conflict):
        reveal(officer, row)
    with pytest.raises(RuleBroken):
        drawing.withdraw(officer, row.id, "再来一次", row.version)
    assert drawing.document_of(row)["result"] == result


def test_the_seed_can_be_read_by_no_scope_that_serves_a_page(officer, world, acting, session):
    row = draws.committed(world)
    for who in (
        officer,
        world.actor(Role.BUREAU_ADMIN),
        world.actor(Role.ZONE_SUPERVISOR),
        world.actor(Role.PRINCIPAL),
    ):
        acting(who)
        with pytest.raises(ProgrammingError, match="permission denied"), session.begin_nested():
            session.execute(select(DrawSeed.seed).where(DrawSeed.id == row.id))
    session.commit()
    use_scope(session(), IDENTITY)
    with pytest.raises(ProgrammingError, match="permission denied"), session.begin_nested():
        session.execute(select(DrawSeed.seed))


def test_pools_and_rules_cannot_be_changed_after_the_commitment(officer, world, session):
    row = draws.committed(world)
    for change in ({"pools": {}}, {"rules": {}}):
        with pytest.raises(ProgrammingError, match="permission denied"), session.begin_nested():
            session.execute(update(DrawDocument).where(DrawDocument.id == row.id).values(**change))


def test_a_pool_changed_behind_the_services_back_is_not_drawn_from(officer, world, session):
    """As the owner of the database could change it."""
    row = draws.committed(world)
    pools = json.loads(json.dumps(drawing.document_of(row)["pools"]))
    pools["schools"][0]["weight"] += 1
    stored = session.get(DrawDocument, (row.bureau_id, row.id))
    set_committed_value(stored, "pools", pools)
    with pytest.raises(RuleBroken) as raised:
        reveal(officer, row)
    assert (raised.value.rule, row.state) == ("draw_changed", "committed")


def test_what_changed_since_the_commitment_is_named_before_the_seed_is_asked(officer, world):
    row = draws.committed(world)
    plan = planning.get_plan(officer, row.plan_id)
    people = [person.id for person in planning.available_inspectors(officer)]
    declared = interests.declare(
        officer, id=new_id(), person_id=people[0], school_id=world.schools["a2"], kind="relative", reason="",
        valid_from=today(), valid_until=None,
    )  # fmt: skip
    with pytest.raises(RuleBroken) as raised:
        reveal(officer, row)
    assert (raised.value.rule, row.state) == ("pools_changed", "committed")
    assert "新申报了回避" in raised.value.message
    interests.withdraw_interest(officer, declared.id, declared.version)
    planning.assign(officer, plan.id, [world.schools["a3"]], people[:2], today() + timedelta(days=2))
    with pytest.raises(RuleBroken) as raised:
        reveal(officer, row)
    assert "演示第三初级中学 已另行安排检查" in raised.value.message
    drawing.withdraw(officer, row.id, "另行安排了一所", row.version)
    again = draws.committed(world, plan=plan)
    assert world.schools["a3"] not in [school["id"] for school in drawing.document_of(again)["pools"]["schools"]]
    assert [one.state for one in drawing.list_draws(officer, plan.id)] == ["committed", "withdrawn"]


def test_two_open_commitments_are_refused(officer, world):
    row = draws.committed(world)
    plan = planning.get_plan(officer, row.plan_id)
    assert drawing.commit(officer, plan.id, row.id, draws.settings(world)) is row
    with pytest.raises(RuleBroken) as raised:
        draws.committed(world, plan=plan)
    assert raised.value.rule == "draw_open"


def test_a_draw_without_a_possible_assignment_says_why_and_changes_nothing(officer, world):
    plan = draws.drawable_plan(world)
    people = [person.id for person in planning.available_inspectors(officer)]
    for person in people[:3]:
        interests.declare(
            officer, id=new_id(), person_id=person, school_id=world.schools["a2"], kind="declared", reason="",
            valid_from=today(), valid_until=None,
        )  # fmt: skip
    with pytest.raises(RuleBroken) as raised:
        draws.committed(world, plan=plan)
    assert raised.value.rule == "no_assignment"
    assert "演示第二小学" in raised.value.message
    assert drawing.list_draws(officer, plan.id) == []


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"team_size": 1}, "team_size"),
        ({"visits_a_day": 4}, "visits_a_day"),
        ({"strata": {"high": "9", "medium": "0", "low": "0"}}, "high"),
        ({"strata": {"high": "0", "medium": "101%", "low": "0"}}, "medium"),
        ({"strata": {"high": "0", "medium": "", "low": "0%"}}, "_form"),
        ({"inspector_ids": []}, "inspector_ids"),
        ({"first_day": today() - timedelta(days=1)}, "first_day"),
        ({"last_day": today() + timedelta(days=400)}, "first_day"),
    ],
)
def test_what_may_not_be_asked_of_a_draw(officer, world, change, field):
    with pytest.raises(Invalid) as raised:
        draws.committed(world, **change)
    assert set(raised.value.fields) == {field}


def test_nobody_goes_where_they_went_the_last_time(officer, world):
    plan = draws.drawable_plan(world)
    people = [person.id for person in planning.available_inspectors(officer)]
    earlier = draws.make_plan(system_actor(officer.bureau_id))
    planning.assign(system_actor(officer.bureau_id), earlier.id, [world.schools["a1"]], people[:2], today())
    row = reveal(officer, draws.committed(world, plan=plan))
    visit = db.session.scalar(
        select(Inspection).where(Inspection.draw_id == row.id, Inspection.school_id == world.schools["a1"])
    )
    assert {one.person_id for one in teams.team_of(visit)}.isdisjoint(people[:2])


def test_another_bureaus_draw_and_plan_are_not_there(officer, world, acting):
    row = draws.committed(world)
    other = acting(world.actor(Role.CANTEEN_OFFICER, "b"))
    for attempt in (
        lambda: drawing.get_draw(other, row.id),
        lambda: drawing.reveal(other, row.id, "", row.version),
        lambda: drawing.commit(other, row.plan_id, new_id(), draws.settings(world, "b")),
        lambda: drawing.publish(other, row.id, row.version),
    ):
        with pytest.raises(NotFound):
            attempt()
    assert db.session.scalars(select(Draw)).all() == []
    with pytest.raises(Invalid):
        campaign.add_schools(other, draws.make_plan(other), [world.schools["a1"]])


def test_a_stale_page_does_not_draw(officer, world):
    row = draws.committed(world)
    with pytest.raises(Conflict):
        drawing.reveal(officer, row.id, "", row.version + 1)


def test_a_cancelled_visit_is_drawn_again_under_its_id_with_the_draws_seed(officer, world):
    plan = draws.drawable_plan(world)
    first = reveal(officer, draws.committed(world, plan=plan))
    visit = db.session.scalars(select(Inspection).where(Inspection.draw_id == first.id)).first()
    planning.cancel(officer, visit.school_id, visit.id, "停电", visit.version)
    second = draws.committed(world, plan=plan)
    assert [school["visit_id"] for school in drawing.document_of(second)["pools"]["schools"]] == [str(visit.id)]
    reveal(officer, second)
    assert (visit.state, visit.draw_id) == ("planned", second.id)
    seed = db.session.get(VisitSeed, (visit.bureau_id, visit.school_id, visit.id)).seed
    assert seed == visit_seed(key_of(bytes.fromhex(drawing.document_of(second)["seed"]), ""), str(visit.id))


def test_a_drawn_visit_is_not_given_to_others_in_silence(officer, world):
    plan = draws.drawable_plan(world)
    people = [person.id for person in planning.available_inspectors(officer)][:2]
    row = reveal(officer, draws.committed(world, plan=plan))
    visit = db.session.scalars(select(Inspection).where(Inspection.draw_id == row.id)).first()
    before = {one.person_id for one in teams.team_of(visit)}
    with pytest.raises(RuleBroken) as raised:
        planning.assign(officer, plan.id, [visit.school_id], people, today() + timedelta(days=2))
    assert raised.value.rule == "drawn_visit"
    assert {one.person_id for one in teams.team_of(visit)} == before
    assert drawing.departures(officer, row, drawing.document_of(row)) == []
    order = visit.day_order
    calendars.arrange(officer, plan.id, "random")
    assert visit.day_order == order
    planning.cancel(officer, visit.school_id, visit.id, "停电", visit.version)
    assert [what for _school, what in drawing.departures(officer, row, drawing.document_of(row))] == ["cancelled"]
    planning.assign(officer, plan.id, [visit.school_id], people, today() + timedelta(days=2))
    assert visit.draw_id is None
    assert [what for _school, what in drawing.departures(officer, row, drawing.document_of(row))] == ["moved"]


def test_the_seed_is_of_the_operating_systems_chance(officer, world):
    plan = draws.drawable_plan(world)
    seeds = set()
    for _turn in range(3):
        row = reveal(officer, draws.committed(world, plan=plan))
        document = drawing.document_of(row)
        seed = bytes.fromhex(document["seed"])
        assert commitment_of(seed, document["pools"], document["rules"]) == row.commitment
        seeds.add(seed)
        finish(row)
    assert len(seeds) == 3


def test_two_who_draw_at_once_draw_once(app, world, owner_url):
    """For real: two connections, two committed transactions; what they leave is taken away again at the end."""
    begun = now()
    with app.app_context():
        actor = world.actor(Role.CANTEEN_OFFICER)
        use_scope(db.session(), actor.scope)
        row = draws.committed(world)
        draw_id, plan_id, seen = row.id, row.plan_id, row.version
        version_id = planning.get_plan(actor, plan_id).form_version_id
        db.session.commit()
        db.session.remove()
    outcomes = []
    gate = threading.Barrier(2)

    def attempt():
        with app.app_context():
            use_scope(db.session(), actor.scope)
            gate.wait(timeout=20)
            try:
                drawing.reveal(actor, draw_id, "", seen)
                db.session.commit()
                outcomes.append("drawn")
            except Conflict:
                db.session.rollback()
                outcomes.append("refused")
            finally:
                db.session.remove()

    threads = [threading.Thread(target=attempt) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    try:
        assert sorted(outcomes) == ["drawn", "refused"]
        with app.app_context():
            use_scope(db.session(), actor.scope)
            visits = db.session.scalars(select(Inspection).where(Inspection.plan_id == plan_id)).all()
            assert len(visits) == len({visit.school_id for visit in visits}) == 3
            db.session.remove()
    finally:
        _take_away(owner_url, plan_id, version_id, begun)


def _take_away(owner_url, plan_id, version_id, begun):
    from sqlalchemy import create_engine

    engine = create_engine(owner_url)
    with engine.begin() as connection:
        visits = "(SELECT id FROM inspections WHERE plan_id = :plan)"
        for statement in (
            f"DELETE FROM visit_seeds WHERE id IN {visits}",
            f"DELETE FROM inspection_inspectors WHERE inspection_id IN {visits}",
            f"DELETE FROM inspection_events WHERE inspection_id IN {visits}",
            "DELETE FROM inspections WHERE plan_id = :plan",
            "DELETE FROM inspection_plan_schools WHERE plan_id = :plan",
            "DELETE FROM draw_seeds WHERE id IN (SELECT id FROM draws WHERE plan_id = :plan)",
            "DELETE FROM draw_documents WHERE id IN (SELECT id FROM draws WHERE plan_id = :plan)",
            "DELETE FROM draws WHERE plan_id = :plan",
            "DELETE FROM inspection_plans WHERE id = :plan",
            "WITH gone AS (DELETE FROM form_versions WHERE id = :version RETURNING template_id)"
            " SELECT template_id FROM gone",
            "DELETE FROM form_templates t WHERE NOT EXISTS (SELECT FROM form_versions v WHERE v.template_id = t.id)",
            "DELETE FROM notices WHERE created_at >= :begun",
            "DELETE FROM audit_entries WHERE at >= :begun",
            "DELETE FROM memberships WHERE role = 'inspector' AND person_id IN"
            " (SELECT id FROM accounts WHERE username NOT LIKE 'inspector@%')",
        ):
            connection.execute(text(statement), {"plan": plan_id, "version": version_id, "begun": begun})
    engine.dispose()
