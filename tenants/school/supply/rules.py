"""Pure rules of goods receipts: amounts, dates, temperatures, and which certificates are missing.

进货查验: 食品安全法 第五十三条 (supplier's licence and the batch's certificate are checked and copies kept; name,
specification, quantity, batch or production date, shelf life, day of receipt and supplier are recorded);
学校食品安全与营养健康管理规定 asks the same of school canteens.
"""

import hashlib
import json
from calendar import monthrange
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Context, Decimal, Inexact
from enum import StrEnum
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from bureau.catalogue.rules import Requirement
from kernel import states

EXACT = Context(prec=60, traps=[Inexact])
# A thermometer's reading beyond these is a slip of the finger, whatever is delivered.
LEAST_PLAUSIBLE, MOST_PLAUSIBLE = Decimal(-60), Decimal(80)  # °C


class State(StrEnum):
    """`AWAITING`: a delivery on an order that one person counted and another has not confirmed yet; in no books."""

    AWAITING = "awaiting"
    RECORDED = "recorded"
    VOIDED = "voided"


class Event(StrEnum):
    CONFIRM = "confirm"
    VOID = "void"


TRANSITIONS: Mapping[tuple[str, str], State] = {
    (State.AWAITING, Event.CONFIRM): State.RECORDED,
    (State.AWAITING, Event.VOID): State.VOIDED,
    (State.RECORDED, Event.VOID): State.VOIDED,
}


def next_state(state: str, event: str) -> State:
    return states.next_state(TRANSITIONS, state, event)


def amount_fen(quantity: Decimal, unit_price_fen: int) -> int:
    """What a line costs: exact until the end, then rounded half up to the fen, once."""
    exact = EXACT.multiply(quantity, Decimal(unit_price_fen))
    return int(exact.quantize(Decimal(1), ROUND_HALF_UP, context=Context(prec=60)))


def total_fen(amounts: Iterable[int | None]) -> int | None:
    """The sum of the lines that carry a price; None when none does."""
    known = [amount for amount in amounts if amount is not None]
    return sum(known) if known else None


def proposed_expiry(production_date: date | None, shelf_life_days: int | None) -> date | None:
    """The last day on which the batch may be used: made on the 1st with 3 days, it ends on the 4th."""
    if production_date is None or shelf_life_days is None:
        return None
    return production_date + timedelta(days=shelf_life_days)


def proposed_batch(batch_no: str, production_date: date | None) -> str:
    """The law asks for a batch number or the production date: where no number is printed, the date names the batch."""
    return batch_no or (f"{production_date:%Y%m%d}" if production_date else "")


@dataclass(frozen=True, slots=True)
class LineFacts:
    """What the checks need of one line; `factors` None: the item is not in the catalogue that this school sees."""

    quantity: Decimal
    unit: str
    factors: Collection[str] | None
    batch_no: str
    production_date: date | None
    expiry_date: date | None
    temperature: Decimal | None


def line_problems(line: LineFacts, received_on: date) -> dict[str, str]:
    """Field → code of what is wrong with it."""
    problems: dict[str, str] = {}
    if line.factors is None:
        problems["item_id"] = "item_unknown"
    elif line.unit not in line.factors:
        problems["unit"] = "unit_unknown"
    if line.quantity <= 0:
        problems["quantity"] = "not_positive"
    if not line.batch_no:
        problems["batch_no"] = "batch_missing"
    if line.production_date is not None and line.production_date > received_on:
        problems["production_date"] = "made_after_receipt"
    if line.expiry_date is not None:
        if line.production_date is not None and line.expiry_date <= line.production_date:
            problems["expiry_date"] = "expires_before_made"
        elif line.expiry_date < received_on:
            problems["expiry_date"] = "expired"
    if line.temperature is not None and not LEAST_PLAUSIBLE <= line.temperature <= MOST_PLAUSIBLE:
        problems["temperature_celsius"] = "implausible"
    return problems


def begin_of(day: date) -> datetime:
    """The instant at which a day begins in Shanghai: days are asked for as half-open ranges of instants."""
    return datetime.combine(day, time(), ZoneInfo("Asia/Shanghai"))


def day_problem(received_on: date, today: date) -> str | None:
    """A receipt is written when the goods are there; `today` is the day in Shanghai."""
    return "in_future" if received_on > today else None


def months_later(day: date, months: int) -> date:
    """The same day of the month, or its last day where the month is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def keep_until(
    expiries: Iterable[date | None], received_on: date, months_after_expiry: int, months_without_expiry: int
) -> date:
    """How long the record is kept at least: as long as the longest of its lines asks (食品安全法 第五十条, 第五十三条)."""
    ends = [
        months_later(received_on, months_without_expiry)
        if expiry is None
        else months_later(expiry, months_after_expiry)
        for expiry in expiries
    ]
    return max(ends, default=months_later(received_on, months_without_expiry))


@dataclass(frozen=True, slots=True)
class Provided:
    """A certificate that came: for the line at `line` (a position), or for the whole receipt (None)."""

    kind: str
    line: int | None
    has_copy: bool
    valid_until: date | None


@dataclass(frozen=True, slots=True)
class Missing:
    category: UUID
    requirement: Requirement


def counts_as_provided(certificate: Provided, received_on: date) -> bool:
    """Only a copy on file proves anything to an inspector; one that had run out by the day of receipt does not."""
    in_force = certificate.valid_until is None or certificate.valid_until >= received_on
    return certificate.has_copy and in_force


def missing_certificates(
    categories: Sequence[UUID],
    required: Mapping[UUID, Sequence[Requirement]],
    provided: Iterable[Provided],
    received_on: date,
) -> list[Missing]:
    """What the categories of the lines ask for and no certificate answers. `categories`: one per line, in order.

    A certificate of the whole receipt answers for every line; one of a line only for that line.
    """
    good = [certificate for certificate in provided if counts_as_provided(certificate, received_on)]
    for_all = {certificate.kind for certificate in good if certificate.line is None}
    for_line = {(certificate.line, certificate.kind) for certificate in good}
    found: dict[tuple[UUID, str], Missing] = {}
    for position, category in enumerate(categories):
        for requirement in required.get(category, ()):
            if requirement.kind in for_all or (position, requirement.kind) in for_line:
                continue
            found.setdefault((category, requirement.kind), Missing(category, requirement))
    return [found[key] for key in sorted(found, key=lambda key: (str(key[0]), key[1]))]


def content_digest(content: Mapping[str, Any]) -> str:
    """The same for the same receipt sent again, another for any other content. Numbers compare by value: 1.50 = 1.5."""
    text = json.dumps(_plain(content), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(name): _plain(inner) for name, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(inner) for inner in value]
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    if value is None or isinstance(value, (str, int, bool)):
        return value
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
