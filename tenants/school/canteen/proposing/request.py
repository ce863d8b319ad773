"""What the proposer is asked, and what it answers. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from school.canteen.checks.facts import SchoolFacts
from school.canteen.checks.results import Check
from school.canteen.figures import DishFigures
from school.canteen.limits import Limits

# What a dish is to a meal: its kind, but a half-meat dish that holds enough meat is a meat dish.
Pattern = Mapping[str, tuple[int, int]]  # kind → least, most dishes of it

COOKED: Pattern = {
    "staple": (1, 2), "meat": (2, 3), "half_meat": (0, 1), "vegetable": (2, 3), "soup": (1, 1), "fruit": (0, 1),
    "dairy": (0, 1),
}  # fmt: skip
BREAKFAST: Pattern = {
    "staple": (1, 3), "dairy": (1, 2), "other": (0, 2), "snack": (0, 2), "vegetable": (0, 1), "fruit": (0, 1),
}  # fmt: skip
SNACK: Pattern = {"fruit": (0, 2), "dairy": (0, 1), "snack": (0, 2)}
NIGHT: Pattern = {"staple": (0, 1), "dairy": (0, 1), "snack": (1, 2), "other": (0, 1)}
KINDERGARTEN_LUNCH: Pattern = {
    "staple": (1, 2), "meat": (1, 2), "half_meat": (0, 1), "vegetable": (1, 2), "soup": (1, 1), "fruit": (0, 1),
}  # fmt: skip
USUAL: Mapping[str, Pattern] = {
    "breakfast": BREAKFAST, "morning_snack": SNACK, "lunch": COOKED, "afternoon_snack": SNACK, "dinner": COOKED,
    "night_snack": NIGHT,
}  # fmt: skip
MOST_DISHES = 12  # of one meal, whatever the pattern


@dataclass(frozen=True, slots=True)
class Slot:
    """One meal to fill. `kept`: dishes that a person has put there already and that stay."""

    day: date
    meal: str
    pattern: Pattern
    kept: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Candidate:
    """`meals`: where it may be proposed. `priced_fen`: what it is taken to cost a diner: where ingredients have no
    price, not less than dear dishes of its kind, so that nobody is proposed for being unpriced. `is_recent`: it stood
    on the last weeks' menus."""

    dish: DishFigures
    kind: str
    meals: frozenset[str]
    priced_fen: Fraction
    is_recent: bool = False


@dataclass(frozen=True, slots=True)
class Leftover:
    """Stock that expires soon: grams for each diner, until `last_day`, and what a gram of it is worth."""

    item: object
    grams: float
    last_day: date
    fen_per_gram: float


@dataclass(frozen=True, slots=True)
class Request:
    """`budget_fen`: of one diner in a day who eats every meal, on the mean of the week; None: none is set."""

    slots: Sequence[Slot]
    candidates: Sequence[Candidate]
    school: SchoolFacts
    limits: Limits
    published_on: date
    budget_fen: int | None = None
    leftovers: Sequence[Leftover] = ()
    seconds: float = 9.0


@dataclass(frozen=True, slots=True)
class Shortfall:
    """A check that the proposal does not meet, and by how much, in its own unit; `day` None: of the week.

    `at_best`: with these dishes nobody can miss it by less, whatever else is given up for it; 0.0: it could be met, at
    the expense of others. It is a bound that is proven, not a guess.
    """

    code: str
    amount: float
    unit: str
    day: date | None = None
    meal: str = ""
    at_best: float = 0.0


@dataclass(frozen=True, slots=True)
class Proposal:
    """`dishes`: (day, meal) → keys in serving order. `checks`: what the checks themselves say of it. `is_finished`: it
    stopped because nothing got better, not because the time was over."""

    dishes: Mapping[tuple[date, str], Sequence[str]]
    cost_fen: Fraction
    shortfalls: Sequence[Shortfall]
    checks: Sequence[Check] = ()
    is_finished: bool = False
    seconds: float = 0.0
    leftover_fen: float = 0.0
