from bureau.composites import service
from bureau.composites.models import BureauComposite
from kernel.actor import system_actor
from kernel.database import new_id
from tests.support.inspections import make_plan
from tests.support.samples import Sample
from tests.support.world import World


def make_composite(world: World, place: str = "a1", plans=None, **values) -> BureauComposite:
    actor = system_actor(world.bureaus[place[0]])
    plans = plans or [make_plan(actor), make_plan(actor)]
    empty = {"plan_id": None, "form_version_id": None, "first": None, "last": None}
    parts = [{**empty, "title": f"部分{n}", "weight": 50, "plan_id": plan.id} for n, plan in enumerate(plans)]
    return service.create(
        actor, **{"id": new_id(), "title": "演示综合评价", "missing": "refuse", "parts": parts, **values}
    )


SAMPLES = {"composite_id": Sample(lambda world, place: make_composite(world, place).id, owner="bureau")}
