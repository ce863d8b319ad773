"""Words of meals, allergens, and what may be wrong with a pupil's row."""

from typing import Any

from flask_babel import lazy_gettext as _l

from school.diners.rules import Allergen, Meal, Sex

MEALS: dict[str, Any] = {
    Meal.BREAKFAST: _l("早餐"),
    Meal.MORNING_SNACK: _l("早点"),
    Meal.LUNCH: _l("午餐"),
    Meal.AFTERNOON_SNACK: _l("午点"),
    Meal.DINNER: _l("晚餐"),
    Meal.NIGHT_SNACK: _l("夜点"),
}
ALLERGENS: dict[str, Any] = {
    Allergen.GLUTEN: _l("含麸质谷物"),
    Allergen.CRUSTACEANS: _l("甲壳类"),
    Allergen.FISH: _l("鱼类"),
    Allergen.EGGS: _l("蛋类"),
    Allergen.PEANUTS: _l("花生"),
    Allergen.SOY: _l("大豆"),
    Allergen.MILK: _l("乳制品"),
    Allergen.NUTS: _l("坚果"),
}
SEXES: dict[str, Any] = {Sex.MALE: _l("男"), Sex.FEMALE: _l("女")}
PROBLEMS = {
    "implausible_birth": _l("出生日期超出合理范围，请核对。"),
    "left_too_late": _l("离校日期超出合理范围，请核对。"),
    "unknown_allergen": _l("没有这种过敏原，请从列出的名称中选择。"),
}
STAFF = _l("教职工")
