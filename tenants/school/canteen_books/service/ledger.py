"""The only writer of entries and moves, and the sums of them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import func, insert, literal, select, union_all

from kernel.actor import Actor
from kernel.database import db, new_id, now
from kernel.errors import Conflict, NotFound, RuleBroken
from kernel.numbering.service import next_number
from school.canteen_books import chart, labels, rules
from school.canteen_books.chart import BY_CODE
from school.canteen_books.labels import CASHIER_APART
from school.canteen_books.models import BookAccountMonth, BookEntry, BookLine, BookMonth
from school.canteen_books.rules import Move, Sum
from school.canteen_books.service.months import require_open

NUMBER_KIND = "JZ"  # 记账


@dataclass(frozen=True, slots=True)
class Author:
    """Who entered, signed and approved. The database refuses one person in two of these parts."""

    entered_by: UUID
    entered_by_name: str
    approved_by: UUID
    approved_by_name: str
    signed_by: UUID | None = None
    signed_by_name: str = ""


def require_two(entered_by: UUID | None, approver: Actor) -> None:
    if entered_by == approver.account_id:
        raise RuleBroken(
            "same_person",
            _("制单人不能审核自己的凭证，请由另一人审核。"),
            CASHIER_APART,
        )


def post(
    actor: Actor, month: BookMonth, kind: str, on_day: date, summary: str, moves: Sequence[Move], author: Author, *,
    voucher_id: UUID | None = None, payee_id: UUID | None = None, reverses_id: UUID | None = None,
    is_closing: bool = False,
) -> BookEntry:  # fmt: skip
    """One entry into a month whose row the caller holds. Two thousand moves are one statement. `is_closing`: it is part
    of the month's closing or of its being undone, when nobody else may write."""
    if not is_closing:
        require_open(month)
    problems = rules.move_problems(moves, kind)
    if problems:
        raise RuleBroken(problems[0], str(labels.MOVE_PROBLEMS[problems[0]]))
    place = {"bureau_id": actor.bureau_id, "school_id": actor.own_school_id()}
    entry = BookEntry(
        **place, id=new_id(),
        number=next_number(db.session(), actor.bureau_id, actor.own_school_id(), NUMBER_KIND, month.month.year),
        month=month.month, on_day=on_day, kind=kind, summary=summary, line_count=len(moves),
        amount_fen=sum(move.amount_fen for move in moves), voucher_id=voucher_id, payee_id=payee_id,
        reverses_id=reverses_id, posted_at=now(), entered_by=author.entered_by,
        entered_by_name=author.entered_by_name, signed_by=author.signed_by, signed_by_name=author.signed_by_name,
        approved_by=author.approved_by, approved_by_name=author.approved_by_name,
    )  # fmt: skip
    db.session.add(entry)
    db.session.flush()
    db.session.execute(
        insert(BookLine.__table__),
        [
            {
                **place, "id": new_id(), "entry_id": entry.id, "position": position, "month": month.month,
                "kind": kind, "debit_code": move.debit, "debit_fund": BY_CODE[move.debit].fund.value,
                "credit_code": move.credit, "credit_fund": BY_CODE[move.credit].fund.value,
                "amount_fen": move.amount_fen, "pupil_id": move.pupil_id, "text": move.text,
            }
            for position, move in enumerate(moves)
        ],
    )  # fmt: skip
    return entry


def get_entry(actor: Actor, school_id: int, entry_id: UUID) -> BookEntry:
    found = db.session.scalars(
        select(BookEntry).where(
            BookEntry.bureau_id == actor.bureau_id, BookEntry.school_id == school_id, BookEntry.id == entry_id
        )
    ).one_or_none()
    if found is None:
        raise NotFound(_("没有这张凭证。"))
    return found


def moves_of(actor: Actor, school_id: int, entry_id: UUID) -> list[Move]:
    rows = db.session.execute(
        select(BookLine.debit_code, BookLine.credit_code, BookLine.amount_fen, BookLine.pupil_id, BookLine.text)
        .where(
            BookLine.bureau_id == actor.bureau_id, BookLine.school_id == school_id, BookLine.entry_id == entry_id
        )
        .order_by(BookLine.position)
    )  # fmt: skip
    return [Move(*row) for row in rows]


def reverse(
    actor: Actor, month: BookMonth, entry: BookEntry, summary: str, on_day: date, author: Author, *,
    is_closing: bool = False,
) -> BookEntry:  # fmt: skip
    """The opposite of an entry, once. What is reversed stays in sight."""
    taken = db.session.scalar(
        select(BookEntry.id).where(
            BookEntry.bureau_id == actor.bureau_id, BookEntry.school_id == actor.own_school_id(),
            BookEntry.reverses_id == entry.id,
        )
    )  # fmt: skip
    if taken is not None:
        raise Conflict(_("这张凭证已经冲销过。"))
    moves = rules.reversed_moves(moves_of(actor, actor.own_school_id(), entry.id))
    return post(
        actor, month, entry.kind, on_day, summary, moves, author, reverses_id=entry.id, payee_id=entry.payee_id,
        is_closing=is_closing,
    )  # fmt: skip


def turnover(
    actor: Actor, school_id: int, first: date, last: date, *, without: Collection[str] = ()
) -> dict[str, tuple[int, int]]:
    """Account → (debit, credit) over whole months `first`..`last`. `without`: kinds of entries that do not count."""
    sides = []
    for column, is_debit in ((BookLine.debit_code, True), (BookLine.credit_code, False)):
        side = (
            select(column.label("code"), func.sum(BookLine.amount_fen).label("fen"), literal(is_debit).label("debit"))
            .where(
                BookLine.bureau_id == actor.bureau_id, BookLine.school_id == school_id,
                BookLine.month >= first, BookLine.month <= last,
            )
            .group_by(column)
        )  # fmt: skip
        sides.append(side.where(BookLine.kind.not_in(list(without))) if without else side)
    found: dict[str, tuple[int, int]] = {}
    for code, fen, is_debit in db.session.execute(union_all(*sides)):
        debit, credit = found.get(code, (0, 0))
        found[code] = (debit + int(fen), credit) if is_debit else (debit, credit + int(fen))
    return found


def trial_balance(actor: Actor, school_id: int, month: date) -> list[Sum]:
    """Every account of the chart with its month. What stood before comes from the last closed month's sums and what was
    written since, so it costs the same after ten years."""
    base, opening = _standing_before(actor, school_id, month)
    since = turnover(actor, school_id, base, rules.previous_month(month)) if base < month else {}
    moved = turnover(actor, school_id, month, month)
    sums = []
    for account in chart.STANDARD:
        before = opening.get(account.code, 0) + chart.balance_of(account.kind, *since.get(account.code, (0, 0)))
        sums.append(Sum(account.code, before, *moved.get(account.code, (0, 0))))
    return sums


def balances(actor: Actor, school_id: int, month: date) -> dict[str, int]:
    """Account → what stands at the end of a month (or now, in it)."""
    return {one.code: one.closing_fen for one in trial_balance(actor, school_id, month)}


def _standing_before(actor: Actor, school_id: int, month: date) -> tuple[date, dict[str, int]]:
    """(the first month not contained, account → sum): of the newest stored sums before `month`."""
    stored = db.session.scalar(
        select(func.max(BookAccountMonth.month)).where(
            BookAccountMonth.bureau_id == actor.bureau_id, BookAccountMonth.school_id == school_id,
            BookAccountMonth.month < month,
        )
    )  # fmt: skip
    if stored is None:
        return date(1900, 1, 1), {}
    rows = db.session.execute(
        select(BookAccountMonth.code, BookAccountMonth.closing_fen).where(
            BookAccountMonth.bureau_id == actor.bureau_id, BookAccountMonth.school_id == school_id,
            BookAccountMonth.month == stored,
        )
    )  # fmt: skip
    return rules.next_month(stored), {code: int(fen) for code, fen in rows}


def pupil_balances(
    actor: Actor, pupil_ids: Collection[UUID] | None = None, *, before: date | None = None
) -> dict[UUID, int]:
    """Pupil → what of their prepaid money is left, from the moves themselves. `before`: of months before this one."""
    sides = []
    for column, sign in ((BookLine.credit_code, 1), (BookLine.debit_code, -1)):
        side = select(BookLine.pupil_id, (func.sum(BookLine.amount_fen) * sign).label("fen")).where(
            BookLine.bureau_id == actor.bureau_id, BookLine.school_id == actor.own_school_id(),
            BookLine.pupil_id.is_not(None), column == chart.PREPAID,
        )  # fmt: skip
        if pupil_ids is not None:
            side = side.where(BookLine.pupil_id.in_(list(pupil_ids)))
        if before is not None:
            side = side.where(BookLine.month < before)
        sides.append(side.group_by(BookLine.pupil_id))
    found: dict[UUID, int] = {}
    rows: Sequence[Any] = db.session.execute(union_all(*sides)).all()
    for pupil_id, fen in rows:
        found[pupil_id] = found.get(pupil_id, 0) + int(fen)
    return found


def list_entries(actor: Actor, school_id: int, month: date) -> list[BookEntry]:
    """A month's entries in the order of their numbers."""
    return list(
        db.session.scalars(
            select(BookEntry)
            .where(
                BookEntry.bureau_id == actor.bureau_id, BookEntry.school_id == school_id, BookEntry.month == month
            )
            .order_by(BookEntry.posted_at, BookEntry.id)
        )
    )  # fmt: skip


def account_lines(actor: Actor, school_id: int, month: date, code: str, most: int = 5000) -> Sequence[Any]:
    """An account's page of a month: (number, day, summary, debit, credit, entry id), each entry once."""
    own = (BookLine.debit_code == code) | (BookLine.credit_code == code)
    debit = func.coalesce(func.sum(BookLine.amount_fen).filter(BookLine.debit_code == code), 0).label("debit_fen")
    credit = func.coalesce(func.sum(BookLine.amount_fen).filter(BookLine.credit_code == code), 0).label("credit_fen")
    return db.session.execute(
        select(BookEntry.id, BookEntry.number, BookEntry.on_day, BookEntry.summary, BookEntry.kind, debit, credit)
        .join(
            BookLine,
            (BookLine.bureau_id == BookEntry.bureau_id)
            & (BookLine.school_id == BookEntry.school_id)
            & (BookLine.entry_id == BookEntry.id),
        )
        .where(
            BookEntry.bureau_id == actor.bureau_id, BookEntry.school_id == school_id, BookEntry.month == month,
            BookLine.month == month, own,
        )
        .group_by(BookEntry.bureau_id, BookEntry.school_id, BookEntry.id)
        .order_by(BookEntry.posted_at, BookEntry.id)
        .limit(most)
    ).all()  # fmt: skip
