from datetime import date
from decimal import Decimal

from kernel.actor import system_actor
from kernel.database import new_id
from kernel.policy import service
from tests.support.samples import Sample


def _override(world, place):
    # One bureau has several places here, and two rules of one day would contradict each other.
    return service.save_override(
        system_actor(world.bureaus[place[0]]), new_id(), None, key="canteen.sample.weight", value=Decimal(200),
        citation="演示区规定", valid_from=date(2026, 1, int(place[1])), valid_to=None,
    ).id  # fmt: skip


SAMPLES = {
    "figure_key": Sample(lambda world, place: "canteen.sample.weight", owner="none"),
    "override_id": Sample(_override, owner="bureau"),
    "day": Sample(lambda world, place: "2027-01-01", owner="none"),
}
