"""A calibrated score beside the official one, its interval, and places in a ranking that the data can tell apart."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist
from typing import Literal, TypeAlias

from bureau.fairness.fits import Fit

Uncalibrated: TypeAlias = Literal["inspector_unknown"]


@dataclass(frozen=True, slots=True)
class Calibrated:
    """In percent of the points. `low`..`high` hold what is unknown about the inspectors' strictness, nothing else."""

    value: float
    low: float
    high: float


def calibrate(percent: float, shares: Mapping[Hashable, float], fitted: Fit) -> Calibrated | Uncalibrated:
    """`percent`: the official score, 0..100. `shares`: the part of the points each inspector answered, summing to 1.

    A school judged by a strict inspector gets back what he takes beyond the others; the result stays within 0..100.
    """
    places = {name: index for index, name in enumerate(fitted.inspectors)}
    if not shares or not shares.keys() <= places.keys():
        return "inspector_unknown"
    total = sum(shares.values())
    weights = [(places[name], share / total) for name, share in shares.items()]
    shift = sum(share * fitted.inspectors[name].effect for name, share in shares.items()) / total
    variance = sum(one * other * float(fitted.covariance[i][j]) for i, one in weights for j, other in weights)
    reach = NormalDist().inv_cdf(0.5 + fitted.level / 2) * sqrt(max(variance, 0.0))
    return Calibrated(*(min(100.0, max(0.0, percent + 100 * part)) for part in (shift, shift - reach, shift + reach)))


def score_error(shares: Mapping[Hashable, float], weight: float, fitted: Fit) -> float:
    """Standard error, in percent points, of an official score as a measure of the school: another day, other
    inspectors, the error of scoring. `weight`: the points that were at stake."""
    total = sum(shares.values()) or 1.0
    by_inspectors = sum((share / total) ** 2 for share in shares.values()) * fitted.sd_inspector**2
    by_error = fitted.sd_error**2 * fitted.mean_weight / max(weight, 1e-9)
    return 100 * sqrt(fitted.sd_visit**2 + by_inspectors + by_error)


@dataclass(frozen=True, slots=True)
class Placed:
    """`tier` counts from 1; the entries of one tier cannot be told apart from its best."""

    entry: Hashable
    score: float
    low: float
    high: float
    tier: int


def tiers(entries: Sequence[tuple[Hashable, float, float]], *, level: float = 0.95) -> list[Placed]:
    """(entry, score, standard error) → places, best first. A tier reaches as far down as the difference to its best
    entry stays within what chance explains at `level`; the next one begins there."""
    reach = NormalDist().inv_cdf(0.5 + level / 2)
    placed: list[Placed] = []
    best: tuple[float, float] | None = None
    tier = 0
    for entry, score, error in sorted(entries, key=lambda row: -row[1]):
        if best is None or best[0] - score > reach * sqrt(best[1] ** 2 + error**2):
            best, tier = (score, error), tier + 1
        low, high = max(0.0, score - reach * error), min(100.0, score + reach * error)
        placed.append(Placed(entry, score, low, high, tier))
    return placed
