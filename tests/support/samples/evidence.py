from datetime import timedelta

from bureau.evidence import service
from bureau.evidence.models import PhotoMatch
from kernel.actor import system_actor
from kernel.database import db, now
from kernel.files.service import store
from tests.support.pictures import kitchen
from tests.support.samples import Sample
from tests.support.world import World


def make_match(world: World, place: str = "a1") -> PhotoMatch:
    """A school's proof that shows what an inspector photographed at another time."""
    actor = system_actor(world.bureaus[place[0]])
    earlier = store(actor, kitchen(7), name="a.jpg", purpose="inspection_photo", school_id=world.schools[place])
    earlier.created_at = now() - timedelta(days=30)
    later = store(
        actor, kitchen(7, quality=60), name="b.jpg", purpose="rectification_photo", school_id=world.schools[place]
    )
    db.session.flush()
    service.print_new(actor)
    return db.session.query(PhotoMatch).filter_by(later_id=later.id).first()


SAMPLES = {"match_id": Sample(lambda world, place: make_match(world, place).id, owner="bureau")}
