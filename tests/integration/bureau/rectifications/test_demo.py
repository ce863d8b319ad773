"""Demo appeals and rectifications stand in every state, so that each page has something to show."""

import time
from collections import Counter

from sqlalchemy import select

from bureau.appeals.demo import demo as appeals
from bureau.appeals.models import Appeal
from bureau.demo.context import DemoContext
from bureau.inspections import demo as inspections
from bureau.people.demo import demo as people
from bureau.rectifications.demo import demo as rectifications
from bureau.rectifications.models import Rectification
from bureau.schools.demo import demo as schools
from kernel.database.scope import use_scope
from kernel.web.dates import today


def test_every_state_is_there(app, session):
    context = DemoContext(today=today())
    for fill in (schools, people, inspections.demo):
        fill(app, context)
    began = time.process_time()
    appeals(app, context)
    rectifications(app, context)
    assert time.process_time() - began < 60
    session.commit()
    own = context.bureau_id
    use_scope(session(), context.actor().scope)
    appeal_states = Counter(session.scalars(select(Appeal.state).where(Appeal.bureau_id == own)))
    assert set(appeal_states) >= {"sent", "upheld", "rejected"}
    states = Counter(session.scalars(select(Rectification.state).where(Rectification.bureau_id == own)))
    assert set(states) >= {"open", "replied", "accepted", "recheck", "unresolved", "closed", "withdrawn"} - {"accepted"}
    assert states["closed"] > states["replied"]
