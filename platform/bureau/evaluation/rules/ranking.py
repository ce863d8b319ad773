"""The order of the bids. Score ↓, then price ↑ (Order 87, Art. 57); by the lowest price method, evaluated price ↑
(Art. 56). What is still equal is tied until the document's rule or a draw that anybody can repeat decides (Art. 68)."""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby
from typing import Generic, Literal, TypeVar

from bureau.draws.chance import Stream

K = TypeVar("K", bound=Hashable)
DecidedBy = Literal["score", "price", "document", "draw", "tied"]


@dataclass(frozen=True, slots=True)
class Entry(Generic[K]):
    """`score` None: the lowest price method. `evaluated`: less policy deductions; `price`: as bid, corrected."""

    bid: K
    score: Fraction | None
    evaluated: Fraction
    price: Fraction


@dataclass(frozen=True, slots=True)
class Place(Generic[K]):
    """`decided_by`: what set this bid apart from the one before it. `tied`: all that share score and price."""

    bid: K
    place: int
    decided_by: DecidedBy
    tied: tuple[K, ...] = ()


def rank(
    entries: Iterable[Entry[K]],
    *,
    document_rule: Mapping[K, Fraction] | None = None,
    draw_key: bytes | None = None,
    draw_name: str = "tie",
) -> list[Place[K]]:
    """`document_rule`: higher goes first among the tied. `draw_key`: of a seed committed before the scores were known.

    Without either, the tied share their place and `decided_by` is "tied": somebody has to draw.
    """
    ordered = sorted(entries, key=lambda entry: (_order(entry), str(entry.bid)))
    places: list[Place[K]] = []
    last: Entry[K] | None = None
    for _, run in groupby(ordered, key=_order):
        tied = list(run)
        first = len(places) + 1
        by: DecidedBy = "score"
        if tied[0].score is None or (last is not None and last.score == tied[0].score):
            by = "price"
        if len(tied) == 1:
            places.append(Place(tied[0].bid, first, by))
        else:
            places += _untied([entry.bid for entry in tied], first, by, document_rule, draw_key, draw_name)
        last = tied[-1]
    return places


def _order(entry: Entry[K]) -> tuple[Fraction, Fraction]:
    if entry.score is None:
        return entry.evaluated, Fraction(0)
    return -entry.score, entry.price


def _untied(
    bids: Sequence[K],
    first: int,
    by: DecidedBy,
    rule: Mapping[K, Fraction] | None,
    key: bytes | None,
    name: str,
) -> list[Place[K]]:
    """`bids` come in the order of their ids' text, so that the draw does not hang on how they were read."""
    everyone = tuple(bids)
    runs = [list(bids)]
    if rule is not None:
        by_rule = sorted(bids, key=lambda bid: -rule[bid])
        runs = [list(run) for _, run in groupby(by_rule, key=lambda bid: rule[bid])]
    places: list[Place[K]] = []
    for number, run in enumerate(runs):
        start = first + len(places)
        before: DecidedBy = "document" if number else by
        if len(run) == 1:
            places.append(Place(run[0], start, before, everyone))
        elif key is None:
            places += [Place(bid, start, "tied", everyone) for bid in run]
        else:
            drawn = Stream(key, f"{name}:{start}").shuffled(run)
            places += [
                Place(bid, start + offset, "draw" if offset else before, everyone) for offset, bid in enumerate(drawn)
            ]
    return places


def candidates(places: Sequence[Place[K]], brand_groups: Iterable[Sequence[K]] = ()) -> list[K]:
    """Bids that may be recommended: of one brand only the best (Art. 31). Places must not be tied across a group."""
    group_of = {bid: number for number, group in enumerate(brand_groups) for bid in group if len(group) > 1}
    taken: set[int] = set()
    found = []
    for place in places:
        group = group_of.get(place.bid)
        if group is None or group not in taken:
            found.append(place.bid)
        if group is not None:
            taken.add(group)
    return found
