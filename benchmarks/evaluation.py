"""50 bidders × 10 lots × 60 items evaluated from end to end by the exact rules, beside the least that any program must
do for it: the same sums in binary floats, without corrections, accounts or reasons."""

import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from random import Random
from statistics import median
from typing import Any

from benchmarks.results import circumstances
from bureau.evaluation.rules.admission import Offered, Wanted, incomplete, over_ceiling, same_brand_groups
from bureau.evaluation.rules.allocation import LotRanking, allocate
from bureau.evaluation.rules.amounts import capital
from bureau.evaluation.rules.correction import PriceLine, PriceSheet, correct
from bureau.evaluation.rules.lot import LotBid, LotOutcome, LotRules, evaluate
from bureau.evaluation.rules.low_bids import LowRatios, low_review
from bureau.evaluation.rules.outliers import outliers
from bureau.evaluation.rules.scoring import Criterion

BIDDERS, LOTS, ITEMS, MEMBERS, CRITERIA = 50, 10, 60, 7, 8
AIM = 1.0  # seconds
TURNS = 7
WEIGHT = 40
SLIPS = 10  # one bid in so many has an amount that does not follow from its price


@dataclass(frozen=True, slots=True)
class Lot:
    number: int
    wanted: list[Wanted]
    sheets: dict[str, PriceSheet]
    brands: dict[str, dict[Hashable, str]]
    scores: dict[str, dict[str, dict[int, Fraction]]]


@dataclass(frozen=True, slots=True)
class Figures:
    """Seconds of the processor, medians: one thread, so the clock shows the same on a quiet machine. `lines`, `scores`: what was gone through; `corrected`: bids that were mended."""

    ours: float
    bare: float
    lines: int
    scores: int
    corrected: int


RULES = LotRules(
    "comprehensive",
    WEIGHT,
    tuple(Criterion(number, Fraction(60, CRITERIA), is_objective=number < 2) for number in range(CRITERIA)),
)


def made(seed: int = 2026, bidders: int = BIDDERS, lots: int = LOTS, items: int = ITEMS) -> list[Lot]:
    random = Random(seed)
    return [_lot(random, number, bidders, items) for number in range(1, lots + 1)]


def _lot(random: Random, number: int, bidders: int, items: int) -> Lot:
    quantities = [Decimal(random.randrange(1_000, 900_000)).scaleb(-1) for _ in range(items)]
    prices = [random.randrange(150, 9_000) for _ in range(items)]
    wanted = [
        Wanted(place, quantity, price * 2)
        for place, (quantity, price) in enumerate(zip(quantities, prices, strict=True))
    ]
    sheets = {f"b{bidder:02}": _sheet(random, wanted, prices, bidder) for bidder in range(bidders)}
    scores = {
        f"m{member}": {
            bid: {
                one: Fraction(7 if one < 2 else random.randrange(8, 31), 1 if one < 2 else 4) for one in range(CRITERIA)
            }
            for bid in sheets
        }
        for member in range(MEMBERS)
    }
    brands: dict[str, dict[Hashable, str]] = {bid: {0: f"演示牌{place}"} for place, bid in enumerate(sheets)}
    return Lot(number, wanted, sheets, brands, scores)


def _sheet(random: Random, wanted: list[Wanted], prices: list[int], bidder: int) -> PriceSheet:
    level = random.uniform(0.8, 1.0)
    lines = []
    for item, price in zip(wanted, prices, strict=True):
        unit = max(1, round(price * level * random.gauss(1, 0.05)))
        lines.append(PriceLine(item.key, unit, item.quantity, (unit * int(item.quantity * 1000) * 2 + 1000) // 2000))
    total = sum(line.amount_fen for line in lines)
    if bidder % SLIPS == 0:
        lines[0] = replace(lines[0], amount_fen=lines[0].amount_fen + 12_300)
    return PriceSheet(total, capital(total), total, tuple(lines))


def evaluated(lot: Lot) -> tuple[LotOutcome[str], int]:
    """Everything that a lot goes through: corrections, ceilings, missing items, brands, low prices, scores, places."""
    bids, corrected = [], 0
    for bid, sheet in lot.sheets.items():
        mended = correct(sheet)
        corrected += mended.needs_confirmation
        offered = [Offered(line.key, line.quantity, line.unit_price_fen) for line in mended.lines]
        if not incomplete(lot.wanted, offered) and not over_ceiling(mended.total_fen, None, lot.wanted, offered):
            bids.append(LotBid(bid, mended.total_fen, 10 if bid.endswith("3") else 0))
    low_review({one.bid: one.price for one in bids}, LowRatios(50, 50, 45), None)
    groups = same_brand_groups({one.bid: lot.brands[one.bid] for one in bids})
    outcome = evaluate(RULES, bids, lot.scores, brand_groups=groups, draw_key=bytes(32))
    outliers(RULES.criteria, [one.bid for one in bids], lot.scores, outcome.points, share=30, times=2)
    return outcome, corrected


def ours(lots: list[Lot]) -> tuple[list[LotOutcome[str]], int]:
    found = [evaluated(lot) for lot in lots]
    rankings = [
        LotRanking(lot.number, lot.number, tuple(outcome.candidates))
        for lot, (outcome, _) in zip(lots, found, strict=True)
    ]
    allocate(rankings, 2)
    return [outcome for outcome, _ in found], sum(count for _, count in found)


def bare(lots: list[Lot]) -> list[list[str]]:
    """Floats: sums of the lines, price points, means, order."""
    orders = []
    for lot in lots:
        totals = {
            bid: sum(line.unit_price_fen * float(line.quantity) for line in sheet.lines)
            * (0.9 if bid.endswith("3") else 1.0)
            for bid, sheet in lot.sheets.items()
        }
        lowest = min(totals.values())
        points = {bid: lowest / total * WEIGHT for bid, total in totals.items()}
        for sheet in lot.scores.values():
            for bid, given in sheet.items():
                points[bid] += sum(float(value) for value in given.values()) / MEMBERS
        orders.append(sorted(points, key=lambda bid: -points[bid]))
    return orders


def _cpu(work: Callable[[], Any]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


def measure() -> Figures:
    lots = made()
    outcomes, corrected = ours(lots)
    # The floor is a floor of the same work only where it comes to the same order.
    if [[place.bid for place in outcome.places] for outcome in outcomes] != bare(lots):
        raise RuntimeError("the floor ranks otherwise: it does not do the same work")
    timed = [(_cpu(lambda: ours(lots)), _cpu(lambda: bare(lots))) for _ in range(TURNS)]
    return Figures(
        median(one for one, _ in timed), median(other for _, other in timed), BIDDERS * LOTS * ITEMS,
        BIDDERS * LOTS * MEMBERS * CRITERIA, corrected,
    )  # fmt: skip


def met(figures: Figures) -> bool:
    return figures.ours < AIM


def report(figures: Figures) -> str:
    verdict = "met" if met(figures) else "missed"
    return f"""## Evaluation of bids

{BIDDERS} bidders × {LOTS} lots × {ITEMS} items, {MEMBERS} members, {CRITERIA} criteria and the price: {figures.lines:,} priced
lines corrected and checked, {figures.scores:,} scores, low-price review, scores far from the others, places with the account of
each bid, lots given out with a limit. {figures.corrected} bids had a slip to mend. Medians of {TURNS} runs, in turns.

| | seconds (CPU) | times the floor |
|---|---:|---:|
| exact rules | {figures.ours:.3f} | {figures.ours / figures.bare:.1f} |
| floor: the same sums in floats, nothing else | {figures.bare:.4f} | 1 |

Aim: under {AIM:.0f} s: {verdict}. {circumstances()}
"""
