from fractions import Fraction

from bureau.roles import Role
from bureau.simulation import service
from bureau.simulation.rules import TriedBid
from kernel.database import new_id
from tests.support import tenders
from tests.support.samples import Sample


def tried_bids(criteria):
    return [
        TriedBid(
            str(number), f"演示投标人{number}", Fraction(80 + number),
            {str(row.id): Fraction(9 - number, 10) for row in criteria},
        )
        for number in range(3)
    ]  # fmt: skip


def simulation(world, place):
    made = tenders.ready(world, place[0])
    actor = world.actor(Role.PROCUREMENT_OFFICER, place[0])
    tenders.officer(world, place[0])
    criteria = service.factors_of(actor, made.tender, made.lots[0])
    return service.run(
        actor, made.id, new_id(), lot_id=made.lots[0], points={}, bids=tried_bids(criteria), source_lot_id=None,
        source_title="演示",
    ).id  # fmt: skip


SAMPLES = {"simulation_id": Sample(simulation, owner="bureau")}
