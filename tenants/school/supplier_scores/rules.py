"""Pure rules of a supplier's score: counts of facts, drawn towards the bureau's mean where there are few; objections.

Everything is counted and exact: a share is a fraction of two whole numbers, and is rounded once, where it is shown.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

from kernel import states

CRITERIA = ("on_time", "short", "rejected", "certificates", "response")
DELIVERIES = "on_time"  # its facts are the deliveries
FULL = 100

# Which reasons of refusing goods are the supplier's doing, and of what. Left out: surplus (more came than was ordered),
# lot_warned (refused for another school's finding, which counts there), other (it names nothing to answer).
GOODS_REASONS = ("spoiled", "contaminated", "expired", "too_warm", "wrong_item", "bad_quality", "damaged", "short_life")
PAPER_REASONS = ("no_certificate", "bad_certificate")


@dataclass(frozen=True, slots=True)
class Counts:
    """Of facts: how many speak for the supplier, of how many."""

    kept: int = 0
    total: int = 0

    def __post_init__(self) -> None:
        if not 0 <= self.kept <= self.total:
            raise ValueError(f"{self.kept} of {self.total}")

    @property
    def failed(self) -> int:
        return self.total - self.kept

    @property
    def rate(self) -> Fraction | None:
        return Fraction(self.kept, self.total) if self.total else None

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(self.kept + other.kept, self.total + other.total)


NONE = Counts()
CountsBy = Mapping[str, Counts]  # by criterion


def counts_as_json(counts: CountsBy) -> dict[str, list[int]]:
    return {name: [counts.get(name, NONE).kept, counts.get(name, NONE).total] for name in CRITERIA}


def counts_from_json(document: Mapping[str, Any]) -> dict[str, Counts]:
    return {name: Counts(*document.get(name, (0, 0))) for name in CRITERIA}


@dataclass(frozen=True, slots=True)
class Figures:
    """`weights` by criterion; `prior`: how many facts of the mean kind every supplier is given; below `least_deliveries`
    there is no score, below `least_facts` no share of a criterion."""

    weights: Mapping[str, Fraction]
    prior: Fraction
    least_deliveries: int
    least_facts: int
    window_months: int
    answer_days: int

    def as_json(self) -> dict[str, Any]:
        plain = {name: str(weight) for name, weight in self.weights.items()}
        return {
            "weights": plain, "prior": str(self.prior), "least_deliveries": self.least_deliveries,
            "least_facts": self.least_facts, "window_months": self.window_months, "answer_days": self.answer_days,
        }  # fmt: skip

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> "Figures":
        weights = {name: Fraction(weight) for name, weight in document["weights"].items()}
        values = {name: value for name, value in document.items() if name not in ("weights", "prior")}
        return cls(weights=weights, prior=Fraction(document["prior"]), **values)


@dataclass(frozen=True, slots=True)
class Part:
    """One criterion of a score. `mean`: of the bureau's suppliers together; `share`: what counts, 0..1; both None where
    nobody has a fact. `points` of at most `most`."""

    criterion: str
    counts: Counts
    is_enough: bool
    mean: Fraction | None
    share: Fraction | None
    points: Fraction
    most: Fraction


@dataclass(frozen=True, slots=True)
class Score:
    """`points` 0..100, exact; None: not enough data, which is no number at all."""

    points: Fraction | None
    parts: tuple[Part, ...]

    @property
    def state(self) -> str:
        return "not_enough" if self.points is None else "scored"

    @property
    def shown(self) -> Decimal | None:
        return None if self.points is None else rounded(self.points)

    def part(self, criterion: str) -> Part:
        return next(part for part in self.parts if part.criterion == criterion)


def share_of(counts: Counts, mean: Fraction | None, prior: Fraction) -> Fraction | None:
    """As if `prior` facts of the bureau's mean had been seen besides: with no fact the mean itself, with many the own rate."""
    if mean is None:
        return counts.rate
    if not counts.total + prior:
        return None
    return (counts.kept + prior * mean) / (counts.total + prior)


def score(counts: CountsBy, totals: CountsBy, figures: Figures) -> Score:
    """`totals`: of all suppliers of the bureau together, this one included. A criterion of which nobody has a fact is left
    out and the others share its weight; so does a weight of nothing."""
    shares = {name: share_of(counts.get(name, NONE), totals.get(name, NONE).rate, figures.prior) for name in CRITERIA}
    weighed = {name: figures.weights[name] for name in CRITERIA if shares[name] is not None and figures.weights[name]}
    whole = sum(weighed.values(), Fraction(0))
    parts = []
    for name in CRITERIA:
        own, share = counts.get(name, NONE), shares[name]
        most = FULL * weighed[name] / whole if name in weighed else Fraction(0)
        parts.append(
            Part(
                name, own, own.total >= figures.least_facts, totals.get(name, NONE).rate, share,
                (share or 0) * most, most,
            )
        )  # fmt: skip
    enough = bool(weighed) and counts.get(DELIVERIES, NONE).total >= max(figures.least_deliveries, 1)
    points = sum((part.points for part in parts), Fraction(0)) if enough else None
    return Score(points, tuple(parts))


def rounded(value: Fraction, places: int = 1) -> Decimal:
    """Half up, once."""
    step = Decimal(1).scaleb(-places)
    return (Decimal(value.numerator) / Decimal(value.denominator)).quantize(step, ROUND_HALF_UP)


def percent(share: Fraction | None) -> Decimal | None:
    return None if share is None else rounded(share * 100)


# --- periods ----------------------------------------------------------------------------------------------------------


def months_before(day: date, months: int) -> date:
    """The first day of the month so many months before the day's own."""
    place = day.year * 12 + day.month - 1 - months
    return date(place // 12, place % 12 + 1, 1)


def period_ending(last_day: date, months: int) -> tuple[date, date]:
    """First and last day of a period of so many calendar months, the last one counted as far as it goes."""
    return months_before(last_day, months - 1), last_day


def end_of_last_month(day: date) -> date:
    return date.fromordinal(day.replace(day=1).toordinal() - 1)


# --- objections -------------------------------------------------------------------------------------------------------


OBJECTION_STATES = ("open", "upheld", "rejected", "withdrawn")
TRANSITIONS: Mapping[tuple[str, str], str] = {
    ("", "object"): "open",
    ("open", "uphold"): "upheld",
    ("open", "reject"): "rejected",
    ("open", "withdraw"): "withdrawn",
}


def next_state(state: str, event: str) -> str:
    return states.next_state(TRANSITIONS, state, event)


def objection_problem(*, is_kept: bool, is_struck: bool, counts: bool, answer_until: date | None, day: date) -> str:
    """Why nobody may object to a fact, or "". `counts`: it stands in a publication or counts at present; `answer_until`: of
    the first publication that it stood in, None: it was not published yet."""
    if is_struck:
        return "struck"
    if is_kept:
        return "kept"
    if not counts:
        return "superseded"
    if answer_until is not None and day > answer_until:
        return "too_late"
    return ""
