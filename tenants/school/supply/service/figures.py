"""The figures that receiving goes by: how warm cold goods may arrive, how long the record is kept."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from functools import cached_property

from flask_babel import gettext as _

from bureau.catalogue.rules import Storage
from kernel.actor import Actor
from kernel.policy.rules import Effective
from kernel.policy.service import effective
from school.supply import rules
from school.supply.labels import PURCHASE_CHECK
from school.supply.models import GoodsReceiptLine


class Limits:
    """The figures as in force for a school on a day (None: today), each read when it is first asked for."""

    purchase_check = PURCHASE_CHECK

    def __init__(self, actor: Actor, school_id: int | None, day: date | None = None) -> None:
        self._bureau_id = actor.bureau_id
        self._school_id = school_id
        self._day = day

    def _figure(self, key: str) -> Effective:
        return effective(self._bureau_id, key, school_id=self._school_id, on=self._day)

    @cached_property
    def chilled(self) -> Effective:
        return self._figure("canteen.cold.most_celsius")

    @cached_property
    def frozen(self) -> Effective:
        return self._figure("canteen.frozen.most_celsius")

    @cached_property
    def months_after_expiry(self) -> Effective:
        return self._figure("canteen.purchase_records.months_after_expiry")

    @cached_property
    def months_without_expiry(self) -> Effective:
        return self._figure("canteen.purchase_records.months_without_expiry")

    def of(self, storage: str) -> Effective | None:
        if storage == Storage.CHILLED:
            return self.chilled
        return self.frozen if storage == Storage.FROZEN else None

    def is_too_warm(self, storage: str, temperature: Decimal | None) -> bool:
        figure = self.of(storage)
        return figure is not None and temperature is not None and temperature > figure.number

    def hint(self, storage: str) -> str:
        figure = self.of(storage)
        return "" if figure is None else _("不高于 %(most)s ℃", most=format(figure.number.normalize(), "f"))

    def temperature_source(self, lines: Sequence[GoodsReceiptLine]) -> str:
        """The citations of the limits that these lines were held against."""
        measured = {line.storage for line in lines if line.temperature_celsius is not None}
        figures = [figure for figure in map(self.of, sorted(measured)) if figure is not None]
        return "；".join(dict.fromkeys(figure.citation for figure in figures))

    def keep_until(self, lines: Sequence[GoodsReceiptLine], received_on: date) -> date:
        """The day up to which the record and its certificates must be kept at least."""
        months_without = int(self.months_without_expiry.number)
        return rules.keep_until(
            [line.expiry_date for line in lines], received_on, int(self.months_after_expiry.number), months_without
        )
