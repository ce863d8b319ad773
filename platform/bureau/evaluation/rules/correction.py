"""Discrepancies in a price (Order 87, Art. 59), mended in the article's own order, each with its line in the account.

1. the opening form (开标一览表) over the details; 2. words over figures; 3. a unit price whose decimal point is
obviously shifted follows the total; 4. else the unit prices decide over amounts and total. The bidder has to confirm
what comes out; a bid whose bidder refuses is invalid.
"""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Literal

from bureau.evaluation.rules.amounts import UnreadableAmount, read_capital

SHIFTS = (1, 2, 3, 4)  # powers of ten that count as a shifted decimal point
Subject = Literal["detail_total", "total", "unit_price", "amount", "discount"]


@dataclass(frozen=True, slots=True)
class PriceLine:
    """Fen for one unit, quantity with at most three decimals, fen for the line as the bidder wrote it."""

    key: Hashable
    unit_price_fen: int
    quantity: Decimal
    amount_fen: int


@dataclass(frozen=True, slots=True)
class PriceSheet:
    """`total_fen` and `total_words` of the opening form; `detail_total_fen`: the total written below the details."""

    total_fen: int
    total_words: str = ""
    detail_total_fen: int | None = None
    lines: tuple[PriceLine, ...] = ()


@dataclass(frozen=True, slots=True)
class Correction:
    """One line of the account. `key`: the line concerned, None for totals. Values in fen (discounts: percent)."""

    code: str
    article: str
    subject: Subject
    key: Any
    before: int | Decimal
    after: int | Decimal


@dataclass(frozen=True, slots=True)
class Question:
    """What the rules cannot decide: the committee asks the bidder (Art. 51)."""

    code: str
    article: str
    key: Any = None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Corrected:
    total_fen: int
    lines: tuple[PriceLine, ...]
    corrections: tuple[Correction, ...]
    questions: tuple[Question, ...]

    @property
    def needs_confirmation(self) -> bool:
        return bool(self.corrections)


def line_amount(line: PriceLine) -> int:
    """Unit price × quantity in whole fen, half up. Integers only: this runs for every line of every bid."""
    return _times(line.unit_price_fen, _thousandths(line.quantity))


def _thousandths(quantity: Decimal) -> int:
    scaled = quantity.scaleb(3)
    whole = int(scaled)
    if scaled != whole or whole < 0:
        raise ValueError("a quantity has at most three decimals and is not negative")
    return whole


def _times(unit_price_fen: int, thousandths: int) -> int:
    return (unit_price_fen * thousandths * 2 + 1000) // 2000


def correct(sheet: PriceSheet) -> Corrected:
    steps: list[Correction] = []
    questions: list[Question] = []
    total = sheet.total_fen
    if sheet.detail_total_fen is not None and sheet.detail_total_fen != total:
        steps.append(Correction("opening_form", "order_87:59:1", "detail_total", None, sheet.detail_total_fen, total))
    if sheet.total_words.strip():
        try:
            words = read_capital(sheet.total_words)
        except UnreadableAmount:
            questions.append(Question("words_unreadable", "order_87:51", None, sheet.total_words))
        else:
            if words != total:
                steps.append(Correction("words", "order_87:59:2", "total", None, total, words))
                total = words
    lines, shifted, unclear = _unshifted(sheet.lines, total)
    steps += shifted
    questions += unclear
    if lines:
        lines, mended = _by_units(lines)
        steps += mended
        summed = sum(line.amount_fen for line in lines)
        if summed != total:
            steps.append(Correction("units_decide", "order_87:59:4", "total", None, total, summed))
            total = summed
    return Corrected(total, tuple(lines), tuple(steps), tuple(questions))


def correct_discount(opening: Decimal, elsewhere: Decimal | None) -> tuple[Decimal, tuple[Correction, ...]]:
    """A discount stated twice: the opening form's holds."""
    if elsewhere is None or elsewhere == opening:
        return opening, ()
    return opening, (Correction("opening_form", "order_87:59:1", "discount", None, elsewhere, opening),)


def _unshifted(lines: Sequence[PriceLine], total: int) -> tuple[list[PriceLine], list[Correction], list[Question]]:
    """Unit prices put right by a power of ten.

    Obvious means: the line's own amount is that of the shifted price to the fen; or one single line, shifted, makes the
    sum equal the total to the fen. Two lines that would each do it are a question, not a correction.
    """
    mended, steps = list(lines), []
    for place, line in enumerate(lines):
        if line_amount(line) == line.amount_fen:
            continue
        unit = next((unit for unit in _shifts(line.unit_price_fen) if _fits(line, unit)), None)
        if unit is not None:
            mended[place] = replace(line, unit_price_fen=unit)
            steps.append(_shift(line, unit))
    amounts = [line_amount(line) for line in mended]
    missing = total - sum(amounts)
    if not missing:
        return mended, steps, []
    found = [
        (place, unit, _times(unit, _thousandths(line.quantity)))
        for place, line in enumerate(mended)
        if line == lines[place]
        for unit in _shifts(line.unit_price_fen)
        if _times(unit, _thousandths(line.quantity)) - amounts[place] == missing
    ]
    if len(found) > 1:
        return mended, steps, [Question("shift_unclear", "order_87:59:3", lines[found[0][0]].key)]
    for place, unit, amount in found:
        steps.append(_shift(mended[place], unit))
        mended[place] = replace(mended[place], unit_price_fen=unit, amount_fen=amount)
    return mended, steps, []


def _shift(line: PriceLine, unit: int) -> Correction:
    return Correction("shifted_point", "order_87:59:3", "unit_price", line.key, line.unit_price_fen, unit)


def _shifts(unit: int) -> list[int]:
    """Prices that differ by a shifted point only and are whole fen."""
    if not unit:
        return []
    up = [unit * 10**power for power in SHIFTS]
    return up + [unit // 10**power for power in SHIFTS if unit % 10**power == 0]


def _fits(line: PriceLine, unit: int) -> bool:
    return _times(unit, _thousandths(line.quantity)) == line.amount_fen


def _by_units(lines: Sequence[PriceLine]) -> tuple[list[PriceLine], list[Correction]]:
    mended, steps = [], []
    for line in lines:
        amount = line_amount(line)
        if amount != line.amount_fen:
            steps.append(Correction("units_decide", "order_87:59:4", "amount", line.key, line.amount_fen, amount))
            line = replace(line, amount_fen=amount)
        mended.append(line)
    return mended, steps


Answer = Literal["accepted", "refused"]


def standing_after(corrected: Corrected, answer: Answer | None) -> Literal["valid", "waiting", "invalid"]:
    """What the bidder's answer makes of the bid: nothing to confirm, waiting for it, or invalid by refusal (Art. 59)."""
    if not corrected.needs_confirmation or answer == "accepted":
        return "valid"
    return "invalid" if answer == "refused" else "waiting"
