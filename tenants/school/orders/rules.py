"""Pure rules of orders: states, who approves how much, quantities, what is still awaited."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal

from kernel import states

ZERO = Decimal(0)
PLACES = Decimal("0.001")  # as fine as a quantity is ordered
TENTH = Decimal("0.1")  # as fine as weighed goods are proposed


# (from, event) → to. What the school does before sending, what the supplier answers, what comes.
TRANSITIONS: Mapping[tuple[str, str], str] = {
    ("draft", "submit"): "submitted",
    ("draft", "cancel"): "cancelled",
    ("submitted", "approve"): "approved",
    ("submitted", "refuse"): "refused",
    ("submitted", "withdraw"): "draft",
    ("submitted", "cancel"): "cancelled",
    ("refused", "revise"): "draft",
    ("refused", "cancel"): "cancelled",
    ("approved", "send"): "sent",
    ("approved", "cancel"): "cancelled",
    ("sent", "confirm"): "confirmed",
    ("sent", "decline"): "declined",
    ("sent", "propose"): "sent",
    ("sent", "accept_day"): "confirmed",
    ("sent", "keep_day"): "sent",
    ("sent", "cancel"): "cancelled",
    ("sent", "ship"): "shipped",
    ("confirmed", "ship"): "shipped",
    ("confirmed", "cancel"): "cancelled",
    ("shipped", "ship"): "shipped",
    ("shipped", "unship"): "confirmed",
    ("shipped", "unship_one"): "shipped",
    ("shipped", "receive_part"): "shipped",
    ("shipped", "receive"): "received",
    ("shipped", "close"): "closed",
    ("received", "ship"): "shipped",  # goods for what was refused
    ("received", "unreceive"): "shipped",
    ("received", "close"): "closed",
    ("shipped", "unreceive"): "shipped",
    ("closed", "unreceive"): "shipped",
}
STATES = (
    "draft", "submitted", "approved", "sent", "confirmed", "shipped", "received", "closed", "refused", "cancelled",
    "declined",
)  # fmt: skip
OPEN_STATES = ("sent", "confirmed", "shipped")  # goods are awaited
COMMITTED_STATES = ("submitted", "approved", "sent", "confirmed", "shipped", "received", "closed")
SHIPMENT_TRANSITIONS: Mapping[tuple[str, str], str] = {
    ("sent", "receive"): "received",
    ("sent", "cancel"): "cancelled",
    ("received", "unreceive"): "sent",
}


def next_state(state: str, event: str, transitions: Mapping[tuple[str, str], str] = TRANSITIONS) -> str:
    return states.next_state(transitions, state, event)


def events_of(state: str) -> frozenset[str]:
    return frozenset(event for (source, event) in TRANSITIONS if source == state)


# --- who approves -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Tiers:
    """Amounts in fen: over the first the logistics director or the principal approves, over the second the principal
    alone."""

    director_over: int
    principal_over: int


def approving_roles(amount_fen: int, tiers: Tiers) -> tuple[str, ...]:
    if amount_fen > tiers.principal_over:
        return ("principal",)
    if amount_fen > tiers.director_over:
        return ("logistics_director", "principal")
    return ("canteen_manager", "logistics_director", "principal")


def may_approve(roles: Collection[str], amount_fen: int, tiers: Tiers) -> bool:
    return any(role in roles for role in approving_roles(amount_fen, tiers))


# --- quantities -------------------------------------------------------------------------------------------------------


def rounded_up(base: Decimal, unit_factor: Decimal, pack_sizes: Iterable[Decimal], *, is_base_unit: bool) -> Decimal:
    """How many units to order for `base` base units: whole units where the unit is a package of its own (a bag of 25 kg);
    else multiples of the smallest size that it is delivered in; weighed goods in tenths. Never less than is needed."""
    if base <= 0:
        return ZERO
    units = base / unit_factor
    if not is_base_unit:
        return units.to_integral_value(ROUND_CEILING)
    sizes = [size / unit_factor for size in pack_sizes if size > 0]
    step = min(sizes, default=TENTH)
    up = (units / step).to_integral_value(ROUND_CEILING) * step
    return up.quantize(PLACES, ROUND_CEILING)


def net_need(gross: Decimal, on_hand: Decimal, on_order: Decimal) -> Decimal:
    return max(gross - on_hand - on_order, ZERO)


def needs_after_stock(
    gross: Sequence[tuple[date, Decimal]], on_hand: Decimal, on_order: Decimal
) -> list[tuple[date, Decimal]]:
    """What each day lacks when stock and what is under way are used up day by day. `gross`: by day, in order."""
    left = on_hand + on_order
    lacking: list[tuple[date, Decimal]] = []
    for day, wanted in gross:
        taken = min(left, wanted)
        left -= taken
        if wanted > taken:
            lacking.append((day, wanted - taken))
    return lacking


@dataclass(frozen=True, slots=True)
class Counts:
    """Of one order line, in its unit."""

    ordered: Decimal
    received: Decimal = ZERO
    rejected: Decimal = ZERO
    waived: Decimal = ZERO

    @property
    def open(self) -> Decimal:
        """What is still awaited."""
        return max(self.ordered - self.received - self.rejected - self.waived, ZERO)

    @property
    def over(self) -> Decimal:
        """What came beyond the order, within its tolerance."""
        return max(self.received + self.rejected + self.waived - self.ordered, ZERO)


def arrived(counts: Counts, accepted: Decimal, refused: Decimal, *, replaces: bool) -> Counts:
    """After a delivery. `replaces`: it made good what had been refused before, so that is refused no longer."""
    made_good = accepted + refused if replaces else ZERO
    return Counts(counts.ordered, counts.received + accepted, counts.rejected - made_good + refused, counts.waived)


def taken_back(counts: Counts, accepted: Decimal, refused: Decimal, *, replaced: bool) -> Counts:
    """As if the delivery had not been taken over: the inverse of `arrived`."""
    made_good = accepted + refused if replaced else ZERO
    return Counts(counts.ordered, counts.received - accepted, counts.rejected + made_good - refused, counts.waived)


def most_shipped(counts: Counts, tolerance: Decimal, in_transit: Decimal) -> Decimal:
    """How much may still be sent of a line: weighed goods may exceed the order by the tolerance."""
    allowed = (counts.ordered * (100 + tolerance) / 100).quantize(PLACES, ROUND_HALF_UP)
    return max(allowed - counts.received - counts.rejected - counts.waived - in_transit, ZERO)


def state_event(lines: Iterable[Counts], *, in_transit: bool) -> str:
    """Which event a delivery is: "receive" when nothing more is awaited."""
    return "receive_part" if in_transit or any(line.open > 0 for line in lines) else "receive"


# --- days -------------------------------------------------------------------------------------------------------------


def month_of(day: date) -> date:
    return day.replace(day=1)


def day_problem(deliver_on: date, today: date, most_days: int) -> str | None:
    if deliver_on < today:
        return "in_past"
    return "too_far" if deliver_on > today + timedelta(days=most_days) else None


def same_weekday_after(old: date, today: date) -> date:
    """A week after the old day; where that is over, the next day with its weekday after today."""
    day = old + timedelta(days=7)
    while day <= today:
        day += timedelta(days=7)
    return day


# --- what is shipped --------------------------------------------------------------------------------------------------


def lot_problems(production: date | None, expiry: date | None, batch_no: str, arrives_on: date) -> dict[str, str]:
    """Field → code of what is wrong with a lot that is to arrive on a day."""
    problems: dict[str, str] = {}
    if not batch_no:
        problems["batch_no"] = "batch_missing"
    if production is not None and production > arrives_on:
        problems["production_date"] = "made_after"
    if expiry is not None:
        if production is not None and expiry <= production:
            problems["expiry_date"] = "expires_before_made"
        elif expiry < arrives_on:
            problems["expiry_date"] = "expired"
    return problems


CODE_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # none that is read as another
CODE_LENGTH = 8
