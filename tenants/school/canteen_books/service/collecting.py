"""Meal money in and out: what the cashier takes and gives, and the vouchers that bring it into the books.

The cashier records; the accountant brings what was recorded into a voucher; a third person approves it.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import func, insert, select, update

from kernel.actor import Actor
from kernel.database import db, new_id, now
from kernel.database.paging import Page, paginate
from kernel.errors import Conflict, Invalid, NotFound, RuleBroken
from kernel.numbering.service import next_numbers
from kernel.web.dates import today
from school.canteen_books import chart, rules
from school.canteen_books.meal_models import AidGrant, MealPayment, MealRefund
from school.canteen_books.models import BookMonth, BookVoucher
from school.canteen_books.rules import EntryKind, MonthState, Move
from school.canteen_books.service import ledger
from school.canteen_books.service.months import first_month, note
from school.canteen_books.service.vouchers import keep
from school.diners.models import Pupil, SchoolClass

NUMBER_KIND = "SF"  # 收费
MONEY_OF = {"cash": chart.CASH, "bank": chart.BANK, "platform": chart.BANK}


@dataclass(frozen=True, slots=True)
class Paid:
    payment_id: UUID
    pupil_id: UUID
    amount_fen: int
    paid_on: date
    method: str
    note: str = ""


def take(actor: Actor, payments: Sequence[Paid]) -> int:
    """What the cashier took, each under the client's id: sent again it is taken once. How many are new."""
    if len({paid.payment_id for paid in payments}) < len(payments):
        raise Invalid({"payments": [_("同一笔缴费在一次提交中出现了两次。")]})
    known = set(
        db.session.scalars(
            select(Pupil.id).where(
                Pupil.bureau_id == actor.bureau_id, Pupil.school_id == actor.own_school_id(),
                Pupil.id.in_({paid.pupil_id for paid in payments}),
            )
        )
    )  # fmt: skip
    if any(paid.pupil_id not in known for paid in payments):
        raise NotFound(_("没有这名学生。"))
    existing = {
        row.id: row
        for row in db.session.scalars(_own(actor).where(MealPayment.id.in_([paid.payment_id for paid in payments])))
    }
    fresh = []
    for paid in payments:
        before = existing.get(paid.payment_id)
        if before is not None:
            if (before.pupil_id, before.amount_fen, before.paid_on) != (paid.pupil_id, paid.amount_fen, paid.paid_on):
                raise Conflict(_("同一编号的缴费已存在且内容不同。"), {"number": before.number})
            continue
        fresh.append(paid)
    if not fresh:
        return 0
    _require_bookable(actor, fresh)
    numbers = _numbers(actor, fresh)
    rows = [
        {
            "bureau_id": actor.bureau_id, "school_id": actor.own_school_id(), "id": paid.payment_id,
            "number": next(numbers[paid.paid_on.year]), "pupil_id": paid.pupil_id, "amount_fen": paid.amount_fen,
            "paid_on": paid.paid_on, "method": paid.method, "note": paid.note,
            "received_by_name": actor.display_name, "void_reason": "", "created_at": now(),
            "created_by": actor.account_id,
        }
        for paid in fresh
    ]  # fmt: skip
    db.session.execute(insert(MealPayment.__table__), rows)
    return len(rows)


def _numbers(actor: Actor, payments: Sequence[Paid]) -> dict[int, Iterator[str]]:
    """Year → its next numbers, asked for once: a thousand families pay in one file."""
    session, school_id = db.session(), actor.own_school_id()
    per_year = Counter(paid.paid_on.year for paid in payments)
    return {
        year: iter(next_numbers(session, actor.bureau_id, school_id, NUMBER_KIND, year, count))
        for year, count in sorted(per_year.items())
    }


def _require_bookable(actor: Actor, payments: Sequence[Paid]) -> None:
    """Money of a month that is closed could never be booked, and would stand in the way of all that came after. The months
    are held shared: whoever closes one waits for the money that is just being taken."""
    first = first_month(actor, actor.own_school_id())
    months = {rules.month_of(paid.paid_on) for paid in payments}
    held = db.session.execute(
        select(BookMonth.month, BookMonth.state)
        .where(
            BookMonth.bureau_id == actor.bureau_id, BookMonth.school_id == actor.own_school_id(),
            BookMonth.month.in_(months),
        )
        .order_by(BookMonth.month)
        .with_for_update(read=True)
    )  # fmt: skip
    closed = {month for month, state in held if state in (MonthState.CLOSED, MonthState.REOPENING)}
    problems: dict[str, list[str]] = {}
    for position, paid in enumerate(payments):
        month = rules.month_of(paid.paid_on)
        if paid.paid_on > today():
            problems[f"payments.{position}.paid_on"] = [_("日期不能晚于今天。")]
        elif month in closed or (first is not None and month < first.month):
            problems[f"payments.{position}.paid_on"] = [_("%(month)s 已结账，不能再登记。", month=f"{month:%Y-%m}")]
    if problems:
        raise Invalid(problems)


def void_payment(actor: Actor, payment_id: UUID, reason: str) -> MealPayment:
    """A slip of the cashier, before it stands in the books."""
    found: MealPayment | None = db.session.scalars(
        _own(actor).where(MealPayment.id == payment_id).with_for_update().execution_options(populate_existing=True)
    ).one_or_none()
    if found is None:
        raise NotFound(_("没有这笔缴费。"))
    if found.voided_at is not None:
        return found
    if found.voucher_id is not None:
        raise RuleBroken("payment_booked", _("这笔缴费已入账，请先冲销凭证。"))
    found.voided_at, found.void_reason = now(), reason
    db.session.flush()
    return found


def list_payments(
    actor: Actor, *, pupil_id: UUID | None = None, waiting: bool = False, cursor: str | None = None, limit: int = 50
) -> Page[Any]:
    """Newest first: columns of the payment and the pupil's number and name."""
    query = (
        select(
            MealPayment.id, MealPayment.number, MealPayment.pupil_id, MealPayment.amount_fen, MealPayment.paid_on,
            MealPayment.method, MealPayment.note, MealPayment.received_by_name, MealPayment.voucher_id,
            MealPayment.voided_at, MealPayment.void_reason, Pupil.number.label("pupil_number"),
            Pupil.name.label("pupil_name"),
        )
        .join(
            Pupil,
            (Pupil.bureau_id == MealPayment.bureau_id)
            & (Pupil.school_id == MealPayment.school_id)
            & (Pupil.id == MealPayment.pupil_id),
        )
        .where(MealPayment.bureau_id == actor.bureau_id, MealPayment.school_id == actor.own_school_id())
    )  # fmt: skip
    if pupil_id is not None:
        query = query.where(MealPayment.pupil_id == pupil_id)
    if waiting:
        query = query.where(MealPayment.voucher_id.is_(None), MealPayment.voided_at.is_(None))
    return paginate(db.session(), query, (MealPayment.paid_on, MealPayment.id), cursor, limit, scalars=False)


def unbooked(actor: Actor, model: Any, until: date | None = None) -> tuple[int, int]:
    """(how many, fen) of payments or refunds that no voucher brings into the books yet."""
    query = select(func.count(), func.coalesce(func.sum(model.amount_fen), 0)).where(
        model.bureau_id == actor.bureau_id, model.school_id == actor.own_school_id(), model.voucher_id.is_(None)
    )
    if model is MealPayment:
        query = query.where(MealPayment.voided_at.is_(None))
    else:
        query = query.where(MealRefund.state == "paid")
    if until is not None:
        query = query.where((MealPayment if model is MealPayment else MealRefund).paid_on <= until)
    count, fen = db.session.execute(query).one()
    return int(count), int(fen)


def book_payments(actor: Actor, voucher_id: UUID, until: date) -> BookVoucher:
    """A voucher of every payment up to a day that is not booked yet. The money is the cashier's own record, so nobody
    signs for it again."""
    rows = db.session.scalars(
        _own(actor)
        .where(MealPayment.voucher_id.is_(None), MealPayment.voided_at.is_(None), MealPayment.paid_on <= until)
        .order_by(MealPayment.paid_on, MealPayment.id)
        .with_for_update()
    ).all()
    if not rows:
        raise Conflict(_("没有待入账的缴费。"))
    rows = _of_one_month(rows)
    moves = [Move(MONEY_OF[row.method], chart.PREPAID, row.amount_fen, row.pupil_id, row.number) for row in rows]
    summary = _("收缴伙食费 %(count)s 笔", count=len(rows))
    found = keep(
        actor, voucher_id, EntryKind.PAYMENTS, rows[-1].paid_on, summary, moves,
        source_ids=[row.id for row in rows], is_signed=True,
    )  # fmt: skip
    _attach(actor, MealPayment, found, [row.id for row in rows])
    return found


def _of_one_month(rows: Sequence[Any]) -> list[Any]:
    """The oldest month's: a voucher lies in one month."""
    month = rules.month_of(rows[0].paid_on)
    return [row for row in rows if rules.month_of(row.paid_on) == month]


def _attach(actor: Actor, model: Any, voucher: BookVoucher, ids: Collection[UUID]) -> None:
    db.session.execute(
        update(model)
        .where(model.bureau_id == actor.bureau_id, model.school_id == actor.own_school_id(), model.id.in_(list(ids)))
        .values(voucher_id=voucher.id),
        execution_options={"synchronize_session": "fetch"},
    )


def pay_refunds(actor: Actor, refund_ids: Collection[UUID], method: str, signed_by: Mapping[UUID, str]) -> int:
    """The cashier gave these back; `signed_by`: who signed for it, where it was not the pupil's family as listed."""
    rows = db.session.scalars(
        _refunds(actor).where(MealRefund.id.in_(list(refund_ids))).order_by(MealRefund.id).with_for_update()
    ).all()
    if len(rows) != len(set(refund_ids)):
        raise NotFound(_("没有这笔退费。"))
    _hold_accounts(actor, {row.pupil_id for row in rows})
    left = ledger.pupil_balances(actor, [row.pupil_id for row in rows])
    for pupil, fen in _paid_but_unbooked(actor, [row.pupil_id for row in rows]).items():
        left[pupil] = left.get(pupil, 0) - fen
    paid = 0
    for row in rows:
        if row.state == "paid":
            continue
        if row.state != "due":
            raise Conflict(_("这笔退费已作废。"))
        if left.get(row.pupil_id, 0) < row.amount_fen:
            raise RuleBroken("refund_uncovered", _("退费金额超过该生账户余额，请重新核对。"))
        left[row.pupil_id] -= row.amount_fen
        row.state, row.method, row.paid_on = "paid", method, today()
        row.paid_by_name, row.signed_by_name = actor.display_name, signed_by.get(row.id, "")
        note(actor, "refund", row.id, "pay", "due", "paid")
        paid += 1
    db.session.flush()
    return paid


def _hold_accounts(actor: Actor, pupil_ids: Collection[UUID]) -> None:
    """One after the other: two refunds of one pupil, paid out at two desks, may not both see the same money."""
    db.session.execute(
        select(Pupil.id)
        .where(
            Pupil.bureau_id == actor.bureau_id, Pupil.school_id == actor.own_school_id(), Pupil.id.in_(pupil_ids)
        )
        .order_by(Pupil.id)
        .with_for_update()
    ).all()  # fmt: skip


def book_refunds(actor: Actor, voucher_id: UUID, until: date) -> BookVoucher:
    """A voucher of every refund that was paid and is not booked yet."""
    rows = db.session.scalars(
        _refunds(actor)
        .where(MealRefund.voucher_id.is_(None), MealRefund.state == "paid", MealRefund.paid_on <= until)
        .order_by(MealRefund.paid_on, MealRefund.id)
        .with_for_update()
    ).all()
    if not rows:
        raise Conflict(_("没有待入账的退费。"))
    rows = _of_one_month(rows)
    moves = [Move(chart.PREPAID, MONEY_OF[row.method or "bank"], row.amount_fen, row.pupil_id) for row in rows]
    summary = _("退还伙食费 %(count)s 笔", count=len(rows))
    found = keep(
        actor, voucher_id, EntryKind.REFUNDS, rows[-1].paid_on, summary, moves,
        source_ids=[row.id for row in rows], is_signed=True,
    )  # fmt: skip
    _attach(actor, MealRefund, found, [row.id for row in rows])
    return found


def list_refunds(actor: Actor, month: date) -> Sequence[Any]:
    """The list of a month by class and number, void ones left out: to be signed."""
    return db.session.execute(
        select(
            MealRefund.id, MealRefund.pupil_id, MealRefund.reason, MealRefund.amount_fen, MealRefund.state,
            MealRefund.method, MealRefund.paid_on, MealRefund.paid_by_name, MealRefund.signed_by_name,
            MealRefund.voucher_id, MealRefund.version, Pupil.number.label("pupil_number"),
            Pupil.name.label("pupil_name"), SchoolClass.name.label("class_name"),
        )
        .join(
            Pupil,
            (Pupil.bureau_id == MealRefund.bureau_id)
            & (Pupil.school_id == MealRefund.school_id)
            & (Pupil.id == MealRefund.pupil_id),
        )
        .join(
            SchoolClass,
            (SchoolClass.bureau_id == Pupil.bureau_id)
            & (SchoolClass.school_id == Pupil.school_id)
            & (SchoolClass.id == Pupil.class_id),
        )
        .where(
            MealRefund.bureau_id == actor.bureau_id, MealRefund.school_id == actor.own_school_id(),
            MealRefund.month == month, MealRefund.state != "void",
        )
        .order_by(SchoolClass.grade, SchoolClass.number, Pupil.number, MealRefund.id)
    ).all()  # fmt: skip


def settle(actor: Actor, month: date, pupil_ids: Collection[UUID], reason: str) -> int:
    """学期结退, 离校结退: everything that is left on these pupils' accounts becomes due. How many."""
    due = set(
        db.session.scalars(
            select(MealRefund.pupil_id).where(
                MealRefund.bureau_id == actor.bureau_id, MealRefund.school_id == actor.own_school_id(),
                MealRefund.state == "due", MealRefund.pupil_id.in_(list(pupil_ids)),
            )
        )
    )  # fmt: skip
    left = ledger.pupil_balances(actor, pupil_ids)
    paid = _paid_but_unbooked(actor, pupil_ids)
    rows = [
        {
            "bureau_id": actor.bureau_id, "school_id": actor.own_school_id(), "id": new_id(), "month": month,
            "pupil_id": pupil, "reason": reason, "amount_fen": fen - paid.get(pupil, 0), "state": "due",
            "paid_by_name": "", "signed_by_name": "", "created_at": now(), "created_by": actor.account_id, "version": 1,
        }
        for pupil, fen in sorted(left.items())
        if fen - paid.get(pupil, 0) > 0 and pupil not in due
    ]  # fmt: skip
    if rows:
        db.session.execute(insert(MealRefund.__table__), rows)
    return len(rows)


def _paid_but_unbooked(actor: Actor, pupil_ids: Collection[UUID]) -> dict[UUID, int]:
    rows = db.session.execute(
        select(MealRefund.pupil_id, func.sum(MealRefund.amount_fen))
        .outerjoin(
            BookVoucher,
            (BookVoucher.bureau_id == MealRefund.bureau_id)
            & (BookVoucher.school_id == MealRefund.school_id)
            & (BookVoucher.id == MealRefund.voucher_id),
        )
        .where(
            MealRefund.bureau_id == actor.bureau_id, MealRefund.school_id == actor.own_school_id(),
            MealRefund.state == "paid", MealRefund.pupil_id.in_(list(pupil_ids)),
            (MealRefund.voucher_id.is_(None)) | (BookVoucher.entry_id.is_(None)),
        )
        .group_by(MealRefund.pupil_id)
    )  # fmt: skip
    return {pupil: int(fen) for pupil, fen in rows}


def grant(
    actor: Actor,
    fund: str,
    pupil_ids: Collection[UUID],
    amount_fen: int,
    from_day: date,
    until_day: date,
    note_text: str,
) -> int:
    """Put pupils on a subsidy's list. How many are new on it."""
    if until_day < from_day:
        raise Invalid({"until_day": [_("截止日期不能早于开始日期。")]})
    listed = set(
        db.session.scalars(
            select(AidGrant.pupil_id).where(
                AidGrant.bureau_id == actor.bureau_id, AidGrant.school_id == actor.own_school_id(),
                AidGrant.fund == fund, AidGrant.pupil_id.in_(list(pupil_ids)), AidGrant.from_day <= until_day,
                AidGrant.until_day >= from_day,
            )
        )
    )  # fmt: skip
    rows = [
        {
            "bureau_id": actor.bureau_id, "school_id": actor.own_school_id(), "id": new_id(), "fund": fund,
            "pupil_id": pupil, "amount_fen": amount_fen, "from_day": from_day, "until_day": until_day,
            "note": note_text, "created_at": now(), "created_by": actor.account_id, "version": 1,
        }
        for pupil in sorted(set(pupil_ids) - listed)
    ]  # fmt: skip
    if rows:
        db.session.execute(insert(AidGrant.__table__), rows)
    return len(rows)


def list_grants(actor: Actor, fund: str) -> Sequence[Any]:
    """A subsidy's own list, the newest first: columns of the grant with the pupil's number and name."""
    return db.session.execute(
        select(
            AidGrant.id, AidGrant.pupil_id, AidGrant.amount_fen, AidGrant.from_day, AidGrant.until_day, AidGrant.note,
            AidGrant.voucher_id, Pupil.number.label("pupil_number"), Pupil.name.label("pupil_name"),
        )
        .join(
            Pupil,
            (Pupil.bureau_id == AidGrant.bureau_id)
            & (Pupil.school_id == AidGrant.school_id)
            & (Pupil.id == AidGrant.pupil_id),
        )
        .where(
            AidGrant.bureau_id == actor.bureau_id, AidGrant.school_id == actor.own_school_id(), AidGrant.fund == fund
        )
        .order_by(AidGrant.from_day.desc(), Pupil.number)
    ).all()  # fmt: skip


def book_aid(actor: Actor, voucher_id: UUID, on_day: date) -> BookVoucher:
    """The aid that is on the list and not credited yet, put into its pupils' meal accounts: out of its own fund and bank
    account, to the fen what the list says."""
    rows = db.session.scalars(
        select(AidGrant)
        .where(
            AidGrant.bureau_id == actor.bureau_id, AidGrant.school_id == actor.own_school_id(),
            AidGrant.fund == "aid", AidGrant.voucher_id.is_(None), AidGrant.from_day <= on_day,
        )
        .order_by(AidGrant.id)
        .with_for_update()
    ).all()  # fmt: skip
    if not rows:
        raise Conflict(_("名单上没有待计入的补助。"))
    moves = [Move(chart.AID_FUND, chart.PREPAID, row.amount_fen, row.pupil_id) for row in rows]
    moves.append(Move(chart.BANK, chart.AID_BANK, sum(row.amount_fen for row in rows)))
    summary = _("生活补助计入 %(count)s 名学生账户", count=len(rows))
    found = keep(actor, voucher_id, EntryKind.AID, on_day, summary, moves, source_ids=[row.id for row in rows])
    _attach(actor, AidGrant, found, [row.id for row in rows])
    return found


def _own(actor: Actor) -> Any:
    return select(MealPayment).where(
        MealPayment.bureau_id == actor.bureau_id, MealPayment.school_id == actor.own_school_id()
    )


def _refunds(actor: Actor) -> Any:
    return select(MealRefund).where(
        MealRefund.bureau_id == actor.bureau_id, MealRefund.school_id == actor.own_school_id()
    )
