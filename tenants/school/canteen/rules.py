"""Dishes, recipes and menus: pure rules. Weights are grams of one diner, exact decimals; nothing is rounded here."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Protocol, TypeVar

from kernel import states

ZERO = Decimal(0)
HUNDRED = Decimal(100)
WEEK = 7


class DishKind(StrEnum):
    MEAT = "meat"
    HALF_MEAT = "half_meat"
    VEGETABLE = "vegetable"
    SOUP = "soup"
    STAPLE = "staple"
    FRUIT = "fruit"
    DAIRY = "dairy"
    SNACK = "snack"
    OTHER = "other"


class Style(StrEnum):
    """How a dish is served."""

    COOKED = "cooked"
    COLD = "cold"
    RAW = "raw"
    DECORATED_CAKE = "decorated_cake"


class Portion(StrEnum):
    """Grows with what an age needs, or is the same for all (a carton of milk, an egg)."""

    SCALED = "scaled"
    FIXED = "fixed"


class Band(StrEnum):
    """Ages in years, as a school's enrolment counts them."""

    UNDER_6 = "under_6"
    AGE_6_8 = "6_8"
    AGE_9_11 = "9_11"
    AGE_12_14 = "12_14"
    AGE_15_17 = "15_17"


BASE = Band.AGE_9_11  # whose portion a recipe is written down for


class MenuState(StrEnum):
    DRAFT = "draft"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


class MenuEvent(StrEnum):
    PUBLISH = "publish"
    AMEND = "amend"
    WITHDRAW = "withdraw"
    DISCARD = "discard"


TRANSITIONS: Mapping[tuple[str, str], MenuState] = {
    (MenuState.DRAFT, MenuEvent.PUBLISH): MenuState.PUBLISHED,
    (MenuState.DRAFT, MenuEvent.DISCARD): MenuState.WITHDRAWN,
    (MenuState.PUBLISHED, MenuEvent.AMEND): MenuState.PUBLISHED,
    (MenuState.PUBLISHED, MenuEvent.WITHDRAW): MenuState.WITHDRAWN,
}


def next_state(state: str, event: MenuEvent) -> MenuState:
    return states.next_state(TRANSITIONS, MenuState(state), event)


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


def days_ahead(published_on: date, first_meal_on: date) -> int:
    """Negative: published after the first meal was eaten."""
    return (first_meal_on - published_on).days


# --- recipes ----------------------------------------------------------------------------------------------------------


class Ingredient(Protocol):
    """What a line of a recipe tells; a table's row and a snapshot's line are both one."""

    @property
    def item_id(self) -> object: ...
    @property
    def food_code(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def net_grams(self) -> Decimal: ...
    @property
    def edible_percent(self) -> Decimal: ...
    @property
    def is_meat(self) -> bool: ...
    @property
    def band_grams(self) -> Mapping[str, object]: ...
    @property
    def unit_grams(self) -> Decimal | None: ...


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a recipe, apart from any table."""

    name: str
    net_grams: Decimal
    food_code: str = ""
    item_id: object = None
    edible_percent: Decimal = HUNDRED
    is_meat: bool = False
    band_grams: Mapping[str, object] = field(default_factory=dict)
    unit_grams: Decimal | None = None


SomeIngredient = TypeVar("SomeIngredient", bound=Ingredient)


def net_grams(line: Ingredient, portion: str, band: str, factors: Mapping[str, Decimal]) -> Decimal:
    """Raw and edible, for one diner of a band: as the recipe says for that band, else the base portion times what the
    band needs beside the base (`factors`: band → energy need ÷ the base's)."""
    told = line.band_grams.get(band)
    if told is not None:
        return Decimal(str(told))
    if portion == Portion.FIXED or band == BASE:
        return line.net_grams
    return line.net_grams * factors[band]


def gross_grams(net: Decimal, edible_percent: Decimal) -> Decimal:
    """As bought, with peel and bone."""
    return net * HUNDRED / edible_percent


# Grams of one unit; a litre is as heavy as its food is dense.
MASS_UNITS = {
    "g": Decimal(1), "克": Decimal(1), "kg": Decimal(1000), "千克": Decimal(1000), "公斤": Decimal(1000),
    "斤": Decimal(500), "两": Decimal(50),
}  # fmt: skip
VOLUME_UNITS = {"L": Decimal(1000), "升": Decimal(1000), "mL": Decimal(1), "ml": Decimal(1), "毫升": Decimal(1)}


def grams_of_unit(unit: str, told: Decimal | None, density: Decimal | None) -> Decimal | None:
    """What one `unit` of a good weighs as bought; None: it cannot be said (a box of unknown weight)."""
    if unit in MASS_UNITS:
        return MASS_UNITS[unit]
    if told is not None:
        return told
    if unit in VOLUME_UNITS:
        return VOLUME_UNITS[unit] * (density or Decimal(1))
    return None


@dataclass(frozen=True, slots=True)
class Mix:
    """How many diners are of which band. Without any, everybody is of the base."""

    heads: Mapping[Band, int]

    @property
    def shares(self) -> dict[Band, Decimal]:
        total = sum(self.heads.values())
        if not total:
            return {BASE: Decimal(1)}
        return {band: Decimal(count) / total for band, count in self.heads.items() if count}


def mean_net_grams(line: Ingredient, portion: str, mix: Mix, factors: Mapping[str, Decimal]) -> Decimal:
    """Of one diner, on the mean of the school's ages."""
    return sum(
        (share * net_grams(line, portion, band, factors) for band, share in mix.shares.items()),
        start=ZERO,
    )


# --- kinds of dishes --------------------------------------------------------------------------------------------------


def meat_share(lines: Iterable[tuple[bool, Decimal]]) -> Decimal | None:
    """Percent of a dish's raw weight that is meat. `lines`: (is meat, net grams) of its ingredients without oil, salt
    and seasonings. None: a dish of nothing."""
    weights = list(lines)
    whole = sum((grams for _is_meat, grams in weights), start=ZERO)
    if not whole:
        return None
    return sum((grams for is_meat, grams in weights if is_meat), start=ZERO) * HUNDRED / whole


def counts_as_meat(kind: str, share: Decimal | None, least_share: Decimal) -> bool:
    """A meat dish, or a half one that holds as much meat as a meat dish must."""
    if kind == DishKind.MEAT:
        return True
    return kind == DishKind.HALF_MEAT and share is not None and share >= least_share


def proposed_kind(share: Decimal | None, least_share: Decimal) -> DishKind:
    if not share:
        return DishKind.VEGETABLE
    return DishKind.MEAT if share >= least_share else DishKind.HALF_MEAT


# --- weeks ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Change:
    """What one edition of a week's menu does otherwise than the one before, at one meal; names of dishes."""

    day: date
    meal: str
    removed: tuple[str, ...]
    added: tuple[str, ...]


def changes_between(
    before: Mapping[tuple[date, str], Sequence[str]], after: Mapping[tuple[date, str], Sequence[str]]
) -> list[Change]:
    """By day and meal; a dish that only changed its place in the meal is no change."""
    found = []
    for place in sorted({*before, *after}):
        old, new = before.get(place, ()), after.get(place, ())
        removed = tuple(name for name in old if name not in new)
        added = tuple(name for name in new if name not in old)
        if removed or added:
            found.append(Change(place[0], place[1], removed, added))
    return found
