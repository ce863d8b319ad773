"""Pure rules of settlement: states, to which month's statement a claim belongs, why quantities differ, what an invoice may
cover. Amounts in fen; months are their first days."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from kernel import states
from kernel.digests import digest

ZERO = Decimal(0)

# (from, event) → to.
TRANSITIONS: Mapping[tuple[str, str], str] = {
    ("draft", "send"): "sent",
    ("draft", "withdraw"): "withdrawn",
    ("sent", "agree"): "agreed",
    ("sent", "dispute"): "disputed",
    ("sent", "withdraw"): "withdrawn",
    ("disputed", "send"): "sent",  # corrected or explained: a new revision
    ("disputed", "withdraw"): "withdrawn",
    ("agreed", "match"): "invoiced",
    ("agreed", "settle"): "paid",  # nothing is owed either way
    ("invoiced", "unmatch"): "agreed",
    ("invoiced", "approve"): "approved",
    ("approved", "revoke"): "invoiced",
    ("approved", "pay_part"): "approved",
    ("approved", "pay"): "paid",
}
STATES = ("draft", "sent", "disputed", "agreed", "invoiced", "approved", "paid", "withdrawn")
# What such a statement says stands: its receipts are not voided, and it is counted as stated.
FROZEN = ("sent", "agreed", "invoiced", "approved", "paid")
AGREED = ("agreed", "invoiced", "approved", "paid")
UNPAID = ("agreed", "invoiced", "approved")

INVOICE_TRANSITIONS: Mapping[tuple[str, str], str] = {
    ("recorded", "check"): "checked",
    ("recorded", "refuse"): "refused",
    ("recorded", "void"): "voided",
    ("checked", "void"): "voided",
}
INVOICE_STATES = ("recorded", "checked", "refused", "voided")
LIVE_INVOICES = ("recorded", "checked")

KINDS = ("receipt", "credit", "correction", "note", "adjustment")


def next_state(state: str, event: str, transitions: Mapping[tuple[str, str], str] = TRANSITIONS) -> str:
    return states.next_state(transitions, state, event)


def events_of(state: str) -> frozenset[str]:
    return frozenset(event for (source, event) in TRANSITIONS if source == state)


# --- months -----------------------------------------------------------------------------------------------------------


def month_of(day: date) -> date:
    return day.replace(day=1)


def next_month(month: date) -> date:
    return (month + timedelta(days=32)).replace(day=1)


def previous_month(month: date) -> date:
    return (month - timedelta(days=1)).replace(day=1)


def last_day(month: date) -> date:
    return next_month(month) - timedelta(days=1)


def home(month: date, frozen: Collection[date]) -> date:
    """The month whose statement says a claim of `month`: its own, or, where that was sent or agreed already, the next one
    that was not. Every claim has exactly one, so none is stated twice and none is lost."""
    while month in frozen:
        month = next_month(month)
    return month


def carried_months(month: date, frozen: Collection[date]) -> list[date]:
    """Earlier months whose late claims come to `month`: the frozen ones right before it. The inverse of `home`."""
    found: list[date] = []
    if month in frozen:
        return found
    before = previous_month(month)
    while before in frozen:
        found.append(before)
        before = previous_month(before)
    return found


# --- why quantities differ --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Reason:
    """`code`: see labels.REASONS. `quantity`: by how much, in the line's unit. `note`: e.g. why goods were refused."""

    code: str
    quantity: Decimal = ZERO
    note: str = ""

    def plain(self) -> dict[str, str]:
        return {"code": self.code, "quantity": plain(self.quantity), "note": self.note}


@dataclass(frozen=True, slots=True)
class Counted:
    """Of one lot at the door, in its unit: gross as it arrived, net weight, refused, accepted."""

    shipped: Decimal | None
    arrived: Decimal | None
    net: Decimal | None
    rejected: Decimal
    accepted: Decimal


def lot_reasons(
    counted: Counted, *, is_replacement: bool = False, is_priced: bool = True, why_refused: str = ""
) -> list[Reason]:
    """One reason for every step at which one lot's quantities differ."""
    found: list[Reason] = []
    if not is_priced:
        found.append(Reason("no_price"))
    if counted.shipped is None or counted.arrived is None or counted.net is None:
        found.insert(0, Reason("no_order"))
        return found
    if is_replacement:
        found.append(Reason("replacement", counted.shipped))
    if counted.arrived < counted.shipped:
        found.append(Reason("short_arrived", counted.shipped - counted.arrived))
    elif counted.arrived > counted.shipped:
        found.append(Reason("over_arrived", counted.arrived - counted.shipped))
    if counted.net < counted.arrived:
        found.append(Reason("tare", counted.arrived - counted.net))
    if counted.rejected:
        found.append(Reason("rejected", counted.rejected, why_refused))
    return found


def order_reason(ordered: Decimal, shipped: Decimal, waived: Decimal) -> Reason | None:
    """Why what was sent of an order's line within a statement, goods that made good refused ones left out, is not what was
    ordered."""
    if shipped < ordered:
        return Reason("waived" if waived else "part_shipped", ordered - shipped)
    return Reason("over_shipped", shipped - ordered) if shipped > ordered else None


# --- what a statement says --------------------------------------------------------------------------------------------


def plain(number: Decimal) -> str:
    """The same number gives the same text, whatever trailing zeros it came with."""
    return format(number.normalize(), "f") if number else "0"


def _text(value: Any) -> Any:
    if isinstance(value, Decimal):
        return plain(value)
    return value if value is None or isinstance(value, (int, str, list)) else str(value)


def statement_digest(head: Mapping[str, Any], lines: Iterable[Mapping[str, Any]]) -> str:
    """The fingerprint of exactly what both sides agree to."""
    return digest({
        "head": {name: _text(value) for name, value in head.items()},
        "lines": [{name: _text(value) for name, value in line.items()} for line in lines],
    })  # fmt: skip


# --- invoices and payments --------------------------------------------------------------------------------------------


def fits(total_fen: int, owed_fen: int) -> bool:
    """Whether so much in all may be invoiced or paid of what is owed. Owed by the supplier (negative): given back."""
    return 0 <= total_fen <= owed_fen if owed_fen >= 0 else owed_fen <= total_fen <= 0


def shared(amount_fen: int, open_fen: Sequence[int]) -> list[int]:
    """An invoice's amount over several statements with so much open each, in their order, none beyond its own."""
    found: list[int] = []
    for most in open_fen:
        taken = max(min(amount_fen, most), 0) if amount_fen >= 0 else min(max(amount_fen, most), 0)
        found.append(taken)
        amount_fen -= taken
    return found


@dataclass(frozen=True, slots=True)
class Delivered:
    """A statement's line as the three-way match reads it. `key`: the order's line, or the line itself."""

    key: object
    name: str
    order_number: str
    unit: str
    ordered: Decimal | None
    accepted: Decimal
    unit_price_fen: int | None
    amount_fen: int


@dataclass(frozen=True, slots=True)
class Matched:
    """Order beside receipt, one order's line each. `ordered_fen` None: there was no order."""

    name: str
    order_number: str
    unit: str
    ordered: Decimal | None
    accepted: Decimal
    unit_price_fen: int | None
    ordered_fen: int | None
    received_fen: int

    @property
    def difference_fen(self) -> int | None:
        return None if self.ordered_fen is None else self.received_fen - self.ordered_fen


def three_way(lines: Iterable[Delivered], amount_of: Any) -> list[Matched]:
    """`amount_of(quantity, unit price)` → fen. An order's line that came in several lots is one row."""
    groups: dict[object, list[Delivered]] = {}
    for line in lines:
        groups.setdefault(line.key, []).append(line)
    found = []
    for rows in groups.values():
        first = rows[0]
        ordered_fen = None
        if first.ordered is not None and first.unit_price_fen is not None:
            ordered_fen = amount_of(first.ordered, first.unit_price_fen)
        found.append(
            Matched(
                first.name, first.order_number, first.unit, first.ordered, sum((one.accepted for one in rows), ZERO),
                first.unit_price_fen, ordered_fen, sum(one.amount_fen for one in rows),
            )
        )  # fmt: skip
    return found
