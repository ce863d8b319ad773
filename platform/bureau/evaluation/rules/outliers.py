"""Scores far from the other members' (畸高、畸低, Order 87, Art. 64): shown to the committee, which keeps or mends them.

Method: a member's points for the judged criteria of one bid are compared with the median of the other members'. Flagged
when they lie at least `share` percent of the points that can be given away from it AND further than `times` the spread
(highest − lowest) of the others, so that an open quarrel of the whole committee flags nobody in particular.
"""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal

from bureau.evaluation.rules.exact import Number, exact, mean, total
from bureau.evaluation.rules.scoring import Criterion, Sheet

ARTICLE = "order_87:64:4"


@dataclass(frozen=True, slots=True)
class Outlier:
    """`others`: median of the others. `decisive`: with the median in its place another bid would come first."""

    member: Any
    bid: Any
    side: Literal["high", "low"]
    given: Fraction
    others: Fraction
    points: Fraction
    decisive: bool
    article: str = ARTICLE


def median(values: Sequence[Fraction]) -> Fraction:
    ordered = sorted(values)
    middle = len(ordered) // 2
    if len(ordered) % 2:
        return ordered[middle]
    return (ordered[middle - 1] + ordered[middle]) / 2


def outliers(
    criteria: Sequence[Criterion],
    bids: Sequence[Hashable],
    sheets: Mapping[Any, Sheet],
    price_points: Mapping[Any, Fraction],
    *,
    share: Number,
    times: Number,
    least_members: int = 3,
) -> list[Outlier]:
    """Empty below `least_members`: one against one tells nothing."""
    judged = [criterion for criterion in criteria if not criterion.is_objective]
    highest = sum((criterion.points for criterion in judged), Fraction(0))
    if len(sheets) < least_members or not highest:
        return []
    totals = {
        bid: {member: total(exact(sheet[bid][one.key]) for one in judged) for member, sheet in sheets.items()}
        for bid in bids
    }
    fixed = {bid: price_points.get(bid, Fraction(0)) + _objective(criteria, bid, sheets) for bid in bids}
    final = {bid: fixed[bid] + mean(totals[bid].values()) for bid in bids}
    found = []
    for bid in bids:
        for member, given in totals[bid].items():
            rest = [points for other, points in totals[bid].items() if other != member]
            middle = median(rest)
            gap = abs(given - middle)
            if gap * 100 < exact(share) * highest or gap <= exact(times) * (max(rest) - min(rest)):
                continue
            without = {**final, bid: final[bid] + (middle - given) / len(sheets)}
            found.append(
                Outlier(
                    member, bid, "high" if given > middle else "low", given, middle, highest,
                    decisive=_first(final) != _first(without),
                )
            )  # fmt: skip
    return found


def _objective(criteria: Sequence[Criterion], bid: Hashable, sheets: Mapping[Any, Sheet]) -> Fraction:
    return total(mean(exact(sheet[bid][one.key]) for sheet in sheets.values()) for one in criteria if one.is_objective)


def _first(totals: Mapping[Any, Fraction]) -> set[Any]:
    best = max(totals.values())
    return {bid for bid, total in totals.items() if total == best}
