from kernel.actor import system_actor
from tests.support.catalogue import RICE, category, item
from tests.support.samples import Sample


def _own_category(world, place, mark="c"):
    return category(system_actor(world.bureaus[place[0]]), f"{mark}-{place}", "演示类别", [])


def _item(world, place):
    actor = system_actor(world.bureaus[place[0]])
    return item(actor, _own_category(world, place, "i"), RICE, f"{place}-")


SAMPLES = {
    "category_id": Sample(_own_category, owner="bureau"),
    "item_id": Sample(_item, owner="bureau"),
    "what": Sample(lambda world, place: "items", owner="none"),
}
