"""Pure rules of stock: what may move where, what it costs, which batch goes first.

Quantities are in a good's base unit, money in fen. A batch's cost per unit never changes, so a place's worth is that
cost times what lies there, rounded once: rounding never adds up, and the last to leave a place takes all that is left.
"""

from collections.abc import Collection, Iterable, Mapping, MutableMapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Context, Decimal
from enum import StrEnum
from uuid import UUID

ZERO = Decimal(0)
STEP = Decimal("0.000001")  # the least part of a base unit that is kept
MOST = Decimal(10) ** 12  # base units of one move; beyond it is a slip, and more than is kept
EXACT = Context(prec=60)


class GoodKind(StrEnum):
    FOOD = "food"
    CONSUMABLE = "consumable"
    HAZARDOUS = "hazardous"


class LocationKind(StrEnum):
    STORE = "store"
    KITCHEN = "kitchen"
    FRIDGE = "fridge"
    FREEZER = "freezer"
    HAZARDOUS = "hazardous"
    QUARANTINE = "quarantine"
    # The other side of the books: where goods come from and go to. Nothing is counted there.
    SUPPLIER = "supplier"
    CONSUMED = "consumed"
    DISPOSED = "disposed"
    DIFFERENCE = "difference"
    OPENING = "opening"


VIRTUAL = frozenset(
    {
        LocationKind.SUPPLIER, LocationKind.CONSUMED, LocationKind.DISPOSED, LocationKind.DIFFERENCE,
        LocationKind.OPENING,
    }
)  # fmt: skip
PHYSICAL = frozenset(LocationKind) - VIRTUAL


class DocumentKind(StrEnum):
    OPENING = "opening"
    RECEIPT = "receipt"
    ISSUE = "issue"
    RETURN = "return"
    TRANSFER = "transfer"
    STOCKTAKE = "stocktake"
    DISPOSAL = "disposal"
    TAKE_BACK = "take_back"  # a receipt that was voided: everything goes back where it came from


# What a document may move: the kinds of place it takes from and the kinds it brings to.
WAYS: Mapping[str, tuple[frozenset[LocationKind], frozenset[LocationKind]]] = {
    DocumentKind.OPENING: (frozenset({LocationKind.OPENING}), PHYSICAL),
    DocumentKind.RECEIPT: (frozenset({LocationKind.SUPPLIER}), PHYSICAL),
    DocumentKind.ISSUE: (PHYSICAL, frozenset({LocationKind.CONSUMED})),
    DocumentKind.RETURN: (frozenset({LocationKind.CONSUMED}), PHYSICAL),
    DocumentKind.TRANSFER: (PHYSICAL, PHYSICAL),
    DocumentKind.STOCKTAKE: (PHYSICAL | {LocationKind.DIFFERENCE}, PHYSICAL | {LocationKind.DIFFERENCE}),
    DocumentKind.DISPOSAL: (PHYSICAL, frozenset({LocationKind.DISPOSED})),
    DocumentKind.TAKE_BACK: (PHYSICAL, frozenset({LocationKind.SUPPLIER})),
}


def may_move(kind: str, source: str, target: str) -> bool:
    sources, targets = WAYS[kind]
    if kind == DocumentKind.STOCKTAKE and (source == LocationKind.DIFFERENCE) == (target == LocationKind.DIFFERENCE):
        return False
    return source in sources and target in targets


class NotEnough(ValueError):
    """A place does not hold what is to leave it."""

    def __init__(self, location_id: UUID, batch_id: UUID, held: Decimal) -> None:
        super().__init__(f"{held} of {batch_id} at {location_id}")
        self.location_id = location_id
        self.batch_id = batch_id
        self.held = held


@dataclass(frozen=True, slots=True)
class Cost:
    """What a batch cost when it came: so many fen for so many base units."""

    quantity: Decimal
    fen: int

    def of(self, quantity: Decimal) -> int:
        """The worth of a part, rounded half up to the fen."""
        if not self.fen:
            return 0
        exact = EXACT.divide(EXACT.multiply(Decimal(self.fen), quantity), self.quantity)
        return int(exact.quantize(Decimal(1), ROUND_HALF_UP, context=EXACT))


@dataclass(frozen=True, slots=True)
class Holding:
    """What lies at one place of one batch."""

    quantity: Decimal = ZERO
    amount_fen: int = 0


@dataclass(frozen=True, slots=True)
class Move:
    """`amount_fen` None: by the batch's cost; goods that come from outside say what they cost."""

    batch_id: UUID
    from_location_id: UUID
    to_location_id: UUID
    quantity: Decimal
    amount_fen: int | None = None


Holdings = MutableMapping[tuple[UUID, UUID], Holding]


def leaving(cost: Cost, held: Holding, quantity: Decimal) -> int:
    """What goes out with `quantity`: all that is left with the last of it, else so much that what stays is worth its
    share of the batch's cost. Summed over all places the cost is carried out to the fen."""
    if quantity == held.quantity:
        return held.amount_fen
    stays = min(max(cost.of(held.quantity - quantity), 0), held.amount_fen)
    return held.amount_fen - stays


def coming(cost: Cost, held: Holding, quantity: Decimal) -> int:
    """What comes back in with `quantity` from beyond the books."""
    return max(cost.of(held.quantity + quantity) - held.amount_fen, 0)


def apply(
    holdings: Holdings, moves: Iterable[Move], costs: Mapping[UUID, Cost], virtual: Collection[UUID]
) -> list[int]:
    """Make the moves one after the other in `holdings` (location, batch), and give what each was worth.

    Nothing is counted at a place of `virtual`. Raises NotEnough; `holdings` is then half done and to be thrown away.
    """
    amounts = []
    for move in moves:
        cost = costs[move.batch_id]
        source, target = (move.from_location_id, move.batch_id), (move.to_location_id, move.batch_id)
        left, there = holdings.get(source, Holding()), holdings.get(target, Holding())
        if move.from_location_id in virtual:
            amount = coming(cost, there, move.quantity) if move.amount_fen is None else move.amount_fen
        else:
            if move.quantity > left.quantity:
                raise NotEnough(move.from_location_id, move.batch_id, left.quantity)
            amount = leaving(cost, left, move.quantity)
            holdings[source] = Holding(left.quantity - move.quantity, left.amount_fen - amount)
        if move.to_location_id not in virtual:
            holdings[target] = Holding(there.quantity + move.quantity, there.amount_fen + amount)
        amounts.append(amount)
    return amounts


# --- which batch goes first -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Lot:
    """What lies at one place of one batch, as a proposal sees it. `expiry_date`: the last day on which it may be used."""

    batch_id: UUID
    location_id: UUID
    quantity: Decimal
    expiry_date: date | None
    received_on: date
    is_usable: bool = True


def is_expired(expiry_date: date | None, on: date) -> bool:
    return expiry_date is not None and expiry_date < on


def first_out(lots: Iterable[Lot], on: date) -> list[Lot]:
    """What may be used on that day, first expired first; what does not expire by the day it came."""
    usable = [lot for lot in lots if lot.is_usable and lot.quantity > 0 and not is_expired(lot.expiry_date, on)]
    return sorted(usable, key=lambda lot: (lot.expiry_date or date.max, lot.received_on, lot.batch_id, lot.location_id))


@dataclass(frozen=True, slots=True)
class Take:
    batch_id: UUID
    location_id: UUID
    quantity: Decimal


def propose(lots: Iterable[Lot], quantity: Decimal, on: date) -> tuple[list[Take], Decimal]:
    """The takes that make up `quantity`, first expired first, and what is missing to it."""
    takes, wanted = [], quantity
    for lot in first_out(lots, on):
        if wanted <= 0:
            break
        taken = min(lot.quantity, wanted)
        takes.append(Take(lot.batch_id, lot.location_id, taken))
        wanted -= taken
    return takes, max(wanted, ZERO)


class Freshness(StrEnum):
    NONE = "none"  # nothing to say: no expiry date
    GOOD = "good"
    SOON = "soon"
    TODAY = "today"
    EXPIRED = "expired"


def freshness(expiry_date: date | None, on: date, soon_days: int) -> Freshness:
    if expiry_date is None:
        return Freshness.NONE
    left = (expiry_date - on).days
    if left < 0:
        return Freshness.EXPIRED
    if left == 0:
        return Freshness.TODAY
    return Freshness.SOON if left <= soon_days else Freshness.GOOD


class Level(StrEnum):
    LOW = "low"
    RIGHT = "right"
    HIGH = "high"


def level(quantity: Decimal, least: Decimal | None, most: Decimal | None) -> Level:
    if least is not None and quantity < least:
        return Level.LOW
    return Level.HIGH if most is not None and quantity > most else Level.RIGHT


# --- months -----------------------------------------------------------------------------------------------------------


def month_of(day: date) -> date:
    return day.replace(day=1)


def next_month(month: date) -> date:
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


def is_quantity(quantity: Decimal) -> bool:
    """Whether so much may move: more than nothing, in parts that are kept."""
    return quantity.is_finite() and 0 < quantity <= MOST and quantity == quantity.quantize(STEP, context=EXACT)


def rounded(quantity: Decimal) -> Decimal:
    """To the least part that is kept; a good that came is never rounded to nothing."""
    return max(quantity.quantize(STEP, ROUND_HALF_UP, context=EXACT), STEP)
