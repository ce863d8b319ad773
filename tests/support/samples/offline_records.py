from kernel.database import new_id
from tests.support.samples import Sample

SAMPLES = {"offline_record_id": Sample(lambda world, place: new_id(), owner="none")}
