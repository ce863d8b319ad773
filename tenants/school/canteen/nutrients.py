"""Nutrients and their sums. What is not known is no zero: a sum says what is known at least, and of how many grams
nothing is known. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from school.canteen.rules import HUNDRED, ZERO


class Nutrient(StrEnum):
    ENERGY = "energy_kcal"
    PROTEIN = "protein_g"
    FAT = "fat_g"
    CARBOHYDRATE = "carbohydrate_g"
    FIBRE = "fibre_g"
    CALCIUM = "calcium_mg"
    IRON = "iron_mg"
    ZINC = "zinc_mg"
    VITAMIN_A = "vitamin_a_ug"
    VITAMIN_B1 = "vitamin_b1_mg"
    VITAMIN_B2 = "vitamin_b2_mg"
    VITAMIN_C = "vitamin_c_mg"
    SODIUM = "sodium_mg"


# Looked at as the mean of a week: no day has liver.
MICRONUTRIENTS = (
    Nutrient.CALCIUM, Nutrient.IRON, Nutrient.ZINC, Nutrient.VITAMIN_A, Nutrient.VITAMIN_B1, Nutrient.VITAMIN_B2,
    Nutrient.VITAMIN_C, Nutrient.FIBRE,
)  # fmt: skip
KCAL_PER_GRAM = {Nutrient.PROTEIN: Decimal(4), Nutrient.FAT: Decimal(9), Nutrient.CARBOHYDRATE: Decimal(4)}

Per100 = Mapping[Nutrient, Decimal | None]  # of 100 g edible; None: not known


@dataclass(frozen=True, slots=True)
class Amounts:
    """What some food holds: `known` at least, and the grams of it of which a nutrient is not known."""

    grams: Decimal = ZERO
    known: Mapping[Nutrient, Decimal] = field(default_factory=dict)
    unknown_grams: Mapping[Nutrient, Decimal] = field(default_factory=dict)

    def of(self, nutrient: Nutrient) -> Decimal:
        """The lower bound."""
        return self.known.get(nutrient, ZERO)

    def unknown(self, nutrient: Nutrient) -> Decimal:
        return self.unknown_grams.get(nutrient, ZERO)

    def unknown_percent(self, nutrient: Nutrient) -> Decimal:
        """Of the weight."""
        return self.unknown(nutrient) * HUNDRED / self.grams if self.grams else ZERO

    def __add__(self, other: "Amounts") -> "Amounts":
        return Amounts(
            self.grams + other.grams,
            {one: self.of(one) + other.of(one) for one in {*self.known, *other.known}},
            {one: self.unknown(one) + other.unknown(one) for one in {*self.unknown_grams, *other.unknown_grams}},
        )

    def times(self, factor: Decimal) -> "Amounts":
        return Amounts(
            self.grams * factor,
            {one: amount * factor for one, amount in self.known.items()},
            {one: grams * factor for one, grams in self.unknown_grams.items()},
        )


NOTHING = Amounts()


def amounts_of(grams: Decimal, per_100: Per100 | None) -> Amounts:
    """Of `grams` edible of one food; None: a food of unknown composition."""
    if not grams:
        return NOTHING
    known: dict[Nutrient, Decimal] = {}
    unknown: dict[Nutrient, Decimal] = {}
    for nutrient in Nutrient:
        value = None if per_100 is None else per_100.get(nutrient)
        if value is None:
            unknown[nutrient] = grams
        else:
            known[nutrient] = value * grams / HUNDRED
    return Amounts(grams, known, unknown)


def total(parts: Iterable[Amounts]) -> Amounts:
    whole = NOTHING
    for part in parts:
        whole = whole + part
    return whole


def energy_share(amounts: Amounts, nutrient: Nutrient) -> Decimal | None:
    """Percent of the known energy that the known protein, fat or carbohydrate gives. None: no energy is known."""
    energy = amounts.of(Nutrient.ENERGY)
    if not energy:
        return None
    return amounts.of(nutrient) * KCAL_PER_GRAM[nutrient] * HUNDRED / energy
