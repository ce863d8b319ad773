"""Chooses the dishes of a week.

Every rule that a menu is judged by is a row of a mixed-integer program, soft, so that there is always an answer; what is
missing weighs far more than money. A week with every dish for every meal is more than a solver finishes in seconds, so it
is solved by days: each day with the others as they are, again and again until no day gets better; then two days at once,
for what only two can settle, such as liver on the one instead of the other. Of a day's hundreds of choices only those
are tried that its linear relaxation finds worth while. Work is bounded by nodes before it is bounded by time, and ties
are broken by names: the same request gives the same answer.
"""

import hashlib
import time
from collections.abc import Callable, Sequence
from datetime import date
from fractions import Fraction
from itertools import combinations
from typing import Any

from school.canteen.checks import check_week
from school.canteen.checks.facts import COOKED_MEALS, Planned
from school.canteen.figures import DishFigures, by_day, cost_of
from school.canteen.foods import food_of
from school.canteen.proposing.program import INFINITE, Program, Terms, weighted
from school.canteen.proposing.request import MOST_DISHES, Proposal, Request, Shortfall, Slot
from school.canteen.proposing.rows import SPARE, Variables, add_checks
from school.canteen.rules import DishKind

ORDER = ("staple", "meat", "half_meat", "vegetable", "soup", "dairy", "snack", "other", "fruit")
WORTH = 2000.0  # fen of one diner's week for one unit of weight: a nutrient missed by 1 % is worth 200 fen
NODES = 300
GAP = 0.002
ONE_DAY = 30  # choices tried for a day that is solved alone
TWO_DAYS = 16  # for each of two
MORE = 60  # when something is still missing
MOST_ROUNDS = 12
PROOF_SHARE = 0.1  # of the time, kept back for saying what cannot be met at all
BETTER = 0.5  # fen
RECENT_FEN = 25.0  # what it is worth not to serve again what stood on the last weeks' menus
REPEAT_FEN = 15.0
SAME_DAILY_FEN = 8.0
SAME_MEAT_FEN = 60.0  # two dishes of pork at one meal


def propose(request: Request, progress: Callable[[int], None] | None = None) -> Proposal:
    """`progress` is told percents."""
    begun = time.monotonic()
    if not request.slots:
        return Proposal({}, Fraction(0), [])
    search = Search(request, begun + request.seconds * (1 - PROOF_SHARE), progress)
    is_finished = search.run()
    shortfalls = search.shortfalls(begun + request.seconds)
    return _answer(request, search, shortfalls, is_finished, time.monotonic() - begun)


class Search:
    """A request as a program, and the best week found for it so far."""

    def __init__(
        self, request: Request, deadline: float = INFINITE, progress: Callable[[int], None] | None = None
    ) -> None:
        self.request = request
        self.deadline = deadline
        self.progress = progress or (lambda _percent: None)
        self.program = Program()
        self.variables = _variables(self.program, request)
        _patterns(self.program, request, self.variables)
        add_checks(self.program, request, self.variables)
        self.costs = _costs(self.program, request, self.variables)
        weights = ((column, weight * WORTH) for column, weight in self.program.weights.items())
        self.objective = weighted([*self.costs.items(), *weights])
        slots = {number: slot.day for number, slot in enumerate(request.slots)}
        self.days = sorted(set(slots.values()))
        self.columns: dict[date, list[int]] = {day: [] for day in self.days}
        for (number, _index), column in self.variables.place.items():
            self.columns[slots[number]].append(column)
        # To begin with, what a person has put there and nothing else.
        self.chosen = {
            day: {column for column in columns if self.program.lower[column] > 0}
            for day, columns in self.columns.items()
        }
        # As nothing is free, the relaxation is no relaxation: it gives the slacks of what stands.
        lower, upper = self._fixed_but(())
        stands = self.program.relax(self.objective, lower=lower, upper=upper)
        assert stands is not None, "the soft rows leave every choice possible"
        self.values: Any = stands.values
        self.worth: float = stands.objective

    def run(self) -> bool:
        """False: the time was over first."""
        singles = [(day,) for day in self.days]
        pairs = list(combinations(self.days, 2))
        if not self._until_no_better(singles, ONE_DAY, 10):
            return False
        for number in range(MOST_ROUNDS):
            self.progress(50 + 45 * number // MOST_ROUNDS)
            before = self.worth
            missing = self.missing() > 0
            if len(pairs) > 0 and missing and not self._once(pairs, TWO_DAYS):
                return False
            if not self._until_no_better(singles, MORE if missing else ONE_DAY, 2):
                return False
            if self.worth > before - BETTER:
                return True
        return True

    def cost_bound(self) -> float:
        """Fen of one diner's week below which no week goes that misses as little as can be missed, in fractions."""
        lower, upper = self.program.bounds()
        least = self.program.relax(self.objective, lower=lower, upper=upper)
        return 0.0 if least is None else sum(float(least.values[one]) * cost for one, cost in self.costs.items())

    def missing(self) -> float:
        """Weights of what the checks themselves would find missing."""
        program = self.program
        over = ((slack, float(self.values[slack.column]) - slack.scale * SPARE) for slack in program.slacks)
        return sum(program.weights[slack.column] * value for slack, value in over if value > 1e-6 * slack.scale)

    def _until_no_better(self, groups: Sequence[tuple[date, ...]], tried: int, rounds: int) -> bool:
        for _round in range(rounds):
            before = self.worth
            if not self._once(groups, tried):
                return False
            if self.worth > before - BETTER:
                break
        return True

    def _once(self, groups: Sequence[tuple[date, ...]], tried: int) -> bool:
        for group in groups:
            if time.monotonic() >= self.deadline:
                return False
            self._solve(group, tried)
        return True

    def _solve(self, group: tuple[date, ...], tried: int) -> None:
        """These days anew, the others as they are; kept where it is better."""
        lower, upper = self._fixed_but(group)
        relaxed = self.program.relax(self.objective, lower=lower, upper=upper)
        if relaxed is None:
            return
        for day in group:
            columns = self.columns[day]
            by_worth = sorted(columns, key=lambda column: (round(float(relaxed.reduced[column]), 6), column))
            kept = {*by_worth[:tried], *self.chosen[day]}
            kept |= {column for column in columns if relaxed.values[column] > 1e-6}
            for column in columns:
                if column not in kept:
                    upper[column] = lower[column]
        left = max(0.5, self.deadline - time.monotonic())
        found = self.program.solve(self.objective, seconds=left, gap=GAP, nodes=NODES, lower=lower, upper=upper)
        if found.values is not None and found.objective < self.worth - BETTER:
            self.values, self.worth = found.values, found.objective
            for day in group:
                self.chosen[day] = {column for column in self.columns[day] if found.values[column] > 0.5}

    def _fixed_but(self, group: Sequence[date]) -> tuple[Any, Any]:
        lower, upper = self.program.bounds()
        for day in self.days:
            if day not in group:
                for column in self.columns[day]:
                    lower[column] = upper[column] = 1.0 if column in self.chosen[day] else 0.0
        return lower, upper

    def shortfalls(self, deadline: float) -> list[Shortfall]:
        """What is missed by more than the rows ask beyond the checks, each with a bound on what is possible at all: the
        row alone made as small as can be, in fractions, which no whole choice can undercut."""
        found = []
        for slack in self.program.slacks:
            spare = slack.scale * SPARE
            missing = float(self.values[slack.column]) - spare
            if missing <= 1e-6 * slack.scale:
                continue
            at_best = 0.0
            if time.monotonic() < deadline:
                lower, upper = self.program.bounds()
                least = self.program.relax({slack.column: 1.0 / slack.scale}, lower=lower, upper=upper)
                if least is not None:
                    at_best = max(0.0, least.objective * slack.scale - spare)
            code, unit, day, meal = slack.name
            name = f"set_{unit}" if code == "set" else code
            found.append(Shortfall(name, missing, "" if code == "set" else unit, day, meal, min(at_best, missing)))
        return sorted(found, key=lambda one: (one.code, one.day or date.min, one.meal))


def _variables(program: Program, request: Request) -> Variables:
    """One yes-or-no per dish that may stand in a slot; what a person has put there is a yes."""
    place: dict[tuple[int, int], int] = {}
    for number, slot in enumerate(request.slots):
        for index, candidate in enumerate(request.candidates):
            is_kept = candidate.dish.key in slot.kept
            fits = slot.meal in candidate.meals and candidate.kind in slot.pattern
            if is_kept or fits:
                place[number, index] = program.column(1.0 if is_kept else 0.0, 1.0, integer=True)
    return Variables(request, place)


def _patterns(program: Program, request: Request, variables: Variables) -> None:
    """How many dishes of each kind a meal has. Kept dishes count; more of them than the pattern has are left alone."""
    for number, slot in enumerate(request.slots):
        kept = [candidate for candidate in request.candidates if candidate.dish.key in slot.kept]
        for kind, (least, most) in slot.pattern.items():
            terms = {
                column: 1.0 for index, column in variables.of_slot(number) if request.candidates[index].kind == kind
            }
            already = sum(candidate.kind == kind for candidate in kept)
            name = ("set", kind, slot.day, slot.meal)
            if least:
                program.soft_row(name, terms, least=float(least), scale=1.0, weight=_set_weight(slot, kind))
            program.row(terms, most=float(max(most, already)))
        every = {column: 1.0 for _index, column in variables.of_slot(number)}
        program.soft_row(("empty_meals", "", slot.day, slot.meal), every, least=1.0, scale=1.0, weight=60.0)
        program.row(every, most=float(max(MOST_DISHES, len(slot.kept))))


def _set_weight(slot: Slot, kind: str) -> float:
    """A meal without its set is worse than any shortfall of a nutrient."""
    return 60.0 if slot.meal in COOKED_MEALS or kind == "staple" else 30.0


def _costs(program: Program, request: Request, variables: Variables) -> Terms:
    """Fen of one diner for the week."""
    terms: list[tuple[int, float]] = []
    for (number, index), column in variables.place.items():
        candidate = request.candidates[index]
        slot = request.slots[number]
        price = float(candidate.priced_fen)
        # Days are alike to the solver; a hair's breadth of difference, fixed by the names, tells them apart.
        tie = _unit(candidate.dish.key, slot.day, slot.meal)
        terms.append((column, price + tie * 0.5 + (RECENT_FEN if candidate.is_recent else 0.0)))
    for index, candidate in enumerate(request.candidates):
        # What may stand on the table every day is not to stand there every day either.
        is_daily = candidate.kind in (DishKind.STAPLE, DishKind.FRUIT, DishKind.DAIRY)
        free = 2.0 if is_daily else 1.0
        columns = variables.of_dish(index)
        if len(columns) > free:
            again = program.column(0.0, INFINITE)
            program.row({**dict.fromkeys(columns, 1.0), again: -1.0}, most=free)
            terms.append((again, SAME_DAILY_FEN if is_daily else REPEAT_FEN))
    terms += _same_meats(program, request, variables)
    terms += _leftovers(program, request, variables)
    return weighted(terms)


def _same_meats(program: Program, request: Request, variables: Variables) -> list[tuple[int, float]]:
    found = []
    for number, slot in enumerate(request.slots):
        if slot.meal not in COOKED_MEALS:
            continue
        meats: dict[str, list[int]] = {}
        for index, column in variables.of_slot(number):
            if request.candidates[index].kind == DishKind.MEAT:
                for variety in _meats(request.candidates[index].dish):
                    meats.setdefault(variety, []).append(column)
        for columns in meats.values():
            if len(columns) > 1:
                extra = program.column(0.0, INFINITE)
                program.row({**dict.fromkeys(columns, 1.0), extra: -1.0}, most=1.0)
                found.append((extra, SAME_MEAT_FEN))
    return found


def _meats(dish: DishFigures) -> set[str]:
    found = set()
    for line in dish.recipe.lines:
        food = food_of(line.food_code)
        if line.is_meat and food is not None:
            found.add(food.variety)
    return found


def _leftovers(program: Program, request: Request, variables: Variables) -> list[tuple[int, float]]:
    """What is cooked before it expires need not be bought: it is worth its price once more, as far as there is any."""
    found = []
    for leftover in request.leftovers:
        terms: list[tuple[int, float]] = []
        for (number, index), column in variables.place.items():
            grams = float(request.candidates[index].dish.gross_grams.get(leftover.item, 0))
            if grams and request.slots[number].day <= leftover.last_day:
                terms.append((column, grams))
        if not terms or leftover.grams <= 0:
            continue
        used = program.column(0.0, leftover.grams)
        program.row({**weighted(terms), used: -1.0}, least=0.0)
        variables.leftovers[used] = leftover.fen_per_gram
        found.append((used, -leftover.fen_per_gram))
    return found


def _unit(key: str, day: date, meal: str) -> float:
    """Between 0 and 1, the same whenever and wherever it is asked."""
    value = hashlib.sha256(f"{key}|{day.isoformat()}|{meal}".encode()).digest()
    return int.from_bytes(value[:6], "big") / 2**48


def _answer(
    request: Request, search: Search, shortfalls: Sequence[Shortfall], is_finished: bool, seconds: float
) -> Proposal:
    week: dict[tuple[date, str], list[DishFigures]] = {(slot.day, slot.meal): [] for slot in request.slots}
    for (number, index), column in search.variables.place.items():
        slot = request.slots[number]
        if column in search.chosen[slot.day]:
            week[slot.day, slot.meal].append(request.candidates[index].dish)
    for dishes in week.values():
        dishes.sort(key=_served_in)
    checks = check_week(Planned(week, request.school, request.limits, request.published_on))
    return Proposal(
        dishes={place: [dish.key for dish in dishes] for place, dishes in week.items()},
        cost_fen=cost_of(dish for dishes in by_day(week).values() for dish in dishes).fen,
        shortfalls=shortfalls, checks=checks, is_finished=is_finished, seconds=seconds,
        leftover_fen=sum(float(search.values[one]) * worth for one, worth in search.variables.leftovers.items()),
    )  # fmt: skip


def _served_in(dish: DishFigures) -> tuple[int, str, str]:
    return (ORDER.index(dish.kind) if dish.kind in ORDER else len(ORDER), dish.name, dish.key)


def dear_price(candidates: Sequence[tuple[str, DishFigures]]) -> Callable[[str, DishFigures], Fraction]:
    """How a dish without all its prices is priced: not below three quarters of the whole prices of its kind, nor below
    what is known of it."""
    by_kind: dict[str, list[Fraction]] = {}
    for kind, dish in candidates:
        if dish.cost.is_whole:
            by_kind.setdefault(kind, []).append(dish.cost.fen)
    every = sorted(fen for prices in by_kind.values() for fen in prices)

    def price(kind: str, dish: DishFigures) -> Fraction:
        if dish.cost.is_whole:
            return dish.cost.fen
        known = sorted(by_kind.get(kind, [])) or every
        dear = known[(3 * len(known)) // 4] if known else Fraction(300)
        return max(dear, dish.cost.fen)

    return price
