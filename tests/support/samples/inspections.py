from bureau.inspections.service.results import get_result
from bureau.inspections.service.revising import revise
from kernel.actor import system_actor
from tests.support.inspections import add_photo, make_plan, make_visit, released_visit
from tests.support.samples import Sample


def _revised_visit(world, place):
    """Told to the school and revised once, so that an earlier reading can be looked at."""
    visit = released_visit(world, place)
    actor = system_actor(visit.bureau_id)
    result = get_result(actor, visit.school_id, visit.id)
    revise(actor, visit, result, {"1": {"met": True}}, cause="appeal", reason="演示")
    return visit.id


SAMPLES = {
    "plan_id": Sample(lambda world, place: make_plan(system_actor(world.bureaus[place[0]])).id, owner="bureau"),
    "inspection_id": Sample(_revised_visit),
    "photo_id": Sample(lambda world, place: add_photo(world, make_visit(world, place)).id),
    "revision_number": Sample(lambda world, place: 0, owner="none"),
    "position": Sample(lambda world, place: 0, owner="none"),
    "section_index": Sample(lambda world, place: 0, owner="none"),
}
