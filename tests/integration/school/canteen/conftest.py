import pytest

from tests.support import weeks


@pytest.fixture
def cook(world, acting):
    return acting(world.actor("canteen_manager"))


@pytest.fixture
def menu(cook):
    return weeks.filled(cook)[0]
