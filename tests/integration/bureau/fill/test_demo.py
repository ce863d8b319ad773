from datetime import date

from sqlalchemy import select

from bureau.demo.context import DemoContext
from bureau.fill.demo import demo
from bureau.fill.models import FillFile, FillSubmission
from bureau.inspections import demo as inspections
from bureau.inspections.models import InspectionAnswer
from bureau.people.demo import demo as people
from bureau.schools.demo import demo as schools
from kernel.database.scope import use_scope


def test_visits_under_way_have_a_second_phone_with_something_to_look_at(app, session):
    context = DemoContext(today=date(2026, 11, 20))
    for fill in (schools, people, inspections.demo, demo):
        fill(app, context)
    session.commit()
    use_scope(session(), context.actor().scope)
    sent = session.scalars(select(FillSubmission).where(FillSubmission.bureau_id == context.bureau_id)).all()
    assert len(sent) == sum(one.begun for one in inspections.ROUNDS) > 0
    assert any(one.conflicts for one in sent)
    assert all(one.clock_offset_ms > 600_000 for one in sent)
    arrived = session.scalars(select(FillFile.attachment_id).where(FillFile.bureau_id == context.bureau_id)).all()
    assert 0 < arrived.count(None) < len(arrived)
    by = session.scalars(
        select(InspectionAnswer.answered_by).where(InspectionAnswer.answered_by.in_([one.person_id for one in sent]))
    ).all()
    assert by, "answers of the second inspector stand with the visit's"
