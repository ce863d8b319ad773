"""How far apart two places are."""

from math import asin, cos, radians, sin, sqrt

EARTH_METRES = 6_371_000.0


def metres_between(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Great-circle distance of two (latitude, longitude) in degrees."""
    (lat1, lon1), (lat2, lon2) = one, other
    part = (
        sin(radians(lat2 - lat1) / 2) ** 2
        + cos(radians(lat1)) * cos(radians(lat2)) * sin(radians(lon2 - lon1) / 2) ** 2
    )
    return 2 * EARTH_METRES * asin(min(1.0, sqrt(part)))
