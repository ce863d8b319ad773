"""What the stores' moves of a month are worth, brought into the books: once, or as often as something was added."""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import func, select

from kernel.actor import Actor
from kernel.database import db
from kernel.errors import Conflict
from kernel.web.dates import today
from school.canteen_books import chart, rules
from school.canteen_books.chart import CostClass
from school.canteen_books.models import BookLine, BookVoucher
from school.canteen_books.rules import EntryKind, Move
from school.canteen_books.service.vouchers import WAITING, keep
from school.stores.service.valuing import month_values

FOOD = "food"


def _accounts(good: str, place: str) -> tuple[str, str]:
    """(debit, credit) for what leaves the stores. Food that is eaten, spoilt or missing is the raw materials' cost."""
    cost = chart.COST[CostClass.MATERIALS if good == FOOD else CostClass.CONSUMABLES]
    beyond = {"supplier": chart.PAYABLE, "opening": chart.SURPLUS}
    return beyond.get(place, cost), chart.STOCK


def booked(actor: Actor, school_id: int, month: date) -> dict[str, int]:
    """Key (kind of good:place) → fen that left the stores by what stands in the books."""
    rows = db.session.execute(
        select(BookLine.text, BookLine.credit_code == chart.STOCK, func.sum(BookLine.amount_fen))
        .where(
            BookLine.bureau_id == actor.bureau_id, BookLine.school_id == school_id, BookLine.month == month,
            BookLine.kind == EntryKind.STORES.value,
        )
        .group_by(BookLine.text, BookLine.credit_code == chart.STOCK)
    )  # fmt: skip
    found: dict[str, int] = {}
    for key, leaves, fen in rows:
        found[key] = found.get(key, 0) + (int(fen) if leaves else -int(fen))
    return found


def open_differences(actor: Actor, school_id: int, month: date) -> dict[tuple[str, str], int]:
    """What the stores say and the books do not yet, none of them zero."""
    stores: Mapping[tuple[str, str], int] = month_values(actor, school_id, month)
    known = booked(actor, school_id, month)
    keys = set(stores) | {(good, place) for good, _colon, place in (key.partition(":") for key in known)}
    found = {key: stores.get(key, 0) - known.get(":".join(key), 0) for key in sorted(keys)}
    return {key: fen for key, fen in found.items() if fen}


def used(actor: Actor, school_id: int, month: date) -> int:
    """What of a month's food was eaten, spoilt or missing, by the stores."""
    values = month_values(actor, school_id, month)
    return sum(fen for (good, place), fen in values.items() if good == FOOD and place not in ("supplier", "opening"))


def book_stores(actor: Actor, voucher_id: UUID, month: date) -> BookVoucher:
    """A voucher of what moved in the stores since the last one. One at a time: what waits is not in the books yet, and a
    second would hold all of it again."""
    waiting = db.session.scalars(
        select(BookVoucher)
        .where(
            BookVoucher.bureau_id == actor.bureau_id, BookVoucher.school_id == actor.own_school_id(),
            BookVoucher.month == month, BookVoucher.kind == EntryKind.STORES.value, BookVoucher.state.in_(WAITING),
        )
        .limit(1)
    ).first()  # fmt: skip
    if waiting is not None and waiting.id == voucher_id:
        return waiting
    if waiting is not None:
        raise Conflict(_("本月的出入库结转凭证还在等待审核，请先审核或撤回。"), {"version": waiting.version})
    moves = []
    for (good, place), fen in open_differences(actor, actor.own_school_id(), month).items():
        debit, credit = _accounts(good, place)
        text = f"{good}:{place}"
        moves.append(Move(debit, credit, fen, None, text) if fen > 0 else Move(credit, debit, -fen, None, text))
    if not moves:
        raise Conflict(_("库存没有待结转的金额。"))
    on_day = min(today(), rules.last_day(month))
    return keep(actor, voucher_id, EntryKind.STORES, on_day, _("结转 %(month)s 出入库", month=f"{month:%Y-%m}"), moves)
