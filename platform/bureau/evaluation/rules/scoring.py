"""Comprehensive score (Order 87, Art. 55): every member alone, the mean of the members' totals, exact.

No score is left out: neither the highest nor the lowest may be dropped. Price points are the formula's, no member's.
"""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Generic, TypeVar

from bureau.evaluation.rules.exact import Number, exact, mean, total

K = TypeVar("K", bound=Hashable)
Sheet = Mapping[Any, Mapping[Any, Number]]  # bid → criterion → points, of one member


@dataclass(frozen=True, slots=True)
class Criterion:
    """`levels`: the only points that may be given, empty for any between 0 and `points`."""

    key: Hashable
    points: Fraction
    is_objective: bool = False
    levels: tuple[Fraction, ...] = ()

    def problem(self, value: Number) -> str | None:
        given = exact(value)
        # Whole numbers: this runs for every score of every member.
        if given.numerator < 0 or given.numerator * self.points.denominator > self.points.numerator * given.denominator:
            return "out_of_range"
        return "not_a_level" if self.levels and given not in self.levels else None


@dataclass(frozen=True, slots=True)
class SheetProblem:
    """`code`: missing, out_of_range, not_a_level (Art. 64: outside the range), objective_differs (Art. 64)."""

    code: str
    article: str
    bid: Any
    criterion: Any
    member: Any = None
    given: Any = None


@dataclass(frozen=True, slots=True)
class CriterionScore:
    criterion: Any
    points: Fraction  # highest that can be given
    given: tuple[tuple[Any, Fraction], ...]  # member, points: in the members' order
    mean: Fraction


@dataclass(frozen=True, slots=True)
class Scored(Generic[K]):
    """`members`: each member's total without the price. `total` = mean of these + price points."""

    bid: K
    criteria: tuple[CriterionScore, ...]
    members: tuple[tuple[Any, Fraction], ...]
    mean: Fraction
    price_points: Fraction
    total: Fraction


class ScoresIncomplete(ValueError):
    def __init__(self, problems: Sequence[SheetProblem]) -> None:
        super().__init__(f"{len(problems)} scores are missing or outside their range")
        self.problems = tuple(problems)


def sheet_problems(
    criteria: Sequence[Criterion], bids: Sequence[Any], sheets: Mapping[Any, Sheet]
) -> list[SheetProblem]:
    """Everything that keeps the sheets from being summed; `objective_differs` among them asks for a look (Art. 64)."""
    found = []
    for bid in bids:
        for criterion in criteria:
            seen = set()
            for member, sheet in sheets.items():
                given = sheet.get(bid, {}).get(criterion.key)
                if given is None:
                    found.append(SheetProblem("missing", "order_87:55", bid, criterion.key, member))
                    continue
                code = criterion.problem(given)
                if code:
                    found.append(SheetProblem(code, "order_87:64:2", bid, criterion.key, member, given))
                if criterion.is_objective:
                    seen.add(exact(given))
            if len(seen) > 1:
                found.append(SheetProblem("objective_differs", "order_87:64:3", bid, criterion.key))
    return found


def score(
    criteria: Sequence[Criterion],
    bids: Sequence[K],
    sheets: Mapping[Any, Sheet],
    price_points: Mapping[K, Fraction],
) -> dict[K, Scored[K]]:
    """Raises ScoresIncomplete; objective scores that differ are summed as they are (the committee has to settle them)."""
    problems = [problem for problem in sheet_problems(criteria, bids, sheets) if problem.code != "objective_differs"]
    if problems:
        raise ScoresIncomplete(problems)
    if not sheets and criteria:
        raise ScoresIncomplete([SheetProblem("missing", "order_87:55", bid, None) for bid in bids])
    return {bid: _scored(criteria, bid, sheets, price_points.get(bid, Fraction(0))) for bid in bids}


def _scored(criteria: Sequence[Criterion], bid: K, sheets: Mapping[Any, Sheet], price: Fraction) -> Scored[K]:
    rows = []
    for criterion in criteria:
        given = tuple((member, exact(sheet[bid][criterion.key])) for member, sheet in sheets.items())
        rows.append(CriterionScore(criterion.key, criterion.points, given, mean(points for _, points in given)))
    totals = tuple((member, total(row.given[place][1] for row in rows)) for place, member in enumerate(sheets))
    middle = mean(points for _, points in totals)
    return Scored(bid, tuple(rows), totals, middle, price, middle + price)
