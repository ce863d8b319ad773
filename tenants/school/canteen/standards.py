"""What a pupil needs in a day, by age and sex, as data/standards.csv says it: versioned rows, each with its source and
how sure it is (V read in a published copy, K general knowledge that a person must confirm). Pure but for that file."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path

from school.canteen.nutrients import Nutrient
from school.canteen.rules import BASE, Band, Mix

SOURCE = Path(__file__).with_name("data") / "standards.csv"
SEXES = ("male", "female")


@dataclass(frozen=True, slots=True)
class Need:
    """Of one person in a day. `certain`: read in a published copy of the standard."""

    amount: Decimal
    certain: bool
    source: str


@dataclass(frozen=True, slots=True)
class Standard:
    version: str
    valid_from: date
    needs: Mapping[tuple[Band, str, Nutrient], Need]

    def need(self, band: Band, nutrient: Nutrient, male_share: Decimal = Decimal("0.5")) -> Need | None:
        """The mean of a band's boys and girls; None where the standard says nothing."""
        rows = [self.needs.get((band, sex, nutrient)) for sex in SEXES]
        male, female = rows
        if male is None or female is None:
            return None
        amount = male.amount * male_share + female.amount * (1 - male_share)
        return Need(amount, male.certain and female.certain, male.source)

    def mean_need(self, mix: Mix, nutrient: Nutrient, male_shares: Mapping[Band, Decimal] | None = None) -> Need | None:
        """Of one diner of a school, on the mean of its ages and sexes. None where it is not known for all of them."""
        amount, certain, sources = Decimal(0), True, []
        for band, share in mix.shares.items():
            need = self.need(band, nutrient, (male_shares or {}).get(band, Decimal("0.5")))
            if need is None:
                return None
            amount += share * need.amount
            certain = certain and need.certain
            sources.append(need.source)
        return Need(amount, certain, "；".join(dict.fromkeys(sources)))

    def factors(self) -> dict[str, Decimal]:
        """Band → how much of the base portion it gets: by energy, both sexes alike."""
        base = self.need(BASE, Nutrient.ENERGY)
        found = {}
        for band in Band:
            need = self.need(band, Nutrient.ENERGY)
            assert base is not None
            assert need is not None
            found[str(band)] = need.amount / base.amount
        return found


@cache
def standards() -> tuple[Standard, ...]:
    """Every version, oldest first."""
    found: dict[tuple[str, date], dict[tuple[Band, str, Nutrient], Need]] = {}
    with SOURCE.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            rows = found.setdefault((row["version"], date.fromisoformat(row["valid_from"])), {})
            need = Need(Decimal(row["amount"]), row["mark"] == "V", row["source"])
            rows[Band(row["band"]), row["sex"], Nutrient(row["nutrient"])] = need
    ordered = sorted(found.items(), key=lambda pair: pair[0][1])
    return tuple(Standard(version, day, needs) for (version, day), needs in ordered)


def standard_on(day: date) -> Standard:
    """The newest that is in force; before the first one, the first."""
    every = standards()
    return next((one for one in reversed(every) if one.valid_from <= day), every[0])
