"""Weights tried on bids that are known: who would win, what a factor does to the order, and whom it fits. Pure, exact.

Points of old bids are carried over as shares of what could be reached: 24 of 30 becomes 16 of 20. What is said of a
factor is a hint for the reviewer of a draft, computed from few bids; it forbids nothing.
"""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from bureau.evaluation.rules.prices import evaluated_price, price_points
from bureau.evaluation.rules.ranking import Entry, rank

PRICE = "price"
STEPS = tuple(range(10, 100, 5))  # price weights tried, in points of 100
LEAST_BIDS = 3
FAR_BEHIND = Fraction(1, 2)  # of the points of a factor: so far below the top is everybody else when it fits one


@dataclass(frozen=True, slots=True)
class Factor:
    """A scored criterion with the points it may give. The price has the key PRICE."""

    key: str
    title: str
    points: Fraction
    text: str = ""


@dataclass(frozen=True, slots=True)
class TriedBid:
    """`price`: fen or price factor. `shares`: factor → part of its points reached, 0 … 1. `brands`: of the items."""

    key: str
    name: str
    price: Fraction
    shares: Mapping[str, Fraction]
    deduction: Fraction = Fraction(0)
    brands: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ranked:
    key: str
    name: str
    place: int
    total: Fraction
    points: Mapping[str, Fraction]


@dataclass(frozen=True, slots=True)
class Hint:
    """`code`: all_same, no_influence, decides_alone, fits_one, names_brand. `bids`: whom it favours."""

    code: str
    factor: str
    bids: tuple[str, ...] = ()
    figures: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Step:
    """What a price weight would lead to, the other factors keeping their proportions."""

    weight: int
    order: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Simulation:
    ranked: tuple[Ranked, ...]
    hints: tuple[Hint, ...]
    steps: tuple[Step, ...]

    @property
    def changes(self) -> list[tuple[int, int]]:
        """Neighbouring price weights between which the winner changes."""
        return [
            (before.weight, after.weight)
            for before, after in zip(self.steps, self.steps[1:], strict=False)
            if before.order[:1] != after.order[:1]
        ]


def simulate(factors: Sequence[Factor], bids: Sequence[TriedBid]) -> Simulation:
    """Raises ValueError with fewer than three bids or points that do not add up to 100."""
    if len(bids) < LEAST_BIDS:
        raise ValueError("too_few_bids")
    if sum((factor.points for factor in factors), Fraction(0)) != 100:
        raise ValueError("not_hundred")
    ranked = ranking(factors, bids)
    steps = tuple(
        Step(weight, tuple(one.key for one in ranking(reweighted(factors, weight), bids)))
        for weight in STEPS
        if any(factor.key != PRICE and factor.points for factor in factors)
    )
    return Simulation(tuple(ranked), tuple(hints(factors, bids, ranked)), steps)


def ranking(factors: Sequence[Factor], bids: Sequence[TriedBid]) -> list[Ranked]:
    """The tied share a place."""
    evaluated = {bid.key: evaluated_price(bid.price, bid.deduction) for bid in bids}
    weight = sum((factor.points for factor in factors if factor.key == PRICE), Fraction(0))
    prices = price_points(evaluated, weight)
    points = {
        bid.key: {
            factor.key: prices[bid.key]
            if factor.key == PRICE
            else bid.shares.get(factor.key, Fraction(0)) * factor.points
            for factor in factors
        }
        for bid in bids
    }
    totals = {key: sum(given.values(), Fraction(0)) for key, given in points.items()}
    names = {bid.key: bid.name for bid in bids}
    entries = [Entry(bid.key, totals[bid.key], evaluated[bid.key], bid.price) for bid in bids]
    return [
        Ranked(place.bid, names[place.bid], place.place, totals[place.bid], points[place.bid])
        for place in rank(entries)
    ]


def reweighted(factors: Sequence[Factor], price_weight: int) -> list[Factor]:
    """The price at `price_weight`, the rest of 100 shared by the others in their proportions."""
    others = sum((factor.points for factor in factors if factor.key != PRICE), Fraction(0))
    scale = Fraction(100 - price_weight) / others
    return [
        Factor(
            factor.key,
            factor.title,
            Fraction(price_weight) if factor.key == PRICE else factor.points * scale,
            factor.text,
        )
        for factor in factors
    ]


def hints(factors: Sequence[Factor], bids: Sequence[TriedBid], ranked: Sequence[Ranked]) -> list[Hint]:
    order = [(one.key, one.place) for one in ranked]
    spans = {factor.key: _span([one.points[factor.key] for one in ranked]) for factor in factors}
    found = []
    for factor in factors:
        if not factor.points:
            continue
        rest = [one for one in factors if one.key != factor.key]
        without = [(one.key, one.place) for one in ranking(rest, bids)]
        if spans[factor.key] == 0:
            found.append(Hint("all_same", factor.key, (), {"points": str(factor.points)}))
        elif without == order:
            found.append(Hint("no_influence", factor.key, (), {"span": _shown(spans[factor.key])}))
        others = sum((span for key, span in spans.items() if key != factor.key), Fraction(0))
        if spans[factor.key] > others and without[0][0] != order[0][0]:
            figures = {"span": _shown(spans[factor.key]), "others": _shown(others)}
            found.append(Hint("decides_alone", factor.key, (order[0][0],), figures))
        if factor.key != PRICE:
            found += _whom_it_fits(factor, bids)
    return found


def _whom_it_fits(factor: Factor, bids: Sequence[TriedBid]) -> list[Hint]:
    found = []
    shares = {bid.key: bid.shares.get(factor.key, Fraction(0)) for bid in bids}
    full = [key for key, share in shares.items() if share == 1]
    if len(full) == 1 and all(share <= FAR_BEHIND for key, share in shares.items() if key != full[0]):
        best = max(share for key, share in shares.items() if key != full[0])
        found.append(Hint("fits_one", factor.key, tuple(full), {"next": _shown(best * 100)}))
    text = _plain(factor.title + " " + factor.text)
    for brand in sorted({_plain(brand) for bid in bids for brand in bid.brands}):
        if len(brand) < 2 or brand not in text:
            continue
        owners = tuple(bid.key for bid in bids if brand in {_plain(one) for one in bid.brands})
        if len(owners) == 1:
            found.append(Hint("names_brand", factor.key, owners, {"brand": brand}))
    return found


def _plain(text: str) -> str:
    plain = "".join(unicodedata.normalize("NFKC", text).casefold().split())
    return plain.removesuffix("牌") or plain


def _span(values: Sequence[Fraction]) -> Fraction:
    return max(values) - min(values)


def _shown(value: Fraction) -> str:
    return f"{float(value):.2f}"
