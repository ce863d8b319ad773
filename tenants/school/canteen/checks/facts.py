"""What a week's menu is judged by."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property

from school.canteen.figures import DishFigures, Week, by_day
from school.canteen.limits import Limits
from school.canteen.nutrients import Nutrient
from school.canteen.rules import HUNDRED, ZERO
from school.canteen.standards import Need

MAIN_MEALS = ("breakfast", "lunch", "dinner")
COOKED_MEALS = ("lunch", "dinner")  # at which the meal's set of dishes is asked for
SNACKS = ("morning_snack", "afternoon_snack")


@dataclass(frozen=True, slots=True)
class SchoolFacts:
    """`needs`: of the mean diner in a day. `allergic`: allergen → how many pupils."""

    stage: str
    needs: Mapping[Nutrient, Need | None]
    allergic: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Planned:
    """`week`: every meal that is planned, empty ones included. `published_on`: the day on which it is or would be
    published."""

    week: Week
    school: SchoolFacts
    limits: Limits
    published_on: date

    @cached_property
    def days(self) -> dict[date, list[DishFigures]]:
        return by_day(self.week)

    def meals_of(self, day: date) -> list[str]:
        return [meal for on_day, meal in self.week if on_day == day]

    def energy_share(self, day: date) -> tuple[Decimal, Decimal]:
        """Percent of a day's need that the main meals of this day have to give, least and most; all three are the
        whole day. Snacks come on top and have no share of their own."""
        meals = [meal for meal in self.meals_of(day) if meal in MAIN_MEALS]
        if len(meals) == len(MAIN_MEALS):
            return HUNDRED, HUNDRED
        limits = [self.limits.limit(f"nutrition.{meal}.energy_share") for meal in meals]
        return (
            sum((one.least or ZERO for one in limits), start=ZERO),
            sum((one.most or ZERO for one in limits), start=ZERO),
        )
