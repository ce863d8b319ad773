"""A round's approved sheets gathered into lots; a lot, and the schools it opens into; a tender that uses them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm.attributes import flag_modified

from bureau.demand.models import (
    DemandAggregation,
    DemandCategory,
    DemandItem,
    DemandLine,
    DemandLot,
    DemandRound,
    DemandSheet,
)
from bureau.demand.service.moving import get_round, move_round, note_round
from bureau.demand.service.statements import gather, take_sheets
from bureau.prices.service.reading import prices_on
from bureau.schools.models import School
from kernel.actor import Actor
from kernel.database import db, new_id, now
from kernel.database.writing import flush, require_version
from kernel.errors import Conflict, NotFound, RuleBroken
from kernel.web.dates import today


def aggregate(actor: Actor, round_id: UUID, seen: int | None, reason: str = "") -> DemandAggregation:
    """Gather what is approved. Again: earlier lots stay to be read, the new ones hold."""
    row = get_round(actor, round_id, lock=True)
    require_version(row, seen)
    session = db.session()
    number = session.scalar(
        select(func.coalesce(func.max(DemandAggregation.number), 0) + 1).where(
            DemandAggregation.bureau_id == actor.bureau_id, DemandAggregation.round_id == round_id
        )
    )
    on = today()
    made = DemandAggregation(
        bureau_id=actor.bureau_id, id=new_id(), round_id=round_id, number=number, sheet_count=0, reason=reason,
        at=now(), by=actor.account_id, by_name=actor.display_name,
    )  # fmt: skip
    move_round(actor, row, "aggregate", reason, aggregation_id=made.id)
    flush(session)
    session.execute(
        take_sheets(),
        {
            "bureau_id": actor.bureau_id, "round_id": round_id, "by": actor.account_id,
            "by_name": actor.display_name, "at": made.at,
        },
    )  # fmt: skip
    made.sheet_count = _gathered(actor, round_id)
    if not made.sheet_count:
        raise RuleBroken("demand_nothing_approved", _("还没有一所学校的需求表通过审核，不能汇总。"))
    prices = _prices(actor, round_id, on)
    made.priced_on = on if prices else None
    session.add(made)
    flush(session)
    session.execute(
        gather(),
        {
            "bureau_id": actor.bureau_id, "round_id": round_id, "aggregation_id": made.id,
            "month_count": row.month_count, "prices": json.dumps(prices), "no_zone": _("未分片区"),
        },
    )  # fmt: skip
    for sheet in [one for one in session if isinstance(one, DemandSheet)]:
        session.expire(sheet)  # moved by the statement, behind the session's back
    return made


def _gathered(actor: Actor, round_id: UUID) -> int:
    return db.session.scalar(
        select(func.count())
        .select_from(DemandSheet)
        .where(
            DemandSheet.bureau_id == actor.bureau_id, DemandSheet.round_id == round_id,
            DemandSheet.state == "aggregated",
        )
    ) or 0  # fmt: skip


def _prices(actor: Actor, round_id: UUID, on: date) -> list[dict[str, Any]]:
    """Prices of the round's items, of those that the book prices in the same unit."""
    units = dict(
        db.session.execute(
            select(DemandItem.item_id, DemandItem.unit).where(
                DemandItem.bureau_id == actor.bureau_id, DemandItem.round_id == round_id
            )
        ).all()
    )
    found = prices_on(actor.bureau_id, list(units), on)
    return [
        {"item_id": str(item_id), "price_fen": price.price_fen}
        for item_id, price in found.items()
        if price.unit == units[item_id]
    ]


def lots_of(actor: Actor, round_id: UUID) -> list[DemandLot]:
    """The lots that hold now, each with its `items`; none before the round is aggregated."""
    row = get_round(actor, round_id)
    if row.aggregation_id is None:
        return []
    return lots_of_aggregation(actor, row.aggregation_id)


def lots_of_aggregation(actor: Actor, aggregation_id: UUID) -> list[DemandLot]:
    query = select(DemandLot).where(DemandLot.bureau_id == actor.bureau_id, DemandLot.aggregation_id == aggregation_id)
    return list(db.session.scalars(query.order_by(DemandLot.number)))


def aggregations_of(actor: Actor, round_id: UUID) -> list[DemandAggregation]:
    query = select(DemandAggregation).where(
        DemandAggregation.bureau_id == actor.bureau_id, DemandAggregation.round_id == round_id
    )
    return list(db.session.scalars(query.order_by(DemandAggregation.number.desc())))


def get_lot(actor: Actor, lot_id: UUID) -> DemandLot:
    lot = db.session.scalar(select(DemandLot).where(DemandLot.bureau_id == actor.bureau_id, DemandLot.id == lot_id))
    if lot is None:
        raise NotFound(_("没有这个标包。"))
    return lot


@dataclass(frozen=True, slots=True)
class SchoolShare:
    """What one school contributes to one item of a lot."""

    school_id: int
    school_code: str
    school_name: str
    item_id: UUID
    months: tuple[Decimal | None, ...]
    total: Decimal


def shares_of(actor: Actor, lot: DemandLot, item_id: UUID | None = None) -> list[SchoolShare]:
    """The schools behind a lot's sums, by item and school. Conflict for a lot that holds no more: its schools' sheets
    have moved on since, and would not add up to it."""
    row = get_round(actor, lot.round_id)
    if row.aggregation_id != lot.aggregation_id:
        raise Conflict(_("需求表在这次汇总之后改过，请查看最新一次汇总的标包。"))
    of_item = (
        (DemandItem.bureau_id == DemandLine.bureau_id)
        & (DemandItem.round_id == DemandLine.round_id)
        & (DemandItem.item_id == DemandLine.item_id)
    )
    of_sheet = (
        (DemandSheet.bureau_id == DemandLine.bureau_id)
        & (DemandSheet.school_id == DemandLine.school_id)
        & (DemandSheet.id == DemandLine.sheet_id)
    )
    of_school = (School.bureau_id == DemandLine.bureau_id) & (School.id == DemandLine.school_id)
    query = (
        select(DemandLine, School.code, School.name)
        .join(DemandItem, of_item)
        .join(DemandSheet, of_sheet)
        .join(School, of_school)
        .where(
            DemandLine.bureau_id == actor.bureau_id, DemandLine.round_id == lot.round_id, DemandLine.total > 0,
            DemandItem.category_id == lot.category_id, DemandSheet.state == "aggregated",
        )
        .order_by(DemandItem.position, School.code)
    )  # fmt: skip
    if lot.scope == "zone":
        query = query.where(DemandSheet.zone_id.is_not_distinct_from(lot.zone_id))
    if item_id is not None:
        query = query.where(DemandLine.item_id == item_id)
    if actor.level == "zone":
        query = query.where(DemandLine.school_id.in_(actor.school_ids))
    return [
        SchoolShare(
            line.school_id, code, name, line.item_id, tuple(line.months[: row.month_count]), line.total
        )
        for line, code, name in db.session.execute(query)
    ]  # fmt: skip


def mark_tendered(actor: Actor, round_id: UUID, tender_id: UUID) -> DemandRound:
    """A tender uses the round's lots: from here on nothing of it moves. The same tender may say so again."""
    row = get_round(actor, round_id, lock=True)
    if row.state == "tendered" and row.tender_id == tender_id:
        return row
    move_round(actor, row, "tender", tender_id=tender_id)
    flush(db.session())
    return row


def release_tendered(actor: Actor, round_id: UUID, tender_id: UUID, reason: str) -> DemandRound:
    """The tender that used the round came to nothing: another may use it, or sheets may be reopened."""
    row = get_round(actor, round_id, lock=True)
    if row.tender_id != tender_id:
        raise Conflict(_("这一轮需求计划不在这个招标项目名下。"))
    move_round(actor, row, "release", reason, tender_id=None)
    flush(db.session())
    return row


def set_scopes(actor: Actor, round_id: UUID, scopes: Mapping[UUID, str], seen: int | None) -> DemandRound:
    """Category → "district" or "zone"; until the lots are made, and anew before they are made again."""
    row = get_round(actor, round_id, lock=True)
    require_version(row, seen)
    if row.state not in ("open", "closed", "aggregated"):
        raise RuleBroken("demand_round_state", _("招标已使用这一轮需求计划，不能再修改。"))
    rows = db.session.scalars(
        select(DemandCategory).where(DemandCategory.bureau_id == actor.bureau_id, DemandCategory.round_id == round_id)
    )
    changed = [one for one in rows if scopes.get(one.category_id, one.scope) != one.scope]
    for one in changed:
        one.scope = scopes[one.category_id]
    if changed:
        note_round(actor, row, "scopes", row.state, "、".join(one.name for one in changed))
        flag_modified(row, "title")  # the version moves with what belongs to the round
    flush(db.session())
    return row
