"""What follows a visit, done by two at the same moment: one of them wins, nothing is done twice, nobody waits in a
circle."""

import threading
from contextlib import contextmanager, suppress
from types import SimpleNamespace

import pytest
from sqlalchemy import select

from bureau.appeals.models import Appeal
from bureau.appeals.service import deciding, filing
from bureau.fairness.service import doubles
from bureau.inspections.models import Inspection, InspectionEvent, InspectionPlan
from bureau.inspections.revision_models import InspectionPublication, InspectionResultRevision
from bureau.inspections.service import publishing, results, revising
from bureau.inspections.service.acknowledging import acknowledge, lock_told_visit
from bureau.papers.models import Paper
from bureau.papers.service import issuing
from bureau.rectifications.models import Rectification
from bureau.rectifications.service import checking, rechecking
from bureau.roles import Role
from bureau.schools.models import School
from bureau.surveys.models import SurveyAnswer
from kernel.actor import system_actor
from kernel.database import db, new_id
from kernel.database.scope import use_scope
from kernel.errors import Conflict, Invalid, RuleBroken
from kernel.web.dates import today
from tests.integration.bureau.surveys.test_surveys import send
from tests.support import at_once as apart
from tests.support import follow_up, inspections
from tests.support.samples.surveys import make_survey

BETTER = {"met": True}


@pytest.fixture(scope="module")
def city(admin_url, worker_id, tmp_path_factory):
    with apart.city(admin_url, f"following_{worker_id}", tmp_path_factory.mktemp("following")) as (app, world):
        yield app, world


@pytest.fixture
def at_once(city):
    return lambda *calls: apart.at_once(city[0], *calls)


@pytest.fixture
def world(city):
    use_scope(db.session(), system_actor(city[1].bureaus["a"]).scope)
    return city[1]


@pytest.fixture
def system(world):
    return system_actor(world.bureaus["a"])


@contextmanager
def seen_by(actor):
    use_scope(db.session(), actor.scope)
    yield db.session
    db.session.rollback()
    db.session.remove()


def meeting(call):
    """As `call`, but two who come to it wait for each other, unless one of them is held up before it."""
    gate = threading.Barrier(2)

    def met(*args, **kwargs):
        with suppress(threading.BrokenBarrierError):
            gate.wait(timeout=1)
        return call(*args, **kwargs)

    return met


def refused(outcomes):
    return [one for one in outcomes if isinstance(one, Exception)]


def test_two_decide_one_appeal(world, at_once, system):
    visit = follow_up.told_visit(world)
    appeal = follow_up.sent_appeal(world, visit)
    school, key, seen = appeal.school_id, appeal.id, appeal.version
    first, second = world.actor(Role.CANTEEN_OFFICER), world.actor(Role.BUREAU_ADMIN)
    outcomes = at_once(
        (first, lambda: deciding.decide(first, school, key, seen, upheld=True, reason="成立", answer=BETTER).id),
        (second, lambda: deciding.decide(second, school, key, seen, upheld=False, reason="不成立").id),
    )
    assert [type(one) for one in refused(outcomes)] == [Conflict]
    with seen_by(system) as session:
        decided = session.get(Appeal, (system.bureau_id, school, key))
        revisions = session.scalars(
            select(InspectionResultRevision).where(
                InspectionResultRevision.inspection_id == decided.inspection_id, InspectionResultRevision.number > 0
            )
        ).all()
        assert len(revisions) == (1 if decided.state == "upheld" else 0)


def test_told_twice_the_school_is_told_once(world, at_once, system):
    visit = inspections.make_visit(world, "a2", inspections.make_plan(system, releases_on_submit=False))
    inspections.submit(world, visit, follow_up.LOSSES)
    school, key, seen = visit.school_id, visit.id, visit.version
    outcomes = at_once(*[(system, lambda: results.release(system, school, key, seen).state)] * 2)
    assert refused(outcomes) == []
    with seen_by(system) as session:
        events = session.scalars(
            select(InspectionEvent).where(InspectionEvent.inspection_id == key, InspectionEvent.event == "release")
        ).all()
        opened = session.scalars(select(Rectification).where(Rectification.inspection_id == key)).all()
        assert (len(events), len(opened)) == (1, len(follow_up.LOSSES))


def test_an_appeal_at_the_moment_of_acknowledgement(world, at_once, system):
    visit = follow_up.told_visit(world, "a2")
    appeal = follow_up.draft_appeal(world, visit, place="a2")
    head = world.actor(Role.PRINCIPAL, "a2")
    key, seen, visit_id = appeal.id, appeal.version, visit.id
    outcomes = at_once(
        (head, lambda: filing.send(head, key, seen).state),
        (head, lambda: acknowledge(head, visit_id).by_name),
    )
    assert [type(one) for one in refused(outcomes)] == [RuleBroken]


def test_an_appeal_at_the_moment_of_publication(world, at_once, system, monkeypatch):
    plan = inspections.make_plan(system)
    one = follow_up.told_visit(world, "a1", plan)
    other = follow_up.told_visit(world, "a2", plan)
    for place, visit in (("a1", one), ("a2", other)):
        db.session.flush()
        result = follow_up.result_of(world, visit, place)
        assert result.appeal_until is not None
    appeal = follow_up.draft_appeal(world, one)
    head = world.actor(Role.PRINCIPAL)
    use_scope(db.session(), system.scope)
    # The last day of the window has passed for the publisher, whose clock is a moment ahead.
    monkeypatch.setattr(publishing.rules, "blocker", lambda state, window: None if state == "released" else "open")
    key, seen, plan_id, plan_seen, visit_id = appeal.id, appeal.version, plan.id, plan.version, one.id
    outcomes = at_once(
        (head, lambda: filing.send(head, key, seen).state),
        (system, lambda: publishing.publish(system, plan_id, plan_seen, without_blocked=True)),
    )
    with seen_by(system) as session:
        state = session.scalar(select(Inspection.state).where(Inspection.id == visit_id))
        published = session.scalars(select(InspectionPublication).where(InspectionPublication.id == visit_id)).all()
    if isinstance(outcomes[0], Exception):
        assert (state, len(published)) == ("published", 1)
    else:
        assert (state, len(published)) == ("appealed", 0)
    assert outcomes[1] in (1, 2)


def test_two_published_results_revised_at_once(world, at_once, system, monkeypatch):
    """Each one's place is reckoned from the other's new score, whoever comes last."""
    plan = inspections.make_plan(system)
    peer, other = (db.session.get(School, (system.bureau_id, world.schools[place])) for place in ("a1", "a2"))
    other.stage, other.is_boarding = peer.stage, peer.is_boarding
    visits = [follow_up.told_visit(world, place, plan) for place in ("a1", "a2")]
    monkeypatch.setattr(publishing.rules, "blocker", lambda state, window: None if state == "released" else "open")
    use_scope(db.session(), system.scope)
    publishing.publish(system, plan.id, plan.version)
    wanted = [(visit.school_id, visit.id) for visit in visits]

    def change(school, key, answer):
        def run():
            visit = lock_told_visit(system, school, key)
            result = results.get_result(system, school, key)
            return revising.revise(system, visit, result, answer, cause="appeal", reason="改判").number

        return run

    monkeypatch.setattr(revising, "refresh", meeting(publishing.refresh))
    answers = ({"3": {"count": 0}}, {"1": BETTER})
    outcomes = at_once(*[(system, change(*visit, answer)) for visit, answer in zip(wanted, answers, strict=True)])
    assert outcomes == [1, 1]
    with seen_by(system) as session:
        plan_id = session.scalar(select(Inspection.plan_id).where(Inspection.id == wanted[0][1]))
        places = {place.inspection_id: place for place in results.ranking(system, plan_id)}
        rows = session.scalars(select(InspectionPublication).where(InspectionPublication.plan_id == plan_id)).all()
        assert {row.id: (row.score, row.rank) for row in rows} == {
            key: (place.score, place.rank) for key, place in places.items()
        }


def test_one_paper_is_issued_at_once_by_two(world, at_once, system):
    visit = follow_up.told_visit(world)
    school, key = visit.school_id, visit.id
    outcomes = at_once(*[(system, lambda: issuing.issue_for_visit(system, "letter", school, key).number)] * 2)
    assert outcomes[0] == outcomes[1]
    with seen_by(system) as session:
        assert len(session.scalars(select(Paper).where(Paper.inspection_id == key)).all()) == 1


def test_one_double_is_planned_by_two(world, at_once, system):
    visit = follow_up.told_visit(world)
    people = inspections.more_inspectors(world, Role.COMMITTEE_EXPERT, Role.DISCIPLINE_SUPERVISOR)
    plan_id, day = visit.plan_id, today()

    def plan():
        return doubles.plan_doubles(
            system, plan_id, percent=100, scheduled_on=day, ends_on=day, inspector_ids=people
        ).id

    outcomes = at_once((system, plan), (system, plan))
    assert outcomes[0] == outcomes[1]
    with seen_by(system) as session:
        assert len(session.scalars(select(InspectionPlan).where(InspectionPlan.double_of == plan_id)).all()) == 1


def test_a_draw_and_a_closing_do_not_wait_in_a_circle(world, at_once, system, monkeypatch):
    visit = follow_up.told_visit(world, "a3")
    for item in follow_up.LOSSES:
        follow_up.accepted(world, visit, item, "a3")
    use_scope(db.session(), system.scope)
    monkeypatch.setattr(publishing.rules, "blocker", lambda state, window: None if state == "released" else "open")
    publishing.publish(system, visit.plan_id, publishing.get_plan(system, visit.plan_id).version)
    one = follow_up.rectification_of(world, visit, place="a3")
    met = meeting(checking.figures_of)
    drawn, locked_visit = rechecking.rules.drawn, checking.lock_told_visit
    monkeypatch.setattr(rechecking.rules, "drawn", lambda *args: (met(system.bureau_id), drawn(*args))[1])
    monkeypatch.setattr(checking, "lock_told_visit", lambda *args: (locked_visit(*args), met(system.bureau_id))[0])
    school, key, seen, plan_id = one.school_id, one.id, one.version, visit.plan_id
    outcomes = at_once(
        (system, lambda: rechecking.draw(system, plan_id, new_id(), share=0).share),
        (system, lambda: checking.close(system, school, key, seen).state),
    )
    assert all(isinstance(error, (Conflict, Invalid)) for error in refused(outcomes)), outcomes
    assert len(refused(outcomes)) < 2


def test_a_survey_takes_no_more_than_its_limit(world, at_once, system):
    survey = make_survey(world, "a1", most=3)
    db.session.flush()
    asked = SimpleNamespace(**{name: getattr(survey, name) for name in ("bureau_id", "school_id", "id", "code", "key")})
    outcomes = at_once(*[(system, lambda: send(asked).id) for _number in range(6)])
    assert len(refused(outcomes)) == 3
    assert all(isinstance(one, RuleBroken) for one in refused(outcomes))
    with seen_by(system) as session:
        assert len(session.scalars(select(SurveyAnswer).where(SurveyAnswer.survey_id == asked.id)).all()) == 3
