"""The figures that a canteen's day goes by, of one school on one day, read at once."""

from datetime import date
from decimal import Decimal

from kernel.policy.rules import Effective
from kernel.policy.service import UnknownFigure, effective_figures
from school.canteen_day.rules import ColdKind, Limits, Method

CORE = "canteen.cooking.core_celsius"
REHEATING = "canteen.reheating.core_celsius"
GRAMS, HOURS = "canteen.sample.weight", "canteen.sample.hours"
SAMPLE_LEAST, SAMPLE_MOST = "canteen.sample.least_celsius", "canteen.sample.most_celsius"
COLD_LEAST, COLD_MOST, FROZEN_MOST = (
    "canteen.cold.least_celsius",
    "canteen.cold.most_celsius",
    "canteen.frozen.most_celsius",
)
BODY = "canteen.morning_check.most_celsius"
LATE = "canteen.day_records.late_minutes"
FINDING_DAYS = "canteen.findings.days"
KEEP_MONTHS = "canteen.other_records.months"
WATER_DAYS = "canteen.water_machine.days"
EVERY_MEAL = "canteen.accompanying_meals.share"
ZERO_REPORT = "canteen.daily_control.zero_report"
_METHOD = "canteen.disinfection."
METHODS: dict[str, dict[str, str]] = {
    Method.STEAM: {"minutes": _METHOD + "steam_minutes", "celsius": _METHOD + "steam_celsius"},
    Method.DISHWASHER: {"seconds": _METHOD + "dishwasher_seconds", "celsius": _METHOD + "dishwasher_celsius"},
    Method.INFRARED: {"minutes": _METHOD + "infrared_minutes", "celsius": _METHOD + "infrared_celsius"},
    Method.CHLORINE: {"minutes": _METHOD + "chlorine_minutes", "mg": _METHOD + "chlorine_mg_per_litre"},
}
COLD: dict[str, tuple[str | None, str]] = {
    ColdKind.CHILLED: (COLD_LEAST, COLD_MOST),
    ColdKind.FROZEN: (None, FROZEN_MOST),
    ColdKind.SAMPLE: (SAMPLE_LEAST, SAMPLE_MOST),
}
KEYS = (
    CORE, REHEATING, GRAMS, HOURS, SAMPLE_LEAST, SAMPLE_MOST, COLD_LEAST, COLD_MOST, FROZEN_MOST, BODY, LATE,
    FINDING_DAYS, KEEP_MONTHS, WATER_DAYS, EVERY_MEAL, ZERO_REPORT,
    *(key for keys in METHODS.values() for key in keys.values()),
)  # fmt: skip


class Figures:
    """`number` and `citation` by key; `limits` of a method of disinfection; the `range` of a kind of refrigerator."""

    def __init__(self, bureau_id: int, school_id: int, on: date) -> None:
        try:
            self._found = effective_figures(bureau_id, KEYS, school_id=school_id, on=on)
        except UnknownFigure:  # a day typed into an address, from before there was any rule: nothing is recorded of it
            self._found = effective_figures(bureau_id, KEYS, school_id=school_id)

    def effective(self, key: str) -> Effective:
        return self._found[key]

    def number(self, key: str) -> Decimal:
        return self._found[key].number

    def citation(self, *keys: str) -> str:
        return "；".join(dict.fromkeys(self._found[key].citation for key in keys))

    def limits(self, method: str) -> Limits:
        keys = METHODS[method]
        seconds = self.number(keys["seconds"]) if "seconds" in keys else self.number(keys["minutes"]) * 60
        return Limits(
            seconds=seconds,
            celsius=self.number(keys["celsius"]) if "celsius" in keys else None,
            mg_per_litre=self.number(keys["mg"]) if "mg" in keys else None,
        )

    def limits_citation(self, method: str) -> str:
        return self.citation(*METHODS[method].values())

    def range(self, kind: str) -> tuple[Decimal | None, Decimal]:
        least, most = COLD[kind]
        return (None if least is None else self.number(least)), self.number(most)

    def range_citation(self, kind: str) -> str:
        return self.citation(*(key for key in COLD[kind] if key is not None))
