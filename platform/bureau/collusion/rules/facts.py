"""What the detectors look at, and what they say."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any


@dataclass(frozen=True, slots=True)
class Line:
    """One priced line. `reference_fen`: a price that everybody knew (ceiling, price book), None for none."""

    key: Hashable
    unit_price_fen: int
    quantity: Decimal
    amount_fen: int
    reference_fen: int | None = None


@dataclass(frozen=True, slots=True)
class File:
    """`part`: of the bid it belongs to (qualification, technical, …), "" where nobody said."""

    key: str
    name: str
    sha256: str
    metadata: Mapping[str, str] = field(default_factory=dict)
    part: str = ""


@dataclass(frozen=True, slots=True)
class Trace:
    """From where one submission came. `account`: who signed in; `device`: what the browser told of itself."""

    at: datetime
    address: str
    user_agent: str
    account: str = ""
    device: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Person:
    """`role`: contact, manager, legal … Any of the others may be empty. `id_tail`: the last four characters of the
    identity card, which tell namesakes apart."""

    role: str
    name: str = ""
    phone: str = ""
    email: str = ""
    id_tail: str = ""


@dataclass(frozen=True, slots=True)
class BidFacts:
    """One opened bid with what is known of its bidder. `bond_payers`: in whose name the bond's account is. `texts`: its statements, as the bidder wrote them."""

    key: Hashable
    supplier: Hashable
    name: str
    credit_code: str = ""
    people: tuple[Person, ...] = ()
    addresses: tuple[str, ...] = ()
    bond_accounts: tuple[str, ...] = ()
    bond_payers: tuple[str, ...] = ()
    traces: tuple[Trace, ...] = ()
    files: tuple[File, ...] = ()
    lines: tuple[Line, ...] = ()
    total_fen: int | None = None
    texts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Known:
    """What everybody had: the tender's own files, their authors, its words. Whatever comes from there is no sign."""

    hashes: frozenset[str] = frozenset()
    makers: frozenset[str] = frozenset()  # their metadata: words as identity.plain writes them, times as digits
    texts: tuple[str, ...] = ()
    addresses: frozenset[str] = frozenset()  # network addresses that many share: the bureau's own


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Bureau settings; the defaults are those of the policy file. Shares in percent."""

    least_items: int = 8
    ratio_spread: Decimal = Decimal("0.3")
    same_prices: Decimal = Decimal(60)
    series_tolerance: Decimal = Decimal("0.1")
    same_sentences: Decimal = Decimal(50)
    least_sentences: int = 8
    same_files: int = 3
    device_minutes: int = 60
    least_rounds: int = 6


@dataclass(frozen=True, slots=True)
class Sign:
    """`bids`: those it concerns, in the order given. `evidence`: rows side by side: what, and per bid what was found.
    `figures`: what was measured and the threshold it passed."""

    kind: str  # same_author, same_agent, same_contact, price_pattern, mixed_files, same_bond, rotation
    method: str
    bids: tuple[Any, ...]
    evidence: tuple[Mapping[str, Any], ...]
    figures: Mapping[str, Any] = field(default_factory=dict)

    @property
    def article(self) -> str:
        return ARTICLES[self.kind]


ARTICLES = {
    "same_author": "order_87:37:1",
    "same_agent": "order_87:37:2",
    "same_contact": "order_87:37:3",
    "price_pattern": "order_87:37:4",
    "mixed_files": "order_87:37:5",
    "same_bond": "order_87:37:6",
    "rotation": "",
}
METHODS = {
    "same_author": ("document_maker", "document_moment", "document_id"),
    "same_agent": ("same_account", "same_device", "same_browser"),
    "same_contact": ("same_phone", "same_email", "same_manager", "same_person", "same_address"),
    "price_pattern": (
        "constant_ratio", "constant_difference", "same_prices", "arithmetic_series", "geometric_series", "same_slip",
        "same_text",
    ),
    "mixed_files": ("same_file", "other_name_inside"),
    "same_bond": ("same_bond_account", "same_bond_payer"),
    "rotation": ("taking_turns",),
}  # fmt: skip
