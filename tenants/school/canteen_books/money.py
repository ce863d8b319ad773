"""Fen that must add up: shares of a whole. Pure."""

from collections.abc import Sequence
from fractions import Fraction


def largest_remainder(total: int, weights: Sequence[int]) -> list[int]:
    """Whole shares of `total` in proportion to `weights` (not negative, not all zero); they add up to `total` exactly.

    Each share is its exact value rounded down or up; what rounding down leaves goes, one by one, to the largest
    remainders, the earlier first. A negative total is shared as its opposite. All weights zero: only 0 can be shared.
    """
    whole = sum(weights)
    if any(weight < 0 for weight in weights):
        raise ValueError("a weight is negative")
    if whole == 0:
        if total:
            raise ValueError("nothing to share by")
        return [0] * len(weights)
    if total < 0:
        return [-share for share in largest_remainder(-total, weights)]
    shares = [total * weight // whole for weight in weights]
    left = total - sum(shares)
    order = sorted(range(len(weights)), key=lambda place: (-(total * weights[place] % whole), place))
    for place in order[:left]:
        shares[place] += 1
    return shares


def percent_of(part: int, whole: int) -> float | None:
    """In percent, for showing only; None where there is no whole. Limits are compared exactly, with `exceeds`."""
    return None if whole <= 0 else part * 100 / whole


def exceeds(part: int, whole: int, percent: int | str) -> bool:
    """Whether part / whole is more than so many percent, without rounding. `percent` may carry decimals as text."""
    return Fraction(part) * 100 > Fraction(str(percent)) * whole


def falls_short(part: int, whole: int, percent: int | str) -> bool:
    """Whether part / whole is less than so many percent, without rounding."""
    return Fraction(part) * 100 < Fraction(str(percent)) * whole
