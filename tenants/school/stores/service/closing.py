"""Month ends: a closed month refuses every posting; opening it again is the director's, with a reason that stays."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import insert, select

from duties.service.fulfilling import fulfil, unfulfil
from kernel.actor import Actor
from kernel.database import db, new_id, now
from kernel.database.paging import Page, paginate
from kernel.database.writing import flush, require_version
from kernel.errors import Invalid, NotFound, RuleBroken
from kernel.web.dates import today
from school.stores import rules
from school.stores.models import StoreGood
from school.stores.rules import LocationKind
from school.stores.service.steps import take_step
from school.stores.service.valuing import month_moves
from school.stores.work_models import StoreMonth, StoreMonthLine, StoreStocktake

ZERO = Decimal(0)
DUTY = "month_closing"
RECORD = "store_month"
# The kinds of place beyond the books → the column of the statement, and what a move out of stock adds to it.
COLUMN = {
    LocationKind.SUPPLIER: ("received", -1), LocationKind.OPENING: ("received", -1), LocationKind.CONSUMED: ("issued", 1),
    LocationKind.DISPOSED: ("disposed", 1), LocationKind.DIFFERENCE: ("difference", -1),
}  # fmt: skip
PARTS = ("opening", "received", "issued", "disposed", "difference", "closing")


def close(actor: Actor, month: date, seen_version: int | None = None) -> StoreMonth:
    """Close a month that is over (or on its last day) after all earlier ones, with its statement.

    `seen_version` None: of a month in which nothing was posted yet. Raises RuleBroken store_month_running,
    store_month_earlier_open, store_month_stocktake.
    """
    month = rules.month_of(month)
    last_day = rules.next_month(month) - timedelta(days=1)
    if today() < last_day:
        raise RuleBroken("store_month_running", _("这个月还没有结束，最早在月末最后一天结账。"))
    row = _locked(actor, month)
    if row is None:
        row = StoreMonth(
            bureau_id=actor.bureau_id, school_id=actor.own_school_id(), id=new_id(), month=month,
            created_by=actor.account_id,
        )  # fmt: skip
        db.session.add(row)
        flush(db.session())
    elif seen_version is not None:
        require_version(row, seen_version)
    _require_ready(actor, month, last_day)
    take_step(actor, "month", row, "close")
    row.revision += 1
    row.closed_at, row.closed_by_name = now(), actor.display_name
    flush(db.session())
    lines = _statement(actor, month)
    if lines:
        key = {"bureau_id": row.bureau_id, "school_id": row.school_id, "month_id": row.id, "revision": row.revision}
        db.session.execute(insert(StoreMonthLine.__table__), [{**key, "id": new_id(), **line} for line in lines])
    fulfil(actor, row.school_id, DUTY, last_day, record=(RECORD, row.id))
    return row


def reopen(actor: Actor, month_id: UUID, seen_version: int | None, reason: str) -> StoreMonth:
    """Open the newest closed month again. Its statement stays, under the number of its closing."""
    row = _locked_by_id(actor, month_id)
    require_version(row, seen_version)
    if not reason.strip():
        raise Invalid({"reason": [_("请说明反结账的原因。")]})
    later = _of_school(actor, actor.own_school_id(), select(StoreMonth.id)).where(
        StoreMonth.month > row.month, StoreMonth.state == "closed"
    )
    if db.session.execute(later.limit(1)).first() is not None:
        raise RuleBroken("store_month_later_closed", _("之后的月份已结账，请从最近结账的月份开始反结账。"))
    take_step(actor, "month", row, "reopen", reason)
    row.closed_at, row.closed_by_name = None, ""
    flush(db.session())
    unfulfil(actor, (RECORD, row.id))
    return row


def _of_school(actor: Actor, school_id: int, query: Any) -> Any:
    return query.where(StoreMonth.bureau_id == actor.bureau_id, StoreMonth.school_id == school_id)


def _locked(actor: Actor, month: date) -> StoreMonth | None:
    query = _of_school(actor, actor.own_school_id(), select(StoreMonth)).where(StoreMonth.month == month)
    found: StoreMonth | None = db.session.scalars(
        query.with_for_update().execution_options(populate_existing=True)
    ).one_or_none()
    return found


def _locked_by_id(actor: Actor, month_id: UUID) -> StoreMonth:
    query = _of_school(actor, actor.own_school_id(), select(StoreMonth)).where(StoreMonth.id == month_id)
    row: StoreMonth | None = db.session.scalars(
        query.with_for_update().execution_options(populate_existing=True)
    ).one_or_none()
    if row is None:
        raise NotFound
    return row


def _require_ready(actor: Actor, month: date, last_day: date) -> None:
    earlier = _of_school(actor, actor.own_school_id(), select(StoreMonth.month)).where(
        StoreMonth.month < month, StoreMonth.state == "open"
    )
    open_month = db.session.scalar(earlier.order_by(StoreMonth.month).limit(1))
    if open_month is not None:
        raise RuleBroken(
            "store_month_earlier_open",
            _("请先结 %(year)s 年 %(month)s 月的账。", year=open_month.year, month=open_month.month),
        )
    unfinished = select(StoreStocktake.number).where(
        StoreStocktake.bureau_id == actor.bureau_id, StoreStocktake.school_id == actor.own_school_id(),
        StoreStocktake.state.in_(("counting", "counted")), StoreStocktake.on_day <= last_day,
    )  # fmt: skip
    number = db.session.scalar(unfinished.limit(1))
    if number is not None:
        raise RuleBroken("store_month_stocktake", _("盘点 %(number)s 还没有完成，请先完成或取消。", number=number))


def _statement(actor: Actor, month: date) -> list[dict[str, Any]]:
    """Goods that were there or moved: the month before closed with what this one opens with."""
    found: dict[UUID, dict[str, Decimal]] = {}
    for good_id, quantity, fen in _opening(actor, month):
        found.setdefault(good_id, dict.fromkeys(_columns(), ZERO))
        found[good_id]["opening_quantity"], found[good_id]["opening_fen"] = quantity, Decimal(fen)
    for good_id, kind, quantity, fen in month_moves(actor, actor.own_school_id(), month):
        part, sign = COLUMN[LocationKind(kind)]
        line = found.setdefault(good_id, dict.fromkeys(_columns(), ZERO))
        line[f"{part}_quantity"] += sign * quantity
        line[f"{part}_fen"] += sign * fen
    for line in found.values():
        for unit in ("quantity", "fen"):
            line[f"closing_{unit}"] = (
                line[f"opening_{unit}"] + line[f"received_{unit}"] - line[f"issued_{unit}"] - line[f"disposed_{unit}"]
                + line[f"difference_{unit}"]
            )  # fmt: skip
    return [{"good_id": good_id, **line} for good_id, line in sorted(found.items())]


def _columns() -> list[str]:
    return [f"{part}_{unit}" for part in PARTS for unit in ("quantity", "fen")]


def _opening(actor: Actor, month: date) -> Sequence[Any]:
    before = _of_school(actor, actor.own_school_id(), select(StoreMonth.id, StoreMonth.revision)).where(
        StoreMonth.month < month, StoreMonth.state == "closed"
    )
    last = db.session.execute(before.order_by(StoreMonth.month.desc()).limit(1)).one_or_none()
    if last is None:
        return ()
    query = select(StoreMonthLine.good_id, StoreMonthLine.closing_quantity, StoreMonthLine.closing_fen).where(
        StoreMonthLine.bureau_id == actor.bureau_id, StoreMonthLine.school_id == actor.own_school_id(),
        StoreMonthLine.month_id == last.id, StoreMonthLine.revision == last.revision,
    )  # fmt: skip
    return [row for row in db.session.execute(query).all() if row.closing_quantity or row.closing_fen]


# --- reading ----------------------------------------------------------------------------------------------------------


def list_months(actor: Actor, school_id: int, *, cursor: str | None = None, limit: int = 24) -> Page[StoreMonth]:
    query = _of_school(actor, school_id, select(StoreMonth))
    return paginate(db.session(), query, (StoreMonth.month, StoreMonth.id), cursor, limit)


def next_to_close(actor: Actor, school_id: int) -> StoreMonth | None:
    """The earliest open month."""
    found: StoreMonth | None = db.session.scalar(
        _of_school(actor, school_id, select(StoreMonth))
        .where(StoreMonth.state == "open")
        .order_by(StoreMonth.month)
        .limit(1)
    )
    return found


def get_month(actor: Actor, school_id: int, month_id: UUID) -> StoreMonth:
    row: StoreMonth | None = db.session.scalars(
        _of_school(actor, school_id, select(StoreMonth)).where(StoreMonth.id == month_id)
    ).one_or_none()
    if row is None:
        raise NotFound
    return row


def statement(actor: Actor, school_id: int, month: StoreMonth) -> Sequence[Any]:
    """The lines of the newest closing with the goods' names, by kind and name; none before the first closing."""
    columns = [getattr(StoreMonthLine, name) for name in _columns()]
    query = (
        select(StoreMonthLine.good_id, StoreGood.name, StoreGood.kind, StoreGood.base_unit, *columns)
        .join(
            StoreGood,
            (StoreGood.bureau_id == StoreMonthLine.bureau_id)
            & (StoreGood.school_id == StoreMonthLine.school_id)
            & (StoreGood.id == StoreMonthLine.good_id),
        )
        .where(
            StoreMonthLine.bureau_id == actor.bureau_id, StoreMonthLine.school_id == school_id,
            StoreMonthLine.month_id == month.id, StoreMonthLine.revision == month.revision,
        )
        .order_by(StoreGood.kind, StoreGood.search_name, StoreGood.id)
    )  # fmt: skip
    return db.session.execute(query).mappings().all()
