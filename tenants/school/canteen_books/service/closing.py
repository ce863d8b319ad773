"""Closing a month: prepared by the accountant, closed by another; opening it again takes both, and leaves a trace."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import aliased

from duties.service.fulfilling import fulfil, unfulfil
from kernel.actor import Actor
from kernel.database import db, new_id, now
from kernel.database.writing import require_version
from kernel.errors import Conflict, RuleBroken
from kernel.web.dates import today
from school.canteen_books import chart, labels, rules
from school.canteen_books.meal_models import MealPayment, MealPlan, MealRefund, PupilMonth
from school.canteen_books.models import BookAccountMonth, BookEntry, BookFinding, BookMonth, CanteenStatement
from school.canteen_books.rules import CLOSING_KINDS, MonthState, Sum
from school.canteen_books.service import ledger
from school.canteen_books.service.collecting import unbooked
from school.canteen_books.service.computing import Closing, PupilRow, compute
from school.canteen_books.service.figures import Figures, gather
from school.canteen_books.service.ledger import Author
from school.canteen_books.service.months import locked_month, move_month
from school.canteen_books.service.stock_costs import open_differences
from school.canteen_books.service.vouchers import count_waiting

REFUND_DUTY = "missed_meal_refunds"
RECORD = "book_month"


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the wizard. `is_blocking`: it must be settled first; else it is worth a look. `code`: labels.CHECKS."""

    code: str
    is_settled: bool
    is_blocking: bool = True
    count: int = 0
    fen: int = 0
    detail: str = ""


def checks(actor: Actor, month: BookMonth, closing: Closing) -> list[Check]:
    """What is missing before the month can be closed, in the order in which it is done."""
    last = rules.last_day(month.month)
    waiting = count_waiting(actor, month.school_id, month.month)
    paid, paid_fen = unbooked(actor, MealPayment, last)
    given, given_fen = unbooked(actor, MealRefund, last)
    stores = open_differences(actor, month.school_id, month.month)
    earlier = db.session.scalar(
        select(func.count()).where(
            BookMonth.bureau_id == actor.bureau_id, BookMonth.school_id == month.school_id,
            BookMonth.month < month.month, BookMonth.state != MonthState.CLOSED.value,
        )
    )  # fmt: skip
    costs = {code: sides[0] - sides[1] for code, sides in closing.turnover.items()}
    without_plan = sum(1 for row in closing.pupils if row.plan_id is None and row.paid_fen > 0)
    return [
        Check("over", today() >= last),
        Check("earlier", not earlier, count=int(earlier or 0)),
        Check("meal_days", bool(month.meal_days), is_blocking=False, count=len(month.meal_days)),
        Check("prices", not closing.missing_prices, detail="、".join(closing.missing_prices)),
        Check("payments", not paid, count=paid, fen=paid_fen),
        Check("refunds", not given, count=given, fen=given_fen),
        Check("stores", not stores, count=len(stores), fen=sum(stores.values())),
        Check("vouchers", not sum(waiting.values()), count=sum(waiting.values())),
        Check("utilities", costs.get("5002", 0) > 0, is_blocking=False),
        Check("wages", costs.get("5003", 0) > 0, is_blocking=False),
        Check("staff_income", not closing.staff_meals or costs.get(chart.STAFF_INCOME, 0) < 0, is_blocking=False),
        Check("plans", not without_plan, is_blocking=False, count=without_plan),
        Check("improvement", closing.improvement_fen >= closing.improvement_need_fen, is_blocking=False,
              fen=closing.improvement_need_fen - closing.improvement_fen),
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Outlook:
    """A month as it would close now."""

    month: BookMonth
    closing: Closing
    figures: Figures
    checks: Sequence[Check]

    @property
    def is_ready(self) -> bool:
        return all(check.is_settled for check in self.checks if check.is_blocking)


def outlook(actor: Actor, month: BookMonth) -> Outlook:
    closing = compute(actor, month)
    sums = _sums(actor, month)
    return Outlook(month, closing, gather(actor, month, closing, sums), checks(actor, month, closing))


def _sums(actor: Actor, month: BookMonth) -> dict[str, Sum]:
    return {one.code: one for one in ledger.trial_balance(actor, month.school_id, month.month)}


def prepare(actor: Actor, month: date, seen_version: int | None) -> BookMonth:
    """The accountant's part: everything is in the books. From here on nothing of the month changes until somebody else
    closes it or sends it back."""
    found = locked_month(actor, month)
    require_version(found, seen_version)
    ahead = outlook(actor, found)
    missing = [check for check in ahead.checks if check.is_blocking and not check.is_settled]
    if missing:
        text = "、".join(str(labels.CHECKS[check.code]) for check in missing)
        raise RuleBroken("month_not_ready", _("还不能结账：%(missing)s。", missing=text))
    move_month(actor, found, "prepare")
    found.prepared_at, found.prepared_by, found.prepared_by_name = now(), actor.account_id, actor.display_name
    found.content_digest = ahead.closing.content_digest
    db.session.flush()
    return found


def send_back(actor: Actor, month: date, seen_version: int | None, reason: str) -> BookMonth:
    found = locked_month(actor, month)
    require_version(found, seen_version)
    move_month(actor, found, "send_back", reason)
    _unprepare(found)
    db.session.flush()
    return found


def close(actor: Actor, month: date, seen_version: int | None) -> BookMonth:
    """Another person's part: what was prepared is reckoned again, must be the same to the fen, and is written."""
    found = locked_month(actor, month)
    require_version(found, seen_version)
    ledger.require_two(found.prepared_by, actor)
    ahead = outlook(actor, found)
    # Money that was taken after the month was prepared would be in no month.
    if ahead.closing.content_digest != found.content_digest or not ahead.is_ready:
        raise Conflict(
            _("提交结账之后数据有变化，请退回后重新提交。"), {"state": found.state, "version": found.version}
        )
    _write(actor, found, ahead)
    move_month(actor, found, "close")
    found.closed_at, found.closed_by, found.closed_by_name = now(), actor.account_id, actor.display_name
    db.session.flush()
    if not _due_refunds(actor, found.month):
        fulfil(actor, found.school_id, REFUND_DUTY, rules.last_day(found.month), record=(RECORD, found.id))
    return found


def _write(actor: Actor, month: BookMonth, ahead: Outlook) -> None:
    assert month.prepared_by is not None
    author = Author(month.prepared_by, month.prepared_by_name, actor.account_id, actor.display_name)
    last = rules.last_day(month.month)
    for kind in CLOSING_KINDS:
        moves = ahead.closing.moves.get(kind)
        if moves:
            summary = f"{labels.ENTRY_KINDS[kind]} {month.month:%Y-%m}"
            ledger.post(actor, month, kind, last, summary, moves, author, is_closing=True)
    place = {"bureau_id": actor.bureau_id, "school_id": actor.own_school_id(), "month": month.month}
    if ahead.closing.pupils:
        db.session.execute(insert(PupilMonth.__table__), [_pupil_row(place, row) for row in ahead.closing.pupils])
    _make_refunds(actor, month.month, ahead.closing.pupils)
    db.session.execute(
        insert(BookAccountMonth.__table__),
        [
            {
                **place, "id": new_id(), "code": one.code, "opening_fen": one.opening_fen,
                "debit_fen": one.debit_fen, "credit_fen": one.credit_fen, "closing_fen": one.closing_fen,
            }
            for one in _sums(actor, month).values()
        ],
    )  # fmt: skip
    if ahead.figures.findings:
        db.session.execute(
            insert(BookFinding.__table__),
            [
                {
                    **place, "id": new_id(), "code": one.code, "tone": one.tone, "params": dict(one.params),
                    "citation": one.citation,
                }
                for one in ahead.figures.findings
            ],
        )  # fmt: skip
    plain = ahead.figures.plain
    month.figures = plain
    month.income_fen, month.cost_fen = plain["income"]["total"], plain["cost_total"]
    month.materials_fen, month.wages_fen = plain["costs"]["materials"], plain["costs"]["wages"]
    month.term_income_fen, month.term_result_fen = plain["term"]["income"], plain["term"]["result"]
    month.finding_count = len(ahead.figures.findings)


def _pupil_row(place: Mapping[str, Any], row: PupilRow) -> dict[str, Any]:
    charge = row.charge
    return {
        **place, "id": new_id(), "pupil_id": row.pupil_id, "plan_id": row.plan_id, "opening_fen": row.opening_fen,
        "paid_fen": row.paid_fen, "charge_fen": charge.charge_fen, "refund_fen": charge.refund_fen,
        "used_fen": charge.used_fen, "returned_fen": row.returned_fen, "closing_fen": row.closing_fen,
        "meals_eaten": charge.eaten, "meals_missed": charge.missed, "meals_refunded": charge.refunded,
        "aided_days": row.aided_days,
    }  # fmt: skip


def _make_refunds(actor: Actor, month: date, pupils: Sequence[PupilRow]) -> None:
    """What missed meals give back, on plans that pay it out: never more than what is left on the account, and not what
    was paid already before the month was opened again."""
    paying = set(
        db.session.scalars(
            select(MealPlan.id).where(
                MealPlan.bureau_id == actor.bureau_id, MealPlan.school_id == actor.own_school_id(),
                MealPlan.refund_mode == "pay_out",
            )
        )
    )  # fmt: skip
    if not paying:
        return
    paid: dict[Any, int] = {
        pupil: int(fen)
        for pupil, fen in db.session.execute(
            select(MealRefund.pupil_id, func.sum(MealRefund.amount_fen))
            .where(
                MealRefund.bureau_id == actor.bureau_id, MealRefund.school_id == actor.own_school_id(),
                MealRefund.month == month, MealRefund.reason == "month", MealRefund.state == "paid",
            )
            .group_by(MealRefund.pupil_id)
        )
    }  # fmt: skip
    rows = []
    for row in pupils:
        fen = min(row.charge.refund_fen - paid.get(row.pupil_id, 0), row.closing_fen)
        if row.plan_id in paying and fen > 0:
            rows.append(
                {
                    "bureau_id": actor.bureau_id, "school_id": actor.own_school_id(), "id": new_id(), "month": month,
                    "pupil_id": row.pupil_id, "reason": "month", "amount_fen": fen, "state": "due",
                    "paid_by_name": "", "signed_by_name": "", "created_at": now(), "created_by": actor.account_id,
                    "version": 1,
                }
            )  # fmt: skip
    if rows:
        db.session.execute(insert(MealRefund.__table__), rows)


def _due_refunds(actor: Actor, month: date) -> int:
    return (
        db.session.scalar(
            select(func.count()).where(
                MealRefund.bureau_id == actor.bureau_id, MealRefund.school_id == actor.own_school_id(),
                MealRefund.month == month, MealRefund.reason == "month", MealRefund.state == "due",
            )
        )
        or 0
    )  # fmt: skip


def refunds_paid(actor: Actor, months: Sequence[date]) -> None:
    """After refunds were paid out: where none is due any more, the month's duty is done."""
    for month in months:
        found = db.session.scalars(
            select(BookMonth).where(
                BookMonth.bureau_id == actor.bureau_id, BookMonth.school_id == actor.own_school_id(),
                BookMonth.month == month, BookMonth.state == MonthState.CLOSED.value,
            )
        ).one_or_none()  # fmt: skip
        if found is not None and not _due_refunds(actor, month):
            fulfil(actor, found.school_id, REFUND_DUTY, rules.last_day(month), record=(RECORD, found.id))


def ask_reopening(actor: Actor, month: date, seen_version: int | None, reason: str) -> BookMonth:
    """The accountant says why; nothing opens yet."""
    found = locked_month(actor, month)
    require_version(found, seen_version)
    _require_newest(actor, month)
    if found.closed_by == actor.account_id:  # it takes two to open it again
        raise RuleBroken("same_person", _("结账审核人不能申请反结账，请由会计申请。"))
    move_month(actor, found, "ask_reopening", reason)
    found.prepared_by, found.prepared_by_name = actor.account_id, actor.display_name
    db.session.flush()
    return found


def refuse_reopening(actor: Actor, month: date, seen_version: int | None, reason: str) -> BookMonth:
    found = locked_month(actor, month)
    require_version(found, seen_version)
    ledger.require_two(found.prepared_by, actor)
    move_month(actor, found, "refuse_reopening", reason)
    db.session.flush()
    return found


def reopen(actor: Actor, month: date, seen_version: int | None, reason: str) -> BookMonth:
    """The principal's yes to the accountant's asking: the closing's entries are reversed, its sums taken away, its
    statement withdrawn; what was written stays readable."""
    found = locked_month(actor, month)
    require_version(found, seen_version)
    ledger.require_two(found.prepared_by, actor)
    _require_newest(actor, month)
    assert found.prepared_by is not None
    author = Author(found.prepared_by, found.prepared_by_name, actor.account_id, actor.display_name)
    if found.state != MonthState.REOPENING:
        move_month(actor, found, "reopen", reason)  # refuses
    for entry in _closing_entries(actor, month):
        summary = _("反结账 %(number)s：%(reason)s", number=entry.number, reason=reason)
        ledger.reverse(actor, found, entry, summary, rules.last_day(month), author, is_closing=True)
    for model in (PupilMonth, BookAccountMonth, BookFinding):
        db.session.execute(
            delete(model).where(
                model.bureau_id == actor.bureau_id, model.school_id == actor.own_school_id(), model.month == month
            ),
            execution_options={"synchronize_session": False},
        )
    _void_due(actor, month)
    db.session.execute(
        update(CanteenStatement)
        .where(
            CanteenStatement.bureau_id == actor.bureau_id, CanteenStatement.school_id == actor.own_school_id(),
            CanteenStatement.month == month, CanteenStatement.replaced_at.is_(None),
        )
        .values(replaced_at=now()),
        execution_options={"synchronize_session": False},
    )  # fmt: skip
    move_month(actor, found, "reopen", reason)
    _unprepare(found)
    found.closed_at = found.closed_by = found.published_at = None
    found.closed_by_name, found.figures = "", {}
    found.income_fen = found.cost_fen = found.materials_fen = found.wages_fen = 0
    found.term_income_fen = found.term_result_fen = found.finding_count = 0
    db.session.flush()
    unfulfil(actor, (RECORD, found.id))
    return found


def _unprepare(month: BookMonth) -> None:
    month.prepared_at = month.prepared_by = None
    month.prepared_by_name = month.content_digest = ""


def _require_newest(actor: Actor, month: date) -> None:
    """Months are opened again from the end: a closed month rests on the one before it."""
    later = db.session.scalar(
        select(BookMonth.month)
        .where(
            BookMonth.bureau_id == actor.bureau_id, BookMonth.school_id == actor.own_school_id(),
            BookMonth.month > month, BookMonth.state != MonthState.OPEN.value,
        )
        .limit(1)
    )  # fmt: skip
    if later is not None:
        raise RuleBroken("later_month_closed", _("%(month)s 已结账，请先对它反结账。", month=f"{later:%Y-%m}"))


def _closing_entries(actor: Actor, month: date) -> list[BookEntry]:
    """What the newest closing wrote, the last first: neither reversals nor what was reversed before."""
    undone = aliased(BookEntry)
    return list(
        db.session.scalars(
            select(BookEntry)
            .outerjoin(
                undone,
                (undone.bureau_id == BookEntry.bureau_id)
                & (undone.school_id == BookEntry.school_id)
                & (undone.reverses_id == BookEntry.id),
            )
            .where(
                BookEntry.bureau_id == actor.bureau_id, BookEntry.school_id == actor.own_school_id(),
                BookEntry.month == month, BookEntry.kind.in_([kind.value for kind in CLOSING_KINDS]),
                BookEntry.reverses_id.is_(None), undone.id.is_(None),
            )
            .order_by(BookEntry.id.desc())
        )
    )  # fmt: skip


def _void_due(actor: Actor, month: date) -> None:
    db.session.execute(
        update(MealRefund)
        .where(
            MealRefund.bureau_id == actor.bureau_id, MealRefund.school_id == actor.own_school_id(),
            MealRefund.month == month, MealRefund.reason == "month", MealRefund.state == "due",
        )
        .values(state="void", version=MealRefund.version + 1),
        execution_options={"synchronize_session": False},
    )  # fmt: skip
