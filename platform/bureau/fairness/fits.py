"""What an estimate of strictness says. Apart from how it is made, so that a page that reads a stored one does not load
scipy: that takes a second, and memory in every worker."""

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Strictness:
    """`effect`: share of the points that this inspector takes beyond what others would, with its interval."""

    effect: float
    low: float
    high: float
    standard_error: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """Standard deviations are in shares of the points (0.02 = two points of a hundred). `covariance` of the inspectors'
    effects, row by row, stands in the order of `inspectors`."""

    inspectors: dict[Hashable, Strictness]
    covariance: Any
    sd_school: float
    sd_visit: float
    sd_inspector: float
    sd_error: float
    mean_weight: float
    observations: int
    level: float
