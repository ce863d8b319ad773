from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from bureau.inspections.models import InspectionInspector
from bureau.roles import Role
from kernel.actor import system_actor
from kernel.database import db
from kernel.database.scope import IDENTITY, use_scope
from kernel.identity.models import Membership
from scorecards.form import AllOrNothing, Section
from tests.support import inspections
from tests.support.phones import Phone
from tests.unit.scorecards.forms import form, item


@dataclass
class Scene:
    """One visit to a1 by bureau a's inspector, with that person's phone."""

    app: Any
    world: Any
    acting: Any
    visit: Any
    phone: Phone
    perfect: dict
    other: Any = None

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


@pytest.fixture
def pair(scene):
    """The same scene with a form of two sections, each one inspector's: the scene's phone has the first, `other` the
    second."""
    system = scene.as_bureau()
    sections = tuple(
        Section(code=code, title=code, items=tuple(item(f"{code}.{n}", AllOrNothing(), 10) for n in (1, 2)))
        for code in ("A", "B")
    )
    colleague = scene.world.person(Role.SAFETY_OFFICER)
    use_scope(db.session(), IDENTITY)
    db.session.add(
        Membership(
            bureau_id=system.bureau_id, person_id=colleague.account_id, level="bureau", role=str(Role.INSPECTOR),
            valid_from=date(2020, 1, 1),
        )
    )  # fmt: skip
    db.session.commit()
    system = scene.as_bureau()
    plan = inspections.make_plan(system, inspections.published(system, form(sections=sections, total=Decimal(40))))
    visit = inspections.make_visit(scene.world, "a2", plan)
    first = db.session.scalars(select(InspectionInspector).where(InspectionInspector.inspection_id == visit.id)).one()
    first.sections = ["A"]
    db.session.add(
        InspectionInspector(
            bureau_id=visit.bureau_id, school_id=visit.school_id, inspection_id=visit.id,
            person_id=colleague.account_id, sections=["B"],
        )
    )  # fmt: skip
    scene.perfect = inspections.perfect_answers(visit)
    db.session.commit()
    scene.visit = visit
    scene.phone = scene.new_phone()
    scene.other = scene.new_phone(Role.SAFETY_OFFICER)
    return scene
