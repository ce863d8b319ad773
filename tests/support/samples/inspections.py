from kernel.actor import system_actor
from tests.support.inspections import add_photo, make_plan, make_visit, released_visit
from tests.support.samples import Sample

SAMPLES = {
    "plan_id": Sample(lambda world, place: make_plan(system_actor(world.bureaus[place[0]])).id, owner="bureau"),
    "inspection_id": Sample(lambda world, place: released_visit(world, place).id),
    "photo_id": Sample(lambda world, place: add_photo(world, make_visit(world, place)).id),
    "position": Sample(lambda world, place: 0, owner="none"),
    "section_index": Sample(lambda world, place: 0, owner="none"),
}
