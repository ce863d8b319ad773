"""Vouchers: entered by one person, signed by the cashier where money moves, approved by another; only then booked."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import func, select

from kernel.actor import Actor
from kernel.database import db, now
from kernel.database.paging import Page, paginate
from kernel.database.writing import flush, require_version
from kernel.digests import digest
from kernel.errors import Conflict, Invalid, NotFound, RuleBroken
from kernel.states import NoTransition
from kernel.web.dates import today
from school.canteen_books import labels, rules
from school.canteen_books.labels import CASHIER_APART
from school.canteen_books.models import BookVoucher
from school.canteen_books.rules import EntryKind, Move, VoucherState
from school.canteen_books.service import ledger
from school.canteen_books.service.months import first_month, locked_month, note, open_month_for, require_open
from school.canteen_books.service.payees import get_payee
from school.canteen_books.service.sources import release

WAITING = (VoucherState.ENTERED.value, VoucherState.SIGNED.value)
KEY = "pk_book_vouchers"


def plain(move: Move) -> dict[str, Any]:
    return {
        "debit": move.debit, "credit": move.credit, "amount_fen": move.amount_fen, "text": move.text,
        "pupil_id": None if move.pupil_id is None else str(move.pupil_id),
    }  # fmt: skip


def moves_in(voucher: BookVoucher) -> list[Move]:
    return [
        Move(
            one["debit"], one["credit"], one["amount_fen"], UUID(one["pupil_id"]) if one["pupil_id"] else None,
            one["text"],
        )
        for one in voucher.moves
    ]  # fmt: skip


def enter(
    actor: Actor, voucher_id: UUID, *, template: str, on_day: date, amount_fen: int, summary: str, in_cash: bool,
    payee_id: UUID | None, attachment_id: UUID | None = None,
) -> BookVoucher:  # fmt: skip
    """A business of the canteen by its template: no account number is typed. Sent again it is the same voucher."""
    form = rules.TEMPLATES.get(template)
    if form is None:
        raise Invalid({"template": [_("请选择业务类型。")]})
    problems: dict[str, list[str]] = {}
    if in_cash and not form.in_cash:
        problems["in_cash"] = [_("这类业务不能用现金收付。")]
    if form.pays and payee_id is None:
        problems["payee_id"] = [_("请选择收款方。")]
    if on_day > today():
        problems["on_day"] = [_("日期不能晚于今天。")]
    kind = EntryKind.OPENING if template.startswith("opening_") else EntryKind.VOUCHER
    first = first_month(actor, actor.own_school_id())
    if kind == EntryKind.OPENING and first is not None and rules.month_of(on_day) != first.month:
        problems["on_day"] = [_("期初只能记在建账的月份（%(month)s）。", month=f"{first.month:%Y-%m}")]
    if problems:
        raise Invalid(problems)
    if payee_id is not None:
        get_payee(actor, payee_id)
    moves = rules.template_moves(template, amount_fen, in_cash=in_cash)
    return keep(
        actor, voucher_id, kind, on_day, summary or str(labels.TEMPLATES[template]), moves, template=template,
        payee_id=payee_id if form.pays else None, attachment_id=attachment_id,
    )  # fmt: skip


def keep(
    actor: Actor, voucher_id: UUID, kind: str, on_day: date, summary: str, moves: Sequence[Move], *,
    template: str = "", payee_id: UUID | None = None, attachment_id: UUID | None = None,
    source_ids: Sequence[UUID] = (), reverses_id: UUID | None = None, is_signed: bool = False,
) -> BookVoucher:  # fmt: skip
    """A voucher with these moves, waiting for another person. `is_signed`: it comes from the cashier's own records."""
    problems = rules.move_problems(moves, kind)
    if problems:
        raise RuleBroken(problems[0], str(labels.MOVE_PROBLEMS[problems[0]]))
    rows = [plain(move) for move in moves]
    existing = db.session.scalars(_own(actor, actor.own_school_id()).where(BookVoucher.id == voucher_id)).one_or_none()
    if existing is not None:
        same = digest([existing.kind, existing.moves, existing.summary, existing.on_day.isoformat()]) == digest(
            [str(kind), rows, summary, on_day.isoformat()]
        )
        if not same:
            raise Conflict(_("同一编号的凭证已存在且内容不同。"), {"version": existing.version})
        return existing
    month = open_month_for(actor, on_day)
    found = BookVoucher(
        bureau_id=actor.bureau_id, school_id=actor.own_school_id(), id=voucher_id, month=month.month, on_day=on_day,
        kind=str(kind), template=template, summary=summary, moves=rows,
        amount_fen=sum(move.amount_fen for move in moves), payee_id=payee_id, attachment_id=attachment_id,
        source_ids=[str(one) for one in source_ids], reverses_id=reverses_id,
        needs_signature=rules.touches_money(moves) and not is_signed, created_by=actor.account_id,
        created_by_name=actor.display_name,
    )  # fmt: skip
    db.session.add(found)
    flush(db.session(), {KEY: Conflict(_("同一编号的凭证已存在且内容不同。"))})
    note(actor, "voucher", found.id, "enter", "", found.state)
    return found


def propose_reversal(actor: Actor, voucher_id: UUID, entry_id: UUID, reason: str) -> BookVoucher:
    """红字冲销: the opposite of what stands in the books, in the month that is open today."""
    entry = ledger.get_entry(actor, actor.own_school_id(), entry_id)
    if entry.reverses_id is not None or entry.kind in rules.CLOSING_KINDS:
        raise RuleBroken("not_reversible", _("结账生成的凭证和冲销凭证不能再冲销；结账有误请反结账。"))
    if entry.kind == EntryKind.STORES:
        raise RuleBroken("not_reversible", _("出入库结转以库存账为准，差额在下次结转时自动补记。"))
    moves = rules.reversed_moves(ledger.moves_of(actor, actor.own_school_id(), entry_id))
    summary = _("冲销 %(number)s：%(reason)s", number=entry.number, reason=reason)
    return keep(actor, voucher_id, entry.kind, today(), summary, moves, payee_id=entry.payee_id, reverses_id=entry.id)


def sign(actor: Actor, voucher_id: UUID, seen_version: int | None) -> BookVoucher:
    """The cashier: the money came or went as the voucher says."""
    found = _locked(actor, voucher_id, seen_version)
    if not found.needs_signature:
        raise Conflict(_("这张凭证不需要出纳签字。"))
    ledger.require_two(found.created_by, actor)
    _move(actor, found, "sign")
    found.signed_by, found.signed_by_name = actor.account_id, actor.display_name
    db.session.flush()
    return found


def approve(actor: Actor, voucher_id: UUID, seen_version: int | None) -> BookVoucher:
    """Another person's yes; with it the voucher stands in the books."""
    found = _locked(actor, voucher_id, seen_version)
    ledger.require_two(found.created_by, actor)
    if found.signed_by == actor.account_id:
        raise RuleBroken("same_person", _("出纳不能审核凭证。"), CASHIER_APART)
    if found.needs_signature and found.state == VoucherState.ENTERED:
        raise RuleBroken("not_signed", _("涉及收付款的凭证，应先由出纳签字。"))
    month = locked_month(actor, found.month, shared=True)
    require_open(month)
    _move(actor, found, "approve")
    _decide(actor, found)
    author = ledger.Author(
        found.created_by, found.created_by_name, actor.account_id, actor.display_name, found.signed_by,
        found.signed_by_name,
    )  # fmt: skip
    if found.reverses_id is not None:
        reversed_entry = ledger.get_entry(actor, actor.own_school_id(), found.reverses_id)
        entry = ledger.reverse(actor, month, reversed_entry, found.summary, found.on_day, author)
        if reversed_entry.voucher_id is not None:
            release(actor, reversed_entry.voucher_id)
    else:
        entry = ledger.post(
            actor, month, found.kind, found.on_day, found.summary, moves_in(found), author, voucher_id=found.id,
            payee_id=found.payee_id,
        )  # fmt: skip
    found.entry_id = entry.id
    db.session.flush()
    return found


def refuse(actor: Actor, voucher_id: UUID, seen_version: int | None, reason: str) -> BookVoucher:
    found = _locked(actor, voucher_id, seen_version)
    ledger.require_two(found.created_by, actor)
    return _end(actor, found, "refuse", reason)


def withdraw(actor: Actor, voucher_id: UUID, seen_version: int | None, reason: str) -> BookVoucher:
    """By whoever entered it."""
    found = _locked(actor, voucher_id, seen_version)
    if found.created_by != actor.account_id:
        raise RuleBroken("not_yours", _("只有制单人可以撤回凭证。"))
    return _end(actor, found, "withdraw", reason)


def _end(actor: Actor, found: BookVoucher, event: str, reason: str) -> BookVoucher:
    _move(actor, found, event, reason)
    _decide(actor, found, reason)
    db.session.flush()
    release(actor, found.id)
    return found


def get_voucher(actor: Actor, school_id: int, voucher_id: UUID) -> BookVoucher:
    found = db.session.scalars(_own(actor, school_id).where(BookVoucher.id == voucher_id)).one_or_none()
    if found is None:
        raise NotFound(_("没有这张凭证。"))
    return found


def list_vouchers(
    actor: Actor, school_id: int, *, month: date | None = None, waiting: bool = False, cursor: str | None = None,
    limit: int = 50,
) -> Page[BookVoucher]:  # fmt: skip
    """Newest first."""
    query = _own(actor, school_id)
    if month is not None:
        query = query.where(BookVoucher.month == month)
    if waiting:
        query = query.where(BookVoucher.state.in_(WAITING))
    return paginate(db.session(), query, [BookVoucher.created_at, BookVoucher.id], cursor, limit)


def count_waiting(actor: Actor, school_id: int, month: date | None = None) -> dict[str, int]:
    """State → how many wait in it; those that wait for the cashier's signature under `entered` and `needs_signature`."""
    query = (
        select(BookVoucher.state, BookVoucher.needs_signature, func.count())
        .where(
            BookVoucher.bureau_id == actor.bureau_id, BookVoucher.school_id == school_id,
            BookVoucher.state.in_(WAITING),
        )
        .group_by(BookVoucher.state, BookVoucher.needs_signature)
    )  # fmt: skip
    if month is not None:
        query = query.where(BookVoucher.month == month)
    found = {"unsigned": 0, "ready": 0}
    for state, needs, count in db.session.execute(query):
        found["unsigned" if needs and state == VoucherState.ENTERED else "ready"] += count
    return found


def _locked(actor: Actor, voucher_id: UUID, seen_version: int | None) -> BookVoucher:
    found = db.session.scalars(
        _own(actor, actor.own_school_id())
        .where(BookVoucher.id == voucher_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if found is None:
        raise NotFound(_("没有这张凭证。"))
    require_version(found, seen_version)
    return found


def _move(actor: Actor, voucher: BookVoucher, event: str, reason: str = "") -> None:
    before = voucher.state
    try:
        voucher.state = rules.next_state(rules.VOUCHER_TRANSITIONS, before, event)
    except NoTransition:
        current: Mapping[str, Any] = {"state": before, "version": voucher.version}
        raise Conflict(_("凭证状态已变化，请刷新后重试。"), current) from None
    note(actor, "voucher", voucher.id, event, before, voucher.state, reason)


def _decide(actor: Actor, voucher: BookVoucher, reason: str = "") -> None:
    voucher.decided_at, voucher.decided_by, voucher.decided_by_name = now(), actor.account_id, actor.display_name
    voucher.reason = reason


def _own(actor: Actor, school_id: int) -> Any:
    return select(BookVoucher).where(BookVoucher.bureau_id == actor.bureau_id, BookVoucher.school_id == school_id)
