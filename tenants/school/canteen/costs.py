"""What a dish costs a diner: exact fractions of fen, rounded where they are shown. No price is no zero: a sum says what
is known, and which ingredients nobody has priced. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Any


class PriceSource(StrEnum):
    """In the order in which they are asked."""

    AGREEMENT = "agreement"
    RECEIPT = "receipt"
    BOOK = "book"


@dataclass(frozen=True, slots=True)
class ItemPrice:
    """Of one base unit. `label`: the agreement's number, the receipt's day, the book's number."""

    fen: Fraction
    source: PriceSource
    on: date
    label: str = ""


@dataclass(frozen=True, slots=True)
class Cost:
    """`fen`: the known part; `unknown`: ingredients without a price or a weight, each once, in order."""

    fen: Fraction = Fraction(0)
    unknown: tuple[str, ...] = ()

    @property
    def is_whole(self) -> bool:
        return not self.unknown

    @property
    def rounded_fen(self) -> int:
        """Half up."""
        return int(self.fen + Fraction(1, 2)) if self.fen >= 0 else -int(-self.fen + Fraction(1, 2))

    def __add__(self, other: "Cost") -> "Cost":
        return Cost(self.fen + other.fen, tuple(dict.fromkeys((*self.unknown, *other.unknown))))

    def times(self, factor: Fraction) -> "Cost":
        return Cost(self.fen * factor, self.unknown)


NOTHING = Cost()


def cost_of(name: str, gross_grams: Decimal, grams_of_unit: Decimal | None, price: ItemPrice | None) -> Cost:
    """Of one ingredient of one diner."""
    if price is None or grams_of_unit is None:
        return Cost(unknown=(name,))
    return Cost(Fraction(gross_grams) / Fraction(grams_of_unit) * price.fen)


def total(parts: Iterable[Cost]) -> Cost:
    whole = NOTHING
    for part in parts:
        whole = whole + part
    return whole


def first_known(sources: Iterable[Mapping[Any, ItemPrice]]) -> dict[Any, ItemPrice]:
    """Item → its price from the first of the sources that has one."""
    found: dict[Any, ItemPrice] = {}
    for source in sources:
        for item, price in source.items():
            found.setdefault(item, price)
    return found
