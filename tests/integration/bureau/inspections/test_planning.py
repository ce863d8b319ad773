from datetime import timedelta

import pytest
from sqlalchemy import select

from bureau.draws.service import interests
from bureau.inspections.models import Inspection, InspectionEvent, InspectionInspector
from bureau.inspections.service import planning, reading, results, teams, visits
from bureau.roles import Role
from kernel.actor import system_actor
from kernel.database import db, new_id
from kernel.errors import Conflict, Invalid, NotFound, RuleBroken
from kernel.identity.models import Membership
from kernel.notices.models import Notice
from kernel.web.dates import today
from scorecards import service as forms
from tests.support import inspections
from tests.unit.scorecards.forms import every_shape


def test_a_plan_needs_a_published_form(acting, world):
    actor = acting(world.actor(Role.CANTEEN_OFFICER))
    draft = forms.import_form(actor, every_shape())
    with pytest.raises(Invalid) as raised:
        planning.create_plan(
            actor, id=new_id(), title="计划", form_version_id=draft.id, starts_on=today(), ends_on=today()
        )
    assert set(raised.value.fields) == {"form_version_id"}
    with pytest.raises(Invalid):
        inspections.make_plan(actor, starts_on=today(), ends_on=today() - timedelta(days=1))


def test_another_bureaus_form_cannot_be_planned_with(acting, world):
    theirs = inspections.published(acting(system_actor(world.bureaus["b"])))
    actor = acting(world.actor(Role.CANTEEN_OFFICER))
    with pytest.raises(Invalid):
        inspections.make_plan(actor, theirs)


def test_a_plan_sent_twice_is_one_plan(acting, world):
    actor = acting(world.actor(Role.CANTEEN_OFFICER))
    version, plan_id = inspections.published(actor), new_id()
    first = inspections.make_plan(actor, version, id=plan_id)
    assert inspections.make_plan(actor, version, id=plan_id) is first
    with pytest.raises(Conflict):
        inspections.make_plan(actor, version, id=plan_id, title="另一项")


def test_assigning_again_replaces_day_and_inspectors_until_the_visit_begins(scene, world):
    actor = scene.as_officer()
    plan = scene.plan
    plan.ends_on = today() + timedelta(days=3)
    db.session.flush()
    team = inspections.more_inspectors(world, Role.COMMITTEE_EXPERT, Role.ASSET_OFFICER)
    moved = planning.assign(actor, plan.id, [scene.visit.school_id], team, today() + timedelta(days=2))
    assert [visit.id for visit in moved] == [scene.visit.id]
    assert moved[0].scheduled_on == today() + timedelta(days=2)
    rows = db.session.scalars(select(InspectionInspector).where(InspectionInspector.inspection_id == moved[0].id))
    assert {row.person_id: row.is_lead for row in rows} == {team[0]: True, team[1]: False}
    visits.start(system_actor(actor.bureau_id), scene.visit.school_id, scene.visit.id)
    with pytest.raises(RuleBroken):
        planning.assign(actor, plan.id, [scene.visit.school_id], team, today())


@pytest.mark.parametrize(
    "refused",
    [
        {"school_ids": []},
        {"schools": ["a1", "b1"]},
        {"inspectors": [(Role.PRINCIPAL, "a1")]},
        {"inspectors": [(Role.INSPECTOR, "b")]},
        {"inspectors": []},
        {"day": 9},
    ],
)
def test_only_own_schools_inspectors_and_days_of_the_plan(scene, world, refused):
    actor = scene.as_officer()
    school_ids = refused.get("school_ids", [world.schools[code] for code in refused.get("schools", ["a2"])])
    people = [world.person(*who).account_id for who in refused.get("inspectors", [(Role.INSPECTOR, "a")])]
    people += inspections.more_inspectors(world) if people else []
    with pytest.raises(Invalid):
        planning.assign(actor, scene.plan.id, school_ids, people, today() + timedelta(days=refused.get("day", 0)))


def test_an_inspector_whose_term_is_over_is_not_offered(scene, world):
    actor = scene.as_officer()
    person = world.person(Role.INSPECTOR).account_id
    assert [found.id for found in planning.available_inspectors(actor)] == [person]
    row = db.session.scalar(select(Membership).where(Membership.person_id == person))
    row.valid_until = today() - timedelta(days=1)
    db.session.flush()
    assert planning.available_inspectors(actor) == []


def test_inspectors_are_told_once_for_all_schools(scene, world, session):
    actor = scene.as_officer()
    schools = [world.schools["a2"], world.schools["a3"]]
    person = world.person(Role.INSPECTOR).account_id
    planning.assign(actor, scene.plan.id, schools, [person, *inspections.more_inspectors(world)], today())
    session.flush()
    notices = session.scalars(select(Notice).where(Notice.person_id == person).order_by(Notice.id)).all()
    assert [notice.title for notice in notices] == ["有 1 所学校的检查分配给您", "有 2 所学校的检查分配给您"]
    assert notices[-1].url == "/inspections/mine"


def test_a_closed_plan_takes_no_more_schools_but_lets_visits_finish(scene, world):
    actor = scene.as_officer()
    planning.close_plan(actor, scene.plan.id, scene.plan.version)
    person = world.person(Role.INSPECTOR).account_id
    with pytest.raises(RuleBroken):
        planning.assign(actor, scene.plan.id, [world.schools["a2"]], [person], today())
    assert inspections.submit(world, scene.visit).score == 100


def test_a_stale_close_is_refused(scene):
    actor = scene.as_officer()
    with pytest.raises(Conflict):
        planning.close_plan(actor, scene.plan.id, scene.plan.version + 1)


def test_a_cancelled_visit_says_why_and_can_be_taken_up_again(scene, world):
    actor = scene.as_officer()
    planning.cancel(actor, scene.visit.school_id, scene.visit.id, "学校停电", scene.visit.version)
    event = db.session.scalars(select(InspectionEvent).order_by(InspectionEvent.id.desc())).first()
    assert (event.event, event.reason, event.to_state, event.by) == (
        "cancel",
        "学校停电",
        "cancelled",
        actor.account_id,
    )
    with pytest.raises(RuleBroken):
        inspections.submit(world, scene.visit)
    person = world.person(Role.INSPECTOR).account_id
    team = [person, *inspections.more_inspectors(world)]
    again = planning.assign(actor, scene.plan.id, [scene.visit.school_id], team, today())[0]
    assert (again.id, again.state) == (scene.visit.id, "planned")


def test_a_submitted_visit_cannot_be_cancelled(scene, world):
    inspections.submit(world, scene.visit)
    actor = scene.as_officer()
    with pytest.raises(RuleBroken):
        planning.cancel(actor, scene.visit.school_id, scene.visit.id, "算了", scene.visit.version)


def test_lists_count_only_what_the_reader_may_see(scene, world, acting):
    """a1 is in zone a-east, a3 in a-west: the zone's supervisor counts one of two."""
    inspections.make_visit(world, "a3", scene.plan)
    officer = scene.as_officer()
    counted = {row["plan"].id: row["counts"] for row in planning.list_plans(officer)}
    assert counted == {scene.plan.id: {"planned": 2}}
    supervisor = acting(world.actor(Role.ZONE_SUPERVISOR, "a-east"))
    counted = {row["plan"].id: row["counts"] for row in planning.list_plans(supervisor)}
    assert counted == {scene.plan.id: {"planned": 1}}
    assert [row.Inspection.school_id for row in results.plan_visits(supervisor, scene.plan.id)] == [world.schools["a1"]]
    assert reading.inspectors_of(supervisor, [scene.visit])[scene.visit.id] == ["演示inspector@a"]


def test_another_bureau_sees_neither_plan_nor_visit(scene, world, acting):
    actor = acting(world.actor(Role.BUREAU_ADMIN, "b"))
    with pytest.raises(NotFound):
        planning.get_plan(actor, scene.plan.id)
    with pytest.raises(NotFound):
        visits.get_inspection(actor, scene.visit.school_id, scene.visit.id)
    assert db.session.scalars(select(Inspection)).all() == []


def test_one_inspector_alone_is_refused_with_its_source(scene, world):
    actor = scene.as_officer()
    with pytest.raises(Invalid) as raised:
        planning.assign(actor, scene.plan.id, [world.schools["a2"]], [world.person(Role.INSPECTOR).account_id], today())
    assert "至少 2 名" in raised.value.fields["inspector_ids"][0]


def test_a_fourth_school_on_one_day_is_refused(scene, world):
    """a1 is planned for today already; with three more plans the same two would have four visits."""
    actor = scene.as_officer()
    team = [world.person(Role.INSPECTOR).account_id, *inspections.more_inspectors(world)]
    planning.assign(actor, scene.plan.id, [world.schools["a2"], world.schools["a3"]], team, today())
    second = inspections.make_plan(actor, forms.get_version(actor, scene.plan.form_version_id))
    with pytest.raises(RuleBroken) as raised:
        planning.assign(actor, second.id, [world.schools["a1"]], team, today())
    assert raised.value.rule == "visits_a_day"
    # Moving a visit within the day does not count it twice.
    planning.assign(actor, scene.plan.id, [world.schools["a2"]], team, today())


def test_whoever_declared_an_interest_is_not_sent_there(scene, world):
    actor = scene.as_officer()
    person = world.person(Role.INSPECTOR).account_id
    team = [person, *inspections.more_inspectors(world)]
    declared = interests.declare(
        actor, id=new_id(), person_id=person, school_id=world.schools["a2"], kind="relative", reason="演示",
        valid_from=today(), valid_until=today() + timedelta(days=30),
    )  # fmt: skip
    with pytest.raises(RuleBroken) as raised:
        planning.assign(actor, scene.plan.id, [world.schools["a2"]], team, today())
    assert raised.value.rule == "recused"
    interests.withdraw_interest(actor, declared.id, declared.version)
    assert planning.assign(actor, scene.plan.id, [world.schools["a2"]], team, today())


def test_sections_are_shared_out_each_to_one(scene, world):
    actor = scene.as_officer()
    version = forms.get_version(actor, scene.plan.form_version_id)
    plan = inspections.make_plan(actor, version, shares_sections=True)
    team = [world.person(Role.INSPECTOR).account_id, *inspections.more_inspectors(world)]
    visit = planning.assign(actor, plan.id, [world.schools["a2"]], team, today())[0]
    codes = [section["code"] for section in version.form["sections"]]
    shares = {row.person_id: row.sections for row in teams.team_of(visit)}
    if len(codes) < 2:
        assert set(shares.values()) == {None}
    else:
        assert sorted(code for one in shares.values() for code in one) == sorted(codes)
    moved = teams.share_sections(actor, visit.school_id, visit.id, {team[0]: codes, team[1]: []}, visit.version)
    assert {row.person_id: row.sections for row in teams.team_of(moved)} == {team[0]: codes, team[1]: []}
    with pytest.raises(Conflict):
        teams.share_sections(actor, visit.school_id, visit.id, None, visit.version - 1)
    for wrong in ({team[0]: codes}, {team[0]: codes, team[1]: codes}, {team[0]: codes[1:], team[1]: []}):
        with pytest.raises(Invalid):
            teams.share_sections(actor, visit.school_id, visit.id, wrong, visit.version)
