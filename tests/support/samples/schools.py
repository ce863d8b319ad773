from datetime import date, timedelta

from bureau.schools import service
from bureau.schools.models import SchoolImport
from kernel.actor import system_actor
from kernel.database import db, new_id
from tests.support.samples import Sample

ZONE_OF = {"a1": "a-east", "a2": "a-east", "a3": "a-west", "b1": "b-east"}


def term(world, place):
    """A term of its own for each place: terms of one bureau may not overlap."""
    start = date(2030, 9, 1) + timedelta(days=400 * sorted(ZONE_OF).index(place))
    actor = system_actor(world.bureaus[place[0]])
    made = service.create_term(
        actor, id=new_id(), name=f"演示学期 {place}", starts_on=start, ends_on=start + timedelta(days=120)
    )
    return made.id


def school_import(world, place):
    actor = system_actor(world.bureaus[place[0]])
    record = SchoolImport(
        bureau_id=actor.bureau_id, id=new_id(), filename="演示.xlsx", rows=[{"row": 2, "text": "演示"}], new_zones=[],
        created_count=0, changed_count=1, unchanged_count=0, state="refused", sheet=b"PK", created_by=actor.account_id,
    )  # fmt: skip
    db.session.add(record)
    db.session.flush()
    return record.id


SAMPLES = {
    "school_id": Sample(lambda world, place: world.schools[place]),
    "zone_id": Sample(lambda world, place: world.zones[ZONE_OF[place]], owner="bureau"),
    "term_id": Sample(term, owner="bureau"),
    "import_id": Sample(school_import, owner="bureau"),
}
