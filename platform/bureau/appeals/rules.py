"""Pure rules of appeals: states, who may decide, how often appeals are upheld."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from kernel import states

TRANSITIONS: Mapping[tuple[str, str], str] = {
    ("draft", "send"): "sent",
    ("sent", "withdraw"): "withdrawn",
    ("sent", "uphold"): "upheld",  # 改判
    ("sent", "reject"): "rejected",  # 维持
}
STATES = ("draft", "sent", "withdrawn", "rejected", "upheld")
DECIDED = frozenset({"rejected", "upheld"})


def next_state(state: str, event: str) -> str:
    return states.next_state(TRANSITIONS, state, event)


def may_decide(person_id: UUID, inspectors: Collection[UUID]) -> bool:
    """Nobody judges an appeal against their own visit, whatever else they are."""
    return person_id not in inspectors


@dataclass(frozen=True, slots=True)
class UpheldRate:
    """`visits`: visits that could have been appealed; `decided`, `upheld`: appeals. `rate` of the decided ones, 0..1."""

    key: str
    label: str
    visits: int
    sent: int
    decided: int
    upheld: int

    @property
    def rate(self) -> Decimal | None:
        """To four places."""
        return None if not self.decided else (Decimal(self.upheld) / self.decided).quantize(Decimal("0.0001"))


def by_rate(rows: Iterable[UpheldRate]) -> list[UpheldRate]:
    """Most often upheld first; without a decision last."""
    return sorted(rows, key=lambda row: (-row.upheld, -(row.rate or Decimal(0)), -row.sent, row.label))
