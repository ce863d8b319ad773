"""Months of the books: who posts holds the month shared, who closes it alone, so that nothing slips in between."""

from datetime import date

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from kernel.actor import Actor
from kernel.database import db, new_id, now
from kernel.errors import RuleBroken
from school.stores.rules import month_of
from school.stores.work_models import StoreMonth


def hold_open(actor: Actor, on_day: date) -> None:
    """The day's month, held shared until the transaction ends. Raises RuleBroken store_month_closed."""
    key = (actor.bureau_id, actor.own_school_id(), month_of(on_day))
    state = _held(key)
    if state is None and _later_closed(key):
        state = "closed"  # nothing was in it when the later one was closed, and nothing may come into it since
    if state is None:
        db.session.execute(
            insert(StoreMonth.__table__)
            .values(
                bureau_id=key[0], school_id=key[1], id=new_id(), month=key[2], state="open", revision=0,
                closed_by_name="", created_at=now(), created_by=actor.account_id, version=1,
            )
            .on_conflict_do_nothing()
        )  # fmt: skip
        state = _held(key)
    if state != "open":
        raise RuleBroken(
            "store_month_closed",
            _(
                "%(year)s 年 %(month)s 月的库存账已结账，不能再登记这个月的单据。请改在未结账的月份登记，或请总务主任说明原因后反结账。",
                year=on_day.year, month=on_day.month,
            ),
        )  # fmt: skip


def any_closed(actor: Actor) -> bool:
    """Whether the school ever closed a month, opened again or not."""
    query = select(StoreMonth.id).where(
        StoreMonth.bureau_id == actor.bureau_id, StoreMonth.school_id == actor.own_school_id(), StoreMonth.revision > 0
    )
    return db.session.execute(query.limit(1)).first() is not None


def _later_closed(key: tuple[int, int, date]) -> bool:
    query = select(StoreMonth.id).where(
        StoreMonth.bureau_id == key[0], StoreMonth.school_id == key[1], StoreMonth.month > key[2],
        StoreMonth.state == "closed",
    )  # fmt: skip
    return db.session.execute(query.limit(1)).first() is not None


def _held(key: tuple[int, int, date]) -> str | None:
    return db.session.scalar(
        select(StoreMonth.state)
        .where(StoreMonth.bureau_id == key[0], StoreMonth.school_id == key[1], StoreMonth.month == key[2])
        .with_for_update(read=True)
    )
