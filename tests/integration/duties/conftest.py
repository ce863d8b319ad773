from datetime import time

import pytest
from flask_babel import lazy_gettext as _l

from duties.kinds import DutyKind, runs_canteen
from kernel.actor import system_actor
from kernel.database import clock_at
from tests.support.duties import FRIDAY, at, make_terms, published

KINDS = (
    DutyKind("morning", _l("晨检"), "daily", due_time=time(8), roles=("food_safety_officer",), applies=runs_canteen),
    DutyKind("samples", _l("留样"), "per_meal", minutes_after=60, roles=("canteen_manager",), applies=runs_canteen),
    DutyKind("weekly", _l("周排查"), "weekly", roles=("food_safety_officer",)),
    DutyKind("drill", _l("演练"), "monthly", roles=("logistics_director",)),
)


@pytest.fixture
def kinds(session):
    """The kinds of these tests, whatever the modules of the day publish."""
    with published(*KINDS):
        yield KINDS


@pytest.fixture
def district(world, acting, kinds):
    """Terms are entered, it is Friday 06:00, and the test acts as bureau a's own work."""
    with clock_at(at(FRIDAY, 6)):
        make_terms(world)
        yield acting(system_actor(world.bureaus["a"]))
