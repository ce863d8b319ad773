from datetime import timedelta

from bureau.roles import Role
from kernel.actor import system_actor
from kernel.database import db, new_id, now
from kernel.database.scope import use_scope
from kernel.web.dates import today
from school.recall.models import Recall, RecallPart
from school.recall.service import answering
from tests.support.samples import Sample


def _recall(world, place):
    """Told to this one school."""
    at = now()
    key = {"bureau_id": world.bureaus[place[0]]}
    recall = Recall(
        **key, id=new_id(), number=f"ZH-{place}", is_drill=False, trigger_kind="lot", trigger={}, lots=[],
        totals={"schools": 1, "meals": 0, "diners": 0}, reason="演示原因", state="active", begun_at=at, traced_at=at,
        traced_ms=5, told_at=at, begun_by_name="演示", created_by=new_id(),
    )  # fmt: skip
    db.session.add(recall)
    db.session.flush()
    part = {"came": [], "left": [], "used": [], "deliveries": [], "stocks": [], "meals": [], "transits": []}
    db.session.add(
        RecallPart(
            **key, school_id=world.schools[place], id=new_id(), recall_id=recall.id, number=recall.number, is_drill=False,
            reason=recall.reason, lots=[], part=part, told_at=at,
        )
    )  # fmt: skip
    db.session.flush()
    return recall.id


def _incident(world, place):
    principal = world.actor(Role.PRINCIPAL, place)
    use_scope(db.session(), principal.scope)
    incident = answering.report_incident(
        principal, id=new_id(), on_day=today(), meal="lunch", sick_count=2, symptoms="呕吐",
        noticed_at=now() - timedelta(minutes=5),
    )  # fmt: skip
    use_scope(db.session(), system_actor(world.bureaus[place[0]]).scope)
    return incident.id


SAMPLES = {"recall_id": Sample(_recall), "incident_id": Sample(_incident)}
