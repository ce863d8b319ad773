"""Kinds of obligations. A module declares its own by putting `DutyKind`s into `Module.publishes`:

    DutyKind("morning_check", _l("从业人员晨检"), "daily", due_time=time(8, 0), roles=("food_safety_officer",),
             endpoint="canteen_day.morning", values=lambda day, meal: {"day": day}, applies=runs_canteen,
             policy={"…": "canteen.morning_check.days"}, citation="…")

and its service calls `duties.service.fulfilling.fulfil` in the transaction that makes the record.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from functools import cached_property
from typing import Any, Literal

from flask import current_app

from duties.rules import Cadence, Pattern
from duties.sources import SchoolFacts, offers


def any_school(_facts: SchoolFacts) -> bool:
    return True


def serves_meals(facts: SchoolFacts) -> bool:
    """Meals are eaten at the school, whoever cooks them."""
    return facts.canteen_mode != "none"


def runs_canteen(facts: SchoolFacts) -> bool:
    """It has a kitchen of its own, run by itself or by a contractor."""
    return facts.canteen_mode in ("self_run", "contracted")


def boards(facts: SchoolFacts) -> bool:
    return facts.is_boarding


def _no_values(_day: date, _meal: str) -> Mapping[str, Any]:
    return {}


@dataclass(frozen=True)
class DutyKind:
    """A kind that a module fulfils with its own records.

    code       stable; what `fulfil` is called with
    title      lazy translation, short: it stands on the landing page
    cadence, due_time, opens_time, days, weekday, month_day, months, month_lag, anchor, shift_days, lead_days,
    minutes_after, needed, grace: see duties.rules.Pattern
    roles      whose task it is; a school where nobody holds one of them leaves it to its heads
    endpoint   where it is done: `url_for(endpoint, **values(day, meal))`, `day` being the first day that the duty is
               about, or its due day where it is about one day; meal "" where it is of no meal
    applies    which schools owe it where the bureau did not say otherwise
    policy     field of the pattern → key of the figure that decides it, e.g. {"month_day": "canteen.statement.day_of_month"};
               a field may be given as "-shift_days": the figure counted backwards
    citation   the rule that it rests on, where no policy figure names it
    """

    code: str
    title: Any
    cadence: Cadence
    due_time: time = time(17, 0)
    roles: tuple[str, ...] = ()
    endpoint: str = ""
    values: Callable[[date, str], Mapping[str, Any]] = _no_values
    applies: Callable[[SchoolFacts], bool] = any_school
    grace: timedelta | None = None
    opens_time: time = time(0, 0)
    days: Literal["school", "term", "every"] = "school"
    weekday: int = 4
    month_day: int = 31
    months: tuple[int, ...] = ()
    month_lag: int = 0
    anchor: Literal["start", "end"] = "end"
    shift_days: int = 0
    lead_days: int = 0
    minutes_after: int = 0
    needed: int = 1
    policy: Mapping[str, str] = field(default_factory=dict)
    citation: str = ""
    group: Any = ""
    detail: Any = ""

    @cached_property
    def pattern(self) -> Pattern:
        """Before figures and choices."""
        return Pattern(
            self.cadence, due_time=self.due_time, opens_time=self.opens_time, days=self.days, weekday=self.weekday,
            month_day=self.month_day, months=self.months, month_lag=self.month_lag, anchor=self.anchor,
            shift_days=self.shift_days, lead_days=self.lead_days, minutes_after=self.minutes_after,
            needed=self.needed, grace=self.grace,
        )  # fmt: skip


def published_kinds() -> Mapping[str, DutyKind]:
    """Every module's kinds by code. Two modules may not declare the same one."""
    known: dict[str, DutyKind] | None = current_app.extensions.get("houqin.duty_kinds")
    if known is None:
        known = {}
        for kind in offers(DutyKind):
            if kind.code in known:
                raise ValueError(f"duty kind {kind.code} is declared twice")
            known[kind.code] = kind
        current_app.extensions["houqin.duty_kinds"] = known
    return known
