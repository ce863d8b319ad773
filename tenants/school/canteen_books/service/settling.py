"""学期末结退: the surplus of the term goes back to those who paid for it, and what is left on each account is returned."""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import func, select

from bureau.schools.models import Term
from kernel.actor import Actor
from kernel.database import db
from kernel.errors import Conflict, RuleBroken
from kernel.web.dates import today
from school.canteen_books import chart, rules
from school.canteen_books.meal_models import PupilMonth
from school.canteen_books.models import BookMonth, BookVoucher
from school.canteen_books.money import largest_remainder
from school.canteen_books.rules import EntryKind, MonthState, Move
from school.canteen_books.service import ledger
from school.canteen_books.service.collecting import settle
from school.canteen_books.service.vouchers import keep


def term_surplus(actor: Actor, term: Term) -> tuple[int, Mapping[UUID, int]]:
    """(what the term's months left over, pupil → what they used in it). RuleBroken while one of its months is not closed."""
    first, last = rules.month_of(term.starts_on), rules.month_of(term.ends_on)
    months = db.session.execute(
        select(BookMonth.state, BookMonth.income_fen - BookMonth.cost_fen).where(
            BookMonth.bureau_id == actor.bureau_id, BookMonth.school_id == actor.own_school_id(),
            BookMonth.month >= first, BookMonth.month <= last,
        )
    ).all()  # fmt: skip
    if not months or any(state != MonthState.CLOSED for state, _result in months):
        raise RuleBroken("term_not_closed", _("学期内还有月份没有结账，不能结退。"))
    used = db.session.execute(
        select(PupilMonth.pupil_id, func.sum(PupilMonth.used_fen))
        .where(
            PupilMonth.bureau_id == actor.bureau_id, PupilMonth.school_id == actor.own_school_id(),
            PupilMonth.month >= first, PupilMonth.month <= last,
        )
        .group_by(PupilMonth.pupil_id)
    )  # fmt: skip
    return sum(int(result) for _state, result in months), {pupil: int(fen) for pupil, fen in used}


def propose_surplus_return(actor: Actor, voucher_id: UUID, term: Term) -> BookVoucher:
    """A voucher that gives the term's surplus back in full, in proportion to what each pupil used, to the fen."""
    surplus, used = term_surplus(actor, term)
    held = ledger.balances(actor, actor.own_school_id(), rules.month_of(today()))[chart.SURPLUS]
    surplus = min(surplus, held)
    pupils = sorted((pupil for pupil, fen in used.items() if fen > 0), key=str)
    if surplus <= 0 or not pupils:
        raise Conflict(_("本学期没有可退的结余。"))
    done = db.session.scalar(
        select(BookVoucher.id).where(
            BookVoucher.bureau_id == actor.bureau_id, BookVoucher.school_id == actor.own_school_id(),
            BookVoucher.kind == EntryKind.SURPLUS_RETURN.value, BookVoucher.template == str(term.id),
            BookVoucher.state.in_(("entered", "signed", "approved")), BookVoucher.id != voucher_id,
        )
    )  # fmt: skip
    if done is not None:
        raise Conflict(_("本学期的结余已经退还。"))
    shares = largest_remainder(surplus, [used[pupil] for pupil in pupils])
    moves = [
        Move(chart.SURPLUS, chart.PREPAID, share, pupil) for pupil, share in zip(pupils, shares, strict=True) if share
    ]
    summary = _("%(term)s伙食费结余退还 %(count)s 名学生", term=term.name, count=len(moves))
    return keep(actor, voucher_id, EntryKind.SURPLUS_RETURN, today(), summary, moves, template=str(term.id))


def settle_all(actor: Actor, month: date) -> int:
    """Every pupil's balance becomes due. How many."""
    return settle(actor, month, list(ledger.pupil_balances(actor)), "term")
