"""What a month's closing would write: pupils' charges, subsidies used, the staff's share, the result. Reads, and writes
nothing; two thousand pupils are a dozen statements and one pass."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from bureau.schools.models import School
from bureau.schools.service import get_school
from kernel.actor import Actor
from kernel.database import db
from kernel.digests import digest
from kernel.policy.rules import Effective
from kernel.policy.service import effective
from school.canteen_books import charging, chart, rules
from school.canteen_books.charging import Charge, RefundRule, Slot
from school.canteen_books.chart import CostClass
from school.canteen_books.meal_models import AidGrant, MealEnrolment
from school.canteen_books.models import BookLine, BookMonth
from school.canteen_books.money import largest_remainder
from school.canteen_books.rules import EntryKind, Move
from school.canteen_books.service import ledger
from school.canteen_books.service.attending import marked
from school.canteen_books.service.months import meal_days
from school.canteen_books.service.plans import PricedPlan, enrolments, last_days, priced_plans
from school.diners.service import counting

LOOK_BACK = timedelta(days=62)  # a run of missed days is followed into the two months before


@dataclass(slots=True)
class PupilRow:
    """A pupil's month, as meal_models.PupilMonth keeps it."""

    pupil_id: UUID
    plan_id: UUID | None = None
    opening_fen: int = 0
    paid_fen: int = 0
    returned_fen: int = 0
    charge: Charge = charging.NOTHING
    aided_days: int = 0

    @property
    def closing_fen(self) -> int:
        return self.opening_fen + self.paid_fen - self.charge.used_fen - self.returned_fen


@dataclass(frozen=True, slots=True)
class Closing:
    """`moves`: by the kinds of CLOSING_KINDS, in their order, empty ones left out. `missing_prices`: plans in use without one.
    `improvement_need_fen`: what the list asks for; `improvement_fen`: what the fund has for it."""

    pupils: Sequence[PupilRow]
    moves: Mapping[str, Sequence[Move]]
    turnover: Mapping[str, tuple[int, int]]
    pupil_meals: int
    staff_meals: int
    improvement_need_fen: int = 0
    improvement_fen: int = 0
    missing_prices: Sequence[str] = ()
    content_digest: str = ""


def refund_rule(actor: Actor, school: School, month: date) -> tuple[RefundRule, Effective]:
    """The rule by which missed meals are given back, with the figure that its source stands on."""
    stem = "canteen.kindergarten.refund" if school.stage == "kindergarten" else "canteen.refund"
    names = ("_after_days", "_deducts_days") if school.stage == "kindergarten" else (".after_days", ".deducts_days")
    after, deducts = (effective(actor.bureau_id, stem + name, school_id=school.id, on=month) for name in names)
    return RefundRule(int(after.number), int(deducts.number)), after


@dataclass(slots=True)
class _Ground:
    """What every pupil's charge is reckoned from."""

    month: date
    days: list[date]
    rule: RefundRule
    plans: Mapping[UUID, PricedPlan]
    left: Mapping[UUID, date] = field(default_factory=dict)  # who left the school: their last day
    prices: dict[UUID, dict[Slot, int]] = field(default_factory=dict)
    earlier: dict[UUID, dict[Slot, int]] = field(default_factory=dict)
    forms: dict[UUID, charging.Plan] = field(default_factory=dict)
    missing: set[str] = field(default_factory=set)
    alike: dict[tuple[UUID, date, date], Charge] = field(default_factory=dict)

    def prepare(self, plan_id: UUID) -> bool:
        """Whether the plan has its prices."""
        if plan_id in self.forms:
            return True
        priced = self.plans[plan_id]
        try:
            self.forms[plan_id] = priced.in_month(self.month)
        except KeyError:
            self.missing.add(priced.plan.name)
            return False
        of_month = [day for day in self.days if day >= self.month]
        self.prices[plan_id] = charging.slot_prices(self.forms[plan_id], of_month)
        earlier: dict[Slot, int] = {}
        for month in sorted({rules.month_of(day) for day in self.days if day < self.month}):
            try:
                form = priced.in_month(month)
            except KeyError:
                continue
            earlier |= charging.slot_prices(form, [day for day in self.days if rules.month_of(day) == month])
        self.earlier[plan_id] = earlier
        return True

    def charge(self, enrolment: MealEnrolment, marks: Mapping[Slot, str]) -> Charge:
        """Pupils on the same plan for the same days with nothing marked pay the same: reckoned once."""
        key = (enrolment.plan_id, enrolment.from_day, self._until(enrolment))
        if not marks and key in self.alike:
            return self.alike[key]
        plan_id = enrolment.plan_id
        found = charging.charge(
            self.forms[plan_id], self.prices[plan_id], self.earlier[plan_id], set(self.enrolled(enrolment)), marks,
            self.days, self.rule, self.month,
        )  # fmt: skip
        if not marks:
            self.alike[key] = found
        return found

    def _until(self, enrolment: MealEnrolment) -> date:
        return min(enrolment.until_day or date.max, self.left.get(enrolment.pupil_id, date.max))

    def enrolled(self, enrolment: MealEnrolment) -> list[date]:
        until = self._until(enrolment)
        return [day for day in self.days if enrolment.from_day <= day <= until]


def compute(actor: Actor, month: BookMonth) -> Closing:
    first, last = month.month, rules.last_day(month.month)
    school = get_school(actor, actor.own_school_id())
    rule, _figure = refund_rule(actor, school, first)
    ground = _Ground(
        first, meal_days(actor, school.id, first - LOOK_BACK, last), rule, priced_plans(actor, school.id),
        last_days(actor, first - LOOK_BACK, last),
    )  # fmt: skip
    marks = marked(actor, first - LOOK_BACK, last)
    rows: dict[UUID, PupilRow] = {}
    _take_balances(actor, first, rows)
    on_plan: dict[UUID, list[MealEnrolment]] = {}
    for enrolment in enrolments(actor, first, last):
        if not ground.prepare(enrolment.plan_id):
            continue
        pupil = enrolment.pupil_id
        row = rows.setdefault(pupil, PupilRow(pupil))
        row.plan_id = enrolment.plan_id
        row.charge = _sum(row.charge, ground.charge(enrolment, marks.get(pupil, {})))
        on_plan.setdefault(pupil, []).append(enrolment)
    need = _aid_days(actor, ground, on_plan, marks, rows, last)
    pupils = sorted(rows.values(), key=lambda row: str(row.pupil_id))
    return _with_moves(actor, school, month, pupils, need, sorted(ground.missing))


def _sum(one: Charge, other: Charge) -> Charge:
    if one is charging.NOTHING:
        return other
    return Charge(*(getattr(one, name) + getattr(other, name) for name in Charge.__slots__))


def _take_balances(actor: Actor, month: date, rows: dict[UUID, PupilRow]) -> None:
    """What stood on each account before, and what came and went in the month; an account with neither has no row."""
    for pupil, fen in ledger.pupil_balances(actor, before=month).items():
        if fen:
            rows[pupil] = PupilRow(pupil, opening_fen=fen)
    came = BookLine.credit_code == chart.PREPAID
    query = (
        select(BookLine.pupil_id, BookLine.kind, came, func.sum(BookLine.amount_fen))
        .where(
            BookLine.bureau_id == actor.bureau_id, BookLine.school_id == actor.own_school_id(),
            BookLine.month == month, BookLine.pupil_id.is_not(None),
            BookLine.kind != EntryKind.CHARGES.value,  # an earlier closing that was undone: both sides of it
        )
        .group_by(BookLine.pupil_id, BookLine.kind, came)
    )  # fmt: skip
    moved: Sequence[Any] = db.session.execute(query).all()
    for pupil, kind, is_credit, fen in moved:
        row = rows.setdefault(pupil, PupilRow(pupil))
        amount = int(fen) if is_credit else -int(fen)
        if kind == EntryKind.REFUNDS:
            row.returned_fen -= amount
        else:
            row.paid_fen += amount


def _aid_days(
    actor: Actor, ground: _Ground, on_plan: Mapping[UUID, Sequence[MealEnrolment]],
    marks: Mapping[UUID, Mapping[Slot, str]], rows: Mapping[UUID, PupilRow], last: date,
) -> int:  # fmt: skip
    """Days of the improvement plan per pupil on its list, and what they cost together."""
    grants = db.session.scalars(
        select(AidGrant).where(
            AidGrant.bureau_id == actor.bureau_id, AidGrant.school_id == actor.own_school_id(),
            AidGrant.fund == "improvement", AidGrant.from_day <= last, AidGrant.until_day >= ground.month,
        )
    )  # fmt: skip
    need = 0
    for grant in grants:
        for enrolment in on_plan.get(grant.pupil_id, ()):
            days = [
                day for day in ground.enrolled(enrolment)
                if day >= ground.month and grant.from_day <= day <= grant.until_day
            ]  # fmt: skip
            count = charging.eaten_days(ground.forms[enrolment.plan_id], days, marks.get(grant.pupil_id, {}))
            rows[grant.pupil_id].aided_days += count
            need += count * grant.amount_fen
    return need


def _with_moves(
    actor: Actor, school: School, month: BookMonth, pupils: Sequence[PupilRow], need: int, missing: Sequence[str]
) -> Closing:
    sums = {one.code: one for one in ledger.trial_balance(actor, school.id, month.month)}
    turnover = {code: (one.debit_fen, one.credit_fen) for code, one in sums.items()}
    moves: dict[str, Sequence[Move]] = {EntryKind.CHARGES: _charges(pupils)}
    used = max(0, min(need, sums[chart.IMPROVEMENT_FUND].closing_fen))
    if used:
        moves[EntryKind.FUND_USE] = [
            Move(chart.IMPROVEMENT_FUND, chart.IMPROVEMENT_INCOME, used),
            Move(chart.BANK, chart.IMPROVEMENT_BANK, used),
        ]
    counts = counting.served(actor, school.id, month.month, rules.last_day(month.month))
    staff_meals = sum(staff for _pupils, staff in counts.values())
    pupil_meals = sum(row.charge.eaten for row in pupils)
    costs = {cost: _net(turnover.get(code, (0, 0))) for cost, code in chart.COST.items()}
    moves[EntryKind.STAFF_SHARE] = staff_share(costs, pupil_meals, staff_meals)
    after = dict(turnover)
    for part in list(moves.values()):
        for move in part:
            debit, credit = after.get(move.debit, (0, 0))
            after[move.debit] = (debit + move.amount_fen, credit)
            debit, credit = after.get(move.credit, (0, 0))
            after[move.credit] = (debit, credit + move.amount_fen)
    moves[EntryKind.RESULT] = rules.result_moves(after)
    moves = {kind: part for kind, part in moves.items() if part}
    found = Closing(pupils, moves, after, pupil_meals, staff_meals, need, used, missing)
    return replace(found, content_digest=_digest(month, found))


def _charges(pupils: Sequence[PupilRow]) -> list[Move]:
    """What each pupil used; more given back than used goes the other way."""
    found = []
    for row in pupils:
        used = row.charge.used_fen
        if used > 0:
            found.append(Move(chart.PREPAID, chart.MEAL_INCOME, used, row.pupil_id))
        elif used < 0:
            found.append(Move(chart.MEAL_INCOME, chart.PREPAID, -used, row.pupil_id))
    return found


def _net(sides: tuple[int, int]) -> int:
    return sides[0] - sides[1]


def staff_share(costs: Mapping[CostClass, int], pupil_meals: int, staff_meals: int) -> list[Move]:
    """The staff's part of the month's costs by meals eaten, class by class to the fen, and what the staff's fund owes the
    pupils' for it (师生伙食严格分开)."""
    weights = [max(costs[cost], 0) for cost in CostClass]
    total = sum(weights)
    if not total or not staff_meals:
        return []
    share = largest_remainder(total, [pupil_meals, staff_meals])[1]
    parts = largest_remainder(share, weights)
    moves = [
        Move(chart.STAFF_COST[cost], chart.COST[cost], part)
        for cost, part in zip(CostClass, parts, strict=True)
        if part
    ]
    return [*moves, Move(chart.DUE_FROM_STAFF, chart.DUE_TO_PUPILS, share)] if moves else []


def _digest(month: BookMonth, closing: Closing) -> str:
    """Of everything that closing would write: what is approved is what was prepared, to the last fen of the last pupil."""
    return digest(
        {
            "month": month.month.isoformat(), "meal_days": month.meal_days,
            "pupils": [
                [str(row.pupil_id), str(row.plan_id), row.opening_fen, row.paid_fen, row.returned_fen, row.aided_days]
                + [getattr(row.charge, name) for name in Charge.__slots__]
                for row in closing.pupils
            ],
            "moves": {
                str(kind): [[one.debit, one.credit, one.amount_fen, str(one.pupil_id)] for one in part]
                for kind, part in closing.moves.items()
            },
        }
    )  # fmt: skip
