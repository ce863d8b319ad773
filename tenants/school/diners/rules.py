"""Meals and diners: pure rules."""

from enum import StrEnum


class Meal(StrEnum):
    """A meal of a canteen's day, in the order in which they are served."""

    BREAKFAST = "breakfast"
    MORNING_SNACK = "morning_snack"
    LUNCH = "lunch"
    AFTERNOON_SNACK = "afternoon_snack"
    DINNER = "dinner"
    NIGHT_SNACK = "night_snack"
