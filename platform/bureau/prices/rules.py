"""Pure rules of prices: states, aggregation, outliers, rounding, change. No database, no Flask; exact fractions.

Outliers are marked by the modified z-score of Iglewicz and Hoaglin: 0.6745 × |x − median| ÷ MAD, where MAD is the
median of the distances from the median. Where more than half of the prices agree the MAD is 0 and says nothing; then the
mean distance stands in: |x − median| ÷ (1.253314 × mean distance). Below three prices nothing is marked.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from fractions import Fraction
from math import floor


class SurveyState(StrEnum):
    DRAFT = "draft"
    COLLECTING = "collecting"
    CLOSED = "closed"
    SIGNED = "signed"
    CANCELLED = "cancelled"


class BookState(StrEnum):
    DRAFT = "draft"
    SURVEYED = "surveyed"
    PUBLICISED = "publicised"
    EFFECTIVE = "effective"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"


class Method(StrEnum):
    AVERAGE = "average"
    MEDIAN = "median"


SERIES = ("general", "fresh", "dry", "goods")
CYCLES = ("weekly", "half_month", "month", "once")
SOURCE_KINDS = ("price_bureau", "wholesale", "supermarket", "wet_market", "other")
SURVEYOR_KINDS = ("officer", "teacher", "parent", "other")
REPORT_STATES = ("counted", "waiting", "excluded")

SURVEY_TRANSITIONS: Mapping[tuple[str, str], str] = {
    ("draft", "open"): "collecting",
    ("collecting", "close"): "closed",
    ("closed", "reopen"): "collecting",
    ("closed", "sign"): "signed",
    ("draft", "cancel"): "cancelled",
    ("collecting", "cancel"): "cancelled",
    ("closed", "cancel"): "cancelled",
}
BOOK_TRANSITIONS: Mapping[tuple[str, str], str] = {
    ("draft", "take"): "surveyed",  # the signed survey's prices become its lines
    ("surveyed", "publicise"): "publicised",
    ("publicised", "begin"): "effective",  # by the clock
    ("effective", "supersede"): "superseded",  # by the clock, when the next one begins
    ("draft", "withdraw"): "withdrawn",
    ("surveyed", "withdraw"): "withdrawn",
    ("publicised", "withdraw"): "withdrawn",
}
PUBLIC = frozenset({"publicised", "effective", "superseded"})

Z_OF_MAD = Fraction(6745, 10_000)
Z_OF_MEAN_DISTANCE = Fraction(1_253_314, 1_000_000)
LEAST_FOR_OUTLIERS = 3


def events_of(transitions: Mapping[tuple[str, str], str], state: str) -> tuple[str, ...]:
    return tuple(event for (source, event) in transitions if source == state)


def mean(values: Sequence[Fraction]) -> Fraction:
    return sum(values, Fraction(0)) / len(values)


def median(values: Sequence[Fraction]) -> Fraction:
    """Of an even number, the middle between the two middle ones."""
    ordered = sorted(values)
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2


def scores(values: Sequence[Fraction]) -> list[Fraction]:
    """Each price's modified z-score, 0 throughout where nothing can be said."""
    if len(values) < LEAST_FOR_OUTLIERS:
        return [Fraction(0)] * len(values)
    middle = median(values)
    distances = [abs(value - middle) for value in values]
    spread = median(distances)
    if spread:
        return [Z_OF_MAD * distance / spread for distance in distances]
    average = mean(distances)
    if not average:
        return [Fraction(0)] * len(values)
    return [distance / (Z_OF_MEAN_DISTANCE * average) for distance in distances]


def is_outlier(score: Fraction, cutoff: Fraction) -> bool:
    return score > cutoff


def half_up(value: Fraction) -> int:
    """To the nearest whole number, a half upwards: fen of a price that is never negative."""
    return floor(value + Fraction(1, 2))


@dataclass(frozen=True, slots=True)
class Quote:
    """One counted price of a source, fen per base unit."""

    source: str
    price: Fraction


@dataclass(frozen=True, slots=True)
class Aggregate:
    """`exact`, `price_fen`: fen per base unit. `by_source`: each source's own price, the mean of its counted reports:
    a source that was visited twice does not weigh twice."""

    exact: Fraction
    price_fen: int
    by_source: Mapping[str, Fraction]


def aggregate(quotes: Iterable[Quote], method: str) -> Aggregate | None:
    """None where there is no price at all."""
    found: dict[str, list[Fraction]] = {}
    for quote in quotes:
        found.setdefault(quote.source, []).append(quote.price)
    if not found:
        return None
    by_source = {source: mean(prices) for source, prices in found.items()}
    bring_together = median if Method(method) is Method.MEDIAN else mean
    exact = bring_together(list(by_source.values()))
    return Aggregate(exact, half_up(exact), by_source)


def change_percent(new_fen: int, old_fen: int) -> Fraction:
    """How much dearer than before in percent, to two places, a half away from zero."""
    exact = Fraction(new_fen - old_fen, old_fen) * 10_000
    rounded = half_up(exact) if exact >= 0 else -half_up(-exact)
    return Fraction(rounded, 100)


def is_triggered(new_fen: int, old_fen: int, threshold: Fraction) -> bool:
    """Whether the unrounded change reaches the threshold, upwards or downwards."""
    return abs(Fraction(new_fen - old_fen, old_fen)) * 100 >= threshold


def implausible(base_price: Fraction, reference: Fraction | None, factor: Fraction) -> bool:
    """Whether a price is more than `factor` times or less than 1/`factor` of the last known one: nearly always a unit
    or a decimal point mistaken."""
    return reference is not None and not (reference / factor <= base_price <= reference * factor)


def likely_unit(
    price_fen: int, units: Mapping[str, Fraction], reference: Fraction | None, factor: Fraction
) -> str | None:
    """The one unit under which the typed price would be plausible, if there is exactly one."""
    fitting = [unit for unit, held in units.items() if not implausible(Fraction(price_fen) / held, reference, factor)]
    return fitting[0] if reference is not None and len(fitting) == 1 else None


def publicity(first: date, days: int) -> tuple[date, date, date]:
    """First and last day of the publicity, both included, and the first day on which the book may hold."""
    last = first + timedelta(days=days - 1)
    return first, last, last + timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Answered:
    """How an objection ended, and on which day; `day` None while it is open."""

    state: str
    day: date | None


def begins_on(effective_from: date, objections: Iterable[Answered]) -> date | None:
    """The first day on which a publicised book holds: its own day, or the day after the last answer where answers came
    late. None while one is open, or when one was upheld: such a book is withdrawn, a new one corrects it."""
    day = effective_from
    for objection in objections:
        if objection.state != "rejected" or objection.day is None:
            return None
        if objection.day >= effective_from:
            day = max(day, objection.day + timedelta(days=1))
    return day
