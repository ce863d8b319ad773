"""The order of a day's visits. Whole numbers throughout: a route is part of a draw's result, and a last digit that
differs between two machines would make a good draw look forged."""

import math
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import TypeVar

Place = tuple[int, int]  # latitude, longitude in millionths of a degree
T = TypeVar("T")


def longitude_permille(latitudes_e6: Sequence[int]) -> int:
    """How long a degree of longitude is beside one of latitude, in thousandths, at the middle of these places.
    Worked out once, before the draw, and published with its rules."""
    if not latitudes_e6:
        return 1000
    middle = (min(latitudes_e6) + max(latitudes_e6)) / 2e6
    return round(1000 * math.cos(math.radians(middle)))


def distance(one: Place, other: Place, permille: int) -> int:
    """In millionths of a degree of latitude (about 11 cm); a district is small enough to be flat."""
    north = one[0] - other[0]
    east = (one[1] - other[1]) * permille // 1000
    return math.isqrt(north * north + east * east)


def route(start: T, others: Sequence[T], places: Mapping[T, Place], permille: int) -> list[T]:
    """Nearest next, then two-opt until nothing is gained; open at the end. `start` stays first. Whoever has no place
    comes last, in the order given."""
    known = [one for one in others if one in places]
    unknown = [one for one in others if one not in places]
    if start not in places:
        return [start, *known, *unknown]
    path, left = [start], list(known)
    while left:
        here = places[path[-1]]
        nearest = min(range(len(left)), key=lambda at: (distance(here, places[left[at]], permille), at))
        path.append(left.pop(nearest))
    return [*_two_opt(path, places, permille), *unknown]


def _two_opt(path: list[T], places: Mapping[T, Place], permille: int) -> list[T]:
    def leg(one: int, other: int) -> int:
        return distance(places[path[one]], places[path[other]], permille) if other < len(path) else 0

    better = True
    while better:
        better = False
        for first in range(len(path) - 2):
            for last in range(first + 2, len(path)):
                # Turning path[first + 1 … last] round: the legs at its two ends change, every other stays.
                before = leg(first, first + 1) + leg(last, last + 1)
                after = leg(first, last) + leg(first + 1, last + 1)
                if after < before:
                    path[first + 1 : last + 1] = path[first + 1 : last + 1][::-1]
                    better = True
    return path


def length(path: Sequence[T], places: Mapping[T, Place], permille: int) -> int:
    return sum(
        distance(places[one], places[other], permille)
        for one, other in pairwise(path)
        if one in places and other in places
    )
