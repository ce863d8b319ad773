from bureau.roles import Role
from kernel.actor import system_actor
from kernel.database import db, new_id, now
from kernel.database.scope import use_scope
from school.offline_records.models import OfflineRecord
from tests.support.samples import Sample


def _record(world, place):
    """What the canteen's manager handed in from a phone."""
    actor = world.actor(Role.CANTEEN_MANAGER, place)
    use_scope(db.session(), actor.scope)
    at = now()
    record = OfflineRecord(
        bureau_id=actor.bureau_id, school_id=actor.school_id, id=new_id(), person_id=actor.account_id,
        person_name=actor.display_name, kind="tasting", digest="0" * 64, document={}, made_at=at, clock_offset_ms=0,
        claimed_at=at, counts_at=at, flags=[], device_id="演示设备", record_kind="tasting", record_ids=[new_id()],
        created_at=at, created_by=actor.account_id,
    )  # fmt: skip
    db.session.add(record)
    db.session.flush()
    use_scope(db.session(), system_actor(actor.bureau_id).scope)
    return record.id


SAMPLES = {"offline_record_id": Sample(_record)}
