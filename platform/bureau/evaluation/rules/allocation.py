"""Who gets which lot: limits on lots won (兼投不兼中) and the numbers of framework suppliers (Order 110)."""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from typing import Any, Generic, Literal, TypeVar

from bureau.evaluation.rules.exact import Number, exact

K = TypeVar("K", bound=Hashable)
LotOrder = Literal["number", "ceiling"]


@dataclass(frozen=True, slots=True)
class LotRanking(Generic[K]):
    """`suppliers`: who may be recommended, best first. `winners`: how many the lot has."""

    lot: Hashable
    number: int
    suppliers: tuple[K, ...]
    winners: int = 1
    ceiling_fen: int = 0


@dataclass(frozen=True, slots=True)
class PassedOver(Generic[K]):
    supplier: K
    code: str  # lots_won_limit
    won: tuple[Any, ...]  # the lots that fill the limit


@dataclass(frozen=True, slots=True)
class Allocation(Generic[K]):
    """`short`: seats that nobody could take."""

    lot: Any
    winners: tuple[K, ...]
    passed_over: tuple[PassedOver[K], ...]
    short: int


def allocate(
    lots: Iterable[LotRanking[K]], most_lots_won: int | None = None, order: LotOrder = "number"
) -> list[Allocation[K]]:
    """Lot after lot in the document's order ("number", or "ceiling": the largest first, by number among equals); who has
    won as many as the document allows is passed over for the next."""
    if most_lots_won is not None and most_lots_won < 1:
        raise ValueError("a limit below one lot would exclude everybody")
    won: dict[K, list[Any]] = {}
    found = []
    for lot in sorted(lots, key=lambda one: (-one.ceiling_fen if order == "ceiling" else 0, one.number)):
        winners: list[K] = []
        passed: list[PassedOver[K]] = []
        for supplier in lot.suppliers:
            if len(winners) == lot.winners:
                break
            had = won.setdefault(supplier, [])
            if most_lots_won is not None and len(had) >= most_lots_won:
                passed.append(PassedOver(supplier, "lots_won_limit", tuple(had)))
            else:
                had.append(lot.lot)
                winners.append(supplier)
        found.append(Allocation(lot.lot, tuple(winners), tuple(passed), lot.winners - len(winners)))
    return found


def may_add_suppliers(signed: int, left: int, floor: Number) -> bool:
    """Order 110: others may join only when fewer than `floor` percent of those signed remain."""
    return left * 100 < exact(floor) * signed
