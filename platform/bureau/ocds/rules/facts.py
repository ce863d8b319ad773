"""What is public of one contracting process at one moment, as plain values. Whoever fills it in has left out the rest.

Money is in fen, instants are aware, ids are those of the rows.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Party:
    """`identifier`: the 统一社会信用代码 of a company, the code of a bureau."""

    id: str
    name: str
    identifier: str
    is_bureau: bool = False


@dataclass(frozen=True, slots=True)
class Item:
    id: str
    lot_id: str
    code: str
    name: str
    specification: str
    unit: str
    quantity: Decimal
    ceiling_unit_price_fen: int | None = None


@dataclass(frozen=True, slots=True)
class Criterion:
    """`part`: qualification, conformity, technical, commercial or price; `lot_id` None: of every lot."""

    id: str
    lot_id: str | None
    part: str
    title: str
    description: str
    points: Decimal


@dataclass(frozen=True, slots=True)
class Lot:
    id: str
    number: int
    title: str
    state: str  # of bureau.tendering: active, failed, awarded, cancelled
    ceiling_fen: int | None
    fail_reason: str = ""


@dataclass(frozen=True, slots=True)
class Document:
    """`kind`: of bureau.tendering; `url` absolute."""

    id: str
    title: str
    kind: str
    url: str
    media_type: str
    published_at: datetime


@dataclass(frozen=True, slots=True)
class Question:
    """An answered question; who asked it is nobody's business."""

    id: str
    lot_id: str | None
    question: str
    asked_at: datetime
    answer: str
    answered_at: datetime


@dataclass(frozen=True, slots=True)
class Amendment:
    """A notice that changed something while bids could be made."""

    id: str
    published_at: datetime
    rationale: str


@dataclass(frozen=True, slots=True)
class Bid:
    """An opened bid. `state`: of bureau.bids; unopened ones are counted, never shown."""

    id: str
    lot_id: str
    supplier_id: str
    state: str
    sealed_at: datetime
    total_fen: int | None
    discount: Decimal | None


@dataclass(frozen=True, slots=True)
class AwardedItem:
    """An item as it was won; `unit_price_fen` None where the price follows the price book."""

    item_id: str
    unit_price_fen: int | None
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class Award:
    id: str
    lot_id: str
    bid_id: str
    supplier_id: str
    is_active: bool
    decided_at: datetime
    amount_fen: int | None
    discount: Decimal | None
    items: Sequence[AwardedItem] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Contract:
    """A signed agreement. `state`: of bureau.agreements; `award_ids`: what it carries out, one award per lot."""

    id: str
    award_id: str
    supplier_id: str
    title: str
    state: str
    first_day: date
    last_day: date
    signed_on: date
    amount_fen: int | None
    items: Sequence[AwardedItem] = ()


@dataclass(frozen=True, slots=True)
class Process:
    """One tender with everything public of it. `bids` None: they are still sealed."""

    id: str
    ocid: str
    number: str
    title: str
    description: str
    state: str
    bureau: Party
    subject: str
    method_details: str
    award_method: str
    price_form: str
    budget_fen: int
    is_framework: bool
    framework_from: date | None
    framework_until: date | None
    second_stage: str
    winners_per_lot: int
    most_lots_bid: int | None
    most_lots_won: int | None
    rule_title: str
    published_at: datetime
    questions_until: datetime | None
    bid_deadline: datetime
    award_until: date | None
    end_reason: str
    lots: Sequence[Lot]
    items: Sequence[Item]
    criteria: Sequence[Criterion]
    documents: Sequence[Document] = ()
    questions: Sequence[Question] = ()
    amendments: Sequence[Amendment] = ()
    suppliers: Sequence[Party] = ()
    bids: Sequence[Bid] | None = None
    unopened_bids: int = 0
    awards: Sequence[Award] = ()
    contracts: Sequence[Contract] = ()
    former_ocid: str | None = None
    links: dict[str, str] = field(default_factory=dict)
