"""States of rounds and sheets, the months of a round, and what a school is proposed. Plain values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from math import floor

from kernel import states

# open: schools fill. closed: no new sheet, returned ones are still corrected. aggregated: lots exist. tendered: a tender
# uses them, nothing moves any more.
ROUND_TRANSITIONS: Mapping[tuple[str, str], str] = {
    ("open", "close"): "closed",
    ("closed", "reopen"): "open",
    ("closed", "aggregate"): "aggregated",
    ("aggregated", "aggregate"): "aggregated",
    ("aggregated", "sheet_reopened"): "closed",
    ("aggregated", "tender"): "tendered",
    ("tendered", "release"): "aggregated",
}
SHEET_TRANSITIONS: Mapping[tuple[str, str], str] = {
    ("draft", "submit"): "submitted",
    ("returned", "submit"): "submitted",
    ("submitted", "withdraw"): "draft",
    ("submitted", "approve"): "approved",
    ("submitted", "return"): "returned",
    ("approved", "return"): "returned",
    ("approved", "aggregate"): "aggregated",
    ("aggregated", "return"): "returned",
}
FILLABLE = ("draft", "returned")
GATHERED = ("approved", "aggregated")
# Below this a figure is kept to a tenth; above, nobody orders a tenth of a kilogram.
WHOLE_FROM = 10


def next_round_state(state: str, event: str) -> str:
    return _next(ROUND_TRANSITIONS, state, event)


def next_sheet_state(state: str, event: str) -> str:
    return _next(SHEET_TRANSITIONS, state, event)


def _next(table: Mapping[tuple[str, str], str], state: str, event: str) -> str:
    return states.next_state(table, state, event)


def may_fill(round_state: str, sheet_state: str) -> bool:
    """A sheet that was sent back is corrected even after the round is closed: that is why it was sent back."""
    return (round_state == "open" and sheet_state in FILLABLE) or (
        round_state == "closed" and sheet_state == "returned"
    )


def is_late(state: str, deadline: datetime, submitted_at: datetime | None, at: datetime) -> bool:
    """Not handed in when the time was over, by the clock of `at`."""
    if state in FILLABLE:
        return at > deadline
    return submitted_at is not None and submitted_at > deadline


def months_of(first: date, count: int) -> list[date]:
    """The first days of `count` months."""
    begin = first.year * 12 + first.month - 1
    return [date((begin + step) // 12, (begin + step) % 12 + 1, 1) for step in range(count)]


def year_before(month: date) -> date:
    return month.replace(year=month.year - 1)


@dataclass(frozen=True, slots=True)
class Headcount:
    """People who eat, and people who learn, at one school at one time; 0: not known."""

    diners: int
    enrolment: int


@dataclass(frozen=True, slots=True)
class Change:
    """By what last year's figures are multiplied, and what it was taken from: "diners", "enrolment", or "" where
    last year's numbers are not known and nothing is scaled."""

    factor: Fraction
    of: str
    before: int
    after: int


def change_of(before: Headcount | None, after: Headcount) -> Change:
    """Diners decide, since they are who eats; a school that does not count them is scaled by its pupils."""
    if before is not None and before.diners > 0 and after.diners > 0:
        return Change(Fraction(after.diners, before.diners), "diners", before.diners, after.diners)
    if before is not None and before.enrolment > 0 and after.enrolment > 0:
        return Change(Fraction(after.enrolment, before.enrolment), "enrolment", before.enrolment, after.enrolment)
    return Change(Fraction(1), "", 0, 0)


@dataclass(frozen=True, slots=True)
class Proposal:
    """`source`: "receipts" (last year's goods receipts), "round" (last year's demand), "norm" (the bureau's figure per
    diner). `months`: what is proposed, None: nothing for that month. `from_months`: the figures before scaling."""

    source: str
    months: tuple[Decimal | None, ...]
    from_months: tuple[Decimal | None, ...]


def propose(
    months: Sequence[date],
    received: Mapping[date, Decimal],
    asked: Mapping[date, Decimal],
    norm: Decimal | None,
    change: Change,
    diners: int,
    *,
    is_over: bool = True,
) -> Proposal | None:
    """For one item. `received`, `asked`: of last year, by the month they were for. `is_over`: all of last year's months
    have passed, so what came in is all that will.

    One source for all months of an item: what came in last year, else what was asked for, else the norm; what came in
    so far goes behind what was asked for. A month in which nothing came in is proposed nothing, not the norm: the
    canteen was closed, or the item was not in season.
    """
    histories = (("receipts", received), ("round", asked))
    for source, history in histories if is_over else reversed(histories):
        base = tuple(history.get(year_before(month)) for month in months)
        if any(base):
            scaled = tuple(None if one is None else rounded(Fraction(one) * change.factor) for one in base)
            return Proposal(source, scaled, base)
    if norm is None or diners <= 0:
        return None
    each = (rounded(Fraction(norm) * diners),) * len(months)
    return Proposal("norm", each, (norm,) * len(months))


def rounded(value: Fraction) -> Decimal:
    """Half up, to a whole number from 10 on, to a tenth below."""
    scale = 1 if value >= WHOLE_FROM else 10
    return Decimal(floor(value * scale + Fraction(1, 2))) / scale


def amount_fen(quantity: Decimal, price_fen: int) -> int:
    """Half up, once: the database's round() does the same for amounts that are not negative."""
    return int((quantity * price_fen).quantize(Decimal(1), ROUND_HALF_UP))
