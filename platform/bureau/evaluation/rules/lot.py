"""A whole lot at once: from evaluated prices and members' sheets to places, with an account of every number."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Generic, Literal, TypeVar

from bureau.evaluation.rules.exact import Number, exact, shown, to_text
from bureau.evaluation.rules.prices import evaluated_price, price_points
from bureau.evaluation.rules.ranking import Entry, Place, candidates, rank
from bureau.evaluation.rules.scoring import Criterion, Scored, Sheet, score

K = TypeVar("K", bound=Hashable)


@dataclass(frozen=True, slots=True)
class LotBid(Generic[K]):
    """`price`: corrected, as bid: fen, or the price factor of a discount. `deduction`: percent, for scoring only."""

    bid: K
    price: Number
    deduction: Number = 0


@dataclass(frozen=True, slots=True)
class LotRules:
    method: Literal["comprehensive", "lowest_price"]
    price_weight: Number
    criteria: tuple[Criterion, ...] = ()


@dataclass(frozen=True, slots=True)
class LotOutcome(Generic[K]):
    """`places`: best first. `scored` is empty by the lowest price method. `candidates`: who may be recommended."""

    evaluated: dict[K, Fraction]
    points: dict[K, Fraction]
    scored: dict[K, Scored[K]]
    places: list[Place[K]]
    candidates: list[K]
    accounts: dict[K, dict[str, Any]]


def evaluate(
    rules: LotRules,
    bids: Sequence[LotBid[K]],
    sheets: Mapping[Any, Sheet],
    *,
    brand_groups: Sequence[Sequence[K]] = (),
    document_rule: Mapping[K, Fraction] | None = None,
    draw_key: bytes | None = None,
    draw_name: str = "tie",
) -> LotOutcome[K]:
    """Only bids that are valid to the end. By the lowest price method, of one brand only the cheapest takes part."""
    evaluated = {one.bid: evaluated_price(one.price, one.deduction) for one in bids}
    raw = {one.bid: exact(one.price) for one in bids}
    keys = list(evaluated)
    points: dict[K, Fraction] = {}
    scored: dict[K, Scored[K]] = {}
    if rules.method == "comprehensive":
        points = price_points(evaluated, rules.price_weight)
        scored = score(rules.criteria, keys, sheets, points)
    entries = [Entry(key, scored[key].total if scored else None, evaluated[key], raw[key]) for key in keys]
    places = rank(entries, document_rule=document_rule, draw_key=draw_key, draw_name=draw_name)
    place_of = {place.bid: place for place in places}
    lowest = min(evaluated.values(), default=Fraction(0))
    accounts = {
        one.bid: account(
            rules, one, evaluated[one.bid], lowest, points.get(one.bid), scored.get(one.bid), place_of[one.bid]
        )
        for one in bids
    }
    return LotOutcome(evaluated, points, scored, places, candidates(places, brand_groups), accounts)


def account(
    rules: LotRules,
    bid: LotBid[K],
    evaluated: Fraction,
    lowest: Fraction,
    points: Fraction | None,
    scored: Scored[K] | None,
    place: Place[K],
) -> dict[str, Any]:
    """Every number of a bid and where it comes from, as JSON: exact text beside what is shown. Keys of bids, members and
    criteria as text."""
    price: dict[str, Any] = {
        "bid": _number(exact(bid.price)),
        "deduction_percent": _number(exact(bid.deduction)),
        "evaluated": _number(evaluated),
    }
    found: dict[str, Any] = {
        "method": rules.method,
        "price": price,
        "place": place.place,
        "decided_by": place.decided_by,
        "tied_with": sorted(str(other) for other in place.tied if other != bid.bid),
        "articles": ["order_87:54", "order_87:56"] if scored is None else ["order_87:55", "order_87:57"],
    }
    if scored is not None and points is not None:
        price |= {"lowest": _number(lowest), "weight": _number(exact(rules.price_weight)), "points": _number(points)}
        found |= {
            "criteria": [
                {
                    "criterion": str(row.criterion),
                    "points": _number(row.points),
                    "given": {str(member): _number(given) for member, given in row.given},
                    "mean": _number(row.mean),
                }
                for row in scored.criteria
            ],
            "members": {str(member): _number(total) for member, total in scored.members},
            "mean": _number(scored.mean),
            "total": _number(scored.total),
        }
    return found


def _number(value: Fraction) -> dict[str, str]:
    return {"exact": to_text(value), "shown": str(shown(value))}
