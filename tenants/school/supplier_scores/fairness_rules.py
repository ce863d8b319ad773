"""Pure rules of delivery fairness: whether a supplier serves some schools worse than its others.

A share of few deliveries jumps about by chance. So two groups are compared by the interval of the difference of their
shares (the hybrid of two score intervals: Wilson 1927, Newcombe 1998, method 10), and a difference is shown as such only
where both groups have facts enough, it is large enough to matter, and the interval leaves out zero. It is a question to be
asked, not a verdict: roads, times and orders differ too, and goods of one order come late together.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import sqrt
from statistics import NormalDist
from typing import TypeVar

from school.supplier_scores.rules import NONE, Counts, rounded

Key = TypeVar("Key")
GROUPS = ("rural", "small", "small_rural", "town")
RURAL, TOWN = "rural", "town"


@dataclass(frozen=True, slots=True)
class Place:
    """What groups a school: `setting` urban, town or rural; `zone_id` None: in no zone."""

    setting: str
    diners: int
    zone_id: int | None = None


@dataclass(frozen=True, slots=True)
class Thresholds:
    """`points`: least difference in percentage points; `confidence` in percent."""

    small_diners: int
    least_facts: int
    points: Fraction
    confidence: Fraction


@dataclass(frozen=True, slots=True)
class Difference:
    """Group against the others, in percentage points. `low`, `high`: of the interval; None without enough data.
    `state`: not_enough, even (no difference that the data shows), worse, better."""

    group: Counts
    others: Counts
    state: str
    points: float | None = None
    low: float | None = None
    high: float | None = None


def groups_of(place: Place, small_diners: int) -> tuple[str, ...]:
    """Which groups a school belongs to, its zone as "zone:7"."""
    is_small, is_rural = place.diners < small_diners, place.setting == RURAL
    found = [
        *((RURAL,) if is_rural else ()),
        *(("small",) if is_small else ()),
        *(("small_rural",) if is_small and is_rural else ()),
        *((TOWN,) if place.setting == TOWN else ()),
        *((f"zone:{place.zone_id}",) if place.zone_id is not None else ()),
    ]
    return tuple(found)


def wilson(counts: Counts, confidence: Fraction) -> tuple[float, float]:
    """The score interval of a share."""
    total = counts.total
    z = NormalDist().inv_cdf(0.5 + float(confidence) / 200)
    share, square = counts.kept / total, z * z
    middle = (share + square / (2 * total)) / (1 + square / total)
    reach = z * sqrt(share * (1 - share) / total + square / (4 * total * total)) / (1 + square / total)
    return max(middle - reach, 0.0), min(middle + reach, 1.0)


def difference(group: Counts, others: Counts, limits: Thresholds) -> Difference:
    """Below zero: the group is served worse."""
    if min(group.total, others.total) < max(limits.least_facts, 1):
        return Difference(group, others, "not_enough")
    one, other = group.kept / group.total, others.kept / others.total
    low_one, high_one = wilson(group, limits.confidence)
    low_other, high_other = wilson(others, limits.confidence)
    apart = one - other
    low = apart - sqrt((one - low_one) ** 2 + (high_other - other) ** 2)
    high = apart + sqrt((high_one - one) ** 2 + (other - low_other) ** 2)
    exact = Fraction(group.kept, group.total) - Fraction(others.kept, others.total)
    is_large = abs(exact) * 100 >= limits.points
    state = "even"
    if is_large and high < 0:
        state = "worse"
    elif is_large and low > 0:
        state = "better"
    return Difference(group, others, state, float(rounded(exact * 100)), low * 100, high * 100)


def compared(
    by_school: Mapping[Key, Counts], groups: Mapping[Key, Iterable[str]], limits: Thresholds
) -> dict[str, Difference]:
    """Group → its schools against all others of the same supplier. Groups without a school are left out."""
    whole, found = NONE, dict[str, Counts]()
    for school, counts in by_school.items():
        whole += counts
        for group in groups.get(school, ()):
            found[group] = found.get(group, NONE) + counts
    return {
        group: difference(counts, Counts(whole.kept - counts.kept, whole.total - counts.total), limits)
        for group, counts in sorted(found.items())
    }
