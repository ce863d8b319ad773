import pytest

from bureau.roles import Role
from kernel.database import db
from tests.support.orders import market
from tests.support.school_phones import SchoolPhone


@pytest.fixture
def phone_of(app, session, world):
    """`phone_of(Role.STOREKEEPER)`, `phone_of(Role.TEACHER, "a2")`: that person's phone, signed in."""

    def make(role=Role.STOREKEEPER, place=None, **more):
        return SchoolPhone(app.test_client(), world.person(role, place), **more)

    return make


@pytest.fixture
def shop(session, world):
    made = market(world)
    db.session.commit()
    return made
