import pytest


@pytest.fixture
def keeper(world, session):
    return world.actor("storekeeper")


@pytest.fixture
def director(world, session):
    return world.actor("logistics_director")


@pytest.fixture
def teacher(world, session):
    return world.actor("teacher")
