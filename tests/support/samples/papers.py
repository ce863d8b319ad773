from bureau.papers.models import Paper
from bureau.papers.service import issuing
from kernel.actor import system_actor
from tests.support.inspections import released_visit
from tests.support.samples import Sample
from tests.support.world import World


def make_paper(world: World, place: str = "a1", kind: str = "record") -> Paper:
    visit = released_visit(world, place)
    return issuing.issue_for_visit(system_actor(world.bureaus[place[0]]), kind, visit.school_id, visit.id)


SAMPLES = {
    "paper_id": Sample(lambda world, place: make_paper(world, place).id),
    "code": Sample(lambda world, place: make_paper(world, place).code, owner="none"),
}
