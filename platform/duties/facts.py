"""What of a school decides its duties. Plain values."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class SchoolFacts:
    """What of a school decides its duties. `closed`: spans of days [from, to) on which it was not in service (suspended
    or merged), the last one open (None) where it still is not."""

    id: int
    name: str
    zone_id: int | None
    stage: str
    is_boarding: bool
    canteen_mode: str
    diners: int
    enrolment: int = 0
    boarders: int = 0
    classes: int = 0
    closed: tuple[tuple[date, date | None], ...] = ()

    def in_service(self, day: date) -> bool:
        return not any(first <= day and (end is None or day < end) for first, end in self.closed)
