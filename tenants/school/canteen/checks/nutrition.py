"""Checks of WS/T 554-2017: energy, protein, fat and carbohydrate day by day; vitamins, minerals and fibre by the week.

The need is that of the mean diner, times the share of a day that the meals served have to give. Of what nobody measured
only bounds are known: not less than nothing, not more than fat has energy. Verdicts hold for every value in between.
"""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from school.canteen.checks.facts import Planned
from school.canteen.checks.results import Check, Measure, in_range, measured, not_applicable
from school.canteen.figures import DishFigures, nutrition_of
from school.canteen.limits import Limit
from school.canteen.nutrients import KCAL_PER_GRAM, MICRONUTRIENTS, NOTHING, Amounts, Nutrient
from school.canteen.rules import HUNDRED, ZERO

# The most that a gram of anything can hold.
MOST_PER_GRAM = {Nutrient.ENERGY: Decimal(9), Nutrient.PROTEIN: Decimal(1)}
# What a gram of unknown food would have to be made of for this share to be lowest.
LEAST_DENSE = {Nutrient.PROTEIN: Decimal(9), Nutrient.FAT: Decimal(4), Nutrient.CARBOHYDRATE: Decimal(9)}


def check(planned: Planned) -> list[Check]:
    limits = planned.limits
    return [
        _of_need(planned, "energy", Nutrient.ENERGY, limits.limit("nutrition.energy.band")),
        _of_need(planned, "protein", Nutrient.PROTEIN, limits.limit("nutrition.protein.band")),
        of_energy(planned, "fat_share", Nutrient.FAT, limits.limit("nutrition.fat.energy_share")),
        of_energy(
            planned, "carbohydrate_share", Nutrient.CARBOHYDRATE, limits.limit("nutrition.carbohydrate.energy_share")
        ),
        micronutrients(planned),
    ]


def served_days(planned: Planned) -> Iterable[tuple[date, Amounts]]:
    """Days on which anything is served, with what one diner gets."""
    for day, dishes in planned.days.items():
        if dishes:
            yield day, nutrition_of(dishes)


def _of_need(planned: Planned, code: str, nutrient: Nutrient, band: Limit) -> Check:
    need = planned.school.needs.get(nutrient)
    if need is None:
        return not_applicable(code)
    measures = []
    for day, amounts in served_days(planned):
        least_share, most_share = planned.energy_share(day)
        if not most_share:
            continue  # snacks only
        least = need.amount * least_share * band.at_least / HUNDRED / HUNDRED
        most = None if band.most is None else need.amount * most_share * band.most / HUNDRED / HUNDRED
        measures.append(measure_of(code, nutrient, amounts, least, most, day))
    return measured(code, measures, _citations(need.source, band.citation), need.certain and band.certain)


def measure_of(
    code: str, nutrient: Nutrient, amounts: Amounts, least: Decimal | None, most: Decimal | None, day: date | None
) -> Measure:
    lower = amounts.of(nutrient)
    density = MOST_PER_GRAM.get(nutrient)
    unknown = amounts.unknown(nutrient)
    upper = lower if not unknown else (None if density is None else lower + density * unknown)
    unit = nutrient.rpartition("_")[2]
    verdict = in_range(lower, upper, least, most)
    return Measure(code, unit, lower, least, most, amounts.unknown_percent(nutrient), verdict, day)


def share_bounds(amounts: Amounts, nutrient: Nutrient) -> tuple[Decimal, Decimal] | None:
    """Percent of the energy that a nutrient gives, at least and at most. None: there is no energy to share."""
    kcal = KCAL_PER_GRAM[nutrient]
    energy, grams = amounts.of(Nutrient.ENERGY), amounts.of(nutrient)
    unknown, unknown_energy = amounts.unknown(nutrient), amounts.unknown(Nutrient.ENERGY)
    if not energy + unknown_energy:
        return None
    # Lowest where all that is unknown is something else, highest where it is this; or where there is none of it.
    lows = [grams * kcal / (energy + LEAST_DENSE[nutrient] * unknown_energy)]
    highs = [(grams + unknown) * kcal / (energy + kcal * min(unknown, unknown_energy))] if energy or unknown else []
    if energy:
        lows.append(grams * kcal / energy)
        highs.append(grams * kcal / energy)
    return min(lows) * HUNDRED, max(highs, default=ZERO) * HUNDRED


def of_energy(planned: Planned, code: str, nutrient: Nutrient, band: Limit) -> Check:
    """A share of the energy, day by day."""
    measures = []
    for day, amounts in served_days(planned):
        bounds = share_bounds(amounts, nutrient)
        if bounds is None:
            continue
        verdict = in_range(*bounds, band.least, band.most)
        unknown = amounts.unknown_percent(nutrient)
        measures.append(Measure(code, "%", bounds[0], band.least, band.most, unknown, verdict, day))
    return measured(code, measures, band.citation, band.certain)


def micronutrients(planned: Planned) -> Check:
    """On the mean of the week's days: at least the share of the need that the meals served have to give."""
    shares: list[Decimal] = []
    served: list[DishFigures] = []
    for day, dishes in planned.days.items():
        share, _most = planned.energy_share(day)
        if dishes and share:
            shares.append(share)
            served += dishes
    if not shares:
        return not_applicable("micronutrients")
    days = Decimal(len(shares))
    mean = nutrition_of(served).times(1 / days) if served else NOTHING
    mean_share = sum(shares, start=ZERO) / days
    measures, sources, certain = [], [], True
    for nutrient in MICRONUTRIENTS:
        need = planned.school.needs.get(nutrient)
        if need is None:
            continue
        sources.append(need.source)
        certain = certain and need.certain
        measures.append(measure_of(nutrient.value, nutrient, mean, need.amount * mean_share / HUNDRED, None, None))
    return measured("micronutrients", measures, _citations(*sources), certain)


def _citations(*sources: str) -> str:
    return "；".join(dict.fromkeys(source for source in sources if source))
