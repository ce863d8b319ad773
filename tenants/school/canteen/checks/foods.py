"""Checks of what the dishes are made of: variety, vegetables, liver."""

from collections.abc import Iterable
from decimal import Decimal

from school.canteen.checks.facts import Planned
from school.canteen.checks.results import Check, Finding, Measure, in_range, judged, measured, not_applicable
from school.canteen.figures import DishFigures
from school.canteen.rules import HUNDRED, ZERO


def kinds_of(dishes: Iterable[DishFigures]) -> tuple[int, int]:
    """(kinds of food, ingredients that may be one more kind each): oil, salt and seasonings are none."""
    varieties: set[str] = set()
    uncoded: set[str] = set()
    for dish in dishes:
        varieties |= dish.varieties
        uncoded.update(dish.uncoded)
    return len(varieties), len(uncoded)


def _kinds(dishes: Iterable[DishFigures], least: Decimal) -> tuple[dict[str, object], bool] | None:
    """What to say of too few kinds, and whether ingredients without a code might make up for them."""
    kinds, uncoded = kinds_of(dishes)
    if kinds >= least:
        return None
    return {"kinds": kinds, "least": least, "uncoded": uncoded}, kinds + uncoded >= least


def kinds_per_day(planned: Planned) -> Check:
    limit = planned.limits.limit("nutrition.kinds.per_day")
    findings = []
    for day, dishes in planned.days.items():
        found = _kinds(dishes, limit.at_least) if dishes else None
        if found:
            findings.append(Finding("few_kinds", day, values=found[0], is_unclear=found[1]))
    return judged("kinds_per_day", findings, limit.citation, limit.certain)


def kinds_per_week(planned: Planned) -> Check:
    limit = planned.limits.limit("nutrition.kinds.per_week")
    found = _kinds([dish for dishes in planned.days.values() for dish in dishes], limit.at_least)
    findings = [Finding("few_kinds", values=found[0], is_unclear=found[1])] if found else []
    return judged("kinds_per_week", findings, limit.citation, limit.certain)


def fresh_vegetables(planned: Planned, *, applies: bool) -> Check:
    if not applies:
        return not_applicable("fresh_vegetables")
    limit = planned.limits.limit("nutrition.vegetables.kinds_per_day")
    findings = []
    for day, dishes in planned.days.items():
        kinds = len(frozenset().union(*(dish.fresh_vegetables for dish in dishes)))
        if dishes and kinds < limit.at_least:
            findings.append(Finding("few_vegetables", day, values={"kinds": kinds, "least": limit.at_least}))
    return judged("fresh_vegetables", findings, limit.citation, limit.certain)


def dark_vegetables(planned: Planned, *, applies: bool) -> Check:
    """By raw edible weight, day by day."""
    if not applies:
        return not_applicable("dark_vegetables")
    limit = planned.limits.limit("nutrition.vegetables.dark_share")
    findings = []
    for day, dishes in planned.days.items():
        whole = sum((dish.vegetable_grams for dish in dishes), start=ZERO)
        dark = sum((dish.dark_grams for dish in dishes), start=ZERO)
        if whole and dark * HUNDRED < limit.at_least * whole:
            values = {"share": dark * HUNDRED / whole, "least": limit.at_least}
            findings.append(Finding("few_dark_vegetables", day, values=values))
    return judged("dark_vegetables", findings, limit.citation, limit.certain)


def liver(planned: Planned, *, applies: bool) -> Check:
    """Grams a week of the mean diner."""
    if not applies:
        return not_applicable("liver")
    limit = planned.limits.limit("nutrition.liver.grams_per_week")
    grams = sum((dish.liver_grams for dishes in planned.days.values() for dish in dishes), start=ZERO)
    verdict = in_range(grams, grams, limit.least, limit.most)
    measure = Measure("liver", "g", grams, limit.least, limit.most, ZERO, verdict)
    return measured("liver", [measure], limit.citation, limit.certain)
