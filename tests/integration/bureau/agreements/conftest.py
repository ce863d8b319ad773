import pytest

from tests.support.catalogue import stock


@pytest.fixture
def officer(world):
    return world.actor("procurement_officer")


@pytest.fixture
def approver(world):
    return world.actor("bureau_admin")


@pytest.fixture
def stocked(acting, officer):
    return stock(acting(officer))
