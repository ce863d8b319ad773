"""The figures that the checks go by, each with its source and how sure it is. Pure: who reads them from where is
service/limits.py."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Limit:
    """`least`: not less than this; `most`: not more; either may be missing. `certain`: the source was read."""

    least: Decimal | None
    most: Decimal | None
    citation: str
    certain: bool = True

    @property
    def at_least(self) -> Decimal:
        assert self.least is not None
        return self.least


@dataclass(frozen=True, slots=True)
class Words:
    values: tuple[str, ...]
    citation: str
    certain: bool = True


# Limits that are one number, by the key of their figure; True: it is a least, False: a most.
NUMBERS = {
    "menu.published.days_before": True,
    "menu.meat_dishes.per_meal": True,
    "menu.vegetable_dishes.per_meal": True,
    "menu.soups.per_meal": True,
    "menu.meat.share_of_meat_dish": True,
    "menu.dish.times_per_week": False,
    "nutrition.vegetables.kinds_per_day": True,
    "nutrition.vegetables.dark_share": True,
    "nutrition.kinds.per_day": True,
    "nutrition.kinds.per_week": True,
    "nutrition.kindergarten.energy.full": True,
    "nutrition.kindergarten.energy.partial": True,
    "nutrition.kindergarten.quality_protein": True,
    "nutrition.kindergarten.morning_snack.energy_share": True,
    "nutrition.kindergarten.lunch.energy_share": True,
    "nutrition.kindergarten.afternoon_snack.energy_share": True,
    "nutrition.kindergarten.dinner.energy_share": True,
}
RANGES = (
    "nutrition.breakfast.energy_share", "nutrition.lunch.energy_share", "nutrition.dinner.energy_share",
    "nutrition.energy.band", "nutrition.protein.band", "nutrition.fat.energy_share",
    "nutrition.carbohydrate.energy_share", "nutrition.liver.grams_per_week",
    "nutrition.kindergarten.protein.energy_share", "nutrition.kindergarten.fat.energy_share",
    "nutrition.kindergarten.carbohydrate.energy_share",
)  # fmt: skip
LISTS = ("canteen.forbidden_foods", "canteen.forbidden_dishes", "menu.publication.refused_by")
FLAGS = ("canteen.nitrite.forbidden",)
KEYS = (*NUMBERS, *RANGES, *LISTS, *FLAGS)


@dataclass(frozen=True, slots=True)
class Limits:
    limits: Mapping[str, Limit]
    words: Mapping[str, Words]
    flags: Mapping[str, Words] = field(default_factory=dict)  # in force where its values are not empty

    def limit(self, key: str) -> Limit:
        return self.limits[key]

    def refuses(self, code: str) -> bool:
        """Whether a menu that fails this check may not be published."""
        return code in self.words["menu.publication.refused_by"].values
