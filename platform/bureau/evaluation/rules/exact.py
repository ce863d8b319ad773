"""Exact numbers: kept as fractions, written as "n/d", shown with two decimals. Nothing is ranked by what is shown."""

from decimal import Decimal
from fractions import Fraction

Number = int | Decimal | Fraction


def exact(value: Number) -> Fraction:
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
    scale = 10**places
    doubled = abs(value) * scale * 2
    whole = (doubled.numerator // doubled.denominator + 1) // 2
    return Decimal(-whole if value < 0 else whole).scaleb(-places)


def rounded(value: Fraction) -> int:
    """Whole fen, half up. Prices are not negative."""
    return (2 * value.numerator + value.denominator) // (2 * value.denominator)
