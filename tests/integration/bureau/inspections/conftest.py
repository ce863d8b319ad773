from dataclasses import dataclass
from typing import Any

import pytest

from bureau.roles import Role
from kernel.actor import system_actor
from tests.support import inspections


@dataclass
class Scene:
    """One bureau's plan with a visit to a1, and the actors around it."""

    world: Any
    acting: Any
    plan: Any
    visit: Any
    officer: Any
    inspector: Any

    def as_inspector(self):
        return self.acting(self.inspector)

    def as_officer(self):
        return self.acting(self.officer)

    def as_school(self, place="a1", role=Role.PRINCIPAL):
        return self.acting(self.world.actor(role, place))

    @property
    def fill_path(self):
        return f"/inspections/fill/{self.visit.school_id}/{self.visit.id}"

    @property
    def visit_path(self):
        return f"/inspections/visits/{self.visit.school_id}/{self.visit.id}"


@pytest.fixture
def scene(session, world, acting):
    return make_scene(world, acting)


@pytest.fixture
def held_scene(session, world, acting):
    """Of a plan whose results the bureau releases by hand."""
    return make_scene(world, acting, releases_on_submit=False)


def make_scene(world, acting, **plan_values):
    system = acting(system_actor(world.bureaus["a"]))
    plan = inspections.make_plan(system, **plan_values)
    visit = inspections.make_visit(world, "a1", plan)
    return Scene(world, acting, plan, visit, world.actor(Role.CANTEEN_OFFICER), world.actor(Role.INSPECTOR))
