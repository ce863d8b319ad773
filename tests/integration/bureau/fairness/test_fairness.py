from datetime import timedelta

import pytest
from sqlalchemy import func, select

from bureau.fairness.models import DataFlag
from bureau.fairness.service import comparing, doubles, estimating, flagging, trends
from bureau.inspections.models import Inspection, InspectionInspector, InspectionPlan
from bureau.inspections.service import planning, results, submitting
from bureau.roles import Role
from kernel.actor import system_actor
from kernel.errors import Invalid, NotFound, RuleBroken
from kernel.web.dates import today
from tests.support import campaigns
from tests.support.inspections import make_visit, perfect_answers


@pytest.fixture
def crossed(session, world, acting):
    """40 schools, 6 inspectors in changing pairs; the last inspector is very strict."""
    people = campaigns.add_inspectors(world, 6)
    system = acting(system_actor(world.bureaus["a"]))
    schools = campaigns.add_schools(world, 40)
    strict = dict.fromkeys(people, 0.0) | {people[-1]: 0.5}
    plans = []
    for turn in range(2):
        teams = {
            school: [people[(place + turn) % 6], people[(place // 6 + place + 2 + turn) % 6]]
            for place, school in enumerate(schools)
        }
        teams = {
            school: team if team[0] != team[1] else [team[0], people[(people.index(team[0]) + 1) % 6]]
            for school, team in teams.items()
        }
        plans.append(campaigns.carried_out(world, schools, teams, strict, seed=turn))
    return system, people, schools, plans


def test_the_strict_inspector_is_found(crossed):
    system, people, _schools, plans = crossed
    run = estimating.estimate(system, "canteen", today())
    assert run.refusal == ""
    rows = {row.person_id: row for row in estimating.estimates(system, run)}
    assert rows[people[-1]].effect > 15
    assert rows[people[-1]].low > 5
    assert all(rows[person].effect < 5 for person in people[:-1])
    comparison = comparing.compare(system, plans[0].id, calibrated=True)
    rows = next(iter(comparison.groups.values()))
    assert comparison.why_not == ""
    assert [row.place.rank for row in rows] == sorted(row.place.rank for row in rows)
    assert rows[0].tier == 1
    assert all(row.low <= row.percent <= row.high for row in rows)
    assert all(row.calibrated is not None for row in rows)
    assert {row.grade for row in rows} <= {"A", "B", "C", "D"}


def test_official_scores_do_not_change(crossed):
    system, _people, _schools, plans = crossed
    before = [(place.school_id, place.score, place.rank) for place in results.ranking(system, plans[0].id)]
    estimating.estimate(system, "canteen", today())
    assert [(place.school_id, place.score, place.rank) for place in results.ranking(system, plans[0].id)] == before


def test_refuses_and_says_why(session, world, acting):
    system = acting(system_actor(world.bureaus["a"]))
    assert estimating.estimate(system, "canteen", today()).refusal == "no_data"
    assert comparing.compare(system, make_visit(world).plan_id, calibrated=True).why_not == "no_data"


def test_without_an_estimate_there_are_ranks_and_no_tiers(crossed):
    system, _people, _schools, plans = crossed
    comparison = comparing.compare(system, plans[0].id, calibrated=True)
    rows = next(iter(comparison.groups.values()))
    assert comparison.why_not == "none"
    assert {row.tier for row in rows} == {None}


def test_whoever_is_not_a_lead_sees_no_calibrated_score(crossed, client_as):
    system, _people, _schools, plans = crossed
    estimating.estimate(system, "canteen", today())
    lead = client_as(Role.CANTEEN_OFFICER).get(f"/api/v1/inspection-plans/{plans[0].id}/comparison").get_json()
    assert all(row["calibrated"] for row in lead["items"])
    other = client_as(Role.DISCIPLINE_SUPERVISOR).get(f"/api/v1/inspection-plans/{plans[0].id}/comparison").get_json()
    assert other["items"]
    assert not any(row["calibrated"] for row in other["items"])
    page = client_as(Role.DISCIPLINE_SUPERVISOR).get(f"/inspections/plans/{plans[0].id}/comparison").text
    assert "校准分</th>" not in page


def test_a_zone_supervisor_and_another_bureau_see_nothing_of_it(crossed, client_as):
    system, _people, _schools, plans = crossed
    estimating.estimate(system, "canteen", today())
    answer = client_as(Role.ZONE_SUPERVISOR).get(f"/api/v1/inspection-plans/{plans[0].id}/comparison").get_json()
    assert not any(row["calibrated"] or row["tier"] for row in answer["items"])
    assert client_as(Role.BUREAU_ADMIN, "b").get(f"/inspections/plans/{plans[0].id}/comparison").status_code == 404
    assert client_as(Role.BUREAU_ADMIN, "b").get("/api/v1/strictness?kind=canteen").status_code == 404


def test_an_inspector_sees_the_own_estimate_only(crossed, client_as, world, acting):
    system, _people, schools, plans = crossed
    inspector = world.person(Role.INSPECTOR)
    for school in schools[:8]:
        campaigns.visit_one(
            campaigns.make_plan(system, None, form_version_id=plans[0].form_version_id), school,
            [inspector.account_id], lambda person: False,
        )  # fmt: skip
    estimating.estimate(system, "canteen", today())
    client = client_as(Role.INSPECTOR)
    page = client.get("/inspections/my-strictness").text
    assert "食堂" in page
    assert "比同事多扣" in page
    assert client.get("/inspections/strictness").status_code == 403
    assert client.get("/api/v1/strictness?kind=canteen").status_code == 403


def test_blind_doubles_go_to_others_and_are_never_shown(crossed, session):
    system, people, _schools, plans = crossed
    day = today()
    double = doubles.plan_doubles(system, plans[0].id, percent=10, scheduled_on=day, ends_on=day, inspector_ids=people)
    again = doubles.plan_doubles(system, plans[0].id, percent=50, scheduled_on=day, ends_on=day, inspector_ids=people)
    assert again.id == double.id
    visits = session.scalars(select(Inspection).where(Inspection.plan_id == double.id)).all()
    assert len(visits) == 4
    for visit in visits:
        first = doubles._teams(system, plans[0].id)[visit.school_id]
        team = set(
            session.scalars(select(InspectionInspector.person_id).where(InspectionInspector.inspection_id == visit.id))
        )
        assert len(team) == 2
        assert not team & first
    assert double.id not in [row["plan"].id for row in planning.list_plans(system)]
    with pytest.raises(RuleBroken):
        doubles.plan_doubles(system, double.id, percent=10, scheduled_on=day, ends_on=day, inspector_ids=people)


def test_a_double_visit_is_never_released(crossed, session, world):
    system, people, _schools, plans = crossed
    day = today()
    double = doubles.plan_doubles(system, plans[0].id, percent=3, scheduled_on=day, ends_on=day, inspector_ids=people)
    visit = session.scalars(select(Inspection).where(Inspection.plan_id == double.id)).one()
    submitting.submit(system, visit.school_id, visit.id, answers=perfect_answers(visit))
    assert visit.state == "submitted"
    with pytest.raises(RuleBroken):
        results.release(system, visit.school_id, visit.id, visit.version)


def test_too_few_others_write_nothing(crossed, session):
    system, people, _schools, plans = crossed
    before = session.scalar(select(func.count()).select_from(InspectionPlan))
    with pytest.raises(RuleBroken):
        doubles.plan_doubles(
            system, plans[0].id, percent=100, scheduled_on=today(), ends_on=today(), inspector_ids=people[:2]
        )
    assert session.scalar(select(func.count()).select_from(InspectionPlan)) == before
    with pytest.raises(Invalid):
        doubles.plan_doubles(
            system, plans[0].id, percent=0, scheduled_on=today(), ends_on=today(), inspector_ids=people
        )


def test_flags_are_raised_once_and_kept_with_their_conclusion(crossed, session):
    system, people, schools, plans = crossed
    visit = campaigns.visit_one(
        campaigns.make_plan(system, None, form_version_id=plans[0].form_version_id), schools[0], people[:2],
        lambda person: False,
    )  # fmt: skip
    for answer in session.scalars(
        select(campaigns.InspectionAnswer).where(campaigns.InspectionAnswer.inspection_id == visit.id)
    ):
        answer.answered_at = campaigns.now() - timedelta(milliseconds=900 * int(answer.item_code))
    session.flush()
    limits = flagging.Limits(min_items=8)
    assert flagging.flag_visits(system, today(), today(), limits=limits) >= 1
    assert flagging.flag_visits(system, today(), today(), limits=limits) == 0
    found = session.scalars(select(DataFlag).where(DataFlag.inspection_id == visit.id)).all()
    assert {flag.code for flag in found} == {"impossible_speed", "answers_in_one_go"}
    with pytest.raises(Invalid):
        flagging.look_at(system, visit.school_id, found[0].id, "  ")
    flagging.look_at(system, visit.school_id, found[0].id, "现场网络不好，集中补录")
    flagging.look_at(system, visit.school_id, found[0].id, "another")
    assert found[0].note == "现场网络不好，集中补录"
    with pytest.raises(NotFound):
        flagging.look_at(system, schools[1], found[1].id, "x")
    assert flagging.flag_visits(system, today(), today(), limits=limits) == 0


def test_trends_and_losses(crossed, client_as, world):
    system, _people, _schools, plans = crossed
    points = trends.trend(system, "canteen", "all", today(), today())
    assert [(point.plan_id, point.visits) for point in points] == [(plan.id, 40) for plan in plans]
    assert {point.group for point in trends.trend(system, "canteen", "stage", today(), today())} == {"primary"}
    groups, rows = trends.lost_by(system, plans[0].id, "stage")
    assert groups == ["primary"]
    assert rows[0][1][0].times >= rows[-1][1][0].times
    assert all(cells[0].visits == 40 for _item, cells in rows)
    client = client_as(Role.CANTEEN_OFFICER)
    for path in (
        "/inspections/trends", "/inspections/trends?by=zone_id", f"/inspections/plans/{plans[0].id}/losses",
        f"/inspections/plans/{plans[0].id}/losses?by=stage", f"/inspections/plans/{plans[0].id}/comparison",
        "/inspections/strictness", "/inspections/data-flags", "/inspections/data-flags?looked=1",
        f"/inspections/plans/{plans[0].id}/double",
    ):  # fmt: skip
        assert client.get(path).status_code == 200, path


def test_items_that_tell_nothing(crossed, world, session):
    system, people, schools, plans = crossed
    assert flagging.items_that_tell_nothing(system, plans[0].form_version_id) == []
    plan = campaigns.carried_out(
        world, schools, dict.fromkeys(schools, people[:2]), dict.fromkeys(people, -0.2), seed=9
    )
    found = flagging.items_that_tell_nothing(system, plan.form_version_id)
    assert [flag.code for _item, flag in found] == ["item_always_full"] * 10
