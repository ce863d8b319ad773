"""Abnormally low prices: what makes the committee ask for an explanation. A trigger is a question, never a verdict.

财库〔2026〕2号: strictly below the ratios, by the price as bid (not the one less a policy deduction); the ratios come
in as arguments, for they are dated and a document may raise them.
"""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Generic, TypeVar

from bureau.evaluation.rules.exact import Number, exact, mean

K = TypeVar("K", bound=Hashable)
ARTICLE = "caiku_2026_2"


@dataclass(frozen=True, slots=True)
class LowRatios:
    """Percent of the average of the conforming bids, of the next-lowest, of the ceiling (the budget where none is set)."""

    average: Number
    next_lowest: Number
    ceiling: Number

    def above(self, most: Number) -> list[str]:
        """Ratios that a document may not set so high."""
        named = {"average": self.average, "next_lowest": self.next_lowest, "ceiling": self.ceiling}
        return [name for name, ratio in named.items() if exact(ratio) > exact(most)]


@dataclass(frozen=True, slots=True)
class LowTrigger:
    """`price` < `bound` = `ratio` % of `basis`."""

    code: str
    article: str
    price: Fraction
    basis: Fraction
    ratio: Fraction
    bound: Fraction


@dataclass(frozen=True, slots=True)
class LowReview(Generic[K]):
    triggers: dict[K, tuple[LowTrigger, ...]]

    @property
    def bids(self) -> list[K]:
        return list(self.triggers)


def low_review(
    prices: Mapping[K, Number],
    ratios: LowRatios,
    ceiling: Number | None = None,
    judged: Mapping[K, str] | None = None,
) -> LowReview[K]:
    """`prices`: of the bids that conform, as bid (fen, or price factors with the factor 1 as ceiling).

    `judged`: bids that the committee itself finds too low, with its reason.
    """
    found = {key: exact(price) for key, price in prices.items()}
    triggers: dict[K, list[LowTrigger]] = {key: [] for key in found}
    ordered = sorted(found.values())
    average = mean(ordered)
    for key, price in found.items():
        if len(ordered) > 1:
            _check(triggers[key], "below_average", price, average, ratios.average)
            # Only the lowest can lie below a part of the second: every other is at least that.
            _check(triggers[key], "below_next", price, ordered[1], ratios.next_lowest)
        if ceiling is not None:
            _check(triggers[key], "below_ceiling", price, exact(ceiling), ratios.ceiling)
        if judged and key in judged:
            triggers[key].append(LowTrigger("judged_low", "order_87:60", price, price, Fraction(100), price))
    return LowReview({key: tuple(given) for key, given in triggers.items() if given})


def _check(into: list[LowTrigger], code: str, price: Fraction, basis: Fraction, ratio: Number) -> None:
    bound = basis * exact(ratio) / 100
    if price < bound:
        into.append(LowTrigger(code, ARTICLE, price, basis, exact(ratio), bound))
