"""The demo's visits, on the demo's schools and people."""

from collections import Counter
from datetime import date, timedelta

from sqlalchemy import func, select

from bureau.demo.context import DemoContext
from bureau.inspections import demo as inspections
from bureau.inspections.models import Inspection, InspectionPhoto, InspectionPlan, InspectionResult
from bureau.inspections.service import results, visits
from bureau.people.demo import demo as people
from bureau.roles import Role
from bureau.schools.demo import demo as schools
from kernel.actor import Actor
from kernel.database.scope import use_scope


def test_the_demo_has_something_to_show_to_everyone(app, session):
    context = DemoContext(today=date(2026, 11, 20))
    for fill in (schools, people, inspections.demo):
        fill(app, context)
    session.commit()
    use_scope(session(), context.actor().scope)
    own = Inspection.bureau_id == context.bureau_id
    states = Counter(session.scalars(select(Inspection.state).where(own)))
    done = sum(one.done for one in inspections.ROUNDS)
    assert states["released"] + states["submitted"] == done >= 60
    assert states["submitted"] == sum(one.held for one in inspections.ROUNDS) > 0
    assert states["in_progress"] > 0
    assert states["planned"] > 0
    assert all(title.startswith("演示") for title in session.scalars(select(InspectionPlan.title)))
    photos = session.scalar(select(func.count()).where(InspectionPhoto.bureau_id == context.bureau_id))
    assert photos >= 24
    bands = Counter(
        session.scalars(select(InspectionResult.band).where(InspectionResult.bureau_id == context.bureau_id))
    )
    assert len(bands) >= 3, "schools differ"
    inspector = Actor(
        context.accounts["inspector-1"], "", "bureau", context.bureau_id, roles=frozenset({str(Role.INSPECTOR)})
    )
    today = [visit for visit, _school, _plan in visits.my_visits(inspector) if visit.scheduled_on == context.today]
    assert 2 <= len(today) <= 8
    times = session.execute(
        select(Inspection.submitted_at, Inspection.scheduled_on).where(Inspection.submitted_at.is_not(None))
    )
    assert all(timedelta(0) <= at.date() - day <= timedelta(days=1) for at, day in times)
    first = context.schools[context.district.schools[0].code]
    principal = Actor(
        context.accounts["school-principal"], "", "school", context.bureau_id, first,
        roles=frozenset({str(Role.PRINCIPAL)}),
    )  # fmt: skip
    session.commit()
    use_scope(session(), principal.scope)
    assert len(results.own_results(principal).items) == len(inspections.ROUNDS)
