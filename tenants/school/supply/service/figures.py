"""The figures that receiving goes by: how warm cold goods may arrive, and where each figure stands."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from flask_babel import gettext as _

from bureau.catalogue.rules import Storage
from kernel.actor import Actor
from kernel.web.dates import today
from school.supply import rules
from school.supply.labels import PURCHASE_CHECK


@dataclass(frozen=True, slots=True)
class Limits:
    """°C on arrival; `temperature_source`: the citation."""

    chilled_most: Decimal
    frozen_most: Decimal
    temperature_source: str
    purchase_check: str = PURCHASE_CHECK

    def is_too_warm(self, storage: str, temperature: Decimal | None) -> bool:
        return rules.is_too_warm(storage, temperature, self.chilled_most, self.frozen_most)

    def hint(self, storage: str) -> str:
        most = self.chilled_most if storage == Storage.CHILLED else self.frozen_most
        return _("不高于 %(most)s ℃", most=format(most.normalize(), "f"))


def limits(actor: Actor, day: date | None) -> Limits:
    """As in force for this school on that day (None: today)."""
    day = day or today()
    return Limits(Decimal(8), Decimal(-12), "GB 31654-2021")
