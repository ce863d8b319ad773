from bureau.appeals.service import filing
from bureau.roles import Role
from kernel.database import new_id
from tests.support.follow_up import as_person, draft_appeal, sent_appeal, told_visit
from tests.support.pictures import jpeg
from tests.support.samples import Sample


def _evidence(world, place):
    appeal = draft_appeal(world, told_visit(world, place), "3", place)
    principal = as_person(world, Role.PRINCIPAL, place)
    return filing.add_evidence(principal, appeal.id, new_id(), jpeg("evidence"), "演示.jpg").id


SAMPLES = {
    "appeal_id": Sample(lambda world, place: sent_appeal(world, told_visit(world, place), place=place).id),
    "evidence_id": Sample(_evidence),
}
