"""Lists and boards ask the database as often for many rows as for few."""

import pytest
from sqlalchemy import event

from bureau.papers.service import issuing
from bureau.roles import Role
from kernel.actor import system_actor
from kernel.database import db
from kernel.database.scope import use_scope
from tests.support import follow_up, inspections
from tests.support.samples.hazards import make_hazard
from tests.support.samples.surveys import make_survey

NOT_COUNTED = ("SET LOCAL", "SAVEPOINT", "RELEASE", "ROLLBACK")


@pytest.fixture
def statements(session):
    sent = []

    def note(connection, cursor, statement, parameters, context, executemany):
        if not statement.startswith(NOT_COUNTED):
            sent.append(statement)

    engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    yield sent
    event.remove(engine, "before_cursor_execute", note)


@pytest.fixture
def measured(session, statements, client_as):
    def measure(role, place, path):
        client = client_as(role, place)
        client.get(path)  # what is loaded once per process
        statements.clear()
        answer = client.get(path)
        assert answer.status_code == 200, path
        return list(statements)

    return measure


def in_system(world):
    use_scope(db.session(), system_actor(world.bureaus["a"]).scope)


def grow(world, plan):
    """One more of everything that the lists show."""
    in_system(world)
    plan = plan or inspections.make_plan(system_actor(world.bureaus["a"]))
    for place in ("a1", "a2", "a3"):
        in_system(world)
        other = inspections.make_plan(system_actor(world.bureaus["a"]), inspections_version(plan))
        visit = follow_up.told_visit(world, place, other)
        follow_up.sent_appeal(world, visit, "3", place)
        follow_up.replied(world, visit, "1", place)
        in_system(world)
        issuing.issue_for_visit(system_actor(world.bureaus["a"]), "letter", visit.school_id, visit.id)
        make_hazard(world, place)
        in_system(world)
        make_survey(world, place)
    return plan


def inspections_version(plan):
    from scorecards.models import FormVersion

    return db.session.get(FormVersion, (plan.bureau_id, plan.form_version_id))


PAGES = (
    (Role.CANTEEN_OFFICER, "a", "/appeals/district"),
    (Role.PRINCIPAL, "a1", "/appeals/"),
    (Role.BUREAU_ADMIN, "a", "/appeals/statistics"),
    (Role.CANTEEN_OFFICER, "a", "/rectifications/board"),
    (Role.LOGISTICS_DIRECTOR, "a1", "/rectifications/"),
    (Role.CANTEEN_OFFICER, "a", "/rectifications/extensions"),
    (Role.SAFETY_OFFICER, "a", "/hazards/"),
    (Role.CANTEEN_OFFICER, "a", "/papers"),
    (Role.BUREAU_ADMIN, "a", "/surveys"),
    (Role.CANTEEN_OFFICER, "a", "/inspections/data-flags"),
    (Role.BUREAU_ADMIN, "a", "/evidence/photo-matches"),
    (Role.CANTEEN_OFFICER, "a", "/inspections/calendar"),
    (Role.CANTEEN_OFFICER, "a", "/inspections/interests/all"),
    (Role.CANTEEN_OFFICER, "a", "/api/v1/papers"),
    (Role.CANTEEN_OFFICER, "a", "/api/v1/hazards"),
    (Role.PRINCIPAL, "a1", "/"),
    (Role.CANTEEN_OFFICER, "a", "/"),
)  # fmt: skip


def test_lists_ask_as_often_for_many_as_for_few(session, world, acting, measured):
    acting(system_actor(world.bureaus["a"]))
    plan = grow(world, None)
    few = {page: measured(*page) for page in PAGES}
    for _ in range(2):
        grow(world, plan)
    worse = {}
    for page in PAGES:
        many = measured(*page)
        if len(many) > len(few[page]) + 1:
            worse[page[2]] = (len(few[page]), len(many), many[-6:])
    assert worse == {}


def test_a_plans_pages_ask_as_often_for_many_schools_as_for_few(session, world, acting, measured):
    system = acting(system_actor(world.bureaus["a"]))
    counts = []
    for places in (("a1",), ("a1", "a2", "a3")):
        in_system(world)
        plan = inspections.make_plan(system)
        for place in places:
            follow_up.told_visit(world, place, plan)
        in_system(world)
        counts.append(
            {
                path: len(measured(Role.CANTEEN_OFFICER, "a", f"/inspections/plans/{plan.id}/{path}"))
                for path in ("publication", "ranking", "lost-items", "comparison", "losses", "schools", "draws", "days")
            }
        )
    few, many = counts
    assert {path: (few[path], many[path]) for path in few if many[path] > few[path] + 1} == {}
