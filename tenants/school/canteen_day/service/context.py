"""What the checks of several records of one school share: figures by day, people, equipment; each read once."""

from collections.abc import Mapping
from datetime import date, datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from sqlalchemy import select

from kernel.actor import Actor
from kernel.database import db
from kernel.web.dates import SHANGHAI
from school.canteen_day.hooks import reason_to_hold
from school.canteen_day.models import Refrigerator, WaterMachine
from school.canteen_day.service.figures import Figures
from school.canteen_day.service.menu import diners_at
from school.canteen_staff.service.people import Person, working_on
from school.diners.rules import Meal


class Context:
    """Of the actor's own school. `current`: the instant at which the records are written down."""

    def __init__(self, actor: Actor, current: datetime) -> None:
        self.actor = actor
        self.school_id = actor.own_school_id()
        self.current = current
        self._figures: dict[date, Figures] = {}
        self._people: dict[date, Mapping[UUID, Person]] = {}
        self._diners: dict[tuple[date, Meal], int | None] = {}
        self._held: dict[tuple[date, str], str] = {}

    def figures(self, day: date) -> Figures:
        """The figures in force on a day, so that a record made up for later is held against those of its own day."""
        if day not in self._figures:
            self._figures[day] = Figures(self.actor.bureau_id, self.school_id, day)
        return self._figures[day]

    def people(self, day: date) -> Mapping[UUID, Person]:
        if day not in self._people:
            self._people[day] = {one.staff.id: one for one in working_on(self.actor, self.school_id, day)}
        return self._people[day]

    def diners(self, day: date, meal: str) -> int | None:
        key = (day, Meal(meal))
        if key not in self._diners:
            self._diners[key] = diners_at(self.actor, self.school_id, *key)
        return self._diners[key]

    def held(self, day: date, meal: str) -> str:
        """Why a sample of this meal is held from the first, where somebody asks for it already."""
        if (day, meal) not in self._held:
            self._held[day, meal] = reason_to_hold(self.actor, self.school_id, day, meal)
        return self._held[day, meal]

    @cached_property
    def refrigerators(self) -> Mapping[UUID, Refrigerator]:
        return {one.id: one for one in db.session.scalars(self._own(Refrigerator))}

    @cached_property
    def machines(self) -> Mapping[UUID, WaterMachine]:
        return {one.id: one for one in db.session.scalars(self._own(WaterMachine))}

    def _own(self, model: Any) -> Any:
        return select(model).where(model.bureau_id == self.actor.bureau_id, model.school_id == self.school_id)


def day_of(instant: datetime) -> date:
    """The Shanghai day."""
    return instant.astimezone(SHANGHAI).date()
