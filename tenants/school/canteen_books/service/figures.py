"""A month's figures, read from the ledger: what the statement shows, what the bureau sorts by, what is to be looked at."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select

from bureau.schools.models import School, Term
from bureau.schools.service import get_school
from kernel.actor import Actor
from kernel.database import db
from kernel.policy.service import effective
from school.canteen_books import chart, rules
from school.canteen_books.chart import BY_CODE, CostClass
from school.canteen_books.findings import Bands, Finding, Limit, MonthFacts, find
from school.canteen_books.models import BookEntry, BookLine, BookMonth, BookPayee
from school.canteen_books.rules import CANTEEN_PAYEES, EntryKind, PayeeKind, Sum
from school.canteen_books.service.attending import differences
from school.canteen_books.service.computing import Closing
from school.canteen_books.service.limits import applicable
from school.canteen_books.service.plans import priced_plans

INGREDIENTS = "canteen.ingredients.share_of_income"
WAGES = "canteen.wages.share_of_income"


@dataclass(frozen=True, slots=True)
class Figures:
    """`plain`: as stored and published, in fen. `earned`: the account turnovers before the result is carried over."""

    plain: dict[str, Any]
    findings: list[Finding]


def statement_figures(sums: Mapping[str, Sum], closing: Closing) -> dict[str, Any]:
    """The statement's figures from the month's sums and what the closing adds. `sums`: as they stand before it."""
    after = {code: _after(sums[code], closing) for code in sums}
    earned = {code: _side(code, closing.turnover.get(code, (0, 0))) for code in sums}
    costs = {cost.value: earned[code] for cost, code in chart.COST.items()}
    staff_costs = {cost.value: earned[code] for cost, code in chart.STAFF_COST.items()}
    income = sum(earned[code] for code in chart.INCOMES)
    return {
        "income": {
            "meals": earned[chart.MEAL_INCOME],
            "improvement": earned[chart.IMPROVEMENT_INCOME],
            "other": earned[chart.OTHER_INCOME],
            "total": income,
        },
        "costs": costs,
        "cost_total": sum(costs.values()),
        "result": income - sum(costs.values()),
        "staff": {
            "income": earned[chart.STAFF_INCOME],
            "costs": staff_costs,
            "cost_total": sum(staff_costs.values()),
            "result": earned[chart.STAFF_INCOME] - sum(staff_costs.values()),
            "meals": closing.staff_meals,
        },
        "balances": {
            "cash": after[chart.CASH],
            "bank": after[chart.BANK],
            "stock": after[chart.STOCK],
            "payable": after[chart.PAYABLE],
            "prepaid": after[chart.PREPAID],
            "surplus": after[chart.SURPLUS],
            "staff_surplus": after[chart.STAFF_SURPLUS],
            "staff_owes": after[chart.DUE_FROM_STAFF],
        },
        "improvement": _fund(sums[chart.IMPROVEMENT_FUND], closing),
        "aid": _fund(sums[chart.AID_FUND], closing),
        "pupils": {
            "count": sum(1 for row in closing.pupils if row.plan_id is not None),
            "meals": closing.pupil_meals,
            "missed": sum(row.charge.missed for row in closing.pupils),
            "refund": sum(row.charge.refund_fen for row in closing.pupils),
            "paid": sum(row.paid_fen for row in closing.pupils),
            "returned": sum(row.returned_fen for row in closing.pupils),
        },
    }


def _side(code: str, sides: tuple[int, int]) -> int:
    return chart.balance_of(BY_CODE[code].kind, *sides)


def _after(one: Sum, closing: Closing) -> int:
    """What stands when the closing is written, its result included."""
    extra = [0, 0]
    for part in closing.moves.values():
        for move in part:
            if move.debit == one.code:
                extra[0] += move.amount_fen
            elif move.credit == one.code:
                extra[1] += move.amount_fen
    return Sum(one.code, one.opening_fen, one.debit_fen + extra[0], one.credit_fen + extra[1]).closing_fen


def _fund(one: Sum, closing: Closing) -> dict[str, int]:
    """A subsidy's own account: what was left, received, used, and is left."""
    after = _after(one, closing)
    received = one.credit_fen
    return {
        "opening": one.opening_fen,
        "received": received,
        "used": one.opening_fen + received - after,
        "closing": after,
    }


def gather(actor: Actor, month: BookMonth, closing: Closing, sums: Mapping[str, Sum]) -> Figures:
    """Figures and findings of a month about to close."""
    school = get_school(actor, actor.own_school_id())
    plain = statement_figures(sums, closing)
    before = term_before(actor, school.id, month.month)
    plain["term"] = {
        "income": before[0] + plain["income"]["total"],
        "result": before[1] + plain["result"],
    }
    facts = MonthFacts(
        income_fen=plain["income"]["meals"] + plain["income"]["improvement"],
        materials_fen=plain["costs"][CostClass.MATERIALS],
        wages_fen=plain["costs"][CostClass.WAGES],
        term_income_fen=plain["term"]["income"],
        term_result_fen=plain["term"]["result"],
        staff_meals=closing.staff_meals,
        staff_income_fen=plain["staff"]["income"],
        staff_cost_fen=plain["staff"]["cost_total"],
        money_fen=plain["balances"]["cash"] + plain["balances"]["bank"],
        improvement_need_fen=closing.improvement_need_fen,
        improvement_fen=closing.improvement_fen,
        count_differences=_count_differences(actor, month),
        teacher_wages=_paid_to(actor, month.month, (PayeeKind.TEACHER,), chart.COST[CostClass.WAGES]),
        outside=_paid_to(
            actor, month.month, [kind for kind in PayeeKind if kind not in (*CANTEEN_PAYEES, PayeeKind.TEACHER)], None
        ),
        above_limit=_above_limit(actor, school, month.month),
    )
    return Figures(plain, find(facts, bands(actor, school, month.month)))


def bands(actor: Actor, school: School, on: date) -> Bands:
    """As in force for the school on a day."""

    def limit(key: str) -> Limit:
        figure = effective(actor.bureau_id, key, school_id=school.id, on=on)
        return Limit(format(figure.number.normalize(), "f"), figure.citation)

    return Bands(limit(INGREDIENTS), limit(WAGES), limit(balance_key(school)))


def balance_key(school: School) -> str:
    kindergarten = school.stage == "kindergarten"
    return "canteen.kindergarten.balance_share" if kindergarten else "canteen.school.balance_share"


def term_start(actor: Actor, month: date) -> date:
    """The month in which the term began that this month belongs to; between terms, the month itself."""
    starts = db.session.scalar(
        select(func.max(Term.starts_on)).where(
            Term.bureau_id == actor.bureau_id, Term.starts_on <= rules.last_day(month), Term.ends_on >= month
        )
    )
    return month if starts is None else rules.month_of(starts)


def term_before(actor: Actor, school_id: int, month: date) -> tuple[int, int]:
    """(income, result) of the term's closed months before this one."""
    row = db.session.execute(
        select(
            func.coalesce(func.sum(BookMonth.income_fen), 0),
            func.coalesce(func.sum(BookMonth.income_fen - BookMonth.cost_fen), 0),
        ).where(
            BookMonth.bureau_id == actor.bureau_id, BookMonth.school_id == school_id,
            BookMonth.month >= term_start(actor, month), BookMonth.month < month,
        )
    ).one()  # fmt: skip
    return int(row[0]), int(row[1])


def _count_differences(actor: Actor, month: BookMonth) -> int:
    days = [date.fromisoformat(day) for day in month.meal_days]
    return len(differences(actor, month.month, rules.last_day(month.month), days))


def _paid_to(actor: Actor, month: date, kinds: Any, debit: str | None) -> list[tuple[str, int]]:
    """(payee, fen) of what the month's entries paid to payees of these kinds, reversals taken off."""
    sign = func.sum(BookLine.amount_fen).filter(BookEntry.reverses_id.is_(None))
    back = func.coalesce(func.sum(BookLine.amount_fen).filter(BookEntry.reverses_id.is_not(None)), 0)
    query = (
        select(BookPayee.name, func.coalesce(sign, 0) - back)
        .select_from(BookEntry)
        .join(
            BookPayee,
            (BookPayee.bureau_id == BookEntry.bureau_id)
            & (BookPayee.school_id == BookEntry.school_id)
            & (BookPayee.id == BookEntry.payee_id),
        )
        .join(
            BookLine,
            (BookLine.bureau_id == BookEntry.bureau_id)
            & (BookLine.school_id == BookEntry.school_id)
            & (BookLine.entry_id == BookEntry.id),
        )
        .where(
            BookEntry.bureau_id == actor.bureau_id, BookEntry.school_id == actor.own_school_id(),
            BookEntry.month == month, BookEntry.kind == EntryKind.VOUCHER.value,
            BookPayee.kind.in_([kind.value for kind in kinds]),
        )
        .group_by(BookPayee.name)
        .order_by(BookPayee.name)
    )  # fmt: skip
    if debit is not None:
        query = query.where((BookLine.debit_code == debit) | (BookLine.credit_code == debit))
    return [(name, int(fen)) for name, fen in db.session.execute(query) if fen]


def _above_limit(actor: Actor, school: School, month: date) -> list[tuple[str, int, int, str]]:
    """Prices that were within the limit when they were set and are above the one in force now."""
    found = []
    for priced in priced_plans(actor, school.id).values():
        if not priced.plan.is_active:
            continue
        try:
            form = priced.in_month(month)
        except KeyError:
            continue
        monthly: list[tuple[str | None, int]] = [(None, form.month_fen)]
        for meal, fen in monthly if form.kind == "monthly" else (form.meal_fen or {}).items():
            limit = applicable(actor, school.id, "month" if meal is None else "meal", meal, month)
            if limit is not None and fen > limit.limit_fen:
                found.append((priced.plan.name, fen, limit.limit_fen, limit.citation))
    return found
