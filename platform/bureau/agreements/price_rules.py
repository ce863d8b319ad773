"""Pure rules of prices: one way from terms to the price of a unit, in exact fractions, rounded once.

A unit price is rounded half up to fen once, at the end; an amount is that price × the quantity, half up to fen.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from math import floor
from typing import TypeVar

HALF = Fraction(1, 2)


def half_up(value: Fraction) -> int:
    """To the nearest whole number, a half away from zero: −0.5 is −1, so that a difference and its opposite agree."""
    return floor(value + HALF) if value >= 0 else -floor(-value + HALF)


def fixed_price(price_fen: int) -> Fraction:
    return Fraction(price_fen)


def discounted_price(book_fen: int, unit_factor: Decimal, discount: Decimal) -> Fraction:
    """Fen for one unit, not rounded: the book's price of a base unit × base units in a unit × (1 − d)."""
    return Fraction(book_fen) * Fraction(unit_factor) * (100 - Fraction(discount)) / 100


def amount_fen(unit_price_fen: int, quantity: Decimal) -> int:
    return half_up(Fraction(unit_price_fen) * Fraction(quantity))


def reference_day(first_day: date, hold_days: int | None, on: date) -> date:
    """The day whose book decides: `on` itself, or with a hold the first day of the period that `on` lies in. Before the
    agreement begins there is no period yet."""
    if hold_days is None or on < first_day:
        return on
    return first_day + timedelta(days=(on - first_day).days // hold_days * hold_days)


@dataclass(frozen=True, slots=True)
class Term:
    """What a change set from a day on. `order`: the number of the change, for two of one day."""

    from_day: date
    order: int


SomeTerm = TypeVar("SomeTerm", bound=Term)


def term_on(terms: Iterable[SomeTerm], on: date) -> SomeTerm | None:
    """The term that holds on a day; None: what was first agreed."""
    begun = [term for term in terms if term.from_day <= on]
    return max(begun, key=lambda term: (term.from_day, term.order), default=None)


def moved_percent(then_fen: int, now_fen: int) -> Fraction:
    """How far the market moved, in percent of `then_fen`."""
    return Fraction(now_fen - then_fen, then_fen) * 100


def price_after_market(price_fen: int, then_fen: int, now_fen: int) -> int:
    """A fixed price carried along with the market: old price × new reference ÷ old reference, half up."""
    return half_up(Fraction(price_fen) * now_fen / then_fen)
