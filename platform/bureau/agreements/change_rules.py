"""Pure rules of changes: which are possible when, and the limits of supplements and prices."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from bureau.agreements.price_rules import half_up, moved_percent, price_after_market

Refusal = Literal[
    "not_in_force", "already_suspended", "not_suspended", "not_longer", "over", "too_much", "not_cheaper", "not_moved",
    "wrong_rule", "too_far",
]  # fmt: skip

# What a change may begin from: the standing of the agreement on that day.
POSSIBLE = {
    "term_extension": {"signed", "active", "suspended"},
    "price_change": {"signed", "active", "suspended"},
    "item_added": {"signed", "active"},
    "quantity_supplement": {"signed", "active"},
    "supplier_data": {"pending", "signed", "active", "suspended", "expired", "terminated"},
    "suspension": {"signed", "active"},
    "resumption": {"suspended", "signed", "active"},
    "termination": {"signed", "active", "suspended"},
}
TRANSITIONS = {("pending", "approve"): "active", ("pending", "cancel"): "cancelled"}


def is_possible(kind: str, standing: str) -> bool:
    return standing in POSSIBLE[kind]


def next_state(state: str, event: str) -> str | None:
    return TRANSITIONS.get((state, event))


def extension(last_day: date, new_last_day: date, today: date) -> Refusal | None:
    """A term is made longer before it is over; what has expired is not brought back."""
    if last_day < today:
        return "over"
    return None if new_last_day > last_day else "not_longer"


@dataclass(frozen=True, slots=True)
class Added:
    """A line that a supplement adds to: its own original quantity and what one unit counted with, None: not known."""

    quantity: Decimal
    original: Decimal | None
    basis_price_fen: int | None


def supplement_amount(lines: Iterable[Added]) -> int:
    """Fen that a supplement adds, each line at the price it counted with."""
    return sum(half_up(Fraction(line.basis_price_fen or 0) * Fraction(line.quantity)) for line in lines)


def supplement(
    lines: Iterable[Added], original_fen: int | None, before_fen: int, percent: Decimal
) -> tuple[Refusal | None, int, int | None]:
    """(refusal, fen that it adds, the most fen of all supplements). All supplements together stay within `percent` of
    the original amount, the limit included (政府采购法 49). Where no amount is known each line stays within `percent`
    of its own original quantity, and a line that had none gets none."""
    lines = list(lines)
    added = supplement_amount(lines)
    if original_fen is not None and all(line.basis_price_fen is not None for line in lines):
        most = Fraction(original_fen) * Fraction(percent) / 100
        return ("too_much" if before_fen + added > most else None), added, int(most)
    for line in lines:
        if line.original is None or Fraction(line.quantity) > Fraction(line.original) * Fraction(percent) / 100:
            return "too_much", added, None
    return None, added, None


@dataclass(frozen=True, slots=True)
class NewPrice:
    refusal: Refusal | None
    price_fen: int
    moved: Fraction | None = None  # percent


def market_price(
    price_fen: int, then_fen: int, now_fen: int, least_percent: Decimal, most_percent: Decimal
) -> NewPrice:
    """A fixed price that follows the market: only when the reference moved by at least `least_percent`, and by no more
    than `most_percent` at once, upwards. Downwards there is no limit: nobody is hurt by a lower price."""
    moved = moved_percent(then_fen, now_fen)
    price = price_after_market(price_fen, then_fen, now_fen)
    if abs(moved) < Fraction(least_percent):
        return NewPrice("not_moved", price, moved)
    if moved > Fraction(most_percent):
        return NewPrice("too_far", price, moved)
    return NewPrice(None, price, moved)


def lowered_price(price_fen: int, new_fen: int) -> NewPrice:
    """What a supplier gives up of its own accord: always possible, never the other way."""
    return NewPrice(None if 0 < new_fen < price_fen else "not_cheaper", new_fen)


def lowered_discount(discount: Decimal, new: Decimal) -> Refusal | None:
    return None if discount < new < 100 else "not_cheaper"
