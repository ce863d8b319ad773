"""What of a kind is still missing on a day or at a meal: people not checked, dishes not sampled, cupboards not read.

Asked when a record is kept (does it complete its duty?) and by the page of the day.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from typing import Any
from uuid import UUID

from sqlalchemy import select

from kernel.actor import Actor
from kernel.database import db
from school.canteen_day import kinds, rules
from school.canteen_day.kinds import Kind
from school.canteen_day.models import Refrigerator, WaterMachine
from school.canteen_day.rules import Dish
from school.canteen_day.service.figures import WATER_DAYS, Figures
from school.canteen_day.service.menu import MealMenu, menus_on
from school.canteen_staff.service.people import Person, working_on
from school.diners.rules import Meal

EQUIPMENT = {kinds.REFRIGERATOR.code: (Refrigerator, "refrigerator_id"), kinds.WATER.code: (WaterMachine, "machine_id")}


@dataclass
class DayFacts:
    """What a school's day asks for; each part is read when it is first asked for."""

    actor: Actor
    school_id: int
    day: date
    _records: dict[str, Sequence[Any]] = field(default_factory=dict)

    @cached_property
    def figures(self) -> Figures:
        return Figures(self.actor.bureau_id, self.school_id, self.day)

    @cached_property
    def menus(self) -> Mapping[Meal, MealMenu]:
        return menus_on(self.actor, self.school_id, self.day)

    @cached_property
    def people(self) -> Sequence[Person]:
        return working_on(self.actor, self.school_id, self.day)

    @cached_property
    def refrigerators(self) -> Sequence[Refrigerator]:
        return self._equipment(Refrigerator)

    @cached_property
    def machines(self) -> Sequence[WaterMachine]:
        return self._equipment(WaterMachine)

    def _equipment(self, model: Any) -> Sequence[Any]:
        query = select(model).where(
            model.bureau_id == self.actor.bureau_id, model.school_id == self.school_id, model.is_active
        )
        return db.session.scalars(query.order_by(model.name, model.id)).all()

    @property
    def water_since(self) -> date:
        """A machine that was seen to on this day or later needs nothing yet."""
        return self.day - timedelta(days=int(self.figures.number(WATER_DAYS)) - 1)

    def records(self, kind: Kind) -> Sequence[Any]:
        """Those of the day that count, in the order in which it happened; of water machines those of the week."""
        if kind.code not in self._records:
            first = self.water_since if kind is kinds.WATER else self.day
            self._records[kind.code] = records_of(self.actor, kind, self.school_id, first, self.day)
        return self._records[kind.code]

    def at_meal(self, kind: Kind, meal: str) -> Sequence[Any]:
        return [record for record in self.records(kind) if record.meal == meal]


def records_of(
    actor: Actor, kind: Kind, school_id: int, first: date, last: date, *, with_corrected: bool = False
) -> Sequence[Any]:
    model = kind.model
    query = select(model).where(
        model.bureau_id == actor.bureau_id, model.school_id == school_id, model.on_day.between(first, last)
    )
    if not with_corrected:
        query = query.where(model.superseded_at.is_(None))
    return db.session.scalars(query.order_by(model.happened_at, model.id)).all()


def is_complete(facts: DayFacts, kind: Kind, meal: str | None) -> bool:
    """Whether the records of the day are all that its duty asks for."""
    if kind is kinds.STAFF_CHECK:
        return bool(facts.records(kind)) and not unchecked(facts)
    if kind is kinds.SAMPLE:
        assert meal is not None
        return any(one.is_enough for one in facts.at_meal(kind, meal)) and not unsampled(facts, meal)
    if kind is kinds.COOKING:
        assert meal is not None
        done = facts.at_meal(kind, meal)
        return bool(done) and not to_cook_on(done) and not unmeasured(facts, meal)
    if kind.code in EQUIPMENT:
        return bool(facts.records(kind)) and not unread(facts, kind)
    if kind is kinds.DISINFECTION:
        return any(not one.lacks for one in facts.at_meal(kind, meal or ""))
    return bool(facts.records(kind) if meal is None else facts.at_meal(kind, meal))


def unchecked(facts: DayFacts) -> list[Person]:
    checked = {one.staff_id for one in facts.records(kinds.STAFF_CHECK)}
    return [person for person in facts.people if person.staff.id not in checked]


def unsampled(facts: DayFacts, meal: str) -> list[Dish]:
    """A sample that weighs too little is none: the dish stays on the list until it is made up."""
    enough = [one for one in facts.at_meal(kinds.SAMPLE, meal) if one.is_enough]
    return _missing(facts, meal, enough, cooked_only=False)


def unmeasured(facts: DayFacts, meal: str) -> list[Dish]:
    return _missing(facts, meal, facts.at_meal(kinds.COOKING, meal), cooked_only=True)


def to_cook_on(measured: Sequence[Any]) -> list[Any]:
    """Measurements that were too low and that no later one answers."""
    answered = {one.again_of for one in measured}
    return [one for one in measured if not one.is_enough and one.id not in answered]


def unread(facts: DayFacts, kind: Kind) -> list[Any]:
    """Refrigerators without a reading of the day, or water machines not seen to within their days."""
    column = EQUIPMENT[kind.code][1]
    seen: Collection[UUID] = {getattr(one, column) for one in facts.records(kind)}
    equipment: Sequence[Any] = facts.refrigerators if kind is kinds.REFRIGERATOR else facts.machines
    return [one for one in equipment if one.id not in seen]


def _missing(facts: DayFacts, meal: str, done: Sequence[Any], *, cooked_only: bool) -> list[Dish]:
    menu = facts.menus.get(Meal(meal))
    if menu is None:
        return []
    wanted = menu.cooked if cooked_only else menu.dishes
    return rules.missing_dishes(wanted, {(one.dish_id, one.dish_name) for one in done})
