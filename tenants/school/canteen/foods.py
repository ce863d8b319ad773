"""Common ingredients and what 100 g of their edible part hold, as data/foods.csv says it.

The figures are those of the USDA National Nutrient Database for Standard Reference, Release 28 (public domain), each
under its NDB number; an empty cell is a value that nobody measured, which is not zero. `note` says where a food of
another make or breed stands in. Edible shares are the refuse of the same table, unless the note says otherwise.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import cache
from pathlib import Path

from school.canteen.nutrients import Nutrient, Per100
from school.canteen.rules import HUNDRED

SOURCE = Path(__file__).with_name("data") / "foods.csv"
CITATION = "USDA National Nutrient Database for Standard Reference, Release 28"


class Group(StrEnum):
    GRAIN = "grain"
    TUBER = "tuber"
    PULSE = "pulse"
    VEGETABLE = "vegetable"
    MUSHROOM = "mushroom"
    ALGAE = "algae"
    FRUIT = "fruit"
    LIVESTOCK = "livestock"
    POULTRY = "poultry"
    AQUATIC = "aquatic"
    EGG = "egg"
    DAIRY = "dairy"
    SOY = "soy"
    NUT = "nut"
    OIL = "oil"
    SEASONING = "seasoning"


# Neither a kind of food by itself nor part of what makes a dish a meat dish.
FLAVOURS = frozenset({Group.OIL, Group.SEASONING})


@dataclass(frozen=True, slots=True)
class Food:
    """`variety`: what counts as one kind of food: pork is pork, whatever the cut. `dark`: a dark vegetable (深色蔬菜).
    `fresh`: a fresh vegetable. `season`: months in which it is cheap and good, () where it is all the year."""

    code: str
    name: str
    aliases: tuple[str, ...]
    group: Group
    variety: str
    is_meat: bool
    is_dark: bool
    is_fresh: bool
    is_liver: bool
    allergens: frozenset[str]
    edible_percent: Decimal
    density: Decimal | None
    season: tuple[int, ...]
    ndb: str
    description: str
    note: str
    per_100: Per100

    @property
    def is_flavour(self) -> bool:
        return self.group in FLAVOURS

    @property
    def is_vegetable(self) -> bool:
        return self.group in (Group.VEGETABLE, Group.MUSHROOM, Group.ALGAE)

    @property
    def names(self) -> tuple[str, ...]:
        return (self.name, *self.aliases)


@cache
def foods() -> Mapping[str, Food]:
    """By code, in the file's order."""
    with SOURCE.open(encoding="utf-8", newline="") as file:
        return {row["code"]: _food(row) for row in csv.DictReader(file)}


def _food(row: Mapping[str, str]) -> Food:
    flags = set(row["flags"].split())
    return Food(
        code=row["code"], name=row["name"], aliases=tuple(row["aliases"].split()), group=Group(row["food_group"]),
        variety=row["variety"] or row["name"], is_meat="meat" in flags, is_dark="dark" in flags,
        is_fresh="fresh" in flags, is_liver="liver" in flags, allergens=frozenset(row["allergens"].split()),
        edible_percent=Decimal(row["edible_percent"] or HUNDRED),
        density=Decimal(row["density"]) if row["density"] else None,
        season=tuple(int(month) for month in row["season"].split()), ndb=row["ndb"], description=row["description"],
        note=row["note"],
        per_100={one: Decimal(row[one]) if row[one] else None for one in Nutrient},
    )  # fmt: skip


def food_of(code: str) -> Food | None:
    """None for "" and for a code that the list does not have."""
    return foods().get(code)


def search(text: str, most: int = 20) -> list[Food]:
    """By name or other name; those that begin with it first."""
    wanted = text.strip().lower()
    if not wanted:
        return []
    hits = [food for food in foods().values() if any(wanted in name.lower() for name in food.names)]
    return sorted(
        hits, key=lambda food: (not any(name.lower().startswith(wanted) for name in food.names), len(food.name))
    )[:most]


@cache
def _by_name() -> Mapping[str, Food]:
    found: dict[str, Food] = {}
    for food in foods().values():
        for name in food.names:
            found.setdefault(name, food)
    return found


def named(name: str) -> Food | None:
    """The food that is called just so."""
    return _by_name().get(name.strip())
