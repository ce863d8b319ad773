"""Exact numbers: kept as fractions, written as "n/d", shown with two decimals. Nothing is ranked by what is shown."""

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from math import lcm

Number = int | Decimal | Fraction


def exact(value: Number) -> Fraction:
    if type(value) is Fraction:
        return value
    if isinstance(value, float):
        raise TypeError("a binary float is not an exact number")
    return Fraction(value)


def to_text(value: Fraction) -> str:
    return f"{value.numerator}/{value.denominator}"


def from_text(text: str) -> Fraction:
    """Raises ValueError for anything but "n/d" in lowest terms with a positive d, so that one number has one spelling."""
    above, slash, below = text.partition("/")
    number = Fraction(int(above), int(below)) if slash and below.isdecimal() and int(below) else None
    if number is None or to_text(number) != text:
        raise ValueError(f"not an exact number: {text!r}")
    return number


def shown(value: Fraction, places: int = 2) -> Decimal:
    """Rounded half up (away from zero), for the eye only."""
    above, below = value.numerator, value.denominator
    whole = (2 * abs(above) * 10**places + below) // (2 * below)
    return Decimal(-whole if above < 0 else whole).scaleb(-places)


def total(values: Iterable[Fraction]) -> Fraction:
    """The sum, over one common denominator: many times faster than adding fractions one by one."""
    listed = list(values)
    below = lcm(*(value.denominator for value in listed))
    return Fraction(sum(value.numerator * (below // value.denominator) for value in listed), below)


def mean(values: Iterable[Fraction]) -> Fraction:
    """0 of nothing."""
    listed = list(values)
    return total(listed) / len(listed) if listed else Fraction(0)


def rounded(value: Fraction) -> int:
    """Whole fen, half up. Prices are not negative."""
    return (2 * value.numerator + value.denominator) // (2 * value.denominator)
