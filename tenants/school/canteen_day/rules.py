"""Pure rules of the canteen's day: what is within its figures, what is still missing, what may be thrown away.

Figures come in as arguments (kernel.policy); the words for the codes are in labels.py.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import TypeAlias, TypeVar
from uuid import UUID

from kernel import states

# A thermometer's reading beyond these is a slip of the finger.
BODY = (Decimal(34), Decimal(43))  # °C
CORE = (Decimal(0), Decimal(130))  # °C
COLD = (Decimal(-60), Decimal(60))  # °C
LONG_AGO = timedelta(days=366)  # beyond it a date is a slip: no figure may have been in force yet
CLOCK_SKEW = timedelta(minutes=5)  # a phone's clock may be ahead by as much


class Fitness(StrEnum):
    """What the morning check of one person came to."""

    FIT = "fit"
    PUT_RIGHT = "put_right"  # works after what was found is put right: clothes, nails, jewellery
    KEPT_AWAY = "kept_away"  # must leave the place where food is handled
    ABSENT = "absent"


class Finding(StrEnum):
    """What a morning check looks for (餐饮服务食品安全操作规范 on the health of those who handle food)."""

    FEVER = "fever"
    DIARRHOEA = "diarrhoea"
    VOMITING = "vomiting"
    SORE_THROAT = "sore_throat"
    JAUNDICE = "jaundice"
    SKIN_INFECTION = "skin_infection"
    HAND_WOUND = "hand_wound"
    CLOTHING = "clothing"
    NAILS = "nails"
    JEWELLERY = "jewellery"


PUT_RIGHT_AT_ONCE = frozenset({Finding.CLOTHING, Finding.NAILS, Finding.JEWELLERY})


def fitness(
    celsius: Decimal | None, findings: Collection[str], most_celsius: Decimal, *, is_absent: bool = False
) -> Fitness:
    """A temperature above the figure is fever, ticked or not. Above, not at: 37.3 is the last that passes."""
    if is_absent:
        return Fitness.ABSENT
    if (celsius is not None and celsius > most_celsius) or set(findings) - PUT_RIGHT_AT_ONCE:
        return Fitness.KEPT_AWAY
    return Fitness.PUT_RIGHT if findings else Fitness.FIT


class Method(StrEnum):
    """How things are disinfected."""

    STEAM = "steam"
    DISHWASHER = "dishwasher"
    INFRARED = "infrared"
    CHLORINE = "chlorine"


class Lack(StrEnum):
    """Why a disinfection does not count."""

    TOO_SHORT = "too_short"
    TOO_COOL = "too_cool"
    TOO_WEAK = "too_weak"


@dataclass(frozen=True, slots=True)
class Limits:
    """What a method needs at least; None: the method is not measured by it."""

    seconds: Decimal | None = None
    celsius: Decimal | None = None
    mg_per_litre: Decimal | None = None


def lacks(limits: Limits, *, seconds: int, celsius: Decimal | None, mg_per_litre: Decimal | None) -> list[Lack]:
    """A figure that was not written down does not count against the record: nobody reads a steamer's thermometer.
    A concentration must be known, or nobody can say whether it was enough."""
    found = []
    if limits.seconds is not None and seconds < limits.seconds:
        found.append(Lack.TOO_SHORT)
    if limits.celsius is not None and celsius is not None and celsius < limits.celsius:
        found.append(Lack.TOO_COOL)
    if limits.mg_per_litre is not None and (mg_per_litre is None or mg_per_litre < limits.mg_per_litre):
        found.append(Lack.TOO_WEAK)
    return found


class ColdKind(StrEnum):
    CHILLED = "chilled"
    FROZEN = "frozen"
    SAMPLE = "sample"


def is_within(celsius: Decimal, least: Decimal | None, most: Decimal | None) -> bool:
    """Both ends belong to the range."""
    return (least is None or celsius >= least) and (most is None or celsius <= most)


def dispose_not_before(kept_at: datetime, hours: Decimal) -> datetime:
    return kept_at + timedelta(hours=float(hours))


def is_entered_late(happened_at: datetime, recorded_at: datetime, most_minutes: Decimal) -> bool:
    """A record written down so much after what it tells is marked 补记, whatever its duty's time is."""
    return recorded_at - happened_at > timedelta(minutes=float(most_minutes))


def is_ahead(happened_at: datetime, current: datetime) -> bool:
    """Nobody records what has not happened yet."""
    return happened_at > current + CLOCK_SKEW


def is_long_ago(happened_at: datetime, current: datetime) -> bool:
    return happened_at < current - LONG_AGO


@dataclass(frozen=True, slots=True)
class Dish:
    """A dish of the published menu; `dish_id` None: served without one (a teacher's name for it)."""

    dish_id: UUID | None
    name: str
    kind: str = ""


# Kinds of dishes that are cooked through: fruit, milk and bought snacks have no core temperature to measure.
COOKED = frozenset({"meat", "half_meat", "vegetable", "soup", "staple"})


def is_cooked(dish: Dish) -> bool:
    return not dish.kind or dish.kind in COOKED


DishKey: TypeAlias = tuple[UUID | None, str]


def missing_dishes(menu: Iterable[Dish], done: Collection[DishKey]) -> list[Dish]:
    """Dishes of the menu that no record names, by their id or by their name (a dish may have been typed)."""
    ids = {dish_id for dish_id, _ in done if dish_id is not None}
    names = {name for _, name in done}
    return [dish for dish in menu if dish.dish_id not in ids and dish.name not in names]


def grams_per_diner(grams: int, diners: int | None) -> Decimal | None:
    """To the tenth of a gram; None where nobody is known to have eaten."""
    if not diners:
        return None
    return (Decimal(grams) / diners).quantize(Decimal("0.1"))


def kilograms(grams: int) -> Decimal:
    return Decimal(grams) / 1000


class Rating(StrEnum):
    GOOD = "good"
    FAIR = "fair"
    POOR = "poor"


class Companion(StrEnum):
    """Who eats with the pupils."""

    LEADER = "leader"
    TEACHER = "teacher"
    PARENT = "parent"


class MemberKind(StrEnum):
    """监督小组由学校领导、后勤管理人员、学生、教师、家长代表组成."""

    LEADER = "leader"
    LOGISTICS = "logistics"
    PUPIL = "pupil"
    TEACHER = "teacher"
    PARENT = "parent"


def missing_members(kinds: Iterable[str]) -> list[MemberKind]:
    present = set(kinds)
    return [kind for kind in MemberKind if kind not in present]


class WasteKind(StrEnum):
    LEFTOVERS = "leftovers"
    KITCHEN = "kitchen"
    OIL = "oil"


class Pest(StrEnum):
    RODENTS = "rodents"
    FLIES = "flies"
    MOSQUITOES = "mosquitoes"
    COCKROACHES = "cockroaches"


class ControlKind(StrEnum):
    """日管控、周排查、月调度."""

    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"


class FindingState(StrEnum):
    OPEN = "open"
    FIXED = "fixed"
    CLOSED = "closed"


class FindingEvent(StrEnum):
    FIX = "fix"
    CONFIRM = "confirm"
    SEND_BACK = "send_back"


TRANSITIONS: Mapping[tuple[str, str], FindingState] = {
    (FindingState.OPEN, FindingEvent.FIX): FindingState.FIXED,
    (FindingState.FIXED, FindingEvent.CONFIRM): FindingState.CLOSED,
    (FindingState.FIXED, FindingEvent.SEND_BACK): FindingState.OPEN,
}


def next_state(state: str, event: str) -> FindingState:
    return states.next_state(TRANSITIONS, state, event)


Item = TypeVar("Item")


def rotate(people: Sequence[Item], days: Sequence[date], begin: int = 0) -> list[tuple[date, Item]]:
    """A roster in turn: each day the next person of the list, beginning with number `begin`."""
    if not people:
        return []
    return [(day, people[(begin + number) % len(people)]) for number, day in enumerate(days)]
