import pytest

from tests.support.orders import market


@pytest.fixture
def shop(session, world):
    """Rice and pork from one company, for the schools of bureau a."""
    return market(world, fixed=True, quantity=100_000)
