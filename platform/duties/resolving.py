"""What a kind asks of one school after figures, the bureau's settings and the school's own choice. Pure.

The bureau decides per kind and type of school; where several settings fit a school, the one that names most of it
decides, and of equals the stricter. A school may take a kind on and be earlier; what is later than the bureau's word
counts for nothing, also when the bureau tightens its word afterwards.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, time, timedelta
from typing import Any, Literal

from duties.facts import SchoolFacts
from duties.rules import Pattern

Origin = Literal["module", "bureau", "school"]


@dataclass(frozen=True, slots=True)
class SchoolTypes:
    """Empty and None: whichever."""

    stages: tuple[str, ...] = ()
    boarding: bool | None = None
    canteen_modes: tuple[str, ...] = ()
    least_diners: int | None = None
    most_diners: int | None = None

    def fits(self, facts: SchoolFacts) -> bool:
        return (
            (not self.stages or facts.stage in self.stages)
            and (self.boarding is None or facts.is_boarding == self.boarding)
            and (not self.canteen_modes or facts.canteen_mode in self.canteen_modes)
            and (self.least_diners is None or facts.diners >= self.least_diners)
            and (self.most_diners is None or facts.diners <= self.most_diners)
        )

    @property
    def named(self) -> int:
        """How many conditions it makes."""
        diners = self.least_diners is not None or self.most_diners is not None
        return bool(self.stages) + (self.boarding is not None) + bool(self.canteen_modes) + diners


@dataclass(frozen=True, slots=True)
class Choice:
    """None: as the kind says."""

    due_time: time | None = None
    weekday: int | None = None
    month_day: int | None = None
    minutes_after: int | None = None
    grace_hours: int | None = None

    def fields(self) -> dict[str, Any]:
        """As fields of a pattern."""
        names = ("due_time", "weekday", "month_day", "minutes_after")
        given = {name: getattr(self, name) for name in names if getattr(self, name) is not None}
        if self.grace_hours is not None:
            given["grace"] = timedelta(hours=self.grace_hours)
        return given


@dataclass(frozen=True, slots=True)
class Setting:
    """The bureau's word on one kind."""

    types: SchoolTypes = field(default_factory=SchoolTypes)
    is_on: bool = True
    choice: Choice = field(default_factory=Choice)


@dataclass(frozen=True, slots=True)
class SchoolChoice:
    is_added: bool = False
    choice: Choice = field(default_factory=Choice)


@dataclass(frozen=True, slots=True)
class Resolved:
    """`required`: by the bureau or the rule itself, so that the school cannot drop it. `pattern` None: not owed."""

    pattern: Pattern | None
    required: Pattern | None

    @property
    def is_required(self) -> bool:
        return self.required is not None


# Fields in which a smaller value is the stricter one, and which a choice may name.
TIGHTENED = ("due_time", "weekday", "month_day", "minutes_after")


def decisive(settings: Sequence[Setting], facts: SchoolFacts, pattern: Pattern) -> Setting | None:
    """The setting that decides for this school, None where none fits."""
    fitting = [setting for setting in settings if setting.types.fits(facts)]
    if not fitting:
        return None
    return min(fitting, key=lambda one: (-one.types.named, not one.is_on, _tightness(replace(pattern, **one.choice.fields()))))  # fmt: skip


def _tightness(pattern: Pattern) -> tuple[Any, ...]:
    return tuple(getattr(pattern, name) for name in TIGHTENED)


def resolve(
    pattern: Pattern,
    applies: Callable[[SchoolFacts], bool],
    facts: SchoolFacts,
    settings: Sequence[Setting] = (),
    school: SchoolChoice | None = None,
) -> Resolved:
    """A setting for all schools does not reach those that the kind is not made for; one that names their type does."""
    setting = decisive(settings, facts, pattern)
    is_on = applies(facts)
    if setting is not None:
        pattern = replace(pattern, **setting.choice.fields())
        is_on = setting.is_on and (is_on or setting.types.named > 0)
    required = pattern if is_on else None
    if school is None or not (is_on or school.is_added):
        return Resolved(required, required)
    return Resolved(tightened(pattern, school.choice), required)


def tightened(pattern: Pattern, choice: Choice) -> Pattern:
    """What of a school's choice is stricter than the pattern; the rest of it counts for nothing."""
    return replace(pattern, **{
        name: value for name, value in choice.fields().items() if name in TIGHTENED and value < getattr(pattern, name)
    })  # fmt: skip


def looser(pattern: Pattern, choice: Choice) -> list[str]:
    """Names of the choice's fields that are later than the pattern allows."""
    return [
        name for name, value in choice.fields().items() if name in TIGHTENED and value > getattr(pattern, name)
    ]  # fmt: skip


def with_figures(pattern: Pattern, figures: dict[str, int]) -> Pattern:
    """`figures`: field of the pattern → the figure in force; a field with a leading minus takes it counted backwards."""
    changes: dict[str, Any] = {
        name.removeprefix("-"): -value if name.startswith("-") else value for name, value in figures.items()
    }
    return replace(pattern, **changes)


def excuses(first_day: date, last_day: date, due_on: date, about: tuple[date, date], names_kind: bool) -> bool:
    """Whether an excuse for first_day..last_day covers a duty. One that names no kinds covers what could only be done on
    those days: a weekly report that was due on a day without power could have been written the day before."""
    if not first_day <= due_on <= last_day:
        return False
    return names_kind or (first_day <= about[0] and about[1] <= last_day)
