import pytest

from tests.support.catalogue import stock
from tests.support.orders import market
from tests.support.receipts import record


@pytest.fixture
def stocked(world, acting):
    """Bureau a's catalogue; afterwards nobody's scope is set on purpose: each test says who acts."""
    return stock(acting(world.actor("procurement_officer")))


@pytest.fixture
def keeper(world, stocked, acting):
    """The storekeeper of school a1, acting."""
    return acting(world.actor("storekeeper"))


@pytest.fixture
def recorded(keeper):
    """`recorded(line(…), …)`: a receipt of a1."""

    def make(*lines, **changes):
        return record(keeper, *lines, **changes)

    return make


@pytest.fixture
def shop(session, world):
    """Rice at 5.20 and pork at 21.00 a kilogram, from one company."""
    return market(world)
