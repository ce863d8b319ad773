import pytest

from tests.support.orders import market


@pytest.fixture
def shop(session, world):
    """Rice at 5.20 and pork at 21.00 a kilogram, from one company."""
    return market(world, fixed=True)
