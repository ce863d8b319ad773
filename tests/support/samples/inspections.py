from bureau.inspections.service.acknowledging import acknowledge
from bureau.inspections.service.planning import get_plan
from bureau.inspections.service.publishing import publish
from bureau.inspections.service.results import get_result
from bureau.inspections.service.revising import revise
from bureau.roles import Role
from kernel.actor import system_actor
from kernel.database import db
from kernel.database.scope import use_scope
from tests.support.inspections import add_photo, make_plan, make_visit, released_visit
from tests.support.samples import Sample


def _revised_visit(world, place):
    """Told to the school, revised once, so that an earlier reading can be looked at, acknowledged and published."""
    visit = released_visit(world, place)
    actor = system_actor(visit.bureau_id)
    result = get_result(actor, visit.school_id, visit.id)
    revise(actor, visit, result, {"1": {"met": True}}, cause="appeal", reason="演示")
    visit_id, plan_id = visit.id, visit.plan_id
    principal = world.actor(Role.PRINCIPAL, place)
    use_scope(db.session(), principal.scope)
    acknowledge(principal, visit_id)
    use_scope(db.session(), actor.scope)
    publish(actor, plan_id, get_plan(actor, plan_id).version)
    return visit_id


SAMPLES = {
    "plan_id": Sample(lambda world, place: make_plan(system_actor(world.bureaus[place[0]])).id, owner="bureau"),
    "inspection_id": Sample(_revised_visit),
    "photo_id": Sample(lambda world, place: add_photo(world, make_visit(world, place)).id),
    "revision_number": Sample(lambda world, place: 0, owner="none"),
    "position": Sample(lambda world, place: 0, owner="none"),
    "section_index": Sample(lambda world, place: 0, owner="none"),
}
