from datetime import timedelta
from typing import Any

from bureau.demand.service import lots, rounds
from kernel.actor import system_actor
from kernel.database import db, new_id, now
from tests.support.catalogue import stock
from tests.support.demand import FIRST, approved, as_actor, fill
from tests.support.samples import Sample
from tests.support.world import World


def make_round(world: World, place: str = "a1") -> Any:
    """A round of the whole bureau, as yet without figures."""
    actor = as_actor(system_actor(world.bureaus[place[0]]))
    stocked = stock(actor, prefix=new_id().hex[-6:])
    return rounds.open_round(
        actor, id=new_id(), title="演示需求计划", first_month=FIRST, month_count=2,
        deadline=now() + timedelta(days=3), category_ids=[stocked.grain],
    )  # fmt: skip


def make_lot(world: World, place: str = "a1") -> Any:
    actor = system_actor(world.bureaus[place[0]])
    row = make_round(world, place)
    item = rounds.items_of(actor, row.id)[0]
    fill(world, place, row.id, {item.item_id: ["1", "2"]})
    approved(world, place, row.id)
    as_actor(actor)
    db.session.expire(row)
    rounds.close_round(actor, row.id, row.version)
    lots.aggregate(actor, row.id, row.version)
    return lots.lots_of(actor, row.id)[0]


SAMPLES = {
    "demand_round_id": Sample(lambda world, place: make_round(world, place).id, owner="bureau"),
    "demand_lot_id": Sample(lambda world, place: make_lot(world, place).id, owner="bureau"),
}
