from dataclasses import dataclass
from typing import Any

import pytest

from bureau.roles import Role
from kernel.actor import system_actor
from tests.support import inspections
from tests.support.phones import Phone


@dataclass
class Scene:
    """One visit to a1 by bureau a's inspector, with that person's phone."""

    app: Any
    world: Any
    acting: Any
    visit: Any
    phone: Phone
    perfect: dict

    def as_bureau(self):
        return self.acting(system_actor(self.world.bureaus["a"]))

    def fill(self, phone=None, **changes):
        """Every item answered without a loss, but for `changes`."""
        for key, answer in {**self.perfect, **changes}.items():
            (phone or self.phone).answer(key, answer)

    def new_phone(self, role=Role.INSPECTOR, place=None, visit=None, **more):
        return Phone(self.app.test_client(), self.world.person(role, place), visit or self.visit, **more)


@pytest.fixture
def scene(app, session, world, acting):
    system = acting(system_actor(world.bureaus["a"]))
    visit = inspections.make_visit(world, "a1", inspections.make_plan(system))
    perfect = inspections.perfect_answers(visit)
    session.commit()
    phone = Phone(app.test_client(), world.person(Role.INSPECTOR), visit)
    return Scene(app, world, acting, visit, phone, perfect)
