"""Taking turns over past tenders: the same few firms bid together, and each wins in its turn.

Method: for every group of two to four suppliers, the lots in which all of them bid, in the order of their opening. Flagged
when there are at least `least_rounds` (and two full turns), the group won every one of them, nobody won twice running
within a turn, and the order of the winners repeats. Chance does that to two equal firms of four bidders in about one
group of 2,000.
"""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from bureau.collusion.rules.facts import Sign, Thresholds


@dataclass(frozen=True, slots=True)
class PastLot:
    """Oldest first. `winner` None: nobody."""

    key: Hashable
    title: str
    bidders: frozenset[Any]
    winner: Any


def rotation(
    history: Sequence[PastLot], thresholds: Thresholds, concerned: frozenset[Any], most_members: int = 4
) -> list[Sign]:
    """Groups of which at least two are in `concerned` (today's bidders). `bids` of the signs are suppliers."""
    winners = {lot.winner for lot in history if lot.winner is not None}
    signs: list[Sign] = []
    told: list[set[Any]] = []
    for size in range(2, most_members + 1):
        for group in combinations(sorted(winners & concerned, key=str), size):
            if any(one <= set(group) for one in told):
                continue
            lots = [lot for lot in history if lot.bidders.issuperset(group)]
            if len(lots) < max(thresholds.least_rounds, 2 * size) or not _in_turn([lot.winner for lot in lots], group):
                continue
            told.append(set(group))
            rows = tuple({"lot": lot.key, "title": lot.title, "bid": lot.winner, "value": "won"} for lot in lots)
            signs.append(Sign("rotation", "taking_turns", group, rows, {"rounds": len(lots), "members": size}))
    return signs


def _in_turn(won: Sequence[Any], group: Sequence[Any]) -> bool:
    size = len(group)
    return (
        set(won) == set(group)
        and set(won[:size]) == set(group)
        and all(winner == won[place - size] for place, winner in enumerate(won) if place >= size)
    )
