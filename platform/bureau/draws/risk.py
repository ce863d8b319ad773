"""How much a school needs looking at: points from four facts, open to everyone in the pool of a draw. Pure.

The weights are this product's own choice, written into each draw's rules so that they can be read and argued with.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

# Points at most by each fact; together 100.
RULE: Mapping[str, int] = {
    "lost_percent_tenths": 8,  # per percent lost at the last visit, in tenths of a point
    "lost_most": 40,
    "never_visited_score": 20,
    "hazard": 10,
    "hazard_most": 30,
    "boarding": 10,
    "month": 2,
    "month_most": 20,
    "never_visited_months": 20,
    "high_from": 50,
    "medium_from": 25,
    "base_weight": 10,  # a school without any risk still has this chance; each point of risk adds one
}
TIERS = ("high", "medium", "low")


@dataclass(frozen=True, slots=True)
class Facts:
    """`last_percent`: of the last visit of this kind, None without one. `months_since`: whole months since then."""

    last_percent: Decimal | None = None
    open_hazards: int = 0
    is_boarding: bool = False
    months_since: int | None = None


@dataclass(frozen=True, slots=True)
class Risk:
    points: int
    parts: Mapping[str, int]

    @property
    def tier(self) -> str:
        if self.points >= RULE["high_from"]:
            return "high"
        return "medium" if self.points >= RULE["medium_from"] else "low"

    @property
    def weight(self) -> int:
        return RULE["base_weight"] + self.points


def risk_of(facts: Facts) -> Risk:
    parts = {
        "score": _score_part(facts.last_percent),
        "hazards": min(RULE["hazard"] * facts.open_hazards, RULE["hazard_most"]),
        "boarding": RULE["boarding"] if facts.is_boarding else 0,
        "months": (
            RULE["never_visited_months"]
            if facts.months_since is None
            else min(RULE["month"] * facts.months_since, RULE["month_most"])
        ),
    }
    return Risk(sum(parts.values()), parts)


def _score_part(percent: Decimal | None) -> int:
    if percent is None:
        return RULE["never_visited_score"]
    lost = max(Decimal(0), Decimal(100) - percent)
    points = (lost * RULE["lost_percent_tenths"] / 10).quantize(Decimal(1), ROUND_HALF_UP)
    return min(int(points), RULE["lost_most"])
