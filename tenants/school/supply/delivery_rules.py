"""Pure rules of taking over a delivery on an order: what came against what was shipped and ordered, cold goods, refusals."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from kernel import states

ZERO = Decimal(0)
PLACES = Decimal("0.001")
# Reasons that endanger whoever eats the lot, at whichever school it is: every other school is warned.
SAFETY_REASONS = frozenset({"spoiled", "contaminated", "expired", "bad_certificate"})
REASONS = (
    "spoiled", "contaminated", "expired", "too_warm", "wrong_item", "bad_quality", "damaged", "surplus", "short_life",
    "no_certificate", "bad_certificate", "lot_warned", "other",
)  # fmt: skip
COLD = frozenset({"chilled", "frozen"})


@dataclass(frozen=True, slots=True)
class Lot:
    """One lot at the door, in the order line's unit. `ordered`: of its order line; `received`: of it before; `tolerance` in
    percent of the order. `most_celsius` None: it need not be cold."""

    shipped: Decimal
    ordered: Decimal
    received: Decimal
    tolerance: Decimal
    storage: str
    most_celsius: Decimal | None


@dataclass(frozen=True, slots=True)
class Count:
    """`arrived`: as weighed or counted with its packing; `net`: what counts; `rejected`: of the net."""

    arrived: Decimal
    net: Decimal
    rejected: Decimal = ZERO
    temperature: Decimal | None = None
    reason: str = ""
    has_photo: bool = False

    @property
    def accepted(self) -> Decimal:
        return self.net - self.rejected


def count_problems(lot: Lot, count: Count) -> dict[str, str]:
    """Field → code."""
    problems: dict[str, str] = {}
    if count.arrived < 0:
        problems["arrived_quantity"] = "negative"
    if not ZERO <= count.net <= count.arrived:
        problems["net_quantity"] = "over_arrived"
    if not ZERO <= count.rejected <= count.net:
        problems["rejected_quantity"] = "over_net"
    if problems:
        return problems
    if count.rejected:
        if count.reason not in REASONS:
            problems["reason"] = "reason_missing"
        if not count.has_photo:
            problems["photos"] = "photo_missing"
    if count.accepted and lot.storage in COLD:
        if count.temperature is None:
            problems["temperature_celsius"] = "temperature_missing"
        elif lot.most_celsius is not None and count.temperature > lot.most_celsius:
            problems["temperature_celsius"] = "too_warm"
    return problems


def most_accepted(ordered: Decimal, tolerance: Decimal) -> Decimal:
    """What may be accepted of an order line in all."""
    return (ordered * (100 + tolerance) / 100).quantize(PLACES, ROUND_HALF_UP)


def surplus(lots: Collection[tuple[Lot, Count]]) -> Decimal:
    """How much the lots of one order line bring beyond what it bears; it is to be refused."""
    if not lots:
        return ZERO
    one = next(iter(lots))[0]
    brought = sum((count.accepted for _lot, count in lots), one.received)
    return max(brought - most_accepted(one.ordered, one.tolerance), ZERO)


def deviation(shipped: Decimal, net: Decimal) -> Decimal:
    """By how many percent the net weight departs from what the delivery note says; one decimal."""
    if not shipped:
        return ZERO
    return ((net - shipped) * 100 / shipped).quantize(Decimal("0.1"), ROUND_HALF_UP)


def is_beyond(shipped: Decimal, net: Decimal, tolerance: Decimal) -> bool:
    """Whether it departs by more than was agreed: worth a look, in either direction."""
    return abs(net - shipped) * 100 > tolerance * shipped


# --- rejections -------------------------------------------------------------------------------------------------------


TRANSITIONS: Mapping[tuple[str, str], str] = {
    ("open", "answer"): "open",
    ("open", "ship"): "open",
    ("open", "replace_part"): "open",
    ("open", "replace"): "replaced",
    ("open", "credit"): "credited",
    ("open", "settle"): "closed",  # a part was replaced, the rest credited
    ("open", "void"): "voided",
    ("credited", "void"): "voided",
    ("replaced", "reopen"): "open",
    ("closed", "reopen"): "open",
}


def next_state(state: str, event: str) -> str:
    return states.next_state(TRANSITIONS, state, event)


@dataclass(frozen=True, slots=True)
class Balance:
    """Of one line of a rejection: quantity = replaced + credited + open."""

    quantity: Decimal
    replaced: Decimal = ZERO
    credited: Decimal = ZERO

    @property
    def open(self) -> Decimal:
        return self.quantity - self.replaced - self.credited


def settled_event(lines: Collection[Balance]) -> str:
    """What a rejection becomes when nothing is open any more: all goods, all money, or some of each; else it stays."""
    if any(line.open for line in lines):
        return "replace_part"
    if not any(line.credited for line in lines):
        return "replace"
    return "settle" if any(line.replaced for line in lines) else "credit"


def is_safety(reasons: Collection[str]) -> bool:
    return any(reason in SAFETY_REASONS for reason in reasons)


def shared_out(amount: Decimal, lines: Mapping[str, Decimal]) -> dict[str, Decimal]:
    """`amount` over lines with so much open each, in their order, none beyond its own."""
    left, found = amount, {}
    for key, open_quantity in lines.items():
        taken = min(left, open_quantity)
        if taken:
            found[key] = taken
        left -= taken
    return found
