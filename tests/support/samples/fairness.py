from bureau.fairness.models import DataFlag
from kernel.database import db, new_id
from tests.support.inspections import make_visit
from tests.support.samples import Sample
from tests.support.world import World


def make_flag(world: World, place: str = "a1") -> DataFlag:
    visit = make_visit(world, place)
    flag = DataFlag(
        bureau_id=visit.bureau_id, school_id=visit.school_id, id=new_id(), inspection_id=visit.id,
        code="impossible_speed", params={"seconds": 1.0},
    )  # fmt: skip
    db.session.add(flag)
    db.session.flush()
    return flag


SAMPLES = {"flag_id": Sample(lambda world, place: make_flag(world, place).id)}
