"""The checks as rows of the program. Each says the same as the check of its name, with a little to spare. Weights say
what matters more where not all can be met."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from school.canteen.checks.dishes import REPEATABLE
from school.canteen.checks.facts import Planned
from school.canteen.checks.kindergarten import KEY, SPLIT, least_percent
from school.canteen.checks.nutrition import LEAST_DENSE, MOST_PER_GRAM
from school.canteen.figures import DishFigures
from school.canteen.limits import Limit
from school.canteen.nutrients import KCAL_PER_GRAM, MICRONUTRIENTS, Nutrient
from school.canteen.proposing.program import Program, Terms, weighted
from school.canteen.proposing.request import Request
from school.canteen.rules import HUNDRED

KINDERGARTEN = "kindergarten"
SPARE = 0.004  # relative: rows ask for this much more than the checks, so that a hair's breadth missed is none
NUTRIENT_WEIGHT = 10.0  # missing a nutrient wholly
ENERGY_WEIGHT = 25.0
KIND_WEIGHT = 12.0
BUDGET_WEIGHT = 3.0
LEAST_BUDGET_FEN = 500.0  # of a day


@dataclass(slots=True)
class Variables:
    """`place`: (slot, candidate) → column."""

    request: Request
    place: dict[tuple[int, int], int]
    leftovers: dict[int, float] = field(default_factory=dict)

    def of_slot(self, number: int) -> list[tuple[int, int]]:
        """(candidate, column)"""
        return [(index, column) for (slot, index), column in self.place.items() if slot == number]

    def of_dish(self, index: int) -> list[int]:
        return [column for (_slot, other), column in self.place.items() if other == index]

    def days(self) -> dict[date, list[int]]:
        """Day → its slots."""
        found: dict[date, list[int]] = {}
        for number, slot in enumerate(self.request.slots):
            found.setdefault(slot.day, []).append(number)
        return found

    def terms(self, slots: Iterable[int], value: Callable[[DishFigures], Decimal | float]) -> Terms:
        """Sum of a dish's value over the dishes chosen for these slots."""
        wanted = set(slots)
        values = [float(value(candidate.dish)) for candidate in self.request.candidates]
        return weighted((column, values[index]) for (number, index), column in self.place.items() if number in wanted)


def add_checks(program: Program, request: Request, variables: Variables) -> None:
    week = {(slot.day, slot.meal): () for slot in request.slots}
    planned = Planned(week, request.school, request.limits, request.published_on)
    is_kindergarten = request.school.stage == KINDERGARTEN
    _repeated(program, request, variables)
    _kinds(program, request, variables)
    if is_kindergarten:
        _kindergarten(program, variables, planned)
    else:
        _vegetables(program, request, variables)
        _liver(program, request, variables)
        _nutrition(program, variables, planned)
    if request.budget_fen is not None:
        _budget(program, request, variables)


def _repeated(program: Program, request: Request, variables: Variables) -> None:
    """Hard but for what a person has put there: not twice on a day, not more often in the week than the figure says."""
    most = request.limits.limit("menu.dish.times_per_week").most
    for index, candidate in enumerate(request.candidates):
        columns = variables.of_dish(index)
        kept = sum(candidate.dish.key in slot.kept for slot in request.slots)
        if most is not None and candidate.dish.kind not in REPEATABLE and len(columns) > most:
            program.row(dict.fromkeys(columns, 1.0), most=float(max(int(most), kept)))
        for slots in variables.days().values():
            on_day = [variables.place[number, index] for number in slots if (number, index) in variables.place]
            if len(on_day) > 1 and candidate.dish.kind not in ("staple", "dairy"):
                kept_here = sum(candidate.dish.key in request.slots[number].kept for number in slots)
                program.row(dict.fromkeys(on_day, 1.0), most=float(max(1, kept_here)))


def _kinds(program: Program, request: Request, variables: Variables) -> None:
    """At least so many kinds a day and a week: a kind's column is at most 1 and at most the dishes that have it."""
    per_day = float(request.limits.limit("nutrition.kinds.per_day").at_least)
    per_week = float(request.limits.limit("nutrition.kinds.per_week").at_least)
    every = range(len(request.slots))
    _distinct(program, variables, ("kinds_per_week", "kinds", None, ""), every, lambda dish: dish.varieties, per_week)
    for day, slots in variables.days().items():
        _distinct(program, variables, ("kinds_per_day", "kinds", day, ""), slots, lambda dish: dish.varieties, per_day)


def _distinct(
    program: Program, variables: Variables, name: tuple[str, str, date | None, str], slots: Iterable[int],
    of: Callable[[DishFigures], frozenset[str]], least: float,
) -> None:  # fmt: skip
    wanted = set(slots)
    holders: dict[str, list[int]] = {}
    for (number, index), column in variables.place.items():
        if number in wanted:
            for variety in sorted(of(variables.request.candidates[index].dish)):
                holders.setdefault(variety, []).append(column)
    present = []
    for columns in holders.values():
        one = program.column(0.0, 1.0)
        program.row({**dict.fromkeys(columns, 1.0), one: -1.0}, least=0.0)
        present.append(one)
    program.soft_row(name, dict.fromkeys(present, 1.0), least=least, scale=least or 1.0, weight=KIND_WEIGHT)


def _vegetables(program: Program, request: Request, variables: Variables) -> None:
    kinds = float(request.limits.limit("nutrition.vegetables.kinds_per_day").at_least)
    share = float(request.limits.limit("nutrition.vegetables.dark_share").at_least) / 100
    for day, slots in variables.days().items():
        name = ("fresh_vegetables", "kinds", day, "")
        _distinct(program, variables, name, slots, lambda dish: dish.fresh_vegetables, kinds)
        dark = variables.terms(
            slots, lambda dish: float(dish.dark_grams) - share * (1 + SPARE) * float(dish.vegetable_grams)
        )
        program.soft_row(("dark_vegetables", "g", day, ""), dark, least=0.0, scale=100.0, weight=NUTRIENT_WEIGHT)


def _liver(program: Program, request: Request, variables: Variables) -> None:
    limit = request.limits.limit("nutrition.liver.grams_per_week")
    terms = variables.terms(range(len(request.slots)), lambda dish: dish.liver_grams)
    _between(program, ("liver", "g", None, ""), terms, terms, limit.least, limit.most, NUTRIENT_WEIGHT)


def _between(
    program: Program, name: tuple[str, str, date | None, str], lower: Terms, upper: Terms, least: Decimal | None,
    most: Decimal | None, weight: float,
) -> None:  # fmt: skip
    """`lower`, `upper`: between what the value lies; both ends must be within."""
    if least:
        bound = float(least) * (1 + SPARE)
        program.soft_row(name, lower, least=bound, scale=bound, weight=weight)
    if most is not None:
        bound = float(most) * (1 - SPARE)
        program.soft_row(name, upper, most=bound, scale=bound or 1.0, weight=weight)


def _nutrition(program: Program, variables: Variables, planned: Planned) -> None:
    limits = planned.limits
    for day, slots in variables.days().items():
        least_share, most_share = planned.energy_share(day)
        if not most_share:
            continue
        for code, nutrient, key, weight in (
            ("energy", Nutrient.ENERGY, "nutrition.energy.band", ENERGY_WEIGHT),
            ("protein", Nutrient.PROTEIN, "nutrition.protein.band", ENERGY_WEIGHT),
        ):
            need = planned.school.needs.get(nutrient)
            if need is None:
                continue
            band = limits.limit(key)
            least = need.amount * least_share * band.at_least / HUNDRED / HUNDRED
            most = None if band.most is None else need.amount * most_share * band.most / HUNDRED / HUNDRED
            lower, upper = _bounds(variables, slots, nutrient)
            _between(program, (code, nutrient.value, day, ""), lower, upper, least, most, weight)
        for code, nutrient, key in (
            ("fat_share", Nutrient.FAT, "nutrition.fat.energy_share"),
            ("carbohydrate_share", Nutrient.CARBOHYDRATE, "nutrition.carbohydrate.energy_share"),
        ):
            _share(program, variables, code, nutrient, limits.limit(key), day, slots, planned)
    _micronutrients(program, variables, planned)


def _bounds(variables: Variables, slots: Iterable[int], nutrient: Nutrient) -> tuple[Terms, Terms]:
    density = float(MOST_PER_GRAM[nutrient])
    wanted = list(slots)
    lower = variables.terms(wanted, lambda dish: dish.nutrition.of(nutrient))
    upper = variables.terms(
        wanted, lambda dish: float(dish.nutrition.of(nutrient)) + density * float(dish.nutrition.unknown(nutrient))
    )
    return lower, upper


def _share(
    program: Program, variables: Variables, code: str, nutrient: Nutrient, band: Limit, day: date | None,
    slots: Iterable[int], planned: Planned,
) -> None:  # fmt: skip
    """kcal of the nutrient against kcal of all, whatever the unknown part is made of."""
    kcal = float(KCAL_PER_GRAM[nutrient])
    other = float(LEAST_DENSE[nutrient])
    wanted = list(slots)
    need = planned.school.needs.get(Nutrient.ENERGY)
    scale = float(need.amount) / 4 if need else 500.0
    if band.least is not None:
        least = float(band.least) / 100 * (1 + SPARE)
        terms = variables.terms(
            wanted,
            lambda dish: (
                kcal * float(dish.nutrition.of(nutrient))
                - least
                * (float(dish.nutrition.of(Nutrient.ENERGY)) + other * float(dish.nutrition.unknown(Nutrient.ENERGY)))
            ),
        )
        program.soft_row((code, "kcal", day, ""), terms, least=0.0, scale=scale, weight=ENERGY_WEIGHT)
    if band.most is not None:
        most = float(band.most) / 100 * (1 - SPARE)
        terms = variables.terms(
            wanted,
            lambda dish: (
                kcal * (float(dish.nutrition.of(nutrient)) + float(dish.nutrition.unknown(nutrient)))
                - most
                * (
                    float(dish.nutrition.of(Nutrient.ENERGY))
                    + kcal * float(min(dish.nutrition.unknown(nutrient), dish.nutrition.unknown(Nutrient.ENERGY)))
                )
            ),
        )
        program.soft_row((code, "kcal", day, ""), terms, most=0.0, scale=scale, weight=ENERGY_WEIGHT)


def _micronutrients(program: Program, variables: Variables, planned: Planned) -> None:
    """The week's sum against the sum of the days' targets: the same as mean against mean."""
    days = {day: slots for day, slots in variables.days().items() if planned.energy_share(day)[0]}
    shares = sum((planned.energy_share(day)[0] for day in days), start=Decimal(0))
    slots = [number for numbers in days.values() for number in numbers]
    for nutrient in MICRONUTRIENTS:
        need = planned.school.needs.get(nutrient)
        if need is None or not shares:
            continue
        terms = variables.terms(slots, lambda dish, nutrient=nutrient: dish.nutrition.of(nutrient))  # type: ignore[misc]
        name = (nutrient.value, nutrient.value, None, "")
        _between(program, name, terms, terms, need.amount * shares / HUNDRED, None, NUTRIENT_WEIGHT)


def _kindergarten(program: Program, variables: Variables, planned: Planned) -> None:
    limits = {name: planned.limits.limit(f"{KEY}energy.{name}") for name in ("full", "partial")}
    limits |= {meal: planned.limits.limit(f"{KEY}{meal}.energy_share") for meal in SPLIT}
    need = planned.school.needs.get(Nutrient.ENERGY)
    for day, slots in variables.days().items():
        if need is not None:
            percent, _figure = least_percent(planned.meals_of(day), limits)
            lower, _upper = _bounds(variables, slots, Nutrient.ENERGY)
            least = need.amount * percent / HUNDRED
            _between(program, ("energy", Nutrient.ENERGY.value, day, ""), lower, lower, least, None, ENERGY_WEIGHT)
        for code, nutrient in (
            ("protein", Nutrient.PROTEIN), ("fat", Nutrient.FAT), ("carbohydrate", Nutrient.CARBOHYDRATE),
        ):  # fmt: skip
            band = planned.limits.limit(f"{KEY}{code}.energy_share")
            _share(program, variables, f"{code}_share", nutrient, band, day, slots, planned)
    share = float(planned.limits.limit(f"{KEY}quality_protein").at_least) / 100 * (1 + SPARE)
    every = range(len(variables.request.slots))
    terms = variables.terms(
        every,
        lambda dish: (
            float(dish.quality_protein)
            - share * (float(dish.nutrition.of(Nutrient.PROTEIN)) + float(dish.nutrition.unknown(Nutrient.PROTEIN)))
        ),
    )
    program.soft_row(("quality_protein", "g", None, ""), terms, least=0.0, scale=20.0, weight=NUTRIENT_WEIGHT)


def _budget(program: Program, request: Request, variables: Variables) -> None:
    """On the mean of the week. Asked after the law and the nutrition, so it weighs less than any of them."""
    assert request.budget_fen is not None
    days = len(variables.days())
    terms = weighted(
        (column, float(request.candidates[index].priced_fen)) for (_slot, index), column in variables.place.items()
    )
    most = float(request.budget_fen * days)
    # A budget that buys nothing must not outweigh everything else by being missed many times over.
    scale = max(most, LEAST_BUDGET_FEN * days)
    program.soft_row(("budget", "fen", None, ""), terms, most=most, scale=scale, weight=BUDGET_WEIGHT)
