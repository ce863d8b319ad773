"""Pure rules of balances: what each move adds where, and that nothing falls below zero or above its limit."""

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from decimal import Decimal

ZERO = Decimal(0)


class NotEnough(ValueError):
    """A move that the balance does not bear. `measure`: "quantity" or "amount"; `free`: what is left of it."""

    def __init__(self, measure: str, free: Decimal) -> None:
        super().__init__(f"{measure}: {free} left")
        self.measure = measure
        self.free = free


class NotHeld(ValueError):
    """Giving up more than is reserved or used."""


@dataclass(frozen=True, slots=True)
class Delta:
    """What a move adds to each column."""

    quantity: Decimal = ZERO
    reserved: Decimal = ZERO
    used: Decimal = ZERO
    amount_fen: int = 0
    reserved_fen: int = 0
    used_fen: int = 0


@dataclass(frozen=True, slots=True)
class Stand:
    """`quantity`, `amount_fen` None: without a limit of that sort; what is taken is counted all the same."""

    quantity: Decimal | None = None
    reserved: Decimal = ZERO
    used: Decimal = ZERO
    amount_fen: int | None = None
    reserved_fen: int = 0
    used_fen: int = 0

    @property
    def free(self) -> Decimal | None:
        return None if self.quantity is None else self.quantity - self.reserved - self.used

    @property
    def free_fen(self) -> int | None:
        return None if self.amount_fen is None else self.amount_fen - self.reserved_fen - self.used_fen


def apply(stand: Stand, delta: Delta) -> Stand:
    """The stand after a move. Raises NotEnough, NotHeld."""
    after = replace(
        stand,
        quantity=_limit(stand.quantity, delta.quantity),
        reserved=stand.reserved + delta.reserved,
        used=stand.used + delta.used,
        amount_fen=_limit(stand.amount_fen, delta.amount_fen),
        reserved_fen=stand.reserved_fen + delta.reserved_fen,
        used_fen=stand.used_fen + delta.used_fen,
    )
    if min(after.reserved, after.used) < 0 or min(after.reserved_fen, after.used_fen) < 0:
        raise NotHeld
    if after.free is not None and after.free < 0:
        raise NotEnough("quantity", stand.free if stand.free is not None else ZERO)
    if after.free_fen is not None and after.free_fen < 0:
        raise NotEnough("amount", Decimal(stand.free_fen or 0))
    return after


def _limit(limit, added):  # type: ignore[no-untyped-def]
    return None if limit is None else limit + added


def allocated(quantity: Decimal | None, amount_fen: int | None) -> Delta:
    return Delta(quantity=quantity or ZERO, amount_fen=amount_fen or 0)


def taken_away(quantity: Decimal, amount_fen: int) -> Delta:
    return Delta(quantity=-quantity, amount_fen=-amount_fen)


def reserved(quantity: Decimal, amount_fen: int) -> Delta:
    return Delta(reserved=quantity, reserved_fen=amount_fen)


def released(quantity: Decimal, amount_fen: int) -> Delta:
    return Delta(reserved=-quantity, reserved_fen=-amount_fen)


@dataclass(frozen=True, slots=True)
class Held:
    """What one order line has on one balance."""

    ordered: Decimal = ZERO
    reserved: Decimal = ZERO
    used: Decimal = ZERO
    reserved_fen: int = 0
    used_fen: int = 0


def consumed(held: Held, quantity: Decimal, amount_fen: int, *, is_last: bool) -> Delta:
    """Goods that came: used grows by what came, the reservation shrinks by as much as there is, or is given up whole
    with the last delivery of the line."""
    unreserved = held.reserved if is_last else min(held.reserved, quantity)
    unreserved_fen = held.reserved_fen if is_last else min(held.reserved_fen, amount_fen)
    return Delta(reserved=-unreserved, used=quantity, reserved_fen=-unreserved_fen, used_fen=amount_fen)


def given_back(held: Held, quantity: Decimal, amount_fen: int, *, awaited: bool = False) -> Delta:
    """Goods that went back after they had been taken over: they may be ordered again, or (`awaited`: the receipt was a
    mistake, the goods stand there still) the line holds them again, up to what it ordered. Raises NotHeld."""
    if quantity > held.used or amount_fen > held.used_fen:
        raise NotHeld
    if not awaited:
        return Delta(used=-quantity, used_fen=-amount_fen)
    room = max(held.ordered - held.reserved - (held.used - quantity), ZERO)
    again = min(quantity, room)
    again_fen = amount_fen if again == quantity else int(amount_fen * again / quantity)
    return Delta(reserved=again, used=-quantity, reserved_fen=again_fen, used_fen=-amount_fen)


def most_delivered(ordered: Decimal, tolerance: Decimal) -> Decimal:
    """What may come of an order in all: weighed goods never weigh what was ordered."""
    return ordered * (100 + tolerance) / 100


def total(deltas: Iterable[Delta]) -> Delta:
    """What the moves of a balance add up to."""
    found = Delta()
    for delta in deltas:
        found = Delta(**{one.name: getattr(found, one.name) + getattr(delta, one.name) for one in fields(Delta)})
    return found
