from bureau.hazards.models import Hazard
from bureau.hazards.service import finding
from kernel.actor import system_actor
from kernel.database import new_id
from tests.support.samples import Sample
from tests.support.world import World


def make_hazard(world: World, place: str = "a1") -> Hazard:
    actor = system_actor(world.bureaus[place[0]])
    return finding.report(actor, id=new_id(), school_id=world.schools[place], text="消防通道上锁")


SAMPLES = {"hazard_id": Sample(lambda world, place: make_hazard(world, place).id)}
