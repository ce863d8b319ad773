from contextlib import contextmanager
from types import SimpleNamespace

import pytest
from sqlalchemy import event

from bureau.roles import Role
from tests.support.catalogue import stock
from tests.support.recall import cook


@pytest.fixture
def rice(world, acting):
    """The catalogue's item that the lot is of."""
    return stock(acting(world.actor(Role.PROCUREMENT_OFFICER))).rice


@pytest.fixture
def two_schools(world, rice):
    """The lot in a1, where the issue names the dish, and in a2, where it names the meal only."""
    return cook(world, rice, "a1"), cook(world, rice, "a2", came="50", used="20", diners=150, named=False)


@pytest.fixture
def officer(world, acting, two_schools):
    return acting(world.actor(Role.CANTEEN_OFFICER))


@pytest.fixture
def count_queries(session):
    """`with count_queries() as done: …`; then `done.count`."""

    @contextmanager
    def counting():
        done = SimpleNamespace(count=0)

        def note(*_args):
            done.count += 1

        connection = session.connection()
        event.listen(connection, "before_cursor_execute", note)
        try:
            yield done
        finally:
            event.remove(connection, "before_cursor_execute", note)

    return counting
