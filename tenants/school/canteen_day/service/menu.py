"""What is cooked on a day, meal by meal: from the menu; meals that the school serves without one have no dishes."""

from dataclasses import dataclass
from datetime import date

from kernel.actor import Actor
from kernel.workdays import service as workdays
from kernel.workdays.rules import is_workday
from school.canteen.service.reading import meals_on
from school.canteen_day.rules import Dish, is_cooked
from school.diners.rules import MEAL_ORDER, Meal
from school.diners.service.counting import class_counts, expected
from school.diners.service.meals import meals_served


@dataclass(frozen=True, slots=True)
class MealMenu:
    """`diners` None: no menu says how many. `is_published`: families have been told what there is to eat."""

    meal: Meal
    diners: int | None
    dishes: tuple[Dish, ...]
    is_published: bool = False

    @property
    def cooked(self) -> tuple[Dish, ...]:
        """The dishes whose core temperature is to be measured."""
        return tuple(dish for dish in self.dishes if is_cooked(dish))


def menus_on(actor: Actor, school_id: int, day: date) -> dict[Meal, MealMenu]:
    """The meals of a day in their order. A day of the menu has the meals that the menu names; a school day without one
    those that the school serves; on a free day nobody cooks."""
    found = {
        one.meal: MealMenu(
            one.meal, one.diners, tuple(Dish(dish.dish_id, dish.name, dish.kind) for dish in one.dishes),
            one.is_published,
        )
        for one in meals_on(actor, school_id, day)
    }  # fmt: skip
    if not found and is_workday(day, workdays.calendar(actor.bureau_id)):
        found = {Meal(meal): MealMenu(Meal(meal), None, ()) for meal in meals_served(actor, school_id)}
    return dict(sorted(found.items(), key=lambda pair: MEAL_ORDER[pair[0]]))


def diners_at(actor: Actor, school_id: int, day: date, meal: Meal) -> int | None:
    """How many ate, as counted; else as many as were expected; None where nobody knows."""
    counted = [row.actual for row in class_counts(actor, school_id, day, meal) if row.actual is not None]
    return sum(counted) if counted else expected(actor, school_id, [day]).get((day, meal))
