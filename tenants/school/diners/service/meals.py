"""Which meals a school serves, and until when its classes report for each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import select

from bureau.schools.service import get_school
from kernel.actor import Actor
from kernel.database import db
from kernel.database.writing import require_version
from school.diners import rules
from school.diners.models import ServedMeal
from school.diners.rules import Meal

# Before the breakfast of the day itself nobody can count: the evening before. For what is cooked later, the morning.
USUAL_LIMITS = {Meal.BREAKFAST: (1, time(18, 0))}
USUAL_LIMIT = (0, time(9, 0))


@dataclass(frozen=True, slots=True)
class MealSetting:
    """`version` None: nobody has set it yet, these are the usual ones."""

    meal: Meal
    is_served: bool
    days_before: int
    report_until: time
    version: int | None = None

    def deadline(self, day: date) -> datetime:
        return rules.report_deadline(day, self.days_before, self.report_until)


def settings(actor: Actor, school_id: int) -> dict[Meal, MealSetting]:
    """Every meal in the day's order, as the school set it or as schools of its kind do."""
    rows = db.session.scalars(
        select(ServedMeal).where(ServedMeal.bureau_id == actor.bureau_id, ServedMeal.school_id == school_id)
    )
    own = {row.meal: row for row in rows}
    usual: Sequence[Meal] = ()
    if not own:
        school = get_school(actor, school_id)
        usual = rules.usual_meals(school.stage, school.is_boarding)
    found = {}
    for meal in Meal:
        row = own.get(meal)
        days_before, until = USUAL_LIMITS.get(meal, USUAL_LIMIT)
        found[meal] = (
            MealSetting(meal, meal in usual, days_before, until)
            if row is None
            else MealSetting(meal, row.is_served, row.days_before, row.report_until, row.version)
        )
    return found


def meals_served(actor: Actor, school_id: int) -> list[Meal]:
    """The meals of the school's day, in their order."""
    return [setting.meal for setting in settings(actor, school_id).values() if setting.is_served]


def save_settings(actor: Actor, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write all meals: {"meal", "is_served", "days_before", "report_until", "version"}; `version` None: never set yet."""
    own = {
        row.meal: row
        for row in db.session.scalars(
            select(ServedMeal)
            .where(ServedMeal.bureau_id == actor.bureau_id, ServedMeal.school_id == actor.own_school_id())
            .with_for_update()
        )
    }
    for given in rows:
        row = own.get(given["meal"])
        values = {name: given[name] for name in ("is_served", "days_before", "report_until")}
        if row is None:
            db.session.add(
                ServedMeal(
                    bureau_id=actor.bureau_id, school_id=actor.own_school_id(), meal=given["meal"],
                    created_by=actor.account_id, **values,
                )
            )  # fmt: skip
            continue
        require_version(row, given["version"])
        for name, value in values.items():
            setattr(row, name, value)
    db.session.flush()
