"""Pure rules of agreements: states, what holds on a day, what was awarded against what is to be signed."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

from kernel import digests, states

Standing = Literal["pending", "signed", "active", "suspended", "terminated", "expired", "cancelled"]

# What people decide. When an agreement begins and expires is a matter of its days alone: see `standing`.
TRANSITIONS: Mapping[tuple[str, str], str] = {
    ("pending", "sign"): "signed",
    ("pending", "cancel"): "cancelled",
    ("signed", "suspend"): "suspended",
    ("suspended", "resume"): "signed",
    ("signed", "terminate"): "terminated",
    ("suspended", "terminate"): "terminated",
}
STATES = ("pending", "signed", "suspended", "terminated", "cancelled")
STANDINGS = ("pending", "signed", "active", "suspended", "terminated", "expired", "cancelled")
LOT_TRANSITIONS: Mapping[tuple[str, str], str] = {
    ("active", "suspend"): "suspended",
    ("suspended", "resume"): "active",
    ("active", "cancel"): "cancelled",
    ("suspended", "cancel"): "cancelled",
}


def next_state(state: str, event: str, transitions: Mapping[tuple[str, str], str] = TRANSITIONS) -> str:
    return states.next_state(transitions, state, event)


def standing(state: str, first_day: date, last_day: date, on: date) -> Standing:
    """What an agreement is on a day: the first and the last day are inside. A term that is over is over, suspended or
    not; what was terminated stays so."""
    if state in ("pending", "cancelled", "terminated"):
        return state  # type: ignore[return-value]
    if on > last_day:
        return "expired"
    if state == "suspended":
        return "suspended"
    return "active" if on >= first_day else "signed"


def may_order(state: str, lot_state: str, first_day: date, last_day: date, on: date) -> bool:
    """Whether a new order may be sent on this day. What was sent before stays to be delivered and settled at its own
    price, whatever becomes of the agreement."""
    return lot_state == "active" and standing(state, first_day, last_day, on) == "active"


def covers(covers_all: bool, school_ids: Collection[int], school_id: int) -> bool:
    return covers_all or school_id in school_ids


def sign_by(notice_on: date, days: int) -> date:
    """The last day to sign: the day of the notice is not counted (Order 87, Art. 85)."""
    return notice_on + timedelta(days=days)


def days_late(due: date | None, done: date | None, today: date) -> int:
    """How many days after `due` it was done, or is still waited for; 0: in time."""
    return 0 if due is None else max(((done or today) - due).days, 0)


@dataclass(frozen=True, slots=True)
class ItemTerms:
    """`price_fen` for one `unit`; None under a discount. `by_school`: quantities where each school has its own.
    `unit_factor`: as the catalogue has it; what is given here is not used."""

    item_id: UUID
    name: str
    unit: str
    price_fen: int | None = None
    quantity: Decimal | None = None
    specification: str = ""
    unit_factor: Decimal = Decimal(1)
    item_version_id: UUID | None = None
    tender_item_id: UUID | None = None
    tolerance: Decimal = Decimal(0)
    basis_price_fen: int | None = None
    by_school: Mapping[int, Decimal] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LotTerms:
    """One lot as it was awarded. `amount_fen`: the most that may be ordered of it, where an amount was agreed."""

    number: int
    title: str
    price_rule: str
    items: Sequence[ItemTerms]
    discount: Decimal | None = None
    tender_lot_id: UUID | None = None
    category_id: UUID | None = None
    zone_id: int | None = None
    amount_fen: int | None = None
    hold_days: int | None = None
    net_rate: Decimal | None = None
    settlement_notes: str = ""
    balance_form: str = "pooled"
    school_ids: Sequence[int] = ()  # without a zone and without schools it covers all


@dataclass(frozen=True, slots=True)
class AgreementTerms:
    """Everything that one supplier was awarded and that its agreement must say."""

    supplier_id: UUID
    title: str
    first_day: date
    last_day: date
    lots: Sequence[LotTerms]
    second_stage: str = "direct"


@dataclass(frozen=True, slots=True)
class Difference:
    """`where`: "" the agreement, "1" a lot's number, "1/<item id>" a line. `field`: a name of the terms, "missing" or
    "added"."""

    where: str
    field: str
    awarded: str
    proposed: str


def canonical(terms: AgreementTerms) -> dict[str, Any]:
    """Plain JSON in one order, numbers as text without trailing zeros: the same terms always read the same."""
    return {
        "supplier_id": str(terms.supplier_id), "first_day": terms.first_day.isoformat(),
        "last_day": terms.last_day.isoformat(), "second_stage": terms.second_stage,
        "lots": [_plain_lot(lot) for lot in sorted(terms.lots, key=lambda one: one.number)],
    }  # fmt: skip


def digest(terms: AgreementTerms) -> str:
    return digests.digest(canonical(terms))


# What an agreement must not say otherwise than the award: who, what, how much, at which price, how long, for whom.
LOT_FIELDS = (
    "tender_lot_id", "price_rule", "discount", "amount_fen", "hold_days", "net_rate", "settlement_notes", "zone_id",
    "balance_form",
)  # fmt: skip
ITEM_FIELDS = ("tender_item_id", "unit", "price_fen", "quantity", "tolerance", "specification")


def _plain_lot(lot: LotTerms) -> dict[str, Any]:
    values = asdict(lot)
    return {
        "number": lot.number,
        **{name: _plain(name, values[name]) for name in LOT_FIELDS},
        "items": [
            {"item_id": str(item.item_id), **{name: _plain(name, getattr(item, name)) for name in ITEM_FIELDS}}
            for item in sorted(lot.items, key=lambda one: str(one.item_id))
        ],
    }


DECIMALS = frozenset({"discount", "net_rate", "quantity", "tolerance"})


def _plain(name: str, value: Any) -> Any:
    if name in DECIMALS and value is not None:
        return format(Decimal(value).normalize(), "f")
    return str(value) if isinstance(value, UUID) else value


def differences(awarded: AgreementTerms, proposed: AgreementTerms) -> list[Difference]:
    """Every substantive way in which `proposed` departs from what was awarded (Order 87, Art. 71)."""
    found: list[Difference] = []
    before, after = canonical(awarded), canonical(proposed)
    _compare(found, "", ("supplier_id", "first_day", "last_day", "second_stage"), before, after)
    for number, lot, other in _pairs(before["lots"], after["lots"], "number"):
        where = str(number)
        if lot is None or other is None:
            found.append(Difference(where, "added" if lot is None else "missing", "", ""))
            continue
        _compare(found, where, LOT_FIELDS, lot, other)
        for item_id, item, line in _pairs(lot["items"], other["items"], "item_id"):
            if item is None or line is None:
                found.append(Difference(f"{where}/{item_id}", "added" if item is None else "missing", "", ""))
            else:
                _compare(found, f"{where}/{item_id}", ITEM_FIELDS, item, line)
    return found


def _compare(
    found: list[Difference], where: str, names: Iterable[str], before: Mapping[str, Any], after: Mapping[str, Any]
) -> None:
    for name in names:
        if before[name] != after[name]:
            found.append(Difference(where, name, _shown(before[name]), _shown(after[name])))


def _shown(value: Any) -> str:
    return "" if value is None else str(value)


def _pairs(before: list[dict[str, Any]], after: list[dict[str, Any]], key: str) -> list[tuple[Any, Any, Any]]:
    left, right = {one[key]: one for one in before}, {one[key]: one for one in after}
    return [(name, left.get(name), right.get(name)) for name in dict.fromkeys([*left, *right])]
