from bureau.ocds.service import publishing, reading
from tests.support.samples import Sample
from tests.support.samples.tendering import SAMPLES as TENDERING
from tests.support.world import World


def _ocid(world: World, place: str) -> str:
    bureau_id = world.bureaus[place[0]]
    tender_id = TENDERING["tender_id"].make(world, place)
    publishing.refresh(bureau_id, tender_id)
    return reading.of_tender(bureau_id, tender_id)[0].ocid


SAMPLES = {"ocid": Sample(_ocid, owner="none")}
