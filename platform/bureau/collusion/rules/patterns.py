"""Abnormally alike or regular (Art. 37, sign 4): prices, totals, slips of the pen, wording.

Prices are compared with what everybody knew (ceiling or book price): firms that all took ten percent off the book look
alike to one another, and are explained by the book. Ratios and spreads are measured on integers and exact fractions.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import combinations, pairwise
from typing import Any

from bureau.collusion.rules.facts import BidFacts, Known, Line, Sign, Thresholds
from bureau.collusion.rules.identity import plain

EXPLAINED = Decimal(1)  # percent: a bidder whose prices keep so close to the known ones took them from there
ROUND_TOTAL_FEN = 100_000  # whole thousands of yuan make series by themselves
_SENTENCE = re.compile(r"[。！？；;\n]+")


def price_pattern(bids: Sequence[BidFacts], known: Known, thresholds: Thresholds) -> list[Sign]:
    """Bids of one lot."""
    signs = []
    for one, other in combinations(bids, 2):
        if one.supplier == other.supplier:
            continue
        for found in (
            _alike(one, other, thresholds),
            _slips(one, other),
            _wording(one, other, known, thresholds),
        ):
            if found is not None:
                signs.append(found)
    return signs + _series(bids, thresholds)


def _alike(one: BidFacts, other: BidFacts, thresholds: Thresholds) -> Sign | None:
    """The first that holds of: one ratio, one difference, the same prices."""
    left, right = ({line.key: line for line in bid.lines if line.unit_price_fen > 0} for bid in (one, other))
    keys = [key for key in left if key in right]
    if len(keys) < thresholds.least_items:
        return None
    for bid in (left, right):
        spread = _spread_to_reference([bid[key] for key in keys], thresholds.least_items)
        if spread is not None and spread <= EXPLAINED:
            return None
    prices = [(left[key].unit_price_fen, right[key].unit_price_fen) for key in keys]
    same = Fraction(sum(a == b for a, b in prices) * 100, len(prices))
    ratio = spread_of([Fraction(a, b) for a, b in prices], [Fraction(1, 2 * b) for _, b in prices])
    gaps = [a - b for a, b in prices]
    gap = max(set(gaps), key=gaps.count)
    # A difference is constant only where the prices themselves are not: else it is the constant ratio again.
    even = Fraction(gaps.count(gap) * 100, len(gaps))
    measured: tuple[str, dict[str, Any]]
    if same >= thresholds.same_prices:
        measured = ("same_prices", {"share": _percent(same), "threshold": str(thresholds.same_prices)})
    elif ratio <= thresholds.ratio_spread:
        measured = ("constant_ratio", {"spread": _percent(ratio), "threshold": str(thresholds.ratio_spread)})
    elif gap and even >= 90:
        measured = ("constant_difference", {"share": _percent(even), "difference_fen": gap, "threshold": "90"})
    else:
        return None
    method, figures = measured
    rows = tuple(
        {"item": key, str(one.key): left[key].unit_price_fen, str(other.key): right[key].unit_price_fen} for key in keys
    )
    return Sign("price_pattern", method, (one.key, other.key), rows, {**figures, "items": len(keys)})


def spread_of(ratios: Sequence[Fraction], grain: Sequence[Fraction] | None = None) -> Fraction:
    """Mean distance from the median, in percent of it. `grain`: what rounding to a whole fen alone does to each ratio;
    cheap items cannot be closer than that."""
    ordered = sorted(ratios)
    middle = ordered[len(ordered) // 2]
    if not middle:
        return Fraction(100)
    slack = grain or [Fraction(0)] * len(ratios)
    off = [max(Fraction(0), abs(ratio - middle) - rest) for ratio, rest in zip(ratios, slack, strict=True)]
    return sum(off, Fraction(0)) * 100 / (middle * len(ratios))


def _spread_to_reference(lines: Sequence[Line], least: int) -> Fraction | None:
    known = [line for line in lines if line.reference_fen]
    if len(known) < least:
        return None
    return spread_of([Fraction(line.unit_price_fen, line.reference_fen or 1) for line in known])


def _slips(one: BidFacts, other: BidFacts) -> Sign | None:
    """The same arithmetic slip, by the same amount, on the same line. Rounding to whole yuan or jiao is no slip."""
    left, right = {line.key: line for line in one.lines}, {line.key: line for line in other.lines}
    both = []
    for key, line in left.items():
        if key in right:
            mine, theirs = _slip(line), _slip(right[key])
            if mine and theirs and mine == theirs:
                both.append(key)
    if not both:
        return None
    rows = tuple({"item": key, str(one.key): _told(left[key]), str(other.key): _told(right[key])} for key in both)
    return Sign("price_pattern", "same_slip", (one.key, other.key), rows, {"items": len(both)})


def _slip(line: Line) -> Fraction:
    """How far the line's amount lies from unit price × quantity, in fen; 0 for less than a yuan."""
    exact = Fraction(line.unit_price_fen) * Fraction(line.quantity)
    off = line.amount_fen - exact
    return Fraction(0) if abs(off) < 100 else Fraction(round(off))


def _told(line: Line) -> dict[str, Any]:
    return {"unit_price_fen": line.unit_price_fen, "quantity": str(line.quantity), "amount_fen": line.amount_fen}


def _wording(one: BidFacts, other: BidFacts, known: Known, thresholds: Thresholds) -> Sign | None:
    """The share of one's own sentences (not the tender's) that stand word for word in the other bid, by the shorter."""
    given = {sentence for text in known.texts for sentence, _ in sentences(text)}
    left, right = (
        {plainly: written for text in bid.texts for plainly, written in sentences(text) if plainly not in given}
        for bid in (one, other)
    )
    least = min(len(left), len(right))
    if least < thresholds.least_sentences:
        return None
    both = [plainly for plainly in left if plainly in right]
    share = Fraction(len(both) * 100, least)
    if share < thresholds.same_sentences:
        return None
    rows = tuple({"item": "", str(one.key): left[text], str(other.key): right[text]} for text in both[:20])
    figures = {"share": _percent(share), "sentences": len(both), "threshold": str(thresholds.same_sentences)}
    return Sign("price_pattern", "same_text", (one.key, other.key), rows, figures)


def sentences(text: str) -> Iterator[tuple[str, str]]:
    """Sentences of twelve characters and more, as compared and as written: shorter ones are anybody's."""
    for written in _SENTENCE.split(text):
        plainly = plain(written)
        if len(plainly) >= 12:
            yield plainly, written.strip()


def _series(bids: Sequence[BidFacts], thresholds: Thresholds) -> list[Sign]:
    """Totals with equal steps or equal ratios. Of three bids the steps must agree ten times as closely as of four, and
    round totals are left alone."""
    totals = {bid.key: bid.total_fen for bid in bids if bid.total_fen}
    if len(totals) < 3 or all(total % ROUND_TOTAL_FEN == 0 for total in totals.values()):
        return []
    ordered = sorted(totals.items(), key=lambda item: item[1])
    tolerance = Fraction(thresholds.series_tolerance) / (10 if len(totals) == 3 else 1)
    values = [Fraction(total) for _, total in ordered]
    steps = [after - before for before, after in pairwise(values)]
    ratios = [after / before - 1 for before, after in pairwise(values)]
    if min(steps) <= 0:
        return []
    for method, parts in (("arithmetic_series", steps), ("geometric_series", ratios)):
        mean = sum(parts, Fraction(0)) / len(parts)
        widest = max(abs(part - mean) for part in parts) * 100 / mean
        if widest <= tolerance:
            rows: tuple[Mapping[str, Any], ...] = tuple(
                {"bid": key, "field": "total_fen", "value": total} for key, total in ordered
            )
            step = str(round(mean)) if method == "arithmetic_series" else _percent(mean * 100)
            figures = {"step": step, "spread": _percent(widest), "threshold": _percent(tolerance)}
            return [Sign("price_pattern", method, tuple(key for key, _ in ordered), rows, figures)]
    return []


def _percent(value: Fraction) -> str:
    return f"{Decimal(value.numerator) / Decimal(value.denominator):.4f}".rstrip("0").rstrip(".")
