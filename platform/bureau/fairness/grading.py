"""Grades and stars from a score in percent; the thresholds are policy figures."""

from collections.abc import Sequence
from decimal import Decimal


def grade_of(percent: Decimal, least: Sequence[Decimal]) -> str:
    """A, B, C … by the least percent of each, best first; below the last the next letter (90/75/60 → D below 60)."""
    for index, threshold in enumerate(least):
        if percent >= threshold:
            return "ABCDEFG"[index]
    return "ABCDEFG"[len(least)]


def stars_of(percent: Decimal, least: Sequence[Decimal]) -> int:
    """How many of the rising thresholds are reached."""
    return sum(1 for threshold in least if percent >= threshold)
