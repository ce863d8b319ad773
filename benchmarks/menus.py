"""A week's menu proposed: 5 days × 3 meals from 120 dishes, for schools of different ages, prices and stock; beside it
the linear relaxation of the same program, which no whole week can undercut."""

import random
import time
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from statistics import median

from benchmarks.results import circumstances
from kernel.policy.national import national_figures
from kernel.policy.rules import resolve
from school.canteen.checks.facts import SchoolFacts
from school.canteen.checks.results import Verdict
from school.canteen.costs import ItemPrice, PriceSource
from school.canteen.figures import Diners, DishFigures, Recipe, reckon
from school.canteen.foods import foods
from school.canteen.limits import KEYS, Limits
from school.canteen.nutrients import Nutrient
from school.canteen.proposing.request import USUAL, Candidate, Request, Slot
from school.canteen.proposing.solving import Search, dear_price, propose
from school.canteen.rules import Band, Line, Mix, counts_as_meat
from school.canteen.service.limits import limits_from
from school.canteen.standards import standard_on
from school.canteen.starter import starter_dishes

DISHES, DAYS, MEALS = 120, 5, ("breakfast", "lunch", "dinner")
AIM = 10.0  # seconds
MONDAY = date(2026, 9, 7)
SCHOOLS = {
    "primary": Mix({Band.AGE_6_8: 300, Band.AGE_9_11: 300}),
    "junior": Mix({Band.AGE_12_14: 600}),
    "senior": Mix({Band.AGE_15_17: 900}),
}
YUAN = {
    "grain": 5, "tuber": 4, "pulse": 9, "vegetable": 6, "mushroom": 12, "algae": 10, "fruit": 8, "livestock": 34,
    "poultry": 20, "aquatic": 32, "egg": 10, "dairy": 11, "soy": 7, "nut": 20, "oil": 12, "seasoning": 8,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Week:
    """`seconds` by the clock; `bound_fen`: cost of the relaxation, by day and diner; `missed`: failed checks."""

    school: str
    seconds: float
    cost_fen: float
    bound_fen: float
    missed: int
    is_finished: bool


def limits() -> Limits:
    rows = [figure for figure in national_figures() if figure.key in KEYS]
    found = {key: resolve([row for row in rows if row.key == key], MONDAY) for key in KEYS}
    return limits_from({key: one for key, one in found.items() if one is not None})


def request_of(school: str, seed: int, dishes: int = DISHES) -> Request:
    chance = random.Random(f"{school}:{seed}")
    standard, mix, known = standard_on(MONDAY), SCHOOLS[school], limits()
    prices: dict[object, ItemPrice] = {
        food.code: ItemPrice(Fraction(int(YUAN[food.group] * chance.uniform(70, 140))), PriceSource.BOOK, MONDAY)
        for food in foods().values()
    }
    units: dict[object, str] = dict.fromkeys(foods(), "kg")
    who = Diners(mix, standard.factors())
    rows: list[tuple[DishFigures, frozenset[str]]] = []
    starters = list(starter_dishes())
    for number in range(dishes):
        one = starters[number % len(starters)]
        # Beyond the list: the same dishes a little otherwise, as schools change their copies.
        factor = Decimal(1) if number < len(starters) else Decimal(str(round(chance.uniform(0.85, 1.15), 2)))
        lines = tuple(
            Line(
                line.name,
                line.net_grams * factor,
                line.food_code,
                line.food_code or None,
                line.edible_percent,
                line.is_meat,
            )
            for line in one.lines
        )
        recipe = Recipe(f"{number:03}", one.name, one.kind, lines, portion=one.portion)
        rows.append((reckon(recipe, who, prices, units), frozenset(one.meals)))
    share = known.limit("menu.meat.share_of_meat_dish").at_least
    kinds = ["meat" if counts_as_meat(one.kind, one.meat_share, share) else one.kind for one, _meals in rows]
    price = dear_price([(kind, one) for kind, (one, _meals) in zip(kinds, rows, strict=True)])
    return Request(
        slots=[Slot(MONDAY + timedelta(days=day), meal, USUAL[meal]) for day in range(DAYS) for meal in MEALS],
        candidates=[
            Candidate(one, kind, meals, price(kind, one)) for kind, (one, meals) in zip(kinds, rows, strict=True)
        ],
        school=SchoolFacts("primary", {one: standard.mean_need(mix, one) for one in Nutrient}), limits=known,
        published_on=MONDAY - timedelta(days=10),
    )  # fmt: skip


def measure(weeks: int = 3) -> list[Week]:
    """`weeks` for each school."""
    found = []
    for school in SCHOOLS:
        for seed in range(weeks):
            request = request_of(school, seed)
            begun = time.perf_counter()
            proposal = propose(request)
            seconds = time.perf_counter() - begun
            missed = sum(check.verdict == Verdict.FAILED for check in proposal.checks)
            bound = Search(replace(request, seconds=60.0)).cost_bound()
            cost = float(proposal.cost_fen) / DAYS
            found.append(Week(school, seconds, cost, bound / DAYS, missed, proposal.is_finished))
    return found


def met(found: list[Week]) -> bool:
    return max(one.seconds for one in found) < AIM


def report(found: list[Week]) -> str:
    lines = [
        "## A week's menu proposed",
        "",
        circumstances(),
        "",
        f"{DAYS} days × {len(MEALS)} meals from {DISHES} dishes; prices and recipes differ from week to week. The bound is the"
        " cost of the linear relaxation with every check met: it may serve fractions of dishes.",
        "",
        "| school | seconds, longest | checks failed | cost ÷ bound |",
        "|---|---:|---:|---:|",
    ]
    for school in SCHOOLS:
        own = [one for one in found if one.school == school]
        ratio = median(one.cost_fen / one.bound_fen for one in own)
        missed = sum(one.missed for one in own)
        lines.append(
            f"| {school} | {max(one.seconds for one in own):.1f} | {missed} in {len(own)} weeks | {ratio:.2f} |"
        )
    longest = max(one.seconds for one in found)
    lines += ["", f"Aim: under {AIM:.0f} s each: {'met' if met(found) else 'missed'} ({longest:.1f} s)."]
    return "\n".join(lines) + "\n"
