"""Words of meals."""

from flask_babel import lazy_gettext as _l

from school.diners.rules import Meal

MEALS = {
    Meal.BREAKFAST: _l("早餐"),
    Meal.MORNING_SNACK: _l("早点"),
    Meal.LUNCH: _l("午餐"),
    Meal.AFTERNOON_SNACK: _l("午点"),
    Meal.DINNER: _l("晚餐"),
    Meal.NIGHT_SNACK: _l("夜点"),
}
