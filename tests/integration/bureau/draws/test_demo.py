"""The demo's draws: one drawn, one promised, both verifiable."""

from datetime import date

from sqlalchemy import select

from bureau.demo.context import DemoContext
from bureau.draws.demo import demo as draws
from bureau.draws.models import Draw, InspectorInterest
from bureau.draws.service import drawing
from bureau.draws.verification import verify
from bureau.inspections.demo import demo as inspections
from bureau.inspections.models import Inspection
from bureau.people.demo import demo as people
from bureau.schools.demo import demo as schools
from kernel.database.scope import use_scope
from kernel.web.dates import today


def test_the_demo_has_a_drawn_and_a_promised_campaign(app, session):
    context = DemoContext(today=today())
    for fill in (schools, people, inspections, draws):
        fill(app, context)
    session.commit()
    use_scope(session(), context.actor().scope)
    rows = {row.state: row for row in session.scalars(select(Draw))}
    assert set(rows) == {"drawn", "committed"}
    document = drawing.document_of(rows["drawn"])
    assert [check for check in verify(document) if not check.ok] == []
    visits = session.scalars(select(Inspection).where(Inspection.draw_id == rows["drawn"].id)).all()
    assert len(visits) == len(document["result"]["visits"]) >= 3
    assert all(visit.scheduled_on > date.today() for visit in visits)
    assert any(row["recused"] for row in document["pools"]["inspectors"])
    assert len(session.scalars(select(InspectorInterest)).all()) == 2
