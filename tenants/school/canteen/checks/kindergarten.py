"""Checks of a kindergarten, which WS/T 554 does not speak of: how much of a day's energy its meals and snacks give, how
it is shared out, and how much of the protein is of good quality."""

from decimal import Decimal

from school.canteen.checks.facts import MAIN_MEALS, SNACKS, Planned
from school.canteen.checks.nutrition import measure_of, of_energy, served_days
from school.canteen.checks.results import Check, Measure, in_range, measured, not_applicable
from school.canteen.limits import Limit
from school.canteen.nutrients import Nutrient
from school.canteen.rules import HUNDRED, ZERO

SPLIT = ("morning_snack", "lunch", "afternoon_snack", "dinner")
KEY = "nutrition.kindergarten."


def check(planned: Planned) -> list[Check]:
    limits = planned.limits
    return [
        energy(planned),
        of_energy(planned, "protein_share", Nutrient.PROTEIN, limits.limit(f"{KEY}protein.energy_share")),
        of_energy(planned, "fat_share", Nutrient.FAT, limits.limit(f"{KEY}fat.energy_share")),
        of_energy(
            planned, "carbohydrate_share", Nutrient.CARBOHYDRATE, limits.limit(f"{KEY}carbohydrate.energy_share")
        ),
        quality_protein(planned),
    ]


def least_percent(meals: list[str], limits: dict[str, Limit]) -> tuple[Decimal, str]:
    """(percent of a day's need, figure): 三餐两点 the full figure; 三餐一点 and 两餐一点 the partial one; fewer: the
    meals' own shares of a day, times the partial figure. Breakfast and the morning snack share one share."""
    main = sum(meal in MAIN_MEALS for meal in meals)
    snacks = sum(meal in SNACKS for meal in meals)
    if main == 3 and snacks == 2:
        return limits["full"].at_least, "full"
    partial = limits["partial"].at_least
    if (main, snacks) in ((3, 1), (2, 1), (3, 0)):
        return partial, "partial"
    held = {"morning_snack" if meal == "breakfast" else meal for meal in meals}
    split = sum((limits[meal].at_least for meal in SPLIT if meal in held), start=ZERO)
    return split * partial / HUNDRED, "partial"


def energy(planned: Planned) -> Check:
    need = planned.school.needs.get(Nutrient.ENERGY)
    if need is None:
        return not_applicable("energy")
    limits = {name: planned.limits.limit(f"{KEY}energy.{name}") for name in ("full", "partial")}
    limits |= {meal: planned.limits.limit(f"{KEY}{meal}.energy_share") for meal in SPLIT}
    measures, used = [], set()
    for day, amounts in served_days(planned):
        percent, figure = least_percent(planned.meals_of(day), limits)
        used.add(figure)
        measures.append(measure_of("energy", Nutrient.ENERGY, amounts, need.amount * percent / HUNDRED, None, day))
    citations = "；".join(dict.fromkeys([need.source, *(limits[figure].citation for figure in sorted(used))]))
    certain = need.certain and all(limits[figure].certain for figure in used)
    return measured("energy", measures, citations, certain)


def quality_protein(planned: Planned) -> Check:
    """Of animals and soy, percent of the protein, on the mean of the week."""
    limit = planned.limits.limit(f"{KEY}quality_protein")
    dishes = [dish for found in planned.days.values() for dish in found]
    good = sum((dish.quality_protein for dish in dishes), start=ZERO)
    whole = sum((dish.nutrition.of(Nutrient.PROTEIN) for dish in dishes), start=ZERO)
    grams = sum((dish.nutrition.grams for dish in dishes), start=ZERO)
    unknown = sum((dish.nutrition.unknown(Nutrient.PROTEIN) for dish in dishes), start=ZERO)
    if not whole + unknown:
        return not_applicable("quality_protein")
    # A gram of unknown food is all protein of the one kind or of the other, at the utmost.
    lower, upper = good * HUNDRED / (whole + unknown), (good + unknown) * HUNDRED / (whole + unknown)
    verdict = in_range(lower, upper, limit.least, None)
    share = unknown * HUNDRED / grams if grams else ZERO
    measure = Measure("quality_protein", "%", lower, limit.least, None, share, verdict)
    return measured("quality_protein", [measure], limit.citation, limit.certain)
