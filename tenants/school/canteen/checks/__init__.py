"""Judges a week's menu: what the law forbids, what the bureau asks, what growing pupils need. Pure."""

from collections.abc import Sequence

from school.canteen.checks import dishes, foods, kindergarten, nutrition
from school.canteen.checks.facts import Planned
from school.canteen.checks.results import Check, Verdict

KINDERGARTEN = "kindergarten"


def check_week(planned: Planned) -> list[Check]:
    """Every check, in the order in which a person reads them; what does not apply to this school says so."""
    is_kindergarten = planned.school.stage == KINDERGARTEN
    found = [
        dishes.forbidden_food(planned),
        dishes.forbidden_style(planned),
        dishes.nitrite(planned),
        dishes.published_ahead(planned),
        dishes.empty_meals(planned),
        dishes.meal_set(planned, applies=not is_kindergarten),
        dishes.meat_share(planned),
        dishes.repeated(planned),
        dishes.allergens(planned),
        foods.kinds_per_day(planned),
        foods.kinds_per_week(planned),
        foods.fresh_vegetables(planned, applies=not is_kindergarten),
        foods.dark_vegetables(planned, applies=not is_kindergarten),
        foods.liver(planned, applies=not is_kindergarten),
    ]
    return found + (kindergarten.check(planned) if is_kindergarten else nutrition.check(planned))


def refusals(planned: Planned, found: Sequence[Check]) -> list[Check]:
    """Those of the checks that do not let the menu be published."""
    return [one for one in found if one.verdict == Verdict.FAILED and planned.limits.refuses(one.code)]


__all__ = ["check_week", "refusals"]
