"""Pure rules of the catalogue: states, units, what a category asks for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Context, Decimal, Inexact
from enum import StrEnum
from typing import TypeVar

from kernel import states

Id = TypeVar("Id")


class ItemState(StrEnum):
    DRAFT = "draft"
    PUBLISHED = "published"
    RETIRED = "retired"


class Subject(StrEnum):
    """What a category is of: food, or other goods that schools buy together (uniforms, exercise books)."""

    FOOD = "food"
    GOODS = "goods"


class ItemEvent(StrEnum):
    PUBLISH = "publish"
    RETIRE = "retire"


class Storage(StrEnum):
    AMBIENT = "ambient"
    CHILLED = "chilled"
    FROZEN = "frozen"


class CertificateKind(StrEnum):
    """What may come with a delivery. Which of them must is the bureau's choice per category."""

    PRODUCTION_LICENCE = "production_licence"
    BATCH_REPORT = "batch_report"
    ANIMAL_QUARANTINE = "animal_quarantine"
    MEAT_INSPECTION = "meat_inspection"
    PRODUCE_CONFORMITY = "produce_conformity"
    PESTICIDE_TEST = "pesticide_test"
    PURCHASE_VOUCHER = "purchase_voucher"
    IMPORT_QUARANTINE = "import_quarantine"
    COLD_CHAIN_RECORD = "cold_chain_record"
    SWINE_FEVER_TEST = "swine_fever_test"
    OTHER = "other"


TRANSITIONS: Mapping[tuple[str, str], ItemState] = {
    (ItemState.DRAFT, ItemEvent.PUBLISH): ItemState.PUBLISHED,
    (ItemState.DRAFT, ItemEvent.RETIRE): ItemState.RETIRED,
    (ItemState.PUBLISHED, ItemEvent.RETIRE): ItemState.RETIRED,
    (ItemState.RETIRED, ItemEvent.PUBLISH): ItemState.PUBLISHED,
}

# Wide enough that no product of a quantity and a factor is ever rounded; a rounding would raise.
EXACT = Context(prec=60, traps=[Inexact])


def next_state(state: str, event: str) -> ItemState:
    return states.next_state(TRANSITIONS, state, event)


def events_of(state: str) -> tuple[str, ...]:
    """What may happen to an item in this state."""
    return tuple(event for (source, event) in TRANSITIONS if source == state)


def to_base(quantity: Decimal, factor: Decimal) -> Decimal:
    """`quantity` of a unit in base units, exactly."""
    return EXACT.multiply(quantity, factor)


def plain_text(number: Decimal) -> str:
    """A stored number without its padding zeros: 25.000000 → "25"."""
    return format(number.normalize(), "f")


def conversion_problems(base_unit: str, units: Sequence[str]) -> dict[int, str]:
    """Position in `units` → "is_base" (the base unit needs no conversion) or "twice"."""
    problems: dict[int, str] = {}
    seen: set[str] = set()
    for position, unit in enumerate(units):
        if unit == base_unit:
            problems[position] = "is_base"
        elif unit in seen:
            problems[position] = "twice"
        seen.add(unit)
    return problems


def searchable(*parts: str) -> str:
    """The stored text that an item is found by."""
    return " ".join(part.strip().lower() for part in parts if part.strip())


@dataclass(frozen=True, slots=True)
class Requirement:
    kind: str
    label: str = ""


def inherited(
    own: Mapping[Id, Sequence[Requirement]], parents: Mapping[Id, Id | None]
) -> dict[Id, tuple[Requirement, ...]]:
    """Category → what it requires: its parent's requirements, then its own; its own wording wins."""
    effective: dict[Id, tuple[Requirement, ...]] = {}
    for category, parent in parents.items():
        found: dict[str, Requirement] = {}
        if parent is not None:
            found.update({requirement.kind: requirement for requirement in own.get(parent, ())})
        found.update({requirement.kind: requirement for requirement in own.get(category, ())})
        effective[category] = tuple(found[kind] for kind in sorted(found))
    return effective
