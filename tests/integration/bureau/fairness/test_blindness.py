"""Whoever sees a school a second time must not know what was found the first time, and nobody else what they found."""

import pytest
from sqlalchemy import select

from bureau.fairness.service import doubles
from bureau.inspections.models import Inspection
from bureau.inspections.service import answering, submitting
from bureau.inspections.service.previous import mandatory_items, previous_visit
from bureau.inspections.service.visits import form_version_of
from bureau.papers.service import issuing
from bureau.roles import Role
from kernel.actor import system_actor
from kernel.database import db, now
from kernel.errors import RuleBroken
from kernel.identity.models import Membership
from kernel.web.dates import today
from scorecards import service as forms
from scorecards.models import FormVersion
from tests.support.inspections import (
    make_plan,
    make_visit,
    more_inspectors,
    perfect_answers,
    published,
    submit,
)

LOST = {"1": {"met": False}}


@pytest.fixture
def doubled(session, world, acting):
    """(first visit, its double) of one school; something was lost at the first."""
    system = acting(system_actor(world.bureaus["a"]))
    first = make_visit(world, "a1", make_plan(system, published(system)))
    submit(world, first, LOST)
    others = more_inspectors(world, Role.COMMITTEE_EXPERT, Role.DISCIPLINE_SUPERVISOR)
    plan = doubles.plan_doubles(
        system, first.plan_id, percent=100, scheduled_on=today(), ends_on=today(), inspector_ids=others
    )
    return first, db.session.query(Inspection).filter_by(plan_id=plan.id).one()


def _hand_in(session, system, visit, changes):
    """As if its own inspectors had: what they answered, and the result."""

    scorer = forms.scorer_of(form_version_of(system, visit))
    answers = {**perfect_answers(visit), **changes}
    readable = answering.readable_answers(visit, scorer, answers, {})
    answering.write_answers(
        visit, [answering.Written(key, value, "", now()) for key, value in readable.items()], visit.created_by
    )
    visit.state, visit.started_at = "in_progress", now()
    session.flush()
    submitting.hand_in(system, visit)
    session.flush()


def test_a_blind_double_does_not_show_the_first_answers(doubled, world):
    system = system_actor(world.bureaus["a"])
    _first, double = doubled
    assert previous_visit(system, double) is None
    assert mandatory_items(system, double) == []


def test_nor_does_the_next_visit_show_the_blind_one(doubled, world, session):
    system = system_actor(world.bureaus["a"])
    first, double = doubled
    _hand_in(session, system, double, {"1": {"met": True}})
    following = make_visit(world, "a1", make_plan(system, first_version(session, first)))
    before = previous_visit(system, following)
    assert before["inspection_id"] == first.id
    assert mandatory_items(system, following) == ["1"]


def first_version(session, visit):

    return session.get(FormVersion, (visit.bureau_id, visit.form_version_id))


def test_what_stood_before_both_is_shown_to_both(doubled, world, session, acting):
    """An older visit of another plan is no secret: both teams see the same."""
    system = acting(system_actor(world.bureaus["a"]))
    version = published(system)
    older = make_visit(world, "a2", make_plan(system, version))
    submit(world, older, LOST)
    first = make_visit(world, "a2", make_plan(system, version))
    submit(world, first)

    others = session.scalars(
        select(Membership.person_id).where(
            Membership.bureau_id == first.bureau_id,
            Membership.role == "inspector",
            Membership.person_id != world.person(Role.INSPECTOR).account_id,
        )
    ).all()
    plan = doubles.plan_doubles(
        system, first.plan_id, percent=100, scheduled_on=today(), ends_on=today(), inspector_ids=list(others)
    )
    double = session.query(Inspection).filter_by(plan_id=plan.id).one()
    assert previous_visit(system, double)["inspection_id"] == older.id
    assert mandatory_items(system, double) == ["1"]


def test_no_paper_tells_the_school_of_a_blind_double(doubled, world, session):
    system = system_actor(world.bureaus["a"])
    _first, double = doubled
    _hand_in(session, system, double, LOST)
    with pytest.raises(RuleBroken):
        issuing.issue_for_visit(system, "record", double.school_id, double.id)
