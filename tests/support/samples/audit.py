from sqlalchemy import select

from kernel.audit import capture
from kernel.audit.models import AuditEntry
from kernel.database import db
from tests.support.samples import Sample


def _entry(world, place):
    bureau_id = world.bureaus[place[0]]
    capture.record(db.session(), bureau_id, "demo:audit:sample", school_id=world.schools[place])
    return db.session.scalars(select(AuditEntry.id).order_by(AuditEntry.id.desc()).limit(1)).one()


SAMPLES = {"entry_id": Sample(_entry)}
