"""Which meals schools serve, for what is owed at every meal: of a thousand schools in one query."""

from collections.abc import Mapping, Sequence

from sqlalchemy import select

from duties.sources import MealSource, SchoolFacts
from kernel.database import db
from school.diners import rules
from school.diners.models import ServedMeal


def served(bureau_id: int, schools: Sequence[SchoolFacts]) -> Mapping[int, Sequence[str]]:
    """As each school set it or as schools of its kind do; see school.diners.service.meals.settings."""
    query = select(ServedMeal.school_id, ServedMeal.meal, ServedMeal.is_served).where(
        ServedMeal.bureau_id == bureau_id, ServedMeal.school_id.in_([school.id for school in schools])
    )
    told: dict[int, list[str]] = {}
    for school_id, meal, is_served in db.session.execute(query):
        told.setdefault(school_id, []).extend([meal] if is_served else [])
    return {
        school.id: rules.in_order(told[school.id])
        if school.id in told
        else rules.usual_meals(school.stage, school.is_boarding)
        for school in schools
    }


SOURCE = MealSource(served=served)
