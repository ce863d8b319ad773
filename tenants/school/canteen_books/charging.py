"""What a pupil's month costs: the plan's price, shared over its meals to the fen, less the meals that are given back.

Pure. A slot is one meal of one day on which the canteen serves. 月底退还缺餐伙食费: CFIN-05; kindergartens: absent for
two days running or more, all but the first are given back (深圳 2020 办法).
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from school.canteen_books.money import largest_remainder

PLAN_KINDS = ("monthly", "per_meal")
REFUND_MODES = ("carry", "pay_out")
Slot = tuple[date, str]  # day, meal


@dataclass(frozen=True, slots=True)
class RefundRule:
    """Of a run of meal days missed whole, those after the first `deducts` are given back once it is `after_days` long.
    (1, 0): every missed meal by itself, a single one of a day as well."""

    after_days: int
    deducts: int

    def __post_init__(self) -> None:
        if self.after_days < 1 or self.deducts < 0:
            raise ValueError("a run has at least one day")

    @property
    def is_each_meal(self) -> bool:
        return self.after_days == 1 and self.deducts == 0


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan with its prices of one month. `month_fen` of a monthly one; `meal_fen` of the others, per meal."""

    kind: str
    meals: tuple[str, ...]
    is_default_present: bool
    month_fen: int = 0
    meal_fen: Mapping[str, int] | None = None


def slot_prices(plan: Plan, days: Sequence[date]) -> dict[Slot, int]:
    """What each slot of the month costs. A monthly price is shared out so that the slots add up to it exactly; a month
    without a meal day costs nothing."""
    slots = [(day, meal) for day in days for meal in plan.meals]
    if plan.kind == "monthly":
        if not slots:
            return {}
        return dict(zip(slots, largest_remainder(plan.month_fen, [1] * len(slots)), strict=True))
    prices = plan.meal_fen or {}
    return {slot: prices[slot[1]] for slot in slots}


def runs(missed: Collection[date], days: Sequence[date]) -> list[list[date]]:
    """The missed days in runs: those that follow each other among the days on which the canteen serves."""
    found: list[list[date]] = []
    running = False
    for day in days:
        if day in missed:
            if running:
                found[-1].append(day)
            else:
                found.append([day])
            running = True
        else:
            running = False
    return found


def refundable(missed: Collection[Slot], days: Sequence[date], meals: Sequence[str], rule: RefundRule) -> set[Slot]:
    """The slots that the rule gives back, of those missed on `days` (all meal days that are known, in order)."""
    if rule.is_each_meal:
        known = set(days)
        return {slot for slot in missed if slot[0] in known and slot[1] in meals}
    whole = {day for day in days if all((day, meal) in missed for meal in meals)}
    return {
        (day, meal)
        for run in runs(whole, days)
        if len(run) >= rule.after_days
        for day in run[rule.deducts :]
        for meal in meals
    }


def newly_refundable(
    missed: Collection[Slot], days: Sequence[date], meals: Sequence[str], rule: RefundRule, month: date
) -> set[Slot]:
    """What is given back with the month that begins on `month`: what the rule gives back knowing this month, less what
    it gave back knowing only the days before. A run that began in the month before and becomes long enough in this
    one is made good now; nothing is given back twice. `days`: up to the end of this month."""
    before = [day for day in days if day < month]
    earlier = refundable([slot for slot in missed if slot[0] < month], before, meals, rule)
    return refundable(missed, days, meals, rule) - earlier


@dataclass(frozen=True, slots=True)
class Charge:
    """A pupil's month. `used_fen` = charge − refund; it is negative when more is given back of the month before."""

    charge_fen: int
    refund_fen: int
    eaten: int
    missed: int
    refunded: int
    eaten_days: int

    @property
    def used_fen(self) -> int:
        return self.charge_fen - self.refund_fen


NOTHING = Charge(0, 0, 0, 0, 0, 0)


def charge(
    plan: Plan, prices: Mapping[Slot, int], earlier_prices: Mapping[Slot, int], enrolled: Collection[date],
    marked: Mapping[Slot, str], days: Sequence[date], rule: RefundRule, month: date,
) -> Charge:  # fmt: skip
    """One pupil's month on one plan.

    `prices`: of this month's slots, `earlier_prices`: of those before, for what is given back late. `enrolled`: the
    days on which the pupil is on the plan, as far back as `days`. `marked`: slot → absent or present.
    """
    own = [slot for slot in prices if slot[0] in enrolled]
    if not plan.is_default_present:
        eaten = [slot for slot in own if marked.get(slot) == "present"]
        cost = sum(prices[slot] for slot in eaten)
        return Charge(cost, 0, len(eaten), 0, 0, len({day for day, _meal in eaten}))
    missed = {slot for slot, state in marked.items() if state == "absent" and slot[0] in enrolled}
    here = [slot for slot in own if slot in missed]
    eaten_days = len({day for day, meal in own if (day, meal) not in missed})
    if not missed:
        return Charge(sum(prices[slot] for slot in own), 0, len(own), 0, 0, eaten_days)
    back = newly_refundable(missed, [day for day in days if day in enrolled], plan.meals, rule, month)
    refund = sum(prices[slot] if slot in prices else earlier_prices.get(slot, 0) for slot in back)
    return Charge(sum(prices[slot] for slot in own), refund, len(own) - len(here), len(here), len(back), eaten_days)


def eaten_days(plan: Plan, days: Collection[date], marked: Mapping[Slot, str]) -> int:
    """On how many of these days (all of them on the plan) the pupil ate at least once."""
    if plan.is_default_present:
        return sum(any(marked.get((day, meal)) != "absent" for meal in plan.meals) for day in days)
    return sum(any(marked.get((day, meal)) == "present" for meal in plan.meals) for day in days)


def price_on(rows: Iterable[tuple[date, int]], month: date) -> int | None:
    """The price in force in a month: of the rows (from_month, fen) the newest that began by then."""
    known = [row for row in rows if row[0] <= month]
    return max(known)[1] if known else None
